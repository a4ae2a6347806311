"""Take an act of contract management: a notice, a plan, a withholding, or a concern on record."""

from __future__ import annotations

from services.contracts.rules import management_action as rules
from services.contracts.store import contracts, management_actions
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def take_management_action(
    db: Database, caller: Caller, sent: Sent, draft: rules.ManagementAction
) -> Answer:
    """Record the draft, or give back what was answered when it was recorded before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract = await contracts.maybe(tx, draft.contract_id)
        before = await management_actions.maybe(tx, draft.follows_id)
        action = await management_actions.add(tx, rules.take(draft, contract, caller.organisations, before))
        return await finish(tx, sent, told_of_action("management_action_taken", action), action)


def told_of_action(what: str, action: rules.ManagementAction) -> Change:
    """What is told of an action: to the provider only what is shared with it."""
    return Change(
        what=what,
        thing="management_action",
        thing_id=action.id,
        owner_organisation_id=action.owner_organisation_id,
        partnership_id=action.partnership_id,
        readers=(action.provider_organisation_id,) if action.shared else (),
        facts={"kind": action.kind.value, "state": action.state.value, "version": action.version},
    )
