"""Every table of the budget service as it stands, seen past the service by the superuser: rows, and what is in them."""

import asyncio
import re
import time
from typing import Any

import asyncpg
import httpx

from tests.stack import Stack

_NAMES = "select relname from pg_class where relnamespace = 'budget'::regnamespace and relkind in ('r', 'p') order by 1"
_OURS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{6,}|\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)")


class Tables:
    """A connection of its own that looks at all tables in one statement."""

    async def open(self, stack: Stack) -> "Tables":
        self._connection: asyncpg.Connection = await stack.superuser()
        names = [row["relname"] for row in await self._connection.fetch(_NAMES)]
        self._sql = " union all ".join(
            f"select '{name}' as name, count(*) as rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text as text"
            f" from budget.{name} t"
            for name in names
        )
        return self

    async def close(self) -> None:
        await self._connection.close()

    async def now(self) -> dict[str, tuple[int, str]]:
        """The number of rows and a digest of their content, by table."""
        return {row["name"]: (row["rows"], row["text"]) for row in await self._connection.fetch(self._sql)}

    async def last_answer(self, operation: str) -> bytes:
        """What is kept as the answer to the last write of this operation."""
        kept: bytes = await self._connection.fetchval(
            "select body from budget.idempotency_keys where operation = $1 order by recorded_at desc limit 1",
            operation,
        )
        return kept

    async def wait_for_the_end_of(self, pid: int | None) -> None:
        """A session that was torn off ends when the server notices; and none may be left with something open."""
        deadline = time.monotonic() + 10
        asked = (
            "select count(*) from pg_stat_activity"
            " where pid = $1 or application_name like 'budget-%' and state <> 'idle'"
        )
        while await self._connection.fetchval(asked, pid or 0):
            assert time.monotonic() < deadline, "a session was left open behind a request that died"
            await asyncio.sleep(0.002)


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, int]:
    """How many rows each table gained; 0 where rows were changed alone."""
    return {name: after[name][0] - before[name][0] for name in after if after[name] != before[name]}


def shape(answer: httpx.Response) -> list[str]:
    """An answer without what differs from run to run: ids, instants, and the order that ids make."""
    found = [str(answer.status_code), f"ETag {answer.headers.get('ETag')}"]

    def walk(path: str, value: Any) -> None:
        if isinstance(value, dict):
            for name, each in value.items():
                walk(f"{path}/{name}", each)
        elif isinstance(value, list):
            for each in value:
                walk(f"{path}/-", each)
        else:
            found.append(f"{path} {_OURS.sub('*', value) if isinstance(value, str) else value}")

    walk("", answer.json())
    return sorted(found)
