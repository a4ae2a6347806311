"""Early triggers: what the rules found under contracts; acknowledge one, resolve it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.acknowledge_trigger import acknowledge_trigger
from services.outcomes.actions.resolve_trigger import resolve_trigger
from services.outcomes.api.figure_fields import Figure, PeriodOut, YearOut
from services.outcomes.rules.rating import Colour, RatingReason
from services.outcomes.rules.spc_signal import Signal
from services.outcomes.rules.trigger import TriggerOutcome, TriggerRule, TriggerState
from services.outcomes.store import triggers
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once
from shared.web.examples import example
from shared.web.fields import Body, Day, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/triggers", tags=["triggers"])


class TriggerAcknowledgementIn(Body):
    """The lead's word that it has seen the trigger."""

    model_config = example(note="Raised at the contract meeting of 4 August.")

    note: Paragraph | None = Field(default=None, examples=["Raised at the contract meeting of 4 August."])


class TriggerResolutionIn(Body):
    """What came of the trigger."""

    model_config = example(outcome="action_agreed", note="A recovery plan was agreed with the provider.")

    outcome: TriggerOutcome
    note: Paragraph = Field(examples=["A recovery plan was agreed with the provider."])


class ComparatorEvidenceOut(Out):
    """A comparator's figure of the same period, than which the series stands worse."""

    comparator_id: UUID
    name: str = Field(examples=["England"])
    value: Figure


class TriggerEvidenceOut(Out):
    """What the rule saw when it raised the trigger. What the rule does not look at is null."""

    value: Figure | None
    previous_period: PeriodOut | None
    previous_value: Figure | None
    comparators: list[ComparatorEvidenceOut]
    signal: Signal | None
    centre: Figure | None
    lower: Figure | None
    upper: Figure | None
    rating: Colour | None
    rating_reason: RatingReason | None
    target_value: Figure | None
    previous_rating_reason: RatingReason | None
    previous_target_value: Figure | None
    due_on: Day | None
    days_overdue: int | None


class TriggerOut(Out):
    """A trigger of a contract. `revision` is that of the figure which raised it, 0 where no return has come."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    contract_id: UUID
    obligation_id: UUID
    provider_organisation_id: UUID
    indicator_id: UUID | None
    rule: TriggerRule
    period: PeriodOut
    financial_year: YearOut
    revision: int
    evidence: TriggerEvidenceOut
    state: TriggerState
    version: int
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledgement: str | None = Field(examples=["Raised at the contract meeting of 4 August."])
    resolved_at: datetime | None
    outcome: TriggerOutcome | None
    resolution: str | None = Field(examples=["A recovery plan was agreed with the provider."])
    updated_at: datetime


class TriggersOut(Out):
    """A page of triggers."""

    items: list[TriggerOut]
    next: str | None


@router.get(
    "/{id}",
    operation_id="getTrigger",
    response_model=TriggerOut,
    responses=problems(404),
    summary="Read a trigger",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("return:read")],
) -> Response:
    """A trigger with the evidence that raised it."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await triggers.get(tx, id))


@router.get(
    "",
    operation_id="listTriggers",
    response_model=TriggersOut,
    responses=problems(),
    summary="List triggers",
)
async def every(
    request: Request,
    door: Annotated[Door, may("return:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query()] = None,
    contract_id: Annotated[UUID | None, Query()] = None,
    obligation_id: Annotated[UUID | None, Query()] = None,
    indicator_id: Annotated[UUID | None, Query()] = None,
    provider_organisation_id: Annotated[UUID | None, Query()] = None,
    rule: Annotated[TriggerRule | None, Query()] = None,
    state: Annotated[TriggerState | None, Query()] = None,
) -> Response:
    """The triggers that you may see, in the order in which they last changed. Rules raise them, nobody by hand."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await triggers.page(
            tx,
            pages.limit,
            after,
            within,
            partnership_id=partnership_id,
            contract_id=contract_id,
            obligation_id=obligation_id,
            indicator_id=indicator_id,
            provider_organisation_id=provider_organisation_id,
            rule=rule,
            state=state,
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.updated_at, each.id)))


@router.post(
    "/{id}/acknowledgement",
    operation_id="acknowledgeTrigger",
    response_model=TriggerOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Acknowledge a trigger",
)
async def acknowledge(
    id: UUID,  # noqa: A002 the name in the address
    body: TriggerAcknowledgementIn,
    door: Annotated[Door, may("return:signoff")],
    sent: Annotated[Sent, post_once("acknowledgeTrigger")],
    version: IfMatch,
) -> Response:
    """Says that the lead commissioner has seen the trigger."""
    return answer(await acknowledge_trigger(door.db, door.caller, sent, id, version, body.note))


@router.post(
    "/{id}/resolution",
    operation_id="resolveTrigger",
    response_model=TriggerOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Resolve a trigger",
)
async def resolve(
    id: UUID,  # noqa: A002 the name in the address
    body: TriggerResolutionIn,
    door: Annotated[Door, may("return:signoff")],
    sent: Annotated[Sent, post_once("resolveTrigger")],
    version: IfMatch,
) -> Response:
    """Closes an acknowledged trigger with what came of it. The rule may find something again later."""
    kept = await resolve_trigger(door.db, door.caller, sent, id, version, body.outcome, body.note)
    return answer(kept)
