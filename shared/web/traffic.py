"""What happens to every request of a service: its ids, a metric, a log line, and limits that need no body."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.db import OUTCOME_UNKNOWN
from shared.errors import Kind, reason
from shared.logs import correlation_id, log, request_id
from shared.metrics import Metrics
from shared.web.problem import INTERNAL, TYPE_UNSUPPORTED, of_refusal, problem

REQUEST_ID_UNREADABLE = reason(
    "request_id_unreadable", Kind.MALFORMED, "X-Request-ID must be a UUID, or be left out."
)
DEADLINE_PASSED = reason(
    "deadline_passed",
    Kind.UNAVAILABLE,
    "The answer would have come too late. Ask for less at once, or try again.",
)
_DEADLINE = re.compile(rb"[1-9][0-9]{0,7}", re.ASCII)  # milliseconds that whoever asks will wait
_UUID = re.compile(rb"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_CORRELATION = re.compile(rb"[\x21-\x7e]{1,200}")
_FIXED = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))


class Traffic:
    """ASGI middleware around a whole app. Plain ASGI, since it runs on every request."""

    def __init__(self, app: ASGIApp, service: str, metrics: Metrics) -> None:
        self._app = app
        self._service = service
        self._metrics = metrics
        self._log = log(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        asked = headers.get(b"x-request-id")
        good = asked is None or _UUID.fullmatch(asked) is not None
        request = asked if asked is not None and good else str(uuid.uuid4()).encode()
        correlation = headers.get(b"x-correlation-id")
        extra = [(b"x-request-id", request), *_FIXED]
        if correlation is not None and _CORRELATION.fullmatch(correlation):
            extra.append((b"x-correlation-id", correlation))
            correlation_id.set(correlation.decode())
        request_id.set(request.decode())
        status, started_answer = 500, False

        async def sending(message: Message) -> None:
            nonlocal status, started_answer
            if message["type"] == "http.response.start":
                started_answer = True
                status = message["status"]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        try:
            if not good:
                await problem(REQUEST_ID_UNREADABLE)(scope, receive, sending)
            elif b"content-encoding" in headers:
                await problem(TYPE_UNSUPPORTED)(scope, receive, sending)
            else:
                await self._in_time(scope, receive, sending, headers.get(b"x-request-deadline"))
        except Exception as error:
            # What nobody foresaw is still a problem document, and its words stay in the log.
            self._log.error("unexpected", path=scope["path"], exc_info=error)
            if started_answer:
                raise
            await problem(INTERNAL, instance=scope["path"])(scope, receive, sending)
        finally:
            self._tell(scope, status, time.perf_counter() - started)

    async def _in_time(self, scope: Scope, receive: Receive, sending: Send, deadline: bytes | None) -> None:
        """Answer, or give up when nobody waits any more: what was begun is rolled back and its session is free.

        An answer that has begun goes on; how long its body may take is for whoever reads it.
        """
        if deadline is None or _DEADLINE.fullmatch(deadline) is None:
            await self._app(scope, receive, sending)
            return

        limit = asyncio.timeout(int(deadline) / 1000)

        async def begun(message: Message) -> None:
            if message["type"] == "http.response.start":
                limit.reschedule(None)
            await sending(message)

        try:
            async with limit:
                await self._app(scope, receive, begun)
        except TimeoutError:
            if not limit.expired():
                raise
            refused = DEADLINE_PASSED if scope["method"] == "GET" else OUTCOME_UNKNOWN
            await of_refusal(refused(retry_after=1), scope["path"])(scope, receive, sending)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        operation = _operation(scope)
        self._metrics.answered(operation, status, seconds)
        if status >= 500 or seconds > 1:
            self._log.warning(
                "answered", operation=operation, status=status, milliseconds=round(seconds * 1000)
            )


def _operation(scope: Scope) -> str:
    """The operation that answered, or `none`: never the path, whose ids would make endless metrics."""
    route: Any = scope.get("route")
    return getattr(route, "operation_id", None) or getattr(route, "name", None) or "none"
