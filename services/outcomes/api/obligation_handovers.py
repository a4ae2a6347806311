"""What the gateway asks of outcomes when contracts go on as others. No client calls this door."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from services.outcomes.actions.hand_over_obligations import hand_over_obligations
from services.outcomes.rules.obligation_handover import Handover, Heir, ObligationHandover
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, driven, put_once
from shared.web.fields import Body, Day, Out, Paragraph
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/obligation-handovers", tags=["obligations"])
_ID = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a01"
_OTHER = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a02"


class ObligationHeirIn(Body):
    """A contract that goes on, and the indicators that it answers for; null for all."""

    contract_id: UUID
    indicator_ids: Annotated[list[UUID], Field(max_length=100)] | None = None

    def to_heir(self) -> Heir:
        only = None if self.indicator_ids is None else tuple(self.indicator_ids)
        return Heir(self.contract_id, only)


class ContractPassedOnIn(Body):
    """A contract that ends, and those that go on for it; none where another lead takes over and sets its own."""

    contract_id: UUID
    heirs: list[ObligationHeirIn] = Field(max_length=50)


class ObligationHandoverIn(Body):
    """Contracts that go on as others from a day on, and the party that changes, if one does."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "partnership_id": _ID,
                    "day": "2019-04-01",
                    "reason": "The contract is novated",
                    "handovers": [{"contract_id": _ID, "heirs": [{"contract_id": _OTHER}]}],
                }
            ]
        }
    )

    partnership_id: UUID
    day: Day
    reason: Paragraph
    handovers: list[ContractPassedOnIn] = Field(max_length=50)
    outgoing_organisation_id: UUID | None = None
    incoming_organisation_id: UUID | None = None

    def to_handover(self, handover_id: UUID) -> ObligationHandover:
        handovers = tuple(
            Handover(each.contract_id, tuple(heir.to_heir() for heir in each.heirs))
            for each in self.handovers
        )
        return ObligationHandover(
            handover_id,
            self.partnership_id,
            self.day,
            self.reason,
            handovers,
            self.outgoing_organisation_id,
            self.incoming_organisation_id,
        )


class DutyRemarkOut(Out):
    """An obligation that a person should look at, and why."""

    obligation_id: UUID
    detail: str = Field(examples=["It begins after the day. End it, or set it anew."])


class ObligationsHandedOverOut(Out):
    """What was ended and made, and what was left as it was."""

    id: UUID
    ended: list[UUID]
    made: list[UUID]
    remarks: list[DutyRemarkOut]


@router.put(
    "/{id}",
    operation_id="handOverObligations",
    response_model=ObligationsHandedOverOut,
    responses=problems(409, 413, 415),
    summary="Let obligations go on with contracts that go on as others",
)
async def hand_over(
    id: UUID,  # noqa: A002 the name in the address
    body: ObligationHandoverIn,
    door: Annotated[Door, driven("handOverObligations")],
    sent: Annotated[Sent, put_once("handOverObligations")],
) -> Response:
    """Each obligation ends on the day before, and one of its kind begins with each contract that goes on. Returns that
    were sent stay where they were made."""
    return answer(await hand_over_obligations(door.db, door.caller, sent, body.to_handover(id)))
