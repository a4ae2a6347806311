"""What the services are sent when the terms of a contract change, from what was asked and found."""

from __future__ import annotations

from typing import Any

from services.gateway.rules.joint_change import ChangeKind, JointChange

_WHY = {
    ChangeKind.VARIATION: "The contract is varied",
    ChangeKind.EXTENSION: "The contract is extended",
    ChangeKind.PART_TERMINATION: "A part of the contract ends",
}


def revision_of(change: JointChange) -> dict[str, Any]:
    """What budgets are asked to set aside more: by year and funding, on the lines that were named or bear it."""
    plan = change.plan
    return {
        "partnership_id": plan["partnership_id"],
        "contract_id": plan["id"],
        "title": plan["title"],
        "day": plan["day"],
        "reason": _WHY[change.kind],
        **_decided_on(change),
        "worth_before_pence": plan["worth_before_pence"],
        "worth_after_pence": plan["worth_after_pence"],
        "years": [
            {name: each[name] for name in ("financial_year", "before_pence", "after_pence")}
            for each in plan["years"]
        ],
        "funding_before": _funding(plan["funding_before"]),
        "funding": _funding(plan["funding"]),
        "commitments": change.asked["commitments"],
    }


def subject_of(change: JointChange) -> dict[str, Any]:
    """What a body's decision names to be an approval of this change, and of no other."""
    subject = _decided_on(change)
    return {"subject": subject["subject"], "subject_id": subject["decided_on_id"]}


def _decided_on(change: JointChange) -> dict[str, Any]:
    """A change that was begun by an older release says none: then it is the thing itself."""
    return {
        "subject": "variation",
        "decided_on_id": change.plan.get("decided_on_id", str(change.thing_id)),
    }


def undoing(change: JointChange) -> dict[str, Any]:
    """Gives back what this attempt set aside more, since the contract did not change after all."""
    return _release(change, "raised", "The contract did not change after all")


def lowering(change: JointChange) -> dict[str, Any]:
    """Gives back what the contract costs less, now that it does."""
    return _release(change, "to_lower", _WHY[change.kind])


def terms_of(asked: dict[str, Any]) -> dict[str, Any]:
    """What contracts are sent: what was asked for, without what concerns budgets alone."""
    return {name: value for name, value in asked.items() if name != "commitments"}


def seen_of(change: JointChange) -> dict[str, Any]:
    """At which version of the contract the change was worked out: its budget is right for that one alone."""
    return {"contract_version": change.plan["version"]}


def has(change: JointChange, which: str) -> bool:
    """Whether budget has anything to do of one kind: what was `raised`, or is `to_lower`."""
    return bool(change.seen and change.seen[which])


def _release(change: JointChange, which: str, why: str) -> dict[str, Any]:
    assert change.seen is not None
    return {
        "contract_id": change.plan["id"],
        "day": change.plan["day"],
        "reason": why,
        "commitments": [
            {"commitment_id": each["commitment_id"], "amount_pence": abs(each["change_pence"])}
            for each in change.seen[which]
        ],
    }


def _funding(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: each[name] for name in ("pool_id", "organisation_id", "share_percent")} for each in lines]
