"""Targets: set one, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.set_target import set_target
from services.outcomes.api.figure_fields import Figure, FigureFromZero, Label, PeriodId, PeriodOut
from services.outcomes.rules.change import Direction, Reading, Side
from services.outcomes.rules.target import Interpolation, Milestone, Target, TargetKind
from services.outcomes.store import targets
from shared.idempotency import Sent
from shared.money import Qualifier
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.examples import INDICATOR, example
from shared.web.fields import Body, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/targets", tags=["targets"])


class MilestoneIn(Body):
    """A figure to be reached in a period; null where the source leaves the column empty."""

    period: PeriodId = Field(examples=["2014April"])
    value: Figure | None


class TargetIn(Body):
    """A target of an indicator that your organisation keeps. Which fields it needs depends on its kind.

    Leave `kind` out where the source says only «5% improvement»: days, scores, counts and rates take the relative
    reading; where the unit is itself a percentage the answer is a refusal with both readings worked out.
    """

    model_config = example(
        indicator_id=INDICATOR,
        kind="relative_change",
        period="2016April",
        change="5",
        direction="decrease",
        stated="5% reduction by 2016/17",
    )

    indicator_id: UUID
    contract_id: UUID | None = None
    kind: TargetKind | None = Field(default=None, examples=["relative_change"])
    period: PeriodId | None = Field(default=None, examples=["2016April"])
    value: Figure | None = None
    change: Figure | None = Field(default=None, examples=["5"])
    change_qualifier: Qualifier | None = None
    direction: Direction | None = Field(default=None, examples=["decrease"])
    reading: Reading | None = Field(default=None, description="Of the change, in halt_then_reduce.")
    comparator_id: UUID | None = None
    side: Side | None = None
    milestones: list[MilestoneIn] = Field(default_factory=list, max_length=100)
    interpolation: Interpolation = Field(
        default=Interpolation.NONE,
        description="Between milestones nothing holds, unless a line is asked for.",
    )
    amber_tolerance: FigureFromZero | None = Field(
        default=None, description="How far short, in the indicator's unit, still counts as amber."
    )
    stated: Label | None = Field(default=None, description="The words of the source.")

    def to_target(self, target_id: UUID, owner: UUID) -> Target:
        fields = {
            **dict(self),
            "kind": self.kind or TargetKind.RELATIVE_CHANGE,
            "milestones": tuple(Milestone(**dict(each)) for each in self.milestones),
        }
        return Target(id=target_id, partnership_id=owner, owner_organisation_id=owner, **fields)


class MilestoneOut(Out):
    """A figure to be reached in a period."""

    period: PeriodOut
    value: Figure | None


class TargetOut(Out):
    """A target as it was settled: kind, direction, side and reading say one thing only."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    indicator_id: UUID
    contract_id: UUID | None
    kind: TargetKind
    period: PeriodOut | None
    value: Figure | None
    change: Figure | None
    change_qualifier: Qualifier | None
    direction: Direction | None
    reading: Reading | None
    comparator_id: UUID | None
    side: Side | None
    milestones: list[MilestoneOut]
    interpolation: Interpolation
    amber_tolerance: Figure | None
    stated: str | None = Field(examples=["5% reduction by 2016/17"])
    recorded_at: datetime


class TargetsOut(Out):
    """A page of targets."""

    items: list[TargetOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="setTarget",
    status_code=201,
    response_model=TargetOut,
    responses=problems(409, 413, 415),
    summary="Set a target",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: TargetIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("setTarget")],
) -> Response:
    """Sets a target for good. What could be read in two ways is refused, with each reading worked out."""
    asked = body.to_target(id, door.caller.organisation_id)
    kept = await set_target(door.db, door.caller, sent, asked, kind_stated=body.kind is not None)
    return answer(kept, f"/v1/targets/{id}")


@router.get(
    "/{id}",
    operation_id="getTarget",
    response_model=TargetOut,
    responses=problems(404),
    summary="Read a target",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """A target, as it was recorded."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await targets.get(tx, id))


@router.get(
    "",
    operation_id="listTargets",
    response_model=TargetsOut,
    responses=problems(),
    summary="List the targets of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    indicator_id: Annotated[UUID | None, Query(description="Only those of this indicator.")] = None,
) -> Response:
    """The targets that you may see, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await targets.page(tx, partnership_id, indicator_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
