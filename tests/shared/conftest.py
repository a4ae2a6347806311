"""Pools on the real database; and property tests give the same examples on every run."""

import pytest
from hypothesis import settings

from shared.db import Database

settings.register_profile("house", derandomize=True, deadline=None, max_examples=80, database=None)
settings.load_profile("house")


@pytest.fixture(scope="module")
async def db(stack):
    opened = await Database.open(stack.url("budget"), "budget", 6)
    yield opened
    await opened.close()


@pytest.fixture
async def one(stack):
    """Pools of a single session each, so that every transaction meets what the one before left."""
    opened = await Database.open(stack.url("budget"), "budget", 1)
    yield opened
    await opened.close()


@pytest.fixture
async def admin(stack):
    connection = await stack.superuser()
    yield connection
    await connection.close()
