"""Payments against contracts: scheduled, invoiced, paid, cancelled; read by who pays and who is paid."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.contracts.actions.move_payment import AskedPayment, move_payment
from services.contracts.actions.record_payment import record_payment
from services.contracts.api.payment_bodies import (
    CancellationIn,
    InvoiceIn,
    PaidIn,
    PaymentIn,
    PaymentOut,
    PaymentsOut,
)
from services.contracts.rules import payment as rules
from services.contracts.rules.payment import PaymentEntry, PaymentState
from services.contracts.store import payments
from services.contracts.store.payments import Entry
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Day
from shared.web.openapi import problems
from shared.web.today import today_in_england
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/payments", tags=["payments"])


@router.put(
    "/{id}",
    operation_id="recordPayment",
    status_code=201,
    response_model=PaymentOut,
    responses=problems(409, 413, 415),
    summary="Record a payment that is due",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: PaymentIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("recordPayment")],
) -> Response:
    """A scheduled payment, or with `invoiced_on` an invoice, under a contract that your organisation leads or joins."""
    draft = body.to_draft(id, door.caller.organisation_id)
    kind = PaymentEntry.SCHEDULE if body.invoiced_on is None else PaymentEntry.INVOICE
    entry = Entry(kind, body.invoiced_on or body.due_on or today_in_england(), draft.amount.amount_pence)
    made = await record_payment(door.db, door.caller, sent, draft, entry, today_in_england())
    return answer(made, f"/v1/payments/{id}")


@router.post(
    "/{id}/invoice",
    operation_id="invoicePayment",
    response_model=PaymentOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record the invoice of a scheduled payment",
)
async def invoice(
    id: UUID,  # noqa: A002 the name in the address
    body: InvoiceIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("invoicePayment")],
) -> Response:
    """What was scheduled takes the invoice's number and amount."""
    amount = body.amount.to_money("/amount")
    asked = AskedPayment(
        "payment_invoiced",
        Entry(PaymentEntry.INVOICE, body.on, amount.amount_pence),
        lambda payment: rules.invoice(payment, body.on, amount, body.reference, body.due_on),
        today_in_england(),
    )
    return answer(await move_payment(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/payment",
    operation_id="payInvoice",
    response_model=PaymentOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record that an invoice was paid",
)
async def payment(
    id: UUID,  # noqa: A002 the name in the address
    body: PaidIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("payInvoice")],
) -> Response:
    """All or a part of what is undisputed; never more."""
    asked = AskedPayment(
        "payment_paid",
        Entry(PaymentEntry.PAY, body.on, body.amount_pence),
        lambda payment: rules.pay(payment, body.on, body.amount_pence),
        today_in_england(),
    )
    return answer(await move_payment(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/cancellation",
    operation_id="cancelPayment",
    response_model=PaymentOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Cancel a payment",
)
async def cancellation(
    id: UUID,  # noqa: A002 the name in the address
    body: CancellationIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("cancelPayment")],
) -> Response:
    """What was recorded by mistake is not due, as long as nothing of it was paid or contested."""
    asked = AskedPayment(
        "payment_cancelled",
        Entry(PaymentEntry.CANCEL, body.on, None, body.reason),
        rules.cancel,
        today_in_england(),
    )
    return answer(await move_payment(door.db, door.caller, sent, id, version, asked))


@router.get(
    "/{id}",
    operation_id="getPayment",
    response_model=PaymentOut,
    responses=problems(404),
    summary="Read a payment",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """What is due, paid, contested and why: to who pays, who is paid, and an auditor of the payer's year."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await payments.get(tx, id))


@router.get(
    "",
    operation_id="listPayments",
    response_model=PaymentsOut,
    responses=problems(),
    summary="List payments",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    contract_id: Annotated[UUID | None, Query()] = None,
    provider_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[PaymentState | None, Query()] = None,
    contested: Annotated[bool | None, Query()] = None,
    due_before: Annotated[Day | None, Query()] = None,
) -> Response:
    """Payments of your own and those to you, in the order in which they last changed."""
    asked: dict[str, Any] = {
        "contract_id": contract_id,
        "provider_id": provider_id,
        "state": state,
        "contested": contested,
        "due_before": due_before,
    }
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await payments.page(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.changed_at, each.id)))
