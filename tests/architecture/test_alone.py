"""Each service starts where the other three are not: every module of it is imported from a copy without them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, SERVICES

START = """
import importlib, importlib.util, pkgutil, sys
service, others = sys.argv[1], sys.argv[2:]
for other in [f"services.{each}" for each in others] + ["deploy", "tests"]:
    assert importlib.util.find_spec(other) is None, f"{other} is there too"
house = importlib.import_module(f"services.{service}")
names = [each.name for each in pkgutil.walk_packages(house.__path__, f"services.{service}.")]
for name in names:
    importlib.import_module(name)
app = importlib.import_module(f"services.{service}.app").create_app()
print(len(names), len(app.openapi()["paths"]))
"""


def alone(service: str, folder: Path) -> Path:
    """A folder with the shared code and one service, as its container has it."""
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "shared", folder / "shared", ignore=leave)
    shutil.copytree(ROOT / "services" / service, folder / "services" / service, ignore=leave)
    shutil.copy(ROOT / "services" / "__init__.py", folder / "services")
    return folder


def start(service: str, folder: Path) -> subprocess.CompletedProcess[str]:
    others = [each for each in SERVICES if each != service]
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        f"{service.upper()}_DATABASE_URL": "postgresql://nobody@/nowhere",
        "ASSERTION_JWKS": str(folder / "none.json"),
        "GATEWAY_KEYS_DIR": str(folder),
        **{f"GATEWAY_{each.upper()}_URL": "http://127.0.0.1:1" for each in others if service == "gateway"},
    }
    return subprocess.run(
        [sys.executable, "-c", START, service, *others],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_alone(service, tmp_path):
    done = start(service, alone(service, tmp_path))
    assert done.returncode == 0, done.stderr
    modules, addresses = map(int, done.stdout.splitlines()[-1].split())
    assert modules > 8
    assert addresses >= 2


@pytest.mark.parametrize("planted", ["import services.contracts", "from deploy.postgres import roles"])
def test_a_service_that_leans_on_another_is_found(planted, tmp_path):
    folder = alone("budget", tmp_path)
    shutil.rmtree(folder / "services" / "budget")
    (folder / "services" / "budget").mkdir()
    (folder / "services" / "budget" / "__init__.py").write_text("")
    (folder / "services" / "budget" / "planted.py").write_text(planted)
    done = start("budget", folder)
    assert done.returncode != 0
    assert f"No module named '{planted.split()[1].partition('.')[0]}" in done.stderr
