"""Register a contract: once, under the lead commissioner's own reference."""

from __future__ import annotations

from typing import Any

from services.contracts.rules import contract as rules
from services.contracts.rules.lineage import check_lineage, parents
from services.contracts.rules.party import Role, of_role
from services.contracts.store import contracts
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import Kind, reason
from shared.idempotency import Answer, Sent, find, finish

LEAD_IS_NOT_CALLER = reason(
    "contract_lead_is_not_caller",
    Kind.INVALID,
    "A contract is registered by its lead commissioner: the lead must be your own organisation.",
)
NOT_COMMISSIONED = reason(
    "contract_partnership_not_commissioned",
    Kind.INVALID,
    "A contract belongs to a partnership in which your organisation is a commissioner, or to none.",
)
RELATED_UNKNOWN = reason(
    "contract_related_unknown",
    Kind.INVALID,
    "There is no such contract to point at, or it is not yours to see whole.",
)


async def register_contract(db: Database, caller: Caller, sent: Sent, draft: rules.Contract) -> Answer:
    """Register the draft, or give back what was answered when it was registered before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract = rules.register(draft)
        require_own(contract, caller)
        await require_related(tx, contract)
        contract = await contracts.add(tx, contract)
        return await finish(tx, sent, told("contract_registered", contract), contract)


def require_own(contract: rules.Contract, caller: Caller) -> None:
    """Refuse a contract that the caller does not lead, or of a partnership in which it commissions nothing."""
    lead = of_role(contract.parties, Role.LEAD_COMMISSIONER)[0].organisation_id
    if lead != contract.owner_organisation_id or lead not in caller.organisations:
        raise LEAD_IS_NOT_CALLER("/parties")
    partnership = contract.partnership_id
    if partnership is not None and not caller.holds(partnership, "commissioner", "host"):
        raise NOT_COMMISSIONED("/partnership_id")


async def require_related(tx: Transaction, contract: rules.Contract) -> None:
    """Refuse a link to a contract that is not there or that the caller does not see whole, and one back to itself."""
    ids = {each.contract_id for each in contract.related}
    if absent := await contracts.missing(tx, ids):
        raise RELATED_UNKNOWN("/related", contract_ids=[str(each) for each in absent])
    if origins := parents(contract):
        check_lineage(contract, await contracts.parents_of(tx, origins))


def told(what: str, contract: rules.Contract, **facts: Any) -> Change:
    """What is told of a change, and to whom: to the parties that may see the contract."""
    providers = contract.provider_ids if contract.disclosed else ()
    return Change(
        what=what,
        thing="contract",
        thing_id=contract.id,
        owner_organisation_id=contract.owner_organisation_id,
        partnership_id=contract.partnership_id,
        readers=(*contract.associate_ids, *providers),
        facts={"state": contract.state.value, "version": contract.version, **facts},
    )
