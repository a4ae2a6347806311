"""A payment against a contract: scheduled, invoiced, contested in part, paid; the undisputed part always proceeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.contract import Contract
from services.contracts.rules.state import BEFORE_AWARD, State
from shared.errors import Kind, reason
from shared.money import Money

CONTRACT_UNKNOWN = reason(
    "payment_contract_unknown",
    Kind.INVALID,
    "There is no such contract of which your organisation is a commissioner. Pay under one that it leads or joins.",
)
CONTRACT_NOT_AWARDED = reason(
    "payment_contract_not_awarded", Kind.CONFLICT, "Nothing is due under a contract that was not awarded."
)
PROVIDER_NOT_OF_CONTRACT = reason(
    "payment_provider_not_of_contract",
    Kind.INVALID,
    "The payee is a provider of the contract in the directory.",
)
PERIOD_TURNED = reason("payment_period_turned", Kind.INVALID, "The period ends before it starts.")
AMOUNT_NOT_POSITIVE = reason(
    "payment_amount_not_positive", Kind.INVALID, "An amount due is more than nought."
)
AMOUNT_UNKNOWN = reason("payment_amount_unknown", Kind.INVALID, "An invoice states its amount.")
REFERENCE_USED = reason(
    "payment_reference_used", Kind.CONFLICT, "There is another payment to this provider under this reference."
)
NOT_OPEN = reason(
    "payment_not_open", Kind.CONFLICT, "The payment is not in a state in which this can be done to it."
)
TOO_MUCH = reason(
    "payment_too_much",
    Kind.INVALID,
    "This is more than is left of the invoice without what is paid, credited and contested.",
)
BEFORE_INVOICE = reason("payment_before_invoice", Kind.INVALID, "The day lies before that of the invoice.")
PAID_IN_PART = reason(
    "payment_paid_in_part", Kind.CONFLICT, "Something was paid or is contested, so it cannot be cancelled."
)
DISPUTE_UNKNOWN = reason(
    "payment_dispute_unknown", Kind.NOT_FOUND, "There is no such dispute on this payment."
)
DISPUTE_RESOLVED = reason("payment_dispute_resolved", Kind.CONFLICT, "This dispute is resolved.")
STAGE_UNFIT = reason(
    "payment_dispute_stage_unfit",
    Kind.INVALID,
    "A dispute goes on to a later stage; its resolution says how it ended.",
)
CREDIT_UNFIT = reason(
    "payment_credit_unfit",
    Kind.INVALID,
    "Upheld credits all that was contested, rejected nothing, and settled something in between.",
)


class PaymentState(StrEnum):
    """Where a payment stands. What is contested of it is a sum, and no state: the rest goes on."""

    SCHEDULED = "scheduled"
    INVOICED = "invoiced"
    PAID = "paid"
    CANCELLED = "cancelled"


class PaymentEntry(StrEnum):
    """What was done to a payment."""

    SCHEDULE = "schedule"
    INVOICE = "invoice"
    PAY = "pay"
    CONTEST = "contest"
    STAGE = "stage"
    RESOLVE = "resolve"
    CANCEL = "cancel"


class ContestReason(StrEnum):
    """Why an invoice is contested."""

    NOT_DELIVERED = "not_delivered"
    WRONG_RATE = "wrong_rate"
    WRONG_ACTIVITY = "wrong_activity"
    DUPLICATE = "duplicate"
    QUALITY = "quality"
    WITHHOLDING = "withholding"
    OTHER = "other"


class InvoiceDisputeStage(StrEnum):
    """How far a dispute has come."""

    RAISED = "raised"
    ANSWERED = "answered"
    JOINT_REVIEW = "joint_review"
    MEDIATION = "mediation"
    RESOLVED = "resolved"


class InvoiceDisputeOutcome(StrEnum):
    """What a dispute came to, from the side of who contested."""

    UPHELD = "upheld"
    REJECTED = "rejected"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class InvoiceDispute:
    """A part of an invoice that is contested, and why. `stage_due_on`: by when the stage is to be over."""

    id: UUID
    raised_on: date
    contested_pence: int
    reason: ContestReason
    words: str
    stage: InvoiceDisputeStage
    stage_due_on: date | None = None
    resolved_on: date | None = None
    outcome: InvoiceDisputeOutcome | None = None
    credited_pence: int | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """What is due of a contract by its owner, a commissioner, to a provider. Pence but for `amount`.

    `undisputed_pence` is what is still to be paid and not contested; null where the amount is not known.
    """

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    provider_organisation_id: UUID
    reference: str
    amount: Money
    state: PaymentState
    partnership_id: UUID | None = None
    period_start: date | None = None
    period_end: date | None = None
    due_on: date | None = None
    invoiced_on: date | None = None
    paid_pence: int = 0
    contested_pence: int = 0
    credited_pence: int = 0
    undisputed_pence: int | None = None
    disputes: tuple[InvoiceDispute, ...] = ()
    version: int = 1
    recorded_at: datetime | None = None
    changed_at: datetime | None = None


def register(payment: Payment, contract: Contract | None, own: Iterable[UUID]) -> Payment:
    """A payment as it is first recorded: scheduled, or invoiced where it has the day of its invoice."""
    commissioners = () if contract is None else (contract.owner_organisation_id, *contract.associate_ids)
    owner = next((each for each in own if each in commissioners), None)
    if contract is None or owner is None:
        raise CONTRACT_UNKNOWN("/contract_id")
    if contract.state in {*BEFORE_AWARD, State.ABANDONED}:
        raise CONTRACT_NOT_AWARDED("/contract_id")
    if payment.provider_organisation_id not in contract.provider_ids:
        raise PROVIDER_NOT_OF_CONTRACT("/provider_organisation_id")
    if payment.period_start and payment.period_end and payment.period_end < payment.period_start:
        raise PERIOD_TURNED("/period_end")
    state = PaymentState.SCHEDULED if payment.invoiced_on is None else PaymentState.INVOICED
    owned = replace(payment, state=state, owner_organisation_id=owner, partnership_id=contract.partnership_id)
    return settled(_with_amount(owned))


def _with_amount(payment: Payment) -> Payment:
    pence = payment.amount.amount_pence
    if pence is not None and pence <= 0:
        raise AMOUNT_NOT_POSITIVE("/amount")
    if pence is None and payment.invoiced_on is not None:
        raise AMOUNT_UNKNOWN("/amount")
    return payment


def settled(payment: Payment) -> Payment:
    """The payment with what follows: what is undisputed; paid when nothing is left, cancelled where all was credited."""
    pence = payment.amount.amount_pence
    if pence is None:
        return replace(payment, undisputed_pence=None)
    left = pence - payment.paid_pence - payment.credited_pence - payment.contested_pence
    over = payment.state is PaymentState.INVOICED and left == 0 and payment.contested_pence == 0
    ended = PaymentState.PAID if payment.paid_pence else PaymentState.CANCELLED
    return replace(payment, undisputed_pence=left, state=ended if over else payment.state)


def invoice(payment: Payment, on: date, amount: Money, reference: str, due_on: date | None) -> Payment:
    """What was scheduled is invoiced: with the invoice's own number and amount."""
    if payment.state is not PaymentState.SCHEDULED:
        raise NOT_OPEN(state=payment.state.value)
    told = replace(payment, state=PaymentState.INVOICED, invoiced_on=on, amount=amount, reference=reference)
    return settled(_with_amount(replace(told, due_on=due_on or payment.due_on)))


def pay(payment: Payment, on: date, pence: int) -> Payment:
    """A part or all of what is undisputed was paid."""
    _require_invoiced(payment, on)
    _require_left(payment, pence)
    return settled(replace(payment, paid_pence=payment.paid_pence + pence))


def contest(payment: Payment, dispute: InvoiceDispute) -> Payment:
    """A part of what is left is contested; the other part is to be paid all the same."""
    _require_invoiced(payment, dispute.raised_on)
    _require_left(payment, dispute.contested_pence, "/contested_pence")
    contested = payment.contested_pence + dispute.contested_pence
    return settled(replace(payment, contested_pence=contested, disputes=(*payment.disputes, dispute)))


def advance(payment: Payment, dispute_id: UUID, stage: InvoiceDisputeStage, due_on: date) -> Payment:
    """A dispute comes to another stage, with its own clock."""
    found = _open_dispute(payment, dispute_id)
    stages = tuple(InvoiceDisputeStage)
    if stage is InvoiceDisputeStage.RESOLVED or stages.index(stage) <= stages.index(found.stage):
        raise STAGE_UNFIT("/stage", stage=found.stage.value)
    return _with_dispute(payment, replace(found, stage=stage, stage_due_on=due_on))


def resolve(
    payment: Payment, dispute_id: UUID, on: date, outcome: InvoiceDisputeOutcome, credited: int
) -> Payment:
    """A dispute ends: what is credited is not owed any more, and the rest is due again."""
    found = _open_dispute(payment, dispute_id)
    if on < found.raised_on:
        raise BEFORE_INVOICE("/on")
    fits = {
        InvoiceDisputeOutcome.UPHELD: credited == found.contested_pence,
        InvoiceDisputeOutcome.REJECTED: credited == 0,
        InvoiceDisputeOutcome.SETTLED: 0 < credited < found.contested_pence,
    }
    if not fits[outcome]:
        raise CREDIT_UNFIT("/credited_pence", contested_pence=found.contested_pence)
    ended = replace(
        found,
        stage=InvoiceDisputeStage.RESOLVED,
        stage_due_on=None,
        resolved_on=on,
        outcome=outcome,
        credited_pence=credited,
    )
    changed = replace(
        _with_dispute(payment, ended),
        contested_pence=payment.contested_pence - found.contested_pence,
        credited_pence=payment.credited_pence + credited,
    )
    return settled(changed)


def cancel(payment: Payment) -> Payment:
    """What was scheduled or invoiced by mistake is not due."""
    if payment.state not in {PaymentState.SCHEDULED, PaymentState.INVOICED}:
        raise NOT_OPEN(state=payment.state.value)
    if payment.paid_pence or payment.contested_pence or payment.credited_pence:
        raise PAID_IN_PART()
    return settled(replace(payment, state=PaymentState.CANCELLED))


def _require_invoiced(payment: Payment, on: date) -> None:
    if payment.state is not PaymentState.INVOICED:
        raise NOT_OPEN(state=payment.state.value)
    if payment.invoiced_on is not None and on < payment.invoiced_on:
        raise BEFORE_INVOICE("/on", invoiced_on=payment.invoiced_on.isoformat())


def _require_left(payment: Payment, pence: int, pointer: str = "/amount_pence") -> None:
    left = payment.undisputed_pence or 0
    if pence > left:
        raise TOO_MUCH(pointer, undisputed_pence=left, out_by_pence=pence - left)


def _open_dispute(payment: Payment, dispute_id: UUID) -> InvoiceDispute:
    for each in payment.disputes:
        if each.id == dispute_id:
            if each.stage is InvoiceDisputeStage.RESOLVED:
                raise DISPUTE_RESOLVED()
            return each
    raise DISPUTE_UNKNOWN()


def _with_dispute(payment: Payment, changed: InvoiceDispute) -> Payment:
    return replace(
        payment, disputes=tuple(changed if each.id == changed.id else each for each in payment.disputes)
    )
