"""The frame of a service's app: doors, health, metrics, problems, OpenAPI; the service brings its routers."""

from __future__ import annotations

import asyncio
import gc
import os
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from copy import copy
from functools import partial
from pathlib import Path

import msgspec
from fastapi import APIRouter, FastAPI, Response
from fastapi.routing import APIRoute
from joserfc.jwk import KeySet
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from shared import logs
from shared.caller import AssertionVerifier
from shared.db import Database
from shared.errors import Kind, Refusal, reason
from shared.metrics import CONTENT_TYPE, Metrics
from shared.sealing import Pulse, Sealer
from shared.settings import Settings
from shared.web import openapi
from shared.web.answers import JSON
from shared.web.leaving import Leaving
from shared.web.problem import install, of_refusal
from shared.web.queries import KnownQuery
from shared.web.traffic import Traffic

LARGEST_BODY = 1024 * 1024
LEAVING = reason(
    "leaving",
    Kind.UNAVAILABLE,
    "This process is about to stop. Send the request again; another one answers it.",
)


def read_key_set(path: Path) -> KeySet:
    """The public keys with which the gateway's assertions are checked."""
    return KeySet.import_key_set(msgspec.json.decode(path.read_bytes()))


def make_app(service: str, title: str, routers: Sequence[APIRouter], settings: Settings) -> FastAPI:
    """An app with these doors. It opens its database when it starts and closes it when it stops."""
    logs.configure(service)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.db = await Database.open(settings.database_url, service, settings.pool_size)
        app.state.verifier = AssertionVerifier(
            service, settings.issuer, partial(read_key_set, settings.assertion_jwks)
        )
        leaving.listen()
        # What was built stays as long as the process: a search through it for garbage would hold up every request.
        gc.freeze()
        try:
            async with _sealing(app, service, settings):
                yield
        finally:
            leaving.stop_listening()
            await app.state.db.close()

    app = FastAPI(
        title=title,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    metrics = app.state.metrics = Metrics(service)
    leaving = app.state.leaving = Leaving(settings.served_on_seconds)
    app.state.pulse = Pulse()
    leaving.then(app.state.pulse.close)
    install(app)
    for router in (*routers, health(app, metrics)):
        hang(app, router)
    app.add_middleware(Traffic, service=service, metrics=metrics)
    app.openapi = partial(openapi.document, app, service)  # type: ignore[method-assign]  # FastAPI's own way
    return app


@asynccontextmanager
async def _sealing(app: FastAPI, service: str, settings: Settings) -> AsyncIterator[None]:
    """The sealer beside the doors, on a session of its own, so that no request ever waits for it."""
    if not settings.seal_seconds:
        yield
        return
    db = await Database.open(settings.database_url, service, 1, name=f"{service}-seal")
    sealer = Sealer(db, service, app.state.metrics, app.state.pulse, settings.seal_seconds)
    running = asyncio.create_task(sealer.run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await db.close()


def hang(app: FastAPI, router: APIRouter) -> None:
    """Hang the doors of a router into the app, side by side with the others.

    Included routers would stay a tree that is searched twice for each request: a third of a short answer's time.
    """
    for route in router.routes:
        door = copy(route)
        if isinstance(door, APIRoute) and door.max_body_size is None and door.methods != {"GET"}:
            # On the door, not on the app: the framework's outermost limit would answer past our own middleware.
            door.app = RequestBodyLimitMiddleware(door.app, LARGEST_BODY)
        if isinstance(door, APIRoute):
            door.app = KnownQuery(door.app, door)
        app.router.routes.append(door)


def health(app: FastAPI, metrics: Metrics) -> APIRouter:
    """`/live` says that the process runs, `/ready` that it can work, with the process's id and boot id."""
    router = APIRouter(include_in_schema=False)
    boot = str(uuid.uuid4())

    def state(status: str) -> bytes:
        return msgspec.json.encode({"status": status, "pid": os.getpid(), "boot_id": boot})

    @router.get("/live")
    async def live() -> Response:
        return Response(state("live"), media_type=JSON)

    @router.get("/ready")
    async def ready() -> Response:
        if app.state.leaving.begun:
            return of_refusal(LEAVING(retry_after=1), "/ready")
        try:
            await app.state.db.ping()
        except Refusal as refusal:
            return of_refusal(refusal, "/ready")
        return Response(state("ready"), media_type=JSON)

    @router.get("/metrics")
    async def counted() -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    return router
