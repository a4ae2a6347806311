"""What the services are sent when a contract comes into force or ends, from what was asked and found."""

from __future__ import annotations

from typing import Any

from services.gateway.rules.joint_change import JointChange


def reservation_of(change: JointChange) -> dict[str, Any]:
    """What budgets are asked to set aside for a contract: by its funding, on the lines that were named."""
    plan = change.plan
    return {
        "partnership_id": plan["partnership_id"],
        "contract_id": plan["id"],
        "title": plan["title"],
        "day": change.asked["active_from"],
        "worth_pence": plan["worth_pence"],
        "funding": [
            {name: each[name] for name in ("pool_id", "organisation_id", "share_percent")}
            for each in plan["funding"]
        ],
        "commitments": change.asked["commitments"],
        # A change that was begun by an older release says none.
        **{name: plan[name] for name in ("priced_at",) if name in plan},
    }


def seen_in(plan: dict[str, Any], reserved: dict[str, Any]) -> dict[str, Any]:
    """What contracts are told, under the gateway's signature, that stands behind the contract."""
    return {
        "approvals": reserved["approvals"],
        "commitments": reserved["commitments"],
        "indicator_ids": plan["indicator_ids"],
    }


def behind(change: JointChange) -> dict[str, Any]:
    """What of it others of the partnership may read: of lines of the lead's own books no more than how many."""
    assert change.seen is not None
    pooled = [each for each in change.seen["commitments"] if each["pool_id"] is not None]
    own = len(change.seen["commitments"]) - len(pooled)
    return {**change.seen, "commitments": pooled, **({"own_commitments": own} if own else {})}


def undoing(change: JointChange) -> dict[str, Any]:
    """Gives back what this attempt set aside, since the contract did not come into force after all."""
    assert change.seen is not None
    return {
        "contract_id": str(change.thing_id),
        "day": change.asked["active_from"],
        "reason": "The contract did not come into force",
        "commitments": [
            {name: each[name] for name in ("commitment_id", "amount_pence")}
            for each in change.seen["commitments"]
        ],
    }


def release_of(change: JointChange) -> dict[str, Any]:
    """Gives back what is left for a contract that has ended."""
    return {
        "contract_id": str(change.thing_id),
        "day": change.asked["on"],
        "reason": f"The contract has ended: {change.asked['reason']}",
        "commitments": None,
    }


def ending_of(change: JointChange) -> dict[str, Any]:
    """What contracts are sent: the move, without what concerns budgets alone."""
    return {name: change.asked[name] for name in ("on", "reason", "note")}
