"""The door of a service's change feed: CloudEvents in batches, from a place on, waiting for more where asked."""

from __future__ import annotations

import time
from datetime import UTC
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.responses import JSONResponse

from shared import audit_trail, feed
from shared.feed import Event, Some
from shared.sealing import Pulse
from shared.web.doors import Door, may
from shared.web.fields import Instant, Out
from shared.web.openapi import problems

BATCH = "application/cloudevents-batch+json"
LONGEST_WAIT_SECONDS = 25
_LARGEST = 2**63 - 1
END = "end"


class EventData(Out):
    """Which record changed and whose it is. Read the record itself for what it holds now."""

    thing: str = Field(examples=["journal"])
    thing_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID


class EventOut(Out):
    """One change as a CloudEvent (version 1.0). `source` and `id` together name it for ever."""

    specversion: Literal["1.0"]
    id: str = Field(pattern=r"^\d{1,19}$", examples=["4711"])
    source: str = Field(examples=["/v1/events/budget"])
    type: str = Field(
        pattern=r"^[a-z]+\.[a-z0-9_]+\.v1$",
        examples=["budget.journal_posted.v1"],
        description="The service, what was done, and the version of `data`. New types may come, so pass over others."
        " `/event-types/{type}` says what each means.",
    )
    time: Instant
    subject: str = Field(examples=["journal/4fd0cb2c-8b3b-4f0c-9a3e-0d7f6a1c2b3d"])
    datacontenttype: Literal["application/json"]
    data: EventData


class Batch(JSONResponse):
    """Several CloudEvents as one JSON array."""

    media_type = BATCH

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


def feed_router(service: str, scope: str = "event:read") -> APIRouter:
    """The router with the one door of a service's feed."""
    router = APIRouter(prefix=f"/v1/events/{service}", tags=["events"])

    @router.get(
        "",
        operation_id=f"follow{service.capitalize()}Events",
        response_class=Batch,
        response_model=list[EventOut],
        responses=problems(),
        summary=f"Follow what changes in {service}",
    )
    async def follow(
        request: Request,
        door: Door = may(scope),  # noqa: B008 the scope differs from service to service
        last_event_id: Annotated[
            str | None,
            Query(
                alias="lastEventId",
                pattern=r"^(\d{1,19}|end)$",
                examples=["4711"],
                description="The id of the last event that you have. Left out: from the beginning. `end`: from now on.",
            ),
        ] = None,
        wait_seconds: Annotated[
            int,
            Query(
                alias="timeout",
                ge=0,
                le=LONGEST_WAIT_SECONDS,
                description="Where there is nothing new, wait so many seconds for something.",
            ),
        ] = 0,
    ) -> Response:
        """At most 200 events after the last one that you have, in the order in which they will always stand.

        You are told of your own records, of those whose parties name you, and of your partnerships' as a
        commissioner, observer or auditor: of each exactly while you may read it. None is skipped and none comes
        twice, if you send the id of the last one that you worked through. An empty batch means nothing new.
        The header `Link` with `rel="next"` says where to go on: after a batch without events, too, it may be
        further than the last event that you have.
        """
        pulse: Pulse = request.app.state.pulse
        if last_event_id == END:
            after = (await audit_trail.head(door.db, door.caller, service)).position
        else:
            after = min(int(last_event_id or 0), _LARGEST)
        until = time.monotonic() + wait_seconds
        while True:
            some = await feed.read(door.db, door.caller, after)
            left = until - time.monotonic()
            if some.events or some.more or left <= 0 or pulse.closing or await request.is_disconnected():
                return _answer(service, some)
            after = some.looked_to
            await pulse.wait(min(left, 5.0))

    return router


def _answer(service: str, some: Some) -> Response:
    headers = {"Link": f'</v1/events/{service}?lastEventId={some.looked_to}>; rel="next"'}
    return Batch([cloud_event(service, each) for each in some.events], 200, headers)


def cloud_event(service: str, event: Event) -> dict[str, Any]:
    """An event as it goes over the wire."""
    return {
        "specversion": "1.0",
        "id": str(event.position),
        "source": f"/v1/events/{service}",
        "type": f"{service}.{event.what}.v1",
        "time": event.recorded_at.astimezone(UTC),
        "subject": f"{event.thing}/{event.thing_id}",
        "datacontenttype": "application/json",
        "data": {
            "thing": event.thing,
            "thing_id": event.thing_id,
            "partnership_id": event.partnership_id,
            "owner_organisation_id": event.owner_organisation_id,
        },
    }
