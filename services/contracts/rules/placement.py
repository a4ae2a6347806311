"""A placement or package of care: one person's care under a contract, by pseudonym, and what it costs a week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.contracts.rules.contract import Contract
from services.contracts.rules.placement_area import is_out_of_area
from services.contracts.rules.placement_life import PlacementState
from services.contracts.rules.state import RUNNING, State
from shared.errors import Kind, reason
from shared.money import NOT_STATED, Money, Status, half_up

CONTRACT_UNKNOWN = reason(
    "placement_contract_unknown",
    Kind.INVALID,
    "There is no such contract of which your organisation is a commissioner. Place under a contract that it leads or joins.",
)
CONTRACT_NOT_OPEN = reason(
    "placement_contract_not_open",
    Kind.CONFLICT,
    "The contract is not in a state in which anybody can be placed under it.",
)
PROVIDER_NOT_OF_CONTRACT = reason(
    "placement_provider_not_of_contract",
    Kind.INVALID,
    "The provider of a placement is a provider of its contract that is in the directory.",
)
FIRST_STATE = reason(
    "placement_first_state", Kind.INVALID, "A placement is recorded first as planned or as active."
)
START_MISSING = reason("placement_start_missing", Kind.INVALID, "A placement that runs has a start date.")
ENDS_BEFORE_START = reason(
    "placement_ends_before_start", Kind.INVALID, "The placement ends before it starts."
)
REVIEW_BEFORE_START = reason(
    "placement_review_before_start", Kind.INVALID, "The review lies before the placement starts."
)
KEPT_TOO_SHORT = reason(
    "placement_kept_too_short", Kind.INVALID, "The record is to be kept at least until the placement ends."
)
OUTSIDE_CONTRACT = reason(
    "placement_outside_contract",
    Kind.INVALID,
    "The placement starts before its contract does, or after the contract has ended.",
)
RATE_NOT_POSITIVE = reason(
    "placement_rate_not_positive",
    Kind.INVALID,
    "A rate is more than nought. Leave it out where it is not known.",
)
UNITS_NOT_POSITIVE = reason(
    "placement_units_not_positive",
    Kind.INVALID,
    "The units a week are more than nought. Leave them out where they are not known.",
)
COST_NEGATIVE = reason("placement_cost_negative", Kind.INVALID, "A weekly cost is not negative.")
COST_DIFFERS = reason(
    "placement_cost_differs",
    Kind.INVALID,
    "The weekly cost is not the rate times the units a week. Correct one of them, or leave the cost out.",
)
FIXED_NOW = reason(
    "placement_field_fixed",
    Kind.CONFLICT,
    "This can be changed only while the placement is planned. End it, and record a new one.",
)
OVER = reason(
    "placement_over", Kind.CONFLICT, "The placement has ended, and its record is not changed any more."
)
REFERENCE_USED = reason(
    "placement_reference_used", Kind.CONFLICT, "Your organisation has another placement under this reference."
)

OPEN_TO_PLANS = RUNNING - {State.SUSPENDED} | {State.AWARDED}
OPEN_TO_CARE = RUNNING - {State.SUSPENDED}
# What may still change when a placement runs; the rest says what was agreed, and stays.
CHANGEABLE = frozenset(
    {
        "unit_rate", "units_per_week", "weekly_cost", "funding_type", "review_date", "end_date", "outcomes_expected",
        "provider_site", "responsible_area_code", "keep_until", "reference", "person_reference",
    }
)  # fmt: skip


class RateUnit(StrEnum):
    """What one unit of a rate is."""

    HOUR = "hour"
    DAY = "day"
    NIGHT = "night"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    SESSION = "session"
    VISIT = "visit"
    JOURNEY = "journey"
    EPISODE = "episode"
    OTHER = "other"


class FundingType(StrEnum):
    """Out of what duty a placement is paid (S4-C08), and whether the person holds a budget."""

    SOCIAL_CARE = "social_care"
    CONTINUING_HEALTHCARE = "continuing_healthcare"
    FUNDED_NURSING_CARE = "funded_nursing_care"
    JOINT = "joint"
    SECTION_117 = "section_117"
    LOOKED_AFTER_CHILD = "looked_after_child"
    SPECIAL_EDUCATIONAL_NEEDS = "special_educational_needs"
    PERSONAL_BUDGET = "personal_budget"
    DIRECT_PAYMENT = "direct_payment"
    PERSONAL_HEALTH_BUDGET = "personal_health_budget"
    INTEGRATED_PERSONAL_BUDGET = "integrated_personal_budget"
    OTHER = "other"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class ProviderSite:
    """Where the care is given: the home or service, and the code of the area in which it stands."""

    name: str | None = None
    area_code: str | None = None


NO_SITE = ProviderSite()


@dataclass(frozen=True, slots=True)
class Placement:
    """One placement. Its owner is the commissioner that placed, and the controller of what is kept of the person.

    `unit_rate` is in pounds. `person_reference` is the owner's pseudonym for a person, the same in each of that
    person's placements. `missing` names the parts of a full placement that are not on record (S4-C04).
    """

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    provider_organisation_id: UUID
    reference: str | None
    person_reference: str | None
    service: str
    unit: RateUnit
    keep_until: date
    state: PlacementState = PlacementState.PLANNED
    partnership_id: UUID | None = None
    controller_organisation_id: UUID | None = None
    unit_rate: Decimal | None = None
    units_per_week: Decimal | None = None
    weekly_cost: Money = NOT_STATED
    funding_type: FundingType = FundingType.NOT_STATED
    start_date: date | None = None
    review_date: date | None = None
    end_date: date | None = None
    outcomes_expected: tuple[str, ...] = ()
    provider_site: ProviderSite = NO_SITE
    responsible_area_code: str | None = None
    out_of_area: bool | None = None
    reviewed_on: date | None = None
    ended_on: date | None = None
    end_reason: str | None = None
    disposed_on: date | None = None
    missing: tuple[str, ...] = ()
    version: int = 1
    recorded_at: datetime | None = None
    changed_at: datetime | None = None


def register(placement: Placement, contract: Contract, own: Iterable[UUID]) -> Placement:
    """A placement as it is first recorded, owned by that of the caller's organisations which commissions it."""
    owner = _owner(contract, tuple(own))
    if placement.state not in {PlacementState.PLANNED, PlacementState.ACTIVE}:
        raise FIRST_STATE("/state")
    check_open(contract, placement.state)
    if placement.provider_organisation_id not in contract.provider_ids:
        raise PROVIDER_NOT_OF_CONTRACT("/provider_organisation_id")
    owned = replace(
        placement,
        owner_organisation_id=owner,
        controller_organisation_id=owner,
        partnership_id=contract.partnership_id,
    )
    _check_term(owned, contract)
    return checked(owned)


def _owner(contract: Contract, own: tuple[UUID, ...]) -> UUID:
    commissioners = (contract.owner_organisation_id, *contract.associate_ids)
    for each in own:
        if each in commissioners:
            return each
    raise CONTRACT_UNKNOWN("/contract_id")


def check_open(contract: Contract, state: PlacementState) -> None:
    """Refuse a placement under a contract that is over, not yet awarded or suspended; a running one needs a running one."""
    fitting = OPEN_TO_PLANS if state is PlacementState.PLANNED else OPEN_TO_CARE
    if contract.state not in fitting:
        raise CONTRACT_NOT_OPEN("/contract_id", contract_state=contract.state.value)


def _check_term(placement: Placement, contract: Contract) -> None:
    start = placement.start_date
    first, last = contract.start_date or date.min, contract.ends_on or date.max
    held_over = contract.state is State.HELD_OVER
    if start is not None and (start < first or (start > last and not held_over)):
        raise OUTSIDE_CONTRACT("/start_date", start_date=start.isoformat())


def amend(placement: Placement, changes: Mapping[str, Any], contract: Contract | None) -> Placement:
    """The placement with these fields changed, or a refusal: what holds once it runs stays. With a contract, in its term."""
    if placement.state is PlacementState.ENDED:
        raise OVER()
    fixed = [
        name
        for name, value in changes.items()
        if name not in CHANGEABLE and getattr(placement, name) != value
    ]
    if fixed and placement.state is not PlacementState.PLANNED:
        raise FIXED_NOW(f"/{fixed[0]}")
    told = dict(changes)
    # A cost that was worked out follows what it was worked out from.
    if "weekly_cost" not in told and {"unit_rate", "units_per_week", "unit"} & told.keys():
        told["weekly_cost"] = NOT_STATED
    changed = replace(placement, **told)
    if contract is not None:
        _check_term(changed, contract)
    return checked(changed)


def checked(placement: Placement) -> Placement:
    """The placement with what follows from it: its weekly cost, whether it is out of area, and what is missing."""
    _check_dates(placement)
    whole = replace(
        placement,
        weekly_cost=_weekly_cost(placement),
        out_of_area=is_out_of_area(placement.provider_site.area_code, placement.responsible_area_code),
    )
    return replace(whole, missing=missing_parts(whole))


def _check_dates(placement: Placement) -> None:
    start, end = placement.start_date, placement.end_date
    if placement.state is PlacementState.ACTIVE and start is None:
        raise START_MISSING("/start_date")
    if start is not None and end is not None and end < start:
        raise ENDS_BEFORE_START("/end_date", start_date=start.isoformat(), end_date=end.isoformat())
    if start is not None and placement.review_date is not None and placement.review_date < start:
        raise REVIEW_BEFORE_START("/review_date", start_date=start.isoformat())
    if placement.keep_until < max(start or date.min, end or date.min):
        raise KEPT_TOO_SHORT("/keep_until")


def _weekly_cost(placement: Placement) -> Money:
    """The cost of a week: as stated, or rate times units to the penny, halves up. They must not say two things."""
    rate, units, stated = placement.unit_rate, placement.units_per_week, placement.weekly_cost
    if rate is not None and rate <= 0:
        raise RATE_NOT_POSITIVE("/unit_rate")
    if units is not None and units <= 0:
        raise UNITS_NOT_POSITIVE("/units_per_week")
    if stated.amount_pence is not None and stated.amount_pence < 0:
        raise COST_NEGATIVE("/weekly_cost")
    if rate is not None and units is None and placement.unit is RateUnit.WEEK:
        units = Decimal(1)
    if rate is None or units is None:
        return stated
    pence = half_up(rate * units * 100)
    if stated.status is Status.NOT_STATED:
        return Money(pence)
    if stated.amount_pence is not None and stated.amount_pence != pence:
        raise COST_DIFFERS(
            "/weekly_cost", rate_times_units_pence=pence, out_by_pence=stated.amount_pence - pence
        )
    return stated


def missing_parts(placement: Placement) -> tuple[str, ...]:
    """Which parts of a full placement are not on record: what the contract for one person's care must say (S4-C04)."""
    there = {
        "unit_rate": placement.unit_rate is not None,
        "weekly_cost": placement.weekly_cost.known,
        "funding_type": placement.funding_type is not FundingType.NOT_STATED,
        "start_date": placement.start_date is not None,
        "review_date": placement.review_date is not None,
        "outcomes_expected": bool(placement.outcomes_expected),
        "provider_site": placement.provider_site.area_code is not None,
        "responsible_area_code": placement.responsible_area_code is not None,
    }
    return tuple(name for name, known in there.items() if not known)
