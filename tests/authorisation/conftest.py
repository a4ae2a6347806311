"""The house of the matrix with its people and records, started and played once."""

import pytest

from tests.authorisation.house import digest_of, running_house
from tests.authorisation.people import gather
from tests.authorisation.rounds import Rounds
from tests.authorisation.world import make_world

# What changes although nothing was written.
MOVES = frozenset[str]()


@pytest.fixture(scope="session")
async def rounds(stack, tmp_path_factory):
    async with running_house(stack, tmp_path_factory.mktemp("house")) as gateway:
        people = await gather(gateway, stack)
        played = Rounds(people, await make_world(people))
        played.before = await digest_of(stack, MOVES)
        await played.first_round()
        played.after = await digest_of(stack, MOVES)
        await played.second_round()
        yield played
