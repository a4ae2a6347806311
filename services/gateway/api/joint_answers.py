"""How doors ask services to make a change together, and how they answer: as the service that had the last word."""

from __future__ import annotations

from collections.abc import Awaitable

import msgspec
from fastapi import Request, Response

from services.gateway.admission.desk import Desk, Visitor
from services.gateway.clients.errands import Declined, Errands
from services.gateway.joint.change import Wanted, change_jointly
from shared.idempotency import Answer, Sent
from shared.logs import correlation_id, request_id
from shared.web.answers import answer
from shared.web.doors import Door
from shared.web.problem import MEDIA_TYPE

_SERVICES = ("budget", "contracts", "outcomes")


def errands_of(request: Request) -> Errands:
    """The ways to the services for this request."""
    desk: Desk = request.app.state.desk
    visitor: Visitor = request.scope["visitor"]
    return Errands(
        request.app.state.upstreams,
        desk.errand,
        {service: desk.assertion(visitor, service) for service in _SERVICES},
        request_id.get() or "",
        correlation_id.get(),
    )


async def made_jointly(
    request: Request, door: Door, sent: Sent, wanted: Wanted, location: str | None = None
) -> Response:
    """Make the change, or finish it, and answer it."""
    making = change_jointly(door.db, door.caller, sent, wanted, errands_of(request))
    return await answered(request, making, location)


async def answered(request: Request, making: Awaitable[Answer], location: str | None = None) -> Response:
    """The answer of the change, or the refusal of the service that declined its part, word by word."""
    try:
        return answer(await making, location)
    except Declined as why:
        return declined(request, why)


def declined(request: Request, why: Declined) -> Response:
    """The refusal of a service, at the address that the caller knows."""
    problem = {**why.problem, "instance": request.url.path, "declined_by": why.service}
    headers = {"Retry-After": "1"} if not why.for_good else {}
    return Response(msgspec.json.encode(problem), why.status, headers, MEDIA_TYPE)
