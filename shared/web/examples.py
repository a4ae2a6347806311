"""Examples of bodies in the OpenAPI document: those that a body gives, or else made of what its fields show."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid5

PARTNERSHIP = "5f0c9a52-6d0e-4b0b-8d3e-6a1f3c2b7e10"
COUNCIL = "0b7c1d1e-52a4-4a5e-9a51-3f1d8e6c4b21"
PROVIDER = "c2a8e4f6-1b3d-4c5e-8f70-9d2b4a6c8e35"
CONTRACT = "3e9d7b5a-8c6f-4e2d-b1a0-7f5c3e1d9b46"
FRAMEWORK = "9a4e2c6b-0d8f-4b7a-a5c3-1e9f7d5b3a57"
INDICATOR = "7d3f4c51-7a0c-4c1e-9f5e-0d2f1b6c8a11"
OBLIGATION = "e1b5d9c3-4f7a-4d2e-8c6b-5a3f9e7d1c68"

_IDS = {
    "partnership_id": PARTNERSHIP,
    "organisation_id": COUNCIL,
    "owner_organisation_id": COUNCIL,
    "lead_organisation_id": COUNCIL,
    "host_organisation_id": COUNCIL,
    "posted_by_organisation_id": COUNCIL,
    "provider_organisation_id": PROVIDER,
    "contract_id": CONTRACT,
    "framework_id": FRAMEWORK,
    "indicator_id": INDICATOR,
    "obligation_id": OBLIGATION,
}
# What these names mean does not depend on the body that they stand in.
_NAMED = {"version": 1, "financial_year": "2014/15", "revision": 1, "edition": 1}
_FORMATS = {"date": "2015-04-01", "date-time": "2015-04-01T09:30:00Z"}
_KIND = re.compile(r"(In|Out|Body|Change|Patch)$")
_NONE = object()


class Examples:
    """What the schemas of a document show. A field without an example is shown as the same field of a sibling is.

    Siblings are `LineIn` and `LineOut`; ids are the same wherever a field has the same name; what may be null is.
    """

    def __init__(self, schemas: dict[str, Any]) -> None:
        self._schemas = schemas
        self._making: list[str] = []

    def complete(self) -> None:
        """Give an example to every object schema that has none and whose fields can make one."""
        for name, schema in self._schemas.items():
            if schema.get("type") == "object" and (made := self._of_schema(name)) is not _NONE:
                schema.setdefault("examples", [made])

    def _of_schema(self, name: str) -> Any:
        schema = self._schemas[name]
        if schema.get("type") != "object" or "examples" in schema or name in self._making:
            return _NONE if name in self._making else self._of_node(schema, "", name)
        self._making.append(name)
        made: Any = {}
        for field, node in schema.get("properties", {}).items():
            value = self._of_field(node, field, name)
            if value is not _NONE:
                made[field] = value
            elif field in schema.get("required", ()):
                made = _NONE
                break
        self._making.pop()
        return made

    def _of_field(self, node: dict[str, Any], field: str, name: str) -> Any:
        stem = _KIND.sub("", name)
        own = [node, *self._of_siblings(stem, field, name)]
        for each in own:
            if each.get("examples"):
                return each["examples"][0]
        if node.get("default") is not None:
            return _NONE
        return self._of_node(node, field, stem)

    def _of_siblings(self, stem: str, field: str, name: str) -> list[dict[str, Any]]:
        found = (
            self._schemas.get(stem + kind, {}).get("properties", {}).get(field)
            for kind in ("In", "Body", "Out")
            if stem + kind != name
        )
        return [each for each in found if each is not None]

    def _of_node(self, node: dict[str, Any], field: str, stem: str) -> Any:
        if node.get("examples"):
            return node["examples"][0]
        if "const" in node:
            return node["const"]
        if "$ref" in node:
            return self._of_schema(node["$ref"].rpartition("/")[2])
        kinds = node.get("type", ())
        if {"type": "null"} in node.get("oneOf", ()) or "null" in kinds and kinds != "null":
            return None
        if "enum" in node:
            return node["enum"][0]
        if kinds == "array":
            item = self._of_node(node.get("items", {}), field.removesuffix("s"), stem)
            return _NONE if item is _NONE else [item]
        return self._of_scalar(node, field, stem)

    def _of_scalar(self, node: dict[str, Any], field: str, stem: str) -> Any:
        if field in _NAMED:
            return _NAMED[field]
        if node.get("type") == "boolean":
            return False
        if node.get("type") == "integer":
            return max(1, node.get("minimum", 1))
        if node.get("format") == "uuid":
            return _id_of(field if field != "id" else f"{_snake(stem)}_id")
        return _FORMATS.get(node.get("format", ""), _NONE)


def _snake(stem: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", stem).lower()


def _id_of(name: str) -> str:
    return _IDS.get(name) or str(uuid5(UUID(PARTNERSHIP), name))
