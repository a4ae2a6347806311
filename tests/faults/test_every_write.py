"""Every write of the budget service dies at each of its points, and is whole or gone, and counted once."""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from typing import Any

import pytest

from services.budget.app import create_app
from tests.faults import planted
from tests.faults.conftest import SEED
from tests.faults.dying_writes import AS_IT_IS, DYING
from tests.faults.writes import CASES, CHANGES, EXPECTED, WRITE_NOTHING
from tests.stack import ROOT

DOORS = ROOT / "tests" / "budget"
AT_MOST_SECONDS = 600
# What is written with each change, and once for the whole write.
TOLD, KEPT = ("audit_events", "events"), "idempotency_keys"


@pytest.fixture
def budget_document(mortal_stack, monkeypatch):
    """What the app says of its own routes, now."""
    for name, value in mortal_stack.environment().items():
        monkeypatch.setenv(name, value)
    return create_app().openapi()


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The tests of the doors in a process of their own, each write dying: what was seen, by mode and operation."""
    report = tmp_path_factory.mktemp("dying") / "report.json"
    started = time.monotonic()
    done = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "tests.faults.dying_writes",
                "-p",
                "no:cacheprovider",
            ),
            *(f"--dying-seed={SEED}", f"--dying-report={report}"),
            *sorted({f"{DOORS}/{test}" for test in CASES.values()}),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=AT_MOST_SECONDS,
    )
    seen: dict[str, dict[str, Any]] = defaultdict(dict)
    for each in json.loads(report.read_text()) if report.exists() else ():
        seen[each["mode"]][each["operation"]] = each
    return done, seen, round(time.monotonic() - started, 1)


def test_every_write_has_its_case(budget_document):
    writes = {
        operation["operationId"]
        for item in budget_document["paths"].values()
        for method, operation in item.items()
        if method != "get"
    }
    assert set(CASES) == writes - WRITE_NOTHING
    assert writes >= WRITE_NOTHING


def test_the_doors_keep_what_they_promise_while_their_writes_die(ran):
    """The assertions of the tests themselves: nobody noticed anything but that he had to ask again."""
    done, seen, _ = ran
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert set(seen[AS_IT_IS]) == set(seen[DYING]) == EXPECTED


def test_a_write_that_dies_is_gone_before_its_commit_and_whole_after_it(ran, figures):
    _, seen, seconds = ran
    dying = seen[DYING].values()
    figures(
        writes=len(dying),
        fail_points=sum(each["points"] for each in dying),
        sessions_torn_off=sum(each["torn"] for each in dying),
        failures_of_the_code=sum(each["failed"] for each in dying),
        seconds=seconds,
    )
    assert {each["operation"]: each["broken"] for each in dying if each["broken"]} == {}
    for each in dying:
        # Before BEGIN and after each trip, of which BEGIN is the first and COMMIT the last.
        assert each["points"] == len(each["trips"]) + 1, each
        assert (each["trips"][0], each["trips"][-1]) == ("begin", "commit"), each
        assert each["trips"].count("commit") == 1, each
        assert each["torn"] + each["failed"] == each["points"]
    assert min(sum(each[how] for each in dying) for how in ("torn", "failed")) > 100


def test_it_has_the_effect_that_it_has_undisturbed(ran):
    _, seen, _ = ran
    for operation, dying in seen[DYING].items():
        plain = seen[AS_IT_IS][operation]
        assert dying["changed"] == plain["changed"], operation
        assert dying["trips"] == plain["trips"], operation
        assert dying["answer"] == plain["answer"], operation
        assert dying["changed"][KEPT] == 1, operation
        audited, events = (dying["changed"].get(table, 0) for table in TOLD)
        assert audited == events == CHANGES.get(operation, 1), operation


@pytest.mark.parametrize("build", planted.BUILDS)
def test_a_planted_mistake_is_seen_in_every_write(ran, build):
    _, seen, _ = ran
    wanted = {operation for operation, test in CASES.items() if test in planted.CASES}
    caught = seen[build]
    assert caught
    assert set(caught) <= wanted
    for each in caught.values():
        plain = seen[AS_IT_IS][each["operation"]]
        print(build, each["operation"], each["broken"], each["changed"])
        assert each["broken"] or each["changed"] != plain["changed"], each
