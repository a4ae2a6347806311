"""Fixtures that all tests share: the stack, clients of services, and the published data beside the checkout."""

import os
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.stack import Checked, Stack, app_of, running_stack

pytest_plugins = ["pytester", "tests.row_marks"]

DATA = Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real published data that lies beside the checkout. In CI its absence is a failure."""
    if not DATA.is_dir():
        if os.environ.get("CI"):
            pytest.fail("the published data is not beside the checkout")
        pytest.skip("the published data is not beside the checkout")
    return DATA


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """One real PostgreSQL with every schema, for the whole session."""
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
async def client_for(stack: Stack):
    """`client_for("budget", caller)` gives a client of that service's app, as that caller."""
    patches = pytest.MonkeyPatch()
    clients: list[Checked] = []
    async with AsyncExitStack() as exits:

        async def make(service: str, caller) -> Checked:
            app = await app_of(stack, service, exits, patches)
            clients.append(Checked(app, stack, service, caller))
            return clients[-1]

        yield make
        for each in clients:
            await each.aclose()
    patches.undo()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing may be skipped: what is not run there is run nowhere."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CI") and skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} tests were skipped, and in CI none may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
