"""Shows every row of the capabilities with its tests: `make rows`, or `python -m tests.rows`."""

import argparse
import contextlib
import csv
import io
import json
import signal
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CAPABILITIES = ROOT / "tests" / "capabilities.csv"
RESULTS = "build/rows.json"
PASSED = "passed"
NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of capabilities.csv; `owner_note` is blank unless the row may be left, and then says why."""

    row: str
    service: str
    summary: str
    owner_note: str


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of one test the last time it ran, and the rows it is marked with; `ran_at` is ISO, UTC."""

    rows: tuple[str, ...]
    result: str
    ran_at: str


def read_rows() -> tuple[Row, ...]:
    """All rows of capabilities.csv, in its order."""
    with CAPABILITIES.open(encoding="utf-8", newline="") as lines:
        return tuple(Row(**line) for line in csv.DictReader(lines, strict=True))


def read_results(path: Path) -> dict[str, Ran]:
    """Results by node id; empty where no test has run yet. ValueError where the file is not one of ours."""
    try:
        tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
        return {
            node: Ran(tuple(test["rows"]), test["result"], test["ran_at"]) for node, test in tests.items()
        }
    except FileNotFoundError:
        return {}
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"{path} is not a record of rows") from wrong


def write_results(path: Path, results: Mapping[str, Ran]) -> None:
    """Replace the file in one step, so that a reader never meets half of it."""
    tests = {
        node: {"rows": list(test.rows), "result": test.result, "ran_at": test.ran_at}
        for node, test in sorted(results.items())
    }
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"tests": tests}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(path)


def by_row(results: Mapping[str, Ran]) -> dict[str, dict[str, str]]:
    """For each row its tests and results; the cases of a test are one, passed only if they all did."""
    shown: dict[str, dict[str, str]] = defaultdict(dict)
    for node, test in results.items():
        name = node.partition("[")[0]
        for row in test.rows:
            if shown[row].get(name, PASSED) == PASSED:
                shown[row][name] = test.result
    return shown


class Collection:
    """A pytest plugin that keeps which rows the collected tests are marked with."""

    def __init__(self) -> None:
        """Start with no tests."""
        self.marked: dict[str, tuple[str, ...]] = {}

    def pytest_collection_finish(self, session):
        """Read the marks that tests/row_marks.py has checked and put on the items."""
        for item in session.items:
            ids = tuple(str(value) for name, value in item.user_properties if name == "row")
            if ids:
                self.marked[item.nodeid] = ids


def collect(results: Mapping[str, Ran]) -> dict[str, Ran]:
    """Every marked test in the files as they are, with its last result; SystemExit if they cannot be read."""
    import pytest

    collection, said = Collection(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.chdir(ROOT):
        code = pytest.main(
            ["-p", "tests.row_marks", "--collect-only", "-q", str(ROOT / "tests")], plugins=[collection]
        )
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        raise SystemExit(said.getvalue() + "The tests could not be collected; the reason is above.")
    never = Ran((), NOT_RUN, "")
    return {
        node: Ran(ids, results.get(node, never).result, results.get(node, never).ran_at)
        for node, ids in collection.marked.items()
    }


def lines_of(row: Row, tests: Mapping[str, str]) -> Iterator[str]:
    """A row as printed: its summary, then its tests, or that it has none."""
    yield f"{row.row}  {row.service:<9}  {row.summary}"
    for name, result in sorted(tests.items()):
        yield f"{'':8}{result:<9}  {name}"
    if row.owner_note:
        yield f"{'':8}{'left':<9}  {row.owner_note}"
    if not tests and not row.owner_note:
        yield f"{'':8}no test"


def when(results: Iterable[Ran]) -> str:
    """One line on how old the results are."""
    times = sorted(test.ran_at for test in results if test.ran_at)
    if not times:
        return f"No marked test has run yet ({RESULTS}): run `make test`, or add --collect."
    return f"Results in {RESULTS} are of tests that ran between {times[0]} and {times[-1]}."


def show(rows: Iterable[Row], results: Mapping[str, Ran]) -> int:
    """Print every row and the summary; answers how many rows have a test that passed."""
    tests = by_row(results)
    passing: list[str] = []
    noted: list[str] = []
    without: list[str] = []
    for row in rows:
        mine = tests.get(row.row, {})
        kind = passing if PASSED in mine.values() else noted if row.owner_note else without
        kind.append(row.row)
        print("\n".join(lines_of(row, mine)))
    if without:
        print("\nRows without a passing test:")
        print(
            textwrap.fill(
                " ".join(without),
                width=104,
                initial_indent="  ",
                subsequent_indent="  ",
                break_on_hyphens=False,
            )
        )
    print(f"\n{when(results.values())}")
    total = len(passing) + len(noted) + len(without)
    print(
        f"{total} rows: {len(passing)} with a passing test, {len(noted)} left with a note, "
        f"{len(without)} without."
    )
    return len(passing)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0, or 1 where fewer rows than --minimum have a passing test or the results cannot be read."""
    asked = argparse.ArgumentParser(prog="python -m tests.rows", description=__doc__)
    asked.add_argument(
        "--collect", action="store_true", help="list the marked tests of the files as they are now"
    )
    asked.add_argument("--minimum", type=int, default=0, help="fail if fewer rows have a passing test")
    options = asked.parse_args(arguments)
    try:
        results = read_results(ROOT / RESULTS)
    except ValueError as wrong:
        print(f"{wrong}: delete it and run the tests again.", file=sys.stderr)
        return 1
    if options.collect:
        results = collect(results)
    passing = show(read_rows(), results)
    if passing < options.minimum:
        print(f"{options.minimum} rows should have a passing test.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` ends the print without a traceback
    sys.exit(main())
