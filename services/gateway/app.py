"""Composition root of the gateway: its own doors, the thin path in front of them, and what both stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from services.gateway.admission.clients_seen import ClientsSeen
from services.gateway.admission.desk import Desk, Place
from services.gateway.admission.key_source import KeySource
from services.gateway.admission.limits import Rate
from services.gateway.api import (
    client_keys,
    client_secrets,
    clients,
    contract_changes,
    data_sharing_agreements,
    documents,
    issuers,
    joint_changes,
    me,
    members,
    organisations,
    overviews,
    partnerships,
    tokens,
)
from services.gateway.clients.upstream import Upstream
from services.gateway.pass_through.front import Front
from services.gateway.pass_through.onward import Onward
from services.gateway.rules.policy_table import ROWS
from shared.settings import Settings
from shared.web.app import make_app

ROUTERS = (
    tokens.router,
    me.router,
    organisations.router,
    partnerships.router,
    members.router,
    clients.router,
    client_keys.router,
    client_secrets.router,
    issuers.router,
    overviews.router,
    data_sharing_agreements.router,
    contract_changes.router,
    joint_changes.router,
    documents.router,
)


class GatewaySettings(Settings):
    """What the gateway is told besides: where its keys and the services are, and how much is too much."""

    model_config = {**Settings.model_config, "env_prefix": "GATEWAY_"}

    keys_dir: Path
    budget_url: str
    contracts_url: str
    outcomes_url: str
    client_rate: str = "60000/minute"  # for each client
    token_rate: str = "600/minute"  # noqa: S105 for each address that asks for tokens


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
            yield
            gateway.front = None

    own.router.lifespan_context = lifespan
    return gateway


async def _front(own: FastAPI, settings: GatewaySettings, closing: AsyncExitStack) -> Front:
    """The front door, with open ways to the services. They are closed with `closing`."""
    place = Place(settings.issuer.rstrip("/"))
    token_keys = KeySource(settings.keys_dir / "token.json")
    own.state.place, own.state.token_keys, own.state.issuer = place, token_keys, place.issuer
    desk = Desk(
        place,
        token_keys,
        KeySource(settings.keys_dir / "assertion.json"),
        ClientsSeen(own.state.db),
        ROWS,
    )
    addresses = {
        "budget": settings.budget_url,
        "contracts": settings.contracts_url,
        "outcomes": settings.outcomes_url,
    }
    upstreams = {service: Upstream(service, address) for service, address in addresses.items()}
    for upstream in upstreams.values():
        await upstream.open()
        closing.push_async_callback(upstream.close)
    own.state.desk, own.state.upstreams = desk, upstreams
    return Front(
        own,
        ROWS,
        desk,
        Onward(desk, upstreams, {row.operation_id: row for row in ROWS}),
        own.state.metrics,
        client_rate=Rate(settings.client_rate),
        token_rate=Rate(settings.token_rate),
        https=place.issuer.startswith("https://"),
    )
