"""Fixtures of the tests of contracts."""

import pytest

from tests.contracts.register import Place
from tests.contracts.town import Town
from tests.contracts.world import World


@pytest.fixture(scope="module")
async def world(client_for):
    """A small world of contracts, one for each file of tests."""
    return await World(client_for).put()


@pytest.fixture(scope="module")
def place():
    """A partnership, one for each file of tests."""
    return Place()


@pytest.fixture(scope="module")
async def ccg(client_for, place):
    """The NHS commissioner of that partnership."""
    return await client_for("contracts", place.caller("ccg"))


@pytest.fixture(scope="module")
async def town(client_for):
    """A council that publishes, with a partnership around it, and the public."""
    return await Town(client_for).put()
