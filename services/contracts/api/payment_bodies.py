"""What is sent about a payment and its disputes, and how payments are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.contracts.rules.payment import (
    ContestReason,
    InvoiceDispute,
    InvoiceDisputeOutcome,
    InvoiceDisputeStage,
    Payment,
    PaymentState,
)
from shared.money import LARGEST_PENCE
from shared.web.fields import Body, Code, Day, MoneyIn, MoneyOut, Out, Paragraph, Title

PositivePence = Annotated[int, Field(strict=True, gt=0, le=LARGEST_PENCE, examples=[125000])]


class PaymentIn(Body):
    """A payment that is due: scheduled, or an invoice where it has a day."""

    contract_id: UUID
    provider_organisation_id: UUID
    reference: Code = Field(examples=["INV-2014-0042"])
    amount: MoneyIn
    period_start: Day | None = Field(default=None, examples=["2014-04-01"])
    period_end: Day | None = Field(default=None, examples=["2014-04-30"])
    due_on: Day | None = Field(default=None, examples=["2014-05-30"])
    invoiced_on: Day | None = Field(default=None, examples=["2014-05-01"])

    def to_draft(self, payment_id: UUID, owner: UUID) -> Payment:
        return Payment(
            id=payment_id,
            contract_id=self.contract_id,
            owner_organisation_id=owner,
            provider_organisation_id=self.provider_organisation_id,
            reference=self.reference,
            amount=self.amount.to_money("/amount"),
            state=PaymentState.SCHEDULED,
            period_start=self.period_start,
            period_end=self.period_end,
            due_on=self.due_on,
            invoiced_on=self.invoiced_on,
        )


class InvoiceIn(Body):
    """The invoice of a scheduled payment."""

    on: Day = Field(examples=["2014-05-01"])
    reference: Code = Field(examples=["INV-2014-0042"])
    amount: MoneyIn
    due_on: Day | None = Field(default=None, examples=["2014-05-30"])


class PaidIn(Body):
    """All or a part of an invoice was paid."""

    on: Day = Field(examples=["2014-05-28"])
    amount_pence: PositivePence


class CancellationIn(Body):
    """A payment is not due."""

    on: Day = Field(examples=["2014-05-28"])
    reason: Title = Field(examples=["Recorded twice"])


class InvoiceDisputeIn(Body):
    """A part of an invoice is contested."""

    on: Day = Field(examples=["2014-05-10"])
    contested_pence: PositivePence
    reason: ContestReason = Field(examples=["wrong_rate"])
    words: Paragraph = Field(examples=["The uplift was not agreed."], description="The provider reads it.")
    answer_by: Day | None = Field(default=None, examples=["2014-05-24"])

    def to_thing(self, dispute_id: UUID) -> InvoiceDispute:
        stage = InvoiceDisputeStage.RAISED
        return InvoiceDispute(
            dispute_id, self.on, self.contested_pence, self.reason, self.words, stage, self.answer_by
        )


class InvoiceDisputeStageIn(Body):
    """A dispute comes to another stage."""

    on: Day = Field(examples=["2014-05-24"])
    stage: InvoiceDisputeStage = Field(examples=["joint_review"])
    due_on: Day = Field(examples=["2014-06-21"])


class InvoiceDisputeResolutionIn(Body):
    """A dispute ends. What is credited is not owed; the rest is due again."""

    on: Day = Field(examples=["2014-06-20"])
    outcome: InvoiceDisputeOutcome = Field(examples=["settled"])
    credited_pence: int = Field(strict=True, ge=0, le=LARGEST_PENCE, examples=[50000])


class InvoiceDisputeOut(Out):
    """A part of an invoice that is or was contested."""

    id: UUID
    raised_on: Day
    contested_pence: int
    reason: ContestReason
    words: str = Field(examples=["The uplift was not agreed."])
    stage: InvoiceDisputeStage
    stage_due_on: Day | None
    resolved_on: Day | None
    outcome: InvoiceDisputeOutcome | None
    credited_pence: int | None


class PaymentOut(Out):
    """What is due of a contract, what of it is paid, credited and contested, and why."""

    id: UUID
    contract_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID = Field(description="Who pays.")
    provider_organisation_id: UUID
    reference: str = Field(examples=["INV-2014-0042"])
    amount: MoneyOut
    period_start: Day | None
    period_end: Day | None
    due_on: Day | None
    invoiced_on: Day | None
    state: PaymentState
    paid_pence: int
    contested_pence: int
    credited_pence: int
    undisputed_pence: int | None = Field(description="Still to be paid and not contested.")
    disputes: list[InvoiceDisputeOut]
    version: int
    recorded_at: datetime
    changed_at: datetime


class PaymentsOut(Out):
    """A page of payments."""

    items: list[PaymentOut]
    next: str | None
