"""The sealer: numbers and hashes what was committed, for the change feed and the audit, one process at a time."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.caller import Caller
from shared.chain import leaf_of, record_of
from shared.db import Database, Prepared, Transaction
from shared.errors import Refusal
from shared.logs import log
from shared.metrics import Metrics

AT_ONCE = 500
_BREATH = 25  # rows hashed before requests get their turn: about a millisecond
LATE_SECONDS = 300
_COUNT_SECONDS = 30.0
# Rows of all organisations are sealed, and nobody reads them.
NOBODY = Caller(UUID(int=0), UUID(int=0), (), frozenset())

_ALONE = Prepared(
    "select pg_try_advisory_xact_lock(hashtextextended('sealing of ' || $1, 0)) as alone", ("service",), {}
)
# The guard against late commits. A row's time is read inside its transaction, so it is later than the transaction's
# start: before the oldest one still open no row can appear any more. Asked before the rows are looked at.
_SETTLED = Prepared(
    "select least(statement_timestamp(), min(xact_start)) - interval '1 microsecond' as until from pg_stat_activity"
    " where usename = current_user and pid <> pg_backend_pid() and xact_start is not null",
    (),
    {},
)
_UNSEALED = Prepared("select * from unsealed($1)", ("most",), {})
_SEAL = Prepared("select seal($1, $2, $3) as position", ("ids", "leaves", "settled"), {})
_POSITION = Prepared("select link as position from chain_head()", (), {})
_WAITING = Prepared("select count_unsealed(make_interval(secs => $1)) as waiting", ("seconds",), {})


async def seal_some(db: Database, service: str, most: int = AT_ONCE) -> int | None:
    """Seal the oldest rows, `most` at once. Returns how many; None where another process is sealing."""
    async with db.begin(NOBODY, write=True) as tx:
        if not (await tx.one(_ALONE, service=service))["alone"]:
            return None
        until = await _settled(tx)
        rows = await tx.all(_UNSEALED, most=most)
        if len(rows) == most:  # what follows these is not sealed yet
            until = min(until, rows[-1]["recorded_at"])
        leaves = []
        for nth, row in enumerate(rows, 1):
            leaves.append(leaf_of(record_of(row)))
            if nth % _BREATH == 0:
                await asyncio.sleep(0)
        await tx.one(_SEAL, ids=[row["id"] for row in rows], leaves=leaves, settled=until)
    return len(rows)


async def seal_all(db: Database, service: str) -> int:
    """Seal until nothing is left to seal. Returns how many rows were sealed here."""
    sealed = 0
    while some := await seal_some(db, service):
        sealed += some
    return sealed


async def _settled(tx: Transaction) -> datetime:
    until: datetime = (await tx.one(_SETTLED))["until"]
    return until


class Pulse:
    """Wakes those who wait for the feed when something was sealed, by whichever process, and when the house closes."""

    def __init__(self) -> None:
        self.closing = False
        self._sealed = asyncio.Event()

    def beat(self) -> None:
        sealed, self._sealed = self._sealed, asyncio.Event()
        sealed.set()

    def close(self) -> None:
        self.closing = True
        self.beat()

    async def wait(self, seconds: float) -> None:
        """Until the next beat, or as long as that."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._sealed.wait(), seconds)


class Sealer:
    """Seals while the service runs. What is committed is sealed within two rounds of `seconds`, if the database answers."""

    def __init__(self, db: Database, service: str, metrics: Metrics, pulse: Pulse, seconds: float) -> None:
        self.pulse = pulse
        self._db = db
        self._service = service
        self._metrics = metrics
        self._seconds = seconds
        self._position = -1
        self._counted_at = -1e9
        self._log = log(service)

    async def run(self) -> None:
        """For ever. A round that fails is told in the log and tried again; nothing is left half sealed."""
        while True:
            began = time.monotonic()
            try:
                await self._round()
            except Refusal as refusal:  # the database is out or busy: its rows wait
                self._log.warning("not_sealed", why=refusal.code)
            except Exception as error:  # noqa: BLE001 the sealer goes on, whatever one round met
                self._log.error("not_sealed", exc_info=error)
            # A long round makes room for the requests that it kept waiting.
            await asyncio.sleep(max(self._seconds, 2 * (time.monotonic() - began)))

    async def _round(self) -> None:
        sealed = await seal_some(self._db, self._service)
        while sealed == AT_ONCE:
            self.pulse.beat()
            sealed = await seal_some(self._db, self._service)
        async with self._db.begin(NOBODY) as tx:
            position: Any = (await tx.one(_POSITION))["position"]
            if time.monotonic() - self._counted_at > _COUNT_SECONDS:
                self._counted_at = time.monotonic()
                self._metrics.unsealed((await tx.one(_WAITING, seconds=LATE_SECONDS))["waiting"])
        if position != self._position:
            self._position = position
            self._metrics.sealed(position)
            self.pulse.beat()
