"""Examples of bodies in the OpenAPI document: those that a body gives, or else made of what its fields show."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid5

from pydantic import ConfigDict

PARTNERSHIP = "5f0c9a52-6d0e-4b0b-8d3e-6a1f3c2b7e10"
COUNCIL = "0b7c1d1e-52a4-4a5e-9a51-3f1d8e6c4b21"
PROVIDER = "c2a8e4f6-1b3d-4c5e-8f70-9d2b4a6c8e35"
CONTRACT = "3e9d7b5a-8c6f-4e2d-b1a0-7f5c3e1d9b46"
FRAMEWORK = "9a4e2c6b-0d8f-4b7a-a5c3-1e9f7d5b3a57"
INDICATOR = "7d3f4c51-7a0c-4c1e-9f5e-0d2f1b6c8a11"
OBLIGATION = "e1b5d9c3-4f7a-4d2e-8c6b-5a3f9e7d1c68"

# The elliptic-curve key of RFC 7517, appendix A.1.
PUBLIC_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "kid": "1",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}

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
_NAMED = {
    "financial_year": "2014/15",
    "service": "budget",
    "figure": "actual",
    "because": "shadow_consent_missing",
}
_FORMATS = {"date": "2015-04-01", "date-time": "2015-04-01T09:30:00Z"}
_KIND = re.compile(r"(In|Out|Body|Change|Patch)$")
_NONE = object()


def example(**body: Any) -> ConfigDict:
    """The setting of a body that shows this one in the document."""
    return ConfigDict(json_schema_extra={"examples": [body]})


class Examples:
    """What the schemas of a document show. A field without an example shows what the same field of a sibling does.

    Siblings are `LineIn` and `LineOut`. An id is the same wherever its field has the same name. What may be null is
    null, and a text that no field shows makes no example at all: tests/architecture/test_openapi.py then asks for one.
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
        if name in self._making:
            return _NONE
        if schema.get("type") != "object" or "examples" in schema:
            return self._of_node(schema, "", name)
        self._making.append(name)
        made = {field: self._of_field(schema, field, name) for field in schema.get("properties", {})}
        self._making.pop()
        if any(made.get(field, _NONE) is _NONE for field in schema.get("required", ())):
            return _NONE
        return {field: value for field, value in made.items() if value is not _NONE}

    def _of_field(self, schema: dict[str, Any], field: str, name: str) -> Any:
        stem, node = _KIND.sub("", name), schema["properties"][field]
        if node.get("examples"):
            return node["examples"][0]
        for each in self._of_siblings(stem, field, name):
            if each.get("examples") and not _holds_a_body(each["examples"][0]):
                return each["examples"][0]
        # What may be left out is left out, unless its field shows something.
        return self._of_node(node, field, stem) if field in schema.get("required", ()) else _NONE

    def _of_siblings(self, stem: str, field: str, name: str) -> list[dict[str, Any]]:
        found = (
            self._schemas.get(stem + kind, {}).get("properties", {}).get(field)
            for kind in ("In", "Body", "Out")
            if stem + kind != name
        )
        return [each for each in found if each is not None]

    def _of_node(self, node: dict[str, Any], field: str, stem: str) -> Any:
        kinds = node.get("type", ())
        if {"type": "null"} in node.get("oneOf", ()) or (isinstance(kinds, list) and "null" in kinds):
            return node.get("examples", [None])[0]
        for shown in (node.get("examples"), node.get("enum"), [node["const"]] if "const" in node else None):
            if shown:
                return shown[0]
        if "$ref" in node:
            return self._of_schema(node["$ref"].rpartition("/")[2])
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


def _holds_a_body(shown: Any) -> bool:
    """Whether this shows a body, which has more fields in an answer than it has in a request."""
    return isinstance(shown, dict) or (isinstance(shown, list) and any(map(_holds_a_body, shown)))


def _snake(stem: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", stem).lower()


def _id_of(name: str) -> str:
    return _IDS.get(name) or str(uuid5(UUID(PARTNERSHIP), name))
