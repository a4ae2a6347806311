"""Who sees a contract, and how much of it. The store asks the database the same; a test compares the two."""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from uuid import UUID

from services.contracts.rules.contract import Contract
from shared.calendar import FinancialYear, read_financial_year
from shared.caller import Audit, Caller


class Sight(IntEnum):
    """In what role a caller sees a contract. With two roles it sees as much as the higher one gives."""

    NONE = 0
    OBSERVER = 1  # published fields
    PROVIDER = 2  # the contract with each commissioner's share, nothing of pools, sources and plans
    AUDITOR = 3  # the whole, with the funding of the bodies named
    ASSOCIATE = 4  # the whole, with its own funding
    COMMISSIONER = 5  # the whole


def sight_of(contract: Contract, caller: Caller) -> Sight:
    """The caller's sight of a contract: by partnership, as a party, or by appointment as auditor."""
    own = set(caller.organisations)
    partnership = contract.partnership_id
    if contract.owner_organisation_id in own or (
        partnership is not None and caller.holds(partnership, "commissioner", "host")
    ):
        return Sight.COMMISSIONER
    if own.intersection(contract.associate_ids):
        return Sight.ASSOCIATE
    if any(audits(audit, contract) for audit in caller.audits):
        return Sight.AUDITOR
    # Opened by name is the contract itself, and nothing of the money behind it.
    opened = (contract.owner_organisation_id, contract.id) in caller.granted("contract")
    if opened or (contract.disclosed and own.intersection(contract.provider_ids)):
        return Sight.PROVIDER
    if contract.disclosed and partnership is not None and caller.holds(partnership, "observer"):
        return Sight.OBSERVER
    return Sight.NONE


def stands_in(caller: Caller, partnership_id: UUID, year: FinancialYear) -> bool:
    """Whether the caller may be told that a partnership has no contracts: as a member, or auditor of that year."""
    return caller.holds(partnership_id, "commissioner", "host", "associate", "provider", "observer") or any(
        audit.partnership_id == partnership_id and year.label in audit.financial_years
        for audit in caller.audits
    )


def audits(audit: Audit, contract: Contract) -> bool:
    """Whether a named body is a commissioner of the contract and it ran in a named year.

    A start or end that is not known leaves that side open: an auditor sees what may have run in the year.
    """
    bodies = {contract.owner_organisation_id, *contract.associate_ids}
    first, last = contract.start_date or date.min, contract.runs_until or date.max
    return (
        audit.partnership_id == contract.partnership_id
        and not bodies.isdisjoint(audit.organisation_ids)
        and any(
            year.first_day <= last and first <= year.last_day
            for year in map(read_financial_year, audit.financial_years)
        )
    )
