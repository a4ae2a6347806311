"""Up to which instant the past is settled: nothing more can be recorded at or before it."""

from __future__ import annotations

from datetime import datetime

from shared.db import Prepared, Transaction

# Every recorded time is read from the clock inside its write transaction, so it is later than that transaction's
# start: an instant before the oldest open one never gains a row. The start of this statement bounds the answer, since
# a transaction may begin while the sessions are looked at.
_SETTLED = Prepared(
    "select least(statement_timestamp(), min(xact_start)) - interval '1 microsecond' as until"
    " from pg_stat_activity"
    " where usename = current_user and application_name = 'contracts-write' and xact_start is not null",
    (),
    {},
)


async def settled_until(tx: Transaction) -> datetime:
    """The last instant that is settled. A later statement of the same read sees everything recorded up to it."""
    until: datetime = (await tx.one(_SETTLED))["until"]
    return until
