"""The Python client: generated without a warning, compiled, type-checked with its journey, and played."""

import compileall
import os
import shutil
import sys
from pathlib import Path

from tests.clients.tally import CheckFailed, Tally, run_quietly
from tests.journey.system import System

HERE = Path(__file__).resolve().parent
JOURNEY = HERE / "python_journey.py"
PACKAGE = "integrated_commissioning"


def try_python(tally: Tally, system: System, build: Path) -> None:
    """Do all of it in a folder of its own."""
    folder = build / "python"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {**os.environ, "PYTHONPATH": str(folder), "MYPYPATH": str(folder)}
    with tally.check("the Python client is generated from 3.1 without a warning"):
        generate(build / "openapi.json", folder / PACKAGE)
    with tally.check("the Python client is generated from 3.0.3 without a warning, with the same operations"):
        generate(build / "openapi-3.0.json", build / "python-3.0" / PACKAGE)
        assert operations(build / "python-3.0" / PACKAGE) == operations(folder / PACKAGE)
    with tally.check("the Python client compiles"):
        assert compileall.compile_dir(folder, quiet=1, workers=0)
    with tally.check("the Python client and its journey are typed, strictly"):
        words = ["--strict", "--config-file=", "--cache-dir", str(build / "mypy"), "--follow-imports=normal"]
        packages = [str(JOURNEY), str(folder / PACKAGE)]
        run_quietly([sys.executable, "-m", "mypy", *words, *packages], folder, environment)
    clients = system.data / "demo-clients.json"
    tally.play([sys.executable, str(JOURNEY), system.url, str(clients)], folder, environment)


def generate(document: Path, package: Path) -> None:
    """Generate the package; whatever the generator warns of is a failure, but that it reads no lines of JSON."""
    package.parent.mkdir(parents=True, exist_ok=True)
    words = [
        "--path",
        str(document),
        "--output-path",
        str(package),
        "--config",
        str(HERE / "python_client.yaml"),
    ]
    words += ["--meta", "none", "--overwrite"]
    command = [sys.executable, "-m", "openapi_python_client", "generate", *words]
    done = run_quietly(command, package.parent, os.environ)
    said = done.stdout + done.stderr
    usual = sum("nsupported content" in line and line_of_json(line) for line in said.splitlines())
    if "ERROR" in said or said.count("WARNING parsing") != usual:
        raise CheckFailed("the generator says: " + said[-3000:])


def line_of_json(line: str) -> bool:
    """Whether the media type that a line names is one of JSON in lines, which the generator leaves out."""
    return "application/jsonl" in line or "application/x-ndjson" in line


def operations(package: Path) -> list[str]:
    return sorted(path.relative_to(package).as_posix() for path in (package / "api").rglob("*.py"))
