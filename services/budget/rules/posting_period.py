"""Which period of the books a journal posts to: the one asked for, or the first that is open from its date on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from services.budget.rules.period import after
from shared.calendar import LedgerPeriod, ledger_period_of
from shared.errors import Kind, reason

PERIOD_BEFORE_DATE = reason(
    "journal_period_before_date",
    Kind.INVALID,
    "A journal cannot be posted to a period that ended before its effective date.",
)
PERIOD_TOO_LATE = reason(
    "journal_period_too_late",
    Kind.INVALID,
    "The period of the effective date, or one soon after it, is still open. Post to the first that is.",
)
PERIOD_CLOSED = reason(
    "journal_period_closed",
    Kind.CONFLICT,
    "The period is closed. Post to the next open one; the journal keeps its true effective date.",
)
PERIOD_SOFT_CLOSED = reason(
    "journal_period_soft_closed",
    Kind.CONFLICT,
    "The period is soft-closed, and only the pool manager posts to it. Post to the next open one, or ask the host.",
)
YEAR_END_ONLY = reason(
    "journal_year_end_only",
    Kind.INVALID,
    "Months 13 and 14 take year-end adjustments: accruals, prepayments, carry-forward, risk share, contributions in"
    " kind and reversals.",
)

Shut = Mapping[str, str]


def posting_period(
    effective: date, asked: LedgerPeriod | None, adjusts_year_end: bool, shut: Shut
) -> LedgerPeriod:
    """The period to post to.

    `shut` maps the periods that are not open to this poster to their state (`closed`, `soft_closed`); a period that
    it does not hold is open. A late item keeps its true effective date and goes to the next open period, so that
    what was reported does not change. Months 13 and 14 are for adjustments of the year that ended: `adjusts_year_end`
    says whether this is one, and what is not passes over them into the next year. Later than the first open period
    nothing goes, or a month's report would lack what belongs in it; an adjustment of the year may wait for months 13
    and 14.
    """
    natural = ledger_period_of(effective)
    if asked is None:
        return _next_open(natural, adjusts_year_end, shut)
    if asked < natural:
        raise PERIOD_BEFORE_DATE("/posting_period", earliest=natural.label)
    if asked.month > 12 and not adjusts_year_end:
        raise YEAR_END_ONLY("/posting_period", next_open=_next_open(natural, adjusts_year_end, shut).label)
    if asked.label in shut:
        refusal = PERIOD_CLOSED if shut[asked.label] == "closed" else PERIOD_SOFT_CLOSED
        raise refusal("/posting_period", next_open=_next_open(asked, adjusts_year_end, shut).label)
    _require_not_later(natural, asked, adjusts_year_end, shut)
    return asked


def _require_not_later(
    natural: LedgerPeriod, asked: LedgerPeriod, adjusts_year_end: bool, shut: Shut
) -> None:
    first_open = _next_open(natural, adjusts_year_end, shut)
    of_its_year_end = (
        asked.month > 12 and asked.year == natural.year
    )  # an adjustment, or it was refused before
    if asked > first_open and not of_its_year_end:
        raise PERIOD_TOO_LATE("/posting_period", next_open=first_open.label)


def _next_open(period: LedgerPeriod, adjusts_year_end: bool, shut: Shut) -> LedgerPeriod:
    while period.label in shut or (period.month > 12 and not adjusts_year_end):
        period = after(period)
    return period
