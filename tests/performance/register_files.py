"""P4: a long register by CSV, beside the same SQL and beside a bare COPY of what it makes; and what memory it takes."""

import os
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from services.contracts.actions.import_register import import_register
from services.contracts.api.register_files import CsvRegister
from services.contracts.api.register_imports import LIMITS
from services.contracts.rules.register_column import COLUMNS, NEEDED
from services.contracts.rules.register_file import Asked
from shared.csv_in import CsvReader
from shared.idempotency import Sent
from shared.web.csv_files import ArrivingCsv
from shared.web.doors import Arriving
from shared.web.today import today_in_england
from tests.performance.heard import Heard
from tests.performance.importing import Watching
from tests.performance.said import FileRequest
from tests.performance.table import Judged, Row
from tests.stack import Stack, a_caller

ROWS = int(os.environ.get("BENCH_REGISTER_ROWS", "50000"))
IMPORTS = int(os.environ.get("BENCH_IMPORT_ROUNDS", "3"))
MEBIBYTE = 1024 * 1024
SCOPES = "contract:read contract:write"
# What an import of a register makes, in the order in which it is made.
_MADE = (
    "contracts", "contract_terms", "contract_plans", "contract_parties", "due_dates", "contract_steps",
    "publications", "contract_editions", "register_entries", "register_import_rows",
)  # fmt: skip


def measure(stack: Stack, base: str, at: tuple[Any, Any, Any]) -> Iterator[Row]:
    """The rows of imports. Each round has an owner of its own, whose rows nobody has seen before."""
    loop, db, bare = at
    ours, alone, copied, services, sessions = [], [], [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _sent(stack, base, _file(folder, ROWS // 20))
        file = _file(folder, ROWS)
        caller = a_caller(uuid.uuid4(), SCOPES)
        heard = Heard()
        loop.run_until_complete(_overheard(db, caller, file, heard))
        for _ in range(IMPORTS):
            owner, seconds, watching = _sent(stack, base, file)
            ours.append(seconds)
            services.append(watching.grown_of(services=True) / MEBIBYTE)
            sessions.append(watching.grown_of(services=False) / MEBIBYTE)
            alone.append(loop.run_until_complete(heard.again(bare, caller, True, end=_SETTLED)))
            copied.append(_copied(stack, owner, folder))
    what = f"a register of {ROWS:,} rows by CSV through the service, read, decided, published and reported"
    yield Row("P4", what, "the same SQL alone", 1.5, 3, at_most=True).take("s", ours, alone)
    beside = "a bare COPY of the rows that it makes, into like tables with their indexes"
    yield Row("P4", what, beside, 5, 10, at_most=True).take("s", ours, copied)
    for whose, grown in (("the service", services), ("a session of the database", sessions)):
        memory = Row("P4", f"memory that {whose} grows by meanwhile", "64 MiB", 64, 64, at_most=True)
        memory.judged = Judged.ITSELF
        yield memory.take("MiB", grown, [64.0] * len(grown))


_SETTLED = (
    "set constraints all immediate; rollback"  # what is put off to the commit is checked, and nothing stays
)


async def _overheard(db: Any, caller: Any, file: Path, heard: Heard) -> None:
    """Import the file in this process, note what is said, and take it back."""
    key = uuid.uuid4().hex
    arriving = Arriving("importRegister", key, FileRequest(file), sha256(), sha256())  # type: ignore[arg-type]
    register = CsvRegister(ArrivingCsv(arriving, CsvReader(COLUMNS, NEEDED, LIMITS)), "ocds-213czf")
    asked = Asked(caller.organisation_id, None, None, None, today_in_england())
    sent = Sent("importRegister", key, b"\0" * 32)
    with heard.taking_back():
        answer = await import_register(db, caller, lambda: sent, asked, register)
    assert answer.status == 201


def _file(folder: Path, rows: int) -> Path:
    path = folder / f"register-{rows}.csv"
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


def _sent(stack: Stack, base: str, file: Path) -> tuple[uuid.UUID, float, Watching]:
    """Who sent it, seconds, and how the processes grew."""
    own = uuid.uuid4()
    headers = {
        "X-Caller-Assertion": stack.assertion("contracts", a_caller(own, SCOPES)),
        "Content-Type": "text/csv",
        "Idempotency-Key": uuid.uuid4().hex,
    }
    with Watching("contracts_app") as watching, file.open("rb") as content:
        started = time.monotonic()
        answer = httpx.post(f"{base}/v1/register-imports", content=content, headers=headers, timeout=1000)
        seconds = time.monotonic() - started
    assert answer.status_code == 201, answer.text[:1000]
    assert answer.json()["counts"]["taken"] == sum(1 for _ in file.open()) - 1
    return own, seconds, watching


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
