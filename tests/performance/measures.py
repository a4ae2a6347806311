"""P7 and P8: figures of returns in bulk, charts, scorecards and overdue lists, each beside the same SQL run alone."""

import asyncio
import os
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import httpx

from services.outcomes.actions.import_returns import ReturnFile, work_out
from services.outcomes.rules.gathered_figures import GatheredFigures
from services.outcomes.rules.return_import_report import ReturnImportReport
from services.outcomes.store import completeness, scorecards, series
from shared.caller import Caller
from shared.codecs import set_codecs
from shared.db import Database
from tests.outcomes.plymouth import Plymouth
from tests.performance.heard import Heard
from tests.performance.load import compare, wrk
from tests.performance.measured_place import (
    CARD,
    FULL_SIZE,
    OBLIGATIONS,
    OBSERVATIONS,
    OWING,
    POINTS,
    fill,
    put,
    reader,
    story,
)
from tests.performance.rig import service
from tests.performance.table import Judged, Row
from tests.stack import Stack

FIGURES = int(os.environ.get("BENCH_FIGURES", "100000"))
ON_A_FORM = 200
MEBIBYTE = 1024 * 1024
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


def measure_bulk(stack: Stack) -> Iterator[Row]:
    """The rows of P7."""
    plymouth = Plymouth()
    what = f"{FIGURES:,} figures of returns by CSV through the service, checked, saved as drafts"
    with service(stack, "outcomes") as base:
        owed, codes = _owe(stack, base, plymouth, FIGURES // ON_A_FORM)
        heard = Heard()
        loop = asyncio.new_event_loop()
        db = loop.run_until_complete(Database.open(stack.url("outcomes"), "outcomes", size=2))
        loop.run_until_complete(_imported(db, plymouth, owed, codes, heard))
        bare = loop.run_until_complete(_connect(stack))
        ours, theirs, grown = [], [], []
        for period in ("2014Q2", "2014Q3", "2014Q4"):
            before = _memory(base)
            ours.append(_sent(stack, base, plymouth, owed, codes, period))
            grown.append((_memory(base) - before) / MEBIBYTE)
            theirs.append(loop.run_until_complete(heard.again(bare, plymouth.callers["community"], True)))
        loop.run_until_complete(bare.close())
        loop.run_until_complete(db.close())
    yield Row("P7", what, "the same SQL alone", goal=1.15, must=2.3, at_most=True).take("s", ours, theirs)
    memory = Row("P7", "memory that the process grows by meanwhile", "64 MiB", goal=64, must=64, at_most=True)
    memory.judged = Judged.ITSELF
    yield memory.take("MiB", [max(0.0, each) for each in grown], [64.0] * len(grown))


def _owe(stack: Stack, base: str, plymouth: Plymouth, forms: int) -> tuple[list[str], list[str]]:
    """Obligations of the community provider on 200 indicators each; their ids, and the indicators' codes."""
    codes, ids = [], []
    with httpx.Client(base_url=base, timeout=60) as client:
        for number in range(ON_A_FORM):
            codes.append(f"kpi-{number}")
            ids.append(put(stack, client, plymouth, "indicators", plymouth.indicator(codes[-1])))
        owed = [
            put(stack, client, plymouth, "obligations", plymouth.obligation(*ids, title=f"Return {number}"))
            for number in range(forms)
        ]
    return owed, codes


def _rows(owed: list[str], codes: list[str], period: str) -> Iterator[tuple[str, str, str, str]]:
    for obligation in owed:
        for number, code in enumerate(codes):
            yield obligation, period, code, str(number % 40)


def _sent(
    stack: Stack, base: str, plymouth: Plymouth, owed: list[str], codes: list[str], period: str
) -> float:
    text = "Obligation,Period,Indicator,Value\r\n" + "".join(
        ",".join(each) + "\r\n" for each in _rows(owed, codes, period)
    )
    headers = {
        "X-Caller-Assertion": stack.assertion("outcomes", plymouth.callers["community"]),
        "Content-Type": "text/csv",
        "Idempotency-Key": uuid.uuid4().hex,
    }
    started = time.monotonic()
    answer = httpx.post(f"{base}/v1/return-imports", content=text.encode(), headers=headers, timeout=600)
    seconds = time.monotonic() - started
    assert answer.status_code == 201, answer.text[:1000]
    assert answer.json()["taken"] == len(owed) * len(codes), answer.text[:1000]
    return seconds


async def _imported(
    db: Database, plymouth: Plymouth, owed: list[str], codes: list[str], heard: Heard
) -> None:
    """Import a period in this process, note what is said, and take it back."""
    columns = ("obligation_id", "period", "indicator", "value")
    gathered = GatheredFigures()
    for line, each in enumerate(_rows(owed, codes, "2015Q1"), 2):
        gathered.add(line, dict(zip(columns, each, strict=True)), (), overflows=False)
    file = ReturnFile(gathered, ReturnImportReport(None, False, "utf-8", 1, ()))
    caller = plymouth.callers["community"]
    try:
        async with db.begin(caller, write=True) as tx:
            with heard.listening():
                await work_out(tx, file, caller, write=True)
            raise _TakeBack
    except _TakeBack:
        pass


class _TakeBack(Exception):
    """Nothing of it is to stay."""


async def _connect(stack: Stack) -> asyncpg.Connection:
    settings = {"search_path": "outcomes", "jit": "off", "max_parallel_workers_per_gather": "0"}
    connection = await asyncpg.connect(stack.url("outcomes"), server_settings=settings)
    await set_codecs(connection)
    return connection


def _memory(base: str) -> int:
    """The resident memory of the process that listens there, in bytes."""
    port = int(base.rsplit(":", 1)[1])
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as line:
                if f"--port\0{port}".encode() not in line.read():
                    continue
            with open(f"/proc/{pid}/statm") as pages:
                return int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            continue
    raise AssertionError(f"no process listens on {port}")


def measure_reading(stack: Stack) -> Iterator[Row]:
    """The rows of P8."""
    plymouth = Plymouth()
    notes = [] if OBSERVATIONS == FULL_SIZE else [f"at {OBSERVATIONS:,} observations, not at full size"]
    loop = asyncio.new_event_loop()
    with service(stack, "outcomes") as base:
        ids = story(stack, base, plymouth)
        loop.run_until_complete(fill(stack, plymouth, ids))
        db = loop.run_until_complete(Database.open(stack.url("outcomes"), "outcomes", size=2))
        bare = loop.run_until_complete(_connect(stack))
        for what, path, ask, asking in _questions(plymouth, ids):
            headers = {"X-Caller-Assertion": stack.assertion("outcomes", asking)}
            heard = Heard()
            loop.run_until_complete(_overheard(db, asking, ask, heard))
            row = Row(
                "P8",
                f"{what}; p50, one client",
                "the same SQL alone",
                1.5,
                3,
                at_most=True,
                notes=list(notes),
            )
            yield compare(row, "ms", _reader(base + path, headers), _sayer(loop, heard, bare, asking))
        loop.run_until_complete(bare.close())
        loop.run_until_complete(db.close())


def _reader(url: str, headers: dict[str, str]) -> Callable[[], float]:
    answer = httpx.get(url, headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text[:500]
    return lambda: wrk(url, clients=1, headers=headers).p50_ms


def _sayer(loop: Any, heard: Heard, bare: Any, asking: Caller) -> Callable[[], float]:
    def say() -> float:
        times = [loop.run_until_complete(heard.again(bare, asking, False)) for _ in range(50)]
        return sorted(times)[25] * 1000

    return say


def _questions(plymouth: Plymouth, ids: list[str]) -> Iterator[tuple[str, str, Any, Caller]]:
    """What is asked, where, by which statements, and by whom. A provider finds its rows by other indexes than a commissioner."""
    where, council = plymouth.partnership, reader(plymouth)
    day, hot = date(2020, 3, 31), uuid.UUID(ids[0])
    for whose, caller in (("", council), (", asked by its provider", plymouth.callers["community"])):
        yield (
            f"a control chart of {POINTS} points{whose}",
            f"/v1/spc-charts?indicator_id={hot}&as_at={day}",
            lambda tx: series.of_indicators(tx, [hot], day),
            caller,
        )
    yield (
        f"a scorecard of {CARD} indicators",
        f"/v1/scorecards?partnership_id={where}&as_at={day}",
        lambda tx: scorecards.facts(tx, where, day, None),
        council,
    )
    asked = {
        "partnership_id": OWING,
        "contract_id": None,
        "provider_organisation_id": None,
        "financial_year": None,
    }
    yield (
        f"the first 200 of what is overdue under {OBLIGATIONS:,} obligations",
        f"/v1/completeness?partnership_id={OWING}&outstanding=true&as_at={day}&limit=200",
        lambda tx: completeness.page(tx, 200, None, as_at=day, outstanding=True, with_forms=False, **asked),
        council,
    )


async def _overheard(db: Database, asking: Caller, ask: Any, heard: Heard) -> None:
    async with db.begin(asking, snapshot=True) as tx:
        with heard.listening():
            await ask(tx)
