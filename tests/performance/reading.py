"""P1: one row read through a service, walls on; beside bare ASGI and asyncpg, and beside Django REST framework."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.performance.load import CannotMeasure, compare, wrk
from tests.performance.peers_environment import peers_python
from tests.performance.place import Place
from tests.performance.rig import asgi, free_port, process, service
from tests.performance.table import Row
from tests.stack import Stack

WHAT = "one journal read through a service; token, scope, row-level security"


def measure(stack: Stack) -> Iterator[Row]:
    """The rows of P1."""
    place = asyncio.run(Place().put(stack))
    with service(stack, "budget") as ours:
        path = posted(ours, place, stack)

        def read() -> float:
            return wrk(ours + path, headers=place.assertion(stack)).per_second

        with limit(stack, place) as bare:
            same(ours + path, bare + path, place.assertion(stack))
            row = Row("P1", WHAT, "bare ASGI + asyncpg, same SELECT, no walls", goal=0.35, must=0.175)
            yield compare(row, "/s", read, lambda: wrk(bare + path).per_second)
        row = Row("P1", WHAT, "Django REST framework, no walls", goal=4, must=2, peer=True)
        try:
            with django(stack, place) as peer:
                same(ours + path, peer + path, place.assertion(stack))
                compare(row, "/s", read, lambda: wrk(peer + path).per_second)
        except CannotMeasure as why:
            row.notes.append(str(why))
        yield row


def posted(base: str, place: Place, stack: Stack) -> str:
    """Post a journal to read; its path."""
    path = f"/v1/journals/{uuid.uuid4()}"
    made = httpx.put(base + path, json=place.journal(), headers=place.assertion(stack), timeout=10)
    assert made.status_code == 201, made.text
    return path


@contextmanager
def limit(stack: Stack, place: Place) -> Iterator[str]:
    """The least that could read that row."""
    env = {
        "DSN": stack.cluster.superuser_dsn(),
        "PARTNERSHIP": str(place.partnership),
        "ORGANISATION": str(place.council),
    }
    with asgi("one-row", "tests.performance.limits.one_row:app", env) as base:
        yield base


@contextmanager
def django(stack: Stack, place: Place) -> Iterator[str]:
    """Django REST framework on gunicorn: one worker with as many threads as there are clients."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [
        *(str(peers_python()), "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"),
        *("--workers", "1", "--worker-class", "gthread", "--threads", "8", "--keep-alive", "75"),
        "tests.performance.peers.django_read:application",
    ]
    env = {
        "PGHOST": str(stack.cluster.socket_dir),
        "PGUSER": "postgres",
        "PGPASSWORD": stack.cluster.password,
        "PGDATABASE": "commissioning",
        "PARTNERSHIP": str(place.partnership),
    }
    with process("django", command, env, f"{base}/ready"):
        yield base


def same(
    ours: str, theirs: str, headers: dict[str, str], their_headers: dict[str, str] | None = None
) -> None:
    """Both answer with the same journal, or the comparison would mean nothing. A peer may show fewer fields."""
    answers = [httpx.get(ours, headers=headers), httpx.get(theirs, headers=their_headers)]
    assert all(each.status_code == 200 for each in answers), [each.text for each in answers]
    mine, other = (each.json() for each in answers)
    assert len(mine.pop("entries")) == len(other.pop("entries")) == 2
    shared = mine.keys() & other.keys() - {"recorded_at"}
    assert len(shared) >= 12, shared
    differ = [name for name in shared if mine[name] != other[name]]
    assert not differ, (differ, mine, other)
