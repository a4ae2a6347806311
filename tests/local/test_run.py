"""`make run` from outside: what starts, what comes back, what is said, and that nothing is left when it is killed."""

import json
import signal
import socket
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy.local.house import _Connection
from deploy.postgres.roles import SERVICES
from tests.local.conftest import PASSWORDS, wait_for


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder that the tests of this file share, so that most starts are warm ones."""
    return tmp_path_factory.mktemp("warm") / "data"


def alive(processes, seconds=0.0):
    """Those of the processes that still run after a while; one that nobody collected yet does not run."""
    deadline = time.monotonic() + seconds
    while (left := [each for each in processes if _runs(each)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _runs(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ask(path) -> dict:
    """What a service says at /ready on its socket, whose path must be short enough for one."""
    assert len(str(path)) < 100
    connection = _Connection(path)
    connection.request("GET", "/ready")
    body = json.loads(connection.getresponse().read())
    connection.close()
    return body


def test_first_and_second_start(run, data):
    first = run(data)
    first.until_ready("canary-secret")
    boot = first.answer()["boot_id"]
    code, _, err = first.end()
    assert (code, err) == (0, "")
    assert (data / "operator.json").stat().st_mode & 0o777 == 0o600
    assert not [path for path in (data / "logs").iterdir() if "canary-secret" in path.read_text()]

    second = run(data)
    seconds = second.until_ready()
    assert seconds < 20  # the speed rows measure it; this says seconds, not minutes
    assert second.answer()["boot_id"] != boot
    family = second.family()
    assert len(family) > 5
    code, out, err = second.end(signal.SIGTERM)
    assert (code, err) == (0, "")
    assert "canary-secret" not in out
    assert any("The schemas are up to date." in line for line in second.said)
    assert alive(family) == []
    assert not (data / "run.json").exists()


def test_a_second_start_is_refused(run, data):
    it = run(data)
    it.until_ready()
    assert "Another `make run` is using" in refused(run(data))
    assert it.answer()


def test_what_is_killed_comes_back(run, data):
    it = run(data)
    it.until_ready()
    for _ in range(2):
        before = it.answer()
        psutil.Process(before["pid"]).kill()
        after = wait_for(it.answer, 10)
        assert after["boot_id"] != before["boot_id"]
    budget = it.record()["services"]["budget"]
    psutil.Process(budget).kill()
    wait_for(lambda: it.record()["services"].get("budget", budget) != budget, 10)
    database = it.record()["postgres"]
    psutil.Process(database).kill()
    wait_for(lambda: it.record()["postgres"] != database, 10)
    wait_for(it.answer, 10)
    code, out, _ = it.end()
    assert code == 0
    assert "The service gateway stopped by itself (signal 9): starting it again." in out
    assert "The database stopped by itself: starting it again." in out


@pytest.mark.parametrize("killed", ["supervisor", "make"])
def test_a_kill_leaves_no_orphan_and_the_next_start_recovers(run, data, killed, tmp_path):
    command = None
    if killed == "make":
        (tmp_path / "Makefile").write_text(f"run:\n\t@exec {sys.executable} -m deploy.local.run\n")
        command = ["make", "-f", str(tmp_path / "Makefile"), "run"]
    it = run(data, command)
    it.until_ready()
    family = it.family()
    assert len(family) > 5
    it.process.kill()
    it.process.wait()
    assert alive(family, seconds=10) == []

    again = run(data, GATEWAY_PORT=str(it.port))
    again.until_ready()
    assert again.end()[0] == 0


def test_ending_one_start_at_once_with_a_second_ctrl_c(run, data):
    it = run(data)
    it.until_ready()
    family = it.family()
    it.process.send_signal(signal.SIGINT)
    it.process.send_signal(signal.SIGINT)
    assert it.end()[0] == 0
    assert alive(family) == []


def test_a_stop_in_the_middle_of_the_first_start(run, tmp_path):
    it = run(tmp_path / "data")
    it.process.stdout.readline()
    wait_for((tmp_path / "data" / "run.json").exists)
    family = it.family()
    code, _, err = it.end()
    assert (code, err) == (0, "")
    assert alive(family) == []


def refused(it) -> str:
    """The one sentence of a start that cannot be."""
    out, err = it.process.communicate(timeout=30)
    assert it.process.returncode == 1
    assert err.count("\n") == 1, err
    assert "Traceback" not in out + err
    return err


def test_a_port_in_use(run, data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert refused(run(data, GATEWAY_PORT=str(port))).startswith(f"Port {port} is in use")


def test_a_broken_data_folder(run, tmp_path):
    folder = tmp_path / "data" / "postgres"
    folder.mkdir(parents=True)
    (folder / "base").mkdir()
    assert "PG_VERSION is missing" in refused(run(tmp_path / "data"))


def test_a_service_that_cannot_start(run, data, root):
    app = root / "services" / "outcomes" / "app.py"
    kept = app.read_text()
    app.write_text("raise RuntimeError('no such fund')")
    try:
        sentence = refused(run(data))
    finally:
        app.write_text(kept)
    assert "The service outcomes does not start (exit code 1): RuntimeError: no such fund" in sentence


def test_a_migration_that_cannot_be_made(run, data, root):
    head = root / "services" / "contracts" / "migrations" / "head"
    head.write_text("0002\n")
    try:
        assert "put them in one line" in refused(run(data))
    finally:
        head.write_text("0001\n")


def test_a_database_of_ones_own(run, tmp_path, cluster):
    urls = {}
    for service in SERVICES:
        urls[f"{service.upper()}_DATABASE_URL"] = cluster.dsn(f"{service}_app", PASSWORDS[f"{service}_app"])
        urls[f"{service.upper()}_MIGRATE_URL"] = cluster.dsn(
            f"{service}_migrate", PASSWORDS[f"{service}_migrate"]
        )
    it = run(tmp_path / "data", **urls)
    it.until_ready()
    record = it.record()
    assert record["postgres"] is None
    assert not (tmp_path / "data" / "postgres").exists()
    assert cluster.psql("select count(*) from budget.notes") == "0"
    for service in SERVICES[:-1]:
        said = ask(Path(record["run_folder"]) / "services" / f"{service}.sock")
        assert said["pid"] == record["services"][service]
        assert said["issuer"] == f"http://127.0.0.1:{it.port}"
        assert said["others"] == []  # a service is told its own database alone
    assert it.answer()["others"] == []
    assert it.end()[0] == 0

    urls["BUDGET_MIGRATE_URL"] = cluster.dsn("budget_migrate", "wrong")
    sentence = refused(run(tmp_path / "data", **urls))
    assert "The database of budget cannot be used with BUDGET_MIGRATE_URL" in sentence
    assert "wrong" not in sentence
