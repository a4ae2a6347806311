"""A small API and the ways in which it can change: those that break a client, and those that break none."""

import copy
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]


def small() -> Document:
    """A document with one of each: a list with a filter, a write, an answer with a nullable part."""
    text = {"type": "string", "maxLength": 20}
    shown = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/LineOut"}}}}
    sent = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/LineIn"}}}}
    limit = {"type": "integer", "format": "int32", "maximum": 200, "default": 50}
    states = {"$ref": "#/components/schemas/LineState"}
    return {
        "openapi": "3.1.0",
        "paths": {
            "/v1/lines": {
                "get": {
                    "operationId": "listLines",
                    "x-scope": "budget:read",
                    "parameters": [
                        {"name": "limit", "in": "query", "required": False, "schema": limit},
                        {"name": "state", "in": "query", "required": False, "schema": states},
                    ],
                    "responses": {"200": {**shown, "headers": {"ETag": {}}}},
                }
            },
            "/v1/lines/{id}": {
                "put": {
                    "operationId": "putLine",
                    "x-scope": "budget:write",
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": text}],
                    "requestBody": {**sent, "required": True},
                    "responses": {"200": copy.deepcopy(shown), "201": copy.deepcopy(shown)},
                }
            },
        },
        "components": {
            "schemas": {
                "LineState": {"type": "string", "enum": ["open", "closed"]},
                "LineIn": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "name": dict(text),
                        "pence": {"type": ["integer", "null"], "format": "int64"},
                        "kind": {"type": "string", "enum": ["grant", "fee"]},
                    },
                    "required": ["name"],
                },
                "LineOut": {
                    "type": "object",
                    "properties": {
                        "name": dict(text),
                        "pence": {"type": "integer", "format": "int32"},
                        "state": states,
                        "ended": {
                            "oneOf": [{"$ref": "#/components/schemas/Ending"}, {"type": "null"}],
                        },
                        "tags": {"type": "array", "items": dict(text)},
                    },
                    "required": ["name", "pence", "state", "ended"],
                },
                "Ending": {"type": "object", "properties": {"on": {"type": "string", "format": "date"}}},
            },
            "securitySchemes": {
                "oauth2": {"flows": {"clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": {}}}}
            },
        },
        "x-events": {"budget.line_opened.v1": "line"},
        "x-problems": {"not_found": {"status": 404, "detail": "No such record."}},
    }


Plant = Callable[[Document], Any]
GET = ("paths", "/v1/lines", "get")
PUT = ("paths", "/v1/lines/{id}", "put")
IN, OUT = ("components", "schemas", "LineIn"), ("components", "schemas", "LineOut")


def at(document: Document, *path: Any) -> Any:
    for name in path:
        document = document[name]
    return document


def within(*path: Any, **values: Any) -> Plant:
    """Sets values of the node at a path."""
    return lambda document: at(document, *path).update(values)


def without(*path: Any) -> Plant:
    """Takes away what is at a path."""
    return lambda document: at(document, *path[:-1]).pop(path[-1])


def renamed(*path: Any, to: str) -> Plant:
    return lambda document: at(document, *path[:-1]).update({to: at(document, *path[:-1]).pop(path[-1])})


NOT_FOUND = {"not_found": {"status": 410, "detail": ""}}
ANY = {"in": "query", "name": "q", "required": True, "schema": {}}
TOO = {"type": "object", "properties": {"id": {"type": "string"}}}

BREAKING: list[tuple[Plant, str]] = [
    (without(*GET), "GET /v1/lines: the operation listLines is gone"),
    (without("paths", "/v1/lines/{id}"), "PUT /v1/lines/{id}: the operation putLine is gone"),
    (
        within(*GET, operationId="getLines"),
        "GET /v1/lines: the operation listLines is called getLines now",
    ),
    (within(*GET, **{"x-scope": "line:read"}), "GET /v1/lines: its scope is line:read now and was budget:read"),
    (
        renamed("paths", "/v1/lines/{id}", to="/v1/lines/{line_id}"),
        "PUT /v1/lines/{id}: the places of its address have other names in /v1/lines/{line_id}",
    ),
    (without(*GET, "parameters", 1), "GET /v1/lines query state: the parameter is gone"),
    (
        within(*GET, "parameters", 0, required=True),
        "GET /v1/lines query limit: the parameter is required now",
    ),
    (
        lambda document: at(document, *GET, "parameters").append(ANY),
        "GET /v1/lines query q: a parameter is new and required",
    ),
    (
        within(*GET, "parameters", 0, "schema", maximum=100),
        "GET /v1/lines query limit: maximum is 100 now and was 200",
    ),
    (
        within(*GET, "parameters", 0, "schema", default=10),
        "GET /v1/lines query limit: what is left out counts as 10 now and was 50",
    ),
    (within(*GET, requestBody={"required": True, "content": {}}), "GET /v1/lines: a body is required now"),
    (without(*PUT, "requestBody"), "PUT /v1/lines/{id}: it takes no body any more"),
    (
        renamed(*PUT, "requestBody", "content", "application/json", to="text/csv"),
        "PUT /v1/lines/{id}: it takes no application/json any more",
    ),
    (without(*PUT, "responses", "201"), "PUT /v1/lines/{id}: it does not answer 201 any more"),
    (within(*PUT, "responses", **{"202": {}}), "PUT /v1/lines/{id}: it may answer 202 now"),
    (
        renamed(*GET, "responses", "200", "content", "application/json", to="text/csv"),
        "GET /v1/lines: it answers with no application/json any more",
    ),
    (
        without(*GET, "responses", "200", "headers", "ETag"),
        "GET /v1/lines: its answer has no ETag any more",
    ),
    (within(*IN, required=["name", "kind"]), "request LineIn: the field kind is required now"),
    (
        lambda document: (
            at(document, *IN, "properties").update(reason={"type": "string"}),
            at(document, *IN, "required").append("reason"),
        ),
        "request LineIn: the field reason is required now",
    ),
    (without(*IN, "properties", "kind"), "request LineIn: the field kind is gone"),
    (within(*IN, "properties", "kind", enum=["grant"]), "request LineIn.kind: no longer takes fee"),
    (within(*IN, "properties", "kind", const="fee"), "request LineIn.kind: no longer takes grant"),
    (within(*IN, "properties", "name", enum=["a"]), "request LineIn.name: no longer takes values other than a"),
    (within(*IN, "properties", "name", maxLength=5), "request LineIn.name: maxLength is 5 now and was 20"),
    (within(*IN, "properties", "name", minLength=2), "request LineIn.name: minLength is 2 now and was not set"),
    (
        within(*IN, "properties", "name", pattern="^a"),
        "request LineIn.name: pattern is ^a now and was not set",
    ),
    (
        within(*IN, "properties", "name", format="uuid"),
        "request LineIn.name: no longer takes any format where the format is uuid",
    ),
    (within(*IN, "properties", "pence", type="integer"), "request LineIn.pence: no longer takes null"),
    (
        within(*IN, "properties", "pence", type=["string", "null"]),
        "request LineIn.pence: no longer takes integer",
    ),
    (
        within(*IN, "properties", "pence", format="int32"),
        "request LineIn.pence: no longer takes int64 where the format is int32",
    ),
    (
        within("components", "schemas", "LineState", enum=["open"]),
        "request LineState: no longer takes closed",
    ),
    (
        within("components", "schemas", "LineState", enum=["open", "closed", "lapsed"]),
        "answer LineState: may now be lapsed",
    ),
    (
        within("components", "schemas", LineState={"type": "string"}),
        "answer LineState: may now be values other than closed, open",
    ),
    (without(*OUT, "properties", "tags"), "answer LineOut: the field tags is gone"),
    (within(*OUT, required=["name", "state", "ended"]), "answer LineOut: the field pence may be missing now"),
    (within(*OUT, "properties", "pence", type=["integer", "null"]), "answer LineOut.pence: may now be null"),
    (within(*OUT, "properties", "pence", type="number"), "answer LineOut.pence: may now be fraction"),
    (
        within(*OUT, "properties", "pence", format="int64"),
        "answer LineOut.pence: may now be int64 where the format is int32",
    ),
    (
        within(*OUT, "properties", "tags", items={"type": "integer"}),
        "answer LineOut.tags[]: may now be integer",
    ),
    (
        lambda document: at(document, *OUT, "properties", "ended", "oneOf").append(TOO),
        "answer LineOut.ended: may now be object",
    ),
    (
        within("components", "schemas", "Ending", minContains=2),
        "answer Ending: `minContains` has changed, which this check cannot judge",
    ),
    (
        lambda document: (
            renamed("components", "schemas", "Ending", to="Close")(document),
            within(
                *OUT,
                "properties",
                "ended",
                oneOf=[{"$ref": "#/components/schemas/Close"}, {"type": "null"}],
            )(document),
        ),
        "answer LineOut.ended: the schema Ending is called Close now",
    ),
    (
        without("x-events", "budget.line_opened.v1"),
        "/event-types/budget.line_opened.v1: it is of None now and was of line",
    ),
    (without("x-problems", "not_found"), "/errors/not_found: the reason is gone"),
    (within("x-problems", **NOT_FOUND), "/errors/not_found: its status is 410 now and was 404"),
    (
        within("components", "securitySchemes", "oauth2", flows={}),
        "signing in: tokens are at None now and were at /oauth2/token",
    ),
]  # fmt: skip

HARMLESS: list[Plant] = [
    within("paths", **{"/v1/pools": {"get": {"operationId": "listPools", "responses": {"200": {}}}}}),
    lambda document: at(document, *GET, "parameters").append({**ANY, "required": False}),
    within(*GET, "parameters", 0, "schema", maximum=1000),
    within(*GET, "responses", **{"503": {}}),
    within(*IN, "properties", note={"type": "string"}),
    within(*IN, required=[]),
    within(*IN, additionalProperties=True),
    within(*IN, "properties", "kind", enum=["fee", "grant", "levy"]),
    within(*IN, "properties", "kind", title="Kind", examples=["fee"]),
    within(*IN, "properties", "name", maxLength=40),
    within(*IN, "properties", "name", type=["string", "integer", "null"]),
    within(*OUT, "properties", colour={"type": "string"}),
    within(*OUT, required=["name", "pence", "state", "ended", "tags"]),
    within(*OUT, "properties", "name", maxLength=5),
    within(*OUT, "properties", ended={"$ref": "#/components/schemas/Ending"}),
    within(*OUT, "properties", "tags", items={"type": "string", "enum": ["a"]}),
    within("x-problems", busy={"status": 503, "detail": ""}),
    within("components", "schemas", Unused={"type": "object"}),
]

# The same on the whole of what we publish: what people do by mistake most often.
WHOLE: list[tuple[Plant, str]] = [
    (without("paths", "/v1/journals/{id}", "put"), "the operation postJournal is gone"),
    (within("paths", "/v1/lines", "get", operationId="lines"), "is called lines now"),
    (within("components", "schemas", "EntryIn", "properties", "amount_pence", type="string"), "no longer takes"),
    (
        lambda document: at(document, "components", "schemas", "EntryIn", "required").append("vat"),
        "request EntryIn: the field vat is required now",
    ),
    (lambda document: at(document, "components", "schemas", "ContractState", "enum").pop(), "no longer takes"),
    (without("components", "schemas", "LineOut", "properties", "id"), "answer LineOut: the field id is gone"),
]  # fmt: skip
