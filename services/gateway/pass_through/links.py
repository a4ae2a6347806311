"""Links are checked before they are made: whoever refers to a record must be able to read it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.gateway.admission.desk import Desk, Visitor
from services.gateway.clients.answers import whole
from services.gateway.clients.reading import LARGEST_ANSWER
from services.gateway.clients.upstream import Asked, Upstream
from services.gateway.pass_through.incoming import Incoming
from services.gateway.rules.link import (
    LINK_DISAGREES,
    LINK_UNKNOWN,
    ORGANISATION_UNKNOWN,
    Agrees,
    Reference,
    disagreements,
    is_id,
    named_at,
    references,
)
from services.gateway.rules.partnership import Member
from services.gateway.rules.party import Parties, check_parties, commissioners_of, partnership_in
from services.gateway.rules.policy import COMMISSIONERS, Row, decide
from shared.caller import Caller
from shared.errors import Fault, Kind, Reason, Refusal, reason
from shared.web.problem import JSON_MALFORMED

LINK_UNCHECKED = reason(
    "link_unchecked",
    Kind.UNAVAILABLE,
    "It cannot be checked just now whether you may refer to this record. Nothing was recorded; try again shortly.",
)
LINK_SECONDS = 1.0

# The members of a partnership as the caller sees them, and the day in England.
MembersOf = Callable[[Caller, UUID], Awaitable[tuple[Sequence[Member], date]]]
# Those of these organisations that are in the directory as the caller sees it.
KnownOf = Callable[[Caller, Collection[UUID]], Awaitable[Collection[UUID]]]


class Links:
    """Looks up what a body refers to, in the caller's own name and with the caller's own scopes."""

    def __init__(
        self,
        desk: Desk,
        upstreams: Mapping[str, Upstream],
        rows: Mapping[str, Row],
        members_of: MembersOf,
        known_of: KnownOf,
    ) -> None:
        self._desk = desk
        self._upstreams = upstreams
        self._rows = rows
        self._members_of = members_of
        self._known_of = known_of

    async def check(self, row: Row, visitor: Visitor, incoming: Incoming, path: str, body: bytes) -> None:
        """Refuse a body that refers to a record which its sender cannot read, naming each place."""
        sent = _read(body) if body else None
        await self._check_organisations(row, visitor, sent)
        found = references(row.links, sent)
        wanted = {(each.operation_id, each.id): each for each in found}
        async with asyncio.TaskGroup() as group:
            asking = {
                key: group.create_task(self._there(each, visitor, incoming)) for key, each in wanted.items()
            }
        answers = [(each, *asking[each.operation_id, each.id].result()) for each in found]
        missing = [each.pointer for each, status, _ in answers if status == 404]
        unknown = [each for each, status, _ in answers if status not in {200, 404}]
        if missing:
            raise LINK_UNKNOWN(faults=_faults(LINK_UNKNOWN, missing))
        if unknown:
            raise LINK_UNCHECKED(unknown[0].pointer, retry_after=1)
        otherwise = [pointer for each, _, record in answers for pointer in disagreements(each, sent, record)]
        if otherwise:
            raise LINK_DISAGREES(faults=_faults(LINK_DISAGREES, otherwise))
        if row.parties is not None:
            await self._check_parties(row.parties, visitor, incoming, path, sent)

    async def _check_organisations(self, row: Row, visitor: Visitor, sent: Any) -> None:
        """Refuse a body that names an organisation which is not in its sender's directory, naming each place."""
        named = named_at(row.organisations, sent)
        if not named or visitor.caller is None:
            return
        known = await self._known_of(visitor.caller, set(named.values()))
        unknown = [pointer for pointer, organisation_id in named.items() if organisation_id not in known]
        if unknown:
            raise ORGANISATION_UNKNOWN(faults=_faults(ORGANISATION_UNKNOWN, unknown))

    async def _check_parties(
        self, parties: Parties, visitor: Visitor, incoming: Incoming, path: str, sent: Any
    ) -> None:
        """Refuse parties that commission nothing in the partnership. One that is not the caller's is left to the service."""
        holder = sent
        if parties.read is not None:
            record_id = next((UUID(step) for step in path.split("/") if is_id(step)), None)
            if record_id is None:
                return
            reference = Reference("", parties.read, record_id, agrees=(Agrees("", ""),))
            status, holder = await self._there(reference, visitor, incoming)
            if status not in {200, 404}:
                raise LINK_UNCHECKED(retry_after=1)
        partnership_id = partnership_in(parties, holder)
        caller = visitor.caller
        if partnership_id is None or caller is None or not caller.holds(partnership_id, *COMMISSIONERS):
            return
        members, today = await self._members_of(caller, partnership_id)
        check_parties(parties, sent, commissioners_of(members, today))

    async def _there(self, reference: Reference, visitor: Visitor, incoming: Incoming) -> tuple[int, Any]:
        """The status with which the caller would be answered if it read the record, and what it would read."""
        row = self._rows[reference.operation_id]
        assert visitor.caller is not None
        decide(row, visitor.caller)
        asked = Asked(
            method="GET",
            target=row.path[: row.path.index("{")] + str(reference.id),
            headers={
                "X-Caller-Assertion": self._desk.assertion(visitor, row.service),
                "X-Request-ID": incoming.request_id,
                "X-Request-Deadline": str(int(LINK_SECONDS * 1000)),
            },
            body=None,
            seconds=LINK_SECONDS,
            repeatable=True,
        )
        try:
            async with self._upstreams[row.service].call(asked) as response:
                if response.status != 200 or not reference.agrees:
                    return response.status, None
                return 200, json.loads(await whole(response, LINK_SECONDS, LARGEST_ANSWER))
        except Refusal as refusal:
            if refusal.reason.kind in {Kind.UNAVAILABLE, Kind.BAD_UPSTREAM}:
                return 503, None
            raise
        except ValueError:
            return 502, None


def _faults(found: Reason, pointers: list[str]) -> list[Fault]:
    return [Fault(pointer, found.code, found.sentence) for pointer in pointers]


def _read(body: bytes) -> Any:
    """The body as JSON. A member that stands twice is refused: the service might read the other one."""
    try:
        return json.loads(body, object_pairs_hook=_once)
    except ValueError:
        raise JSON_MALFORMED() from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found
