"""Notices that were published of contracts: record, read, list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.actions.record_published_notice import record_published_notice
from services.contracts.rules.published_notice import PublishedNotice, PublishedNoticeKind, SelectionProcess
from services.contracts.store import published_notices
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, Line, Out, Paragraph
from shared.web.openapi import problems
from shared.web.today import today_in_england
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/published-notices", tags=["publication"])

_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_URL = "https://www.find-tender.service.gov.uk/Notice/012345-2025"


class PublishedNoticeIn(Body):
    """A notice that was published of a contract that your organisation leads."""

    contract_id: UUID
    kind: PublishedNoticeKind = Field(examples=["psr_award_notice"])
    published_on: Day = Field(examples=["2025-04-14"])
    reference: Line = Field(min_length=1, examples=["2025/S 000-012345"])
    url: str | None = Field(default=None, max_length=2000, pattern=r"^https://[!-~]+$", examples=[_URL])
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$", examples=[_HASH])
    process: SelectionProcess | None = Field(
        default=None,
        examples=["most_suitable_provider"],
        description="Of an award under the Provider Selection Regime: how the provider was selected.",
    )
    urgent: bool = Field(default=False, description="In reliance on regulation 14 of the regime.")
    representations: int = Field(
        default=0,
        ge=0,
        le=10_000,
        description="Written representations received in the standstill before it.",
    )
    representations_summary: Paragraph | None = Field(
        default=None, description="Their nature and impact, which the annual summary publishes."
    )
    variation_id: UUID | None = Field(
        default=None,
        description="Of a modification: the variation that it tells of, which is then due no more.",
    )

    def to_draft(self, notice_id: UUID, owner: UUID) -> PublishedNotice:
        return PublishedNotice(id=notice_id, owner_organisation_id=owner, **self.model_dump())


class PublishedNoticeOut(Out):
    """A notice that was published of a contract."""

    id: UUID
    contract_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    kind: PublishedNoticeKind
    published_on: Day
    reference: str = Field(examples=["2025/S 000-012345"])
    url: str | None
    sha256: str | None
    process: SelectionProcess | None
    urgent: bool
    representations: int
    representations_summary: str | None
    variation_id: UUID | None
    recorded_at: datetime


class PublishedNoticesOut(Out):
    """A page of notices."""

    items: list[PublishedNoticeOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="recordPublishedNotice",
    status_code=201,
    response_model=PublishedNoticeOut,
    responses=problems(409, 413, 415),
    summary="Record a notice that was published of a contract",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: PublishedNoticeIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("recordPublishedNotice")],
) -> Response:
    """What was published, when and under which reference. What was due by it is due no more in the list of due dates."""
    draft = body.to_draft(id, door.caller.organisation_id)
    made = await record_published_notice(door.db, door.caller, sent, draft, today_in_england())
    return answer(made, f"/v1/published-notices/{id}")


@router.get(
    "/{id}",
    operation_id="getPublishedNotice",
    response_model=PublishedNoticeOut,
    responses=problems(404),
    summary="Read a published notice",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """A notice on a contract that you may see."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await published_notices.get(tx, id))


@router.get(
    "",
    operation_id="listPublishedNotices",
    response_model=PublishedNoticesOut,
    responses=problems(),
    summary="List published notices",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    contract_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Notices on contracts that you may see, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await published_notices.page(tx, contract_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
