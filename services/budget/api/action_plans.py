"""Action plans against forecast overspends: open, complete a step, close, read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import ConfigDict, Field

from services.budget.actions.close_action_plan import close_action_plan
from services.budget.actions.complete_action_step import complete_action_step
from services.budget.actions.open_action_plan import open_action_plan
from services.budget.rules.action_plan import PlanState, Rung, Step
from services.budget.rules.line import Arrangement
from services.budget.store import action_plans
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, Day, Out, Paragraph, Pence, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/action-plans", tags=["forecasts"])
_ID = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a01"


def _example(**body: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [body]})


class ActionStepIn(Body):
    """A step: where the money comes from, what is done, the office that does it, and until when."""

    rung: Rung
    action: Paragraph = Field(examples=["Review of all packages above £1,000 a week"])
    owner: Title = Field(description="An office or a role.", examples=["Head of commissioning"])
    due_on: Day
    expected_pence: Pence | None = Field(
        default=None, description="What it is to bring, where that is known."
    )


class ActionPlanIn(Body):
    """What is done about a forecast overspend. No day: due at the next meeting that the forecast names."""

    model_config = _example(
        forecast_id=_ID,
        steps=[
            {
                "rung": "management_action",
                "action": "Review of all packages above £1,000 a week",
                "owner": "Head of commissioning",
                "due_on": "2015-12-31",
                "expected_pence": 5000000,
            },
            {
                "rung": "risk_pool",
                "action": "Draw on the risk pool",
                "owner": "Pool manager",
                "due_on": "2016-02-28",
            },
        ],
    )

    forecast_id: UUID
    due_on: Day | None = None
    steps: list[ActionStepIn] = Field(min_length=1, max_length=50)

    def to_steps(self) -> list[Step]:
        return [Step(number=number, **dict(each)) for number, each in enumerate(self.steps, start=1)]


class StepCompletionIn(Body):
    """When a step was done and what it brought; null where that is not known."""

    model_config = _example(done_on="2015-12-18", delivered_pence=4200000)

    done_on: Day
    delivered_pence: Pence | None = None


class PlanClosureIn(Body):
    """How it ended."""

    model_config = _example(outcome="The overspend is met from underspends elsewhere in the pool.")

    outcome: Paragraph


class ActionStepOut(Out):
    """A step of an action plan."""

    number: int
    rung: Rung
    action: str
    owner: str
    due_on: Day
    expected_pence: int | None
    done_on: Day | None
    delivered_pence: int | None


class ActionPlanOut(Out):
    """An action plan against a forecast overspend."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    line_id: UUID
    made_by_organisation_id: UUID
    forecast_id: UUID
    overspend_pence: int
    due_on: Day
    steps: list[ActionStepOut]
    state: PlanState
    outcome: str | None
    version: int


class ActionPlansOut(Out):
    """A page of action plans."""

    items: list[ActionPlanOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="openActionPlan",
    status_code=201,
    response_model=ActionPlanOut,
    responses=problems(409, 413, 415),
    summary="Open an action plan",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ActionPlanIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("openActionPlan")],
) -> Response:
    """For a forecast that passed a threshold which asks for one. Steps climb the overspend ladder in its order."""
    kept = await open_action_plan(
        door.db, door.caller, sent, id, body.forecast_id, body.due_on, body.to_steps()
    )
    return answer(kept, f"/v1/action-plans/{id}")


@router.post(
    "/{id}/steps/{number}/completion",
    operation_id="completeActionStep",
    response_model=ActionPlanOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Complete a step of an action plan",
)
async def complete(
    id: UUID,  # noqa: A002 the name in the address
    number: Annotated[int, Path(ge=1, le=50)],
    body: StepCompletionIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, post_once("completeActionStep")],
    version: IfMatch,
) -> Response:
    """Records when a step was done and what it brought."""
    kept = await complete_action_step(
        door.db, door.caller, sent, id, version, number, body.done_on, body.delivered_pence
    )
    return answer(kept)


@router.post(
    "/{id}/closure",
    operation_id="closeActionPlan",
    response_model=ActionPlanOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Close an action plan",
)
async def close(
    id: UUID,  # noqa: A002 the name in the address
    body: PlanClosureIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, post_once("closeActionPlan")],
    version: IfMatch,
) -> Response:
    """Closes it with its outcome. It stays as it is from then on."""
    return answer(await close_action_plan(door.db, door.caller, sent, id, version, body.outcome))


@router.get(
    "/{id}",
    operation_id="getActionPlan",
    response_model=ActionPlanOut,
    responses=problems(404),
    summary="Read an action plan",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One action plan with its steps."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await action_plans.get(tx, id))


@router.get(
    "",
    operation_id="listActionPlans",
    response_model=ActionPlansOut,
    responses=problems(),
    summary="List the action plans of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    state: Annotated[PlanState | None, Query()] = None,
    line_id: Annotated[UUID | None, Query(description="Only plans for this line.")] = None,
) -> Response:
    """The action plans that you may see, by the day on which they are due."""
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await action_plans.page(tx, partnership_id, state, line_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.due_on, each.id)))
