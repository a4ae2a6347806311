"""Partnerships: enter, change, read, list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.gateway.actions.change_partnership import change_partnership
from services.gateway.actions.create_partnership import create_partnership
from services.gateway.rules.partnership import Partnership
from services.gateway.store import partnerships
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, patch_once, put_once
from shared.web.fields import Body, Day, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/partnerships", tags=["partnerships"])


class PartnershipIn(Body):
    """A partnership to enter. All its money is in pounds sterling."""

    name: Title = Field(examples=["Plymouth Integrated Commissioning"])
    area: Title | None = Field(default=None, examples=["Plymouth"])
    from_date: Day = Field(examples=["2014-07-16"])
    to_date: Day | None = None

    def to_partnership(self, partnership_id: UUID) -> Partnership:
        return Partnership(partnership_id, self.name, self.area, self.from_date, self.to_date)


class PartnershipChange(Body):
    """What changes; what is left out stays."""

    name: Title = Field(default="", examples=["One Plymouth"])
    area: Title | None = None
    to_date: Day | None = None

    def to_changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


class PartnershipOut(Out):
    """Bodies that commission together."""

    id: UUID
    name: str
    area: str | None
    from_date: Day
    to_date: Day | None
    currency: str = Field(examples=["GBP"])
    version: int


class PartnershipsOut(Out):
    """A page of partnerships."""

    items: list[PartnershipOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="createPartnership",
    status_code=201,
    response_model=PartnershipOut,
    responses=problems(409, 413, 415),
    summary="Enter a partnership in the directory",
)
async def create(
    id: UUID,  # noqa: A002 the name in the address
    body: PartnershipIn,
    door: Annotated[Door, may("directory:write")],
    sent: Annotated[Sent, put_once("createPartnership")],
) -> Response:
    """Enters a partnership under an id that you choose. It has no members yet."""
    kept = await create_partnership(door.db, door.caller, sent, body.to_partnership(id))
    return answer(kept, f"/v1/partnerships/{id}")


@router.patch(
    "/{id}",
    operation_id="changePartnership",
    response_model=PartnershipOut,
    responses=problems(404, 412, 413, 415, 428),
    summary="Change a partnership's name, area or last day",
)
async def change(
    id: UUID,  # noqa: A002 the name in the address
    body: PartnershipChange,
    door: Annotated[Door, may("directory:write")],
    version: IfMatch,
    sent: Annotated[Sent, patch_once("changePartnership")],
) -> Response:
    """Takes over what is sent; `null` takes an area or a last day away."""
    return answer(await change_partnership(door.db, door.caller, sent, id, version, body.to_changes()))


@router.get(
    "/{id}",
    operation_id="getPartnership",
    response_model=PartnershipOut,
    responses=problems(404),
    summary="Read a partnership",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("directory:read")],
) -> Response:
    """A partnership in which your organisation holds a role today."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await partnerships.get(tx, id))


@router.get(
    "",
    operation_id="listPartnerships",
    response_model=PartnershipsOut,
    responses=problems(),
    summary="List partnerships",
)
async def every(
    request: Request,
    door: Annotated[Door, may("directory:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """The partnerships that you may see, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await partnerships.page(tx, pages.limit, after, within)
    page = page_of(rows, pages.limit, lambda each: (each[1], each[0].id))
    return listed(request, Page(tuple(each[0] for each in page.items), page.next_cursor))
