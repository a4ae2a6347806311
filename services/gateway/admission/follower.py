"""Following the feeds in a client's name without its token: as whom it would read now, and what it may hear."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from services.gateway.admission.clients_seen import ClientsSeen
from services.gateway.admission.desk import Desk, Visitor
from services.gateway.clients.followed import Followed, follow, on_the_wire
from services.gateway.clients.upstream import Upstream
from services.gateway.rules.policy import Row, decide
from services.gateway.rules.standing import caller_of
from shared import audit_trail, feed
from shared.caller import Caller
from shared.db import Database
from shared.errors import Refusal
from shared.web.feeds import END, cloud_event

FEEDS = {
    "budget": "followBudgetEvents",
    "contracts": "followContractsEvents",
    "outcomes": "followOutcomesEvents",
    "gateway": "followGatewayEvents",
}


class Follower:
    """Reads feeds for clients that are not asking: a webhook is told what its client could read at this moment."""

    def __init__(
        self,
        db: Database,
        desk: Desk,
        seen: ClientsSeen,
        upstreams: Mapping[str, Upstream],
        rows: Mapping[str, Row],
    ) -> None:
        self._db = db
        self._desk = desk
        self._seen = seen
        self._upstreams = upstreams
        self._rows = rows
        self._visitors: dict[UUID, Visitor] = {}

    async def visitor(self, client_id: UUID) -> Visitor | None:
        """The client as the directory has it now; None where it is disabled or gone."""
        record = await self._seen.client(client_id)
        if record is None or record.disabled:
            self._visitors.pop(client_id, None)
            return None
        known = self._visitors.get(client_id)
        if known is None or known.record is not record:
            caller = caller_of(record.client_id, record.scopes, record.directory, record.today)
            known = Visitor(client_id, None, 0, record=record, caller=caller)
            self._visitors[client_id] = known
        return known

    async def named(self, client_id: UUID) -> Caller | None:
        """In whose name a delivery is recorded, also when the client is disabled and hears nothing more."""
        record = await self._seen.client(client_id)
        if record is None:
            return None
        return caller_of(record.client_id, record.scopes, record.directory, record.today)

    async def after(self, visitor: Visitor, service: str, place: int) -> Followed | None:
        """What follows a place in a service's feed; None where the client may not follow it at all."""
        if (caller := self._may(visitor, service)) is None:
            return None
        if service != "gateway":
            assertion = self._desk.assertion(visitor, service)
            return await follow(self._upstreams[service], assertion, str(place))
        some = await feed.read(self._db, caller, place)
        events = [on_the_wire(cloud_event("gateway", each)) for each in some.events]
        return Followed(tuple(events), some.looked_to)

    async def ends(self, visitor: Visitor) -> dict[str, int]:
        """The end of each feed that the client may follow."""
        found = {}
        for service in FEEDS:
            caller = self._may(visitor, service)
            if caller is None:
                found[service] = (
                    0  # nothing is told from here on either; where a role comes later, all that it opens
                )
            elif service == "gateway":
                found[service] = (await audit_trail.head(self._db, caller, "gateway")).position
            else:
                assertion = self._desk.assertion(visitor, service)
                there = await follow(self._upstreams[service], assertion, END)
                found[service] = there.looked_to if there else 0
        return found

    def _may(self, visitor: Visitor, service: str) -> Caller | None:
        assert visitor.caller is not None
        try:
            decide(self._rows[FEEDS[service]], visitor.caller)
        except Refusal:
            return None
        return visitor.caller
