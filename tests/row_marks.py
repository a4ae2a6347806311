"""The `row` marker: checked at collection, and what passed is recorded for `make rows`."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.rows import NOT_RUN, PASSED, RESULTS, Ran, read_results, read_rows, write_results

MOST_ROWS = 3
NARROWING = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise", "pyargs")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker; keep the record where reports arrive, which under xdist is the controller alone."""
    config.addinivalue_line(
        "markers", "row(*ids): the rows of capabilities.csv that this test shows, at most three"
    )
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Record(config), "row-record")


def marked_rows(item: pytest.Item) -> tuple[object, ...]:
    """The ids on a test, its class and its module, each once."""
    return tuple(dict.fromkeys(id_ for mark in item.iter_markers("row") for id_ in mark.args))


def faults(item: pytest.Item, known: frozenset[str]) -> Iterator[str]:
    """What is wrong with the row marks of one test, as sentences."""
    name = item.nodeid.partition("[")[0]
    for mark in item.iter_markers("row"):
        if mark.kwargs or not mark.args:
            yield f'{name}: the row mark takes one to three row ids, as in @pytest.mark.row("S1-B02").'
    ids = marked_rows(item)
    if len(ids) > MOST_ROWS:
        yield f"{name}: a test may show {MOST_ROWS} rows at most, and this one is marked with {len(ids)}."
    for unknown in (id_ for id_ in ids if id_ not in known):
        yield f"{name}: {unknown!r} is not a row of tests/capabilities.csv."


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """A wrong mark is a collection error of its file, so nothing runs until it is put right."""
    report = yield
    items = [item for item in report.result or () if isinstance(item, pytest.Item)]
    if report.passed and items:
        known = frozenset(row.row for row in read_rows())
        wrong = dict.fromkeys(fault for item in items for fault in faults(item, known))
        if wrong:
            report.outcome, report.longrepr, report.result = "failed", "\n".join(wrong), []
    return report


def pytest_itemcollected(item: pytest.Item) -> None:
    """Put the rows where they travel with the reports, also from an xdist worker."""
    item.user_properties.extend(("row", id_) for id_ in marked_rows(item))


def ran_whole(session: pytest.Session) -> bool:
    """True where every test under the paths asked for has run: nothing deselected, nothing cut short."""
    option = session.config.option
    return (
        session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
        and not (session.shouldstop or session.shouldfail)
        and not any(getattr(option, name, None) for name in NARROWING)
    )


@contextmanager
def one_writer(path: Path) -> Iterator[None]:
    """Two test runs of one folder that end together write one after the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Record:
    """Gathers the results of one run and merges them into the record of earlier runs."""

    def __init__(self, config: pytest.Config) -> None:
        """Start with nothing seen."""
        self.root = config.rootpath
        self.rows: dict[str, tuple[str, ...]] = {}
        self.results: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test has passed if its call did and neither set-up nor tear-down says otherwise."""
        self.rows[report.nodeid] = tuple(
            str(value) for name, value in report.user_properties if name == "row"
        )
        if hasattr(report, "wasxfail"):
            self.results[report.nodeid] = "xfailed"
        elif not report.passed:
            self.results[report.nodeid] = report.outcome
        elif report.when == "call":
            self.results.setdefault(report.nodeid, PASSED)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Merge; a run that collects only, or runs nothing, leaves the record as it was."""
        if not self.rows:
            return
        path = self.root / RESULTS
        with one_writer(path):
            try:
                earlier = read_results(path)
            except ValueError:
                earlier = {}
            write_results(path, self.kept(earlier, session) | self.fresh())

    def fresh(self) -> dict[str, Ran]:
        """This run's results of marked tests."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return {
            node: Ran(ids, self.results.get(node, NOT_RUN), now) for node, ids in self.rows.items() if ids
        }

    def kept(self, earlier: dict[str, Ran], session: pytest.Session) -> dict[str, Ran]:
        """Earlier results that still stand: of tests outside this run whose file is still there."""
        here = session.config.invocation_params.dir
        whole = (
            [(here / argument).resolve() for argument in session.config.args] if ran_whole(session) else []
        )
        return {
            node: test
            for node, test in earlier.items()
            if node not in self.rows
            and (file := (self.root / node.partition("::")[0]).resolve()).is_file()
            and not any(file.is_relative_to(folder) for folder in whole)
        }
