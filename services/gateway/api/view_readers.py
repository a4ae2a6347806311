"""The ways to the services for one caller's view: each with an assertion of its own, under this request's ids."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request

from services.gateway.admission.desk import Desk, Visitor
from services.gateway.clients.reading import Reader
from shared.logs import correlation_id, request_id


def readers_for(request: Request, services: Iterable[str]) -> dict[str, Reader]:
    """A reader for each service, by its name."""
    desk: Desk = request.app.state.desk
    visitor: Visitor = request.scope["visitor"]
    return {
        service: Reader(
            request.app.state.upstreams[service],
            desk.assertion(visitor, service),
            request_id.get() or "",
            correlation_id.get(),
        )
        for service in sorted(set(services))
    }
