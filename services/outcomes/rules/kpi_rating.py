"""The five ratings of a KPI, and whether the law demands them.

Source: Procurement Act 2023, section 52(1) (a contract of an estimated value of more than £5 million sets at least three
KPIs, unless its authority considers that they could not appropriately assess it) and section 71(2) (they are assessed at
least once in twelve months, and at the end); the Procurement Regulations 2024 (SI 2024/692), regulation 39(5), name the
five ratings and say in words what each means. Section 52 is not for frameworks, concession contracts and light touch
contracts, and contracts under the Provider Selection Regime stand outside the Act. The value is estimated with VAT.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.rating import Colour, RatingReason
from services.outcomes.rules.scorecard_line import ScorecardLine, Trend
from shared.caller import Caller
from shared.errors import Kind, reason

STATUTORY_ABOVE_PENCE = 500_000_000
LEAST_KPIS = 3

KPI_DUTY_TAKEN = reason("kpi_duty_taken", Kind.CONFLICT, "The KPIs of this contract are on record already.")
KPIS_TOO_FEW = reason(
    "kpis_too_few",
    Kind.INVALID,
    "A contract of more than £5 million under the Procurement Act 2023 has at least three KPIs (section 52).",
)
KPI_UNKNOWN = reason(
    "kpi_unknown",
    Kind.INVALID,
    "This indicator is not reported under the contract, or is named twice. Set the obligation first.",
)
KPI_VALUE_UNKNOWN = reason(
    "kpi_value_unknown",
    Kind.INVALID,
    "Under the Procurement Act the value of the contract decides whether its KPIs are statutory. Give it in pence.",
)


class AwardRegime(StrEnum):
    """Under which rules a contract was awarded."""

    PCR2006_PART_B = "pcr2006_part_b"
    NHS2013 = "nhs2013"
    PCR2015 = "pcr2015"
    PA2023 = "pa2023"
    PA2023_LIGHT_TOUCH = "pa2023_light_touch"
    PSR = "psr"
    BELOW_THRESHOLD = "below_threshold"
    EXEMPT_HORIZONTAL = "exempt_horizontal"
    EXEMPT_VERTICAL = "exempt_vertical"


class KpiLevel(StrEnum):
    """The five ratings of a KPI."""

    GOOD = "good"
    APPROACHING_TARGET = "approaching_target"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    INADEQUATE = "inadequate"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class KpiDuty:
    """On which indicators a contract is rated, and what decides whether the law demands it."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    contract_id: UUID
    award_regime: AwardRegime
    value_pence: int | None
    framework_or_concession: bool
    indicator_ids: tuple[UUID, ...]
    statutory: bool = False
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KpiRating:
    """One KPI of a contract in five ratings, with the colour and reason that it rests on."""

    indicator_id: UUID
    code: str
    title: str
    contract_id: UUID
    provider_organisation_id: UUID | None
    period: str | None
    value: Decimal | None
    target_value: Decimal | None
    level: KpiLevel
    colour: Colour
    reason: RatingReason
    statutory: bool


@dataclass(frozen=True, slots=True)
class KpiRatings:
    """The KPIs of a partnership's contracts at a day."""

    partnership_id: UUID
    as_at: date
    ratings: tuple[KpiRating, ...]


def is_statutory(regime: AwardRegime, value_pence: int | None, framework_or_concession: bool) -> bool:
    """Whether section 52 demands the rating: more than £5 million under the Act, and none of its exceptions."""
    if regime is not AwardRegime.PA2023 or framework_or_concession or value_pence is None:
        return False
    return value_pence > STATUTORY_ABOVE_PENCE


def check_duty(duty: KpiDuty, reported: Collection[UUID]) -> KpiDuty:
    """Give the duty back, or refuse KPIs that nobody reports, too few of them, or an unknown value that decides."""
    seen: set[UUID] = set()
    for index, each in enumerate(duty.indicator_ids):
        if each not in reported or each in seen:
            raise KPI_UNKNOWN(f"/indicator_ids/{index}")
        seen.add(each)
    if (
        duty.award_regime is AwardRegime.PA2023
        and duty.value_pence is None
        and not duty.framework_or_concession
    ):
        raise KPI_VALUE_UNKNOWN("/value_pence")
    if duty.statutory and len(seen) < LEAST_KPIS:
        raise KPIS_TOO_FEW("/indicator_ids", kpis=len(seen))
    return duty


def told_of(duty: KpiDuty, caller: Caller) -> KpiDuty:
    """The duty as a caller may know it. A contract's value can be withheld where it is kept, which outcomes cannot know.

    So nobody is told it here who only observes in the partnership; the contract itself shows what is published.
    """
    inside = caller.holds(duty.partnership_id, "commissioner", "host") or any(
        each.partnership_id == duty.partnership_id for each in caller.audits
    )
    return duty if inside else replace(duty, value_pence=None)


def level(line: ScorecardLine) -> KpiLevel:
    """The rating of a line. Green is good and amber approaching the target. Red is inadequate where the figure is worse
    than the baseline or than the one before it, and requires improvement otherwise. What has no colour is other.
    """
    if line.rating is Colour.GREEN:
        return KpiLevel.GOOD
    if line.rating is Colour.AMBER:
        return KpiLevel.APPROACHING_TARGET
    if line.rating is Colour.RED:
        worse = line.reason is RatingReason.WORSE_THAN_BASELINE or line.trend is Trend.WORSE
        return KpiLevel.INADEQUATE if worse else KpiLevel.REQUIRES_IMPROVEMENT
    return KpiLevel.OTHER


def kpi_ratings(
    partnership_id: UUID, as_at: date, lines: Iterable[ScorecardLine], duties: Mapping[UUID, KpiDuty]
) -> KpiRatings:
    """The five-point rating of every KPI that a duty names; `duties` are those by contract."""
    found = []
    for each in lines:
        duty = None if each.contract_id is None else duties.get(each.contract_id)
        if duty is None or each.indicator_id not in duty.indicator_ids:
            continue
        found.append(
            KpiRating(
                indicator_id=each.indicator_id,
                code=each.code,
                title=each.title,
                contract_id=duty.contract_id,
                provider_organisation_id=each.provider_organisation_id,
                period=None if each.latest is None else each.latest.period,
                value=None if each.latest is None else each.latest.value,
                target_value=None if each.target is None else each.target.value,
                level=level(each),
                colour=each.rating,
                reason=each.reason,
                statutory=duty.statutory,
            )
        )
    return KpiRatings(partnership_id, as_at, tuple(found))
