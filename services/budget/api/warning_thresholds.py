"""Thresholds of early warning: set, end, read."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

from services.budget.actions.end_warning_threshold import end_warning_threshold
from services.budget.actions.set_warning_threshold import set_warning_threshold
from services.budget.rules.category import Category
from services.budget.rules.early_warning import Severity, Threshold
from services.budget.store import warning_thresholds
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, Day, Measure, Out, Pence
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/warning-thresholds", tags=["forecasts"])


class ThresholdIn(Body):
    """From which forecast overspend your organisation's lines warn: a share of the budget, an amount, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "partnership_id": "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a01",
                    "severity": "red",
                    "percent_over": "5",
                    "amount_over_pence": 10000000,
                    "action_plan": True,
                    "in_force_from": "2015-04-01",
                }
            ]
        }
    )

    partnership_id: UUID
    severity: Severity
    percent_over: Annotated[Measure, Field(ge=0)] | None = None
    amount_over_pence: Annotated[Pence, Field(ge=0)] | None = None
    category: Category | None = Field(default=None, description="Null: lines of each category.")
    action_plan: bool = Field(description="Whether an action plan is then due at the next meeting.")
    in_force_from: Day
    in_force_to: Day | None = None

    def to_threshold(self, threshold_id: UUID, owner: UUID) -> Threshold:
        return Threshold(id=threshold_id, owner_organisation_id=owner, **dict(self))


class ThresholdEndIn(Body):
    """The last day on which a threshold stands."""

    in_force_to: Day = Field(examples=["2016-03-31"])


class ThresholdOut(Out):
    """A threshold of early warning."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    severity: Severity
    percent_over: str | None
    amount_over_pence: int | None
    category: Category | None
    action_plan: bool
    in_force_from: Day
    in_force_to: Day | None
    version: int


class ThresholdsOut(Out):
    """A page of thresholds."""

    items: list[ThresholdOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="setWarningThreshold",
    status_code=201,
    response_model=ThresholdOut,
    responses=problems(409, 413, 415),
    summary="Set a threshold of early warning",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ThresholdIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("setWarningThreshold")],
) -> Response:
    """Sets from which forecast overspend the lines of your organisation warn. Your partners can read it."""
    asked = body.to_threshold(id, door.caller.organisation_id)
    kept = await set_warning_threshold(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/warning-thresholds/{id}")


@router.post(
    "/{id}/end",
    operation_id="endWarningThreshold",
    response_model=ThresholdOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="End a threshold of early warning",
)
async def end(
    id: UUID,  # noqa: A002 the name in the address
    body: ThresholdEndIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, post_once("endWarningThreshold")],
    version: IfMatch,
) -> Response:
    """Gives a threshold its last day. Warnings that it raised stay."""
    return answer(await end_warning_threshold(door.db, door.caller, sent, id, version, body.in_force_to))


@router.get(
    "/{id}",
    operation_id="getWarningThreshold",
    response_model=ThresholdOut,
    responses=problems(404),
    summary="Read a threshold of early warning",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One threshold, of your organisation or a partner."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await warning_thresholds.get(tx, id))


@router.get(
    "",
    operation_id="listWarningThresholds",
    response_model=ThresholdsOut,
    responses=problems(),
    summary="List the thresholds of early warning",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    owner_organisation_id: Annotated[UUID | None, Query(description="Whose thresholds.")] = None,
) -> Response:
    """The thresholds of all partners, from the oldest on."""
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await warning_thresholds.page(
            tx, partnership_id, owner_organisation_id, pages.limit, after, within
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.in_force_from, each.id)))
