"""The doors of a service's audit: an organisation's own rows, the head of the chain, and the chain to check them with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from starlette.responses import StreamingResponse

from shared import audit_trail
from shared.audit_trail import AuditEvent, Sought
from shared.page import page_of, read_cursor
from shared.web.answers import listed, shown
from shared.web.csv_out import AS_CSV, Cells, streamed_as_csv, wants_csv
from shared.web.doors import Door, Pages, may
from shared.web.fields import Instant, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

JSONL = "application/jsonl"
_AS_JSONL: dict[str, Any] = {"content": {JSONL: {"schema": {"type": "string"}}}}
_FORMS = {"content": {**AS_CSV["content"], **_AS_JSONL["content"]}}
_LARGEST = 2**63 - 1
_WORD = r"^[a-z][a-z0-9_]{0,63}$"
HEADINGS = (
    "recorded_at",
    "what",
    "thing",
    "thing_id",
    "partnership_id",
    "owner_organisation_id",
    "actor_organisation_id",
    "actor_client_id",
    "on_behalf_of",
    "request_id",
    "facts",
    "id",
)


class AuditEventOut(Out):
    """One write: what was done to which record, whose it is, by which client of whom, and on whose behalf."""

    id: UUID
    recorded_at: Instant
    what: str = Field(examples=["journal_posted"])
    thing: str = Field(examples=["journal"])
    thing_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reader_organisation_ids: list[UUID]
    actor_organisation_id: UUID
    actor_client_id: UUID
    on_behalf_of: str | None = Field(examples=["j.smith"])
    request_id: str | None = Field(examples=["2f1c7e9a-4b6d-4e0f-8a3c-5d7b9e1f2a4c"])
    facts: dict[str, Any] = Field(examples=[{"kind": "expenditure", "book": "actual"}])


class AuditEventsOut(Out):
    """A page of an audit."""

    items: list[AuditEventOut]
    next: str | None


class AuditHeadOut(Out):
    """The end of a service's chain of hashes. Whoever keeps one can prove later that nothing before it was changed."""

    service: str = Field(examples=["budget"])
    position: int = Field(examples=[4711])
    hash: str = Field(pattern="^[0-9a-f]{64}$", examples=["9f" * 32])


async def _sought(
    within: RecordedWithin,
    what: Annotated[str | None, Query(pattern=_WORD, examples=["journal_posted"])] = None,
    thing: Annotated[str | None, Query(pattern=_WORD, examples=["journal"])] = None,
    thing_id: Annotated[UUID | None, Query()] = None,
    partnership_id: Annotated[UUID | None, Query()] = None,
    actor_organisation_id: Annotated[UUID | None, Query(description="Who acted.")] = None,
    actor_client_id: Annotated[UUID | None, Query(description="The client that acted.")] = None,
    on_behalf_of: Annotated[
        str | None,
        Query(
            pattern=r"^[\x20-\x7e]{1,200}$",
            description="The person named in X-On-Behalf-Of.",
            examples=["j.smith"],
        ),
    ] = None,
) -> Sought:
    return Sought(
        what,
        thing,
        thing_id,
        partnership_id,
        actor_organisation_id,
        actor_client_id,
        on_behalf_of,
        *within,
    )


Seeking = Annotated[Sought, Depends(_sought)]


def audit_router(service: str, scope: str = "audit:read") -> APIRouter:
    """The router with the doors of a service's audit."""
    router = APIRouter(prefix="/v1", tags=["audit"])
    name = service.capitalize()

    @router.get(
        f"/audit-events/{service}",
        operation_id=f"list{name}AuditEvents",
        response_model=AuditEventsOut,
        responses={**problems(), 200: _FORMS},
        summary=f"Search the audit of what was written in {service}",
    )
    async def search(
        request: Request,
        pages: Pages,
        sought: Seeking,
        door: Door = may(scope),  # noqa: B008 the scope differs from service to service
    ) -> Response:
        """Every write to your organisation's own records, and every write of its clients, the oldest first.

        With `Accept: text/csv` or `application/jsonl` all of them at once, sent while they are read.
        """
        if wants_csv(request):
            return streamed_as_csv(as_cells(audit_trail.every(door.db, door.caller, sought)), "audit-events")
        if JSONL in request.headers.get("accept", ""):
            return _lines(audit_trail.every(door.db, door.caller, sought), "audit-events")
        after = read_cursor(pages.cursor, datetime, UUID)
        found = await audit_trail.page(
            door.db, door.caller, sought, (after[0], after[1]) if after else None, pages.limit + 1
        )
        return listed(request, page_of(found, pages.limit, lambda each: (each.recorded_at, each.id)))

    @router.get(
        f"/audit-heads/{service}",
        operation_id=f"get{name}AuditHead",
        response_model=AuditHeadOut,
        responses=problems(),
        summary=f"Read the end of the audit's chain in {service}",
    )
    async def end(
        request: Request,
        door: Door = may(scope),  # noqa: B008 the scope differs from service to service
    ) -> Response:
        """The last position and its hash, unsigned. `/v1/audit-heads` gives those of all services, signed."""
        return shown(request, await audit_trail.head(door.db, door.caller, service))

    @router.get(
        f"/audit-chains/{service}",
        operation_id=f"export{name}AuditChain",
        response_class=Response,
        responses={**problems(), 200: _AS_JSONL},
        summary=f"Export the audit's chain in {service}, to check it elsewhere",
    )
    async def chain(
        after: Annotated[
            int, Query(ge=0, le=_LARGEST, description="The position of a head that you keep.")
        ] = 0,
        upto: Annotated[
            int, Query(ge=0, le=_LARGEST, description="The position of a later head; left out: to the end.")
        ] = _LARGEST,
        door: Door = may(scope),  # noqa: B008 the scope differs from service to service
    ) -> Response:
        """One line of JSON for each link: its position, leaf and hash, and of your own rows the record behind the leaf.

        `python -m deploy.audit_verifier` checks every link of such a file against two signed heads, with nothing
        else but the public key.
        """
        return _lines(audit_trail.links(door.db, door.caller, after, upto), f"audit-chain-{service}")

    return router


async def as_cells(batches: AsyncIterator[list[AuditEvent]]) -> AsyncIterator[Iterable[Cells]]:
    """Audit rows as rows of a table, under their headings."""
    yield [HEADINGS]
    async for batch in batches:
        yield [_cells(each) for each in batch]


def _cells(event: AuditEvent) -> Cells:
    texts = [getattr(event, name) for name in HEADINGS]
    return [_text(each) for each in texts]


def _text(value: Any) -> str | None:
    match value:
        case None:
            return None
        case dict():
            return msgspec.json.encode(value, order="sorted").decode()
        case datetime():
            return value.isoformat()
        case _:
            return str(value)


def _lines(batches: AsyncIterator[list[Any]], name: str) -> StreamingResponse:
    """One line of JSON for each, sent while they are read."""

    async def pieces() -> AsyncIterator[bytes]:
        async for batch in batches:
            yield b"".join(msgspec.json.encode(each) + b"\n" for each in batch)

    headers = {"Content-Disposition": f'attachment; filename="{name}.jsonl"', "Vary": "Accept"}
    return StreamingResponse(pieces(), 200, headers, JSONL)
