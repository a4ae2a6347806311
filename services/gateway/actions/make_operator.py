"""Make the operator's organisation and client, once, on the machine that runs the system."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from services.gateway.actions.add_client_secret import new_secret
from services.gateway.rules import client as rules
from services.gateway.rules.organisation import OPERATOR_EXISTS, Organisation, OrganisationKind
from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from services.gateway.store import client_secrets, clients, organisations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Sent, finish


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the operator signs in with."""

    client_id: UUID
    client_secret: str


async def make_operator(db: Database, existing: Organisation | None, *, renew: bool) -> Credentials:
    """Make the operator, or with `renew` a new client for the existing one, after which no older one counts."""
    if existing is not None and not renew:
        raise OPERATOR_EXISTS()
    client_id, own = uuid4(), existing.id if existing is not None else uuid4()
    caller = Caller(client_id, own, (own,), frozenset(), operator=True)
    async with db.begin(caller, write=True) as tx:
        if existing is None:
            await organisations.add(
                tx, Organisation(own, "Operator", OrganisationKind.OPERATOR, None, (), ())
            )
        for other_id in await clients.scopes_of(tx, own):
            other = await clients.lock(tx, other_id)
            if other.disabled_at is None:
                await clients.save(tx, rules.disable(other, await clients.now(tx), caller))
        scopes = tuple(sorted(known_scopes(ROWS).operator))
        client = rules.Client(client_id, own, own, f"operator {client_id}", scopes)
        await clients.add(tx, client)
        secret = new_secret()
        await client_secrets.add(tx, rules.ClientSecret(uuid4(), client_id, own), rules.digest(secret))
        change = Change(
            what="operator_renewed" if existing else "operator_made",
            thing="client",
            thing_id=client_id,
            owner_organisation_id=own,
        )
        await finish(tx, Sent("makeOperator", str(client_id), b""), change, client)
    return Credentials(client_id, secret)
