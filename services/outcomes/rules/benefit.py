"""A benefit that is expected of commissioning together, with its figure: counted once, under one reference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.measure import cut, expected
from shared.errors import Kind, Refusal, reason
from shared.money import Qualifier

BENEFIT_TAKEN = reason(
    "benefit_taken",
    Kind.CONFLICT,
    "This benefit is registered already. A benefit counts once, however many programmes claim it.",
)
BENEFIT_INDICATOR_UNKNOWN = reason(
    "benefit_indicator_unknown", Kind.INVALID, "The indicator is not on record in the partnership."
)
BENEFIT_UNCHANGED = reason(
    "benefit_unchanged",
    Kind.INVALID,
    "A benefit changes something: what is expected is the same as the baseline.",
)


class BenefitKind(StrEnum):
    """What gets better."""

    OUTCOME = "outcome"
    QUALITY = "quality"
    EXPERIENCE = "experience"
    EFFICIENCY = "efficiency"
    FINANCIAL = "financial"


@dataclass(frozen=True, slots=True)
class Benefit:
    """An expected benefit: from where to where, by when, and who answers for it (a post, not a person's name).

    `change` is the expected value less the baseline, None where no baseline is on record.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    reference: str
    title: str
    description: str
    kind: BenefitKind
    indicator_id: UUID | None
    unit: str
    baseline_value: Decimal | None
    expected_value: Decimal
    qualifier: Qualifier | None
    expected_by: date
    source: str
    accountable: str
    change: Decimal | None = None
    recorded_at: datetime | None = None


def with_change(benefit: Benefit) -> Benefit:
    """The benefit with what it changes."""
    if benefit.baseline_value is None:
        return benefit
    return replace(benefit, change=cut(benefit.expected_value - benefit.baseline_value))


def check_benefit(benefit: Benefit, indicator: Indicator | None) -> Benefit:
    """Give the benefit back, or refuse one of a bound («up to 69 %»), of no change, or of an unknown indicator."""
    try:
        expected(benefit.expected_value, benefit.qualifier)
    except Refusal as refusal:
        raise refusal.reason("/qualifier", **refusal.facts) from None
    if benefit.indicator_id is not None and (
        indicator is None or indicator.partnership_id != benefit.partnership_id
    ):
        raise BENEFIT_INDICATOR_UNKNOWN("/indicator_id")
    if benefit.baseline_value == benefit.expected_value:
        raise BENEFIT_UNCHANGED("/expected_value")
    return with_change(benefit)
