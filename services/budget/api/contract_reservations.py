"""What the gateway asks of budgets when a contract comes into force or ends. No client calls these doors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from services.budget.actions.release_for_contract import release_for_contract
from services.budget.actions.reserve_for_contract import reserve_for_contract
from services.budget.rules.contract_approval import Funding
from services.budget.rules.contract_release import ContractRelease, PartReleased
from services.budget.rules.contract_reservation import ContractReservation, Part
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, driven, post_once, put_once
from shared.web.fields import Body, Day, Line, Measure, Out, Paragraph, Pence
from shared.web.openapi import problems

router = APIRouter(tags=["commitments"])
_ID = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a01"
_OTHER = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a02"


class ContractFundingIn(Body):
    """A pool's share of the contract, or that of a body's own books (null), and the body whose money it is."""

    pool_id: UUID | None
    organisation_id: UUID
    share_percent: Annotated[Measure, Field(gt=0, le=100)]

    def to_funding(self) -> Funding:
        return Funding(self.pool_id, self.organisation_id, self.share_percent)


class ContractPartIn(Body):
    """What is to be set aside on one line."""

    line_id: UUID
    amount_pence: Annotated[Pence, Field(gt=0)]

    def to_part(self) -> Part:
        return Part(self.line_id, self.amount_pence)


class ContractReservationIn(Body):
    """A contract that is to come into force, its funding, and the lines that are to bear it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "partnership_id": _ID,
                    "contract_id": _OTHER,
                    "title": "Domiciliary care, lot 2",
                    "day": "2015-04-01",
                    "worth_pence": 12000000,
                    "funding": [{"pool_id": _ID, "organisation_id": _OTHER, "share_percent": "100"}],
                    "commitments": [{"line_id": _ID, "amount_pence": 12000000}],
                }
            ]
        }
    )

    partnership_id: UUID
    contract_id: UUID
    title: Line
    day: Day
    worth_pence: Annotated[Pence, Field(ge=0)] | None = None
    funding: list[ContractFundingIn] = Field(min_length=1, max_length=100)
    commitments: list[ContractPartIn] = Field(min_length=1, max_length=100)
    priced_at: datetime | None = Field(
        default=None, description="Since when the contract asks for that; decisions of before do not count."
    )

    def to_reservation(self, reservation_id: UUID) -> ContractReservation:
        return ContractReservation(
            reservation_id,
            self.partnership_id,
            self.contract_id,
            self.title,
            self.day,
            self.worth_pence,
            tuple(each.to_funding() for each in self.funding),
            tuple(each.to_part() for each in self.commitments),
            self.priced_at,
        )


class PartReleaseIn(Body):
    """A commitment that gives back at most so much; null for all that it has left."""

    commitment_id: UUID
    amount_pence: Annotated[Pence, Field(gt=0)] | None = None


class ContractReleaseIn(Body):
    """A contract that has ended, costs less or did not come into force after all; null for all its commitments."""

    contract_id: UUID
    day: Day
    reason: Paragraph = Field(examples=["The contract has ended"])
    commitments: Annotated[list[PartReleaseIn], Field(max_length=1000)] | None = None

    def to_release(self) -> ContractRelease:
        parts = self.commitments
        only = (
            None if parts is None else [PartReleased(each.commitment_id, each.amount_pence) for each in parts]
        )
        return ContractRelease(self.contract_id, self.day, self.reason, None if only is None else tuple(only))


class PartnerApprovalOut(Out):
    """How one funding partner's limits are kept."""

    organisation_id: UUID
    amount_pence: int
    limit_id: UUID
    within_officer_limit: bool
    body: str | None = Field(examples=["Cabinet"])
    decision_id: UUID | None
    counts_from: Day | None


class ReservedOut(Out):
    """A commitment that was made for the contract."""

    commitment_id: UUID
    line_id: UUID
    pool_id: UUID | None
    financial_year: str = Field(examples=["2015/16"])
    amount_pence: int


class ContractReservedOut(Out):
    """What was set aside for the contract, and which approvals carry it."""

    id: UUID
    contract_id: UUID
    approvals: list[PartnerApprovalOut]
    commitments: list[ReservedOut]


class ReleasedOut(Out):
    """What one commitment gave back, and what it has left."""

    commitment_id: UUID
    line_id: UUID
    amount_pence: int
    left_pence: int


class ContractReleasedOut(Out):
    """What the commitments of a contract gave back."""

    contract_id: UUID
    commitments: list[ReleasedOut]


@router.put(
    "/v1/contract-reservations/{id}",
    operation_id="reserveForContract",
    status_code=201,
    response_model=ContractReservedOut,
    responses=problems(409, 413, 415),
    summary="Set budget aside for a contract that comes into force",
)
async def reserve(
    id: UUID,  # noqa: A002 the name in the address
    body: ContractReservationIn,
    door: Annotated[Door, driven("reserveForContract")],
    sent: Annotated[Sent, put_once("reserveForContract")],
) -> Response:
    """All of it or none, under the locks of all lines, and only with the approvals that its partners' limits ask for."""
    return answer(await reserve_for_contract(door.db, door.caller, sent, body.to_reservation(id)))


@router.post(
    "/v1/contract-releases",
    operation_id="releaseForContract",
    response_model=ContractReleasedOut,
    responses=problems(409, 413, 415),
    summary="Give back what is left of a contract's commitments",
)
async def release(
    body: ContractReleaseIn,
    door: Annotated[Door, driven("releaseForContract")],
    sent: Annotated[Sent, post_once("releaseForContract")],
) -> Response:
    """What was drawn down stays drawn down, and what is another organisation's is left."""
    return answer(await release_for_contract(door.db, door.caller, sent, body.to_release()))
