"""Calls that the gateway makes of its own accord: parts of a change that several services make together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from services.gateway.clients.answers import kind_of, whole
from services.gateway.clients.upstream import ANSWER_UNREADABLE, Asked, Upstream
from services.gateway.rules.internal import Internal
from shared.caller import Caller

LARGEST_ANSWER = 8 * 1024 * 1024
LOOK_SECONDS = 2.0
# A refusal that says nothing on the change: a repeat may well be taken. Nor does a fault of the service itself, or an
# assertion that it does not take: an attempt before may have been done, so that nothing is taken back on its account.
PASSING = frozenset({401, 429, 500, 502, 503})
# Another request holds what this one needs just now, or did this step before, so it is no word on the change either.
HELD = frozenset({"request_still_running", "idempotency_key_reused"})

Mint = Callable[[Caller, Internal, str, dict[str, Any]], str]


class Declined(Exception):
    """A service refused its part, with a problem document that is the caller's to read."""

    def __init__(self, service: str, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{service} answered {status}: {problem.get('code')}")
        self.service = service
        self.status = status
        self.problem = problem

    @property
    def for_good(self) -> bool:
        return self.status not in PASSING and self.problem.get("code") not in HELD


@dataclass(frozen=True, slots=True)
class Told:
    """What a service answered to an errand: the body as it came, and what it says."""

    body: bytes
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Errands:
    """The ways to the services for one request. `own` are the assertions of the caller's own requests."""

    upstreams: Mapping[str, Upstream]
    mint: Mint
    own: Mapping[str, str]
    request_id: str
    correlation_id: str | None = None

    async def drive(
        self,
        caller: Caller,
        operation: Internal,
        target: str,
        body: Mapping[str, Any],
        *,
        key: UUID | None = None,
        version: int | None = None,
        seen: dict[str, Any] | None = None,
    ) -> Told:
        """Have a service do its part, in this caller's name. Raises Declined where it refuses."""
        headers = self._headers(
            self.mint(caller, operation, target, seen or {}), operation.seconds, caller.person
        )
        headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = str(key)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        asked = Asked(
            operation.method, target, headers, msgspec.json.encode(body), operation.seconds, repeatable=True
        )
        return await self._answered(operation.service, asked)

    async def look(self, service: str, path: str) -> Told:
        """Read a record as the caller itself could. Raises Declined where it cannot."""
        headers = self._headers(self.own[service], LOOK_SECONDS, None)
        return await self._answered(service, Asked("GET", path, headers, None, LOOK_SECONDS, repeatable=True))

    def _headers(self, assertion: str, seconds: float, person: str | None) -> dict[str, str]:
        headers = {
            "X-Caller-Assertion": assertion,
            "X-Request-ID": self.request_id,
            "X-Request-Deadline": str(int(seconds * 1000)),
        }
        if person is not None:
            headers["X-On-Behalf-Of"] = person
        if self.correlation_id is not None:
            headers["X-Correlation-ID"] = self.correlation_id
        return headers

    async def _answered(self, service: str, asked: Asked) -> Told:
        async with self.upstreams[service].call(asked) as response:
            kind, status = kind_of(response), response.status
            body = await whole(response, asked.seconds, LARGEST_ANSWER)
        try:
            said = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.MsgspecError:
            raise ANSWER_UNREADABLE(service=service, answered=status) from None
        if kind == "application/problem+json" and "code" in said:
            raise Declined(service, status, said)
        if kind != "application/json" or status not in {200, 201}:
            raise ANSWER_UNREADABLE(service=service, answered=status)
        return Told(body, said)
