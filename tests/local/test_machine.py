"""What keeps this machine from running the system, as a sentence; and what the environment may ask."""

import ast
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from deploy.local import kept, machine, surroundings
from deploy.local.house import House
from deploy.local.trouble import CannotStart

GIB = 1024**3


@pytest.mark.parametrize(
    ("system", "processor", "libc", "words"),
    [
        ("Linux", "x86_64", "glibc", None),
        ("Linux", "aarch64", "glibc", None),
        ("Darwin", "arm64", "", None),
        ("Linux", "x86_64", "", "needs glibc"),
        ("Linux", "x86_64", "musl", "needs glibc"),
        ("Linux", "riscv64", "glibc", "not on Linux riscv64"),
        ("Windows", "AMD64", "", "not on Windows AMD64"),
    ],
)
def test_platforms(system, processor, libc, words):
    sentence = machine.platform_obstacle(system, processor, libc)
    assert sentence is None if words is None else words in (sentence or "")


@pytest.mark.parametrize(
    ("version", "has_venv", "free", "words"),
    [
        ((3, 11), True, GIB, None),
        ((3, 14), True, GIB, None),
        ((3, 10), True, GIB, "this is 3.10"),
        ((3, 11), False, GIB, "python3-venv"),
        ((3, 11), True, GIB - 1, "Only 1023 MB are free"),
    ],
)
def test_pythons(version, has_venv, free, words):
    sentence = machine.python_obstacle(version, has_venv, free)
    assert sentence is None if words is None else words in (sentence or "")


def test_the_check_needs_nothing_installed():
    program = Path(machine.__file__)
    done = subprocess.run([sys.executable, "-I", "-S", str(program)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_old_python_can_read_the_check():
    compile(Path(machine.__file__).read_text(), "machine.py", "exec", dont_inherit=True)
    ast.parse(Path(machine.__file__).read_text(), feature_version=(3, 5))


def test_the_defaults_are_those_of_the_documentation():
    around = surroundings.read({})
    assert (around.data, around.port) == (Path(".data").absolute(), 8000)
    assert (around.public_url, around.demonstration) == ("http://127.0.0.1:8000", True)
    assert around.on_own_database == ("budget", "contracts", "outcomes", "gateway")


def test_a_database_of_ones_own_is_used_for_that_service():
    around = surroundings.read({"BUDGET_DATABASE_URL": "a", "BUDGET_MIGRATE_URL": "b", "DEMO": "0"})
    assert around.on_own_database == ("contracts", "outcomes", "gateway")
    assert around.given == {("budget", "app"): "a", ("budget", "migrate"): "b"}
    assert not around.demonstration


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"GATEWAY_PORT": "http"}, "a number from 1 to 65535, not 'http'"),
        ({"GATEWAY_PORT": "65536"}, "a number from 1 to 65535"),
        ({"OUTCOMES_DATABASE_URL": "a"}, "Set both OUTCOMES_DATABASE_URL and OUTCOMES_MIGRATE_URL"),
    ],
)
def test_an_environment_that_cannot_be_meant(environment, words):
    with pytest.raises(CannotStart, match=words):
        surroundings.read(environment)


def test_a_data_folder_is_locked_for_one(tmp_path):
    first = surroundings.open_data_folder(tmp_path / "data")
    with pytest.raises(CannotStart, match="Another `make run` is using"):
        surroundings.open_data_folder(tmp_path / "data")
    first.close()
    surroundings.open_data_folder(tmp_path / "data").close()


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("Traceback ...\nValueError: no such fund\n", "ValueError: no such fund"),
        (
            '{"event": "Traceback\\nValueError: no such fund\\n", "level": "error"}\n',
            "ValueError: no such fund",
        ),
        ('ValueError: x\n{"event": "Application startup failed. Exiting."}\n', "ValueError: x"),
        ('{"other": 1}\n', '{"other": 1}'),
        ("", "it wrote nothing"),
    ],
)
def test_the_last_words_of_a_service(tmp_path, log, words):
    (tmp_path / "log").write_text(log)
    assert House("budget", tmp_path / "sock", {}, tmp_path / "log").last_words() == words


def test_a_long_log_is_set_aside(tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "long.log").write_bytes(b"x" * (16 * 1024 * 1024 + 1))
    (logs / "short.log").write_bytes(b"x")
    surroundings.open_data_folder(tmp_path).close()
    assert sorted(path.name for path in logs.iterdir()) == ["long.log.old", "short.log"]


def test_a_file_is_no_data_folder(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(CannotStart, match=r"cannot be used .*set DATA_DIR"):
        surroundings.open_data_folder(tmp_path / "data")


def test_a_full_disk_is_said_before_anything_is_made(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(GIB, GIB, 255 << 20))
    with pytest.raises(CannotStart, match="Only 255 MB are free"):
        surroundings.open_data_folder(tmp_path / "data")


def test_a_port_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotStart, match="is in use: stop what uses it, or set GATEWAY_PORT"):
            surroundings.check_port(taken.getsockname()[1], patience=False)


def test_kept_files_are_private_and_whole(tmp_path):
    path = tmp_path / "kept.json"
    made = kept.passwords(path, ["a", "b"])
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept.passwords(path, ["a", "b"]) == made
    assert kept.passwords(path, ["a", "b", "c"]).items() >= made.items()
    path.write_text("{broken")
    with pytest.raises(CannotStart, match="remove it"):
        kept.passwords(path, ["a"])
