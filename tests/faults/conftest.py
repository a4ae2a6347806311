"""A database and a service process that may be killed, and the figures of each run in the summary."""

import os
import shutil
import subprocess

import pytest

from tests.budget.books import Books
from tests.faults.server import Server
from tests.stack import ROOT, running_stack

SEED = int(os.environ.get("FAULT_SEED", "20150401"))
KILLS = int(os.environ.get("FAULT_KILLS", "20"))
QUESTIONS = int(os.environ.get("FAULT_QUESTIONS", "200"))
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


@pytest.fixture(scope="package")
def mortal_stack(tmp_path_factory):
    """A PostgreSQL of these tests' own: the one that other tests share must not be killed."""
    with running_stack(tmp_path_factory.mktemp("mortal"), ["budget"]) as running:
        yield running


@pytest.fixture
def server(mortal_stack):
    """A service process, not yet started, that is gone at the end of the test."""
    one = Server(mortal_stack)
    yield one
    one.stop()


@pytest.fixture(scope="package")
def standing(mortal_stack):
    """A service process that these tests leave alive, beside those that they kill."""
    one = Server(mortal_stack, "standing")
    one.start()
    yield one
    one.stop()


@pytest.fixture
async def books(mortal_stack):
    """Fresh books of one partnership."""
    return await Books().put(mortal_stack)


@pytest.fixture
async def two_books(mortal_stack):
    """Fresh books of two partnerships, so that writers both cross and pass each other."""
    return [await Books().put(mortal_stack) for _ in range(2)]


@pytest.fixture(scope="package")
def commit():
    """The commit that is tested: with the seed it tells another what to run again."""
    if shutil.which("git") is None:
        return "unknown"
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or "unknown"


@pytest.fixture
def figures(request, record_property, commit):
    """`figures(keys=12)` prints the test's figures with seed and commit, and repeats them in the summary."""

    def note(**values):
        text = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items())
        line = f"{request.node.name}: {text} (FAULT_SEED={SEED}, commit {commit})"
        print(line)
        record_property("figures", line)

    return note


def pytest_terminal_summary(terminalreporter):
    lines = [
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "figures"
    ]
    if lines:
        terminalreporter.section("faults")
        for line in lines:
            terminalreporter.line(line)
