"""Every door of every service with its scope, and the table of them (`python -m tests.architecture.doors` rewrites it)."""

import csv
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

from fastapi.routing import iter_route_contexts

from shared.web.doors import May
from tests.architecture.sources import ROOT, SERVICES

TABLE = Path(__file__).with_name("doors.csv")
HEALTH = {("GET", "/live"), ("GET", "/ready"), ("GET", "/metrics")}

# Doors without a scope. Whoever adds one says here why anybody may come in.
OPEN = {
    **{(service, *door): "a process's own state" for service in SERVICES for door in HEALTH},
    ("gateway", "POST", "/oauth2/token"): "whoever has no token yet asks for one here",
    ("gateway", "GET", "/.well-known/jwks.json"): "public keys",
    (
        "gateway",
        "GET",
        "/.well-known/audit-keys.json",
    ): "public keys, with which heads of the audit are checked",
    ("gateway", "GET", "/.well-known/oauth-authorization-server"): "where to ask for a token",
    ("gateway", "GET", "/openapi.json"): "the document of the doors themselves",
    ("gateway", "GET", "/openapi-3.0.json"): "the document of the doors, in the older version",
    ("gateway", "GET", "/docs"): "the same for reading",
    ("gateway", "GET", "/errors/{code}"): "what a refusal means",
    ("gateway", "GET", "/event-types"): "which types of event there are",
    ("gateway", "GET", "/event-types/{type}"): "what a type of event means",
    ("contracts", "GET", "/v1/releases"): "published contracts are everybody's to read",
    ("contracts", "GET", "/v1/records"): "the same with all of their history",
    ("contracts", "GET", "/v1/records/{ocid}"): "the same of one contract",
    ("contracts", "GET", "/v1/register"): "the Transparency Code's register is everybody's to read",
}


@dataclass(frozen=True, slots=True, order=True)
class Door:
    """One operation. The scope is empty where anybody may come in."""

    service: str
    path: str
    method: str
    operation_id: str
    scope: str


@lru_cache
def app_of(service: str) -> Any:
    """The service's app, made but not started: it opens no database and reads no key."""
    with tempfile.TemporaryDirectory() as folder:
        names = {"ASSERTION_JWKS": f"{folder}/none.json", "GATEWAY_KEYS_DIR": folder}
        names |= {f"{each.upper()}_DATABASE_URL": "postgresql://nobody@/nowhere" for each in SERVICES}
        names |= {f"GATEWAY_{each.upper()}_URL": "http://127.0.0.1:1" for each in SERVICES}
        with patch.dict(os.environ, names):
            return import_module(f"services.{service}.app").create_app()


def scopes_of(dependant: Any) -> Iterator[str]:
    """The scopes that a door asks for, however deep the dependency stands."""
    for each in getattr(dependant, "dependencies", ()):
        if isinstance(each.call, May):
            yield each.call.scope
        yield from scopes_of(each)


def doors_of(app: Any, service: str) -> list[Door]:
    """All doors of an app, those of included routers too."""
    found = []
    for context in iter_route_contexts(app.router.routes):
        scopes = sorted(set(scopes_of(getattr(context, "dependant", None))))
        for method in sorted(getattr(context, "methods", None) or ()):
            name = getattr(context, "operation_id", None) or ""
            found.append(Door(service, context.path or "", method, name, " ".join(scopes)))
    # Starlette answers HEAD for its own plain routes; that is the GET without its body.
    return sorted(each for each in found if each.method != "HEAD")


def every_door() -> list[Door]:
    return sorted(door for service in SERVICES for door in doors_of(app_of(service), service))


def table_of(doors: list[Door]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([each.name for each in fields(Door)])
    writer.writerows(astuple(each) for each in doors)
    return text.getvalue()


def main() -> None:
    """Write the table anew."""
    TABLE.write_text(table_of(every_door()), encoding="utf-8")
    print(f"{len(every_door())} doors in {TABLE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
