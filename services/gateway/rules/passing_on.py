"""What budgets and outcomes are sent when contracts go on as others, from what was found."""

from __future__ import annotations

from typing import Any

from services.gateway.rules.joint_change import ChangeKind, JointChange

_WHY = {
    ChangeKind.NOVATION: "The contract is novated",
    ChangeKind.STATUTORY_TRANSFER: "The contract is transferred by law",
    ChangeKind.CONSOLIDATION: "The contract goes on in another one",
    ChangeKind.SPLIT: "The contract goes on as several",
}
_UNDONE = "The contracts did not change after all"


def goes_on(change: JointChange) -> bool:
    """Whether budget goes over to contracts that go on, and somebody here has any."""
    return change.partnership_id is not None and all(each["heirs"] for each in change.plan["passed_on"])


def is_left(change: JointChange) -> bool:
    """Whether the lead itself goes: what it set aside is given back, and who comes sets its own aside."""
    return change.partnership_id is not None and not goes_on(change)


def handover_of(change: JointChange) -> dict[str, Any]:
    handovers = [
        {
            "contract_id": each["contract_id"],
            "heirs": [_some(heir, "contract_id", "title", "share_percent") for heir in each["heirs"]],
            "commitment_ids": None,
        }
        for each in change.plan["passed_on"]
    ]
    return _handover(change, _WHY[change.kind], handovers)


def undoing(change: JointChange) -> dict[str, Any]:
    """Each commitment that this attempt made goes back to the contract from which it came."""
    assert change.seen is not None
    handovers = [
        {
            "contract_id": each["to_contract_id"],
            "heirs": [{"contract_id": each["contract_id"], "title": _UNDONE, "share_percent": "100"}],
            "commitment_ids": [each["to_commitment_id"]],
        }
        for each in change.seen["moved"]
    ]
    return _handover(change, _UNDONE, handovers)


def obligations_of(change: JointChange) -> dict[str, Any]:
    """What outcomes are sent: who answers from the day on for what was asked of the contracts before."""
    plan = change.plan
    handovers = [
        {
            "contract_id": each["contract_id"],
            "heirs": [_some(heir, "contract_id", "indicator_ids") for heir in each["heirs"]],
        }
        for each in plan["passed_on"]
    ]
    return {
        "partnership_id": plan["partnership_id"],
        "day": plan["day"],
        "reason": _WHY[change.kind],
        "handovers": handovers,
        "outgoing_organisation_id": plan["outgoing_organisation_id"],
        "incoming_organisation_id": plan["incoming_organisation_id"],
    }


def release_of(change: JointChange) -> dict[str, Any]:
    """What an outgoing lead set aside, and nobody has spent."""
    [passed_on] = change.plan["passed_on"]
    return {
        "contract_id": passed_on["contract_id"],
        "day": change.plan["day"],
        "reason": _WHY[change.kind],
        "commitments": None,
    }


def _some(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: found[name] for name in names}


def _handover(change: JointChange, why: str, handovers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "partnership_id": change.plan["partnership_id"],
        "day": change.plan["day"],
        "reason": why,
        "handovers": handovers,
    }
