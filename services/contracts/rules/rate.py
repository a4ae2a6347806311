"""A dated unit rate of a contract, and what an uplift of it comes to before anybody agrees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.contract import Contract
from services.contracts.rules.placement import RateUnit
from shared.calendar import FinancialYear, financial_year_of
from shared.errors import Kind, reason
from shared.money import half_up

YEARS_AHEAD = 3

CONTRACT_UNKNOWN = reason(
    "rate_contract_unknown",
    Kind.INVALID,
    "There is no such contract that your organisation leads. Rates are kept by the contract's lead commissioner.",
)
PROVIDER_NOT_OF_CONTRACT = reason(
    "rate_provider_not_of_contract",
    Kind.INVALID,
    "The rate is of a provider of the contract in the directory.",
)
RATE_NOT_POSITIVE = reason("rate_not_positive", Kind.INVALID, "A rate is more than nought.")
ENDS_BEFORE_START = reason("rate_ends_before_start", Kind.INVALID, "The rate ends before it begins.")
OVERLAPS = reason(
    "rate_overlaps",
    Kind.CONFLICT,
    "Another rate of this provider for the same service and unit holds on some of these days. End it first.",
)
UPLIFT_UNFIT = reason(
    "rate_uplift_unfit", Kind.INVALID, "An uplift is a percentage or a new rate: give exactly one of the two."
)
UPLIFT_OUTSIDE = reason(
    "rate_uplift_outside", Kind.INVALID, "An uplift begins after its rate began, and while it holds."
)
OUTSIDE_CONTRACT = reason(
    "rate_outside_contract",
    Kind.INVALID,
    "The rate begins after the contract has ended, with all its extensions.",
)
UPLIFT_OVERTAKEN = reason(
    "rate_uplift_overtaken",
    Kind.CONFLICT,
    "Another uplift of the same rate was agreed since this one was proposed, so that it would hold for fewer days than it"
    " says. Refuse this proposal and propose it anew: it then ends where the agreed one begins.",
)
NOT_AGREED = reason("rate_not_agreed", Kind.CONFLICT, "Only a rate that is agreed can be uplifted.")
NOT_PROPOSED = reason("rate_not_proposed", Kind.CONFLICT, "This rate is decided on already.")


class RateState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class UpliftYear:
    """What an uplift adds in a financial year, in pence."""

    financial_year: str
    more_pence: int


@dataclass(frozen=True, slots=True)
class UpliftEffect:
    """What an uplift adds to commitment and forecast, over the lead's own placements in care at the old rate.

    `unknown` counts placements whose units a week are not on record; with them the effect is not complete.
    """

    placements: int
    unknown: int
    complete: bool
    weekly_more_pence: int
    by_year: tuple[UpliftYear, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate in pounds for one unit, from a day and until another or for good."""

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    provider_organisation_id: UUID
    service: str
    unit: RateUnit
    unit_rate: Decimal
    holds_from: date
    holds_until: date | None = None
    partnership_id: UUID | None = None
    uplifts_id: UUID | None = None
    effect: UpliftEffect | None = None
    state: RateState = RateState.AGREED
    decided_on: date | None = None
    version: int = 1
    recorded_at: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AtRate:
    """A placement at the old rate: units a week if known, the day it starts, and its planned end."""

    units_per_week: Decimal | None
    start_date: date | None
    end_date: date | None


def record(rate: Rate, contract: Contract | None, own: Iterable[UUID]) -> Rate:
    """A rate as it is first recorded, or a refusal."""
    if contract is None or contract.owner_organisation_id not in tuple(own):
        raise CONTRACT_UNKNOWN("/contract_id")
    if rate.provider_organisation_id not in contract.provider_ids:
        raise PROVIDER_NOT_OF_CONTRACT("/provider_organisation_id")
    if rate.unit_rate <= 0:
        raise RATE_NOT_POSITIVE("/unit_rate")
    if rate.holds_until is not None and rate.holds_until < rate.holds_from:
        raise ENDS_BEFORE_START("/holds_until")
    last = (
        None if contract.runs_until is None else max(contract.runs_until, contract.max_end_date or date.min)
    )
    if last is not None and rate.holds_from > last:
        raise OUTSIDE_CONTRACT("/holds_from", last_day=last.isoformat())
    return replace(
        rate, owner_organisation_id=contract.owner_organisation_id, partnership_id=contract.partnership_id
    )


def uplift(
    rate: Rate,
    new_id: UUID,
    holds_from: date,
    asked: tuple[Decimal | None, Decimal | None],
    care: Sequence[AtRate],
    runs_until: date | None,
) -> Rate:
    """The rate that would follow, with its effect. `asked`: percent, or the new rate. Rates are kept to four decimals.

    `runs_until`: the last day on which the contract may run, None while no end is known.
    """
    percent, told = asked
    if (percent is None) == (told is None):
        raise UPLIFT_UNFIT("/percent")
    if rate.state is not RateState.AGREED:
        raise NOT_AGREED()
    if holds_from <= rate.holds_from or holds_from > (rate.holds_until or date.max):
        raise UPLIFT_OUTSIDE("/holds_from", holds_from=rate.holds_from.isoformat())
    new = told if told is not None else _by_percent(rate.unit_rate, percent or Decimal(0))
    if new <= 0:
        raise RATE_NOT_POSITIVE("/unit_rate" if percent is None else "/percent")
    return replace(
        rate,
        id=new_id,
        unit_rate=new,
        holds_from=holds_from,
        uplifts_id=rate.id,
        effect=effect_of(new - rate.unit_rate, holds_from, _earlier(rate.holds_until, runs_until), care),
        state=RateState.PROPOSED,
        decided_on=None,
        version=1,
    )


def _by_percent(rate: Decimal, percent: Decimal) -> Decimal:
    return Decimal(half_up(rate * (100 + percent) * 100)) / 10_000


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((each for each in (one, other) if each is not None), default=None)


def effect_of(more: Decimal, first: date, last: date | None, care: Sequence[AtRate]) -> UpliftEffect:
    """What more pounds a unit add: by the week, and in each of three financial years by days of a seventh of a week.

    A placement counts on the days on which somebody is in care: from its start to its planned end. `first`, `last`: the
    days on which the uplift holds and the contract may run.
    """
    known = [each for each in care if each.units_per_week is not None]
    year, by_year = financial_year_of(first), []
    for _ in range(YEARS_AHEAD):
        pounds = sum(
            (each.units_per_week or Decimal(0)) * more * _days(each, first, last, year) / 7 for each in known
        )
        by_year.append(UpliftYear(year.label, half_up(Decimal(pounds) * 100)))
        year = year.next()
    weekly = sum((each.units_per_week or Decimal(0)) * more for each in known)
    unknown = len(care) - len(known)
    return UpliftEffect(len(care), unknown, not unknown, half_up(Decimal(weekly) * 100), tuple(by_year))


def _days(each: AtRate, first: date, last: date | None, year: FinancialYear) -> int:
    begin = max(first, year.first_day, each.start_date or date.min)
    end = min(year.last_day, last or date.max, each.end_date or date.max)
    return max((end - begin).days + 1, 0)


def agree(rate: Rate, before: Rate | None, on: date) -> tuple[Rate, Rate | None]:
    """The uplift holds, and the rate before it ends the day before. It holds as it was proposed, or not at all."""
    if rate.state is not RateState.PROPOSED:
        raise NOT_PROPOSED(state=rate.state.value)
    if before is not None and before.holds_until != rate.holds_until:
        until = None if before.holds_until is None else before.holds_until.isoformat()
        raise UPLIFT_OVERTAKEN(rate_before_holds_until=until)
    agreed = replace(rate, state=RateState.AGREED, decided_on=on)
    return agreed, None if before is None else replace(
        before, holds_until=rate.holds_from - timedelta(days=1)
    )


def refuse(rate: Rate, on: date) -> Rate:
    """The uplift is not agreed; the rate before it holds on."""
    if rate.state is not RateState.PROPOSED:
        raise NOT_PROPOSED(state=rate.state.value)
    return replace(rate, state=RateState.REFUSED, decided_on=on)
