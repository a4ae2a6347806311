"""Scorecards: a partnership's outcomes at a date, whole or in short."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.outcomes.api.figure_fields import Label
from services.outcomes.api.scorecard_bodies import ScorecardOut, ScorecardSummaryOut
from services.outcomes.rules.dimension import Dimensions
from services.outcomes.rules.scorecard import Scorecard, scorecard, summary
from services.outcomes.store import scorecards
from services.outcomes.store.instants import require_settled
from shared.context import ROLES
from shared.errors import NOT_FOUND
from shared.web.answers import shown
from shared.web.doors import Door, may
from shared.web.fields import Code, Day, Instant
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/scorecards", tags=["scorecards"])


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which card is asked for."""

    partnership_id: UUID
    framework_id: UUID | None
    contract_id: UUID | None
    provider_organisation_id: UUID | None
    dimensions: Dimensions
    as_at: date
    as_recorded: datetime | None


async def _asked(
    partnership_id: Annotated[UUID, Query()],
    framework_id: Annotated[
        UUID | None, Query(description="Only its indicators, and which way is good as it says.")
    ] = None,
    contract_id: Annotated[UUID | None, Query(description="Only what this contract reports.")] = None,
    provider_organisation_id: Annotated[UUID | None, Query(description="Only what it reports.")] = None,
    area: Annotated[Code | None, Query(description="Only lines of this area.")] = None,
    sub_area: Annotated[Code | None, Query(description="Only lines of this township or locality.")] = None,
    theme: Annotated[Label | None, Query(description="Only lines that serve this theme.")] = None,
    as_at: Annotated[
        Day | None, Query(description="Periods ended by this day; today in England by default.")
    ] = None,
    as_recorded: Annotated[
        Instant | None,
        Query(
            description="As it was on record at this instant. The same question later has the same answer."
        ),
    ] = None,
) -> _Asked:
    day = as_at or today_in_england()
    of = Dimensions(area=area, sub_area=sub_area, theme=theme)
    return _Asked(partnership_id, framework_id, contract_id, provider_organisation_id, of, day, as_recorded)


Asked = Annotated[_Asked, Depends(_asked)]


async def read_card(door: Door, asked: _Asked) -> Scorecard:
    """The scorecard that is asked for, of what the caller may see."""
    caller, instant = door.caller, asked.as_recorded
    audited = {each.partnership_id for each in caller.audits}
    if not (caller.holds(asked.partnership_id, *ROLES) or asked.partnership_id in audited):
        raise NOT_FOUND()
    # Read committed where an instant is asked for: what is settled is looked up first, and read after that.
    async with door.db.begin(caller, snapshot=instant is None) as tx:
        if instant is not None:
            await require_settled(tx, instant)
        facts = await scorecards.facts(
            tx,
            asked.partnership_id,
            asked.as_at,
            instant,
            framework_id=asked.framework_id,
            contract_id=asked.contract_id,
            provider_organisation_id=asked.provider_organisation_id,
            dimensions=asked.dimensions,
        )
    return scorecard(asked.partnership_id, asked.as_at, facts, asked.framework_id, instant)


@router.get(
    "",
    operation_id="getScorecard",
    response_model=ScorecardOut,
    responses=problems(404, 409),
    summary="Read a scorecard",
)
async def get(request: Request, door: Annotated[Door, may("outcome:read")], asked: Asked) -> Response:
    """Each indicator's baseline, target, latest accepted value, comparators and rating with its reason.

    A provider or associate sees the lines of its contracts, an observer the values as published.
    """
    return shown(request, await read_card(door, asked))


@router.get(
    "/summary",
    operation_id="getScorecardSummary",
    response_model=ScorecardSummaryOut,
    responses=problems(404, 409),
    summary="Read a scorecard in short",
)
async def short(request: Request, door: Annotated[Door, may("outcome:read")], asked: Asked) -> Response:
    """The same card with each line's figure, target and rating only."""
    return shown(request, summary(await read_card(door, asked)))
