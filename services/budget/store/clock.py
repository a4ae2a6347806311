"""What day it is, by the database's clock and in England, for rules that refuse days to come."""

from __future__ import annotations

from datetime import date

from shared.db import Prepared, Transaction

_TODAY = Prepared("select (now() at time zone 'Europe/London')::date as today", (), {})


async def today(tx: Transaction) -> date:
    day: date = (await tx.one(_TODAY))["today"]
    return day
