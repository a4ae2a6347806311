"""Lines of savings: record, assume other rates, move their delivery, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.actions.assume_saving_rates import assume_saving_rates
from services.budget.actions.move_saving import move_saving
from services.budget.actions.record_saving import record_saving
from services.budget.api.saving_answers import SavingOut, SavingsOut
from services.budget.api.saving_bodies import SavingIn, SavingMoveIn, SavingRatesIn
from services.budget.rules.saving_line import Delivery, view
from services.budget.store import savings
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Day, Line
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/savings", tags=["savings"])


@router.put(
    "/{id}",
    operation_id="recordSaving",
    status_code=201,
    response_model=SavingOut,
    responses=problems(409, 413, 415),
    summary="Record a line of savings",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: SavingIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("recordSaving")],
) -> Response:
    """Keeps a line and answers its range by year. A base that is to be confirmed leaves the range incomplete."""
    asked = body.to_saving(id, door.caller.organisation_id)
    return answer(await record_saving(door.db, door.caller, sent, asked), f"/v1/savings/{id}")


@router.post(
    "/{id}/assumptions",
    operation_id="assumeSavingRates",
    response_model=SavingOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Assume other rates from a day on",
)
async def assume(
    id: UUID,  # noqa: A002 the name in the address
    body: SavingRatesIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("assumeSavingRates")],
) -> Response:
    """Adds a version of the rates. The bases stay frozen; the answer says what the version changed."""
    return answer(await assume_saving_rates(door.db, door.caller, sent, id, expected, body.to_version()))


@router.post(
    "/{id}/delivery",
    operation_id="moveSaving",
    response_model=SavingOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record how the delivery of a saving stands",
)
async def move(
    id: UUID,  # noqa: A002 the name in the address
    body: SavingMoveIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("moveSaving")],
) -> Response:
    """In delivery, delivered, slipped to a later year, or removed; each move stays in the history."""
    return answer(await move_saving(door.db, door.caller, sent, id, expected, body.to_move()))


@router.get(
    "/{id}",
    operation_id="getSaving",
    response_model=SavingOut,
    responses=problems(404),
    summary="Read a line of savings",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
    assumed_on: Annotated[Day | None, Query(description="On the rates in effect on this day.")] = None,
) -> Response:
    """One line with its range by year, gross and with optimism bias taken off."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, view(await savings.get(tx, id), assumed_on))


@router.get(
    "",
    operation_id="listSavings",
    response_model=SavingsOut,
    responses=problems(),
    summary="List the savings of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    programme: Annotated[Line | None, Query(description="Only this programme.")] = None,
    status: Annotated[Delivery | None, Query(description="Only lines whose delivery stands there.")] = None,
) -> Response:
    """The lines that you may see, by title."""
    after = read_cursor(pages.cursor, str, UUID)
    of = {"of_programme": programme, "of_status": status and status.value}
    async with door.db.begin(door.caller, single=True) as tx:
        rows = [view(each) for each in await savings.page(tx, partnership_id, of, pages.limit, after, within)]
    return listed(request, page_of(rows, pages.limit, lambda each: (each.title, each.id)))
