"""Every field that the gateway reads from a service is promised by that service's OpenAPI, with its type."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest

from services.gateway.rules.policy_table import ROWS
from tests.architecture.doors import app_of
from tests.architecture.sources import SERVICES, sources
from tests.wire.reads import Document, Read, mistakes, pointed_at, reads_of


@pytest.fixture(scope="module")
def documents():
    return {service: Document(app_of(service).openapi()) for service in SERVICES if service != "gateway"}


READS = reads_of(sources("services"))


def test_reads_were_found_of_all_three_services(documents):
    offered = {
        service for service, document in documents.items() for read in READS if document.operation(read.path)
    }
    assert offered == {"budget", "contracts", "outcomes"}


@pytest.mark.parametrize("read", READS, ids=[read.path for read in READS])
def test_what_the_gateway_reads_is_promised(read, documents):
    offering = [each for each in documents.values() if each.operation(read.path)] or [documents["budget"]]
    assert "\n".join(mistakes(read, offering[0])) == ""


LINKS = [(row, link) for row in ROWS for link in row.links]


@pytest.mark.parametrize(
    ("row", "link"), LINKS, ids=[f"{row.operation_id}{link.pointer}" for row, link in LINKS]
)
def test_what_the_gateway_checks_as_a_link_is_an_id_in_that_body(row, link):
    document = app_of(row.service).openapi()
    operation = document["paths"][row.path][row.method.lower()]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert pointed_at(body, link.pointer.split("/")[1:], Document(document)) == ["uuid"]


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Part:
    id: UUID
    pence: int | None


@dataclass(frozen=True)
class Shape:
    id: UUID
    parts: tuple[Part, ...]
    colour: Colour
    note: str | None = None


def a_document(**changes):
    part: dict[str, Any] = {
        "type": "object",
        "required": ["id", "pence"],
        "properties": {"id": {"type": "string", "format": "uuid"}, "pence": {"type": ["integer", "null"]}},
    }
    thing: dict[str, Any] = {
        "type": "object",
        "required": ["id", "parts", "colour"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
            "colour": {"type": "string", "enum": ["red"]},
            "note": {"type": ["string", "null"]},
            "more": {"type": "integer"},
        },
    }
    for name, schema in changes.items():
        holder = part if name == "pence" else thing
        if schema is None:
            del holder["properties"][name]
        else:
            holder["properties"][name] = schema
    return Document(
        {
            "components": {"schemas": {"Part": part, "Thing": thing}},
            "paths": {
                "/v1/things": {
                    "get": {
                        "parameters": [
                            {"name": "partnership_id", "in": "query", "required": True},
                            {"name": "as_at", "in": "query"},
                        ],
                        "responses": {
                            "200": {
                                "content": {
                                    "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                                }
                            }
                        },
                    }
                }
            },
        }
    )


def a_read(path="/v1/things", query=("partnership_id",)):
    return Read("planted.py:1", Shape, path, frozenset(query))


def test_what_fits_is_let_through():
    assert list(mistakes(a_read(), a_document())) == []
    assert list(mistakes(a_read(query=("partnership_id", "as_at")), a_document())) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": {"type": "string"}},
        {"id": {"type": ["string", "null"], "format": "uuid"}},
        {"pence": None},
        {"pence": {"type": "string"}},
        {"pence": {"type": "number"}},
        {"parts": {"type": "object"}},
        {
            "parts": {
                "oneOf": [{"type": "array", "items": {"$ref": "#/components/schemas/Part"}}, {"type": "null"}]
            }
        },
        {"colour": {"type": "string", "enum": ["red", "green"]}},
        {"colour": {"type": "string"}},
        {"note": {"type": "integer"}},
    ],
)
def test_a_field_that_is_promised_otherwise_is_found(changes):
    assert list(mistakes(a_read(), a_document(**changes)))


def test_a_wrong_address_or_question_is_found():
    assert list(mistakes(a_read("/v1/thing"), a_document()))
    assert list(mistakes(a_read(query=()), a_document()))
    assert list(mistakes(a_read(query=("partnership_id", "as_of")), a_document()))


def test_a_link_that_points_nowhere_is_found():
    document = a_document()
    thing = {"$ref": "#/components/schemas/Thing"}
    assert pointed_at(thing, ["parts", "*", "id"], document) == ["uuid"]
    assert pointed_at(thing, ["parts", "*", "pence"], document) == ["['integer', 'null']"]
    assert pointed_at(thing, ["part", "*", "id"], document) == []
    assert pointed_at(thing, ["parts", "id"], document) == []
