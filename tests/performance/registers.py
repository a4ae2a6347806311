"""P4: lists, clock, benchmark and provider view of a large register, each beside the same SQL; a long register beside COPY."""

import asyncio
import os
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from services.contracts.rules.placement import RateUnit
from services.contracts.store import contract_lists, due_dates, provider_views, rate_benchmarks
from services.contracts.store.contract_lists import Sort
from shared.calendar import read_period
from shared.codecs import set_codecs
from shared.db import Database
from shared.web.today import today_in_england
from tests.performance.large_register import CONTRACTS, PLACEMENTS, SERVICES, Register, fill
from tests.performance.load import ROUNDS, compare, wrk
from tests.performance.measures import Heard, _memory
from tests.performance.rig import service
from tests.performance.table import Judged, Row
from tests.stack import Stack, a_caller

ROWS = int(os.environ.get("BENCH_REGISTER_ROWS", "50000"))
IMPORTS = int(os.environ.get("BENCH_IMPORT_ROUNDS", "3"))
MEBIBYTE = 1024 * 1024
SCOPES = "contract:read contract:write placement:read"
# What an import of a register makes, in the order in which it is made.
_MADE = (
    "contracts", "contract_terms", "contract_plans", "contract_parties", "due_dates", "contract_steps",
    "publications", "contract_editions", "register_entries", "register_import_rows",
)  # fmt: skip


def measure(stack: Stack) -> Iterator[Row]:
    """The rows of P4."""
    register = Register()
    caller = a_caller(register.council, SCOPES, commissioner=register.partnership, host=register.partnership)
    loop = asyncio.new_event_loop()
    notes = [f"at {CONTRACTS:,} contracts and {PLACEMENTS:,} placements"]
    with service(stack, "contracts") as base:
        loop.run_until_complete(fill(stack, register))
        db = loop.run_until_complete(Database.open(stack.url("contracts"), "contracts", size=2))
        bare = loop.run_until_complete(_connect(stack))
        for what, path, ask in _questions(register):
            heard = Heard()
            loop.run_until_complete(_overheard(db, caller, ask, heard))
            row = Row(
                "P4", f"{what}; p50, one client", "the same SQL alone", 1.5, 3, at_most=True, notes=notes
            )
            yield compare(row, "ms", _reader(stack, base + path, caller), _sayer(loop, heard, bare, caller))
        yield _benchmarks(stack, base, register, caller, (loop, db, bare), notes)
        loop.run_until_complete(bare.close())
        loop.run_until_complete(db.close())
        yield from _imports(stack, base)


async def _connect(stack: Stack) -> asyncpg.Connection:
    settings = {"search_path": "contracts", "jit": "off"}
    connection = await asyncpg.connect(stack.url("contracts"), server_settings=settings)
    await set_codecs(connection)
    return connection


def _questions(register: Register) -> Iterator[tuple[str, str, Any]]:
    here, today = register.partnership, today_in_england()
    asked = {"partnership_id": here, "state": "active", "category": "wellness"}
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


def _reader(stack: Stack, url: str, caller: Any) -> Any:
    def headers() -> dict[str, str]:
        return {
            "X-Caller-Assertion": stack.assertion("contracts", caller)
        }  # good for a minute, so new each time

    answer = httpx.get(url, headers=headers(), timeout=60)
    assert answer.status_code == 200, answer.text[:500]
    return lambda: wrk(url, clients=1, headers=headers()).p50_ms


def _sayer(loop: Any, heard: Heard, bare: Any, caller: Any) -> Any:
    def say() -> float:
        times = [
            loop.run_until_complete(heard.again(bare, caller, False, planned_once=True)) for _ in range(30)
        ]
        return sorted(times)[15] * 1000

    return say


def _benchmarks(
    stack: Stack, base: str, register: Register, caller: Any, at: tuple[Any, Any, Any], notes: list[str]
) -> Row:
    """Each round publishes the rates of another service: a table that is published is published once."""
    loop, db, bare = at
    ours, theirs = [], []
    for number in range(ROUNDS):
        name = SERVICES[number]
        heard = Heard()
        loop.run_until_complete(_taken_back(db, caller, register, name, heard))
        theirs.append(loop.run_until_complete(heard.again(bare, caller, True)) * 1000)
        body = {
            "partnership_id": str(register.partnership),
            "service": name,
            "unit": "week",
            "period": "2014April",
        }
        headers = {
            "X-Caller-Assertion": stack.assertion("contracts", caller), "Idempotency-Key": uuid.uuid4().hex,
        }  # fmt: skip
        started = time.monotonic()
        answer = httpx.post(f"{base}/v1/rate-benchmarks", json=body, headers=headers, timeout=120)
        ours.append((time.monotonic() - started) * 1000)
        assert answer.status_code == 201, answer.text[:500]
    what = "a rate benchmark published"
    return Row("P4", what, "the same SQL alone", 1.5, 3, at_most=True, notes=notes).take("ms", ours, theirs)


async def _taken_back(db: Database, caller: Any, register: Register, name: str, heard: Heard) -> None:
    try:
        async with db.begin(caller, write=True) as tx:
            with heard.listening():
                named = (name, RateUnit.WEEK)
                await rate_benchmarks.publish(
                    tx, uuid.uuid4(), register.partnership, named, read_period("2014April")
                )
            raise _TakeBack
    except _TakeBack:
        pass


class _TakeBack(Exception):
    """Nothing of it is to stay."""


def _imports(stack: Stack, base: str) -> Iterator[Row]:
    ours, copied, grown = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        _sent(stack, base, _file(Path(folder), ROWS // 20))
        for _ in range(IMPORTS):
            owner, seconds, mebibytes = _sent(stack, base, _file(Path(folder), ROWS))
            ours.append(seconds)
            grown.append(mebibytes)
            copied.append(_copied(stack, owner, Path(folder)))
    what = f"a register of {ROWS:,} rows by CSV through the service, read, decided, published and reported"
    beside = "a bare COPY of the rows that it makes, into like tables with their indexes"
    yield Row("P4", what, beside, 10, 20, at_most=True).take("s", ours, copied)
    memory = Row("P4", "memory that the process grows by meanwhile", "64 MiB", 64, 64, at_most=True)
    memory.judged = Judged.ITSELF
    yield memory.take("MiB", grown, [64.0] * len(grown))


def _file(folder: Path, rows: int) -> Path:
    path = folder / "register.csv"
    with path.open("w", newline="") as out:
        out.write(
            "ContractReference,ContractTitle,SupplierName,StartDate,EndDate,ContractValue,Description\r\n"
        )
        out.writelines(
            f"C-{number},Care and support lot {number % 97},Provider {number % 4999} Ltd,01/04/2014,31/03/2199,"
            f'{1 + number % 99_999}.{number % 100:02d},"Support at home, with meals and laundry, in area {number % 13}"\r\n'
            for number in range(rows)
        )
    return path


def _sent(stack: Stack, base: str, file: Path) -> tuple[uuid.UUID, float, float]:
    """Who sent it, seconds, and the mebibytes by which the process grew."""
    own, here = uuid.uuid4(), uuid.uuid4()
    headers = {
        "X-Caller-Assertion": stack.assertion("contracts", a_caller(own, SCOPES, commissioner=here)),
        "Content-Type": "text/csv",
        "Idempotency-Key": uuid.uuid4().hex,
    }
    first, most, done = _memory(base), 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.25):
            most = max(most, _memory(base))

    watching = threading.Thread(target=watch)
    watching.start()
    with file.open("rb") as content:
        started = time.monotonic()
        answer = httpx.post(f"{base}/v1/register-imports", content=content, headers=headers, timeout=1000)
        seconds = time.monotonic() - started
    done.set()
    watching.join()
    assert answer.status_code == 201, answer.text[:1000]
    assert answer.json()["counts"]["taken"] == sum(1 for _ in file.open()) - 1
    return own, seconds, max(0, most - first) / MEBIBYTE


def _copied(stack: Stack, owner: uuid.UUID, folder: Path) -> float:
    """What an import made, copied once more into tables of the same columns and indexes."""
    out, into, made = [], [], []
    for table in _MADE:
        names = stack.cluster.psql(
            "select string_agg(quote_ident(column_name), ', ' order by ordinal_position) from information_schema.columns"
            f" where table_schema = 'contracts' and table_name = '{table}' and is_generated = 'NEVER'"
        )
        of_owner = (
            f"contract_id in (select id from contracts.contracts where owner_organisation_id = '{owner}')"
        )
        wanted = f"owner_organisation_id = '{owner}'" if table == "contracts" else of_owner
        path = folder / f"{table}.csv"
        out.append(f"\\copy (select {names} from contracts.{table} where {wanted}) to '{path}' csv")
        made.append(
            f"drop table if exists bench.{table}; create table bench.{table} (like contracts.{table} including all);"
        )
        into.append(f"\\copy bench.{table} ({names}) from '{path}' csv")
    _psql(stack, folder, ["create schema if not exists bench;", *made, *out])
    return _psql(stack, folder, ["begin;", *into, "commit;"])


def _psql(stack: Stack, folder: Path, lines: list[str]) -> float:
    script = folder / "script.sql"
    script.write_text("\n".join(lines))
    program = stack.cluster.bin_dir / "psql"
    command = [
        str(program),
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-f",
        str(script),
        stack.cluster.superuser_dsn(),
    ]
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=1000, check=False)
    seconds = time.monotonic() - started
    assert done.returncode == 0, done.stderr[:2000]
    return seconds
