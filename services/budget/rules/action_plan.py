"""An action plan against a forecast overspend: the rungs of the ladder, each with its owner and its date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules.forecast import Forecast
from services.budget.rules.line import Arrangement
from shared.errors import Kind, reason

PLAN_NOT_DUE = reason(
    "action_plan_not_due",
    Kind.CONFLICT,
    "That forecast passes no threshold that asks for an action plan.",
)
PLAN_OF_ANOTHER = reason(
    "action_plan_of_another",
    Kind.CONFLICT,
    "An action plan is made by the line's owner, or for a pooled line by whoever made its forecast.",
)
FORECAST_UNKNOWN = reason(
    "action_plan_forecast_unknown", Kind.INVALID, "There is no such forecast, or it is not yours to see."
)
PLANNED_ALREADY = reason(
    "action_plan_made_already", Kind.CONFLICT, "There is an action plan for this forecast already."
)
DUE_DAY_NEEDED = reason(
    "action_plan_due_day_needed",
    Kind.INVALID,
    "Name the meeting at which the plan is due: the forecast names none.",
)
STEPS_NUMBERED = reason(
    "action_plan_steps_numbered",
    Kind.INVALID,
    "The steps climb the ladder in its order: underspends first, then the risk pool, uncommitted schemes, and last"
    " money from outside the pool.",
)
PLAN_CLOSED = reason("action_plan_closed", Kind.CONFLICT, "This action plan is closed, so it stays as it is.")
STEP_UNKNOWN = reason("action_plan_step_unknown", Kind.INVALID, "The plan has no step of this number.")
STEP_DONE = reason("action_plan_step_done", Kind.CONFLICT, "This step is on record as done already.")
DONE_LATER = reason(
    "action_plan_done_day_to_come", Kind.INVALID, "Record that a step was done once its day has come."
)


class Rung(StrEnum):
    """Where an overspend is met from, in the order in which section 75 agreements climb."""

    MANAGEMENT_ACTION = "management_action"
    UNDERSPEND_ELSEWHERE = "underspend_elsewhere"
    RISK_POOL = "risk_pool"
    UNCOMMITTED_SCHEMES = "uncommitted_schemes"
    OUTSIDE_THE_POOL = "outside_the_pool"


class PlanState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: on which rung, what is done, by whom and until when, what it is to bring and what it brought."""

    number: int
    rung: Rung
    action: str
    owner: str
    due_on: date
    expected_pence: int | None = None
    done_on: date | None = None
    delivered_pence: int | None = None


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """What is done about a forecast overspend on a line, until it is closed with its outcome."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    line_id: UUID
    made_by_organisation_id: UUID
    forecast_id: UUID
    overspend_pence: int
    due_on: date
    steps: tuple[Step, ...]
    state: PlanState = PlanState.OPEN
    outcome: str | None = None
    version: int = 1


def open_plan(
    plan_id: UUID,
    forecast: Forecast | None,
    organisation_id: UUID,
    due_on: date | None,
    steps: Sequence[Step],
) -> ActionPlan:
    """The plan for a forecast that passed a threshold which asks for one, due at the next meeting."""
    if forecast is None:
        raise FORECAST_UNKNOWN("/forecast_id")
    if organisation_id not in {forecast.owner_organisation_id, forecast.made_by_organisation_id}:
        raise PLAN_OF_ANOTHER("/forecast_id")
    warning = forecast.warning
    if warning is None or not warning.action_plan_due:
        raise PLAN_NOT_DUE("/forecast_id")
    day = due_on or forecast.next_meeting_on
    if day is None:
        raise DUE_DAY_NEEDED("/due_on")
    ladder = list(Rung)
    heights = [ladder.index(each.rung) for each in steps]
    if heights != sorted(heights):
        raise STEPS_NUMBERED("/steps")
    return ActionPlan(
        plan_id,
        forecast.partnership_id,
        forecast.owner_organisation_id,
        forecast.arrangement,
        forecast.financial_year,
        forecast.line_id,
        organisation_id,
        forecast.id,
        warning.overspend_pence,
        day,
        tuple(replace(each, number=number) for number, each in enumerate(steps, start=1)),
    )


def complete_step(
    plan: ActionPlan,
    organisation_id: UUID,
    number: int,
    done_on: date,
    delivered_pence: int | None,
    today: date,
) -> ActionPlan:
    """The plan with one step done, and what it brought where that is known."""
    _require_open(plan, organisation_id)
    if done_on > today:
        raise DONE_LATER("/done_on", today=today)
    held = {each.number: each for each in plan.steps}
    if number not in held:
        raise STEP_UNKNOWN(steps=sorted(held))
    if held[number].done_on is not None:
        raise STEP_DONE(done_on=held[number].done_on)
    held[number] = replace(held[number], done_on=done_on, delivered_pence=delivered_pence)
    return replace(plan, steps=tuple(held[each] for each in sorted(held)), version=plan.version + 1)


def close(plan: ActionPlan, organisation_id: UUID, outcome: str) -> ActionPlan:
    _require_open(plan, organisation_id)
    return replace(plan, state=PlanState.CLOSED, outcome=outcome, version=plan.version + 1)


def _require_open(plan: ActionPlan, organisation_id: UUID) -> None:
    if organisation_id not in {plan.owner_organisation_id, plan.made_by_organisation_id}:
        raise PLAN_OF_ANOTHER()
    if plan.state is PlanState.CLOSED:
        raise PLAN_CLOSED()
