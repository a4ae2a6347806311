"""Vary, extend or part-terminate a contract, with what its budget has to set aside more or less."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.gateway.clients.errands import Declined, Errands, Told
from services.gateway.joint.change import Wanted, Work
from services.gateway.rules import term_change
from services.gateway.rules.internal import Internal
from services.gateway.rules.internal_table import (
    APPLY_EXTENSION,
    APPLY_PART_TERMINATION,
    APPLY_VARIATION,
    CHECK_EFFECT,
    CHECK_EXTENSION,
    CHECK_PART_TERMINATION,
    RELEASE_FOR_CONTRACT,
    REVISE_FOR_CONTRACT,
)
from services.gateway.rules.joint_change import ChangeKind, JointChange, Step, after, with_last
from shared.caller import Caller

_APPROVALS_MISSING = "contract_approvals_missing"
_APPLY = {
    ChangeKind.VARIATION: APPLY_VARIATION,
    ChangeKind.EXTENSION: APPLY_EXTENSION,
    ChangeKind.PART_TERMINATION: APPLY_PART_TERMINATION,
}


def effect(caller: Caller, variation_id: UUID, version: int, asked: dict[str, Any]) -> Wanted:
    """A variation that both sides agreed: the budget for what it costs more first, then the contract."""

    async def check(errands: Errands) -> dict[str, Any]:
        return (
            await errands.drive(caller, CHECK_EFFECT, _at(CHECK_EFFECT, variation_id), {}, version=version)
        ).said

    return Wanted(ChangeKind.VARIATION, variation_id, version, asked, check, change_terms)


def extension(caller: Caller, contract_id: UUID, version: int, asked: dict[str, Any]) -> Wanted:
    """Options that are exercised: the budget for the longer term first, as far as it is set aside by year."""

    return _of_contract(ChangeKind.EXTENSION, CHECK_EXTENSION, caller, contract_id, version, asked)


def part_termination(caller: Caller, contract_id: UUID, version: int, asked: dict[str, Any]) -> Wanted:
    """A part that ends: the contract, and then what it costs less goes back to the lines that bear it."""
    return _of_contract(
        ChangeKind.PART_TERMINATION, CHECK_PART_TERMINATION, caller, contract_id, version, asked
    )


def _of_contract(
    kind: ChangeKind,
    operation: Internal,
    caller: Caller,
    contract_id: UUID,
    version: int,
    asked: dict[str, Any],
) -> Wanted:
    async def check(errands: Errands) -> dict[str, Any]:
        body, target = term_change.terms_of(asked), _at(operation, contract_id)
        return (await errands.drive(caller, operation, target, body, version=version)).said

    return Wanted(kind, contract_id, version, asked, check, change_terms)


async def change_terms(work: Work, change: JointChange) -> tuple[JointChange, Told]:
    """What costs more is set aside, the contract changes, and what costs less is given back: in that order, so that a
    contract in force is covered at every moment, and nothing has to be taken back that others may have used."""
    if change.has(Step.REFUSED):
        await work.take_back(change, _give_back)
    if change.partnership_id is not None and not change.has(Step.BUDGET_SET_ASIDE):
        change = await work.keep(await _set_aside(work, change))
    moved = await _apply(work, change)
    if not term_change.has(change, "to_lower"):
        return with_last(change, Step.CONTRACT_MOVED), moved
    if not change.has(Step.CONTRACT_MOVED):
        change = await work.keep(after(change, Step.CONTRACT_MOVED))
    await _release(work, change, term_change.lowering(change))
    return with_last(change, Step.BUDGET_RELEASED), moved


async def _set_aside(work: Work, change: JointChange) -> JointChange:
    target = REVISE_FOR_CONTRACT.path.replace("{id}", str(change.attempt_id))
    try:
        revised = await work.errands.drive(
            work.driver, REVISE_FOR_CONTRACT, target, term_change.revision_of(change)
        )
    except Declined as why:
        await work.decline(change, _said_on_what(change, why))
    seen = {name: revised.said[name] for name in ("approvals", "raised", "to_lower")}
    return after(change, Step.BUDGET_SET_ASIDE, seen=seen)


def _said_on_what(change: JointChange, why: Declined) -> Declined:
    """Approvals that are missing are asked for with the subject under which they are to be recorded."""
    if why.problem.get("code") != _APPROVALS_MISSING:
        return why
    return Declined(why.service, why.status, {**why.problem, **term_change.subject_of(change)})


async def _apply(work: Work, change: JointChange) -> Told:
    operation = _APPLY[change.kind]
    try:
        return await work.errands.drive(
            work.driver,
            operation,
            _at(operation, change.thing_id),
            {} if change.kind is ChangeKind.VARIATION else term_change.terms_of(change.asked),
            key=change.attempt_id,
            version=change.thing_version,
            seen=term_change.seen_of(change),
        )
    except Declined as why:
        await work.decline(change, why, _give_back if term_change.has(change, "raised") else None)


async def _give_back(work: Work, change: JointChange) -> None:
    await _release(work, change, term_change.undoing(change))


async def _release(work: Work, change: JointChange, body: dict[str, Any]) -> None:
    """Under the attempt's own key: one attempt either gives back what it raised, or lowers what costs less."""
    await work.errands.drive(
        work.driver, RELEASE_FOR_CONTRACT, RELEASE_FOR_CONTRACT.path, body, key=change.attempt_id
    )


def _at(operation: Internal, thing_id: UUID) -> str:
    return operation.path.replace("{id}", str(thing_id))
