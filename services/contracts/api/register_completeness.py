"""How complete a partnership's register is."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.rules.register_completeness import Area
from services.contracts.store import register_completeness
from shared.errors import NOT_FOUND
from shared.web.answers import shown
from shared.web.doors import Door, may
from shared.web.fields import Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/register-completeness", tags=["contracts"])


class RegisterDetailOut(Out):
    """One detail, and of how many contracts it is on record."""

    name: str = Field(examples=["notice_period"])
    area: Area
    known: int
    percent: str | None = Field(examples=["62.5"])


class RegisterAreasOut(Out):
    """The mean of each area's details in percent; null where there is no contract."""

    staffing: str | None = Field(examples=["62.5"])
    contracts: str | None = Field(examples=["75.0"])
    costs: str | None = Field(examples=["50.0"])
    systems: str | None = Field(examples=["100.0"])


class RegisterCompletenessOut(Out):
    """How complete the running contracts of a partnership are on record."""

    partnership_id: UUID
    contracts: int
    complete: int = Field(description="Contracts with every detail.")
    details: list[RegisterDetailOut]
    areas: RegisterAreasOut


@router.get(
    "",
    operation_id="getRegisterCompleteness",
    response_model=RegisterCompletenessOut,
    responses=problems(404),
    summary="Measure how complete the register is",
)
async def get(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """For commissioners of the partnership: staffing, contracts, costs and what systems match them by."""
    if not door.caller.holds(partnership_id, "commissioner", "host"):
        raise NOT_FOUND()
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await register_completeness.of_partnership(tx, partnership_id))
