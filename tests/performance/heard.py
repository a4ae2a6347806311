"""What a service says to the database, noted statement by statement, and said once more without the service."""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import asyncpg

from shared import copying, db
from shared.context import opening_sql
from shared.db import Prepared, Transaction


@dataclass
class Heard:
    """Statements with their arguments, as the service said them; those for many rows with all of their rows."""

    said: list[tuple[str, list[Any], bool]] = field(default_factory=list)
    copies: dict[int, tuple[str, Sequence[str], list[bytes]]] = field(default_factory=dict)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note what every transaction says while the block runs."""
        fetched, done, many, copy = Transaction.all, Transaction.do, Transaction.many, Transaction.copy

        async def all_(tx: Transaction, statement: Prepared, **values: Any) -> Any:
            self.said.append((statement.sql, list(statement.arguments(values)), False))
            return await fetched(tx, statement, **values)

        async def do(tx: Transaction, statement: Prepared, **values: Any) -> int:
            self.said.append((statement.sql, list(statement.arguments(values)), False))
            return await done(tx, statement, **values)

        async def many_(tx: Transaction, statement: Prepared, rows: Any) -> None:
            kept = list(rows)
            self.said.append((statement.sql, [statement.arguments(each) for each in kept], True))
            await many(tx, statement, kept)

        async def copy_(tx: Transaction, table: str, columns: Sequence[str], batches: Any) -> int:
            batches_kept = [list(each) async for each in batches]
            pieces = [each async for each in copying.encoded(_each(batches_kept))]
            self.copies[len(self.said)] = (table, columns, pieces)
            self.said.append((f"copy {table}", [], False))
            return await copy(tx, table, columns, _each(batches_kept))

        with (
            patch.object(Transaction, "all", all_),
            patch.object(Transaction, "do", do),
            patch.object(Transaction, "many", many_),
            patch.object(Transaction, "copy", copy_),
        ):
            yield

    @contextmanager
    def taking_back(self) -> Iterator[None]:
        """Note what is said, and let nothing of it stay: every commit becomes a rollback."""

        async def roll_back(connection: Any, _write: bool, _seconds: int | None) -> None:
            await connection.execute("rollback")

        with self.listening(), patch.object(db, "_commit", roll_back):
            yield

    async def again(
        self,
        connection: asyncpg.Connection,
        caller: Any,
        write: bool,
        *,
        planned_once: bool = False,
        end: str = "rollback",
    ) -> float:
        """Say it all once more in a transaction of its own that ends so; the seconds."""
        started = time.monotonic()
        await connection.execute(opening_sql(caller, not write, "read committed", planned_once))
        for at, (sql, arguments, many) in enumerate(self.said):
            if at in self.copies:
                table, columns, pieces = self.copies[at]
                await connection.copy_to_table(table, source=_each(pieces), columns=columns, format="csv")
            elif many:
                await connection.executemany(sql, arguments)
            else:
                await connection.fetch(sql, *arguments)
        await connection.execute(end)
        return time.monotonic() - started


async def _each(things: list[Any]) -> AsyncIterator[Any]:
    for thing in things:
        yield thing
