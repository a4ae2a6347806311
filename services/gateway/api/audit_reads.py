"""What one's own organisation read: which client, on whose behalf, which operation at which address."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.store import reads
from shared.page import page_of, read_cursor
from shared.web.answers import listed
from shared.web.doors import Door, Pages, may
from shared.web.fields import Instant, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/audit-reads", tags=["audit"])


class AuditReadOut(Out):
    """One read: by which client, on whose behalf, of what, and how it was answered."""

    id: UUID
    recorded_at: Instant
    batch_id: UUID
    owner_organisation_id: UUID
    client_id: UUID
    on_behalf_of: str | None = Field(examples=["j.smith"])
    operation: str = Field(examples=["getContract"])
    target: str = Field(examples=["/v1/contracts/4fd0cb2c-8b3b-4f0c-9a3e-0d7f6a1c2b3d"])
    status: int = Field(examples=[200])
    request_id: UUID


class AuditReadsOut(Out):
    """A page of reads."""

    items: list[AuditReadOut]
    next: str | None


@router.get(
    "",
    operation_id="listAuditReads",
    response_model=AuditReadsOut,
    responses=problems(),
    summary="Search the audit of what your organisation read",
)
async def search(
    request: Request,
    door: Annotated[Door, may("audit:read")],
    pages: Pages,
    within: RecordedWithin,
    client_id: Annotated[UUID | None, Query()] = None,
    operation: Annotated[
        str | None, Query(pattern=r"^[a-z][A-Za-z0-9]{0,63}$", examples=["getContract"])
    ] = None,
    on_behalf_of: Annotated[str | None, Query(pattern=r"^[\x20-\x7e]{1,200}$", examples=["j.smith"])] = None,
) -> Response:
    """Every read that your organisation's clients were admitted to, the oldest first, refused ones too.

    A read is recorded within about a second after its answer. A gateway that is killed can lose those of its last
    second, and one that is stopped in order loses none.
    """
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        found = await reads.page(
            tx,
            (client_id, operation, on_behalf_of),
            within,
            (after[0], after[1]) if after else None,
            pages.limit + 1,
        )
    return listed(request, page_of(found, pages.limit, lambda each: (each.recorded_at, each.id)))
