"""A partnership in the whole house: a council that hosts, an NHS commissioner, a provider, and what they agreed."""

import pytest

from services.gateway.commands import keys
from tests.gateway.people import make_operator
from tests.together.house import running_house
from tests.together.town import Town


@pytest.fixture(scope="session")
async def house(stack, tmp_path_factory):
    keys_dir = tmp_path_factory.mktemp("k")
    assert keys.main([str(keys_dir)]) == 0
    async with running_house(stack, keys_dir, tmp_path_factory.mktemp("h")) as (app, behind):
        yield app, behind


@pytest.fixture(scope="session")
async def people(house, stack):
    """The operator of this house."""
    return await make_operator(house[0], stack)


@pytest.fixture(scope="session")
async def town(people):
    """One town for tests that each make contracts and lines of their own."""
    return await Town().settle(people)
