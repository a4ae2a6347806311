"""A system rolled up: one door to a view of all partnerships in which a body commissions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.gateway.api.roll_up_rows import roll_up_rows
from services.gateway.api.view_questions import AsAt, AsRecorded, Mode, Year, ask_year, read_year
from services.gateway.api.view_readers import readers_for
from services.gateway.rules.partnership import Role
from services.gateway.store import members, partnerships
from services.gateway.views.source import ViewMode
from services.gateway.views.system_roll_up import (
    MOST_PARTNERSHIPS,
    SOURCES,
    PlaceAsked,
    SystemRollUp,
    system_roll_up,
)
from shared.calendar import FinancialYear, financial_year_of
from shared.errors import NOT_FOUND, Kind, reason
from shared.web.answers import shown
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, may
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/systems/{id}/roll-up", tags=["partnerships"])
_VARIES = {"Vary": "Accept"}
_COMMISSIONS = frozenset({Role.COMMISSIONER, Role.HOST})
SYSTEM_TOO_LARGE = reason(
    "system_too_large",
    Kind.CONFLICT,
    "This body commissions in more partnerships than one view adds up. Read each partnership by itself.",
)


@router.get(
    "",
    operation_id="getSystemRollUp",
    response_model=SystemRollUp,
    responses={**problems(404, 409), 200: AS_CSV},
    summary="See all partnerships of one commissioning body together",
)
async def roll_up(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    financial_year: Year = None,
    as_at: AsAt = None,
    as_recorded: AsRecorded = None,
    mode: Mode = ViewMode.PARTIAL,
) -> Response:
    """Money, contracts and ratings of every partnership in which this body commissions, side by side and together.

    `id` is the body, such as an NHS commissioner with a pool beside each of several councils. Only partnerships of
    which you are a member are in it, each as its own views show it to you. Nothing is counted twice: a contract stands
    in one partnership, a body that was succeeded counts as its successor, and what a provider reports alike to several
    partnerships is rated once. Contracts are as they stand today, whichever instant is asked for. With
    `Accept: text/csv` a table in pounds.
    """
    year = read_year(financial_year, "?financial_year") or financial_year_of(
        as_at or today_in_england(datetime.now(UTC))
    )
    names = await _partnerships(door, id, year)
    when = (as_at, as_recorded)
    asked = [
        PlaceAsked(name, ask_year(door, place, SOURCES.values(), financial_year, when, mode))
        for place, name in names
    ]
    view = await system_roll_up(door.db, door.caller, readers_for(request, SOURCES), id, asked, mode)
    if wants_csv(request):
        return shown_as_csv(request, roll_up_rows(view), f"roll-up-{asked[0].question.last.slug}")
    return shown(request, view, _VARIES)


async def _partnerships(door: Door, body: UUID, year: FinancialYear) -> list[tuple[UUID, str]]:
    """The caller's partnerships in which the body commissions, with their names, but those that it left before the year.

    One that it came to later counts too: a successor reads the years of whom it succeeded.
    """
    async with door.db.begin(door.caller) as tx:
        found = {
            each.partnership_id
            for each in await members.with_any(tx, [body])
            if each.organisation_id == body
            and each.role in _COMMISSIONS
            and (each.to_date is None or each.to_date >= year.first_day)
            and door.caller.holds(each.partnership_id, *Role)
        }
        if not found:
            raise NOT_FOUND()
        if len(found) > MOST_PARTNERSHIPS:
            raise SYSTEM_TOO_LARGE(most_partnerships=MOST_PARTNERSHIPS, partnerships=len(found))
        return [(each, (await partnerships.get(tx, each)).name) for each in sorted(found)]
