"""The OpenAPI document of a service, in the shapes that client generators take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict

from shared.errors import NOT_FOUND, REASONS
from shared.web.doors import KEY_HEADER, VERSION_HEADER, May
from shared.web.examples import Examples, example
from shared.web.problem import FIELDS_INVALID, MEDIA_TYPE, REQUEST_MALFORMED, STATUS

_FAULT: dict[str, Any] = {"pointer": "/name", "code": "missing", "detail": "Field required"}


class FieldError(BaseModel):
    """One field that is wrong: where, which rule, and what to do."""

    model_config = example(**_FAULT)

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """Why a request was refused (RFC 9457). Facts about the refusal stand beside these members."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "/errors/fields_invalid",
                    "title": "Fields invalid",
                    "status": 422,
                    "detail": FIELDS_INVALID.sentence,
                    "instance": "/v1/lines",
                    "request_id": "2f1c7e9a4b6d4e0f8a3c5d7b9e1f2a4c",
                    "code": "fields_invalid",
                    "errors": [_FAULT],
                }
            ]
        },
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    request_id: str | None = None
    code: str
    errors: list[FieldError]


_MEANING = {
    400: REQUEST_MALFORMED.sentence,
    401: "No valid token came with the request.",
    403: "The client lacks the scope, or its organisation any role that could allow this.",
    404: NOT_FOUND.sentence,
    409: "The state of the record, or another request, does not allow this.",
    412: "The record has changed since it was read.",
    413: "The body is too large.",
    415: "The media type is not taken here.",
    422: "Some of what was sent is not right.",
    428: "If-Match is missing.",
    429: "Too many requests.",
    503: "The service cannot answer just now.",
}
ALWAYS = (400, 401, 403, 422, 429, 503)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals that an operation documents, besides those that any operation may give."""
    return {
        status: {
            "description": _MEANING[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*ALWAYS, *statuses})
    }


def document(app: FastAPI, service: str) -> dict[str, Any]:
    """The document of an app, made once: scopes named, nullable types plain, problems described."""
    if app.openapi_schema:
        return app.openapi_schema
    made = get_openapi(title=app.title, version=app.version, openapi_version="3.1.0", routes=app.routes)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for model in (Problem, FieldError):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    scopes = dict(_scopes(app))
    for method, operation in operations(made):
        operation["x-service"] = service
        _name_form(operation, schemas)
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _without_null(parameter["schema"])
        _drop_unmeant_422(operation)
        scope = scopes.get(operation["operationId"])
        operation["security"] = []  # everybody's, unless a scope is named
        if scope is not None:
            _describe_headers(method, operation)
            operation["x-scope"] = scope
            operation["security"] = [{"oauth2": [scope]}]
    made["x-problems"] = {
        code: {"status": STATUS[each.kind], "detail": each.sentence} for code, each in sorted(REASONS.items())
    }
    app.openapi_schema = plain(made)
    _size_integers(app.openapi_schema)
    Examples(app.openapi_schema["components"]["schemas"]).complete()
    return app.openapi_schema


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation of a document, with its method."""
    for item in document.get("paths", {}).values():
        for method in ("get", "put", "post", "patch", "delete"):
            if method in item:
                yield method, item[method]


def _name_form(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A body that a door describes itself gets a name among the schemas, as the others have."""
    for media in operation.get("requestBody", {}).get("content", {}).values():
        schema = media.get("schema", {})
        if "properties" in schema:
            schemas[schema["title"]] = schema
            media["schema"] = {"$ref": f"#/components/schemas/{schema['title']}"}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is there or left out. It is never null, whatever the door's default is."""
    others = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(others) != 1:
        return schema
    return {**others[0], **{name: value for name, value in schema.items() if name not in {"anyOf", "title"}}}


def _drop_unmeant_422(operation: dict[str, Any]) -> None:
    """The framework promises its own 422 wherever a door documents none; no door of ours answers so."""
    content = operation["responses"].get("422", {}).get("content", {})
    if "application/json" in content:
        del operation["responses"]["422"]


_ETAG = {"ETag": {"description": "The version; send it back as If-Match.", "schema": {"type": "string"}}}
_REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true` when this is the answer to an earlier sending.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


_HEADER_FORMS: dict[str, dict[str, Any]] = {
    KEY_HEADER: {"minLength": 16, "maxLength": 255, "examples": ["0f0c6a0e-3d0f-4b55-9a53-2015070100a1"]},
    VERSION_HEADER: {"examples": ['"3"']},
}


def _describe_headers(method: str, operation: dict[str, Any]) -> None:
    """Headers that a door insists on are required, and those that an answer carries are named.

    The doors take them as optional, so that a missing one gets its own status (400 and 428) instead of 422.
    """
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "header" and parameter["name"] in {KEY_HEADER, VERSION_HEADER}:
            parameter["required"] = True
            parameter["schema"] = {"type": "string", **_HEADER_FORMS[parameter["name"]]}
    for status, response in operation["responses"].items():
        if status in {"200", "201"}:
            response["headers"] = {**_ETAG, **({} if method == "get" else _REPLAYED)}


def _scopes(app: FastAPI) -> Iterator[tuple[str, str]]:
    for context in iter_route_contexts(app.router.routes):
        dependant = getattr(context, "dependant", None)
        operation = getattr(context, "operation_id", None)
        for dependency in getattr(dependant, "dependencies", ()):
            if isinstance(dependency.call, May) and operation:
                yield operation, dependency.call.scope


def plain(node: Any) -> Any:
    """The same document without `anyOf ... null`: types say `["integer", "null"]`, references stay references."""
    if isinstance(node, list):
        return [plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: plain(value) for name, value in node.items()}
    choices = made.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        others = [each for each in choices if each != {"type": "null"}]
        if len(others) == 1:
            del made["anyOf"]
            made = _nullable(made, others[0])
    return made


_LARGEST_INT32 = 2**31 - 1


def _size_integers(node: Any) -> None:
    """Every integer says how long it may be: a client that takes pence for 32 bits long loses all beyond £21 million."""
    for each in node if isinstance(node, list) else node.values() if isinstance(node, dict) else ():
        _size_integers(each)
    if not isinstance(node, dict) or "integer" not in (node.get("type") or ()) or "format" in node:
        return
    for bound in ("minimum", "maximum"):
        if bound in node:
            node[bound] = int(node[bound])
    bounds = (node.get("minimum"), node.get("maximum"))
    small = all(bound is not None and abs(bound) <= _LARGEST_INT32 for bound in bounds)
    node["format"] = "int32" if small else "int64"
    if "exclusiveMinimum" in node:
        node["exclusiveMinimum"] = int(node["exclusiveMinimum"])
        if node.get("minimum", 1) <= node["exclusiveMinimum"]:
            del node["minimum"]  # the other says more, and generators know what to do with one bound


def _nullable(holder: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {**holder, "oneOf": [schema, {"type": "null"}]}
    kind = schema.get("type")
    if isinstance(kind, str):
        schema = {**schema, "type": [kind, "null"]}
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return {**schema, **{name: value for name, value in holder.items() if name != "title"}}
