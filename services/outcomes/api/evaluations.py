"""Evaluations: submit one to the body that oversees it, read its three axes, sign it off."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.decide_evaluation import decide_evaluation
from services.outcomes.actions.submit_evaluation import submit_evaluation
from services.outcomes.api.figure_fields import Label
from services.outcomes.api.scorecard_bodies import RatingCountsOut, SummaryLineOut
from services.outcomes.rules.evaluation import Evaluation, EvaluationState, review
from services.outcomes.rules.indicator import Axis
from services.outcomes.rules.scorecard import scorecard
from services.outcomes.store import evaluations, scorecards
from services.outcomes.store.instants import require_settled
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.examples import COUNCIL, PARTNERSHIP, example
from shared.web.fields import Body, Day, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/evaluations", tags=["evaluations"])

_TITLE = "Integrated model, first year"
_BOARD = "Integrated Commissioning Board"
_MINUTE = "The board noted the evaluation and signed it off."


class EvaluationIn(Body):
    """An evaluation of what is on record now, as at a day, for the body that oversees it."""

    model_config = example(
        partnership_id=PARTNERSHIP,
        title=_TITLE,
        as_at="2016-03-31",
        conclusion="Delays fell; unit costs did not.",
        body_organisation_id=COUNCIL,
        body_name=_BOARD,
    )

    partnership_id: UUID
    title: Label = Field(examples=[_TITLE])
    as_at: Day = Field(examples=["2016-03-31"])
    framework_id: UUID | None = None
    contract_id: UUID | None = None
    conclusion: Paragraph
    body_organisation_id: UUID = Field(description="The organisation that answers for the body.")
    body_name: Label = Field(examples=[_BOARD])

    def to_evaluation(self, evaluation_id: UUID, owner: UUID) -> Evaluation:
        return Evaluation(id=evaluation_id, owner_organisation_id=owner, **dict(self))


class EvaluationDecisionIn(Body):
    """What the body decided, on which day, and its minute."""

    model_config = example(state="signed_off", decided_on="2016-05-12", minute=_MINUTE)

    state: EvaluationState = Field(examples=["signed_off"], description="`signed_off` or `referred_back`.")
    decided_on: Day = Field(examples=["2016-05-12"])
    minute: Paragraph = Field(examples=[_MINUTE])


class EvaluationOut(Out):
    """An evaluation and what was decided on it."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str = Field(examples=[_TITLE])
    as_at: Day
    framework_id: UUID | None
    contract_id: UUID | None
    conclusion: str = Field(examples=["Delays fell; unit costs did not."])
    body_organisation_id: UUID
    body_name: str = Field(examples=[_BOARD])
    state: EvaluationState
    decided_on: Day | None
    minute: str | None = Field(examples=[_MINUTE])
    decided_by_organisation_id: UUID | None
    decided_by_client_id: UUID | None
    version: int
    recorded_at: datetime
    updated_at: datetime


class EvaluationsOut(Out):
    """A page of evaluations."""

    items: list[EvaluationOut]
    next: str | None


class ReviewAxisOut(Out):
    """One axis: its lines in short, and how they are rated."""

    axis: Axis
    ratings: RatingCountsOut
    lines: list[SummaryLineOut]


class ReviewOut(Out):
    """Outcomes, quality and cost effectiveness on one page."""

    evaluation: EvaluationOut
    axes: list[ReviewAxisOut]
    missing_axes: list[Axis]
    complete: bool
    missing_contributors: list[UUID]


@router.put(
    "/{id}",
    operation_id="submitEvaluation",
    status_code=201,
    response_model=EvaluationOut,
    responses=problems(409, 413, 415),
    summary="Submit an evaluation",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: EvaluationIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("submitEvaluation")],
) -> Response:
    """Submits an evaluation. Its figures are those on record at this moment, and stay."""
    asked = body.to_evaluation(id, door.caller.organisation_id)
    return answer(await submit_evaluation(door.db, door.caller, sent, asked), f"/v1/evaluations/{id}")


@router.post(
    "/{id}/decision",
    operation_id="decideEvaluation",
    response_model=EvaluationOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Sign an evaluation off or refer it back",
)
async def decided(
    id: UUID,  # noqa: A002 the name in the address
    body: EvaluationDecisionIn,
    door: Annotated[Door, may("return:signoff")],
    sent: Annotated[Sent, post_once("decideEvaluation")],
    version: IfMatch,
) -> Response:
    """Records what the body decided. Only a client of its organisation does, and once."""
    decision = (body.state, body.decided_on, body.minute)
    return answer(await decide_evaluation(door.db, door.caller, sent, id, version, decision))


@router.get(
    "/{id}",
    operation_id="getEvaluation",
    response_model=EvaluationOut,
    responses=problems(404),
    summary="Read an evaluation",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """An evaluation and what was decided on it."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await evaluations.get(tx, id))


@router.get(
    "/{id}/review",
    operation_id="getEvaluationReview",
    response_model=ReviewOut,
    responses=problems(404, 409),
    summary="Read the three axes of an evaluation",
)
async def reviewed(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """Outcomes, quality and cost effectiveness together, as on record when it was submitted; the same for ever."""
    async with door.db.begin(door.caller) as tx:
        found = await evaluations.get(tx, id)
        assert found.recorded_at is not None
        await require_settled(tx, found.recorded_at)
        facts = await scorecards.facts(
            tx,
            found.partnership_id,
            found.as_at,
            found.recorded_at,
            framework_id=found.framework_id,
            contract_id=found.contract_id,
        )
    card = scorecard(found.partnership_id, found.as_at, facts, found.framework_id, found.recorded_at)
    return shown(request, review(found, card))


@router.get(
    "",
    operation_id="listEvaluations",
    response_model=EvaluationsOut,
    responses=problems(),
    summary="List the evaluations of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    state: Annotated[EvaluationState | None, Query()] = None,
) -> Response:
    """The evaluations that you may see, in the order in which they last changed."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await evaluations.page(
            tx, pages.limit, after, within, partnership_id=partnership_id, state=state
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.updated_at, each.id)))
