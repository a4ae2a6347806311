"""P4: lists, clock, benchmark and provider view of a large register, each beside the same SQL, and a list beside peers."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import asyncpg
import httpx

from services.contracts.actions.publish_benchmark import AskedBenchmark, publish_benchmark
from services.contracts.rules.placement import RateUnit
from services.contracts.store import contract_lists, due_dates, provider_views
from services.contracts.store.contract_lists import Sort
from shared.calendar import read_period
from shared.codecs import set_codecs
from shared.db import Database
from shared.idempotency import Sent
from shared.web.today import today_in_england
from tests.performance import register_files, register_peers
from tests.performance.heard import Heard
from tests.performance.large_register import CONTRACTS, PLACEMENTS, SERVICES, Register, fill
from tests.performance.load import ROUNDS, compare, wrk
from tests.performance.rig import service
from tests.performance.table import Judged, Row
from tests.stack import Stack, a_caller

SCOPES = "contract:read contract:write placement:read"
FILTERS = {"state": "active", "category": "wellness"}


def measure(stack: Stack) -> Iterator[Row]:
    """The rows of P4."""
    register = Register()
    caller = a_caller(register.council, SCOPES, commissioner=register.partnership, host=register.partnership)
    loop = asyncio.new_event_loop()
    notes = [f"at {CONTRACTS:,} contracts and {PLACEMENTS:,} placements"]
    with service(stack, "contracts") as base:
        started = time.monotonic()
        loop.run_until_complete(fill(stack, register))
        print(f"Filled in {time.monotonic() - started:.0f} s.", flush=True)
        db = loop.run_until_complete(Database.open(stack.url("contracts"), "contracts", size=2))
        bare = loop.run_until_complete(connect(stack))
        for what, path, ask in _questions(register):
            heard = Heard()
            loop.run_until_complete(_overheard(db, caller, ask, heard))
            row = _row(f"{what}; p50, one client", notes)
            yield compare(row, "ms", _reader(stack, base + path, caller), _sayer(loop, heard, bare, caller))
        yield _benchmarks(stack, base, register, caller, (loop, db, bare), notes)
        path = next(_questions(register))[1]
        yield from register_peers.measure(
            stack, register, FILTERS, base + path, lambda: _signed(stack, caller), notes
        )
        yield from register_files.measure(stack, base, (loop, db, bare))
        loop.run_until_complete(bare.close())
        loop.run_until_complete(db.close())


def _row(what: str, notes: list[str]) -> Row:
    """Judged by what the service adds: where the SQL takes a millisecond, a door's own work (P1) is as long as that."""
    row = Row("P4", what, "the same SQL alone", goal=1.5, must=4, at_most=True, notes=list(notes))
    row.judged = Judged.ADDED
    return row


async def connect(stack: Stack) -> asyncpg.Connection:
    """A session as the service's sessions are, without the service."""
    settings = {"search_path": "contracts", "jit": "off"}
    connection = await asyncpg.connect(stack.url("contracts"), server_settings=settings)
    await set_codecs(connection)
    return connection


def _questions(register: Register) -> Iterator[tuple[str, str, Any]]:
    here, today = register.partnership, today_in_england()
    asked = {"partnership_id": here, **FILTERS}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    yield (
        "the first 50 contracts of one partnership, filtered by state and category",
        f"/v1/contracts?{query}",
        lambda tx: contract_lists.page(tx, Sort.ENDS, asked, 50, None, today=today),
    )
    since = register.changed_from
    yield (
        "50 contracts changed since an instant",
        f"/v1/contracts?sort=changed&updated_from={since.isoformat().replace('+00:00', 'Z')}",
        lambda tx: contract_lists.page(tx, Sort.CHANGED, {}, 50, None, (since, None), today=today),
    )
    until = today + timedelta(days=366)
    yield (
        "50 dates of what falls due within a year",
        f"/v1/due-dates?partnership_id={here}&until={until}&limit=50",
        lambda tx: due_dates.page(tx, (here, None), (date.min, until, today), 50, None),
    )
    yield (
        "a provider over its commissioners",
        f"/v1/providers/{register.provider}",
        lambda tx: provider_views.of_provider(tx, register.provider, None, today),
    )


async def _overheard(db: Database, caller: Any, ask: Any, heard: Heard) -> None:
    async with db.begin(caller, snapshot=True, planned_once=True) as tx:
        with heard.listening():
            await ask(tx)


def _signed(stack: Stack, caller: Any) -> dict[str, str]:
    return {"X-Caller-Assertion": stack.assertion("contracts", caller)}  # good for a minute, so new each time


def _reader(stack: Stack, url: str, caller: Any) -> Any:
    answer = httpx.get(url, headers=_signed(stack, caller), timeout=60)
    assert answer.status_code == 200, answer.text[:500]
    return lambda: wrk(url, clients=1, headers=_signed(stack, caller)).p50_ms


def _sayer(loop: Any, heard: Heard, bare: Any, caller: Any) -> Any:
    def say() -> float:
        times = [
            loop.run_until_complete(heard.again(bare, caller, False, planned_once=True)) for _ in range(60)
        ]
        return sorted(times)[30] * 1000

    return say


def _benchmarks(
    stack: Stack, base: str, register: Register, caller: Any, at: tuple[Any, Any, Any], notes: list[str]
) -> Row:
    """Each round publishes two services that are not published yet, one each way, both kept: a table is published once."""
    loop, db, bare = at
    ours, theirs = [], []
    with httpx.Client(base_url=base, timeout=120) as client:
        for number in range(ROUNDS + 1):
            heard = Heard()
            loop.run_until_complete(_taken_back(db, caller, register, SERVICES[2 * number], heard))
            theirs.append(loop.run_until_complete(heard.again(bare, caller, True, end="commit")) * 1000)
            ours.append(_published(client, stack, register, caller, SERVICES[2 * number + 1]))
    row = _row("a rate benchmark published", notes)
    # The first round is there to warm both up.
    return row.take("ms", ours[1:], theirs[1:])


def _published(client: httpx.Client, stack: Stack, register: Register, caller: Any, name: str) -> float:
    body = {
        "partnership_id": str(register.partnership),
        "service": name,
        "unit": "week",
        "period": "2014April",
    }
    headers = {**_signed(stack, caller), "Idempotency-Key": uuid.uuid4().hex}
    started = time.monotonic()
    answer = client.post("/v1/rate-benchmarks", json=body, headers=headers)
    taken = (time.monotonic() - started) * 1000
    assert answer.status_code == 201, answer.text[:500]
    return taken


async def _taken_back(db: Database, caller: Any, register: Register, name: str, heard: Heard) -> None:
    """Everything that publishing says, noted and taken back."""
    period = read_period("2014April")
    asked = AskedBenchmark(register.partnership, name, RateUnit.WEEK, period, today_in_england())
    sent = Sent("publishRateBenchmark", uuid.uuid4().hex, uuid.uuid4().bytes * 2)
    with heard.taking_back():
        await publish_benchmark(db, caller, sent, asked)
