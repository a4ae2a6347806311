"""Every answer that is not a success, as problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from shared.errors import Fault, Kind, Reason, Refusal, reason
from shared.logs import request_id

MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[Kind, int] = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.METHOD: 405,
    Kind.CONFLICT: 409,
    Kind.STALE: 412,
    Kind.TOO_LARGE: 413,
    Kind.MEDIA_TYPE: 415,
    Kind.INVALID: 422,
    Kind.PRECONDITION: 428,
    Kind.TOO_MANY: 429,
    Kind.INTERNAL: 500,
    Kind.BAD_UPSTREAM: 502,
    Kind.UNAVAILABLE: 503,
}

JSON_MALFORMED = reason("json_malformed", Kind.MALFORMED, "The body is not well-formed JSON.")
REQUEST_MALFORMED = reason("request_malformed", Kind.MALFORMED, "The request could not be read.")
FIELDS_INVALID = reason(
    "fields_invalid", Kind.INVALID, "Some of what was sent is not right; see errors for each field."
)
NO_SUCH_ADDRESS = reason("no_such_address", Kind.NOT_FOUND, "There is nothing at this address.")
METHOD_NOT_ALLOWED = reason(
    "method_not_allowed", Kind.METHOD, "This address does not take this method; see Allow."
)
BODY_TOO_LARGE = reason("body_too_large", Kind.TOO_LARGE, "The body is larger than this address takes.")
TYPE_UNSUPPORTED = reason(
    "media_type_unsupported", Kind.MEDIA_TYPE, "Send the body as the media type this address takes."
)
INTERNAL = reason(
    "internal_error",
    Kind.INTERNAL,
    "Something went wrong on our side. Quote the request id when you tell us.",
)

_BY_STATUS = {
    400: REQUEST_MALFORMED,
    404: NO_SUCH_ADDRESS,
    405: METHOD_NOT_ALLOWED,
    413: BODY_TOO_LARGE,
    415: TYPE_UNSUPPORTED,
}


def problem(
    found: Reason,
    *,
    faults: tuple[Fault, ...] = (),
    facts: Mapping[str, Any] | None = None,
    instance: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The problem document of a refusal. Facts never overwrite the members that RFC 9457 names."""
    status = STATUS[found.kind]
    body = {
        **(facts or {}),
        "type": f"/errors/{found.code}",
        "title": found.code.replace("_", " ").capitalize(),
        "status": status,
        "detail": found.sentence,
        "instance": instance,
        "request_id": request_id.get(),
        "code": found.code,
        "errors": [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in faults],
    }
    return Response(msgspec.json.encode(body), status, dict(headers or {}), MEDIA_TYPE)


def of_refusal(refusal: Refusal, instance: str | None = None) -> Response:
    headers: dict[str, str] = {}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if refusal.reason.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        refusal.reason, faults=refusal.faults, facts=refusal.facts, instance=instance, headers=headers
    )


def _pointer(location: tuple[Any, ...]) -> str:
    """FastAPI's location as a JSON pointer into the body, or `?name` and `#name` for query and header."""
    source, *path = location
    if source == "body":
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
    mark = {"query": "?", "header": "#"}.get(str(source), "")
    return mark + ".".join(str(step) for step in path)


def install(app: FastAPI) -> None:
    """Make every error of this app a problem document."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return of_refusal(error, request.url.path)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        mistakes = error.errors()
        if any(mistake["type"] == "json_invalid" for mistake in mistakes):
            return problem(JSON_MALFORMED, instance=request.url.path)
        faults = tuple(
            Fault(_pointer(tuple(each["loc"])), each["type"], _plain(each)) for each in mistakes[:50]
        )
        return problem(FIELDS_INVALID, faults=faults, instance=request.url.path)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods(app, request))
        found = _BY_STATUS.get(error.status_code, REQUEST_MALFORMED)
        return problem(found, instance=request.url.path, headers=headers)

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)


# Pydantic's own sentences are for programmers; these are for whoever fills in the field.
_SENTENCES: Mapping[str, str] = {
    "missing": "This field is needed.",
    "extra_forbidden": "There is no such field here.",
    "uuid_parsing": "Write an id like 5f1e7d5c-0f3b-4d0a-9a3e-2014040115a7.",
    "uuid_type": "Write an id like 5f1e7d5c-0f3b-4d0a-9a3e-2014040115a7.",
    "enum": "Write one of: {expected}.",
    "literal_error": "Write one of: {expected}.",
    "string_type": "Write this as text.",
    "string_too_long": "The text may have at most {max_length} characters.",
    "string_pattern_mismatch": "The text is not of the form that this field takes.",
    "int_type": "Write a whole number.",
    "int_parsing": "Write a whole number.",
    "bool_type": "Write true or false.",
    "list_type": "Write a list.",
    "too_long": "The list may have at most {max_length} items.",
    "too_short": "The list needs at least {min_length} items.",
    "less_than_equal": "The number may be at most {le}.",
    "greater_than_equal": "The number must be at least {ge}.",
    "model_attributes_type": "Write an object with the fields of this part.",
    "model_type": "Write an object with the fields of this part.",
    "dict_type": "Write an object with the fields of this part.",
}


def _plain(mistake: Mapping[str, Any]) -> str:
    """What is wrong with a field, in a sentence that whoever fills it in can act on."""
    sentence = _SENTENCES.get(mistake["type"])
    if sentence is None:
        return str(mistake["msg"]).removeprefix("Value error, ")
    return sentence.format_map({name: str(value) for name, value in mistake.get("ctx", {}).items()})


def _methods(app: FastAPI, request: Request) -> list[str]:
    """All methods of an address, over all routes (the framework's own answer names one route's only)."""
    found: set[str] = set()
    for context in iter_route_contexts(app.router.routes):
        pattern, methods = getattr(context, "path_regex", None), getattr(context, "methods", None)
        if pattern is not None and methods and pattern.match(request.url.path):
            found |= set(methods)
    return sorted(found)
