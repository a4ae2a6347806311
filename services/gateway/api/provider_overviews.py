"""A provider over all its commissioners: one door to a view of three services."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.api.provider_rows import provider_rows
from services.gateway.api.view_questions import AsAt, AsRecorded, Mode, Year, day_of, read_year
from services.gateway.api.view_readers import readers_for
from services.gateway.rules.partnership import Role
from services.gateway.rules.policy import decide
from services.gateway.rules.policy_table import ROWS
from services.gateway.rules.standing import held_roles
from services.gateway.rules.view import WithheldBecause
from services.gateway.views.provider_overview import (
    SOURCES,
    ProviderAsked,
    ProviderOverview,
    provider_overview,
)
from services.gateway.views.source import ViewMode
from shared.calendar import FinancialYear, financial_year_of
from shared.caller import Caller
from shared.errors import NOT_FOUND
from shared.web.answers import shown
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, may
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/providers/{id}/view", tags=["providers"])
_ROWS = {row.operation_id: row for row in ROWS}
_VARIES = {"Vary": "Accept"}


@router.get(
    "",
    operation_id="getProviderOverview",
    response_model=ProviderOverview,
    responses={**problems(404, 409), 200: AS_CSV},
    summary="See a provider over all its commissioners",
)
async def view(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    partnership_id: Annotated[UUID | None, Query(description="Left out: wherever you see it.")] = None,
    financial_year: Year = None,
    as_at: AsAt = None,
    as_recorded: AsRecorded = None,
    mode: Mode = ViewMode.PARTIAL,
) -> Response:
    """Contracts by commissioner, what ends next and what is open, returns by period, and what was spent for each contract.

    You see the contracts that you may see, and of a provider without any nothing. Spending is shown to who commissions
    or audits; a provider sees itself with no money behind it. With `Accept: text/csv` a table in pounds.
    """
    if partnership_id is not None and not door.caller.holds(partnership_id, *Role):
        raise NOT_FOUND()
    asked = _asked(door, id, partnership_id, financial_year, (as_at, as_recorded), mode)
    found = await provider_overview(readers_for(request, SOURCES), asked)
    if wants_csv(request):
        return shown_as_csv(request, provider_rows(found), f"provider-{asked.year.slug}")
    return shown(request, found, _VARIES)


def _asked(
    door: Door,
    provider: UUID,
    place: UUID | None,
    financial_year: str | None,
    when: tuple[date | None, datetime | None],
    mode: ViewMode,
) -> ProviderAsked:
    now = datetime.now(UTC)
    today = today_in_england(now)
    year = read_year(financial_year, "?financial_year") or financial_year_of(when[0] or today)
    day = day_of(year, when[0], today)
    places = _with_money(door.caller, place, year)
    closed = _closed(door.caller, places)
    return ProviderAsked(provider, place, places, year, day, when[0] or today, when[1], mode, now, closed)


def _with_money(caller: Caller, place: UUID | None, year: FinancialYear) -> tuple[UUID, ...]:
    """The partnerships of whose money the caller may be told in that year: as a commissioner, or as an auditor of it."""
    audited = {each.partnership_id for each in caller.audits if year.label in each.financial_years}
    found = {*caller.partnerships("commissioner", "host"), *audited}
    return tuple(sorted(each for each in found if place in (None, each)))


def _closed(caller: Caller, places: tuple[UUID, ...]) -> dict[str, WithheldBecause]:
    """The operations that no role of the caller's opens; the others need their scope."""
    found = {}
    for operation in SOURCES.values():
        row = _ROWS[operation]
        if not row.roles & held_roles(caller) or (row.service == "budget" and not places):
            found[operation] = WithheldBecause.NOT_FOR_ROLE
        else:
            decide(row, caller)
    return found
