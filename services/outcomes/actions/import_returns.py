"""Import figures of returns from a file: good rows go into drafts, the others are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from services.outcomes.rules.kpi_return import amend, open_draft
from services.outcomes.rules.return_import import (
    Place,
    ReadFigure,
    patches,
    plan,
)
from services.outcomes.rules.return_import_report import ImportedReturn, ReturnImportReport, report_on
from services.outcomes.store import obligations, return_imports, returns
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish, finish_unchanged, not_kept, tell


@dataclass(frozen=True, slots=True)
class ReturnFile:
    """A file as it was read: its rows, and a report that so far names only the file."""

    rows: Sequence[ReadFigure]
    blank: ReturnImportReport


async def import_returns(db: Database, caller: Caller, sent: Sent, file: ReturnFile) -> Answer:
    """Take what can be taken, in one transaction.

    Where every row is refused nothing is kept, and the key may be used again with better rows.
    """
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        report = await work_out(tx, file, caller, write=True)
        if not report.returns and not report.unchanged:
            return not_kept(report)
        if not report.returns:
            return await finish_unchanged(tx, sent, report, status=201)
        import_id = uuid4()
        report = replace(report, return_import_id=import_id)
        change = Change(
            what="returns_imported",
            thing="return_import",
            thing_id=import_id,
            owner_organisation_id=caller.organisation_id,
            facts={"taken": report.taken, "unchanged": report.unchanged, "rejected": report.rejected},
        )
        return await finish(tx, sent, change, report)


async def work_out(tx: Transaction, file: ReturnFile, caller: Caller, *, write: bool) -> ReturnImportReport:
    """What the rows come to, and with `write` the drafts that they make."""
    asked = {
        (row.obligation_id, row.period.id)
        for row in file.rows
        if row.obligation_id is not None and row.period is not None and not row.faults
    }
    _, today = await clock(tx)
    places = await return_imports.places(tx, asked, today, lock=write)
    steps = plan(file.rows, places, frozenset(caller.organisations), today)
    drafts = []
    for (obligation_id, period), patch in patches(steps).items():
        place = places[obligation_id, period]
        assert place is not None
        drafts.append(await _put(tx, place, patch, caller, write=write))
    return report_on(file.blank, steps, drafts)


async def _put(
    tx: Transaction,
    place: Place,
    patch: Mapping[UUID, Mapping[str, Any] | None],
    caller: Caller,
    *,
    write: bool,
) -> ImportedReturn:
    """Put the figures into the draft that there is, or into a new one."""
    form = {each.indicator_id: each.compulsory for each in place.obligation.indicators}
    new = place.found is None
    draft = place.found or open_draft(uuid4(), place.obligation, place.due, caller.organisations)
    changed = replace(
        draft, values=amend(draft.values or {}, patch, form), version=draft.version + (0 if new else 1)
    )
    if write:
        if new:
            await returns.add(tx, changed, obligations.readers(place.obligation))
        else:
            await returns.save(tx, changed)
            await returns.replace_draft(tx, changed)
        await tell(tx, [_told(changed, new, len(patch))])
    return ImportedReturn(
        changed.id if write or not new else None,
        changed.obligation_id,
        changed.period,
        len(patch),
        new,
        changed.version if write else None,
    )


def _told(changed: Any, new: bool, figures: int) -> Change:
    return Change(
        what="return_drafted" if new else "return_amended",
        thing="return",
        thing_id=changed.id,
        owner_organisation_id=changed.owner_organisation_id,
        partnership_id=changed.partnership_id,
        facts={"obligation_id": str(changed.obligation_id), "period": changed.period, "figures": figures},
    )
