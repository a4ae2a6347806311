"""A request that dies at one exact point: every trip to the database is counted, and after the chosen one it ends."""

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from shared import db as database

BEFORE = 0  # the point before the first trip, which is BEGIN
_TRIPS = frozenset({"execute", "fetch", "fetchval", "executemany", "copy_to_table"})


class Manner(enum.StrEnum):
    """How a request dies: its session is torn off, or its code fails."""

    TORN = "the session is torn off"
    FAILS = "the code fails"


class Planned(Exception):
    """The failure that a point makes: no code of the service knows it."""


@dataclass
class Cuts:
    """One request's trips to the database: what they were, and after which one it dies (None: it lives)."""

    after: int | None = None
    manner: Manner = Manner.TORN
    trips: list[str] = field(default_factory=list)
    commits: int = 0  # of transactions that write
    died: bool = False
    torn_pid: int | None = None
    _writes: bool = False

    async def take(self, connection: Any, name: str, sql: str, trip: Callable[[], Any]) -> Any:
        """Make a trip, and die before or after it if this is the point. A rollback is no point: all was lost before."""
        if not self.trips:
            self._die_at(BEFORE, connection)
        answer = await trip()
        if not sql.startswith("rollback") or "savepoint" in sql:
            self._note(name, sql)
            self._die_at(len(self.trips), connection)
        return answer

    def _note(self, name: str, sql: str) -> None:
        self.trips.append(name if name == "copy_to_table" else sql.split(maxsplit=1)[0])
        if sql.startswith("begin"):
            self._writes = "read write" in sql
        elif sql == "commit":
            self.commits += self._writes

    def _die_at(self, point: int, connection: Any) -> None:
        if self.died or self.after != point:
            return
        self.died = True
        if self.manner is Manner.FAILS:
            raise Planned
        self.torn_pid = connection.get_server_pid()
        connection.terminate()
        raise asyncpg.ConnectionDoesNotExistError("torn off on purpose")


class _Counted:
    """A connection whose trips are counted; everything else is the connection's own."""

    def __init__(self, connection: Any, cuts: Cuts) -> None:
        self._own, self._cuts = connection, cuts

    def __getattr__(self, name: str) -> Any:
        own = getattr(self._own, name)
        if name not in _TRIPS:
            return own

        def counted(*arguments: Any, **options: Any) -> Any:
            sql = str(arguments[0]).strip()
            return self._cuts.take(self._own, name, sql, lambda: own(*arguments, **options))

        return counted


class Watch:
    """Stands between the service and its pools: what is set as `cuts` counts and cuts the next request."""

    def __init__(self) -> None:
        self.cuts: Cuts | None = None

    @contextmanager
    def between(self) -> Iterator["Watch"]:
        enter = database._Borrowed.__aenter__

        async def entering(borrowed: Any) -> Any:
            connection = await enter(borrowed)
            return connection if self.cuts is None else _Counted(connection, self.cuts)

        database._Borrowed.__aenter__ = entering  # type: ignore[assignment,method-assign]  # the point of this watch
        try:
            yield self
        finally:
            database._Borrowed.__aenter__ = enter  # type: ignore[method-assign]  # put back as it was
