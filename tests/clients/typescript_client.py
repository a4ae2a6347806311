"""The TypeScript client: types generated from the document, compiled strictly with its journey, and played."""

import os
import shutil
from pathlib import Path

from tests.clients.tally import CheckFailed, Tally, run_quietly
from tests.journey.system import System

HERE = Path(__file__).resolve().parent / "typescript"
FILES = ("package.json", "package-lock.json", "tsconfig.json", "journey.ts")


def try_typescript(tally: Tally, system: System, build: Path) -> None:
    """Do all of it in a folder of its own, with the locked packages."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        tally.failed += 1
        print(
            f"FAILED The TypeScript client needs {' and '.join(missing)}, not found here: install Node.js 20."
        )
        return
    folder = build / "typescript"
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(HERE / name, folder / name)
    shutil.rmtree(folder / "generated", ignore_errors=True)
    shutil.rmtree(folder / "compiled", ignore_errors=True)
    with tally.check("the TypeScript packages are installed as they are locked"):
        lock = (folder / "package-lock.json").read_text(encoding="utf-8")
        assert '"resolved"' not in lock, "the lock names a host"
        run_quietly(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder, os.environ)
    packages = folder / "node_modules"
    with tally.check("the TypeScript types are generated without a warning"):
        words = [str(build / "openapi.json"), "-o", "generated/api.ts", "--default-non-nullable=false"]
        done = run_quietly(
            ["node", str(packages / "openapi-typescript/bin/cli.js"), *words], folder, os.environ
        )
        if "⚠" in done.stdout + done.stderr or "warn" in (done.stdout + done.stderr).lower():
            raise CheckFailed(done.stdout + done.stderr)
    with tally.check("the TypeScript journey compiles, strictly"):
        run_quietly(["node", str(packages / "typescript/bin/tsc"), "-p", "."], folder, os.environ)
    clients = system.data / "demo-clients.json"
    tally.play(["node", str(folder / "compiled/journey.js"), system.url, str(clients)], folder, os.environ)
