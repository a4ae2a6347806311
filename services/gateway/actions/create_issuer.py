"""Register an organisation's own OIDC provider."""

from __future__ import annotations

from services.gateway.rules import issuer as rules
from services.gateway.rules.client import OWNER_UNKNOWN, manages, require_no_more
from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from services.gateway.store import clients, issuers, organisations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def create_issuer(
    db: Database, caller: Caller, sent: Sent, asked: rules.Issuer, own_issuer: str
) -> Answer:
    """Register the issuer, or give back what was answered when it was registered before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        owner = await organisations.find(tx, asked.owner_organisation_id)
        if owner is None or owner.parent_id is not None or not manages(caller, owner):
            raise OWNER_UNKNOWN("/owner_organisation_id")
        held = await clients.scopes_of(tx, owner.id)
        issuer = rules.check_issuer(asked, held, own_issuer)
        require_no_more(rules.scopes_behind(issuer, held), known_scopes(ROWS), caller)
        await issuers.add(tx, issuer)
        return await finish(tx, sent, _change("issuer_created", issuer), issuer)


def _change(what: str, issuer: rules.Issuer) -> Change:
    return Change(
        what=what,
        thing="issuer",
        thing_id=issuer.id,
        owner_organisation_id=issuer.owner_organisation_id,
        facts={"issuer": issuer.issuer, "kids": [key["kid"] for key in issuer.keys]},
    )
