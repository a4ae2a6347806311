"""A forecast of a line's outturn by month: what it rests on, its assumptions worked in, and the warning it raises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from services.budget.rules.category import Category
from services.budget.rules.early_warning import Threshold, Warned, warn
from services.budget.rules.headroom import LineFunds, adjusted
from services.budget.rules.line import LINE_UNKNOWN, Arrangement
from shared.calendar import financial_year_of, read_financial_year
from shared.errors import Kind, reason
from shared.money import LARGEST_PENCE, MONEY_TOO_LARGE, half_up

MONTHS = 12
MADE_LATER = reason(
    "forecast_day_to_come", Kind.INVALID, "A forecast is dated on the day on which it was made, up to today."
)
MADE_TOO_EARLY = reason(
    "forecast_day_unfit",
    Kind.INVALID,
    "A forecast is made from the year before the line's own until the accounts of its year are closed.",
)
FACTOR_UNFIT = reason(
    "forecast_factor_unfit",
    Kind.INVALID,
    "An uplift or a deflator is a percentage above nil, and a deflator of at most 100.",
)
MEETING_PAST = reason(
    "forecast_meeting_past", Kind.INVALID, "The next meeting comes on the day of the forecast or after it."
)


class ForecastBasis(StrEnum):
    """What a forecast rests on."""

    COMMITMENTS = "commitments"
    TREND = "trend"
    ACTIVITY = "activity"
    JUDGEMENT = "judgement"
    INFLATION_PLAN = "inflation_plan"


class FactorDirection(StrEnum):
    UPLIFT = "uplift"
    DEFLATOR = "deflator"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A percentage up or down from a month of the year on (1 April to 12 March), and where it comes from."""

    direction: FactorDirection
    percent: Decimal
    from_month: int
    source: str


@dataclass(frozen=True, slots=True)
class ForecastAsked:
    """A forecast as it is asked for: twelve months before its assumptions, None where one is not known."""

    id: UUID
    partnership_id: UUID
    line_id: UUID
    made_on: date
    basis: ForecastBasis
    base_pence: tuple[int | None, ...]
    assumptions: tuple[Assumption, ...]
    next_meeting_on: date | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """A line's forecast. The last one made stands. `variance_pence` is adjusted budget less outturn.

    `outturn_pence` is None while any month is unknown; `budget_adjusted_pence` is what the line had then.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    line_id: UUID
    made_by_organisation_id: UUID
    edition: int
    made_on: date
    basis: ForecastBasis
    base_pence: tuple[int | None, ...]
    months_pence: tuple[int | None, ...]
    assumptions: tuple[Assumption, ...]
    outturn_pence: int | None
    budget_adjusted_pence: int | None
    variance_pence: int | None
    warning: Warned | None
    next_meeting_on: date | None
    note: str | None
    version: int = 1


@dataclass(frozen=True, slots=True)
class ForecastMonth:
    """One month of the year: forecast beside what was spent. None where the one or the other is not known."""

    month: int
    first_day: date
    forecast_pence: int | None
    actual_pence: int | None
    variance_pence: int | None


def make(
    asked: ForecastAsked,
    line: LineFunds,
    category: Category,
    organisation_id: UUID,
    edition: int,
    thresholds: Iterable[Threshold],
    today: date,
) -> Forecast:
    """The forecast, by the line's owner or, of a pooled line, the pool's host, with the warning it raises."""
    pooled = line.arrangement is Arrangement.POOLED
    hosts = organisation_id == line.host_organisation_id and pooled
    if line.partnership_id != asked.partnership_id or not (
        organisation_id == line.owner_organisation_id or hosts
    ):
        raise LINE_UNKNOWN("/line_id")
    _check_days(asked, line.financial_year, today)
    months = tuple(
        None if pence is None else _worked_in(pence, number, asked.assumptions)
        for number, pence in enumerate(asked.base_pence, start=1)
    )
    outturn = _sum(months)
    budget = adjusted(line).amount_pence
    return Forecast(
        asked.id,
        line.partnership_id,
        line.owner_organisation_id,
        line.arrangement,
        line.financial_year,
        line.line_id,
        organisation_id,
        edition,
        asked.made_on,
        asked.basis,
        asked.base_pence,
        months,
        asked.assumptions,
        outturn,
        budget,
        None if budget is None or outturn is None else budget - outturn,
        warn(budget, outturn, category, asked.made_on, thresholds),
        asked.next_meeting_on,
        asked.note,
    )


def _check_days(asked: ForecastAsked, financial_year: str, today: date) -> None:
    if asked.made_on > today:
        raise MADE_LATER("/made_on", today=today)
    start = read_financial_year(financial_year).start_year
    if not start - 1 <= financial_year_of(asked.made_on).start_year <= start + 1:
        raise MADE_TOO_EARLY("/made_on", financial_year=financial_year)
    if asked.next_meeting_on is not None and asked.next_meeting_on < asked.made_on:
        raise MEETING_PAST("/next_meeting_on")
    for index, each in enumerate(asked.assumptions):
        if each.percent <= 0 or (each.direction is FactorDirection.DEFLATOR and each.percent > 100):
            raise FACTOR_UNFIT(f"/assumptions/{index}/percent")


def _worked_in(pence: int, month: int, assumptions: Sequence[Assumption]) -> int:
    """Each month times its factors, rounded once, half up (S1-B23: «a 1% reduction in acute spend»)."""
    factor = Fraction(1)
    for each in assumptions:
        if month >= each.from_month:
            share = Fraction(each.percent) / 100
            factor *= 1 + share if each.direction is FactorDirection.UPLIFT else 1 - share
    worked = half_up(pence * factor)
    if abs(worked) > LARGEST_PENCE:
        raise MONEY_TOO_LARGE("/assumptions", largest_pence=LARGEST_PENCE)
    return worked


def _sum(months: Sequence[int | None]) -> int | None:
    known = [pence for pence in months if pence is not None]
    whole = sum(known) if len(known) == len(months) else None
    if whole is not None and abs(whole) > LARGEST_PENCE:
        raise MONEY_TOO_LARGE("/base_pence", largest_pence=LARGEST_PENCE)
    return whole


def against_actual(forecast: Forecast, actual_by_month: dict[int, int]) -> tuple[ForecastMonth, ...]:
    """The year's profile month by month against what was spent (S5-B04). Nothing posted is not nil."""
    start = read_financial_year(forecast.financial_year).start_year
    found = []
    for number, pence in enumerate(forecast.months_pence, start=1):
        spent = actual_by_month.get(number)
        first = date(start + (number > 9), (number + 2) % 12 + 1, 1)
        found.append(
            ForecastMonth(
                number,
                first,
                pence,
                spent,
                None if pence is None or spent is None else pence - spent,
            )
        )
    return tuple(found)
