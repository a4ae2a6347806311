"""Clients that post journals without a pause, and send again under the same id whatever they are not sure of."""

import asyncio
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from shared.caller import Caller
from tests.budget.books import SCOPES, Books
from tests.stack import Stack, a_caller

# What a writer may meet besides success. Anything else is a finding.
NOTHING_RECORDED = {(503, "database_unavailable"), (503, "database_busy"), (409, "request_still_running")}
OUTCOME_UNKNOWN = (503, "outcome_unknown")
ASSERTION_SECONDS = 30.0
PATIENCE_SECONDS = 25.0
ABANDONED = 0.05  # of the unknown outcomes are never asked about again, as by a client that dies


@dataclass
class Posting:
    """One journal under one id, and everything its writer was told about it."""

    id: uuid.UUID
    books: Books
    writer: int
    amount_pence: int
    body: bytes
    acknowledged: bool = False
    replayed: bool = False
    abandoned: bool = False
    unknown: int = 0  # times the outcome was unknown: no answer, or an answer that says so
    told: list[str] = field(default_factory=list)

    @property
    def retried(self) -> bool:
        return self.unknown > 0 and not self.abandoned


def send_of(books: Books, id_: uuid.UUID, chance: random.Random) -> tuple[int, bytes]:
    """A journal whose narrative carries its id, so that a copy under another id is found too."""
    amount = chance.randint(1, 10**9)
    day = f"2015-{chance.randint(4, 12):02}-{chance.randint(1, 28):02}"
    body = books.journal(amount, effective_date=day, narrative=f"Posting {id_}")
    return amount, msgspec.json.encode(body)


class Writers:
    """A number of writers, each a client of its own, in a thread and a loop of their own."""

    def __init__(self, stack: Stack, socket: Path, books: list[Books], seed: int, count: int = 8) -> None:
        self.postings: list[Posting] = []
        self.answers: Counter[str] = Counter()
        self.unexpected: list[str] = []
        self.acknowledged = 0
        self.broken = 0  # connections that ended without an answer after the request was on its way
        self._stack, self._socket, self._books = stack, socket, books
        self._count, self._seed = count, seed
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="writers", daemon=True)

    def __enter__(self) -> "Writers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_SECONDS * 2)
        assert not self._thread.is_alive(), "the writers did not come to an end"
        if self._failure is not None:
            raise self._failure

    def wait_for_more(self, count: int, seconds: float = 40.0) -> None:
        """Wait until so many more journals are acknowledged: the service works again."""
        goal, deadline = self.acknowledged + count, time.monotonic() + seconds
        while self.acknowledged < goal:
            assert self._failure is None, f"the writers failed: {self._failure!r}"
            assert time.monotonic() < deadline, (
                f"only {self.acknowledged} of {goal} were acknowledged in {seconds} s: {dict(self.answers)}"
            )
            time.sleep(0.005)

    def _run(self) -> None:
        try:
            asyncio.run(self._write())
        except BaseException as failure:  # noqa: BLE001 handed to the thread that waits for it
            self._failure = failure

    async def _write(self) -> None:
        # A connection for each request, so that one that breaks had a request on its way.
        connector = aiohttp.UnixConnector(str(self._socket), limit=0, force_close=True)
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            # aiohttp sends a PUT again by itself when the connection breaks, and has no public switch for that:
            # then nobody would count the broken connection, nor know that the outcome had been unknown.
            session._retry_connection = False
            writers = (self._writer(number, session) for number in range(self._count))
            await asyncio.gather(*writers)

    async def _writer(self, number: int, session: aiohttp.ClientSession) -> None:
        chance = random.Random(f"{self._seed}-{number}")
        books = self._books[number % len(self._books)]
        caller = a_caller(books.council, SCOPES, commissioner=books.partnership, host=books.partnership)
        signed = _Signed(self._stack, caller)
        while not self._stop.is_set():
            id_ = uuid.uuid4()  # not from the seed: the same seed may run twice on one database
            posting = Posting(id_, books, number, *send_of(books, id_, chance))
            self.postings.append(posting)
            await self._see_through(posting, session, signed, chance)

    async def _see_through(
        self, posting: Posting, session: aiohttp.ClientSession, signed: "_Signed", chance: random.Random
    ) -> None:
        """Send until it is acknowledged, given up on purpose, or answered with what nobody should see."""
        stopped: float | None = None
        while not (posting.acknowledged or posting.abandoned):
            if self._stop.is_set():
                stopped = stopped or time.monotonic()
                if time.monotonic() - stopped > PATIENCE_SECONDS:
                    self.unexpected.append(f"{posting.id} got no answer to the end: {posting.told[-5:]}")
                    return
            known = await self._send(posting, session, signed)
            if posting.told[-1].startswith("unexpected"):
                self.unexpected.append(f"{posting.id}: {posting.told[-1]}")
                return
            if not known and chance.random() < ABANDONED:
                posting.abandoned = True
            elif not posting.acknowledged:
                # Not so often that the writers take the processor from the process that is starting.
                await asyncio.sleep(chance.uniform(0.05, 0.2))

    async def _send(self, posting: Posting, session: aiohttp.ClientSession, signed: "_Signed") -> bool:
        """Send once. False where it is not known what became of it."""
        try:
            async with session.put(
                f"http://budget/v1/journals/{posting.id}", data=posting.body, headers=signed.headers()
            ) as answer:
                content = await answer.read()
                replayed = "Idempotency-Replayed" in answer.headers
        except aiohttp.ClientConnectorError:
            return self._note(posting, "nobody listens", known=True)
        except (aiohttp.ClientError, TimeoutError) as error:
            self.broken += 1
            return self._note(posting, f"broken: {type(error).__name__}", known=False)
        if answer.status == 201:
            posting.acknowledged, posting.replayed = True, replayed
            self.acknowledged += 1
            return self._note(posting, "replayed" if replayed else "posted", known=True)
        problem = msgspec.json.decode(content)
        met = (answer.status, problem.get("code"))
        if met == OUTCOME_UNKNOWN:
            return self._note(posting, "outcome_unknown", known=False)
        if met in NOTHING_RECORDED:
            return self._note(posting, met[1], known=True)
        return self._note(posting, f"unexpected: {content.decode()}", known=True)

    def _note(self, posting: Posting, what: str, *, known: bool) -> bool:
        posting.told.append(what)
        posting.unknown += not known
        self.answers[what.partition(" {")[0]] += 1
        return known


class _Signed:
    """The headers of one caller; its assertion is signed anew before it runs out."""

    def __init__(self, stack: Stack, caller: Caller) -> None:
        self._stack, self._caller = stack, caller
        self._made_at = 0.0
        self._headers: dict[str, str] = {}

    def headers(self) -> dict[str, Any]:
        if not self._headers or time.monotonic() - self._made_at > ASSERTION_SECONDS:
            self._made_at = time.monotonic()
            self._headers = {
                "X-Caller-Assertion": self._stack.assertion("budget", self._caller),
                "Content-Type": "application/json",
            }
        return self._headers
