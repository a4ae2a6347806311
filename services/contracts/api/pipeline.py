"""The pipeline of procurements to come."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.api.contract_answers import DateConflictOut, RelatedContractOut, StatedDateOut
from services.contracts.rules.pipeline_entry import PipelineKind
from services.contracts.rules.state import State
from services.contracts.store import pipeline_entries
from shared.page import page_of, read_cursor
from shared.web.answers import listed
from shared.web.doors import Door, Pages, may
from shared.web.fields import Day, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/pipeline", tags=["contracts"])


class PipelineEntryOut(Out):
    """One procurement to come, with every date that documents state for it and where they do not agree."""

    contract_id: UUID
    kind: PipelineKind
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str = Field(examples=["NEW-LEG-ULCER"])
    title: str = Field(examples=["Leg ulcer care"])
    service: str | None
    state: State
    target_on: Day | None
    stated_dates: list[StatedDateOut]
    date_conflicts: list[DateConflictOut]
    related: list[RelatedContractOut]


class PipelineOut(Out):
    """A page of the pipeline."""

    items: list[PipelineEntryOut]
    next: str | None


@router.get(
    "",
    operation_id="listPipeline",
    response_model=PipelineOut,
    responses=problems(),
    summary="List what is to be procured",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    """What is planned, and what runs and is to be procured again, by target date. For commissioners only."""
    filters = {} if partnership_id is None else {"partnership_id": partnership_id}
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await pipeline_entries.page(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, pipeline_entries.keys_of))
