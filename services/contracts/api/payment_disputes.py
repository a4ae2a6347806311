"""Disputes on invoices: a part is contested, comes from stage to stage, and is resolved; the rest is paid meanwhile."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Response

from services.contracts.actions.move_payment import AskedPayment, move_payment
from services.contracts.api.payment_bodies import (
    InvoiceDisputeIn,
    InvoiceDisputeResolutionIn,
    InvoiceDisputeStageIn,
    PaymentOut,
)
from services.contracts.rules import payment as rules
from services.contracts.rules.payment import PaymentEntry
from services.contracts.store.payments import Entry
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/payments", tags=["payments"])


@router.post(
    "/{id}/disputes",
    operation_id="contestInvoice",
    response_model=PaymentOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Contest a part of an invoice",
)
async def contest(
    id: UUID,  # noqa: A002 the name in the address
    body: InvoiceDisputeIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("contestInvoice")],
) -> Response:
    """Says how much is contested and why. The provider reads it; what is not contested stays due."""
    dispute = body.to_thing(uuid4())
    asked = AskedPayment(
        "payment_contested",
        Entry(PaymentEntry.CONTEST, body.on, body.contested_pence, body.reason.value),
        lambda payment: rules.contest(payment, dispute),
        today_in_england(),
    )
    return answer(await move_payment(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/disputes/{dispute_id}/stage",
    operation_id="advanceInvoiceDispute",
    response_model=PaymentOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Bring a dispute on an invoice to its next stage",
)
async def stage(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    body: InvoiceDisputeStageIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("advanceInvoiceDispute")],
) -> Response:
    """Each stage has a day by which it is to be over."""
    asked = AskedPayment(
        "payment_dispute_advanced",
        Entry(PaymentEntry.STAGE, body.on, None, body.stage.value),
        lambda payment: rules.advance(payment, dispute_id, body.stage, body.due_on),
        today_in_england(),
    )
    return answer(await move_payment(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/disputes/{dispute_id}/resolution",
    operation_id="resolveInvoiceDispute",
    response_model=PaymentOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Resolve a dispute on an invoice",
)
async def resolution(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    body: InvoiceDisputeResolutionIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("resolveInvoiceDispute")],
) -> Response:
    """Upheld: all is credited. Rejected: all is due again. Settled: something in between."""
    asked = AskedPayment(
        "payment_dispute_resolved",
        Entry(PaymentEntry.RESOLVE, body.on, body.credited_pence, body.outcome.value),
        lambda payment: rules.resolve(payment, dispute_id, body.on, body.outcome, body.credited_pence),
        today_in_england(),
    )
    return answer(await move_payment(door.db, door.caller, sent, id, version, asked))
