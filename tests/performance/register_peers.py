"""P4: the list of 50 contracts beside the same list of Directus and of Django REST framework, over as many contracts."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx

from tests.performance.large_register import Register
from tests.performance.load import CannotMeasure, compare, wrk
from tests.performance.peers_environment import directus as installed_directus
from tests.performance.peers_environment import node, peers_python
from tests.performance.rig import free_port, process
from tests.performance.table import Row
from tests.stack import Stack

WHAT = "the first 50 contracts of one partnership, filtered; token, scope, row-level security; 8 clients"
_TOKEN = {"Authorization": "Bearer bench-token"}
_NONE: dict[str, str] = {}
_COPIED = """
create table contracts (id uuid primary key, partnership_id uuid, owner_organisation_id uuid, associate_ids json,
    reference text, occurrence integer, title text, category text, service text, procurement_category text, state text,
    start_date date, end_date date, end_status text, ends_on date, review_date date, value_pence bigint,
    value_status text, value_qualifier text, value_basis text, providers json, origin text, version integer,
    changed_at timestamptz);
"""
_COLUMNS = (
    "id, partnership_id, owner_organisation_id, to_json(associate_ids), reference, occurrence, title, category, service,"
    " procurement_category, state, start_date, end_date, end_status, nullif(ends_as_it_stands, 'infinity'), review_date,"
    " value_pence, value_status, value_qualifier, value_basis, providers, origin, version, changed_at"
)
_INDEXED = "create index on contracts (partnership_id, ends_on, id); analyze contracts;"


def measure(
    stack: Stack,
    register: Register,
    filters: Mapping[str, str],
    ours: str,
    signed: Callable[[], dict[str, str]],
    notes: list[str],
) -> Iterator[Row]:
    """The rows of the peers. Each has an index for the list, and fewer walls than ours: no scope, no policies."""
    asked = {"partnership_id": str(register.partnership), **filters}
    django_query = "&".join(f"{name}={value}" for name, value in asked.items())
    directus_query = "&".join(f"filter%5B{name}%5D%5B_eq%5D={value}" for name, value in asked.items())
    peers: tuple[
        tuple[str, float, Callable[[Stack], AbstractContextManager[str]], str, dict[str, str]], ...
    ] = (
        ("Django REST framework, no walls", 6, _django, f"/v1/contracts?{django_query}", _NONE),
        (
            "Directus, one static token",
            10,
            _directus,
            f"/items/contracts?{directus_query}&sort=ends_on,id&limit=50",
            _TOKEN,
        ),
    )
    for name, goal, start, path, headers in peers:
        row = Row("P4", WHAT, name, goal=goal, must=goal / 2, peer=True, notes=list(notes))
        try:
            with start(stack) as base:
                url = base + path
                _same(ours, signed(), url, headers)
                yield _compared(row, ours, signed, url, headers)
        except CannotMeasure as why:
            row.notes.append(str(why))
            yield row


def _compared(
    row: Row, ours: str, signed: Callable[[], dict[str, str]], theirs: str, headers: dict[str, str]
) -> Row:
    return compare(
        row,
        "/s",
        lambda: wrk(ours, headers=signed()).per_second,
        lambda: wrk(theirs, headers=headers).per_second,
    )


def _same(ours: str, signed: dict[str, str], theirs: str, headers: dict[str, str]) -> None:
    """Both answer with the same 50 contracts, or the comparison would mean nothing."""
    answers = [httpx.get(ours, headers=signed, timeout=60), httpx.get(theirs, headers=headers, timeout=60)]
    assert all(each.status_code == 200 for each in answers), [each.text[:500] for each in answers]
    mine: list[Any] = answers[0].json()["items"]
    other = answers[1].json()
    found: list[Any] = other.get("results", other.get("data"))
    assert len(mine) == 50
    for name in ("id", "reference", "title", "state", "category", "end_date", "version"):
        assert [each[name] for each in mine] == [each[name] for each in found], name
    assert all(len(each) >= 22 for each in found)


@contextmanager
def _django(stack: Stack) -> Iterator[str]:
    """Django REST framework on gunicorn: one worker with as many threads as there are clients."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [
        *(str(peers_python()), "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"),
        *("--workers", "1", "--worker-class", "gthread", "--threads", "8", "--keep-alive", "75"),
        "tests.performance.peers.django_list:application",
    ]
    env = {
        "PGHOST": str(stack.cluster.socket_dir),
        "PGUSER": "postgres",
        "PGPASSWORD": stack.cluster.password,
        "PGDATABASE": "commissioning",
    }
    with process("django-list", command, env, f"{base}/ready"):
        yield base


@contextmanager
def _directus(stack: Stack) -> Iterator[str]:
    """Directus as one process over a database of its own, which holds the same contracts in a plain table."""
    folder, port = installed_directus(), free_port()
    stack.cluster.psql("drop database if exists directus", "postgres")
    stack.cluster.psql("create database directus", "postgres")
    stack.cluster.psql(_COPIED, "directus")
    out = _psql(
        stack,
        f"copy (select {_COLUMNS} from contracts.contracts) to stdout",
        "commissioning",
        subprocess.DEVNULL,
    )
    copy = _psql(stack, "copy contracts from stdin", "directus", out.stdout)
    assert copy.wait(600) == 0
    assert out.wait(10) == 0
    stack.cluster.psql(_INDEXED, "directus")
    env = {
        "DB_CLIENT": "pg", "DB_HOST": str(stack.cluster.socket_dir), "DB_PORT": "5432", "DB_DATABASE": "directus",
        "DB_USER": "postgres", "DB_PASSWORD": stack.cluster.password, "SECRET": "0123456789" * 4,
        "ADMIN_EMAIL": "bench@example.com", "ADMIN_PASSWORD": "bench-password", "ADMIN_TOKEN": "bench-token",
        "TELEMETRY": "false", "HOST": "127.0.0.1", "PORT": str(port), "LOG_LEVEL": "warn",
        "PUBLIC_URL": f"http://127.0.0.1:{port}", "RATE_LIMITER_ENABLED": "false", "CACHE_ENABLED": "false",
        "WEBSOCKETS_ENABLED": "false", "PRESSURE_LIMITER_ENABLED": "false", "NODE_ENV": "production",
    }  # fmt: skip
    command = [str(node()), str(folder / "node_modules" / "directus" / "cli.js")]
    made = subprocess.run(
        [*command, "bootstrap"],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        timeout=300,
        check=False,
    )
    if made.returncode != 0:
        raise CannotMeasure(f"Directus does not start: {made.stderr.decode(errors='replace').strip()[-200:]}")
    base = f"http://127.0.0.1:{port}"
    with process("directus", [*command, "start"], env, f"{base}/server/ping"):
        yield base
    stack.cluster.psql("drop database directus with (force)", "postgres")


def _psql(stack: Stack, text: str, database: str, given: Any) -> subprocess.Popen[bytes]:
    command = [
        str(stack.cluster.bin_dir / "psql"),
        "-X",
        "-q",
        "-c",
        text,
        stack.cluster.superuser_dsn(database),
    ]
    return subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE)
