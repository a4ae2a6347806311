"""What tests of the outcomes doors share: a story told once, and a partnership in which returns go round."""

import pytest

from tests.outcomes.plymouth import Plymouth, put
from tests.outcomes.story import Story


@pytest.fixture(scope="session")
async def story(client_for):
    plymouth = Plymouth()
    return await Story(plymouth, await plymouth.clients(client_for)).tell()


@pytest.fixture(scope="session")
def plymouth():
    return Plymouth()


@pytest.fixture(scope="session")
async def clients(client_for, plymouth):
    return await plymouth.clients(client_for)


@pytest.fixture(scope="session")
async def days(clients, plymouth):
    return (await put(clients["council"], "indicators", plymouth.indicator("stay")))["id"]


@pytest.fixture(scope="session")
async def share(clients, plymouth):
    body = plymouth.indicator("at-home", "percentage", "high_is_good", warn_above_change_percent="50")
    return (await put(clients["council"], "indicators", body))["id"]


@pytest.fixture
async def obligation(clients, plymouth, days, share):
    return await put(clients["council"], "obligations", plymouth.obligation(days, share))
