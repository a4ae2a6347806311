"""What tests of the outcomes doors share: a story told once, and a partnership in which returns go round."""

import pytest

from shared.db import Database
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


@pytest.fixture(scope="session")
async def open_database(stack):
    """A database whose role is not bound by row-level security: the scoped query stands alone."""
    superuser = await stack.superuser()
    await superuser.execute("create role outcomes_open login bypassrls password 'open' in role outcomes_app")
    database = await Database.open(stack.cluster.dsn("outcomes_open", "open"), "outcomes")
    yield database
    await database.close()
    await superuser.execute("drop role outcomes_open")
    await superuser.close()
