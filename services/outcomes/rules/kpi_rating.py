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
from typing import Any
from uuid import UUID

from services.outcomes.rules.rating import Colour, RatingReason
from services.outcomes.rules.scorecard_line import ScorecardLine, Trend
from shared.caller import Caller
from shared.errors import Kind, reason

STATUTORY_ABOVE_PENCE = 500_000_000
LEAST_KPIS = 3
_SAID = ("award_regime", "value_pence", "framework_or_concession", "indicator_ids")

KPI_DUTY_TAKEN = reason("kpi_duty_taken", Kind.CONFLICT, "The KPIs of this contract are on record already.")
KPIS_TOO_FEW = reason(
    "kpis_too_few",
    Kind.INVALID,
    "A contract of more than £5 million under the Procurement Act 2023 has at least three KPIs (section 52).",
)
KPI_DUTY_EARLIER = reason(
    "kpi_duty_earlier",
    Kind.INVALID,
    "This day is before the one from which the KPIs were last changed. Take that day or a later one.",
)
KPI_DUTY_UNCHANGED = reason(
    "kpi_duty_unchanged", Kind.INVALID, "The KPIs of this contract are set like this already."
)
KPI_DUTY_OF_ANOTHER = reason(
    "kpi_duty_of_another_contract", Kind.INVALID, "These are the KPIs of another contract."
)
KPI_DUTY_NOT_YOURS = reason(
    "kpi_duty_not_yours",
    Kind.FORBIDDEN,
    "The KPIs of a contract are changed by the organisation that set them. Ask it to.",
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
class KpiDutyEdition:
    """On which indicators a contract is rated from a day on, and why it was changed."""

    effective_from: date
    award_regime: AwardRegime
    value_pence: int | None
    framework_or_concession: bool
    indicator_ids: tuple[UUID, ...]
    reason: str
    set_by_organisation_id: UUID
    set_by_client_id: UUID
    statutory: bool | None = False
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KpiDuty:
    """On which indicators a contract is rated, and what decides whether the law demands it.

    What it says itself holds from the beginning, and each edition from its day on. `version` counts the editions.
    `statutory` is None for who may not know the value: under the Act it says on which side of £5 million that lies.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    contract_id: UUID
    award_regime: AwardRegime
    value_pence: int | None
    framework_or_concession: bool
    indicator_ids: tuple[UUID, ...]
    statutory: bool | None = False
    recorded_at: datetime | None = None
    version: int = 1
    editions: tuple[KpiDutyEdition, ...] = ()


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
    statutory: bool | None


@dataclass(frozen=True, slots=True)
class KpiRatings:
    """The KPIs of a partnership's contracts at a day."""

    partnership_id: UUID
    as_at: date
    ratings: tuple[KpiRating, ...]


def check_setter(duty: KpiDuty, contract_id: UUID, organisations: Collection[UUID]) -> KpiDuty:
    """The duty, or a refusal: another organisation set it, or it is of another contract than the one that was named."""
    if duty.owner_organisation_id not in organisations:
        raise KPI_DUTY_NOT_YOURS(owner_organisation_id=str(duty.owner_organisation_id))
    if duty.contract_id != contract_id:
        raise KPI_DUTY_OF_ANOTHER("/contract_id")
    return duty


def amend_duty(duty: KpiDuty, edition: KpiDutyEdition, reported: Collection[UUID]) -> KpiDuty:
    """The duty with another edition at its end; refuses one that begins before the last, or says what holds already."""
    last = duty.editions[-1] if duty.editions else None
    if last is not None and edition.effective_from < last.effective_from:
        raise KPI_DUTY_EARLIER("/effective_from", last_from=last.effective_from)
    if _said(edition) == _said(last or duty):
        raise KPI_DUTY_UNCHANGED()
    statutory = is_statutory(edition.award_regime, edition.value_pence, edition.framework_or_concession)
    edition = replace(edition, statutory=statutory)
    check_duty(_as_said(duty, edition), reported)
    return replace(duty, editions=(*duty.editions, edition), version=duty.version + 1)


def duty_at(duty: KpiDuty, day: date, as_recorded: datetime | None = None) -> KpiDuty | None:
    """The duty as it holds on a day, by what was on record at an instant; None where none was on record by then."""
    if not _on_record(duty, as_recorded):
        return None
    holding = [each for each in duty.editions if each.effective_from <= day and _on_record(each, as_recorded)]
    return _as_said(duty, holding[-1]) if holding else duty


def _on_record(each: KpiDuty | KpiDutyEdition, instant: datetime | None) -> bool:
    return instant is None or each.recorded_at is None or each.recorded_at <= instant


def _as_said(duty: KpiDuty, edition: KpiDutyEdition) -> KpiDuty:
    return replace(duty, **dict(zip(_SAID, _said(edition), strict=True)), statutory=edition.statutory)


def _said(of: KpiDuty | KpiDutyEdition) -> tuple[Any, ...]:
    return tuple(getattr(of, name) for name in _SAID)


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

    So nobody is told it here who only observes in the partnership, nor what follows from it: that the law demands the
    ratings says that it is more than £5 million. The contract itself shows what is published.
    """
    inside = caller.holds(duty.partnership_id, "commissioner", "host") or any(
        each.partnership_id == duty.partnership_id for each in caller.audits
    )
    if inside:
        return duty
    editions = tuple(replace(each, value_pence=None, statutory=None) for each in duty.editions)
    return replace(duty, value_pence=None, statutory=None, editions=editions)


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
    partnership_id: UUID,
    as_at: date,
    lines: Iterable[ScorecardLine],
    duties: Mapping[UUID, KpiDuty],
    as_recorded: datetime | None = None,
) -> KpiRatings:
    """The five-point rating of every KPI that a duty names on the day; `duties` are those by contract."""
    holding = {key: duty_at(each, as_at, as_recorded) for key, each in duties.items()}
    found = []
    for each in lines:
        duty = None if each.contract_id is None else holding.get(each.contract_id)
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
