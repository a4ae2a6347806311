"""Webhooks: register an address, prove that it is yours, change its secret, switch it off and on."""

from __future__ import annotations

import secrets
from base64 import b64encode
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.gateway.actions.add_webhook_secret import add_webhook_secret
from services.gateway.actions.create_webhook import create_webhook
from services.gateway.actions.move_webhook import move_webhook
from services.gateway.admission.desk import Visitor
from services.gateway.admission.follower import Follower
from services.gateway.clients.webhook_sender import WebhookSender, answered_challenge
from services.gateway.rules.webhook import NOT_VERIFIED, Webhook, WebhookState
from services.gateway.rules.webhook_address import LONGEST_URL
from services.gateway.store import webhooks
from shared.idempotency import Answer, Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, Instant, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

_TYPE = r"^(budget|contracts|outcomes|gateway)\.[a-z][a-z0-9_]{0,63}\.v1$"
_TypeOfEvent = Annotated[str, Field(pattern=_TYPE)]


class WebhookIn(Body):
    """Where to, and of which types of events; without types, of all."""

    url: str = Field(max_length=LONGEST_URL, examples=["https://finance.plymouth.gov.uk/hooks/commissioning"])
    types: list[_TypeOfEvent] = Field(default=[], max_length=100, examples=[["budget.journal_posted.v1"]])
    description: Title | None = Field(default=None, examples=["Tells the ledger of what was posted"])


class WebhookOut(Out):
    """A webhook. `secret` is filled in the first answer to its making and nowhere else."""

    id: UUID
    owner_organisation_id: UUID
    client_id: UUID
    url: str = Field(examples=["https://finance.plymouth.gov.uk/hooks/commissioning"])
    types: list[str] = Field(examples=[["budget.journal_posted.v1"]])
    description: str | None
    state: WebhookState
    failing_since: Instant | None
    secret: str | None = Field(default=None, examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    version: int


class WebhooksOut(Out):
    """A page of webhooks."""

    items: list[WebhookOut]
    next: str | None


def _with_secret(kept: Answer, secret: bytes | None) -> Answer:
    """The answer with the secret in the form of the specification, which is kept nowhere in this form."""
    if secret is None:
        return kept
    told = msgspec.json.decode(kept.body) | {"secret": "whsec_" + b64encode(secret).decode()}
    return replace(kept, body=msgspec.json.encode(told))


@router.put(
    "/{id}",
    operation_id="createWebhook",
    status_code=201,
    response_model=WebhookOut,
    responses=problems(409, 413, 415),
    summary="Register an address to be told of changes",
)
async def create(
    id: UUID,  # noqa: A002 the name in the address
    body: WebhookIn,
    request: Request,
    door: Annotated[Door, may("webhook:write")],
    sent: Annotated[Sent, put_once("createWebhook")],
) -> Response:
    """It is told what the client that registers it could read, at the moment of telling, once the address is verified.

    The answer holds the secret that signs what is sent (Standard Webhooks, `v1`), once: if the answer is lost, make
    the next secret. The body of a message is one event of `/v1/events/{service}`; its `webhook-id` stays the same
    however often it is sent. Answer 2xx within 15 seconds. Otherwise it is sent again after 5 seconds, 5 and 30
    minutes, 2, 5, 10, 14, 20 and 24 hours, and is then dead. 410 ends the webhook. Redirects are not followed.
    """
    asked = Webhook(
        id,
        door.caller.organisation_id,
        door.caller.client_id,
        body.url,
        tuple(dict.fromkeys(body.types)),
        body.description,
    )
    local: bool = request.app.state.webhook_local_targets
    kept, secret = await create_webhook(door.db, door.caller, sent, asked, local=local)
    return answer(_with_secret(kept, secret), f"/v1/webhooks/{id}")


@router.post(
    "/{id}/verification",
    operation_id="verifyWebhook",
    response_model=WebhookOut,
    responses=problems(404, 409, 412, 428),
    summary="Prove that the address is yours, and begin",
)
async def verify(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("webhook:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("verifyWebhook")],
) -> Response:
    """The address is sent `{"type": "webhook.challenge", "challenge": "..."}`, signed like everything else, and must
    answer 200 with `{"challenge": "..."}`. It is told of what changes from then on. A webhook that was switched off or
    given up goes on where it stopped.
    """
    async with door.db.begin(door.caller) as tx:
        webhook = await webhooks.get(tx, id)
        known = await webhooks.secrets(tx, id)
    places = None
    if webhook.state is not WebhookState.ACTIVE:
        await _challenge(request.app.state.webhook_sender, webhook, known)
        visitor: Visitor = request.scope["visitor"]
        follower: Follower = request.app.state.follower
        places = await follower.ends(visitor)
    return answer(await move_webhook(door.db, door.caller, sent, id, version, WebhookState.ACTIVE, places))


async def _challenge(sender: WebhookSender, webhook: Webhook, known: list[bytes]) -> None:
    challenge = secrets.token_urlsafe(32)
    body = msgspec.json.encode({"type": "webhook.challenge", "challenge": challenge})
    outcome, said = await sender.send(
        webhook.url, f"challenge-{secrets.token_hex(8)}", body, known, read=True
    )
    if outcome.status != 200 or answered_challenge(said) != challenge:
        raise NOT_VERIFIED(answered=outcome.status, error=outcome.error)


@router.post(
    "/{id}/disablement",
    operation_id="disableWebhook",
    response_model=WebhookOut,
    responses=problems(404, 409, 412, 428),
    summary="Tell an address nothing more",
)
async def disable(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("webhook:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("disableWebhook")],
) -> Response:
    """What is on its way is withheld. Verify it again to go on."""
    return answer(await move_webhook(door.db, door.caller, sent, id, version, WebhookState.DISABLED))


@router.post(
    "/{id}/secrets",
    operation_id="addWebhookSecret",
    response_model=WebhookOut,
    responses=problems(404, 409),
    summary="Give a webhook its next secret",
)
async def add_secret(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("webhook:write")],
    sent: Annotated[Sent, post_once("addWebhookSecret")],
) -> Response:
    """Messages bear both signatures for 24 hours, so that the receiver can change over in its own time."""
    kept, secret = await add_webhook_secret(door.db, door.caller, sent, id)
    return answer(_with_secret(kept, secret))


@router.get(
    "/{id}",
    operation_id="getWebhook",
    response_model=WebhookOut,
    responses=problems(404),
    summary="Read a webhook",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("webhook:read")],
) -> Response:
    """Its state, and since when nothing got through to it."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await webhooks.get(tx, id))


@router.get(
    "",
    operation_id="listWebhooks",
    response_model=WebhooksOut,
    responses=problems(),
    summary="List your organisation's webhooks",
)
async def every(
    request: Request,
    door: Annotated[Door, may("webhook:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """In the order in which they were registered."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        found, recorded = await webhooks.page(tx, within, pages.limit, after)
    return listed(request, page_of(found, pages.limit, lambda each: (recorded[each.id], each.id)))
