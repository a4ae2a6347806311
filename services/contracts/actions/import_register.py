"""Import a published register: every row is taken or explained, and the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4

from services.contracts.actions.register_contract import NOT_COMMISSIONED
from services.contracts.rules import register_import as rules
from services.contracts.rules.contract import Contract, reference_key
from services.contracts.rules.publication import Particulars
from services.contracts.rules.register_import import Outcome, Step
from services.contracts.rules.register_remark import CONTENT_UNFIT, STATE_KEPT
from services.contracts.rules.register_report import (
    CONTROL_TOTAL_DIFFERS,
    RegisterReport,
    rejected,
    report_on,
)
from services.contracts.rules.register_row import ReadRow
from services.contracts.store import contracts, publications, register_imports
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import Kind, Refusal, reason
from shared.idempotency import Answer, Sent, find, finish

BATCH = 500
T = TypeVar("T")

OWNER_IS_NOT_CALLER = reason(
    "register_owner_is_not_caller",
    Kind.INVALID,
    "A register is sent in by the organisation whose contracts it lists: the owner must be your own organisation.",
)


@dataclass(frozen=True, slots=True)
class Register:
    """A register as it was read: its rows, and a report that so far names only the file and its owner."""

    rows: Sequence[ReadRow]
    blank: RegisterReport
    control_total_pence: int | None

    @property
    def owner(self) -> UUID:
        return self.blank.owner_organisation_id


@dataclass(frozen=True, slots=True)
class Work:
    """A row's step with the contract that comes of it, and the one it changes."""

    step: Step
    before: Contract | None = None
    after: Contract | None = None


async def import_register(db: Database, caller: Caller, sent: Sent, register: Register) -> Answer:
    """Take the register, or give back the report of when it was taken under this key.

    With a control total that the values do not come to, nothing is taken.
    """
    require_own_register(register.blank, caller)
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        await register_imports.one_at_a_time(tx, register.owner)
        works = await work_out(tx, register, contracts.lock_all)
        blank = replace(register.blank, register_import_id=uuid4(), dry_run=False)
        report = report_on(blank, [work.step for work in works], register.control_total_pence)
        if report.control_total.out_by_pence:
            raise CONTROL_TOTAL_DIFFERS("?control_total_pence", **asdict(report.control_total))
        await _take(tx, works, report)
        return await finish(tx, sent, _told(report), report)


def require_own_register(blank: RegisterReport, caller: Caller) -> None:
    """Refuse a register of somebody else's, or for a partnership in which the caller commissions nothing."""
    if blank.owner_organisation_id not in caller.organisations:
        raise OWNER_IS_NOT_CALLER("?owner_organisation_id")
    if blank.partnership_id is not None and not caller.holds(blank.partnership_id, "commissioner", "host"):
        raise NOT_COMMISSIONED("?partnership_id")


async def work_out(
    tx: Transaction,
    register: Register,
    get_all: Callable[[Transaction, Collection[UUID]], Awaitable[Mapping[UUID, Contract]]],
) -> list[Work]:
    """What each row comes to, against the contracts as they stand. Writes nothing."""
    contents = [row.content for row in register.rows if row.content is not None]
    known = await register_imports.known(
        tx, register.owner, {reference_key(each.reference) for each in contents}
    )
    steps = rules.plan(register.rows, known)
    changing = [step.contract_id for step in steps if step.outcome is Outcome.UPDATED and step.contract_id]
    before = await get_all(tx, changing)
    works = []
    for step in steps:
        if step.outcome is Outcome.UPDATED and step.contract_id is not None:
            works.append(_updated(step, before[step.contract_id], register.blank.register_date))
        elif step.outcome is Outcome.TAKEN:
            works.append(_taken(step, register.blank))
        else:
            works.append(Work(step))
    return works


def _taken(step: Step, blank: RegisterReport) -> Work:
    content = step.row.content
    assert content is not None
    whose = (blank.owner_organisation_id, blank.partnership_id)
    contract = rules.contract_of(step, content, uuid4(), whose, blank.register_date)
    return Work(replace(step, contract_id=contract.id), None, contract)


def _updated(step: Step, before: Contract, day: date) -> Work:
    content = step.row.content
    assert content is not None
    try:
        after, kept = rules.update(before, content, step.changes, day)
    except Refusal as refusal:
        return Work(rejected(step, CONTENT_UNFIT, refusal))
    return Work(replace(step, remarks=(*step.remarks, *((STATE_KEPT,) * kept))), before, after)


async def _take(tx: Transaction, works: Sequence[Work], report: RegisterReport) -> None:
    import_id = report.register_import_id
    assert import_id is not None
    await register_imports.add(tx, import_id, report)
    new = [(work, work.after) for work in works if work.before is None and work.after is not None]
    for some in _batches(new):
        await contracts.add_all(tx, [contract for _, contract in some])
        await publications.state_all(tx, _particulars(some), again=False)
        await register_imports.add_entries(tx, (_entry(work, contract, import_id) for work, contract in some))
    changed = [
        (work, work.before, work.after)
        for work in works
        if work.before is not None and work.after is not None
    ]
    for many in _batches(changed):
        await contracts.save_all(tx, [(before, after) for _, before, after in many])
        said = [(work, after) for work, _, after in many if "particulars" in work.step.changes]
        await publications.state_all(tx, _particulars(said), again=True)
        await register_imports.change_entries(tx, (_entry(work, after, import_id) for work, _, after in many))


def _particulars(works: Iterable[tuple[Work, Contract]]) -> list[tuple[Contract, Particulars]]:
    """What the register says beside these contracts, of those of which it says anything."""
    return [
        (contract, work.step.row.content.particulars)
        for work, contract in works
        if work.step.row.content is not None and work.step.row.content.particulars is not None
    ]


def _batches(works: Sequence[T]) -> Iterator[Sequence[T]]:
    return (works[start : start + BATCH] for start in range(0, len(works), BATCH))


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
        facts=asdict(report.counts),
    )
