"""Deliveries to a webhook: what was sent, how it was answered, and sending it again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.actions.replay_delivery import replay_delivery
from services.gateway.rules.webhook import DeliveryState
from services.gateway.store import webhook_deliveries, webhooks
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed
from shared.web.doors import Door, Pages, may, post_once
from shared.web.fields import Instant, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/webhooks/{id}/deliveries", tags=["webhooks"])


class WebhookDeliveryOut(Out):
    """One event on its way. Its id is the `webhook-id` that the receiver sees."""

    id: UUID
    webhook_id: UUID
    owner_organisation_id: UUID
    service: str = Field(examples=["budget"])
    position: int = Field(examples=[4711])
    type: str = Field(examples=["budget.journal_posted.v1"])
    state: DeliveryState
    attempts: int
    last_status: int | None = Field(examples=[503])
    last_error: str | None = Field(examples=["too_slow"])
    recorded_at: Instant
    attempted_at: Instant | None
    version: int


class WebhookDeliveriesOut(Out):
    """A page of deliveries."""

    items: list[WebhookDeliveryOut]
    next: str | None


@router.get(
    "",
    operation_id="listWebhookDeliveries",
    response_model=WebhookDeliveriesOut,
    responses=problems(404),
    summary="List what was sent to a webhook, or is on its way",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("webhook:read")],
    pages: Pages,
    within: RecordedWithin,
    state: Annotated[DeliveryState | None, Query(description="`dead` for what was given up.")] = None,
) -> Response:
    """In the order in which they were to be sent."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller) as tx:
        await webhooks.get(tx, id)
        found = await webhook_deliveries.page(
            tx, id, state.value if state else None, within, pages.limit, after
        )
    return listed(request, page_of(found, pages.limit, webhook_deliveries.recorded))


@router.post(
    "/{delivery_id}/replay",
    operation_id="replayWebhookDelivery",
    response_model=WebhookDeliveryOut,
    responses=problems(404, 409),
    summary="Send a delivery again",
)
async def replay(
    id: UUID,  # noqa: A002 the name in the address
    delivery_id: UUID,
    door: Annotated[Door, may("webhook:write")],
    sent: Annotated[Sent, post_once("replayWebhookDelivery")],
) -> Response:
    """With a fresh schedule and under the same id. It is sent only if your client may still read the record."""
    return answer(await replay_delivery(door.db, door.caller, sent, id, delivery_id))
