"""OpenAPI 3.1 to 3.0.3, for client generators that read no later version."""

from __future__ import annotations

from typing import Any

_LICENSES = "https://spdx.org/licenses/"
_DROPPED = frozenset(
    {"$schema", "contentMediaType", "contentEncoding", "propertyNames"}
)  # 3.0 has no such words


def down_convert(document: dict[str, Any]) -> dict[str, Any]:
    """The same document in the words of 3.0.3."""
    made: dict[str, Any] = _convert(document)
    made["openapi"] = "3.0.3"
    name = made["info"]["license"]["name"]
    made["info"] = {**made["info"], "license": {"name": name, "url": f"{_LICENSES}{name}.html"}}
    _type_what_may_be_null(made, made["components"]["schemas"])
    return made


def _type_what_may_be_null(node: Any, schemas: dict[str, Any]) -> None:
    """In 3.0.3 `nullable` counts only beside a `type`, so a reference that may be null says the type of what it refers to."""
    for each in node if isinstance(node, list) else node.values() if isinstance(node, dict) else ():
        _type_what_may_be_null(each, schemas)
    if not isinstance(node, dict) or node.get("nullable") is not True or "type" in node:
        return
    names = [
        str(each["$ref"]).rpartition("/")[2] for each in (*node.get("allOf", ()), *node.get("oneOf", ()))
    ]
    kinds = {schemas[name]["type"] for name in names}
    if len(kinds) == 1:
        node["type"] = kinds.pop()


def _convert(node: Any) -> Any:
    if isinstance(node, list):
        return [_convert(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _convert(value) for name, value in node.items() if name not in _DROPPED}
    _nullable_type(made)
    _nullable_choice(made)
    if isinstance(made.get("examples"), list):
        made["example"] = made.pop("examples")[0]
    if "const" in made:
        made["enum"] = [made.pop("const")]
    for bound, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(made.get(bound), int | float) and not isinstance(made[bound], bool):
            made[inclusive], made[bound] = made[bound], True
    if "$ref" in made and len(made) > 1:
        made["allOf"] = [{"$ref": made.pop("$ref")}]
    return made


def _nullable_type(made: dict[str, Any]) -> None:
    kinds = made.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        others = [kind for kind in kinds if kind != "null"]
        made["type"], made["nullable"] = others[0], True


def _nullable_choice(made: dict[str, Any]) -> None:
    """`oneOf [X, null]` becomes `allOf [X], nullable`."""
    choices = made.get("oneOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        others = [each for each in choices if each != {"type": "null"}]
        del made["oneOf"]
        made["nullable"] = True
        made["allOf" if len(others) == 1 else "oneOf"] = others
