"""Import a published register: every row is taken or explained, and the same file again changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from services.contracts.actions.register_contract import NOT_COMMISSIONED
from services.contracts.rules import register_import as rules
from services.contracts.rules.contract import Contract, reference_key
from services.contracts.rules.import_tally import Outcome
from services.contracts.rules.publication import Particulars
from services.contracts.rules.register_file import Asked, RegisterFile
from services.contracts.rules.register_import import Step
from services.contracts.rules.register_remark import CONTENT_UNFIT, PARTNERSHIP_LEFT, STATE_KEPT
from services.contracts.rules.register_report import (
    CONTROL_TOTAL_DIFFERS,
    RegisterReport,
    Tally,
    rejected,
)
from services.contracts.rules.register_row import ReadRow
from services.contracts.store import contracts, publications, register_imports, staged_registers
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import Refusal
from shared.idempotency import Answer, Sent, find, finish


@dataclass(frozen=True, slots=True)
class Work:
    """A row's step with the contract that comes of it, and the one it changes."""

    step: Step
    before: Contract | None = None
    after: Contract | None = None


async def import_register(
    db: Database, caller: Caller, sent: Callable[[], Sent], asked: Asked, file: RegisterFile
) -> Answer:
    """Take the register, or give back the report of when it was taken under this key.

    With a control total that the values do not come to, nothing is taken. `sent` is known once the file has been read.
    """
    require_own_register(asked, caller)
    async with db.begin(caller, write=True) as tx:
        await staged_registers.stage(tx, file)
        if (kept := await find(tx, sent())) is not None:
            return kept
        await register_imports.one_at_a_time(tx, asked.owner)
        blank = replace(asked.blank(file.facts()), register_import_id=uuid4(), dry_run=False)
        tally = Tally()
        async for works in work_out(tx, blank, contracts.lock_all):
            await _take(tx, works, blank, tally)
        report = tally.fill(blank, await staged_registers.references(tx))
        if report.control_total.out_by_pence:
            raise CONTROL_TOTAL_DIFFERS("?control_total_pence", **asdict(report.control_total))
        report = await register_imports.add(tx, report)
        return await finish(tx, sent(), _told(report), report)


def require_own_register(asked: Asked, caller: Caller) -> None:
    """Refuse a register of somebody else's, or for a partnership in which the caller commissions nothing."""
    asked.require_own(caller.organisations)
    if asked.partnership_id is not None and not caller.holds(asked.partnership_id, "commissioner", "host"):
        raise NOT_COMMISSIONED("?partnership_id")


async def work_out(
    tx: Transaction,
    blank: RegisterReport,
    get_all: Callable[[Transaction, Collection[UUID]], Awaitable[Mapping[UUID, Contract]]],
) -> AsyncIterator[list[Work]]:
    """What the staged rows come to, against the contracts as they stand, some rows at a time. Writes nothing."""
    async for rows in staged_registers.batches(tx):
        yield await _work(tx, blank, rows, get_all)


async def _work(
    tx: Transaction,
    blank: RegisterReport,
    rows: Sequence[ReadRow],
    get_all: Callable[[Transaction, Collection[UUID]], Awaitable[Mapping[UUID, Contract]]],
) -> list[Work]:
    keys = {reference_key(row.content.reference) for row in rows if row.content is not None}
    known = await register_imports.known(tx, blank.owner_organisation_id, keys)
    steps = rules.plan(rows, known)
    changing = [step.contract_id for step in steps if step.outcome is Outcome.UPDATED and step.contract_id]
    before = await get_all(tx, changing)
    works = []
    for step in steps:
        if step.outcome is Outcome.UPDATED and step.contract_id is not None:
            works.append(_updated(step, before[step.contract_id], blank, tx.caller))
        elif step.outcome is Outcome.TAKEN:
            works.append(_taken(step, blank))
        else:
            works.append(Work(step))
    return works


def _taken(step: Step, blank: RegisterReport) -> Work:
    content = step.row.content
    assert content is not None
    whose = (blank.owner_organisation_id, blank.partnership_id)
    contract = rules.contract_of(step, content, uuid4(), whose, blank.register_date)
    return Work(replace(step, contract_id=contract.id), None, contract)


def _updated(step: Step, before: Contract, blank: RegisterReport, caller: Caller) -> Work:
    content = step.row.content
    assert content is not None
    here = before.partnership_id
    if here is not None and not caller.holds(here, "commissioner", "host"):
        return Work(rejected(step, PARTNERSHIP_LEFT))
    try:
        after, kept = rules.update(before, content, step.changes, blank.register_date)
    except Refusal as refusal:
        return Work(rejected(step, CONTENT_UNFIT, refusal))
    return Work(replace(step, remarks=(*step.remarks, *((STATE_KEPT,) * kept))), before, after)


async def _take(tx: Transaction, works: Sequence[Work], blank: RegisterReport, tally: Tally) -> None:
    import_id = blank.register_import_id
    assert import_id is not None
    if some := [(work, work.after) for work in works if work.before is None and work.after is not None]:
        await contracts.add_all(tx, [contract for _, contract in some])
        await publications.state_all(tx, _particulars(some), again=False)
        await register_imports.add_entries(tx, (_entry(work, contract, import_id) for work, contract in some))
    changed = [
        (work, work.before, work.after)
        for work in works
        if work.before is not None and work.after is not None
    ]
    if changed:
        await contracts.save_all(tx, [(before, after) for _, before, after in changed])
        said = [(work, after) for work, _, after in changed if "particulars" in work.step.changes]
        await publications.state_all(tx, _particulars(said), again=True)
        await register_imports.change_entries(
            tx, (_entry(work, after, import_id) for work, _, after in changed)
        )
    rows = [tally.add(work.step, blank.register_date) for work in works]
    await register_imports.add_rows(tx, import_id, blank.owner_organisation_id, rows)


def _particulars(works: Iterable[tuple[Work, Contract]]) -> list[tuple[Contract, Particulars]]:
    """What the register says beside these contracts, of those of which it says anything."""
    return [
        (contract, work.step.row.content.particulars)
        for work, contract in works
        if work.step.row.content is not None and work.step.row.content.particulars is not None
    ]


def _entry(work: Work, contract: Contract, import_id: UUID) -> dict[str, Any]:
    return {
        "contract_id": contract.id,
        "owner_organisation_id": contract.owner_organisation_id,
        "reference_key": reference_key(contract.reference),
        "register_import_id": import_id,
        "line": work.step.row.line,
        "content": work.step.row.content,
    }


def _told(report: RegisterReport) -> Change:
    assert report.register_import_id is not None
    return Change(
        what="register_imported",
        thing="register_import",
        thing_id=report.register_import_id,
        owner_organisation_id=report.owner_organisation_id,
        partnership_id=report.partnership_id,
        facts={"file_sha256": report.file_sha256, **asdict(report.counts)},
    )
