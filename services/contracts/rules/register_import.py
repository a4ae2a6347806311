"""A register that is sent in: which row is which contract, what each row changes, and a report that adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from services.contracts.rules.contract import Contract, EndStatus, Origin, checked, reference_key
from services.contracts.rules.import_tally import Outcome
from services.contracts.rules.move import NEEDS_VARIATION
from services.contracts.rules.party import Party, Role
from services.contracts.rules.register_match import Known, match
from services.contracts.rules.register_remark import (
    ENDED_BEFORE_REGISTER,
    REFERENCE_OVERUSED,
    REFERENCE_REUSED,
    REGISTERED_BY_HAND,
    ROW_REPEATED,
    Finding,
    Remark,
)
from services.contracts.rules.register_row import ReadRow, RegisterContent
from services.contracts.rules.state import MOVES, TERMS_OPEN, State

MOST_UNDER_ONE_REFERENCE = 500


@dataclass(frozen=True, slots=True)
class Step:
    """What a row does: `changes` are the fields in which it differs from what the last import said."""

    row: ReadRow
    outcome: Outcome
    contract_id: UUID | None = None
    occurrence: int = 1
    changes: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


def overused(row: ReadRow) -> ReadRow:
    """A row of which nothing is taken, since too many stand under its reference to tell them apart."""
    finding = Finding("reference", row.reference, REFERENCE_OVERUSED.code, REFERENCE_OVERUSED.detail)
    return replace(row, content=None, findings=(*row.findings, finding))


def plan(rows: Sequence[ReadRow], known: Iterable[Known]) -> tuple[Step, ...]:
    """Decide for every row, in the order of the file. The same file again changes nothing.

    A contract is known by its owner and reference. Where a reference stands for several contracts, a row is
    the contract that it says the same of; failing that the most alike that shares supplier or title; failing
    that another contract under the same reference.
    """
    by_key: dict[str, list[Known]] = defaultdict(list)
    for each in known:
        by_key[each.reference_key].append(each)
    groups: dict[str, list[ReadRow]] = defaultdict(list)
    steps: dict[int, Step] = {}
    for row in rows:
        if row.content is None:
            steps[row.line] = Step(row, Outcome.REJECTED)
        else:
            groups[reference_key(row.content.reference)].append(row)
    for key, group in groups.items():
        steps.update(_group(group, by_key.get(key, [])))
    return tuple(steps[row.line] for row in rows)


def _group(rows: list[ReadRow], known: list[Known]) -> dict[int, Step]:
    """The rows of one reference against the contracts of that reference."""
    first: dict[RegisterContent, ReadRow] = {}
    for row in rows:
        first.setdefault(_content(row), row)
    if any(each.content is None for each in known):
        kept = next(each for each in known if each.content is None)
        return {row.line: _unchanged(row, kept, REGISTERED_BY_HAND) for row in rows}
    distinct = list(first.values())
    matches = match(distinct, known)
    numbers = count(max((each.occurrence for each in known), default=0) + 1)
    reused = (REFERENCE_REUSED,) if len(distinct) > 1 else ()
    steps = {}
    for row in distinct:
        found = matches.get(row.line)
        if found is None:
            steps[row.line] = Step(row, Outcome.TAKEN, None, next(numbers), remarks=reused)
        else:
            changes = _differences(found.content, _content(row))
            outcome = Outcome.UPDATED if changes else Outcome.UNCHANGED
            steps[row.line] = Step(row, outcome, found.contract_id, found.occurrence, changes, reused)
    for row in rows:
        if row.line not in steps:
            same = steps[first[_content(row)].line]
            steps[row.line] = replace(
                same, row=row, outcome=Outcome.UNCHANGED, changes=(), remarks=(ROW_REPEATED,)
            )
    return steps


def _content(row: ReadRow) -> RegisterContent:
    assert row.content is not None
    return row.content


def _unchanged(row: ReadRow, known: Known, remark: Remark) -> Step:
    return Step(row, Outcome.UNCHANGED, known.contract_id, known.occurrence, remarks=(remark,))


def _differences(old: RegisterContent | None, new: RegisterContent) -> tuple[str, ...]:
    return tuple(each.name for each in fields(new) if getattr(old, each.name) != getattr(new, each.name))


def state_on(content: RegisterContent, day: date) -> State:
    """The state in which a register of that day shows a contract: running, to come, or over."""
    if content.end_date is not None and content.end_date < day:
        return State.EXPIRED
    if content.start_date is not None and content.start_date > day:
        return State.AWARDED
    return State.RECORDED_AS_ACTIVE


_AS_THEY_ARE = (
    "reference",
    "title",
    "description",
    "department",
    "procurement_category",
    "agreement_form",
    "award_regime",
    "tender_type",
    "start_date",
    "end_date",
    "end_status",
    "max_end_date",
    "review_date",
    "value",
    "value_basis",
    "irrecoverable_vat",
)
_OF_SUPPLIER = frozenset({"supplier", "identifiers", "supplier_kind", "sme", "vcse", "others"})


def contract_of(
    step: Step, content: RegisterContent, contract_id: UUID, whose: tuple[UUID, UUID | None], day: date
) -> Contract:
    """A new contract from a row. `whose`: its owner and its partnership or None."""
    owner, partnership = whose
    return checked(
        Contract(
            id=contract_id,
            owner_organisation_id=owner,
            partnership_id=partnership,
            **{name: getattr(content, name) for name in _AS_THEY_ARE},
            state=state_on(content, day),
            occurrence=step.occurrence,
            parties=(Party(Role.LEAD_COMMISSIONER, owner), *_suppliers(content)),
            origin=Origin.REGISTER_IMPORT,
        )
    )


def _suppliers(content: RegisterContent) -> tuple[Party, ...]:
    first = Party(
        Role.PROVIDER,
        name=content.supplier,
        identifiers=content.identifiers,
        kind=content.supplier_kind,
        sme=content.sme,
        vcse=content.vcse,
    )
    others = (
        Party(
            Role.PROVIDER,
            name=each.name,
            identifiers=each.identifiers,
            kind=each.kind,
            sme=each.sme,
            vcse=each.vcse,
        )
        for each in content.others
    )
    return (first, *others)


def update(
    contract: Contract, content: RegisterContent, names: Iterable[str], day: date
) -> tuple[Contract, bool]:
    """The contract with what the register itself changed since its last import, and whether its state was kept.

    Terms of a contract that was activated since are refused: a variation changes them. The state follows the
    dates where a move leads there; a contract that runs stays as it was moved.
    """
    if contract.state not in _FOLLOWS or contract.active_from is not None:
        raise NEEDS_VARIATION("/reference", state=contract.state.value)
    changed = set(names)
    made: dict[str, Any] = {name: getattr(content, name) for name in _AS_THEY_ARE if name in changed}
    if changed & _OF_SUPPLIER:
        others = tuple(party for party in contract.parties if party.role is not Role.PROVIDER)
        made["parties"] = (*others, *_suppliers(content))
    state = state_on(content, day)
    kept = state is not contract.state and state not in MOVES[contract.state]
    return checked(replace(contract, **made, state=contract.state if kept else state)), kept


_FOLLOWS = frozenset({*TERMS_OPEN, State.EXPIRED})


def remarks_of(step: Step, day: date) -> tuple[Finding, ...]:
    """What is said about a row beside what was found in its cells."""
    remarks = list(step.remarks)
    content = step.row.content
    over = (
        content is not None
        and content.end_status is EndStatus.STATED
        and state_on(content, day) is State.EXPIRED
    )
    if over and step.outcome is Outcome.TAKEN:
        remarks.append(ENDED_BEFORE_REGISTER)
    return tuple(Finding("reference", step.row.reference, each.code, each.detail) for each in remarks)
