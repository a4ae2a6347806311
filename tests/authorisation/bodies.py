"""What is sent to an operation: its example in the OpenAPI document, with the ids of a place put in."""

from __future__ import annotations

import copy
import json
import uuid
from typing import Any

from services.gateway.rules.policy import Row, Takes
from tests.authorisation.house import DOCUMENT

Names = dict[str, str]  # the id that a field of this name takes in a place


def example_of(operation_id: str) -> Any:
    """The example of the body of an operation, or {} where it takes none."""
    operation = OPERATIONS[operation_id]
    for media in operation.get("requestBody", {}).get("content", {}).values():
        name = media["schema"].get("$ref", "").rpartition("/")[2]
        shown = DOCUMENT["components"]["schemas"].get(name, {}).get("examples")
        if shown:
            return copy.deepcopy(shown[0])
    return {}


def filled(node: Any, names: Names) -> Any:
    """The body with every id replaced that the place has a name for; a new id for what makes one."""
    if isinstance(node, list):
        return [filled(each, names) for each in node]
    if not isinstance(node, dict):
        return node
    made: dict[str, Any] = {}
    for name, value in node.items():
        if name in names and isinstance(value, str | None):
            made[name] = names[name]
        elif f"{name}[]" in names and isinstance(value, list):
            made[name] = [names[f"{name}[]"]]
        elif name in {"id", "journal_id", "reversal_id"} and isinstance(value, str):
            made[name] = str(uuid.uuid4())
        else:
            made[name] = filled(value, names)
    return made


def body_of(row: Row, names: Names) -> tuple[bytes, str]:
    """The bytes and the media type that this operation is sent with ids of a place."""
    if row.takes is Takes.CSV:
        return b"a,b\n1,2\n", "text/csv"
    if row.takes is Takes.FORM:
        return b"grant_type=client_credentials", "application/x-www-form-urlencoded"
    if row.method == "GET" or row.takes is Takes.NOTHING:
        return b"", "application/json"
    return json.dumps(filled(example_of(row.operation_id), names)).encode(), "application/json"


def query_of(row: Row, names: Names) -> str:
    """The parameters that the operation insists on, and the partnership where it takes one."""
    asked = []
    for each in OPERATIONS[row.operation_id].get("parameters", ()):
        if each["in"] != "query":
            continue
        name = each["name"]
        if name in names:
            asked.append(f"{name}={names[name]}")
        elif each.get("required"):
            asked.append(f"{name}={_value(name, each['schema'])}")
    return "?" + "&".join(asked) if asked else ""


_VALUES = {"financial_year": "2015-16", "period": "2015-16-M01", "as_at": "2015-09-30", "on": "2015-09-30"}


def _value(name: str, schema: dict[str, Any]) -> str:
    if name in _VALUES:
        return _VALUES[name]
    for shown in (schema.get("examples"), schema.get("enum"), [schema.get("default")]):
        if shown and shown[0] is not None:
            return str(shown[0])
    if schema.get("format") == "uuid":
        return str(uuid.uuid4())
    return {"date": "2015-09-30", "date-time": "2015-09-30T00:00:00Z"}.get(schema.get("format", ""), "1")


OPERATIONS: dict[str, Any] = {
    operation["operationId"]: operation
    for item in DOCUMENT["paths"].values()
    for operation in item.values()
    if isinstance(operation, dict)
}
