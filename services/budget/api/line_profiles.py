"""How a line's year falls over its months or quarters, and a line of several years over its years."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.budget.actions.lay_down_profile import ProfileAsked, lay_down_profile
from services.budget.rules.line_budget import at_last
from services.budget.rules.profile import Interval, Outlook, Profile, YearOutlook
from services.budget.store import line_budgets, line_profiles, lines
from shared.db import Transaction
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once
from shared.web.fields import Body, Day, Measure, MoneyOut, Out, Pence
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/lines", tags=["lines"])


class ProfileIn(Body):
    """How the year's approved budget falls over its parts: by weights, as amounts, or evenly where neither is sent."""

    id: UUID
    interval: Interval
    weights: list[Measure] | None = Field(default=None, max_length=12)
    amounts_pence: list[Pence] | None = Field(default=None, max_length=12)


class ProfilePartOut(Out):
    """One month or quarter, by its number in the financial year."""

    number: int
    first_day: Day
    amount_pence: int


class ProfileOut(Out):
    """A profile of a line's year. `fits` is false once the approved budget has changed since."""

    id: UUID
    line_id: UUID
    number: int
    financial_year: str
    interval: Interval
    budget_pence: int
    parts: list[ProfilePartOut]
    fits: bool
    recorded_at: datetime


class ProfilesOut(Out):
    """A page of the profiles of a line."""

    items: list[ProfileOut]
    next: str | None


class YearOutlookOut(Out):
    """One year of a line of several years: its own line, its approved budget, and its profile where it has one."""

    line_id: UUID
    financial_year: str
    approved: MoneyOut
    profile: ProfileOut | None


class OutlookOut(Out):
    """A line over its years. `known_pence` is the whole only where `complete` is true."""

    years: list[YearOutlookOut]
    known_pence: int | None
    complete: bool


@router.post(
    "/{id}/profiles",
    operation_id="layDownProfile",
    status_code=201,
    response_model=ProfileOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Lay down a line's profile over its year",
)
async def lay_down(
    id: UUID,  # noqa: A002 the name in the address
    body: ProfileIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("layDownProfile")],
) -> Response:
    """Twelve months or four quarters that come to the approved budget, to the penny, by largest remainders."""
    asked = ProfileAsked(body.id, body.interval, body.weights, body.amounts_pence)
    return answer(await lay_down_profile(door.db, door.caller, sent, id, expected, asked))


@router.get(
    "/{id}/profiles",
    operation_id="listProfiles",
    response_model=ProfilesOut,
    responses=problems(404),
    summary="List the profiles of a line",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """Every profile laid down for the line. The last one counts, as long as it fits the approved budget."""
    after = read_cursor(pages.cursor, int, UUID)
    async with door.db.begin(door.caller) as tx:
        line = await lines.get(tx, id)
        approved = at_last(line, await line_budgets.history(tx, id)).amount_pence
        found = await line_profiles.page(tx, id, pages.limit, after, within)
    rows = [replace(each, fits=each.budget_pence == approved) for each in found]
    return listed(request, page_of(rows, pages.limit, lambda each: (each.number, each.id)))


@router.get(
    "/{id}/outlook",
    operation_id="getLineOutlook",
    response_model=OutlookOut,
    responses=problems(404),
    summary="Read a line over its years",
)
async def outlook(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """The line with those that it continues and that continue it, each with its budget and its profile."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        await lines.get(tx, id)
        years = [await _year(tx, each) for each in await line_profiles.following(tx, id)]
    return shown(request, Outlook.over([each for each in years if each is not None]))


async def _year(tx: Transaction, line_id: UUID) -> YearOutlook | None:
    line = await lines.maybe(tx, line_id)
    if line is None:
        return None
    approved = at_last(line, await line_budgets.history(tx, line_id))
    profile: Profile | None = await line_profiles.last(tx, line_id)
    if profile is not None:
        profile = replace(profile, fits=profile.budget_pence == approved.amount_pence)
    return YearOutlook(line_id, line.financial_year, approved, profile)
