"""From when a line that took another's place takes money: on the days before, the other one counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from services.budget.rules.headroom import LineFunds, require_living
from services.budget.rules.journal import Journal
from services.budget.rules.ledger_account import PostingAccount
from shared.calendar import read_financial_year
from shared.errors import Kind, reason

BEFORE_LINE = reason(
    "journal_before_line",
    Kind.INVALID,
    "The line took another's place on a later day. Date the entry from that day on, and say in its narrative for which"
    " time it is.",
)
COMMITTED_BEFORE_LINE = reason(
    "commitment_before_line",
    Kind.INVALID,
    "The line took another's place on a later day. Date what is committed on it from that day on.",
)


def require_line_time(journal: Journal, accounts: Mapping[UUID, PostingAccount]) -> None:
    """Refuse an entry dated before its line counts: a position as at a day between would not hold it.

    A reversal too: its journal was dated from the line's first day on.
    """
    for entry in journal.entries:
        account = accounts[entry.account_id]
        since = account.line_counts_from
        if since is not None and journal.effective_date < since:
            raise BEFORE_LINE("/effective_date", counts_from=since, line_id=account.line_id)


def require_committable(line: LineFunds, day: date) -> None:
    """Refuse to commit on a line that has ended, or before it counts.

    What is for a whole year is often signed before the year begins, and no position of the year is before that.
    """
    require_living(line)
    since = line.counts_from
    if since is not None and day < since and since != read_financial_year(line.financial_year).first_day:
        raise COMMITTED_BEFORE_LINE("/effective_date", counts_from=since)


def require_movable(lines: Iterable[LineFunds | None], day: date) -> None:
    """Refuse to move budget of lines on a day before they count."""
    for line in lines:
        if line is not None and line.counts_from is not None and day < line.counts_from:
            raise BEFORE_LINE("/effective_date", counts_from=line.counts_from, line_id=line.line_id)
