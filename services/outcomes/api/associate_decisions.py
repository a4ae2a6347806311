"""What associates of a contract say of accepted returns (`/v1/returns/{id}/associate-acceptance`)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.outcomes.actions.accept_as_associate import accept_as_associate
from services.outcomes.rules.associate_decision import Standing
from services.outcomes.store import associate_decisions, returns
from shared.idempotency import Sent
from shared.page import Page
from shared.web.answers import answer, listed
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.fields import Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/returns", tags=["returns"])


class AssociateStandingOut(Out):
    """Where one associate stands. `until` is the last day to object; null where silence never counts."""

    return_id: UUID
    revision: int
    associate_organisation_id: UUID
    standing: Standing
    decided_at: datetime | None
    until: Day | None


class AssociateStandingsOut(Out):
    """Where every associate stands on the revision that holds."""

    items: list[AssociateStandingOut]
    next: str | None


@router.post(
    "/{id}/associate-acceptance",
    operation_id="acceptAsAssociate",
    status_code=201,
    response_model=AssociateStandingOut,
    responses=problems(404, 409, 412, 428),
    summary="Accept a return as an associate",
)
async def accept(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("return:signoff")],
    sent: Annotated[Sent, post_once("acceptAsAssociate")],
    version: IfMatch,
) -> Response:
    """Accepts the revision that its lead accepted. Who does not accept raises a dispute; silence may count as acceptance."""
    return answer(await accept_as_associate(door.db, door.caller, sent, id, version))


@router.get(
    "/{id}/associate-acceptance",
    operation_id="listAssociateStandings",
    response_model=AssociateStandingsOut,
    responses=problems(404),
    summary="See where the associates stand",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("return:read")],
) -> Response:
    """Where every associate stands today on the accepted revision: accepted, objected, awaited, or deemed to accept."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        found = await returns.get(tx, id)
        return listed(request, Page(await associate_decisions.standing(tx, found, today_in_england()), None))
