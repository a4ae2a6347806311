"""Import figures of returns from a file: good rows go into drafts, the others are named."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from services.outcomes.rules.gathered_figures import GatheredFigures, Where
from services.outcomes.rules.kpi_return import Return, ReturnValue, open_draft
from services.outcomes.rules.return_import import ImportOutcome, Place, plan
from services.outcomes.rules.return_import_report import ImportedReturn, ReturnImportReport, report_on
from services.outcomes.store import obligations, return_imports, returns
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish, finish_unchanged, not_kept, tell

Patch = Mapping[UUID, ReturnValue]
Opened = tuple[Place, Return, Patch]


@dataclass(frozen=True, slots=True)
class ReturnFile:
    """A file as it was read: its rows, and a report that so far names only the file."""

    rows: GatheredFigures
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
    """What the rows come to, and with `write` the drafts that they make. The returns of two batches are held at most."""
    _, today = await clock(tx)
    rows, organisations = file.rows, frozenset(caller.organisations)
    outcomes = Counter({ImportOutcome.REJECTED: rows.rejected})
    drafts: list[ImportedReturn] = []
    looked_up = return_imports.LookedUp()
    before: list[Opened] = []
    for batch in rows.batches():
        places = await return_imports.places(tx, batch, today, looked_up, lock=write)
        opened: list[Opened] = []
        async with _meanwhile(_put(tx, before)):
            for where in batch:
                patch: dict[UUID, ReturnValue] = {}
                for step in plan(rows.rows_of(where), places, organisations, today):
                    outcomes[step.outcome] += 1
                    rows.faults.note(step.faults)
                    if step.given is not None and step.indicator_id is not None:
                        patch[step.indicator_id] = step.given
                if patch:
                    opened.append(_open(places, where, patch, caller))
                await asyncio.sleep(0)
        drafts += [_imported(*each, write=write) for each in opened]
        before = opened if write else []
    await _put(tx, before)
    return report_on(file.blank, outcomes, drafts, rows.faults)


@asynccontextmanager
async def _meanwhile(writing: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Have the database write while the block looks at the next batch. The block asks the database for nothing."""
    task = asyncio.ensure_future(writing)
    try:
        yield
    except BaseException:
        task.cancel()
        await asyncio.wait([task])
        raise
    await task


def _open(places: Mapping[Where, Place | None], where: Where, patch: Patch, caller: Caller) -> Opened:
    """The draft that there is with the figures in it, or a new one."""
    place = places[where]
    assert place is not None
    new = place.found is None
    draft = place.found or open_draft(uuid4(), place.obligation, place.due, caller.organisations)
    values = {**(draft.values or {}), **patch}
    return place, replace(draft, values=values, version=draft.version + (0 if new else 1)), patch


async def _put(tx: Transaction, opened: list[Opened]) -> None:
    if not opened:
        return
    added = [(draft, obligations.readers(place.obligation)) for place, draft, _ in opened if not place.found]
    await returns.add_many(tx, added)
    await returns.save_many(tx, [draft for place, draft, _ in opened if place.found])
    await tell(tx, [_told(draft, place.found is None, len(patch)) for place, draft, patch in opened])


def _imported(place: Place, draft: Return, patch: Patch, *, write: bool) -> ImportedReturn:
    new = place.found is None
    return ImportedReturn(
        draft.id if write or not new else None,
        draft.obligation_id,
        draft.period,
        len(patch),
        new,
        draft.version if write else None,
    )


def _told(changed: Return, new: bool, figures: int) -> Change:
    return Change(
        what="return_drafted" if new else "return_amended",
        thing="return",
        thing_id=changed.id,
        owner_organisation_id=changed.owner_organisation_id,
        partnership_id=changed.partnership_id,
        facts={"obligation_id": str(changed.obligation_id), "period": changed.period, "figures": figures},
    )
