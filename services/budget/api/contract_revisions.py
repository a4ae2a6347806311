"""What the gateway asks of budgets when the terms of a contract change. No client calls this door."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, JsonValue

from services.budget.actions.revise_for_contract import revise_for_contract
from services.budget.api.contract_reservations import ContractFundingIn, PartnerApprovalOut
from services.budget.rules.contract_revision import ContractRevision, LineChange, YearWorth
from services.budget.rules.decision import Subject
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, driven, put_once
from shared.web.fields import Body, Day, FinancialYearField, Line, Out, Paragraph, Pence
from shared.web.openapi import problems

router = APIRouter(tags=["commitments"])
_ID = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a01"
_OTHER = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a02"
_FUNDING: JsonValue = [{"pool_id": _ID, "organisation_id": _OTHER, "share_percent": "100"}]
_Worth = Annotated[Pence, Field(ge=0)] | None


class YearWorthIn(Body):
    """What the contract is worth in a financial year, before and after; null where that cannot be said."""

    financial_year: FinancialYearField
    before_pence: Pence | None = None
    after_pence: Pence | None = None

    def to_worth(self) -> YearWorth:
        return YearWorth(self.financial_year.label, self.before_pence, self.after_pence)


class LineChangeIn(Body):
    """What a line is to set aside more for the contract, or less where it is below nil."""

    line_id: UUID
    change_pence: Pence

    def to_change(self) -> LineChange:
        return LineChange(self.line_id, self.change_pence)


class ContractRevisionIn(Body):
    """A contract whose terms change: its worth by year and its funding, before and after."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "partnership_id": _ID,
                    "contract_id": _OTHER,
                    "title": "Domiciliary care, lot 2",
                    "day": "2015-10-01",
                    "reason": "The contract is varied: volume",
                    "subject": "variation",
                    "decided_on_id": _ID,
                    "worth_before_pence": 12000000,
                    "worth_after_pence": 12500000,
                    "years": [
                        {"financial_year": "2015/16", "before_pence": 12000000, "after_pence": 12500000}
                    ],
                    "funding_before": _FUNDING,
                    "funding": _FUNDING,
                    "commitments": [],
                }
            ]
        }
    )

    partnership_id: UUID
    contract_id: UUID
    title: Line
    day: Day
    reason: Paragraph
    subject: Subject
    decided_on_id: UUID
    worth_before_pence: _Worth = None
    worth_after_pence: _Worth = None
    years: list[YearWorthIn] = Field(max_length=200)
    funding_before: list[ContractFundingIn] = Field(max_length=100)
    funding: list[ContractFundingIn] = Field(max_length=100)
    commitments: list[LineChangeIn] = Field(max_length=100)

    def to_revision(self, revision_id: UUID) -> ContractRevision:
        return ContractRevision(
            revision_id,
            self.partnership_id,
            self.contract_id,
            self.title,
            self.day,
            self.reason,
            self.subject,
            self.decided_on_id,
            self.worth_before_pence,
            self.worth_after_pence,
            tuple(each.to_worth() for each in self.years),
            tuple(each.to_funding() for each in self.funding_before),
            tuple(each.to_funding() for each in self.funding),
            tuple(each.to_change() for each in self.commitments),
        )


class AdjustmentOut(Out):
    """What one commitment holds more, or is to give back; `named_at` is its place among the lines that were named."""

    commitment_id: UUID
    line_id: UUID
    pool_id: UUID | None
    financial_year: str = Field(examples=["2015/16"])
    change_pence: int
    made: bool
    named_at: int | None


class ContractRevisedOut(Out):
    """What was set aside more, what is to be given back once the contract has changed, and who approved."""

    id: UUID
    contract_id: UUID
    approvals: list[PartnerApprovalOut]
    raised: list[AdjustmentOut]
    to_lower: list[AdjustmentOut]


@router.put(
    "/v1/contract-revisions/{id}",
    operation_id="reviseForContract",
    response_model=ContractRevisedOut,
    responses=problems(409, 413, 415),
    summary="Set aside what a contract whose terms change costs more",
)
async def revise(
    id: UUID,  # noqa: A002 the name in the address
    body: ContractRevisionIn,
    door: Annotated[Door, driven("reviseForContract")],
    sent: Annotated[Sent, put_once("reviseForContract")],
) -> Response:
    """All of it or none, under the locks of all lines, and only with the approvals that its partners' limits ask for."""
    return answer(await revise_for_contract(door.db, door.caller, sent, body.to_revision(id)))
