"""Register a machine client of an organisation."""

from __future__ import annotations

from dataclasses import replace

from services.gateway.rules import client as rules
from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from services.gateway.store import clients, organisations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def create_client(db: Database, caller: Caller, sent: Sent, asked: rules.Client) -> Answer:
    """Register the client, or give back what was answered when it was registered before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        organisation = await organisations.find(tx, asked.organisation_id)
        client = rules.create_client(asked, organisation, known_scopes(ROWS), caller)
        if organisation is not None and organisation.parent_id is not None:
            client = replace(client, owner_organisation_id=organisation.parent_id)
        await clients.add(tx, client)
        change = Change(
            what="client_created",
            thing="client",
            thing_id=client.id,
            owner_organisation_id=client.owner_organisation_id,
            facts={"scopes": list(client.scopes)},
        )
        return await finish(tx, sent, change, client)
