"""Import ledger lines or published spend: one file, one transaction, all of it or what is good of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol
from uuid import uuid4

import msgspec

from services.budget.rules import ledger_import as rules
from services.budget.rules.import_line import Findings
from services.budget.store import (
    import_accounts,
    import_decisions,
    import_findings,
    import_postings,
    ledger_imports,
)
from services.budget.store import import_staging as staging
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.copying import Batches
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish

IMPORT_SECONDS = 900  # of any one statement; the way in has the same deadline for the whole


class LedgerFile(Protocol):
    """A file that is read while it comes in. What it was is known once its rows have been taken."""

    def rows(self) -> Batches: ...
    def facts(self) -> rules.FileFacts: ...
    @property
    def findings(self) -> Findings: ...


@dataclass(frozen=True, slots=True)
class _Judged:
    """What would become of a file, and everything that was found in it."""

    report: rules.LedgerImport
    found: Findings


async def import_ledger(
    db: Database, caller: Caller, sent: Callable[[], Sent], asked: rules.Asked, file: LedgerFile
) -> Answer:
    """Post what the file holds, or give back the report of when it was posted under this key.

    `sent` is known once the file has been read. Nothing is left behind of a file that was not read to its end.
    """
    async with db.begin(caller, write=True) as tx:
        require_commissioner(tx, asked.partnership_id)
        await tx.take_time(IMPORT_SECONDS)
        await staging.stage(tx, file.rows())
        if not asked.dry_run and (kept := await find(tx, sent())) is not None:
            return kept
        judged = await _judge(tx, asked, file)
        if asked.dry_run:
            return Answer(200, msgspec.json.encode(judged.report))
        report = judged.report
        rules.require_takeable(report.take, report.counts, report.causes, judged.found.kept)
        rules.require_control(report.control_total)
        await import_postings.enter(tx)
        report = await ledger_imports.add(tx, report, judged.found.kept)
        return await finish(tx, sent(), _told(report), report)


async def _judge(tx: Transaction, asked: rules.Asked, file: LedgerFile) -> _Judged:
    """Decide every journal of the rows that were staged, under the locks of all accounts. Posts nothing."""
    names = await staging.named(tx, rules.MOST_ACCOUNTS + 1)
    if len(names) > rules.MOST_ACCOUNTS:
        raise rules.TOO_MANY_ACCOUNTS(accounts_at_most=rules.MOST_ACCOUNTS)
    earliest = await staging.earliest(tx)
    numbered: list[tuple[object, ...]] = []
    if earliest is not None:
        books = await import_accounts.lock(tx, asked.partnership_id, names, earliest)
        for number, (name, id_) in enumerate(zip(names, books.ids, strict=True), 1):
            vat_control = import_accounts.is_vat_control(books.open_to_us.get(id_))
            numbered.append((number, name, id_, vat_control))
    else:
        books = import_accounts.none()
    await staging.put_accounts(tx, numbered)
    await staging.group(tx, asked.layout)
    await import_decisions.decide_all(tx, asked.partnership_id, books)
    await import_postings.compare(tx)
    return await _report(tx, asked, file)


async def _report(tx: Transaction, asked: rules.Asked, file: LedgerFile) -> _Judged:
    facts = file.facts()
    found = await import_findings.all_of(tx, file.findings)
    report = rules.LedgerImport(
        id=None if asked.dry_run else uuid4(),
        partnership_id=asked.partnership_id,
        owner_organisation_id=tx.caller.organisation_id,
        layout=asked.layout,
        take=asked.take,
        dry_run=asked.dry_run,
        file_sha256=facts.sha256,
        file_bytes=facts.length,
        encoding=facts.encoding,
        heading_line=facts.heading_line,
        columns_not_read=facts.columns_not_read,
        counts=await import_findings.counts(tx, asked.layout, facts.rows),
        control_total=rules.control(facts.total_pence, asked.control_total_pence),
        causes=rules.causes_of(found.counts),
        findings=tuple(found.kept[: rules.MOST_SHOWN]),
    )
    return _Judged(report, found)


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
