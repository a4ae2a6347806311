"""Import ledger lines or published spend: one file, one transaction, all of it or what is good of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from uuid import uuid4

from services.budget.rules import ledger_import as rules
from services.budget.store import import_postings, import_verdicts, ledger_imports
from services.budget.store.import_verdicts import LedgerFile
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def import_ledger(
    db: Database, caller: Caller, sent: Callable[[], Sent], asked: rules.Asked, file: LedgerFile
) -> Answer:
    """Post what the file holds, or give back the report of when it was posted under this key.

    `sent` is known once the file has been read. Nothing is left behind of a file that was not read to its end.
    """
    async with db.begin(caller, write=True) as tx:
        require_commissioner(tx, asked.partnership_id)
        await import_verdicts.stage(tx, file)
        if (kept := await find(tx, sent())) is not None:
            return kept
        judged = await import_verdicts.judge(tx, asked, file)
        report = replace(judged.report, id=uuid4(), dry_run=False)
        rules.require_takeable(report.take, report.counts, report.causes, judged.found.kept)
        rules.require_control(report.control_total)
        await import_postings.enter(tx)
        report = await ledger_imports.add(tx, report, judged.found.kept)
        return await finish(tx, sent(), _told(report), report)


def _told(report: rules.LedgerImport) -> Change:
    assert report.id is not None
    return Change(
        what="ledger_imported",
        thing="ledger_import",
        thing_id=report.id,
        owner_organisation_id=report.owner_organisation_id,
        partnership_id=report.partnership_id,
        facts={"layout": report.layout.value, "file_sha256": report.file_sha256, **asdict(report.counts)},
    )
