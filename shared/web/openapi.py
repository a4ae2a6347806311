"""The OpenAPI document of a service, in the shapes that client generators take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel

from shared.errors import REASONS
from shared.web.doors import May
from shared.web.problem import MEDIA_TYPE, STATUS


class FieldError(BaseModel):
    """One field that is wrong: where, which rule, and what to do."""

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """Why a request was refused (RFC 9457). Facts about the refusal stand beside these members."""

    model_config = {"extra": "allow"}

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    request_id: str | None = None
    code: str
    errors: list[FieldError]


_MEANING = {
    400: "The request could not be read.",
    401: "No valid token came with the request.",
    403: "The client lacks the scope, or its organisation any role that could allow this.",
    404: "There is no such record, or it is not yours to see.",
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
    for operation in operations(made):
        operation["x-service"] = service
        scope = scopes.get(operation["operationId"])
        if scope is not None:
            operation["x-scope"] = scope
            operation["security"] = [{"oauth2": [scope]}]
    made["x-problems"] = {
        code: {"status": STATUS[each.kind], "detail": each.sentence} for code, each in sorted(REASONS.items())
    }
    app.openapi_schema = plain(made)
    return app.openapi_schema


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document.get("paths", {}).values():
        for method in ("get", "put", "post", "patch", "delete"):
            if method in item:
                yield item[method]


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


def _nullable(holder: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {**holder, "oneOf": [schema, {"type": "null"}]}
    kind = schema.get("type")
    if isinstance(kind, str):
        schema = {**schema, "type": [kind, "null"]}
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return {**schema, **{name: value for name, value in holder.items() if name != "title"}}
