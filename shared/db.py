"""The only way to the database: pools, prepared statements, and transactions that know their caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import asyncpg

from shared import constraint, statement
from shared.caller import Caller
from shared.codecs import set_codecs
from shared.context import around, opening_sql, values_of
from shared.copying import Batches, copied
from shared.errors import NOT_FOUND, Kind, reason
from shared.outage import BUSY as _BUSY
from shared.outage import GONE as _GONE

DATABASE_UNAVAILABLE = reason(
    "database_unavailable",
    Kind.UNAVAILABLE,
    "The service cannot reach its database just now. Try again shortly.",
)
OUTCOME_UNKNOWN = reason(
    "outcome_unknown",
    Kind.UNAVAILABLE,
    "It is not known whether this was recorded. Send the same request again with the same key: it counts once.",
)
SUM_TOO_LARGE = reason(
    "sum_too_large",
    Kind.INVALID,
    "The records add up to more than can be written. Look for amounts that were sent in the wrong scale.",
)
DATABASE_BUSY = reason(
    "database_busy",
    Kind.UNAVAILABLE,
    "The service is busy. Nothing was recorded; send the same request again.",
)

Prepared = statement.Prepared
Part = statement.Part
Along = statement.Along
prepare = statement.prepare
refuse_constraint = constraint.refuse_constraint  # stores say it beside their tables
Row = Mapping[str, Any]  # a row as the driver gives it: by column name
WAIT_SECONDS = 1.0
_PATIENT = (
    "select set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true),"
    " set_config('idle_in_transaction_session_timeout', $1, true)"
)


class Transaction:
    """One open transaction of one caller. Handed out by `Database.begin`, closed by it."""

    def __init__(self, connection: Any, caller: Caller, single: bool) -> None:
        self._connection = connection
        self._single = single
        self.seconds: int | None = None
        self.caller = caller

    async def all(self, statement: Prepared, **values: Any) -> list[Row]:
        arguments = statement.arguments(values)
        if not self._single:
            return await self._connection.fetch(statement.sql, *arguments, timeout=self.seconds)  # type: ignore[no-any-return]  # the driver is not typed
        sql, context = around(statement.sql, len(arguments)), self.caller.once(values_of)
        return await self._connection.fetch(sql, *arguments, *context)  # type: ignore[no-any-return]  # the driver is not typed

    async def maybe(self, statement: Prepared, **values: Any) -> Row | None:
        rows = await self.all(statement, **values)
        return rows[0] if rows else None

    async def one(self, statement: Prepared, **values: Any) -> Row:
        """The one row, or the refusal that says the same for an absent row and for another organisation's."""
        row = await self.maybe(statement, **values)
        if row is None:
            raise NOT_FOUND()
        return row

    async def do(self, statement: Prepared, **values: Any) -> int:
        """Run a statement for its effect; the number of rows it touched."""
        self._refuse_single()
        arguments = statement.arguments(values)
        tag: str = await self._connection.execute(statement.sql, *arguments, timeout=self.seconds)
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def many(self, statement: Prepared, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each row, in one batch."""
        self._refuse_single()
        await self._connection.executemany(statement.sql, [statement.arguments(row) for row in rows])

    async def take_time(self, seconds: int) -> None:
        """Let each statement of this transaction last so long: for imports, whose files are as long as they are."""
        self._refuse_single()
        self.seconds = seconds
        await self._connection.execute(_PATIENT, f"{seconds}s")

    async def copy(self, table: str, columns: Sequence[str], batches: Batches) -> int:
        """Send rows into a table while they come; the number of rows."""
        self._refuse_single()
        return await copied(self._connection, table, columns, batches, self.seconds)

    @asynccontextmanager
    async def part(self, *, undo: bool = False) -> AsyncIterator[None]:
        """A part of the transaction that can fail alone: what it wrote is undone, and the transaction goes on.

        Deferred constraints are checked within it, statement by statement. `undo` takes back a part that went well,
        for trying without doing: its deferred constraints are checked at its end, as the commit would check them.
        """
        self._refuse_single()
        await self._connection.execute(
            "savepoint part" if undo else "set constraints all immediate; savepoint part"
        )
        try:
            yield
            if undo:
                await self._connection.execute("set constraints all immediate")
        except Exception as error:
            if not self._connection.is_closed():
                await self._connection.execute("rollback to savepoint part; release savepoint part")
            if isinstance(error, asyncpg.IntegrityConstraintViolationError):
                raise constraint.refused_by(error) from error
            raise
        end = "rollback to savepoint part; release savepoint part" if undo else "release savepoint part"
        await self._connection.execute(end)

    def _refuse_single(self) -> None:
        if self._single:  # only `all` sends the context along; anything else would run as nobody
            raise TypeError("a single read asks with all, maybe or one")


class Database:
    """Two pools of one service: one that writes, and one whose sessions refuse every write."""

    def __init__(self, writing: asyncpg.Pool, reading: asyncpg.Pool) -> None:
        self._writing = writing
        self._reading = reading

    @classmethod
    async def open(cls, url: str, service: str, size: int = 8, name: str | None = None) -> Database:
        """Open the pools. Sessions name themselves `<service>-write` and `<service>-read`, or after another `name`."""
        pools = []
        for kind, read_only in (("write", "off"), ("read", "on")):
            pools.append(
                await asyncpg.create_pool(
                    url,
                    min_size=0,  # an outage of the database is told by /ready, not by a process that cannot start
                    max_size=size,
                    init=set_codecs,
                    reset=_nothing_to_reset,
                    command_timeout=30,
                    timeout=5,
                    server_settings={
                        "application_name": f"{name or service}-{kind}",
                        "search_path": service,
                        "default_transaction_read_only": read_only,
                        "jit": "off",
                        # To start a worker takes longer than a request may, and the planner thinks it cheap.
                        "max_parallel_workers_per_gather": "0",
                    },
                )
            )
        return cls(*pools)

    async def close(self) -> None:
        for pool in (self._writing, self._reading):
            with suppress(TimeoutError):
                await asyncio.wait_for(pool.close(), 10)

    async def ping(self) -> None:
        """Raise a refusal unless both pools reach a server that still holds promises about durability."""
        async with _Borrowed(self._writing) as connection:
            lax = await connection.fetchval(
                "select string_agg(name, ', ') from pg_settings where setting = 'off'"
                " and name in ('fsync', 'full_page_writes', 'synchronous_commit')"
            )
        if lax:
            raise DATABASE_UNAVAILABLE(switched_off=lax)
        async with _Borrowed(self._reading) as connection:
            await connection.fetchval("select 1")

    @asynccontextmanager
    async def begin(
        self,
        caller: Caller,
        *,
        write: bool = False,
        single: bool = False,
        snapshot: bool = False,
        planned_once: bool = False,
    ) -> AsyncIterator[Transaction]:
        """A transaction of this caller: committed at the end, rolled back on any exception.

        write         reads and writes; otherwise the session refuses writes.
        single        a read of exactly one statement, sent with its context in one round trip.
        snapshot      a read whose statements all see the same instant (repeatable read).
        planned_once  each statement keeps the plan that a session first made for it, whatever is asked: for long
                      statements over many policies, which take the database longer to plan than to run.
        """
        if not isinstance(caller, Caller):
            raise TypeError("a transaction needs the caller it is for")
        if single:
            async with _Borrowed(self._reading) as connection:
                yield Transaction(connection, caller, single=True)
            return
        pool = self._writing if write else self._reading
        isolation = "repeatable read" if snapshot else "read committed"
        async with _Borrowed(pool) as connection:
            try:
                await connection.execute(opening_sql(caller, not write, isolation, planned_once))
                yield (tx := Transaction(connection, caller, single=False))
            except asyncpg.IntegrityConstraintViolationError as violation:
                await _roll_back(connection)
                raise constraint.refused_by(violation) from violation
            except BaseException:
                await _roll_back(connection)
                raise
            await _commit(connection, write, tx.seconds)


async def _commit(connection: Any, write: bool, seconds: int | None) -> None:
    """Commit, with the time that the transaction took for its statements: deferred constraints are checked here."""
    try:
        done = await connection.execute("commit", timeout=seconds)
    except asyncio.CancelledError:
        _throw_away(connection)
        raise
    except asyncpg.IntegrityConstraintViolationError as violation:  # a deferred constraint; nothing was kept
        raise constraint.refused_by(violation) from violation
    except (*_GONE, asyncpg.InterfaceError, TimeoutError):
        _throw_away(connection)
        if write:
            raise OUTCOME_UNKNOWN(retry_after=1) from None
        raise DATABASE_UNAVAILABLE(retry_after=1) from None
    if done != "COMMIT":
        # After a failed statement the server answers a commit with ROLLBACK, and raises nothing.
        raise RuntimeError("a failed statement was passed over, so nothing was recorded")


async def _roll_back(connection: Any) -> None:
    """Leave nothing open behind: a session that cannot roll back is thrown away."""
    try:
        await asyncio.wait_for(connection.execute("rollback"), 2)
    except (Exception, asyncio.CancelledError):  # noqa: BLE001 whatever went wrong, the session is thrown away
        _throw_away(connection)


def _throw_away(connection: Any) -> None:
    """End a session. One that has ended by itself was taken from its handle, which then raises."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


def _has_gone(connection: Any) -> bool:
    with suppress(asyncpg.InterfaceError):  # it ended by itself, and the pool has taken it back already
        return bool(connection.is_closed())
    return True


class _Borrowed:
    """A connection of a pool for a while. What a broken or busy server does in that time becomes a refusal."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool, self._connection = pool, cast("Any", None)

    async def __aenter__(self) -> Any:
        try:
            self._connection = await self._pool.acquire(timeout=WAIT_SECONDS)
        except (*_GONE, *_BUSY, OSError, asyncpg.InterfaceError, TimeoutError):
            raise DATABASE_UNAVAILABLE(retry_after=1) from None
        return self._connection

    async def __aexit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        # An InterfaceError is raised for a connection that has gone, and for a mistake of ours: the first is an outage.
        gone = isinstance(error, asyncpg.InterfaceError) and _has_gone(self._connection)
        # A session may end just while it is given back: that is no reason to call back what was answered.
        with suppress(*_GONE, asyncpg.InterfaceError):
            await self._pool.release(self._connection)
        if isinstance(error, (*_BUSY, TimeoutError)):
            raise DATABASE_BUSY(retry_after=1) from None
        if gone or isinstance(error, _GONE):
            raise DATABASE_UNAVAILABLE(retry_after=1) from None
        if isinstance(error, asyncpg.NumericValueOutOfRangeError):
            raise SUM_TOO_LARGE() from error


async def _nothing_to_reset(_connection: Any) -> None:
    """Settings are transaction-local and a test forbids others, so a reset would be a wasted round trip."""
