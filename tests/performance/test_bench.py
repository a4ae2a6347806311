"""The bench itself: what passes and what fails, loads that were refused, and values as pgbench may read them."""

import subprocess
import uuid
from datetime import date

import pytest

from tests.performance import __main__ as bench
from tests.performance import load
from tests.performance.conversation import literal
from tests.performance.table import Judged, Row, render


def a_row(ours=(), theirs=(), unit="/s", **changes) -> Row:
    row = Row(**{"id": "P0", "what": "ours", "beside": "limit", "goal": 0.5, "must": 0.25, **changes})
    return row.take(unit, list(ours), list(theirs)) if ours else row


@pytest.mark.parametrize(
    ("row", "state", "fails"),
    [
        (a_row([5, 6, 7], [10, 10, 10]), "goal reached", False),
        (a_row([3, 4, 5], [10, 10, 10]), "enough", False),
        (a_row([2, 2, 9], [10, 10, 10]), "TOO SLOW", True),
        (a_row([3], [2], at_most=True, goal=1.2, must=2.4), "enough", False),
        (a_row([5], [2], at_most=True, goal=1.2, must=2.4), "TOO SLOW", True),
        (
            a_row([1.5], [1.2], "ms", at_most=True, judged=Judged.ADDED, goal=0.4, must=0.8),
            "goal reached",
            False,
        ),
        (a_row([2.5], [1.2], "ms", at_most=True, judged=Judged.ADDED, goal=0.4, must=0.8), "TOO SLOW", True),
        (a_row([2], [9], "s", at_most=True, judged=Judged.ITSELF, goal=1.5, must=3), "enough", False),
        (a_row(), "not measured", True),
        (a_row(peer=True), "not measured", False),
        (a_row([1], [10], peer=True), "TOO SLOW", True),
    ],
)
def test_a_row_passes_or_fails(row, state, fails):
    assert (row.state, row.fails) == (state, fails)
    assert state in render([row], ["a fact"])


def test_the_ratio_is_the_median_of_the_rounds_and_not_of_two_runs_apart():
    assert a_row([1, 20, 300], [10, 100, 1000]).ratio == 0.2


WRK = """
    50%  1.20ms
    99%    1.5s
  {requests} requests in 2.00s, 1.2MB read
{complaint}
Requests/sec:   1234.50
"""


@pytest.mark.parametrize(
    "complaint", ["", "  Non-2xx or 3xx responses: 1", "  Socket errors: connect 0, read 1"]
)
def test_a_load_counts_only_if_every_request_was_answered_well(monkeypatch, complaint):
    said = WRK.format(requests=2469, complaint=complaint)
    monkeypatch.setattr(load.shutil, "which", lambda _name: "/usr/bin/wrk")
    monkeypatch.setattr(load.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, said, ""))
    if complaint:
        with pytest.raises(AssertionError):
            load.wrk("http://nowhere")
    else:
        assert load.wrk("http://nowhere") == load.Load(2469, 1234.5, 1.2, 1500)


def test_a_row_without_its_tool_is_not_measured(monkeypatch):
    monkeypatch.setattr(load.shutil, "which", lambda _name: None)
    row = load.compare(a_row(), "/s", lambda: load.wrk("http://nowhere").per_second, lambda: 1.0)
    assert row.fails
    assert "wrk is not installed" in row.line()


def test_an_unknown_row_is_refused(capsys):
    assert bench.main(["P77"]) == 2
    assert "There is no row P77" in capsys.readouterr().err


def test_values_are_written_so_that_pgbench_leaves_them_alone():
    id_, other = uuid.UUID(int=1), uuid.UUID(int=2)
    changing = {None: "null", id_: "made()", str(id_): "made()::text"}
    assert literal([id_, other], changing) == f"array[made(), '{other}'::uuid]::uuid[]"
    assert literal([1, -1], changing) == "array['1'::bigint, '-1'::bigint]::bigint[]"
    assert literal(["a"], changing) == "array[E'a']::text[]"
    assert literal(str(id_), changing) == "made()::text"
    assert literal(None, changing) == "null"
    assert literal(b"\x00:", changing) == r"'\x003a'::bytea"
    assert literal(date(2015, 4, 1), changing) == "'2015-04-01'::date"
    assert literal("it's a \\ :name", changing) == r"E'it\'s a \\ \072name'"
    assert literal({"a": 1}, changing) == """E'{"a"\\072 1}'::jsonb"""
