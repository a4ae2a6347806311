"""Disputes on contracts: raise, take on, resolve, read."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.contracts.actions.move_contract_dispute import move_contract_dispute
from services.contracts.actions.raise_contract_dispute import raise_contract_dispute
from services.contracts.rules import contract_dispute as rules
from services.contracts.rules.contract_dispute import (
    ContractDispute,
    ContractDisputeOutcome,
    ContractDisputeStage,
)
from services.contracts.store import contract_disputes
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once
from shared.web.examples import PROVIDER
from shared.web.fields import Body, Day, Instant, MoneyIn, MoneyOut, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/contracts/{id}/disputes", tags=["contracts"])


class ContractDisputeIn(Body):
    """What is disputed, with which party, how much of the contract's value where known, and until when the first stage."""

    id: UUID
    against_organisation_id: UUID = Field(examples=[PROVIDER])
    matter: Paragraph = Field(examples=["The activity plan was changed without a variation."])
    raised_on: Day = Field(examples=["2015-06-12"])
    disputed: MoneyIn
    due_on: Day = Field(examples=["2015-06-26"])

    def to_draft(self, contract_id: UUID, owner: UUID) -> ContractDispute:
        return ContractDispute(
            id=self.id,
            contract_id=contract_id,
            owner_organisation_id=owner,
            against_organisation_id=self.against_organisation_id,
            matter=self.matter,
            raised_on=self.raised_on,
            disputed=self.disputed.to_money("/disputed"),
            stage=ContractDisputeStage.RAISED,
            stage_began_on=self.raised_on,
            due_on=self.due_on,
        )


class ContractDisputeStageIn(Body):
    """The stage that began, when, and by when it is to end."""

    stage: ContractDisputeStage = Field(examples=["escalation"])
    began_on: Day = Field(examples=["2015-06-29"])
    due_on: Day = Field(examples=["2015-07-13"])


class ContractDisputeResolutionIn(Body):
    """How it ended."""

    outcome: ContractDisputeOutcome = Field(examples=["settled"])
    resolved_on: Day = Field(examples=["2015-07-10"])
    resolution: Paragraph = Field(examples=["The plan is varied from July."])


class ContractDisputeOut(Out):
    """A dispute on a contract. `undisputed_pence` is null where the value or what is disputed is not known."""

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    against_organisation_id: UUID
    matter: str
    raised_on: Day
    disputed: MoneyOut
    stage: ContractDisputeStage
    stage_began_on: Day
    due_on: Day
    partnership_id: UUID | None
    undisputed_pence: int | None
    outcome: ContractDisputeOutcome | None
    resolution: str | None
    version: int
    recorded_at: Instant
    changed_at: Instant


class ContractDisputesOut(Out):
    """A page of disputes."""

    items: list[ContractDisputeOut]
    next: str | None


@router.post(
    "",
    operation_id="raiseContractDispute",
    status_code=201,
    response_model=ContractDisputeOut,
    responses=problems(404, 409, 413, 415),
    summary="Dispute a contract",
)
async def raise_(
    id: UUID,  # noqa: A002 the name in the address
    body: ContractDisputeIn,
    door: Annotated[Door, may("contract:discuss")],
    sent: Annotated[Sent, post_once("raiseContractDispute")],
) -> Response:
    """By a party of the contract against another. It stops nothing: the contract runs, what is undisputed is paid."""
    draft = body.to_draft(id, door.caller.organisation_id)
    kept = await raise_contract_dispute(door.db, door.caller, sent, draft)
    return answer(kept, f"/v1/contracts/{id}/disputes/{body.id}")


@router.post(
    "/{dispute_id}/stage",
    operation_id="moveContractDispute",
    response_model=ContractDisputeOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Take a dispute on a contract to its next stage",
)
async def move(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    body: ContractDisputeStageIn,
    door: Annotated[Door, may("contract:discuss")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("moveContractDispute")],
) -> Response:
    """By either side, with the day by which the stage is to end."""
    kept = await move_contract_dispute(
        door.db, door.caller, sent, (id, dispute_id, version), "contract_dispute_moved",
        lambda before, day: rules.advance(before, body.stage, body.began_on, body.due_on, day),
    )  # fmt: skip
    return answer(kept)


@router.post(
    "/{dispute_id}/resolution",
    operation_id="resolveContractDispute",
    response_model=ContractDisputeOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="End a dispute on a contract with its outcome",
)
async def resolution(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    body: ContractDisputeResolutionIn,
    door: Annotated[Door, may("contract:discuss")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("resolveContractDispute")],
) -> Response:
    """By the organisation that raised it. What has to change of the contract is varied as ever."""
    own = door.caller.organisations
    kept = await move_contract_dispute(
        door.db, door.caller, sent, (id, dispute_id, version), "contract_dispute_resolved",
        lambda before, day: rules.resolve(before, own, body.outcome, body.resolved_on, body.resolution, day),
    )  # fmt: skip
    return answer(kept)


@router.get(
    "/{dispute_id}",
    operation_id="getContractDispute",
    response_model=ContractDisputeOut,
    responses=problems(404),
    summary="Read a dispute on a contract",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """One dispute, where it stands and by when its stage is to end. A provider reads those of its own side."""
    async with door.db.begin(door.caller) as tx:
        await contract_disputes.require_inside(tx, id)
        return shown(request, await contract_disputes.get(tx, id, dispute_id))


@router.get(
    "",
    operation_id="listContractDisputes",
    response_model=ContractDisputesOut,
    responses=problems(404),
    summary="List the disputes on a contract",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """By the day on which they were raised."""
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller) as tx:
        await contract_disputes.require_inside(tx, id)
        rows = await contract_disputes.page(tx, id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.raised_on, each.id)))
