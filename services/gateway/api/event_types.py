"""What each type of event means: a page for people, and the same as JSON for who asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from services.gateway.api.documents import HTML, with_tag
from services.gateway.renderings.documentation import style_policy
from services.gateway.renderings.event_pages import type_page, types_page
from services.gateway.rules.event_types import EVENT_TYPES
from services.gateway.rules.event_types.event_type import EventType
from shared.web.answers import JSON
from shared.web.feeds import EventOut
from shared.web.problem import NO_SUCH_ADDRESS

router = APIRouter(prefix="/event-types", include_in_schema=False)


@router.get("", name="listEventTypes")
async def every(request: Request) -> Response:
    """Every type, by service."""
    items = [_shown(each) for each in EVENT_TYPES.values()]
    return _as_asked(request, {"items": items}, lambda: types_page(items))


@router.get("/{type}", name="getEventType")
async def one(type: str, request: Request) -> Response:  # noqa: A002 the name in the address
    """What one type means, who is told of it, and what such an event looks like."""
    found = EVENT_TYPES.get(type)
    if found is None:
        raise NO_SUCH_ADDRESS()
    whole = {**_shown(found), "schema": _shape(), "example": found.example}
    return _as_asked(request, whole, lambda: type_page(whole))


def _shown(each: EventType) -> dict[str, Any]:
    """A type in words, with the addresses of its feed and of its own page."""
    return {
        "type": each.type,
        "service": each.service,
        "feed": f"/v1/events/{each.service}",
        "thing": each.thing,
        "means": each.means,
        "told": each.told,
        "page": f"/event-types/{each.type}",
    }


def _as_asked(request: Request, data: dict[str, Any], html: Callable[[], str]) -> Response:
    """JSON where the request names it among what it takes, and else a page."""
    if JSON in request.headers.get("accept", ""):
        answer = with_tag(request, msgspec.json.encode(data), JSON)
    else:
        answer = with_tag(request, html().encode(), HTML)
        answer.headers["Content-Security-Policy"] = style_policy()
    answer.headers["Vary"] = "Accept"
    return answer


@lru_cache
def _shape() -> dict[str, Any]:
    """The JSON schema of an event, whole, with what it refers to put in its place."""
    schema = EventOut.model_json_schema(mode="serialization")
    schema["properties"]["data"] = schema.pop("$defs")["EventData"]
    return schema
