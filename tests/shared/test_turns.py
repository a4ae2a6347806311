"""Imports take turns: one of an organisation, so many in all, for a bounded wait; and a file comes in at some pace."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from shared.errors import Refusal
from shared.web.csv_files import Pace, Turns, in_pace


async def holding(turns: Turns, organisation, until: asyncio.Event) -> None:
    async with turns.one(organisation):
        await until.wait()


async def refused(turns: Turns, organisation) -> Refusal:
    with pytest.raises(Refusal) as found:
        await turns.one(organisation).__aenter__()
    return found.value


async def test_one_of_an_organisation_and_so_many_in_all():
    turns, done = Turns(at_once=3), asyncio.Event()
    first, second, third, fourth = [uuid.uuid4() for _ in range(4)]
    running = [asyncio.create_task(holding(turns, each, done)) for each in (first, second)]
    await asyncio.sleep(0)
    own = await refused(turns, first)
    assert (own.code, own.retry_after) == ("import_under_way", 30)
    async with turns.one(third):  # the others' imports keep nobody else out
        assert (await refused(turns, fourth)).code == "imports_busy"
    async with turns.one(fourth):
        pass
    done.set()
    await asyncio.gather(*running)
    async with turns.one(first):
        pass


async def test_who_waits_has_the_turn_that_falls_free():
    turns, done, organisation = Turns(at_once=2, wait_seconds=5), asyncio.Event(), uuid.uuid4()
    running = asyncio.create_task(holding(turns, organisation, done))
    await asyncio.sleep(0)
    order: list[str] = []

    async def next_one() -> None:
        async with turns.one(organisation):
            order.append("waited")

    waiting = asyncio.create_task(next_one())
    await asyncio.sleep(0.01)
    assert order == []
    done.set()
    await asyncio.wait_for(asyncio.gather(running, waiting), 2)
    assert order == ["waited"]


async def test_who_goes_away_while_it_waits_or_runs_leaves_no_turn_behind():
    turns, never, organisation = Turns(at_once=1, wait_seconds=5), asyncio.Event(), uuid.uuid4()
    running = asyncio.create_task(holding(turns, organisation, never))
    waiting = [asyncio.create_task(holding(turns, uuid.uuid4(), never)) for _ in range(3)]
    await asyncio.sleep(0.01)
    for each in (*waiting, running):
        each.cancel()
    await asyncio.gather(running, *waiting, return_exceptions=True)
    async with asyncio.timeout(1), turns.one(organisation):
        pass


async def coming(*pieces: bytes, after: float = 0.0):
    for each in pieces:
        await asyncio.sleep(after)
        yield each


async def test_a_sender_that_stands_still_or_trickles_loses_its_place():
    pace = Pace(seconds=0.1, least_bytes=100)
    still = in_pace(coming(b"a" * 1000, b"never", after=0.3), pace)
    trickling = in_pace(coming(*[b"a"] * 50, after=0.02), pace)
    for slow in (still, trickling):
        with pytest.raises(Refusal) as found:
            [each async for each in slow]
        assert (found.value.code, found.value.retry_after) == ("import_too_slow", 30)
        assert found.value.facts["least_bytes"] == 100


async def test_what_the_reader_takes_is_not_the_sender_s_time():
    pace = Pace(seconds=0.1, least_bytes=100)
    found = []
    async for each in in_pace(coming(*[b"a" * 40] * 6), pace):
        await asyncio.sleep(0.05)
        found.append(each)
    assert len(found) == 6
    steady = [each async for each in in_pace(coming(*[b"a" * 120] * 6, after=0.05), pace)]
    assert len(steady) == 6
