"""Kill -9 of the service and of PostgreSQL while partnerships live their whole lives: the books hold together."""

import asyncio
import os
import random
import time

import pytest

from services.budget.commands.reconcile import reconcile
from tests.budget.reconciling import LIVES
from tests.faults.conftest import SEED
from tests.faults.kills import torment
from tests.faults.lives import Lives, kept_answers, rows_of
from tests.faults.server import Server
from tests.stack import running_stack

KILLS = int(os.environ.get("FAULT_MIXED_KILLS", "5"))
# Months in which something was recorded: a life over a month's end has more rows of these.
BY_MONTH = {"balances", "commitment_balances"}


@pytest.fixture
def own_stack(tmp_path_factory):
    """A PostgreSQL of this test's own: its whole ledger is proved, and others put theirs by hand."""
    with running_stack(tmp_path_factory.mktemp("mixed"), ["budget"]) as running:
        yield running


@pytest.fixture
def own_server(own_stack):
    one = Server(own_stack)
    one.start()
    yield one
    one.stop()


async def test_lives_go_on_through_kills_and_the_books_hold_together(own_stack, own_server, figures):
    started = time.monotonic()
    calm = Lives(own_stack, own_server.socket, LIVES)
    await asyncio.to_thread(calm.live_one_each)
    with Lives(own_stack, own_server.socket, LIVES) as lives:
        done = await asyncio.to_thread(
            torment, own_server, own_stack.cluster, lives, KILLS, random.Random(SEED)
        )
    unknown = [each for each in lives.written if each.unknown]
    report = await reconcile(own_stack.url("budget", "backup"))
    figures(
        kills_of_the_service=len(done.services),
        kills_of_the_database=len(done.postmasters),
        of_sessions=len(done.backends),
        immediate_stops=len(done.immediate_stops),
        lives={name: len(each) for name, each in sorted(lives.partnerships.items())},
        writes_acknowledged=len(lives.written),
        broken_connections=lives.broken,
        unknown_outcomes=len(unknown),
        of_those_recorded_before=sum(each.replayed for each in unknown),
        proofs=len(report.checks),
        answers=dict(sorted(lives.answers.items())),
        seconds=round(time.monotonic() - started, 1),
    )
    assert [check for check in report.checks if check.breaks] == []
    kept = kept_answers(own_stack)
    for each in lives.written:
        assert kept.get((str(each.client), each.key)) == [each.content.hex()], each.key
    for name, partnerships in lives.partnerships.items():
        (undisturbed,) = (rows_of(own_stack, each) for each in calm.partnerships[name])
        for partnership in partnerships:
            rows = rows_of(own_stack, partnership)
            assert {table for table, count in rows.items() if count != undisturbed[table]} <= BY_MONTH, name
    # The run must have been a hard one.
    assert len(done) == KILLS
    assert len(own_server.boots) == len(done.services) + 1
    assert set(lives.partnerships) == {life.__name__ for life in LIVES}
    assert unknown, "nobody was left in the dark"
