"""What there is to read about this API: the OpenAPI documents, a page of documentation, a page for each error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import iter_route_contexts

from services.gateway.renderings.documentation import documentation, error_page, style_policy
from services.gateway.rules.internal import internal_mistakes
from services.gateway.rules.internal_table import INTERNAL
from services.gateway.rules.policy import METHODS, Operation, mistakes
from services.gateway.rules.policy_table import ROWS
from shared.web.answers import JSON
from shared.web.problem import NO_SUCH_ADDRESS

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).resolve().parent.parent / "openapi"
HTML = "text/html; charset=utf-8"


class CannotStart(Exception):
    """The documents and the policy table do not fit together; the sentences say where."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The checked-in documents as they are served."""

    merged: bytes
    merged_3_0: bytes
    page: bytes
    problems: dict[str, Any]


def check(app: FastAPI) -> None:
    """Read the documents. Refuse to start unless every operation has a policy row, and every row an operation.

    Operations that only the gateway calls are held against their own table in the same way.
    """
    try:
        merged = (FOLDER / "merged.json").read_bytes()
        merged_3_0 = (FOLDER / "merged-3.0.json").read_bytes()
        internal = msgspec.json.decode((FOLDER / "internal.json").read_bytes(), type=list[Operation])
    except OSError as error:
        raise CannotStart("The merged OpenAPI documents are missing: run `make openapi`.") from error
    document = msgspec.json.decode(merged)
    found = {each.operation_id: each for each in [*_documented(document), *_own(app)]}
    wrong = mistakes(ROWS, found.values())
    if wrong:
        raise CannotStart("The policy table and the operations differ. " + " ".join(wrong))
    wrong = internal_mistakes(INTERNAL, ROWS, internal)
    if wrong:
        raise CannotStart("The table of internal operations and the operations differ. " + " ".join(wrong))
    app.state.documents = Documents(
        merged, merged_3_0, documentation(document).encode(), document.get("x-problems", {})
    )


def _documented(document: dict[str, Any]) -> Iterator[Operation]:
    """The operations of a merged OpenAPI document."""
    for path, item in document["paths"].items():
        for method in METHODS:
            operation = item.get(method.lower())
            if operation is not None:
                yield Operation(
                    operation["operationId"], method, path, operation["x-service"], operation.get("x-scope")
                )


def _own(app: FastAPI) -> Iterator[Operation]:
    """The gateway's own routes as they are mounted, also those that the documents leave out."""
    documented = {each.operation_id: each for each in _documented(app.openapi())}
    for context in iter_route_contexts(app.router.routes):
        name = str(getattr(context, "operation_id", None) or context.name)
        for method in sorted(context.methods or ()):
            known = documented.get(name)
            yield known or Operation(name, method, str(context.path), "gateway", None)


def _documents(request: Request) -> Documents:
    found: Documents = request.app.state.documents
    return found


def with_tag(request: Request, body: bytes, kind: str) -> Response:
    """What is read with its tag, or that it is what the reader has."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(None, 304, headers)
    return Response(body, 200, headers, kind)


@router.get("/openapi.json", name="getOpenApi")
async def openapi(request: Request) -> Response:
    """Every public operation of all services, OpenAPI 3.1."""
    return with_tag(request, _documents(request).merged, JSON)


@router.get("/openapi-3.0.json", name="getOpenApi30")
async def openapi_3_0(request: Request) -> Response:
    """The same, OpenAPI 3.0.3."""
    return with_tag(request, _documents(request).merged_3_0, JSON)


@router.get("/docs", name="getDocumentation")
async def docs(request: Request) -> Response:
    """The documentation as a page that asks no other host for anything."""
    answer = with_tag(request, _documents(request).page, HTML)
    answer.headers["Content-Security-Policy"] = style_policy()
    return answer


@router.get("/errors/{code}", name="getErrorPage")
async def error(code: str, request: Request) -> Response:
    """The page that the `type` of a problem points at."""
    found = _documents(request).problems.get(code)
    if found is None:
        raise NO_SUCH_ADDRESS()
    answer = with_tag(request, error_page(code, found).encode(), HTML)
    answer.headers["Content-Security-Policy"] = style_policy()
    return answer
