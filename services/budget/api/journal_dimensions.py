"""What entries of a journal were for: read with its history, and added to later."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.budget.actions.describe_entries import describe_entries
from services.budget.api.journal_bodies import DimensionsIn
from services.budget.rules.dimension import description
from services.budget.rules.journal import MOST_ENTRIES
from services.budget.store import entry_dimensions, journals
from shared.idempotency import Sent
from shared.web.answers import answer, shown
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.fields import Body, Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/journals", tags=["journals"])


class EntryDescriptionIn(DimensionsIn):
    """What is said of one entry. What is not named stays as it was; null takes it away."""

    position: int = Field(
        strict=True,
        ge=1,
        le=MOST_ENTRIES,
        examples=[1],
        description="The entry's place in its journal, from 1.",
    )


class DescriptionIn(Body):
    """What is said of entries of a journal."""

    entries: list[EntryDescriptionIn] = Field(min_length=1, max_length=MOST_ENTRIES)


class EntryDescriptionOut(Out):
    """What was said of one entry, in which version, by whom."""

    position: int
    version: int
    contract_id: UUID | None
    provider_organisation_id: UUID | None
    service_code: str | None
    locality_code: str | None
    recorded_by_organisation_id: UUID
    recorded_at: datetime


class DescriptionOut(Out):
    """The dimensions of a journal: what counts now, and all that was ever said, oldest first."""

    journal_id: UUID
    version: int
    entries: list[EntryDescriptionOut]
    history: list[EntryDescriptionOut]


@router.post(
    "/{id}/dimensions",
    operation_id="describeEntries",
    status_code=201,
    response_model=DescriptionOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Say what entries were for",
)
async def describe(
    id: UUID,  # noqa: A002 the name in the address
    body: DescriptionIn,
    version: IfMatch,
    door: Annotated[Door, may("budget:post")],
    sent: Annotated[Sent, post_once("describeEntries")],
) -> Response:
    """Adds contract, provider, service or locality to entries that are posted already. Amounts do not change, and
    what was said before stays on record."""
    changes = [
        (each.position, each.model_dump(exclude_unset=True, exclude={"position"})) for each in body.entries
    ]
    kept = await describe_entries(door.db, door.caller, sent, id, version, changes)
    return answer(kept, f"/v1/journals/{id}/dimensions")


@router.get(
    "/{id}/dimensions",
    operation_id="getEntryDimensions",
    response_model=DescriptionOut,
    responses=problems(404),
    summary="Read what entries were for",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """What counts for each entry now, with everything that was said before. The version goes into If-Match."""
    async with door.db.begin(door.caller) as tx:
        await journals.get(tx, id)
        return shown(request, description(id, await entry_dimensions.said(tx, id)))
