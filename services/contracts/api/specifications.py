"""Specifications: what a service has to be, in versions that never overlap."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.actions.record_specification import record_specification
from services.contracts.rules.specification import Specification
from services.contracts.store import specifications
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.text import fold_key
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Code, Day, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/specifications", tags=["contracts"])

Address = Annotated[str, Field(max_length=500, pattern=r'^https?://[^\s<>"]+$')]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SpecificationIn(Body):
    """A version of a specification. One before it that has no last day ends the day before this one begins."""

    partnership_id: UUID
    code: Code = Field(examples=["COMM-NURSING"])
    number: Annotated[int, Field(strict=True, ge=1, le=9999)] = Field(examples=[2])
    title: Title = Field(examples=["Community nursing, single specification"])
    holds_from: Day = Field(examples=["2014-04-01"])
    holds_until: Day | None = Field(default=None, examples=["2016-03-31"])
    url: Address | None = Field(default=None, examples=["https://example.org/specifications/nursing-2.pdf"])
    sha256: Hash | None = None

    def to_draft(self, specification_id: UUID, owner: UUID) -> Specification:
        fields = {name: getattr(self, name) for name in SpecificationIn.model_fields}
        return Specification(id=specification_id, owner_organisation_id=owner, **fields)


class SpecificationOut(Out):
    """A version of a specification."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    code: str
    number: int
    title: str
    holds_from: Day
    holds_until: Day | None
    url: str | None
    sha256: str | None
    recorded_at: datetime
    changed_at: datetime


class SpecificationsOut(Out):
    """A page of versions."""

    items: list[SpecificationOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="recordSpecification",
    status_code=201,
    response_model=SpecificationOut,
    responses=problems(409, 413, 415),
    summary="Record a version of a specification",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: SpecificationIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("recordSpecification")],
) -> Response:
    """Records a version. Two of one specification never hold on the same day, and later ones have higher numbers."""
    draft = body.to_draft(id, door.caller.organisation_id)
    return answer(await record_specification(door.db, door.caller, sent, draft), f"/v1/specifications/{id}")


@router.get(
    "/{id}",
    operation_id="getSpecification",
    response_model=SpecificationOut,
    responses=problems(404),
    summary="Read a version of a specification",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """One version, of any commissioner of your partnerships."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await specifications.get(tx, id))


@router.get(
    "",
    operation_id="listSpecifications",
    response_model=SpecificationsOut,
    responses=problems(),
    summary="List versions of specifications",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query()] = None,
    code: Annotated[Code | None, Query()] = None,
    on: Annotated[Day | None, Query(description="Those that hold on this day.")] = None,
) -> Response:
    """The versions of your partnerships, in the order in which they last changed."""
    asked: dict[str, Any] = {
        "partnership_id": partnership_id,
        "code": None if code is None else fold_key(code),
        "on": on,
    }
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await specifications.page(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.changed_at, each.id)))
