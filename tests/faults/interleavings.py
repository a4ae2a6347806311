"""Slow postings and questions about the recent past, interleaved by chance, and what the answers must be in the end."""

import asyncio
import json
import random
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.budget.rules.entry import Entry
from services.budget.rules.journal import Book, Draft, JournalKind
from services.budget.store.postings import enter
from shared.db import Database
from tests.budget.books import Books
from tests.faults.client import Client, Got
from tests.stack import Stack

NO_PENCE = 0
POSTERS, ASKERS = 4, 3
PART_ROLLED_BACK = 0.15


def draft(accounts: tuple[uuid.UUID, uuid.UUID], amount_pence: int) -> Draft:
    fund, contribution = accounts
    return Draft(
        id=uuid.uuid4(),
        book=Book.ACTUAL,
        kind=JournalKind.CONTRIBUTION,
        effective_date=date(2015, 5, 1),
        posting_period=None,
        narrative="Slowly posted",
        client_reference=None,
        entries=(Entry(fund, amount_pence), Entry(contribution, -amount_pence)),
    )


def more_accounts(stack: Stack, books: Books, count: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Further pairs of accounts of the same pool, so that postings are under way beside each other."""
    pairs = [(uuid.uuid4(), uuid.uuid4()) for _ in range(count)]
    copies = [
        f"insert into accounts select (jsonb_populate_record(a, jsonb_build_object('id', '{new}',"
        f" 'name', a.name || ' {number}'))).* from accounts a where id = '{old}'"
        for number, pair in enumerate(pairs)
        for new, old in zip(pair, (books.fund, books.from_council), strict=True)
    ]
    stack.cluster.psql("set search_path = budget;\n" + ";\n".join(copies))
    return pairs


@dataclass
class Question:
    """One instant that was asked about, when, and every answer to it."""

    instant: datetime
    asked_at: float
    under_way: int
    answers: list[Got] = field(default_factory=list)

    @property
    def refused_first(self) -> bool:
        return self.answers[0].status == 409


@dataclass
class Posted:
    """One slow posting: its amount, and the moment by which its commit was known."""

    amount_pence: int
    known_at: float


class RolledBack(Exception):
    """What ends a posting that shall leave nothing."""


class Interleaving:
    """Posters that hold their transactions open, and askers of positions as recorded at recent instants."""

    def __init__(self, books: Books, client: Client, db: Database, seed: int, questions: int) -> None:
        self.questions: list[Question] = []
        self.posted: dict[str, Posted] = {}
        self.under_way = 0
        self._enough = False
        self._books, self._client, self._db = books, client, db
        self._seed, self._most = seed, questions

    async def run(self, pairs: list[tuple[uuid.UUID, uuid.UUID]]) -> None:
        posting = asyncio.gather(*(self._post_on(number, pair) for number, pair in enumerate(pairs)))
        try:
            await asyncio.gather(*(self._ask_on(number) for number in range(ASKERS)))
        finally:
            self._enough = True
            await posting

    async def _post_on(self, number: int, pair: tuple[uuid.UUID, uuid.UUID]) -> None:
        chance = random.Random(f"{self._seed}-post-{number}")
        while not self._enough:
            with suppress(RolledBack):
                await self._post(draft(pair, chance.randint(1, 10**6)), chance)
            await asyncio.sleep(chance.uniform(0, 0.02))

    async def _post(self, drafted: Draft, chance: random.Random) -> None:
        # Half of them are recorded as soon as they have begun, close to the edge of what is settled.
        before, after = chance.choice((0, chance.uniform(0, 0.04))), chance.uniform(0, 0.06)
        self.under_way += 1
        try:
            async with self._db.begin(self._books.as_council, write=True) as tx:
                await asyncio.sleep(before)
                await enter(tx, drafted)
                await asyncio.sleep(after)
                if chance.random() < PART_ROLLED_BACK:
                    raise RolledBack
        finally:
            self.under_way -= 1
        self.posted[str(drafted.id)] = Posted(drafted.entries[0].amount_pence, time.monotonic())

    async def _ask_on(self, number: int) -> None:
        chance = random.Random(f"{self._seed}-ask-{number}")
        while len(self.questions) < self._most:
            instant = datetime.now(UTC) - timedelta(seconds=chance.uniform(-0.01, 0.2))
            question = await self._question(instant)
            if question.refused_first:
                # The very edge of what is settled, where a wrong horizon would show first.
                await self._question(settled_until(question.answers[0]))
            await self.ask(chance.choice([each for each in self.questions if each.answers]))
            await asyncio.sleep(chance.uniform(0, 0.01))

    async def _question(self, instant: datetime) -> Question:
        question = Question(instant, time.monotonic(), self.under_way)
        self.questions.append(question)
        await self.ask(question)
        return question

    async def ask(self, question: Question) -> None:
        question.answers.append(await ask(self._client, self._books, question.instant))

    def faults(self, stack: Stack) -> list[str]:
        """What was answered amiss, once everything has come to rest and each question was asked again."""
        recorded = _recorded(stack, self._books)
        found = [f"acknowledged and gone: {id_}" for id_ in self.posted if id_ not in recorded]
        for question in self.questions:
            given = [each for each in question.answers if each.status == 200]
            others = {each.status for each in question.answers} - {200, 409}
            if others or question.answers[-1].status != 200:
                found.append(
                    f"not answered: {question.instant} got {[each.status for each in question.answers]}"
                )
                continue
            if len({each.content for each in given}) != 1:
                found.append(f"changed: {question.instant} got {[received(each) for each in given]}")
            due = sum(amount for amount, at in recorded.values() if at <= question.instant)
            if received(given[-1]) != due:
                found.append(f"wrong: {question.instant} shows {received(given[-1])} and {due} was recorded")
            found += [
                f"settled and refused: {question.instant}, settled until {settled_until(each)}"
                for each in question.answers
                if each.status == 409 and settled_until(each) >= question.instant
            ]
        return found

    def late(self, stack: Stack) -> list[Question]:
        """Questions refused because of a posting that was committed later and recorded by their instant."""
        recorded = _recorded(stack, self._books)
        return [
            question
            for question in self.questions
            if question.refused_first
            and any(
                posted.known_at > question.asked_at and recorded[id_][1] <= question.instant
                for id_, posted in self.posted.items()
            )
        ]


async def ask(client: Client, books: Books, instant: datetime) -> Got:
    return await client.get(
        "/v1/positions",
        partnership_id=str(books.partnership),
        financial_year="2015-16",
        as_recorded=instant.isoformat(),
    )


def settled_until(refused: Got) -> datetime:
    """Up to which instant the past is settled, as the refusal says."""
    return datetime.fromisoformat(refused.json()["settled_until"])


def received(answer: Got) -> int:
    """What was received in the pooled funds by this position, in pence."""
    pence: int | None = answer.json()["totals"]["pooled"]["contributions_received_pence"]
    return NO_PENCE if pence is None else pence


def _recorded(stack: Stack, books: Books) -> dict[str, tuple[int, datetime]]:
    """Every journal of the partnership: what it brought in and when it was recorded, read by another road."""
    rows: list[list[Any]] = json.loads(
        stack.cluster.psql(
            "set timezone = 'UTC';"
            "select coalesce(json_agg(json_build_array(journal_id, amount_pence, recorded_at)), '[]')"
            f" from budget.entries where partnership_id = '{books.partnership}' and amount_pence > 0"
        )
    )
    return {id_: (amount, datetime.fromisoformat(at)) for id_, amount, at in rows}
