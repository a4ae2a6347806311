"""What the gateway reads from the services, taken from its clients, and what the services' documents say about it."""

import ast
import types
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from importlib import import_module
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from tests.architecture.sources import Source, dotted

_PLAIN = {
    str: ("string", None),
    UUID: ("string", "uuid"),
    date: ("string", "date"),
    datetime: ("string", "date-time"),
    Decimal: ("string", None),
    bool: ("boolean", None),
    int: ("integer", None),
    dict: ("object", None),
}


@dataclass(frozen=True)
class Read:
    """One read of a client: `reader.read(shape, path, query, seconds)` in a function."""

    where: str
    shape: type
    path: str
    query: frozenset[str]


def reads_of(files: tuple[Source, ...]) -> list[Read]:
    """Every read in the gateway's clients. A read whose shape or path cannot be named is an error."""
    found = []
    for source in files:
        if source.path.startswith("services/gateway/clients/"):
            module = import_module(source.path.removesuffix(".py").replace("/", "."))
            found += list(_reads(source, vars(module)))
    return found


def _reads(source: Source, names: dict[str, Any]) -> Iterator[Read]:
    for function in source.tree.body:
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        keys = {
            key.value
            for node in ast.walk(function)
            if isinstance(node, ast.Dict)
            for key in node.keys
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        }
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if dotted(call.func) == "reader.read":
                shape, path = (_named(each, names) for each in call.args[:2])
                yield Read(f"{source.path}:{call.lineno}", shape, path, frozenset(keys))


def _named(node: ast.expr, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        node = node.func.value  # an address with an id in it, `PATH.format(id=...)`
    assert isinstance(node, ast.Name), f"write {ast.unparse(node)} as a name, so that it can be checked"
    return names[node.id]


class Document:
    """One service's OpenAPI document, as far as reading needs it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def operation(self, path: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self._document["paths"].get(path, {}).get("get")
        return found

    def whole(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema that a reference stands for."""
        while "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema

    def options(self, schema: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
        """What a value may be besides null, and whether it may be null."""
        schema = self.whole(schema)
        choices = schema.get("oneOf") or schema.get("anyOf") or [schema]
        choices = [self.whole(each) for each in choices]
        types_ = [each.get("type") for each in choices]
        null = any(kind == "null" or (isinstance(kind, list) and "null" in kind) for kind in types_)
        return [each for each in choices if each.get("type") != "null"], null


def mistakes(read: Read, document: Document) -> Iterator[str]:
    """What the client expects and the service does not promise."""
    operation = document.operation(read.path)
    if operation is None:
        yield f"{read.where}: there is no GET {read.path}"
        return
    parameters = {each["name"]: each for each in operation.get("parameters", ()) if each["in"] == "query"}
    for name in sorted(read.query - set(parameters)):
        yield f"{read.where}: {read.path} takes no `{name}`"
    for name, parameter in parameters.items():
        if parameter.get("required") and name not in read.query:
            yield f"{read.where}: {read.path} must be asked with `{name}`"
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    for place, what in _differences(read.shape, answer, document, ""):
        yield f"{read.where}: {read.path}{place} {what}"


def _differences(kind: Any, schema: dict[str, Any], document: Document, at: str) -> Iterator[tuple[str, str]]:
    may_be_none = type(None) in get_args(kind)
    if get_origin(kind) in {Union, types.UnionType}:
        [kind] = [each for each in get_args(kind) if each is not type(None)]
    options, null = document.options(schema)
    if null and not may_be_none:
        yield at, "may be null, and the client does not know that"
    if len(options) != 1:
        yield at, f"has {len(options)} shapes"
    elif isinstance(kind, type) and is_dataclass(kind):
        yield from _fields(kind, options[0], document, at)
    elif get_origin(kind) in {tuple, list}:
        if not _is("array", options[0]):
            yield at, f"is no list but {options[0].get('type')}"
        else:
            yield from _differences(get_args(kind)[0], options[0]["items"], document, f"{at}/*")
    else:
        yield from _value(kind, options[0], at)


def _value(kind: type, schema: dict[str, Any], at: str) -> Iterator[tuple[str, str]]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        if extra := set(schema.get("enum", ["anything"])) - {each.value for each in kind}:
            yield at, f"may be {sorted(extra)}, which the client does not know"
        return
    expected, form = _PLAIN[get_origin(kind) or kind]
    if not _is(expected, schema) or (form is not None and schema.get("format") != form):
        yield at, f"is {schema.get('type')} {schema.get('format', '')}, and the client reads {kind.__name__}"


def _is(expected: str, schema: dict[str, Any]) -> bool:
    kind = schema.get("type")
    return expected in kind if isinstance(kind, list) else kind == expected


def _fields(kind: type, schema: dict[str, Any], document: Document, at: str) -> Iterator[tuple[str, str]]:
    hints = get_type_hints(kind)
    there, always = schema.get("properties", {}), set(schema.get("required", ()))
    for each in fields(kind):  # type: ignore[arg-type]  # a dataclass, asked before
        place = f"{at}/{each.name}"
        if each.name not in there:
            yield place, "is not answered"
        elif each.name not in always and each.default is MISSING:
            yield place, "is not always answered"
        else:
            yield from _differences(hints[each.name], there[each.name], document, place)


def pointed_at(schema: dict[str, Any], steps: list[str], document: Document) -> list[str]:
    """The types that a link's pointer leads to in a request body; empty where it leads nowhere."""
    options, _ = document.options(schema)
    if not steps:
        return [str(each.get("format") or each.get("type")) for each in options]
    found = []
    for each in options:
        following = each.get("items") if steps[0] == "*" else each.get("properties", {}).get(steps[0])
        if following is not None:
            found += pointed_at(following, steps[1:], document)
    return found
