"""Clients that live whole lives of partnerships through the doors, and send everything again until it is answered."""

import asyncio
import itertools
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from shared.caller import Caller
from tests.faults.writers import NOTHING_RECORDED, OUTCOME_UNKNOWN
from tests.stack import Stack

PATIENCE_SECONDS = 60.0


class Persistent(httpx.AsyncClient):
    """Sends as one caller what tests of doors send, each until it is known what became of it."""

    def __init__(self, lives: "Lives", caller: Caller) -> None:
        super().__init__(
            transport=httpx.AsyncHTTPTransport(uds=str(lives.socket)),
            base_url="http://budget",
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=10,
        )
        self._lives, self._caller = lives, caller

    async def request(self, method: str, url: Any, **options: Any) -> httpx.Response:
        key, version = options.pop("key", None), options.pop("version", None)
        headers = dict(options.pop("headers", None) or {}) | {"Connection": "close"}
        headers |= {"Idempotency-Key": key} if key is not None else {}
        headers |= {"If-Match": f'"{version}"'} if version is not None else {}
        deadline = time.monotonic() + PATIENCE_SECONDS
        unknown = 0
        while time.monotonic() < deadline:
            headers["X-Caller-Assertion"] = self._lives.stack.assertion("budget", self._caller)
            told, answer = await self._once(method, url, {**options, "headers": headers})
            self._lives.answers[told] += 1
            if answer is not None:
                if method != "GET" and answer.is_success:
                    kept_as = key or url.rpartition("/")[2]
                    self._lives.note(Acknowledged(self._caller, kept_as, answer, unknown))
                return answer
            unknown += told in {"broken", OUTCOME_UNKNOWN[1]}
            await asyncio.sleep(0.1)
        raise AssertionError(f"{method} {url} was not answered in {PATIENCE_SECONDS} s")

    async def post(self, url: Any, **options: Any) -> httpx.Response:
        return await self.request("POST", url, **options)

    async def _once(self, method: str, url: Any, options: Any) -> tuple[str, httpx.Response | None]:
        """What came, and the answer if it is one to go on with."""
        try:
            answer = await super().request(method, url, **options)
        except httpx.ConnectError:
            return "nobody listens", None
        except httpx.TransportError:
            self._lives.broken += 1
            return "broken", None
        if answer.is_success:
            return "replayed" if "Idempotency-Replayed" in answer.headers else "answered", answer
        code = answer.json().get("code")
        if (answer.status_code, code) in NOTHING_RECORDED | {OUTCOME_UNKNOWN}:
            return code, None
        return "refused", answer


class Acknowledged:
    """A write that was answered, and whether it was known at each time what had become of it."""

    def __init__(self, caller: Caller, key: str, answer: httpx.Response, unknown: int) -> None:
        self.client, self.key, self.content, self.unknown = caller.client_id, key, answer.content, unknown
        self.replayed = "Idempotency-Replayed" in answer.headers


class Lives:
    """So many at a time, in a thread and a loop of their own, until they are stopped; each life comes to its end."""

    def __init__(
        self, stack: Stack, socket: Path, lives: Sequence[Callable[..., Any]], count: int = 4
    ) -> None:
        self.stack, self.socket = stack, socket
        self.written: list[Acknowledged] = []
        self.partnerships: dict[str, list[uuid.UUID]] = {}
        self.answers: Counter[str] = Counter()
        self.acknowledged = self.broken = 0
        self._lives, self._count = lives, count
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="lives", daemon=True)

    def __enter__(self) -> "Lives":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_SECONDS * 3)
        assert not self._thread.is_alive(), "the lives did not come to an end"
        if self._failure is not None:
            raise self._failure

    def note(self, written: Acknowledged) -> None:
        self.written.append(written)
        self.acknowledged += 1

    def wait_for_more(self, count: int, seconds: float = 60.0) -> None:
        """Wait until so many more writes are acknowledged: the service works again."""
        goal, deadline = self.acknowledged + count, time.monotonic() + seconds
        while self.acknowledged < goal:
            assert self._failure is None, f"a life failed: {self._failure!r}"
            assert time.monotonic() < deadline, f"nothing went on in {seconds} s: {dict(self.answers)}"
            time.sleep(0.005)

    def live_one_each(self) -> None:
        """Each of the lives once and undisturbed, in this thread."""
        asyncio.run(self._all_once())

    async def _all_once(self) -> None:
        for life in self._lives:
            await self._live(life)

    def _run(self) -> None:
        try:
            asyncio.run(self._work())
        except BaseException as failure:  # noqa: BLE001 handed to the thread that waits for it
            self._failure = failure

    async def _work(self) -> None:
        turn = itertools.cycle(self._lives)

        async def worker() -> None:
            while not self._stop.is_set():
                await self._live(next(turn))

        await asyncio.gather(*(worker() for _ in range(self._count)))

    async def _live(self, life: Callable[..., Any]) -> None:
        clients: list[Persistent] = []

        async def client_for(_service: str, caller: Caller) -> Persistent:
            clients.append(Persistent(self, caller))
            return clients[-1]

        try:
            await life(client_for)
        finally:
            for each in clients:
                await each.aclose()
        (partnership,) = {next(iter(each._caller.standing.values()))[0] for each in clients}
        self.partnerships.setdefault(life.__name__, []).append(partnership)


def rows_of(stack: Stack, partnership: uuid.UUID) -> dict[str, int]:
    """How many rows each table holds of a partnership."""
    names = stack.cluster.psql(
        "select table_name from information_schema.columns where table_schema = 'budget'"
        " and column_name = 'partnership_id' and table_name in (select relname from pg_class where relkind = 'r')"
    ).split()
    sql = " union all ".join(
        f"select '{name}' as name, count(*) as rows from budget.{name} where partnership_id = '{partnership}'"
        for name in names
    )
    counted: dict[str, int] = json.loads(
        stack.cluster.psql(f"select json_object_agg(name, rows) from ({sql}) t")
    )
    return counted


def kept_answers(stack: Stack) -> dict[tuple[str, str], list[str]]:
    """Every answer that is kept, in hexadecimal digits, by client and key."""
    kept: dict[tuple[str, str], list[str]] = {}
    text = stack.cluster.psql(
        "select json_agg(json_build_array(owner_client_id, key, encode(body, 'hex'))) from budget.idempotency_keys"
    )
    for client, key, body in json.loads(text):
        kept.setdefault((client, key), []).append(body)
    return kept
