"""Reading one thing from a service for a view: in the caller's name, in time, and in the shape agreed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from services.gateway.clients.answers import kind_of, whole
from services.gateway.clients.upstream import ANSWER_UNREADABLE, Asked, Upstream
from shared.errors import NOT_FOUND, Kind, reason

NOT_SETTLED_YET = reason(
    "instant_not_settled", Kind.CONFLICT, "A service cannot yet say what it had on record at that instant."
)
LARGEST_ANSWER = 8 * 1024 * 1024

T = TypeVar("T")

_READABLE = frozenset(
    {("application/json", 200), ("application/problem+json", 404), ("application/problem+json", 409)}
)
# How the services say that an instant is not over for them.
_UNSETTLED = frozenset({"as_recorded_not_settled", "scorecard_not_settled"})


@dataclass(frozen=True, slots=True)
class _Problem:
    """What of a refusal matters here: which one it is."""

    code: str


@dataclass(frozen=True, slots=True)
class Reader:
    """The way to one service for one caller's view."""

    upstream: Upstream
    assertion: str
    request_id: str
    correlation_id: str | None = None

    async def read(self, shape: type[T], path: str, query: dict[str, str], seconds: float) -> T:
        """What the service answers, which must be a success of this shape. Otherwise a refusal that says so.

        NOT_FOUND is the service's own word that there is nothing that this caller may see, NOT_SETTLED_YET that what
        was on record at an instant can still change; any other refusal means that it did not answer. Members that the
        shape does not name are left out: a view shows only what it knows.
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
            kind, status = kind_of(response), response.status
            if (kind, status) not in _READABLE:
                raise ANSWER_UNREADABLE(service=self.upstream.service, answered=status)
            body = await whole(response, seconds, LARGEST_ANSWER)
        try:
            if status == 200:
                return msgspec.json.decode(body, type=shape)
            refused = msgspec.json.decode(body, type=_Problem)
        except msgspec.MsgspecError:
            raise ANSWER_UNREADABLE(service=self.upstream.service, answered=status) from None
        if status == 409 and refused.code in _UNSETTLED:
            raise NOT_SETTLED_YET()
        if (status, refused.code) != (
            404,
            NOT_FOUND.code,
        ):  # an address that it does not know is no word on the record
            raise ANSWER_UNREADABLE(service=self.upstream.service, answered=status)
        raise NOT_FOUND()
