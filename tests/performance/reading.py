"""P1 and its peers: one row read through a service, walls on."""

import asyncio
import uuid

import httpx

from tests.budget.books import Books
from tests.performance.load import wrk
from tests.performance.rig import free_port, process, service, uvicorn
from tests.performance.table import Figure, Row
from tests.stack import Stack

ROUNDS, SECONDS, CLIENTS = 5, 3, 8


def one_row(stack: Stack) -> list[Row]:
    """Reads of one journal, in turn: the service, then bare ASGI and asyncpg with the same SELECT."""
    books = asyncio.run(Books().put(stack))
    row = Row("P1", "one row through a service, walls on", "bare ASGI + asyncpg, same SELECT", goal=0.35, must=0.175)
    limit_port = free_port()
    limit = f"http://127.0.0.1:{limit_port}"
    env = {
        "DSN": stack.cluster.superuser_dsn(),
        "PARTNERSHIP": str(books.partnership),
        "ORGANISATION": str(books.council),
    }
    id_ = uuid.uuid4()
    with (
        service(stack, "budget") as ours,
        process("one-row-limit", uvicorn("tests.performance.limits.one_row:app", limit_port), env, f"{limit}/ready"),
    ):
        made = httpx.put(
            f"{ours}/v1/journals/{id_}", json=books.journal(), headers=_assertion(stack, books), timeout=10
        )
        assert made.status_code == 201, made.text
        rates, limits = [], []
        for _ in range(ROUNDS):
            path = f"/v1/journals/{id_}"
            mine = wrk(ours + path, clients=CLIENTS, seconds=SECONDS, headers=_assertion(stack, books))
            bare = wrk(limit + path, clients=CLIENTS, seconds=SECONDS, headers={})
            assert mine.bad == bare.bad == 0
            rates.append(mine.per_second)
            limits.append(bare.per_second)
    row.ours, row.limit = Figure("/s", rates), Figure("/s", limits)
    row.pairs = [a / b for a, b in zip(rates, limits, strict=True)]
    return [row]


def _assertion(stack: Stack, books: Books) -> dict[str, str]:
    return {"X-Caller-Assertion": stack.assertion("budget", books.as_council)}
