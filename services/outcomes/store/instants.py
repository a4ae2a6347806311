"""Instants: the database's own, and up to which one nothing more can be recorded."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, cast, func, select

from services.outcomes.rules.scorecard import NOT_SETTLED
from shared.db import Prepared, Transaction, prepare

_LONDON = func.timezone("Europe/London", func.clock_timestamp())
_CLOCK = prepare(select(func.clock_timestamp().label("now"), cast(_LONDON, Date).label("today")))
# Every recorded time is read from the clock inside its write transaction, so it is later than the start of that
# transaction: an instant before the oldest open one never gains a row. The start of this statement bounds the
# answer too, since a transaction may begin while the sessions are looked at.
_SETTLED = Prepared(
    "select least(statement_timestamp(), min(xact_start)) - interval '1 microsecond' as until"
    " from pg_stat_activity"
    " where usename = current_user and application_name = 'outcomes-write' and xact_start is not null",
    (),
    {},
)


async def clock(tx: Transaction) -> tuple[datetime, date]:
    """The database's instant, and the day that it is in England."""
    row = await tx.one(_CLOCK)
    return row["now"], row["today"]


async def require_settled(tx: Transaction, instant: datetime) -> None:
    """Refuse an instant at which something may still be recorded, so that an answer never changes later.

    What a later statement of the same read committed transaction sees is then all that was recorded up to it.
    """
    until: datetime = (await tx.one(_SETTLED))["until"]
    if instant > until:
        raise NOT_SETTLED("?as_recorded", retry_after=1, settled_until=until)
