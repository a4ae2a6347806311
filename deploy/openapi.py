"""Writes the OpenAPI documents: each service's own, and the merged one that the gateway serves (`make openapi`)."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from deploy.openapi_3_0 import down_convert
from deploy.openapi_tags import TAGS
from services.gateway.rules.event_types import EVENT_TYPES
from shared.caller import DRIVE

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("gateway", "budget", "contracts", "outcomes")
MERGED = ROOT / "services" / "gateway" / "openapi"
_ABOUT = (
    "Integrated Commissioning joins the budgets, contracts and outcomes that English councils and NHS "
    "commissioners hold together. Money is in whole pence with a status; what is not known is null, never 0. "
    "Another organisation's record answers 404, like one that does not exist."
)


# Words that two houses use for different things are told apart in the public document. A name once given stays.
PUBLIC_NAMES = {
    ("budget", "State"): "AgreementState",
    ("budget", "Outcome"): "DecisionOutcome",
    ("contracts", "State"): "ContractState",
    ("contracts", "Role"): "PartyRole",
    ("contracts", "Outcome"): "RowOutcome",
    ("contracts", "IdentifierIn"): "PartyIdentifierIn",
    ("contracts", "IdentifierOut"): "PartyIdentifierOut",
    ("outcomes", "DisputeOutcome"): "ReturnDisputeOutcome",
    ("outcomes", "DisputeStage"): "ReturnDisputeStage",
    ("budget", "Standing"): "SectionStanding",
    ("outcomes", "Standing"): "AssociateStanding",
    ("gateway", "Role"): "MemberRole",
}


def documents() -> dict[str, dict[str, Any]]:
    """The document of each service, each made in a process of its own: a service knows only its own refusals."""
    return {service: json.loads(_alone(service)) for service in SERVICES}


def _alone(service: str) -> str:
    """The document of one service as JSON. Needs no database and no keys."""
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = {
            "ASSERTION_JWKS": f"{folder}/none.json",
            "GATEWAY_KEYS_DIR": folder,
            **{f"{each.upper()}_DATABASE_URL": "postgresql://nobody@/nowhere" for each in SERVICES},
            **{f"GATEWAY_{each.upper()}_URL": "http://127.0.0.1:1" for each in SERVICES},
        }
        done = subprocess.run(
            [sys.executable, "-c", _PRINT, service],
            cwd=ROOT,
            env={**os.environ, **elsewhere, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"{service} has no document: {done.stderr}")
    return done.stdout.rpartition("\n")[2]


_PRINT = (
    "import json, sys; from importlib import import_module;"
    " app = import_module(f'services.{sys.argv[1]}.app').create_app();"
    " sys.stdout.write('\\n' + json.dumps(app.openapi()))"
)


def merge(made: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One document of all public operations. Two services may share a schema's name only if it is the same."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    owners: dict[str, str] = {}
    reasons: dict[str, Any] = {}
    scopes: set[str] = set()
    for service, private in made.items():
        document = _public(service, without_internal(private))
        for path, item in document.get("paths", {}).items():
            known = paths.setdefault(path, {})
            if set(known) & set(item):
                raise SystemExit(f"{path} is offered twice, the second time by {service}")
            known.update(item)
            scopes |= {
                each["x-scope"] for each in item.values() if isinstance(each, dict) and "x-scope" in each
            }
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            if "x-owner" in schema:  # a place kept for what another service answers
                continue
            if name in schemas and _meaning(schemas[name]) != _meaning(schema):
                raise SystemExit(
                    f"the schema {name} differs between {owners[name]} and {service}: rename one"
                )
            schemas.setdefault(name, schema)
            owners.setdefault(name, service)
        reasons.update(document.get("x-problems", {}))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Integrated Commissioning",
            "version": "1",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": _about(name)} for name in sorted(_tags(paths))],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "oauth2": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": "/oauth2/token",
                            "scopes": {scope: scope.replace(":", ": ") for scope in sorted(scopes)},
                        }
                    },
                }
            },
        },
        "x-problems": dict(sorted(reasons.items())),
        "x-events": {name: each.thing for name, each in sorted(EVENT_TYPES.items())},
    }


def internal_operations(made: dict[str, dict[str, Any]]) -> list[dict[str, str]]:
    """The operations that only the gateway calls, of all services, as its start compares them with its table."""
    return [
        {
            "operation_id": operation["operationId"],
            "method": method.upper(),
            "path": path,
            "service": service,
            "scope": DRIVE,
        }
        for service, document in made.items()
        for path, item in document.get("paths", {}).items()
        for method, operation in item.items()
        if operation.get("x-scope") == DRIVE
    ]


def without_internal(document: dict[str, Any]) -> dict[str, Any]:
    """The same document without operations that only the gateway calls, and without schemas that only they use."""
    paths = {
        path: {method: operation for method, operation in item.items() if operation.get("x-scope") != DRIVE}
        for path, item in document.get("paths", {}).items()
    }
    schemas = document.get("components", {}).get("schemas", {})
    used: set[str] = set()
    new = _named(paths)
    while new:
        used |= new
        new = _named([schemas[name] for name in new]) - used
    return {
        **document,
        "paths": {path: item for path, item in paths.items() if item},
        "components": {
            **document.get("components", {}),
            "schemas": {name: schema for name, schema in schemas.items() if name in used},
        },
    }


def _named(node: Any) -> set[str]:
    """The schemas that a piece of a document refers to."""
    if isinstance(node, list):
        return {name for each in node for name in _named(each)}
    if not isinstance(node, dict):
        return set()
    found = {name for each in node.values() for name in _named(each)}
    reference = node.get("$ref")
    return found | {reference.rpartition("/")[2]} if isinstance(reference, str) else found


def _public(service: str, node: Any) -> Any:
    """The same document with the public names of schemas."""
    if isinstance(node, list):
        return [_public(service, each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _public(service, value) for name, value in node.items()}
    reference = made.get("$ref")
    if isinstance(reference, str):
        head, _, name = reference.rpartition("/")
        made["$ref"] = f"{head}/{PUBLIC_NAMES.get((service, name), name)}"
    if "schemas" in made and "paths" not in made:
        named = {PUBLIC_NAMES.get((service, name), name): each for name, each in made["schemas"].items()}
        made["schemas"] = {
            name: {**each, "title": name} for name, each in named.items()
        }  # generators use titles
    return made


def _meaning(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without the words about it: two services may describe the same values each in its own way."""
    return {name: value for name, value in schema.items() if name not in {"description", "title"}}


def _tags(paths: dict[str, Any]) -> set[str]:
    return {
        tag
        for item in paths.values()
        for operation in item.values()
        if isinstance(operation, dict)
        for tag in operation.get("tags", ())
    }


def _about(tag: str) -> str:
    if tag not in TAGS:
        raise SystemExit(f"say in deploy/openapi_tags.py what the operations under {tag!r} are about")
    return TAGS[tag]


def texts() -> dict[Path, str]:
    """Every file that `make openapi` writes, with its content."""
    made = documents()
    merged = merge(made)
    files: dict[Path, Any] = {
        ROOT / "services" / service / "openapi.json": document for service, document in made.items()
    }
    files[MERGED / "internal.json"] = internal_operations(made)
    files[MERGED / "merged.json"] = merged
    files[MERGED / "merged-3.0.json"] = down_convert(merged)
    return {path: json.dumps(each, indent=1, ensure_ascii=False) + "\n" for path, each in files.items()}


def main() -> int:
    """Write the documents; with --check, only say which would change."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--check", action="store_true", help="write nothing; fail if a document has drifted"
    )
    check = arguments.parse_args().check
    drifted = [
        path
        for path, text in texts().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in drifted:
        print(f"{'drifted' if check else 'written'}: {path.relative_to(ROOT)}")
    if check:
        return 1 if drifted else 0
    for path, text in texts().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
