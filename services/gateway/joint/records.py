"""Contracts that end and go on as others, with what is set aside for them: novated, transferred, consolidated, split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from services.gateway.clients.errands import Declined, Errands, Told
from services.gateway.joint.change import Wanted, Work
from services.gateway.rules import passing_on
from services.gateway.rules.internal import Internal
from services.gateway.rules.internal_table import (
    APPLY_CONSOLIDATION,
    APPLY_NOVATION,
    APPLY_SPLIT,
    APPLY_STATUTORY_TRANSFER,
    CHECK_CONSOLIDATION,
    CHECK_NOVATION,
    CHECK_SPLIT,
    CHECK_STATUTORY_TRANSFER,
    HAND_OVER_FOR_CONTRACTS,
    HAND_OVER_OBLIGATIONS,
    RELEASE_FOR_CONTRACT,
)
from services.gateway.rules.joint_change import ChangeKind, JointChange, Step, after, with_last
from shared.caller import Caller

FIRST = 1  # what is made by the change has no version before it


@dataclass(frozen=True, slots=True)
class _Doors:
    """Where contracts try a move and make it."""

    check: Internal
    make: Internal


_DOORS = {
    ChangeKind.NOVATION: _Doors(CHECK_NOVATION, APPLY_NOVATION),
    ChangeKind.STATUTORY_TRANSFER: _Doors(CHECK_STATUTORY_TRANSFER, APPLY_STATUTORY_TRANSFER),
    ChangeKind.CONSOLIDATION: _Doors(CHECK_CONSOLIDATION, APPLY_CONSOLIDATION),
    ChangeKind.SPLIT: _Doors(CHECK_SPLIT, APPLY_SPLIT),
}
TRANSFERS = frozenset({ChangeKind.NOVATION, ChangeKind.STATUTORY_TRANSFER})


def transfer(kind: ChangeKind, caller: Caller, transfer_id: UUID, version: int) -> Wanted:
    """A transfer to which all have consented, or that the law makes."""

    async def check(errands: Errands) -> dict[str, Any]:
        operation = _DOORS[kind].check
        return (await errands.drive(caller, operation, _at(operation, transfer_id), {}, version=version)).said

    return Wanted(kind, transfer_id, version, {}, check, go_on)


def regrouping(kind: ChangeKind, caller: Caller, regrouping_id: UUID, asked: dict[str, Any]) -> Wanted:
    """Contracts that become one, or one that becomes several."""

    async def check(errands: Errands) -> dict[str, Any]:
        operation = _DOORS[kind].check
        return (await errands.drive(caller, operation, operation.path, asked)).said

    return Wanted(kind, regrouping_id, FIRST, asked, check, go_on)


async def go_on(work: Work, change: JointChange) -> tuple[JointChange, Told]:
    """The balance goes over, line by line, and then the contracts: where they refuse, it goes back. What an outgoing
    lead set aside is given back once it has gone. Last the duty to report goes on with the contracts."""
    if change.has(Step.REFUSED):
        await work.take_back(change, _give_back)
    if passing_on.goes_on(change) and not change.has(Step.BUDGET_HANDED_OVER):
        change = await work.keep(await _hand_over(work, change))
    made = await _make(work, change)
    if change.partnership_id is None:
        return with_last(change, Step.CONTRACT_MOVED), made
    if not change.has(Step.CONTRACT_MOVED):
        change = await work.keep(after(change, Step.CONTRACT_MOVED))
    if passing_on.is_left(change) and not change.has(Step.BUDGET_RELEASED):
        change = await work.keep(await _release(work, change))
    target = _at(HAND_OVER_OBLIGATIONS, change.attempt_id)
    await work.errands.drive(work.driver, HAND_OVER_OBLIGATIONS, target, passing_on.obligations_of(change))
    return with_last(change, Step.OBLIGATIONS_HANDED_OVER), made


async def _release(work: Work, change: JointChange) -> JointChange:
    body, path = passing_on.release_of(change), RELEASE_FOR_CONTRACT.path
    await work.errands.drive(work.driver, RELEASE_FOR_CONTRACT, path, body, key=change.attempt_id)
    return after(change, Step.BUDGET_RELEASED)


async def _hand_over(work: Work, change: JointChange) -> JointChange:
    target = _at(HAND_OVER_FOR_CONTRACTS, change.attempt_id)
    try:
        told = await work.errands.drive(
            work.driver, HAND_OVER_FOR_CONTRACTS, target, passing_on.handover_of(change)
        )
    except Declined as why:
        await work.decline(change, why)
    return after(change, Step.BUDGET_HANDED_OVER, seen={name: told.said[name] for name in ("moved", "left")})


async def _make(work: Work, change: JointChange) -> Told:
    operation = _DOORS[change.kind].make
    moves = change.kind in TRANSFERS  # the others are made under ids of their own
    try:
        return await work.errands.drive(
            work.driver,
            operation,
            _at(operation, change.thing_id),
            change.asked,
            key=change.attempt_id if moves else None,
            version=change.thing_version if moves else None,
        )
    except Declined as why:
        await work.decline(change, why, _give_back if change.seen and change.seen["moved"] else None)


async def _give_back(work: Work, change: JointChange) -> None:
    """Under an id that follows from the attempt's: asked twice, it goes back once."""
    target = _at(HAND_OVER_FOR_CONTRACTS, uuid5(change.attempt_id, "back"))
    await work.errands.drive(work.driver, HAND_OVER_FOR_CONTRACTS, target, passing_on.undoing(change))


def _at(operation: Internal, thing_id: UUID) -> str:
    return operation.path.replace("{id}", str(thing_id))
