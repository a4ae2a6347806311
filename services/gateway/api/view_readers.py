"""The ways to the services for one caller's view: each with an assertion of its own, under this request's ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from fastapi import Request

from services.gateway.admission.desk import Desk, Visitor
from services.gateway.clients.reading import Reader
from shared.logs import correlation_id, request_id


def observing_readers(request: Request, services: Iterable[str], partnership_id: UUID) -> dict[str, Reader]:
    """A reader for each service that is told of an observer of this partnership alone, whoever the caller is."""
    desk: Desk = request.app.state.desk
    visitor: Visitor = request.scope["visitor"]
    return _readers(
        request, {each: desk.observing(visitor, each, partnership_id) for each in sorted(set(services))}
    )


def readers_for(request: Request, services: Iterable[str]) -> dict[str, Reader]:
    """A reader for each service, by its name."""
    desk: Desk = request.app.state.desk
    visitor: Visitor = request.scope["visitor"]
    return _readers(request, {each: desk.assertion(visitor, each) for each in sorted(set(services))})


def _readers(request: Request, assertions: Mapping[str, str]) -> dict[str, Reader]:
    upstreams = request.app.state.upstreams
    return {
        service: Reader(upstreams[service], assertion, request_id.get() or "", correlation_id.get())
        for service, assertion in assertions.items()
    }
