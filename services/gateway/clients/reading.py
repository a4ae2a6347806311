"""Reading one thing from a service for a view: in the caller's name, in time, and in the shape agreed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from services.gateway.clients.answers import kind_of, whole
from services.gateway.clients.upstream import ANSWER_UNREADABLE, Asked, Upstream

LARGEST_ANSWER = 8 * 1024 * 1024

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reader:
    """The way to one service for one caller's view."""

    upstream: Upstream
    assertion: str
    request_id: str
    correlation_id: str | None = None

    async def read(self, shape: type[T], path: str, query: dict[str, str], seconds: float) -> T:
        """What the service answers, which must be a success of this shape. Otherwise a refusal that says so.

        Members that the shape does not name are left out: a view shows only what it knows.
        """
        headers = {
            "X-Caller-Assertion": self.assertion,
            "X-Request-ID": self.request_id,
            "X-Request-Deadline": str(int(seconds * 1000)),
        }
        if self.correlation_id is not None:
            headers["X-Correlation-ID"] = self.correlation_id
        asked = Asked("GET", f"{path}?{urlencode(query)}", headers, None, seconds, repeatable=True)
        async with self.upstream.call(asked) as response:
            if kind_of(response) != "application/json" or response.status != 200:
                raise ANSWER_UNREADABLE(service=self.upstream.service, answered=response.status)
            body = await whole(response, seconds, LARGEST_ANSWER)
        try:
            return msgspec.json.decode(body, type=shape)
        except msgspec.MsgspecError:
            raise ANSWER_UNREADABLE(service=self.upstream.service) from None
