"""Publish the Python client: generate it from an OpenAPI document, put the partner package beside it, build the wheel."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
DOCUMENT = ROOT / "services" / "gateway" / "openapi" / "merged.json"
OUT = ROOT / "build" / "clients" / "python-package"
PACKAGE = "integrated_commissioning"
# Lines of JSON are for tools of the open contracting standard; the generator leaves them out, and says so.
_LEFT_OUT = ("application/jsonl", "application/x-ndjson")


class CannotPublish(Exception):
    """The client cannot be generated or built; the message is what the tool said."""


def generate(document: Path, package: Path) -> None:
    """Generate the package. Whatever the generator warns of is a failure, but that it reads no lines of JSON."""
    package.parent.mkdir(parents=True, exist_ok=True)
    words = [
        "generate",
        "--path",
        str(document),
        "--output-path",
        str(package),
        "--meta",
        "none",
        "--overwrite",
    ]
    words += ["--config", str(HERE / "generator.yaml")]
    said = _run("openapi_python_client", words, package.parent)
    usual = sum("nsupported content" in line and _left_out(line) for line in said.splitlines())
    if "ERROR" in said or said.count("WARNING parsing") != usual:
        raise CannotPublish("the generator says: " + said[-3000:])


def _left_out(line: str) -> bool:
    return any(kind in line for kind in _LEFT_OUT)


def assemble(document: Path, folder: Path) -> None:
    """A folder from which the distribution can be built: the package, typed, with its description and licence."""
    shutil.rmtree(folder, ignore_errors=True)
    generate(document, folder / PACKAGE)
    (folder / PACKAGE / "py.typed").touch()
    shutil.copytree(
        HERE / "partner", folder / PACKAGE / "partner", ignore=shutil.ignore_patterns("__pycache__")
    )
    for source in (HERE / "pyproject.toml", HERE / "README.md", ROOT / "LICENSE"):
        shutil.copyfile(source, folder / source.name)


def build(folder: Path) -> Path:
    """The wheel of an assembled folder."""
    dist = folder / "dist"
    dist.mkdir(exist_ok=True)
    _run("flit_core.wheel", ["--outdir", str(dist), str(folder)], folder)
    (wheel,) = dist.glob("*.whl")
    return wheel


def _run(module: str, words: list[str], folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    if done.returncode:
        raise CannotPublish(f"{module} ended with {done.returncode}: {said[-3000:]}")
    return said


def main() -> int:
    """Read the arguments, publish, and say where the wheel is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--document", type=Path, default=DOCUMENT, help="the OpenAPI 3.1 document")
    parser.add_argument("--out", type=Path, default=OUT, help="the folder to build in; it is made anew")
    arguments = parser.parse_args()
    try:
        assemble(arguments.document.resolve(), arguments.out.resolve())
        print(build(arguments.out.resolve()))
    except CannotPublish as failure:
        print(f"The Python client could not be published: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
