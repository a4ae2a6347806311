"""Bring a contract into force with the budget set aside for it, or end it and give back what is left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.gateway.clients.errands import Declined, Errands, Told
from services.gateway.joint.change import Wanted, Work
from services.gateway.rules import contract_change
from services.gateway.rules.internal import Internal
from services.gateway.rules.internal_table import (
    APPLY_COMPLETION,
    APPLY_TERMINATION,
    BRING_INTO_FORCE,
    CHECK_ACTIVATION,
    CHECK_ENDING,
    RELEASE_FOR_CONTRACT,
    RESERVE_FOR_CONTRACT,
)
from services.gateway.rules.joint_change import ChangeKind, JointChange, Step, after, with_last
from services.gateway.rules.link import LINK_UNKNOWN
from shared.caller import Caller


def activation(caller: Caller, contract_id: UUID, version: int, asked: dict[str, Any]) -> Wanted:
    """Into force: checked, budget set aside within what its partners approved, then moved."""

    async def check(errands: Errands) -> dict[str, Any]:
        target = _at(CHECK_ACTIVATION, contract_id)
        body = {"active_from": asked["active_from"]}
        found = await errands.drive(caller, CHECK_ACTIVATION, target, body, version=version)
        await _see_indicators(errands, found.said["indicator_ids"])
        return found.said

    return Wanted(ChangeKind.ACTIVATION, contract_id, version, asked, check, bring_into_force)


def ending(
    kind: ChangeKind, caller: Caller, contract_id: UUID, version: int, asked: dict[str, Any]
) -> Wanted:
    """Out of force: the contract first, then what is left of its budget, so that a contract in force keeps its own."""

    async def check(errands: Errands) -> dict[str, Any]:
        body = {"kind": kind.value, "on": asked["on"], "reason": asked["reason"]}
        target = _at(CHECK_ENDING, contract_id)
        return (await errands.drive(caller, CHECK_ENDING, target, body, version=version)).said

    return Wanted(kind, contract_id, version, asked, check, end)


async def bring_into_force(work: Work, change: JointChange) -> tuple[JointChange, Told]:
    if change.has(Step.REFUSED):
        await work.take_back(change, _give_back)
    if not change.has(Step.BUDGET_SET_ASIDE):
        change = await work.keep(await _reserve(work, change))
    try:
        moved = await work.errands.drive(
            work.driver,
            BRING_INTO_FORCE,
            _at(BRING_INTO_FORCE, change.thing_id),
            {"active_from": change.asked["active_from"]},
            key=change.attempt_id,
            version=change.thing_version,
            seen=contract_change.behind(change),
        )
    except Declined as why:
        await work.decline(change, why, _give_back)
    return with_last(change, Step.CONTRACT_MOVED), moved


async def end(work: Work, change: JointChange) -> tuple[JointChange, Told]:
    operation = APPLY_TERMINATION if change.kind is ChangeKind.TERMINATION else APPLY_COMPLETION
    try:
        moved = await work.errands.drive(
            work.driver,
            operation,
            _at(operation, change.thing_id),
            contract_change.ending_of(change),
            key=change.attempt_id,
            version=change.thing_version,
        )
    except Declined as why:
        await work.decline(change, why)
    if not change.has(Step.CONTRACT_MOVED):
        change = await work.keep(after(change, Step.CONTRACT_MOVED))
    if change.asked["budget"] == "kept" or change.partnership_id is None:
        return change, moved
    await work.errands.drive(
        work.driver,
        RELEASE_FOR_CONTRACT,
        RELEASE_FOR_CONTRACT.path,
        contract_change.release_of(change),
        key=change.attempt_id,
    )
    return with_last(change, Step.BUDGET_RELEASED), moved


async def _reserve(work: Work, change: JointChange) -> JointChange:
    """Set budget aside under an id that follows from contract and version: asked twice, it is there once."""
    target = RESERVE_FOR_CONTRACT.path.replace("{id}", str(change.attempt_id))
    try:
        reserved = await work.errands.drive(
            work.driver, RESERVE_FOR_CONTRACT, target, contract_change.reservation_of(change)
        )
    except Declined as why:
        await work.decline(change, why)
    seen = contract_change.seen_in(change.plan, reserved.said)
    return after(change, Step.BUDGET_SET_ASIDE, seen=seen)


async def _give_back(work: Work, change: JointChange) -> None:
    """The contract did not come into force: nothing stays set aside for it. Asked again, it is given back once."""
    await work.errands.drive(
        work.driver,
        RELEASE_FOR_CONTRACT,
        RELEASE_FOR_CONTRACT.path,
        contract_change.undoing(change),
        key=change.attempt_id,
    )


async def _see_indicators(errands: Errands, ids: list[str]) -> None:
    """Whoever links a contract to indicators must be able to read them, now as when it was registered."""
    for at, indicator_id in enumerate(ids):
        try:
            await errands.look("outcomes", f"/v1/indicators/{indicator_id}")
        except Declined as why:
            if why.status != 404:
                raise
            raise LINK_UNKNOWN(f"/indicator_ids/{at}") from None


def _at(operation: Internal, contract_id: UUID) -> str:
    return operation.path.replace("{id}", str(contract_id))
