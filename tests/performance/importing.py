"""P6: a file of ledger lines through the gateway; beside the same SQL in psql, and beside a bare COPY of what it makes."""

import asyncio
import os
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.performance.gate import Gate, gateway
from tests.performance.place import POOLS, Place
from tests.performance.said import Said, overhear
from tests.performance.table import Judged, Row
from tests.stack import Stack

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
# One file is minutes of work: few rounds of much.
ROUNDS = int(os.environ.get("BENCH_IMPORT_ROUNDS", "3"))
WHAT = f"{ROWS:,} ledger lines of journals of two by CSV through the gateway, checked, posted, balances kept"
MEBIBYTE = 1024 * 1024
_JOURNALS = (
    "id, partnership_id, owner_organisation_id, posted_by_organisation_id, arrangement, book, kind, effective_date,"
    " financial_year, posting_period, narrative, client_reference, recorded_at"
)
_ENTRIES = (
    "journal_id, position, account_id, partnership_id, owner_organisation_id, arrangement, book, amount_pence,"
    " effective_date, posting_period, recorded_at"
)


def measure(stack: Stack) -> Iterator[Row]:
    """The rows of P6."""
    place = asyncio.run(Place().put(stack))
    with tempfile.TemporaryDirectory() as name, gateway(stack, place) as gate:
        folder = Path(name)
        said = asyncio.run(overhear(stack, place, _file(folder, place, "Z000"), "Z000", folder))
        ours, psql, copied, grown = [], [], [], []
        for number in range(1, ROUNDS + 1):
            seconds, mebibytes = _through_the_gateway(
                stack, gate, place, _file(folder, place, f"A{number:03d}")
            )
            ours.append(seconds)
            grown.append(mebibytes)
            psql.append(_said_again(stack, said, f"B{number:03d}"))
            copied.append(_bare_copy(stack, place, folder, number))
        _books_add_up(stack, place)
    yield Row("P6", WHAT, "psql, the same SQL", goal=1.15, must=1.15, at_most=True).take("s", ours, psql)
    bare = "a bare COPY of the same journals and entries, under the same guards"
    yield Row("P6", WHAT, bare, goal=2.6, must=2.6, at_most=True).take("s", ours, copied)
    memory = Row("P6", "memory that a process grows by meanwhile", "the file", goal=64, must=64, at_most=True)
    memory.judged = Judged.ITSELF
    yield memory.take("MiB", grown, [_size(place) / MEBIBYTE] * len(grown))


def _lines(place: Place, tag: str) -> Iterator[str]:
    yield "Reference,Date,Kind,Account,Amount,Narrative"
    for number in range(ROWS // 2):
        pool = place.pools[number % POOLS]
        day = f"{1 + number % 28:02d}/{1 + number % 12:02d}/2014"
        pounds = f"{1 + number % 9973}.{number % 100:02d}"
        for account, sign in ((pool.fund, ""), (pool.from_council, "-")):
            yield f"{tag}-{number},{day},contribution,{account},{sign}{pounds},Weekly contribution {number % 52}"


def _file(folder: Path, place: Place, tag: str) -> Path:
    path = folder / f"{tag}.csv"
    with path.open("w", newline="") as out:
        out.writelines(f"{line}\r\n" for line in _lines(place, tag))
    return path


def _size(place: Place) -> int:
    return sum(len(line) + 2 for line in _lines(place, "A001"))


def _through_the_gateway(stack: Stack, gate: Gate, place: Place, file: Path) -> tuple[float, float]:
    """Seconds, and the mebibytes by which the process that grew most has grown."""
    watching = Watching()
    headers = {**gate.headers(), "Idempotency-Key": uuid.uuid4().hex, "Content-Type": "text/csv"}
    params = {"partnership_id": str(place.partnership)}
    with watching, file.open("rb") as content:
        started = time.monotonic()
        answer = httpx.post(
            f"{gate.base}/v1/ledger-imports", params=params, headers=headers, content=content, timeout=1000
        )
        seconds = time.monotonic() - started
    assert answer.status_code == 201, answer.text[:2000]
    assert answer.json()["counts"]["rows_posted"] == ROWS // 2 * 2
    file.unlink()
    return seconds, watching.grown / MEBIBYTE


def _said_again(stack: Stack, said: Said, tag: str) -> float:
    script = said.again(tag)
    return _psql(stack, stack.url("budget"), script)


def _bare_copy(stack: Stack, place: Place, folder: Path, number: int) -> float:
    """What the last import made, copied in once more under ids and references of its own, in the order it was made."""
    new = "overlay({id}::text placing 'c' from 20)::uuid"  # no id that the database makes has this variant
    journals = _JOURNALS.replace("client_reference", f"'C' || '{number:03d}' || substr(client_reference, 5)")
    journals = journals.replace("id,", f"{new.format(id='id')},", 1)
    entries = _ENTRIES.replace("journal_id", new.format(id="journal_id"), 1)
    of_last = f"client_reference like 'A{number:03d}-%' and partnership_id = '{place.partnership}'"
    take = folder / "take.sql"
    take.write_text(
        "set search_path = budget;\n"
        f"\\copy (select {journals} from journals where {of_last} order by id) to '{folder}/journals.csv' csv\n"
        f"\\copy (select {entries} from entries where journal_id in (select id from journals where {of_last})"
        f" order by journal_id, position) to '{folder}/entries.csv' csv\n"
    )
    dsn = stack.cluster.superuser_dsn()
    _psql(stack, dsn, take)
    script = folder / "copy.sql"
    script.write_text(
        "set search_path = budget;\nbegin;\n"
        f"\\copy journals ({_JOURNALS}) from '{folder}/journals.csv' csv\n"
        f"\\copy entries ({_ENTRIES}) from '{folder}/entries.csv' csv\ncommit;\n"
    )
    return _psql(stack, dsn, script)


def _psql(stack: Stack, dsn: str, script: Path) -> float:
    program = stack.cluster.bin_dir / "psql"
    command = [str(program), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(script), dsn]
    env = {**os.environ, "PGOPTIONS": "-c search_path=budget -c jit=off"}
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=1000, env=env)
    seconds = time.monotonic() - started
    assert done.returncode == 0, done.stderr[:2000]
    return seconds


def _books_add_up(stack: Stack, place: Place) -> None:
    """The entries of all imports stand in the balances; those that were only copied in move none."""
    differ = stack.cluster.psql(
        "select count(*) from (select account_id, sum(e.amount_pence) as pence, count(*) as n from budget.entries e"
        " join budget.journals j on j.id = e.journal_id where j.client_reference !~ '^C'"
        f" and j.partnership_id = '{place.partnership}' group by 1) e full join (select account_id,"
        f" sum(amount_pence) as pence, sum(entries) as n from budget.balances where partnership_id ="
        f" '{place.partnership}' group by 1) b using (account_id) where (e.pence, e.n) is distinct from (b.pence, b.n)"
    )
    assert differ == "0", f"{differ} accounts have balances that are not the sums of their entries"


class Watching:
    """Looks at the memory of our services' processes and of a service's database sessions while something goes on."""

    def __init__(self, role: str = "budget_app") -> None:
        self._role = role
        self._services: set[int] = set()
        self._first: dict[int, int] = {}
        self._most: dict[int, int] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    @property
    def grown(self) -> int:
        return max(self._most[pid] - first for pid, first in self._first.items())

    def grown_of(self, services: bool) -> int:
        """By how much that process grew most which is a service, or one that is a session of the database."""
        return max(
            self._most[pid] - first
            for pid, first in self._first.items()
            if (pid in self._services) is services
        )

    def __enter__(self) -> "Watching":
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.25):
            self._look()

    def _look(self) -> None:
        for pid, is_service in _processes(self._role):
            self._services.update([pid] if is_service else ())
            now = _own_memory(pid)
            self._first.setdefault(pid, now)
            self._most[pid] = max(self._most.get(pid, 0), now)


def _processes(role: str) -> Iterator[tuple[int, bool]]:
    """Our own children that are services, and sessions of a service's role; whether it is a service."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        ours = parent == os.getpid() and "services." in command
        if ours or (command.startswith("postgres: ") and role in command):
            yield int(entry.name), ours


def _own_memory(pid: int) -> int:
    """What a process has to itself, in bytes; the database's shared buffers are nobody's own."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))
