"""Early warning: how far above its budget a line may be forecast before somebody must act, as dated data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from services.budget.rules.category import Category
from shared.errors import Kind, reason

THRESHOLD_OF_NOTHING = reason(
    "warning_threshold_of_nothing",
    Kind.INVALID,
    "A threshold is a percentage of the budget, an amount, or both.",
)
THRESHOLD_ENDS_BEFORE = reason(
    "warning_threshold_ends_before_it_begins",
    Kind.INVALID,
    "A threshold is in force to the day on which it began or to a later day.",
)
THRESHOLD_ENDED = reason(
    "warning_threshold_ended",
    Kind.CONFLICT,
    "This threshold has an end. Set a new one for the days after it.",
)
THRESHOLD_OF_ANOTHER = reason(
    "warning_threshold_of_another",
    Kind.CONFLICT,
    "Each organisation keeps its own thresholds. Ask it to change this one.",
)


class Severity(StrEnum):
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which overspend on a line is warned: above a share of its budget or above an amount, what comes first.

    `action_plan`: an action plan is due at the next meeting. No category: for lines of each.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    severity: Severity
    percent_over: Decimal | None
    amount_over_pence: int | None
    category: Category | None
    action_plan: bool
    in_force_from: date
    in_force_to: date | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Warned:
    """Which threshold a forecast passed, and by how much it is above the budget."""

    severity: Severity
    threshold_id: UUID
    overspend_pence: int
    action_plan_due: bool


def keep(threshold: Threshold) -> Threshold:
    """The threshold, if it holds together."""
    if threshold.percent_over is None and threshold.amount_over_pence is None:
        raise THRESHOLD_OF_NOTHING("/percent_over")
    if threshold.in_force_to is not None and threshold.in_force_to < threshold.in_force_from:
        raise THRESHOLD_ENDS_BEFORE("/in_force_to", in_force_from=threshold.in_force_from)
    return threshold


def end(threshold: Threshold, last_day: date, organisation_id: UUID) -> Threshold:
    if threshold.owner_organisation_id != organisation_id:
        raise THRESHOLD_OF_ANOTHER()
    if threshold.in_force_to is not None:
        raise THRESHOLD_ENDED("/in_force_to", in_force_to=threshold.in_force_to)
    return keep(replace(threshold, in_force_to=last_day, version=threshold.version + 1))


def warn(
    budget_pence: int | None,
    outturn_pence: int | None,
    category: Category,
    day: date,
    thresholds: Iterable[Threshold],
) -> Warned | None:
    """The worst threshold that the forecast passes (S5-B12); None while budget or outturn is not known."""
    if budget_pence is None or outturn_pence is None or outturn_pence <= budget_pence:
        return None
    over = outturn_pence - budget_pence
    passed = [
        each for each in thresholds if _stands(each, category, day) and _passed(each, over, budget_pence)
    ]
    if not passed:
        return None
    worst = max(passed, key=lambda each: (each.severity is Severity.RED, each.action_plan, str(each.id)))
    return Warned(worst.severity, worst.id, over, any(each.action_plan for each in passed))


def _stands(threshold: Threshold, category: Category, day: date) -> bool:
    begun = threshold.in_force_from <= day
    return (
        begun
        and (threshold.in_force_to is None or day <= threshold.in_force_to)
        and threshold.category in {None, category}
    )


def _passed(threshold: Threshold, over: int, budget: int) -> bool:
    by_amount = threshold.amount_over_pence is not None and over > threshold.amount_over_pence
    by_share = (
        threshold.percent_over is not None and over > Fraction(threshold.percent_over) * max(budget, 0) / 100
    )
    return by_amount or by_share
