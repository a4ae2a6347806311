"""What runs beside the gateway's doors: telling webhooks of changes, from feed to queue to the receiver's address."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from services.gateway.actions.dispatch_events import dispatch_events
from services.gateway.actions.keep_delivery_waiting import keep_delivery_waiting
from services.gateway.actions.record_attempt import record_attempt
from services.gateway.admission.desk import Visitor
from services.gateway.admission.follower import FEEDS, Follower
from services.gateway.clients.followed import encoded
from services.gateway.clients.webhook_sender import WebhookSender
from services.gateway.rules.webhook import Delivery, DeliveryState, Webhook, WebhookState
from services.gateway.store import queued_deliveries, webhook_deliveries, webhooks
from services.gateway.store.admissions import NOBODY
from shared.caller import Caller
from shared.db import Database
from shared.errors import Refusal
from shared.job_queue import run_worker, worker_of
from shared.logs import log

ROUND_SECONDS = 2.0
AT_ONCE = 8  # deliveries under way at the same time
QUEUED_AT_ONCE = 500
AGAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Due:
    """A delivery and everything it needs, in the name of the webhook's client."""

    caller: Caller
    webhook: Webhook
    delivery: Delivery
    secrets: list[bytes]


class Teller:
    """Tells webhooks. It can be killed at any moment: what was not recorded as done is done again under the same id."""

    def __init__(
        self,
        db: Database,
        url: str,
        follower: Follower,
        sender: WebhookSender,
        seconds: float = ROUND_SECONDS,
    ) -> None:
        self._db = db
        self._url = url
        self._follower = follower
        self._sender = sender
        self._seconds = seconds
        self._manager: Any = None
        self._leaving = False
        self._log = log("gateway")

    async def run(self) -> None:
        """Look for what is to be told, and deliver it, until `leave`."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._dispatching())
            group.create_task(self._delivering())

    def leave(self) -> None:
        """Begin nothing more; deliveries in hand are brought to their end."""
        self._leaving = True
        if self._manager is not None:
            self._manager.shutdown.set()

    async def _dispatching(self) -> None:
        while not self._leaving:
            try:
                await self.dispatch()
            except Refusal as refusal:
                self._log.warning("webhooks_not_told", why=refusal.code)
            except Exception as error:  # noqa: BLE001 the next round tries again, whatever one met
                self._log.error("webhooks_not_told", exc_info=error)
            await asyncio.sleep(self._seconds)

    async def _delivering(self) -> None:
        while not self._leaving:
            try:
                made = worker_of(self._url, "gateway", queued_deliveries.ENTRYPOINT, self.deliver, AT_ONCE)
                async with made as self._manager:
                    if not self._leaving:
                        await run_worker(self._manager)
            except Exception as error:  # noqa: BLE001 the database was out; the queue is still there when it is back
                self._log.warning("deliveries_stopped", why=type(error).__name__)
                await asyncio.sleep(self._seconds)
            finally:
                self._manager = None

    async def dispatch(self) -> int:
        """One round: what each active webhook is told next becomes deliveries, which go on the queue. How many went."""
        async with self._db.begin(NOBODY) as tx:
            found = await webhooks.to_tell(tx)
        for webhook_id, client_id in found:
            try:
                await self._tell(webhook_id, client_id)
            except (
                Refusal
            ) as refusal:  # a service is out: this webhook waits, and the others do not wait for it
                self._log.warning("webhook_not_told", webhook=str(webhook_id), why=refusal.code)
        async with self._db.begin(NOBODY, write=True) as tx:
            return await queued_deliveries.queue_some(tx, QUEUED_AT_ONCE)

    async def _tell(self, webhook_id: UUID, client_id: UUID) -> None:
        visitor = await self._follower.visitor(client_id)
        if visitor is None or visitor.caller is None:
            return
        async with self._db.begin(visitor.caller) as tx:
            places = {service: await webhook_deliveries.place(tx, webhook_id, service) for service in FEEDS}
        for service, place in places.items():
            if place is None:
                continue
            try:
                await self._tell_of(service, place, visitor, webhook_id)
            except Refusal as refusal:  # the service is out: its events wait, and those of the others do not
                self._log.warning("webhook_not_told", webhook=str(webhook_id), of=service, why=refusal.code)

    async def _tell_of(self, service: str, place: int, visitor: Visitor, webhook_id: UUID) -> None:
        assert visitor.caller is not None
        found = await self._follower.after(visitor, service, place)
        if found is not None and found.looked_to > place:
            events = [(int(each["id"]), str(each["type"])) for each in found.events]
            between = (place, found.looked_to)
            await dispatch_events(self._db, visitor.caller, webhook_id, service, between, events)

    async def deliver(self, delivery_id: UUID) -> int | None:
        """Make one delivery, if its receiver may still hear of it. In how many seconds to try again; None for never."""
        async with self._db.begin(NOBODY) as tx:
            of = await webhook_deliveries.to_make(tx, delivery_id)
        if of is None:
            return None
        webhook_id, client_id = of
        try:
            due = await self._due(webhook_id, client_id, delivery_id)
            body = await self._body(due, client_id) if due is not None else None
        except Refusal as refusal:
            self._log.warning("webhook_not_delivered", why=refusal.code)
            return int(
                AGAIN_SECONDS
            )  # the service or the database is out, which says nothing about the receiver
        if due is None:
            return None
        if due.webhook.state is not WebhookState.ACTIVE:
            await keep_delivery_waiting(self._db, due.caller, webhook_id, delivery_id)
            return None
        if body is None:
            return await record_attempt(self._db, due.caller, webhook_id, delivery_id, None)
        outcome, _ = await self._sender.send(due.webhook.url, str(delivery_id), body, due.secrets)
        return await record_attempt(self._db, due.caller, webhook_id, delivery_id, outcome)

    async def _due(self, webhook_id: UUID, client_id: UUID, delivery_id: UUID) -> _Due | None:
        caller = await self._follower.named(client_id)
        if caller is None:
            return None
        async with self._db.begin(caller) as tx:
            webhook = await webhooks.get(tx, webhook_id)
            delivery = await webhook_deliveries.get(tx, webhook_id, delivery_id)
            if delivery.state is not DeliveryState.PENDING:
                return None  # it was ended meanwhile, and would go out unrecorded
            return _Due(caller, webhook, delivery, await webhooks.secrets(tx, webhook_id))

    async def _body(self, due: _Due, client_id: UUID) -> bytes | None:
        """What is sent: the event as its feed gives it to the client at this moment; None where it does not."""
        visitor = await self._follower.visitor(client_id)
        if visitor is None:
            return None
        found = await self._follower.after(visitor, due.delivery.service, due.delivery.position - 1)
        event: Mapping[str, Any] | None = found.events[0] if found is not None and found.events else None
        if event is None or event["id"] != str(due.delivery.position):
            return None
        return encoded(event)


class Leaving(Protocol):
    """Something that runs beside the doors until it is told to leave."""

    def leave(self) -> None: ...


async def stop(worker: Leaving, running: asyncio.Task[None], seconds: float = 20.0) -> None:
    """Let what is in hand be finished, for as long as that; what is not done by then is done after the next start."""
    worker.leave()
    with suppress(asyncio.CancelledError, TimeoutError):
        await asyncio.wait_for(running, seconds)
