"""The tools with which the Java and Go clients are made: the stock generator and Go, from requirements-clients.txt."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.clients.tally import CheckFailed, run_quietly
from tests.environments import NotInstalledError, locked_environment

# What only the system's package manager has, and the Debian packages it comes with.
JAVA_ARCHIVES = {
    "jakarta-annotation-api.jar": "libjakarta-annotation-api-java",
    "httpmime.jar": "libhttpmime-java",
    "httpcore.jar": "libhttpcore-java",
}
JAVA_FOLDER = Path("/usr/share/java")
GO_LIBRARIES = Path("/usr/share/gocode")
GO_PACKAGES = {
    "gopkg.in/validator.v2": "golang-gopkg-validator.v2-dev",
    "golang.org/x/oauth2": "golang-golang-x-oauth2-dev",
}
# What the generator says on every 3.1 document, of schemas that a list of types describes, and of a name that Go keeps to itself.
SAID_ALWAYS = (
    "OpenAPI 3.1 support is still in beta",
    "Failed to get the schema name: null",
    "map (reserved word)",
)


@dataclass(frozen=True, slots=True)
class Tools:
    """Where the generator's archive and Go are."""

    generator: Path
    go: Path


def missing_packages() -> list[str]:
    """Debian packages that have to be installed before the Java and Go clients can be compiled."""
    found = [] if shutil.which("javac") else ["default-jdk-headless"]
    found += [package for name, package in JAVA_ARCHIVES.items() if not (JAVA_FOLDER / name).exists()]
    found += [package for name, package in GO_PACKAGES.items() if not (GO_LIBRARIES / "src" / name).is_dir()]
    return found


def tools() -> Tools:
    """The tools, installed on first use. CheckFailed says what is missing."""
    if missing := missing_packages():
        raise CheckFailed(f"the Java and Go clients need {', '.join(missing)}: install these packages")
    try:
        packages = next((locked_environment("clients") / "lib").glob("python3*")) / "site-packages"
    except NotInstalledError as failure:
        raise CheckFailed(f"the generator and Go could not be installed: {failure}") from None
    go = packages / "go"
    if not go.is_dir():
        go = next(packages.parent.parent.parent.glob("**/go/bin/go")).parent.parent
    return Tools(packages / "openapi_generator_cli" / "openapi-generator.jar", go)


def generate(
    found: Tools, language: list[str], document: Path, folder: Path, properties: dict[str, str]
) -> None:
    """Generate a client from the 3.1 document. A warning that is not one of the usual ones is a failure."""
    words = ["-i", str(document), "-o", str(folder)]
    words += [
        "--global-property",
        "apis,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false",
    ]
    words += ["--additional-properties", ",".join(f"{name}={value}" for name, value in properties.items())]
    command = ["java", "-Xmx2g", "-jar", str(found.generator), "generate", "-g", *language, *words]
    done = run_quietly(command, folder.parent, os.environ)
    warnings = [
        line for line in (done.stdout + done.stderr).splitlines() if " WARN " in line or " ERROR " in line
    ]
    unusual = [line for line in warnings if not any(usual in line for usual in SAID_ALWAYS)]
    if unusual:
        raise CheckFailed("the generator says: " + " ".join(unusual[:5]))
