"""How views of a partnership are asked for: whose, over which years, as at which day, and what is open to the caller."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.gateway.rules.partnership import Role
from services.gateway.rules.policy import decide
from services.gateway.rules.policy_table import ROWS
from services.gateway.rules.view import Sight, WithheldBecause, sight_of
from services.gateway.views.question import ViewAsked
from services.gateway.views.source import ViewMode
from shared.calendar import FIRST_YEAR, FinancialYear, financial_year_of, read_financial_year
from shared.errors import NOT_FOUND, Kind, Refusal, reason
from shared.web.doors import Door
from shared.web.fields import Day, Instant
from shared.web.today import today_in_england

MOST_YEARS = 10
VIEW_YEARS = reason(
    "view_years",
    Kind.INVALID,
    "A view over years goes from an earlier to a later one, over ten years at most.",
)
VIEW_OUTSIDE_YEAR = reason(
    "view_outside_year",
    Kind.INVALID,
    "The day of this view must lie in the last of the years that are asked for.",
)
Year = Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}$", examples=["2014-15"])]
FromYear = Annotated[
    str | None,
    Query(pattern=r"^\d{4}-\d{2}$", examples=["2014-15"], description="Two years before to_year by default."),
]
ToYear = Annotated[
    str | None, Query(pattern=r"^\d{4}-\d{2}$", examples=["2016-17"], description="This year by default.")
]
AsAt = Annotated[
    Day | None,
    Query(description="A day of the last year; by default today, or the last day of a past year."),
]
AsRecorded = Annotated[
    Instant | None,
    Query(
        description="As it was on record at this instant. The same question later has the same answer.",
        examples=["2015-05-01T09:00:00Z"],
    ),
]
Mode = Annotated[
    ViewMode,
    Query(description="What to do while a service does not answer: show the rest, or refuse with 503."),
]
_ROWS = {row.operation_id: row for row in ROWS}


def ask_years(
    door: Door,
    place: UUID,
    operations: Iterable[str],
    years: tuple[str | None, str | None],
    when: tuple[date | None, datetime | None],
    mode: ViewMode,
) -> ViewAsked:
    """A question over years, by default the last three; `when` is as at and as recorded."""
    now = datetime.now(UTC)
    today = today_in_england(now)
    last = read_year(years[1], "?to_year") or financial_year_of(when[0] or today)
    first = read_year(years[0], "?from_year") or FinancialYear(
        max(last.start_year - 2, min(FIRST_YEAR, last.start_year))
    )
    if not first <= last < FinancialYear(first.start_year + MOST_YEARS):
        raise VIEW_YEARS("?to_year", most_years=MOST_YEARS)
    asked = [FinancialYear(start) for start in range(first.start_year, last.start_year + 1)]
    return _ask(door, place, operations, asked, when, mode, now)


def ask_year(
    door: Door,
    place: UUID,
    operations: Iterable[str],
    year: str | None,
    when: tuple[date | None, datetime | None],
    mode: ViewMode,
) -> ViewAsked:
    """A question about one year: by default that of the day that is asked for, or this year."""
    now = datetime.now(UTC)
    asked = read_year(year, "?financial_year") or financial_year_of(when[0] or today_in_england(now))
    return _ask(door, place, operations, [asked], when, mode, now)


def read_year(text: str | None, pointer: str) -> FinancialYear | None:
    try:
        return None if text is None else read_financial_year(text)
    except Refusal as refusal:
        raise refusal.reason(pointer, **refusal.facts) from None


def _ask(
    door: Door,
    place: UUID,
    operations: Iterable[str],
    years: list[FinancialYear],
    when: tuple[date | None, datetime | None],
    mode: ViewMode,
    now: datetime,
) -> ViewAsked:
    """The question, as far as it is open to a member of the partnership: each operation by its policy row."""
    if not door.caller.holds(place, *Role):
        raise NOT_FOUND()
    day = day_of(years[-1], when[0], today_in_england(now))
    sights = {year: sight_of(door.caller, place, year) for year in years}
    closed = closed_to(operations, sights.values())
    for each in operations:
        if each not in closed:
            decide(_ROWS[each], door.caller)
    return ViewAsked(place, sights, day, when[1], mode, now, closed)


def day_of(year: FinancialYear, asked: date | None, today: date) -> date:
    """A day that is not asked for is today, or the year's nearest day."""
    # A year before the first that services know is one of which they would say nothing, as if they were out.
    known = year.start_year >= FIRST_YEAR
    if asked is not None and not (known and asked in year):
        year = year if known else FinancialYear(FIRST_YEAR)
        raise VIEW_OUTSIDE_YEAR("?as_at", first_day=year.first_day, last_day=year.last_day)
    return asked or min(max(today, year.first_day), year.last_day)


def closed_to(operations: Iterable[str], sights: Iterable[Sight]) -> dict[str, WithheldBecause]:
    """The operations that are not asked, and why: a year that is not for the caller closes all of them."""
    seen = list(sights)
    found: dict[str, WithheldBecause] = {}
    for operation in operations:
        for sight in seen:
            because = sight.closed(_ROWS[operation])
            if because is not None:
                found.setdefault(operation, because)
    return found
