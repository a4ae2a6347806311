"""A period of the books: open, soft-closed, closed, reopened with a reason, and closed again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from shared.calendar import LedgerPeriod, read_ledger_period
from shared.errors import Kind, reason

PERIOD_STANDS_ALREADY = reason(
    "period_stands_already",
    Kind.CONFLICT,
    "These books have this period already. Find it in the list of periods.",
)
NOT_POOL_MANAGER = reason(
    "period_not_pool_manager",
    Kind.CONFLICT,
    "Only the host, as pool manager, opens, closes and reopens periods of pooled books.",
)
NOT_YOUR_BOOKS = reason(
    "period_not_your_books",
    Kind.INVALID,
    "Name your own organisation, or one that it succeeded, as the owner of the books.",
)
NOT_ENDED = reason(
    "period_not_ended", Kind.CONFLICT, "The period has not ended. Close it after its last day."
)
NO_SUCH_PERIOD_MOVE = reason(
    "period_move_refused", Kind.CONFLICT, "The period cannot move that way from the state it is in."
)
REOPENED_BY_CLOSER = reason(
    "period_reopened_by_closer",
    Kind.CONFLICT,
    "A period is reopened by another client of your organisation than the one that closed it.",
)
YEAR_IS_CARRIED = reason(
    "period_year_is_carried_forward",
    Kind.CONFLICT,
    "The year's balances have been carried forward. Correct it in an open period of a later year.",
)


class Books(StrEnum):
    """Pooled and shadow money of a host's pools, or an organisation's own aligned money."""

    POOLED = "pooled"
    ALIGNED = "aligned"


class PeriodState(StrEnum):
    OPEN = "open"
    SOFT_CLOSED = "soft_closed"
    CLOSED = "closed"
    REOPENED = "reopened"


MOVES: dict[PeriodState, frozenset[PeriodState]] = {
    PeriodState.OPEN: frozenset({PeriodState.SOFT_CLOSED, PeriodState.CLOSED}),
    PeriodState.SOFT_CLOSED: frozenset({PeriodState.CLOSED, PeriodState.REOPENED}),
    PeriodState.CLOSED: frozenset({PeriodState.REOPENED}),
    PeriodState.REOPENED: frozenset({PeriodState.SOFT_CLOSED, PeriodState.CLOSED}),
}


@dataclass(frozen=True, slots=True)
class Period:
    """A period of one owner's books. One that was never put on record is open.

    The owner of pooled books is the host of their pools; of aligned books, the organisation whose they are.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    books: Books
    period: str
    financial_year: str
    moved_by_client_id: UUID
    state: PeriodState = PeriodState.OPEN
    reopened_because: str | None = None
    version: int = 1

    @property
    def last_day(self) -> date:
        return last_day_of(read_ledger_period(self.period))


def last_day_of(period: LedgerPeriod) -> date:
    """The last day of the calendar month; months 13 and 14 end with the year."""
    if period.month > 11:
        return period.year.last_day
    return LedgerPeriod(period.year, period.month + 1).first_day - timedelta(days=1)


def after(period: LedgerPeriod) -> LedgerPeriod:
    """The period that follows: month 13 after March, and April of the next year after month 14."""
    if period.month < 14:
        return LedgerPeriod(period.year, period.month + 1)
    return LedgerPeriod(period.year.next(), 1)


def soft_close(period: Period, client_id: UUID) -> Period:
    """From now on only the keeper of the books posts into it. It may happen before the period has ended."""
    return _moved(period, PeriodState.SOFT_CLOSED, client_id)


def close(period: Period, client_id: UUID, today: date) -> Period:
    """Nobody posts into it. `today` is the day in England."""
    if today <= period.last_day:
        raise NOT_ENDED(last_day=period.last_day, today=today)
    return _moved(period, PeriodState.CLOSED, client_id)


def reopen(period: Period, client_id: UUID, because: str, year_is_carried: bool) -> Period:
    """Open it again, by another client than the one that closed it. Its seals stay."""
    _require_move(period, PeriodState.REOPENED)
    if client_id == period.moved_by_client_id:
        raise REOPENED_BY_CLOSER()
    if year_is_carried:
        raise YEAR_IS_CARRIED(financial_year=period.financial_year)
    return replace(_moved(period, PeriodState.REOPENED, client_id), reopened_because=because)


def _require_move(period: Period, to: PeriodState) -> None:
    if to not in MOVES[period.state]:
        raise NO_SUCH_PERIOD_MOVE(state=period.state, asked_for=to, allowed=sorted(MOVES[period.state]))


def _moved(period: Period, to: PeriodState, client_id: UUID) -> Period:
    _require_move(period, to)
    return replace(
        period, state=to, moved_by_client_id=client_id, reopened_because=None, version=period.version + 1
    )
