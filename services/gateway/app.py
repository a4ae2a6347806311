"""Composition root of the gateway: its own doors, the thin path in front of them, and what both stand on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from services.gateway.admission.clients_seen import ClientsSeen
from services.gateway.admission.desk import Desk, Place
from services.gateway.admission.follower import Follower
from services.gateway.admission.key_source import KeySource
from services.gateway.admission.limits import Rate
from services.gateway.admission.read_log import ReadLog
from services.gateway.api import (
    achievement_views,
    assurance_reports,
    audit_events,
    audit_heads,
    audit_reads,
    audit_samples,
    board_tiers,
    boards,
    client_keys,
    client_secrets,
    clients,
    contract_changes,
    data_sharing_agreements,
    documents,
    event_types,
    issuers,
    joint_changes,
    me,
    members,
    organisation_imports,
    organisations,
    overviews,
    papers,
    partnerships,
    place_views,
    programme_parts,
    provider_overviews,
    record_changes,
    responsibility_charts,
    risks,
    scrutiny_grants,
    scrutiny_packs,
    successions,
    system_roll_ups,
    term_changes,
    timetable_entries,
    tokens,
    webhook_deliveries,
    webhooks,
    work_views,
)
from services.gateway.clients.upstream import Upstream
from services.gateway.clients.webhook_sender import WebhookSender
from services.gateway.half_done_watch import HalfDoneWatch
from services.gateway.pass_through.front import Front
from services.gateway.pass_through.onward import Onward
from services.gateway.rules.key_ring import AUDIT_KEYS_SECONDS
from services.gateway.rules.partnership import Member
from services.gateway.rules.policy_table import ROWS
from services.gateway.store import members as members_store
from services.gateway.store import organisations as organisations_store
from services.gateway.worker import Teller, stop
from shared.caller import Caller
from shared.db import Database
from shared.settings import Settings
from shared.web.app import make_app
from shared.web.audit_doors import audit_router
from shared.web.feeds import feed_router
from shared.web.today import today_in_england

MOST_WAITING = 256  # readers of a service's feed who wait at once, besides those who are answered

ROUTERS = (
    tokens.router,
    me.router,
    organisations.router,
    organisation_imports.router,
    partnerships.router,
    members.router,
    clients.router,
    client_keys.router,
    client_secrets.router,
    issuers.router,
    overviews.router,
    work_views.router,
    place_views.router,
    achievement_views.router,
    provider_overviews.router,
    system_roll_ups.router,
    scrutiny_packs.router,
    data_sharing_agreements.router,
    contract_changes.router,
    term_changes.router,
    record_changes.router,
    joint_changes.router,
    scrutiny_grants.router,
    audit_samples.router,
    successions.router,
    documents.router,
    event_types.router,
    feed_router("gateway", "directory:read"),
    audit_router("gateway", "directory:read"),
    audit_events.router,
    audit_heads.router,
    audit_reads.router,
    webhooks.router,
    webhook_deliveries.router,
    boards.router,
    board_tiers.router,
    responsibility_charts.router,
    risks.router,
    timetable_entries.router,
    programme_parts.router,
    papers.router,
    assurance_reports.router,
)


class GatewaySettings(Settings):
    """What the gateway is told besides: where its keys and the services are, and how much is too much."""

    model_config = {**Settings.model_config, "env_prefix": "GATEWAY_"}

    keys_dir: Path
    budget_url: str
    contracts_url: str
    outcomes_url: str
    # Tells webhooks. Off in a process that only answers, where another one tells.
    webhook_seconds: float = 2.0
    # Lets webhooks go to this machine by http: for tests and demonstrations, never for a system that others use.
    webhook_local_targets: bool = False
    client_rate: str = "60000/minute"  # for each client
    # For each client and operation that takes long: imports, packs, statutory reports.
    long_rate: str = "120/minute"
    token_rate: str = "600/minute"  # noqa: S105 for each address that asks for tokens
    public_rate: str = "600/minute"  # for each address that reads what is published


class Gateway:
    """The app as a server runs it. Requests go through the front door, lifespan events to the own doors' app."""

    def __init__(self, own: FastAPI) -> None:
        self.own = own
        self.router = own.router
        self.state = own.state
        self.openapi = own.openapi
        self.front: Front | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if self.front is None:
                raise RuntimeError("a request came in before the gateway had started")
            await self.front(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        else:
            await self.own(scope, receive, send)


def create_app() -> Gateway:
    """The gateway, with its settings read from the environment. Keys and documents are read when it starts."""
    settings = GatewaySettings()
    own = make_app("gateway", "Gateway", ROUTERS, settings)
    gateway = Gateway(own)
    opened = own.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        documents.check(own)
        async with opened(app), AsyncExitStack() as closing:
            gateway.front = await _front(own, settings, closing)
            await _telling(own, settings, closing)
            yield
            gateway.front = None

    own.router.lifespan_context = lifespan
    return gateway


async def _front(own: FastAPI, settings: GatewaySettings, closing: AsyncExitStack) -> Front:
    """The front door, with open ways to the services. They are closed with `closing`."""
    place = Place(settings.issuer.rstrip("/"))
    token_keys = KeySource(settings.keys_dir / "token.json")
    own.state.place, own.state.token_keys, own.state.issuer = place, token_keys, place.issuer
    seen = ClientsSeen(own.state.db)
    desk = Desk(
        place,
        token_keys,
        KeySource(settings.keys_dir / "assertion.json"),
        seen,
        ROWS,
    )
    addresses = {
        "budget": settings.budget_url,
        "contracts": settings.contracts_url,
        "outcomes": settings.outcomes_url,
    }
    upstreams = {service: Upstream(service, address) for service, address in addresses.items()}
    waiting = {service: Upstream(service, address, MOST_WAITING) for service, address in addresses.items()}
    for upstream in (*upstreams.values(), *waiting.values()):
        await upstream.open()
        closing.push_async_callback(upstream.close)
    own.state.desk, own.state.upstreams = desk, upstreams
    by_operation = {row.operation_id: row for row in ROWS}
    own.state.follower = Follower(own.state.db, desk, seen, upstreams, by_operation)
    own.state.webhook_local_targets = settings.webhook_local_targets
    own.state.webhook_sender = WebhookSender(local=settings.webhook_local_targets)
    # None of its keys is ever left out: a head that was kept for years must be checkable.
    own.state.audit_keys = KeySource(settings.keys_dir / "audit.json", overlap_seconds=AUDIT_KEYS_SECONDS)
    read_log = ReadLog(own.state.db, own.state.metrics)
    logging = asyncio.create_task(read_log.run())
    closing.push_async_callback(_stop_logging, read_log, logging)
    return Front(
        own,
        ROWS,
        desk,
        Onward(
            desk,
            upstreams,
            waiting,
            {row.operation_id: row for row in ROWS},
            partial(_members_of, own.state.db),
            partial(_known_of, own.state.db),
        ),
        own.state.metrics,
        read_log,
        public_rate=Rate(settings.public_rate, "public"),
        client_rate=Rate(settings.client_rate, "client"),
        long_rate=Rate(settings.long_rate, "long"),
        token_rate=Rate(settings.token_rate, "token"),
        https=place.issuer.startswith("https://"),
    )


async def _stop_logging(read_log: ReadLog, logging: asyncio.Task[None]) -> None:
    """What was noted is recorded before the database is closed."""
    logging.cancel()
    with suppress(asyncio.CancelledError):
        await logging
    await read_log.flush()


async def _telling(own: FastAPI, settings: GatewaySettings, closing: AsyncExitStack) -> None:
    """Webhooks are told, and what is half done is looked for, beside the doors on sessions of their own. What is in hand is
    finished before they close."""
    if not settings.webhook_seconds:
        return
    db = await Database.open(settings.database_url, "gateway", 3, name="gateway-queue")
    closing.push_async_callback(db.close)
    follower: Follower = own.state.follower
    teller = Teller(db, settings.database_url, follower, own.state.webhook_sender, settings.webhook_seconds)
    watch = HalfDoneWatch(db, settings.database_url, follower)
    for each in (teller, watch):
        own.state.leaving.then(each.leave)
        closing.push_async_callback(stop, each, asyncio.create_task(each.run()))


async def _members_of(db: Database, caller: Caller, partnership_id: UUID) -> tuple[Sequence[Member], date]:
    """The members of a partnership as this caller sees them, and the day in England."""
    async with db.begin(caller, single=True) as tx:
        return await members_store.of(tx, partnership_id), today_in_england()


async def _known_of(db: Database, caller: Caller, asked: Collection[UUID]) -> Collection[UUID]:
    """Those of these organisations that are in the directory as this caller sees it."""
    async with db.begin(caller, single=True) as tx:
        return await organisations_store.known(tx, asked)
