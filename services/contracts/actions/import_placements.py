"""Import placements: every row is taken or explained, and the same file again changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, replace
from uuid import UUID, uuid4

from services.contracts.actions.register_placement import told_of
from services.contracts.rules import placement_import as rules
from services.contracts.rules.contract import Contract
from services.contracts.rules.placement_life import PlacementMove
from services.contracts.rules.placement_life import PlacementStep as Moved
from services.contracts.store import placement_imports, placements
from services.contracts.store.placement_imports import PlacementFile
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish, tell

_MOST_HELD = 2000  # contracts, between the batches of a file


async def import_placements(
    db: Database, caller: Caller, sent: Callable[[], Sent], asked: rules.AskedPlacements, file: PlacementFile
) -> Answer:
    """Take the placements, or give back the report of when they were taken under this key.

    With a control total that the weekly costs do not come to, nothing is taken.
    """
    async with db.begin(caller, write=True) as tx:
        await placement_imports.stage(tx, file)
        if (kept := await find(tx, sent())) is not None:
            return kept
        await placement_imports.one_at_a_time(tx)
        blank = replace(
            file.blank(caller.organisation_id, asked.control_total_pence),
            placement_import_id=uuid4(),
            dry_run=False,
        )
        tally = rules.PlacementTally()
        async for steps in work_out_placements(tx, asked, lock=True):
            await _take(tx, steps, blank)
            for step in steps:
                tally.add(step)
        report = tally.fill(blank)
        if report.control_total.out_by_pence:
            raise rules.CONTROL_TOTAL_DIFFERS("?control_total_pence", **asdict(report.control_total))
        report = await placement_imports.add(tx, report)
        return await finish(tx, sent(), _told(report), report)


async def work_out_placements(
    tx: Transaction, asked: rules.AskedPlacements, *, lock: bool
) -> AsyncIterator[list[rules.PlacementStep]]:
    """What the staged rows come to, some at a time. Writes nothing."""
    held: dict[UUID, Contract] = {}
    async for rows in placement_imports.batches(tx):
        if len(held) > _MOST_HELD:
            held.clear()
        on_record = await placement_imports.on_record(tx, rows, held, lock=lock)
        own = tx.caller.organisations
        yield [rules.decide(row, on_record, own, uuid4(), asked.today) for row in rows]


async def _take(tx: Transaction, steps: list[rules.PlacementStep], blank: rules.PlacementReport) -> None:
    import_id = blank.placement_import_id
    assert import_id is not None
    new = [step.after for step in steps if step.before is None and step.after is not None]
    changed = [
        (step.before, replace(step.after, version=step.before.version + 1))
        for step in steps
        if step.before is not None and step.after is not None and step.after != step.before
    ]
    if new:
        await placements.add_all(tx, new, lambda each: Moved(PlacementMove.REGISTRATION, each.start_date))
    if changed:
        await placements.save_all(tx, [after for _, after in changed])
    await tell(tx, [told_of("placement_registered", each) for each in new])
    await tell(tx, [told_of("placement_amended", after) for _, after in changed])
    await placement_imports.add_rows(tx, import_id, blank.owner_organisation_id, [step.row for step in steps])


def _told(report: rules.PlacementReport) -> Change:
    assert report.placement_import_id is not None
    return Change(
        what="placements_imported",
        thing="placement_import",
        thing_id=report.placement_import_id,
        owner_organisation_id=report.owner_organisation_id,
        facts={"file_sha256": report.file_sha256, **asdict(report.counts)},
    )
