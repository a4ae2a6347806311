"""Kill -9 of the service and of PostgreSQL during postings: nothing acknowledged is lost, nothing stands twice."""

import random
import sys
import time
from collections import Counter

import pytest

from tests.faults.checker import breaks
from tests.faults.conftest import DURABLE, KILLS, SEED
from tests.faults.kills import torment
from tests.faults.server import Server, WrongServer
from tests.faults.writers import Writers


async def assert_durable(stack):
    """The promises hold in a session of the service's own role, whatever was set where."""
    connection = await stack.connect("budget")
    try:
        assert [await connection.fetchval(f"show {name}") for name in DURABLE] == ["on"] * len(DURABLE)
    finally:
        await connection.close()


@pytest.fixture
async def durable(mortal_stack):
    await assert_durable(mortal_stack)
    yield
    await assert_durable(mortal_stack)


def test_kills_lose_nothing_and_double_nothing(mortal_stack, durable, server, two_books, figures):
    started = time.monotonic()
    server.start()
    with Writers(mortal_stack, server.socket, two_books, SEED) as writers:
        done = torment(server, mortal_stack.cluster, writers, KILLS, random.Random(SEED))
    unknown = [each for each in writers.postings if each.unknown]
    retried = [each for each in unknown if each.retried]
    figures(
        kills_of_the_service=len(done.services),
        kills_of_the_database=len(done.postmasters),
        of_sessions=len(done.backends),
        immediate_stops=len(done.immediate_stops),
        keys=len(writers.postings),
        acknowledged=writers.acknowledged,
        broken_connections=writers.broken,
        unknown_outcomes=len(unknown),
        resolved_by_retry=len(retried),
        of_those_recorded_before=sum(each.replayed for each in retried),
        abandoned=sum(each.abandoned for each in unknown),
        answers=dict(sorted(writers.answers.items())),
        seconds=round(time.monotonic() - started, 1),
    )
    assert breaks(mortal_stack, writers.postings, writers.unexpected) == []
    # The run must have been a hard one: every kill hit a life of its own, and left writers in the dark.
    assert len(done) == KILLS
    assert [each.pid for each in server.boots[:-1]] == done.services
    assert len({each.boot_id for each in server.boots}) == len({each.pid for each in server.boots})
    assert len(server.boots) == len(done.services) + 1
    assert all(each.acknowledged for each in retried)
    assert any(each.replayed for each in retried), "no retry found what a killed request had recorded"
    assert any(not each.replayed for each in retried), "no killed request had left nothing behind"
    assert writers.answers["database_unavailable"] > 0, "no writer noticed that the database was gone"
    assert max(Counter(each.writer for each in writers.postings).values()) < len(writers.postings)


def test_a_server_left_over_from_before_is_noticed(mortal_stack, standing):
    """The harness itself: kills that hit nothing would make every run green."""
    (old,) = standing.boots
    later = Server(mortal_stack, "standing")
    later.launch([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        with pytest.raises(WrongServer, match=f"process {old.pid} answers"):
            later.wait_until_ready()
    finally:
        later.kill()


def test_a_life_that_was_seen_before_is_noticed(standing):
    """A start that shows an earlier boot id has started nothing."""
    with pytest.raises(WrongServer, match="of an earlier life"):
        standing.wait_until_ready()
