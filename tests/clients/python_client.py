"""The Python client: published as a wheel, installed, type-checked with its journeys, and played."""

import compileall
import os
import shutil
import sys
import zipfile
from pathlib import Path

from deploy.clients.python.publish import PACKAGE, CannotPublish, assemble, build, generate
from tests.clients.tally import CheckFailed, Tally, run_quietly
from tests.journey.system import System

HERE = Path(__file__).resolve().parent
JOURNEYS = (HERE / "python_journey.py", HERE / "python_auditor.py")


def try_python(tally: Tally, system: System, build_folder: Path) -> None:
    """Do all of it in folders of its own: nothing but the wheel is on the path of the journeys."""
    made, site = build_folder / "python-package", build_folder / "python"
    shutil.rmtree(site, ignore_errors=True)
    environment = {**os.environ, "PYTHONPATH": str(site), "MYPYPATH": str(site)}
    with tally.check("the Python client is generated from 3.1 without a warning"):
        _published(assemble, build_folder / "openapi.json", made)
    with tally.check("the Python client is generated from 3.0.3 without a warning, with the same operations"):
        old = build_folder / "python-3.0"
        shutil.rmtree(old, ignore_errors=True)
        _published(generate, build_folder / "openapi-3.0.json", old / PACKAGE)
        assert operations(old / PACKAGE) == operations(made / PACKAGE)
    with tally.check(
        "the Python client is a wheel that says it is typed, with the partner package and its licence"
    ):
        wheel = _published(build, made)
        with zipfile.ZipFile(wheel) as packed:
            names = packed.namelist()
            packed.extractall(site)  # what an installer does with a wheel of plain Python
        assert {f"{PACKAGE}/py.typed", f"{PACKAGE}/partner/tokens.py"} <= set(names)
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    with tally.check("the Python client compiles"):
        assert compileall.compile_dir(site, quiet=1, workers=0)
    with tally.check("the Python client and its journeys are typed, strictly"):
        words = [
            "--strict",
            "--config-file=",
            "--cache-dir",
            str(build_folder / "mypy"),
            "--follow-imports=normal",
        ]
        packages = [*map(str, JOURNEYS), str(site / PACKAGE)]
        run_quietly([sys.executable, "-m", "mypy", *words, *packages], site, environment)
    clients = system.data / "demo-clients.json"
    for journey in JOURNEYS:
        tally.play([sys.executable, str(journey), system.url, str(clients)], site, environment)


def _published(step, *arguments):
    try:
        return step(*arguments)
    except CannotPublish as failure:
        raise CheckFailed(str(failure)) from None


def operations(package: Path) -> list[str]:
    return sorted(path.relative_to(package).as_posix() for path in (package / "api").rglob("*.py"))
