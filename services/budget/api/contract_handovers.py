"""What the gateway asks of budgets when contracts go on as others. No client calls this door."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from services.budget.actions.hand_over_for_contracts import hand_over_for_contracts
from services.budget.rules.contract_handover import ContractHandover, Handover, Heir
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, driven, put_once
from shared.web.fields import Body, Day, Line, Measure, Out, Paragraph
from shared.web.openapi import problems

router = APIRouter(tags=["commitments"])
_ID = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a01"
_OTHER = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a02"


class HeirIn(Body):
    """A contract that goes on, and what share of the budget is its own."""

    contract_id: UUID
    title: Line = Field(examples=["Community health"])
    share_percent: Annotated[Measure, Field(gt=0, le=100)]

    def to_heir(self) -> Heir:
        return Heir(self.contract_id, self.title, self.share_percent)


class HandoverIn(Body):
    """A contract that ends and those that go on for it; null for all its commitments."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "contract_id": _ID,
                    "heirs": [{"contract_id": _OTHER, "title": "Community health", "share_percent": "100"}],
                }
            ]
        }
    )

    contract_id: UUID
    heirs: list[HeirIn] = Field(min_length=1, max_length=50)
    commitment_ids: Annotated[list[UUID], Field(max_length=1000)] | None = None

    def to_handover(self) -> Handover:
        only = None if self.commitment_ids is None else tuple(self.commitment_ids)
        return Handover(self.contract_id, tuple(each.to_heir() for each in self.heirs), only)


class ContractHandoverIn(Body):
    """Contracts that go on as others from a day on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "partnership_id": _ID,
                    "day": "2019-04-01",
                    "reason": "The contract is novated",
                    "handovers": [
                        {
                            "contract_id": _ID,
                            "heirs": [
                                {"contract_id": _OTHER, "title": "Community health", "share_percent": "100"}
                            ],
                        }
                    ],
                }
            ]
        }
    )

    partnership_id: UUID
    day: Day
    reason: Paragraph
    handovers: list[HandoverIn] = Field(max_length=1000)

    def to_handover(self, handover_id: UUID) -> ContractHandover:
        handovers = tuple(each.to_handover() for each in self.handovers)
        return ContractHandover(handover_id, self.partnership_id, self.day, self.reason, handovers)


class HandedOverOut(Out):
    """What went over from one commitment to another on the same line."""

    commitment_id: UUID
    contract_id: UUID
    line_id: UUID
    financial_year: str = Field(examples=["2019/20"])
    to_commitment_id: UUID
    to_contract_id: UUID
    amount_pence: int


class LeftBehindOut(Out):
    """What stays set aside for a contract that ended: for invoices of years before, or on a line of others."""

    commitment_id: UUID
    contract_id: UUID
    line_id: UUID
    amount_pence: int


class ContractsHandedOverOut(Out):
    """What went over, and what was left."""

    id: UUID
    moved: list[HandedOverOut]
    left: list[LeftBehindOut]


@router.put(
    "/v1/contract-handovers/{id}",
    operation_id="handOverForContracts",
    response_model=ContractsHandedOverOut,
    responses=problems(409, 413, 415),
    summary="Let what is set aside for contracts go over to those that go on",
)
async def hand_over(
    id: UUID,  # noqa: A002 the name in the address
    body: ContractHandoverIn,
    door: Annotated[Door, driven("handOverForContracts")],
    sent: Annotated[Sent, put_once("handOverForContracts")],
) -> Response:
    """The balance goes over on its lines, to the penny; what was paid, and years that were over, stay where they are."""
    return answer(await hand_over_for_contracts(door.db, door.caller, sent, body.to_handover(id)))
