"""Every break between two OpenAPI documents, as a client of the older one meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deploy.api_changes.found import Break, Way
from deploy.api_changes.schemas import Schemas

Document = Mapping[str, Any]
Door = tuple[str, str]

_METHODS = ("get", "put", "post", "patch", "delete")
_PLACE = re.compile(r"\{[^}]*\}")


def breaks(old: Document, new: Document) -> list[Break]:
    """Sorted, each once. Both documents are of OpenAPI 3.1, with our `x-scope` and `x-problems`."""
    found = {*_problems(old, new), *_events(old, new), *_signing_in(old, new)}
    schemas = Schemas(old["components"]["schemas"], new["components"]["schemas"])
    before, after = dict(_doors(old)), dict(_doors(new))
    for door, (path, operation) in before.items():
        name = f"{door[0].upper()} {path}"
        if door not in after:
            found.add(Break(name, f"the operation {operation['operationId']} is gone"))
            continue
        new_path, now = after[door]
        found |= {*_renamed(name, path, new_path, operation, now)}
        found |= {*_parameters(schemas, name, operation, now)}
        found |= {*_body(schemas, name, operation, now)}
        found |= {*_answers(schemas, name, operation, now)}
    return sorted(found)


def _doors(document: Document) -> Iterator[tuple[Door, tuple[str, Any]]]:
    """Operations by method and address; how an address calls its places does not matter to the address."""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield (method, _PLACE.sub("{}", path)), (path, item[method])


def _problems(old: Document, new: Document) -> Iterator[Break]:
    """Reasons of refusal are stable: clients act on them."""
    before, after = old.get("x-problems", {}), new.get("x-problems", {})
    for code, problem in before.items():
        if code not in after:
            yield Break(f"/errors/{code}", "the reason is gone")
        elif after[code]["status"] != problem["status"]:
            yield Break(
                f"/errors/{code}", f"its status is {after[code]['status']} now and was {problem['status']}"
            )


def _events(old: Document, new: Document) -> Iterator[Break]:
    """Types of event are stable: receivers choose by them."""
    before, after = old.get("x-events", {}), new.get("x-events", {})
    for name, thing in before.items():
        if after.get(name) != thing:
            yield Break(f"/event-types/{name}", f"it is of {after.get(name)} now and was of {thing}")


def _signing_in(old: Document, new: Document) -> Iterator[Break]:
    def flow(document: Document) -> Any:
        scheme = document["components"].get("securitySchemes", {}).get("oauth2", {})
        return scheme.get("flows", {}).get("clientCredentials", {}).get("tokenUrl")

    if flow(old) != flow(new):
        yield Break("signing in", f"tokens are at {flow(new)} now and were at {flow(old)}")


def _renamed(name: str, path: str, new_path: str, old: Any, new: Any) -> Iterator[Break]:
    """Names that generated clients make methods and arguments of, and the scope that a client was given."""
    if old["operationId"] != new["operationId"]:
        yield Break(name, f"the operation {old['operationId']} is called {new['operationId']} now")
    if path != new_path:
        yield Break(name, f"the places of its address have other names in {new_path}")
    if old.get("x-scope") != new.get("x-scope"):
        yield Break(name, f"its scope is {new.get('x-scope')} now and was {old.get('x-scope')}")


def _parameters(schemas: Schemas, name: str, old: Any, new: Any) -> Iterator[Break]:
    before, after = _by_name(old), _by_name(new)
    for key, parameter in before.items():
        where = f"{name} {key[0]} {parameter['name']}"
        now = after.get(key)
        if now is None:
            if key[0] != "path":  # told with the address
                yield Break(where, "the parameter is gone")
            continue
        if now.get("required") and not parameter.get("required"):
            yield Break(where, "the parameter is required now")
        yield from schemas.compare(Way.REQUEST, where, parameter.get("schema", {}), now.get("schema", {}))
        for word in ("style", "explode", "allowReserved", "content"):
            if parameter.get(word) != now.get(word):
                yield Break(where, f"`{word}` has changed")
    for key in after.keys() - before.keys():
        if after[key].get("required") and key[0] != "path":
            yield Break(f"{name} {key[0]} {after[key]['name']}", "a parameter is new and required")


def _by_name(operation: Any) -> dict[tuple[str, str], Any]:
    return {
        (each["in"], each["name"].lower() if each["in"] == "header" else each["name"]): each
        for each in operation.get("parameters", ())
    }


def _body(schemas: Schemas, name: str, old: Any, new: Any) -> Iterator[Break]:
    before, after = old.get("requestBody"), new.get("requestBody")
    if before is None:
        if after is not None and after.get("required"):
            yield Break(name, "a body is required now")
        return
    if after is None:
        yield Break(name, "it takes no body any more")
        return
    if after.get("required") and not before.get("required"):
        yield Break(name, "a body is required now")
    for kind, media in before.get("content", {}).items():
        if kind not in after.get("content", {}):
            yield Break(name, f"it takes no {kind} any more")
            continue
        now = after["content"][kind]
        yield from schemas.compare(
            Way.REQUEST, f"{name} body", media.get("schema", {}), now.get("schema", {})
        )


def _answers(schemas: Schemas, name: str, old: Any, new: Any) -> Iterator[Break]:
    """Answers that carry what was asked for. How a refusal is written is one schema for all; its reasons are judged apart."""
    before, after = _successes(old), _successes(new)
    for status in sorted(after.keys() - before.keys()):
        yield Break(name, f"it may answer {status} now")
    for status, answer in before.items():
        if status not in after:
            yield Break(name, f"it does not answer {status} any more")
            continue
        now = after[status]
        for header in answer.get("headers", {}).keys() - now.get("headers", {}).keys():
            yield Break(name, f"its answer has no {header} any more")
        for kind, media in answer.get("content", {}).items():
            if kind not in now.get("content", {}):
                yield Break(name, f"it answers with no {kind} any more")
                continue
            other = now["content"][kind]
            where = f"{name} answer"
            yield from schemas.compare(Way.ANSWER, where, media.get("schema", {}), other.get("schema", {}))
    for status, refused in _refusals(old):
        now = dict(_refusals(new)).get(status)
        if now is not None:
            yield from schemas.compare(Way.ANSWER, f"{name} {status}", refused, now)


def _successes(operation: Any) -> dict[str, Any]:
    return {status: each for status, each in operation["responses"].items() if status < "400"}


def _refusals(operation: Any) -> list[tuple[str, Any]]:
    return [
        (status, each.get("content", {}).get("application/problem+json", {}).get("schema", {}))
        for status, each in operation["responses"].items()
        if status >= "400"
    ]
