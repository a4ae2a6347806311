"""The front door: every request is read, matched with its row, admitted, and sent to whoever answers it."""

from __future__ import annotations

import time
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.admission.desk import TOKEN_MISSING, Desk, Visitor
from services.gateway.admission.limits import Allowance, Fairness, Rate, rate_headers
from services.gateway.admission.read_log import ReadLog
from services.gateway.pass_through.bodies import check_depth, check_type, whole
from services.gateway.pass_through.incoming import Incoming, read_incoming, request_id_of
from services.gateway.pass_through.onward import Onward
from services.gateway.pass_through.outgoing import ALWAYS, HTTPS_ONLY, Outgoing
from services.gateway.rules.policy import Row, Takes
from services.gateway.rules.route_table import RouteTable, normal_path
from services.gateway.store.reads import Read
from shared.caller import SCOPE_MISSING
from shared.errors import Kind, Refusal
from shared.logs import correlation_id, log, request_id
from shared.metrics import Metrics
from shared.web.doors import ASSERTION_HEADER
from shared.web.problem import INTERNAL, METHOD_NOT_ALLOWED, NO_SUCH_ADDRESS, of_refusal, problem

_ASSERTION = ASSERTION_HEADER.encode("ascii")
# Never for the gateway's own doors to read: who calls, and under which request id, is said by this door.
_HELD_BACK = frozenset(
    {b"x-request-id", _ASSERTION, b"cookie", b"x-http-method-override", b"x-request-deadline"}
)
SLOW_SECONDS = 1.0
LONG_SECONDS = 15.0  # an operation that may take so long has a limit and places of its own


class Front:
    """The outermost ASGI app for requests. `own` answers the gateway's own operations."""

    def __init__(
        self,
        own: ASGIApp,
        rows: tuple[Row, ...],
        desk: Desk,
        onward: Onward,
        metrics: Metrics,
        read_log: ReadLog,
        *,
        client_rate: Rate,
        long_rate: Rate,
        token_rate: Rate,
        public_rate: Rate,
        https: bool,
    ) -> None:
        self._own = own
        self._routes = RouteTable(rows)
        self._desk = desk
        self._onward = onward
        self._metrics = metrics
        self._read_log = read_log
        self._client_rate = client_rate
        self._long_rate = long_rate
        self._token_rate = token_rate
        self._public_rate = public_rate
        self._fairness = Fairness()
        self._log = log("gateway")
        self._fixed = (*ALWAYS, HTTPS_ONLY) if https else ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        made_id, good = request_id_of(scope["headers"])
        request_id.set(made_id)
        outgoing = Outgoing(send, self._fixed)
        outgoing.extra.append((b"x-request-id", made_id.encode("ascii")))
        row: Row | None = None
        try:
            incoming = read_incoming(scope, made_id, good)
            correlation_id.set(incoming.correlation_id)
            if incoming.correlation_id is not None:
                outgoing.extra.append((b"x-correlation-id", incoming.correlation_id.encode("ascii")))
            path = normal_path(scope.get("raw_path") or scope["path"].encode("utf-8", "replace"))
            row = self._row(path, incoming.method)
            await self._answer(row, incoming, path, scope, receive, outgoing)
        except Refusal as refusal:
            if outgoing.started:
                raise  # the answer was cut off on its way: so is the connection
            await _refuse(refusal, scope, receive, outgoing)
        except Exception as error:
            # What nobody foresaw is still a problem document, and its words stay in the log.
            self._log.error("unexpected", path=scope["path"], exc_info=error)
            if outgoing.started:
                raise
            await problem(INTERNAL, instance=scope["path"])(scope, receive, outgoing)
        finally:
            self._tell(row, outgoing, time.perf_counter() - started)
            if outgoing.read is not None and row is not None:
                self._read_log.note(_read(row, outgoing, *outgoing.read))

    def _row(self, path: str, method: str) -> Row:
        """The row of this address and method; otherwise a refusal that lists the methods there are."""
        rows = self._routes.methods(path)
        if not rows:
            raise NO_SUCH_ADDRESS()
        row = rows.get(method)
        if row is None:
            raise METHOD_NOT_ALLOWED(allow=sorted(rows))
        return row

    async def _answer(
        self, row: Row, incoming: Incoming, path: str, scope: Scope, receive: Receive, outgoing: Outgoing
    ) -> None:
        if row.scope is None:
            await self._answer_anyone(row, incoming, path, scope, receive, outgoing)
            return
        visitor = await self._desk.admit(incoming.token, row)
        if row.method == "GET":
            outgoing.read = (visitor, incoming, path)
        outgoing.extra.extend(rate_headers(*await self._taken(visitor, row)))
        largest = check_type(incoming, row)
        long = row.waits or row.seconds >= LONG_SECONDS
        place = f"{row.service} waiting" if row.waits else row.service
        async with self._fairness.place(visitor.client_id, place, long=long):
            if row.service != "gateway":
                await self._onward.pass_on(row, visitor, incoming, path, receive, outgoing, largest)
                return
            if row.takes is Takes.JSON:
                body = await whole(receive, largest)
                check_depth(body)
                receive = _again(body, receive)
            assertion = self._desk.assertion(visitor, "gateway")
            await self._answer_here(incoming, visitor, assertion, scope, receive, outgoing)

    async def _answer_anyone(
        self, row: Row, incoming: Incoming, path: str, scope: Scope, receive: Receive, outgoing: Outgoing
    ) -> None:
        """Answer at a door that is open to everybody. What costs something is counted by address."""
        address = (scope.get("client") or ("unknown", 0))[0]
        if row.takes is Takes.FORM:
            outgoing.extra.extend(rate_headers(await self._token_rate.take(address)))
        elif row.service != "gateway":
            outgoing.extra.extend(rate_headers(await self._public_rate.take(address)))
        largest = check_type(incoming, row)
        if row.service == "gateway":
            await self._answer_here(incoming, None, None, scope, receive, outgoing)
            return
        visitor = self._desk.public()
        async with self._fairness.place(visitor.client_id, f"{row.service} {address}"):
            await self._onward.pass_on(row, visitor, incoming, path, receive, outgoing, largest)

    async def _taken(self, visitor: Visitor, row: Row) -> list[Allowance]:
        """Count the request for its client, and where it takes long for client and operation too."""
        client = str(visitor.client_id)
        taken = [await self._client_rate.take(client)]
        if row.seconds >= LONG_SECONDS and not row.waits:
            taken.append(await self._long_rate.take(f"{client} {row.operation_id}"))
        return taken

    async def _answer_here(
        self,
        incoming: Incoming,
        visitor: Visitor | None,
        assertion: str | None,
        scope: Scope,
        receive: Receive,
        outgoing: Outgoing,
    ) -> None:
        """Let the gateway's own doors answer. They hear who calls as every service does: by an assertion."""
        headers = [each for each in scope["headers"] if each[0] not in _HELD_BACK]
        headers.append((b"x-request-id", incoming.request_id.encode("ascii")))
        if assertion is not None:
            headers.append((_ASSERTION, assertion.encode("ascii")))
        outgoing.counted = True
        await self._own({**scope, "headers": headers, "visitor": visitor}, receive, outgoing)

    def _tell(self, row: Row | None, outgoing: Outgoing, seconds: float) -> None:
        """A metric and, for what failed or took long, a log line; the own doors do so for what they answer."""
        if outgoing.counted:
            return
        operation = row.operation_id if row is not None else "none"
        self._metrics.answered(operation, outgoing.status, seconds)
        if outgoing.status >= 500 or seconds > SLOW_SECONDS:
            self._log.warning(
                "answered", operation=operation, status=outgoing.status, milliseconds=round(seconds * 1000)
            )


def _read(row: Row, outgoing: Outgoing, visitor: Visitor, incoming: Incoming, path: str) -> Read:
    """What the audit of reads says about an answer."""
    caller = visitor.caller
    assert caller is not None
    person = incoming.headers.get(b"x-on-behalf-of", b"").decode("latin-1")
    return Read(
        # A sub-unit's reads are its own, as its rows are.
        owner_organisation_id=caller.organisations[0],
        client_id=caller.client_id,
        on_behalf_of=person if person.isascii() and person.isprintable() and person else None,
        operation=row.operation_id,
        target=path + ("?" + incoming.query.decode("ascii") if incoming.query else ""),
        status=outgoing.status,
        request_id=UUID(incoming.request_id),
    )


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, outgoing: Outgoing) -> None:
    response = of_refusal(refusal, scope["path"])
    if refusal.reason is METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(refusal.facts["allow"])
    elif refusal.reason is SCOPE_MISSING:
        scope_needed = refusal.facts["scope"]
        response.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{scope_needed}"'
    elif refusal.reason.kind is Kind.UNAUTHENTICATED:
        told = "" if refusal.reason is TOKEN_MISSING else ' error="invalid_token"'
        response.headers["WWW-Authenticate"] = f"Bearer{told}"
    await response(scope, receive, outgoing)


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read already, as if it had still to come."""
    told = False

    async def receiving() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving
