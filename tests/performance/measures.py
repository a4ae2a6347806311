"""P7 and P8: figures of returns in bulk, charts, scorecards and overdue lists, each beside the same SQL run alone."""

import asyncio
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

import asyncpg
import httpx

from services.outcomes.actions.import_returns import ReturnFile, work_out
from services.outcomes.rules.return_import import read_figure
from services.outcomes.rules.return_import_report import ReturnImportReport
from services.outcomes.store import completeness, scorecards, series
from shared.codecs import set_codecs
from shared.context import opening_sql
from shared.db import Database, Prepared, Transaction
from tests.outcomes.plymouth import Plymouth
from tests.performance.load import compare, wrk
from tests.performance.rig import service
from tests.performance.table import Judged, Row
from tests.stack import Stack

FULL_SIZE = 10_000_000
OBSERVATIONS = int(os.environ.get("BENCH_OBSERVATIONS", FULL_SIZE))
FIGURES = int(os.environ.get("BENCH_FIGURES", "100000"))
ON_A_FORM = 200
CARD, POINTS, OBLIGATIONS = 50, 60, 5000
MEBIBYTE = 1024 * 1024
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


@dataclass
class Heard:
    """Statements with their arguments, as the service said them; those for many rows with all of their rows."""

    said: list[tuple[str, list[Any], bool]] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note what every transaction says while the block runs."""
        fetched, done, many = Transaction.all, Transaction.do, Transaction.many

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

        with (
            patch.object(Transaction, "all", all_),
            patch.object(Transaction, "do", do),
            patch.object(Transaction, "many", many_),
        ):
            yield

    async def again(self, connection: asyncpg.Connection, caller: Any, write: bool) -> float:
        """Say it all once more in a transaction of its own that is taken back; the seconds."""
        started = time.monotonic()
        await connection.execute(opening_sql(caller, not write, "read committed"))
        for sql, arguments, many in self.said:
            if many:
                await connection.executemany(sql, arguments)
            else:
                await connection.fetch(sql, *arguments)
        await connection.execute("rollback")
        return time.monotonic() - started


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
            ids.append(_put(stack, client, plymouth, "indicators", plymouth.indicator(codes[-1])))
        owed = [
            _put(stack, client, plymouth, "obligations", plymouth.obligation(*ids, title=f"Return {number}"))
            for number in range(forms)
        ]
    return owed, codes


def _put(stack: Stack, client: httpx.Client, plymouth: Plymouth, kind: str, body: dict[str, Any]) -> str:
    id_ = str(uuid.uuid4())
    headers = {"X-Caller-Assertion": stack.assertion("outcomes", plymouth.callers["council"])}
    answer = client.put(f"/v1/{kind}/{id_}", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return id_


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
    rows = [
        read_figure(line, dict(zip(columns, each, strict=True)), (), overflows=False)
        for line, each in enumerate(_rows(owed, codes, "2015Q1"), 2)
    ]
    file = ReturnFile(rows, ReturnImportReport(None, False, "utf-8", 1, ()))
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
    settings = {"search_path": "outcomes", "jit": "off"}
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
        ids = _story(stack, base, plymouth)
        loop.run_until_complete(_fill(stack, plymouth, ids))
        db = loop.run_until_complete(Database.open(stack.url("outcomes"), "outcomes", size=2))
        bare = loop.run_until_complete(_connect(stack))
        headers = {"X-Caller-Assertion": stack.assertion("outcomes", plymouth.callers["council"])}
        for what, path, ask in _questions(plymouth, ids):
            heard = Heard()
            loop.run_until_complete(_overheard(db, plymouth, ask, heard))
            row = Row(
                "P8",
                f"{what}; p50, one client",
                "the same SQL alone",
                1.5,
                3,
                at_most=True,
                notes=list(notes),
            )
            yield compare(row, "ms", _reader(base + path, headers), _sayer(loop, heard, bare, plymouth))
        loop.run_until_complete(bare.close())
        loop.run_until_complete(db.close())


def _reader(url: str, headers: dict[str, str]) -> Callable[[], float]:
    answer = httpx.get(url, headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text[:500]
    return lambda: wrk(url, clients=1, headers=headers).p50_ms


def _sayer(loop: Any, heard: Heard, bare: Any, plymouth: Plymouth) -> Callable[[], float]:
    def say() -> float:
        times = [
            loop.run_until_complete(heard.again(bare, plymouth.callers["council"], False)) for _ in range(50)
        ]
        return sorted(times)[25] * 1000

    return say


def _questions(plymouth: Plymouth, ids: list[str]) -> Iterator[tuple[str, str, Any]]:
    where = plymouth.partnership
    day, hot = date(2020, 3, 31), uuid.UUID(ids[0])
    yield (
        f"a control chart of {POINTS} points",
        f"/v1/spc-charts?indicator_id={hot}&as_at={day}",
        lambda tx: series.of_indicators(tx, [hot], day),
    )
    yield (
        f"a scorecard of {CARD} indicators",
        f"/v1/scorecards?partnership_id={where}&as_at={day}",
        lambda tx: scorecards.facts(tx, where, day, None),
    )
    asked = {
        "partnership_id": where,
        "contract_id": None,
        "provider_organisation_id": None,
        "financial_year": None,
    }
    yield (
        f"the first 200 of what is overdue under {OBLIGATIONS:,} obligations",
        f"/v1/completeness?partnership_id={where}&outstanding=true&as_at={day}&limit=200",
        lambda tx: completeness.page(tx, 200, None, as_at=day, outstanding=True, with_forms=False, **asked),
    )


async def _overheard(db: Database, plymouth: Plymouth, ask: Any, heard: Heard) -> None:
    async with db.begin(plymouth.callers["council"], snapshot=True) as tx:
        with heard.listening():
            await ask(tx)


def _story(stack: Stack, base: str, plymouth: Plymouth) -> list[str]:
    """One obligation on 50 indicators, month by month for five years, with targets."""
    years = {"frequency": "monthly", "begins_on": "2015-04-01", "ends_on": "2020-03-31"}
    with httpx.Client(base_url=base, timeout=60) as client:
        ids = []
        for number in range(CARD):
            body = plymouth.indicator(f"measure-{number}", frequency="monthly")
            ids.append(_put(stack, client, plymouth, "indicators", body))
            target = {"indicator_id": ids[-1], "kind": "absolute", "value": "8"}
            _put(stack, client, plymouth, "targets", target)
        _put(stack, client, plymouth, "obligations", plymouth.obligation(*ids, **years))
    return ids


# The measured partnership's 60 months of 50 figures, and the rest of the size under other organisations' obligations.
# Guards and foreign keys are off while it runs.
_HOT = """
with sent as (
    insert into returns (id, obligation_id, period, partnership_id, owner_organisation_id, contract_id,
        lead_organisation_id, associate_organisation_ids, reader_organisation_ids, financial_year, first_day, last_day,
        due_on, state, revision, accepted_revision, submitted_at, days_late)
    select gen_random_uuid(), d.obligation_id, d.period, d.partnership_id, d.provider_organisation_id, d.contract_id,
           d.owner_organisation_id, o.associate_organisation_ids, d.reader_organisation_ids, d.financial_year, d.first_day,
           d.last_day, d.due_on, 'accepted', 1, 1, '2015-01-01', 0
      from due_returns d join obligations o on o.id = d.obligation_id
     where d.partnership_id = '{partnership}'
    returning *),
valued as (
    insert into return_values (return_id, revision, indicator_id, obligation_id, period, partnership_id,
        owner_organisation_id, lead_organisation_id, reader_organisation_ids, financial_year, value, status)
    select r.id, 1, i.indicator_id, r.obligation_id, r.period, r.partnership_id, r.owner_organisation_id,
           r.lead_organisation_id, r.reader_organisation_ids, r.financial_year, 5 + random() * 5, 'actual'
      from sent r join obligation_indicators i on i.obligation_id = r.obligation_id
    returning *)
insert into observations (return_id, revision, indicator_id, obligation_id, period, partnership_id, owner_organisation_id,
    lead_organisation_id, reader_organisation_ids, financial_year, contract_id, last_day, value, status, recorded_at)
select v.return_id, 1, v.indicator_id, v.obligation_id, v.period, v.partnership_id, v.owner_organisation_id,
       v.lead_organisation_id, v.reader_organisation_ids, v.financial_year, r.contract_id, r.last_day, v.value, 'actual',
       '2015-01-01'
  from valued v join sent r on r.id = v.return_id
"""
_REST = """
with made as (
    select gen_random_uuid() as return_id, md5('i' || n % 2000)::uuid as indicator_id, md5('o' || n / 60)::uuid as obligation_id,
           to_char(d, 'YYYYMM') as period, md5('p' || n % 100)::uuid as partnership_id, md5('w' || n % 300)::uuid as owner,
           md5('l' || n % 100)::uuid as lead, (d + interval '1 month - 1 day')::date as last_day
      from generate_series({first}, {last}) n, lateral (select date '2015-04-01' + n % 60 * interval '1 month' as d)),
valued as (
    insert into return_values (return_id, revision, indicator_id, obligation_id, period, partnership_id,
        owner_organisation_id, lead_organisation_id, reader_organisation_ids, financial_year, value, status)
    select return_id, 1, indicator_id, obligation_id, period, partnership_id, owner, lead, array[lead, owner], '2015/16', 7,
           'actual' from made)
insert into observations (return_id, revision, indicator_id, obligation_id, period, partnership_id, owner_organisation_id,
    lead_organisation_id, reader_organisation_ids, financial_year, contract_id, last_day, value, status, recorded_at)
select return_id, 1, indicator_id, obligation_id, period, partnership_id, owner, lead, array[lead, owner], '2015/16',
       partnership_id, last_day, 7, 'actual', '2015-01-01' from made
"""
_OWED = """
with owing as (
    insert into obligations (id, partnership_id, owner_organisation_id, contract_id, lead_organisation_id,
        provider_organisation_id, associate_organisation_ids, reader_organisation_ids, title, frequency, begins_on, ends_on,
        due_days)
    select gen_random_uuid(), '{partnership}', '{council}', gen_random_uuid(), '{council}', '{hospital}', '{{}}',
           array['{council}', '{hospital}']::uuid[], 'Return ' || n, 'quarterly', '2014-04-01', '2015-03-31', 20
      from generate_series(1, {obligations}) n returning *)
insert into due_returns (obligation_id, period, partnership_id, owner_organisation_id, contract_id,
    provider_organisation_id, reader_organisation_ids, financial_year, first_day, last_day, due_on)
select o.id, p.period, o.partnership_id, o.owner_organisation_id, o.contract_id, o.provider_organisation_id,
       o.reader_organisation_ids, '2014/15', p.first, p.last, p.last + 20
  from owing o, (values ('2014Q2', date '2014-04-01', date '2014-06-30'), ('2014Q3', '2014-07-01', '2014-09-30'),
       ('2014Q4', '2014-10-01', '2014-12-31'), ('2015Q1', '2015-01-01', '2015-03-31')) p (period, first, last)
"""


async def _fill(stack: Stack, plymouth: Plymouth, ids: list[str]) -> None:
    connection = await stack.superuser()
    await connection.execute(
        "set search_path = outcomes; set session_replication_role = replica; set jit = off"
    )
    names = {
        "partnership": plymouth.partnership,
        "council": plymouth.council,
        "hospital": plymouth.hospital,
        "obligations": OBLIGATIONS,
    }
    await connection.execute(_HOT.format(**names))
    assert await connection.fetchval("select count(*) from observations") == POINTS * CARD
    for first in range(0, OBSERVATIONS, 500_000):
        last = min(first + 500_000, OBSERVATIONS) - 1
        await connection.execute(_REST.format(first=first, last=last), timeout=3600)
    await connection.execute(_OWED.format(**names))
    await connection.execute("vacuum analyze", timeout=3600)
    await connection.close()
