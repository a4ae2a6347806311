"""Tests of the tests: builds with one known mistake each must go red under the harness that the real one passes."""

import random
import time
from http import HTTPStatus

import pytest

from tests.faults.checker import breaks, kinds
from tests.faults.conftest import SEED
from tests.faults.kills import kill_postmaster
from tests.faults.server import THE_SERVICE
from tests.faults.writers import Writers

BAD = "tests.faults.bad_builds:"
MOST_KILLS = 15
AT_WORK_SECONDS = 0.3


def hunt(stack, server, books, factory, kill, kind, most=MOST_KILLS):
    """Kill under load until the checker names this kind of break, at most so often. (breaks, kills)."""
    chance = random.Random(SEED)
    server.start(factory)
    kills = 0
    with Writers(stack, server.socket, books, SEED) as writers:
        while kills < most and kind not in kinds(breaks(stack, list(writers.postings), writers.unexpected)):
            writers.wait_for_more(8)
            time.sleep(chance.uniform(0, AT_WORK_SECONDS))
            kill()
            kills += 1
            writers.wait_for_more(8)
    return breaks(stack, writers.postings, writers.unexpected), kills


@pytest.fixture
def kill_and_start(server):
    def kill(factory):
        server.kill()
        server.start(factory)

    return kill


def test_a_key_kept_in_a_second_transaction_makes_duplicates(
    mortal_stack, server, two_books, kill_and_start, figures
):
    factory = BAD + "answer_kept_later"
    found, kills = hunt(
        mortal_stack, server, two_books, factory, lambda: kill_and_start(factory), kind="twice"
    )
    twice = [each for each in found if each.startswith("twice")]
    figures(kills=kills, journals_twice=len(twice))
    assert twice, f"{kills} kills made no duplicate that the checker saw"


def test_the_primary_key_holds_where_the_one_time_key_fails(
    mortal_stack, server, two_books, kill_and_start, figures
):
    factory = BAD + "answer_kept_later_under_its_id"
    found, kills = hunt(
        mortal_stack, server, two_books, factory, lambda: kill_and_start(factory), kind="unexpected answer"
    )
    figures(kills=kills, kinds_of_breaks=sorted(kinds(found)))
    assert "twice" not in kinds(found)
    assert any("id_unavailable" in each for each in found), f"{kills} kills left no journal without its key"
    assert any(each.startswith("not one key") for each in found)


@pytest.fixture
def idle_wal_writer(mortal_stack):
    """What commits do not write down themselves stays unwritten for up to ten seconds."""
    sql = (
        "alter system set wal_writer_delay = '{}';\nalter system set wal_writer_flush_after = '{}';"
        "\nselect pg_reload_conf();"
    )
    mortal_stack.cluster.psql(sql.format("10s", "1GB"))
    yield
    mortal_stack.cluster.psql(
        "alter system reset wal_writer_delay;\nalter system reset wal_writer_flush_after;\nselect pg_reload_conf();"
    )


def test_commits_that_are_not_waited_for_are_lost(mortal_stack, server, two_books, idle_wal_writer, figures):
    found, kills = hunt(
        mortal_stack,
        server,
        two_books,
        BAD + "commits_not_waited_for",
        lambda: kill_postmaster(mortal_stack.cluster),
        kind="lost",
        most=8,
    )
    lost = [each for each in found if each.startswith("lost")]
    figures(kills=kills, acknowledged_journals_lost=len(lost))
    assert lost, f"{kills} kills of the database lost nothing that the checker missed"


def test_the_real_build_loses_nothing_under_the_same_kills(
    mortal_stack, server, two_books, idle_wal_writer, figures
):
    """The control: what the test above finds is the mistake of its build, not of its surroundings."""
    found, kills = hunt(
        mortal_stack,
        server,
        two_books,
        THE_SERVICE,
        lambda: kill_postmaster(mortal_stack.cluster),
        kind="any",
        most=3,
    )
    figures(kills=kills)
    assert found == []


def test_an_unmapped_outage_is_seen_by_the_writers(mortal_stack, server, two_books, figures):
    found, kills = hunt(
        mortal_stack,
        server,
        two_books,
        BAD + "outage_is_a_fault",
        lambda: kill_postmaster(mortal_stack.cluster),
        kind="unexpected answer",
        most=8,
    )
    figures(kills=kills, unexpected_answers=len(found))
    assert any("internal_error" in each for each in found)


def test_a_service_whose_role_commits_carelessly_is_not_ready(mortal_stack, server):
    mortal_stack.cluster.psql("alter role budget_app set synchronous_commit = off")
    try:
        server.launch(server.command())
        deadline = time.monotonic() + 20
        while (asked := server.ready())[0] == 0 and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        mortal_stack.cluster.psql("alter role budget_app reset synchronous_commit")
    status, body = asked
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert body["switched_off"] == "synchronous_commit"
