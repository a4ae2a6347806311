"""Subject access: all that a controller keeps under one pseudonym (UK GDPR article 15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.contracts.api.placement_bodies import PersonRecordsOut
from services.contracts.rules.placement import Placement
from services.contracts.rules.placement_life import KeptPlacementStep
from services.contracts.store import person_placements
from shared.errors import NOT_FOUND
from shared.web.answers import shown
from shared.web.doors import Door, may
from shared.web.fields import Code
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/placement-subject-access", tags=["placements"])


@dataclass(frozen=True, slots=True)
class _PersonRecords:
    """What is kept under a pseudonym by one controller."""

    controller_organisation_id: UUID
    person_reference: str
    placements: tuple[Placement, ...]
    steps: tuple[KeptPlacementStep, ...]


@router.get(
    "",
    operation_id="getPlacementSubjectAccess",
    response_model=PersonRecordsOut,
    responses=problems(404),
    summary="Find all that is kept of a person",
)
async def every(
    request: Request,
    door: Annotated[Door, may("placement:read")],
    person_reference: Annotated[Code, Query(description="Your own pseudonym for the person.")],
) -> Response:
    """For the controller alone: placements and their history, whoever provides. What was disposed of is not found."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        found = await person_placements.of_person(tx, person_reference)
        if not found:
            raise NOT_FOUND()
        steps = await person_placements.steps_of_person(tx, person_reference)
    records = _PersonRecords(door.caller.organisation_id, person_reference, tuple(found), tuple(steps))
    return shown(request, records)
