"""A position as recorded at an instant never changes: whatever is under way at that instant, and whatever falls over."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from services.budget.store.postings import enter
from shared.db import Database
from tests.faults.client import client_of
from tests.faults.conftest import QUESTIONS, SEED
from tests.faults.interleavings import (
    POSTERS,
    Interleaving,
    ask,
    draft,
    more_accounts,
    received,
    settled_until,
)
from tests.faults.kills import kill_postmaster


@pytest.fixture
async def db(mortal_stack):
    """The service's own way to its database, in this process, so that a test can hold a posting open."""
    opened = await Database.open(mortal_stack.url("budget"), "budget", size=POSTERS)
    yield opened
    await opened.close()


def now():
    return datetime.now(UTC)


async def refused_until(client, books, instant):
    """The instant up to which the past is settled, by the refusal of this one."""
    refused = await ask(client, books, instant)
    assert (refused.status, refused.json()["code"]) == (409, "as_recorded_not_settled"), refused.content
    until = settled_until(refused)
    assert until < instant
    return until


async def asked_thrice(client, books, instant):
    answers = [await ask(client, books, instant) for _ in range(3)]
    assert [each.status for each in answers] == [200] * 3, answers[0].content
    assert len({each.content for each in answers}) == 1
    return answers[0]


async def test_an_instant_waits_for_the_posting_that_is_open_at_it(standing, books, db):
    drafted = draft((books.fund, books.from_council), 1250)
    async with client_of(standing, books.as_council) as client:
        async with db.begin(books.as_council, write=True) as tx:
            await enter(tx, drafted)
            instant = now()  # later than the journal's own time, and it is not yet in the books
            until = await refused_until(client, books, instant)
            before = await asked_thrice(client, books, until)
            assert received(before) == 0
        after = await asked_thrice(client, books, instant)
        assert received(after) == 1250
        assert (await ask(client, books, until)).content == before.content
        later = draft((books.fund, books.from_council), 99)
        async with db.begin(books.as_council, write=True) as tx:
            await enter(tx, later)
        assert (await ask(client, books, instant)).content == after.content
        assert (await ask(client, books, until)).content == before.content


async def test_a_posting_that_waits_for_its_turn_is_recorded_when_it_has_it(mortal_stack, standing, books):
    holder = await mortal_stack.superuser()
    try:
        async with client_of(standing, books.as_council) as client:
            async with holder.transaction():
                await holder.execute("select from budget.accounts where id = $1 for update", books.fund)
                path = f"/v1/journals/{uuid.uuid4()}"
                posting = asyncio.create_task(client.send("PUT", path, json=books.journal(700)))
                await one_waits(holder)
                instant = now()
                await refused_until(client, books, instant)
            posted = await posting
            assert posted.status == 201, posted.content
            assert datetime.fromisoformat(posted.json()["recorded_at"]) > instant
            assert received(await asked_thrice(client, books, instant)) == 0
            assert received(await asked_thrice(client, books, now() - timedelta(milliseconds=1))) == 700
    finally:
        await holder.close()


async def one_waits(connection):
    for _ in range(100):
        if await connection.fetchval(
            "select count(*) from pg_stat_activity where application_name = 'budget-write'"
            " and wait_event_type = 'Lock'"
        ):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the posting did not come to the lock")


async def test_the_future_is_not_settled(standing, books):
    async with client_of(standing, books.as_council) as client:
        await refused_until(client, books, now() + timedelta(minutes=1))


async def test_the_same_answer_comes_after_kills(mortal_stack, server, books):
    server.start()
    async with client_of(server, books.as_council) as client:
        assert (
            await client.send("PUT", f"/v1/journals/{uuid.uuid4()}", json=books.journal(31))
        ).status == 201
        instant = now()
        first = await asked_thrice(client, books, instant)
        assert received(first) == 31
    server.kill()
    kill_postmaster(mortal_stack.cluster)
    server.start()
    async with client_of(server, books.as_council) as client:
        assert (
            await client.send("PUT", f"/v1/journals/{uuid.uuid4()}", json=books.journal(32))
        ).status == 201
        assert (await asked_thrice(client, books, instant)).content == first.content


async def interleave(stack, server, books, db, questions):
    """Run an interleaving to its end, ask every question twice more, and give it back."""
    pairs = more_accounts(stack, books, POSTERS)
    async with client_of(server, books.as_council) as client:
        run = Interleaving(books, client, db, SEED, questions)
        await run.run(pairs)
        for question in [*run.questions, *run.questions]:
            await run.ask(question)
    return run


async def test_any_interleaving_gives_the_same_answer_later(mortal_stack, standing, books, db, figures):
    run = await interleave(mortal_stack, standing, books, db, QUESTIONS)
    refused = [each for each in run.questions if each.refused_first]
    answered_beside = [each for each in run.questions if each.under_way and not each.refused_first]
    late = run.late(mortal_stack)
    figures(
        questions=len(run.questions),
        asked=sum(len(each.answers) for each in run.questions),
        refused_at_first=len(refused),
        of_those_would_have_changed=len(late),
        answered_with_postings_open=len(answered_beside),
        journals=len(run.posted),
    )
    assert run.faults(mortal_stack) == []
    assert late, "no question came while a posting was open that counts for it"
    assert answered_beside, "no question was answered while a posting was open"


async def test_answers_that_do_not_wait_change(mortal_stack, server, books, db, figures):
    """The test of the test: a build that takes every instant for settled is caught."""
    server.start("tests.faults.bad_builds:every_instant_is_settled")
    run = await interleave(mortal_stack, server, books, db, min(QUESTIONS, 100))
    found = run.faults(mortal_stack)
    figures(questions=len(run.questions), answers_that_changed=len(found))
    assert any(each.startswith("changed") for each in found)
