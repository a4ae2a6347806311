"""The house of the matrix with its people and records, started and played once."""

import asyncio

import pytest

from tests.authorisation.house import digest_of, running_house
from tests.authorisation.people import gather
from tests.authorisation.rounds import Rounds
from tests.authorisation.world import make_world

# What changes although nothing was written.
MOVES = frozenset({"gateway.reads"})  # who read what is recorded, in batches


async def settled(stack):
    """The digest once nothing moves of itself any more: what was committed is numbered and sealed a moment later."""
    last = await digest_of(stack, MOVES)
    for _ in range(30):
        await asyncio.sleep(1)
        last, before = await digest_of(stack, MOVES), last
        if last == before:
            break
    return last


@pytest.fixture(scope="session")
async def rounds(stack, tmp_path_factory):
    async with running_house(stack, tmp_path_factory.mktemp("house")) as gateway:
        people = await gather(gateway, stack)
        played = Rounds(people, await make_world(people))
        played.before = await settled(stack)
        await played.first_round()
        played.after = await settled(stack)
        await played.second_round()
        yield played
