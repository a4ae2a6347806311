"""The published OpenAPI documents as a stock linter reads them, and that it would see a fault."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from tests.clients.tally import CheckFailed, Tally, run_quietly

HERE = Path(__file__).resolve().parent / "openapi"
FILES = ("package.json", "package-lock.json", "redocly.yaml", ".redocly.lint-ignore.yaml")
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
SHOWN = 10


def try_lint(tally: Tally, build: Path, new: dict[str, Any], old: dict[str, Any]) -> None:
    """Lint both documents with the locked linter, then the newer with a fault in it."""
    folder = build / "lint"
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(HERE / name, folder / name)
    with tally.check("the linter is installed as it is locked"):
        assert '"resolved"' not in (folder / "package-lock.json").read_text(encoding="utf-8")
        run_quietly(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder, os.environ)
    (folder / "openapi.json").write_text(json.dumps(new), encoding="utf-8")
    (folder / "openapi-3.0.json").write_text(json.dumps(old), encoding="utf-8")
    with tally.check("the linter finds nothing in the OpenAPI 3.1 document"):
        refuse(linted(folder, "v31"))
    with tally.check("the linter finds nothing in the OpenAPI 3.0.3 document"):
        refuse(linted(folder, "v30"))
    with tally.check("the linter finds what is planted"):
        operation = next(iter(new["paths"]["/v1/lines"].values()))
        faulty = {**operation, "operationId": "list-lines", "summary": "List lines.", "tags": ["unknown"]}
        faulty["parameters"] = [{"name": "x", "in": "query", "schema": {"type": "string", "example": 7}}]
        paths = {**new["paths"], "/v1/lines/{id}/": {"get": faulty}}
        (folder / "openapi.json").write_text(json.dumps({**new, "paths": paths}), encoding="utf-8")
        rules = {each["ruleId"] for each in linted(folder, "v31")}
        expected = {"path-parameters-defined", "operation-tag-defined", "no-path-trailing-slash"}
        assert expected | {"rule/operation-ids-are-in-camel-case"} <= rules, rules


def linted(folder: Path, name: str) -> list[dict[str, Any]]:
    """What the linter says of a document. It ends with 1 where it finds something."""
    linter = str(folder / "node_modules/@redocly/cli/bin/cli.js")
    words = ["lint", name, "--format=json", "--max-problems=1000"]
    done = run_quietly(["node", linter, *words], folder, {**os.environ, **QUIET}, may_fail=True)
    if "{" not in done.stdout:
        raise CheckFailed(f"the linter says: {done.stdout}{done.stderr}")
    found: list[dict[str, Any]] = json.loads(done.stdout[done.stdout.index("{") :])["problems"]
    return [each for each in found if not each.get("ignored")]


def refuse(found: list[dict[str, Any]]) -> None:
    if found:
        said = [
            f"{each['ruleId']} at {each['location'][0].get('pointer')}: {each['message']}"
            for each in found[:SHOWN]
        ]
        raise CheckFailed(f"{len(found)} findings: " + "; ".join(said))
