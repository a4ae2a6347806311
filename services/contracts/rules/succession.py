"""One body steps into the place of another in a contract: roles that become one are merged with their shares."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from services.contracts.rules.contract import Contract, checked, reference_key
from services.contracts.rules.funding import FundingLine
from services.contracts.rules.party import COMMISSIONERS, Party, Role
from services.contracts.rules.site import Site
from shared.errors import Refusal
from shared.succession import Remark, Succession, SuccessionReport

_RANK = {role: at for at, role in enumerate(Role)}


def stepped_in(parties: Sequence[Party], into: Mapping[UUID, UUID]) -> tuple[Party, ...]:
    """The parties with successors in the places of their predecessors (S3-G01).

    Two commissioners that become one are one with both shares, as lead where either led. Two providers, or two
    subcontractors, that become one are one; a subcontractor that becomes its own lead provider is that.
    """
    made: dict[tuple[bool, UUID], Party] = {}
    others: list[Party] = []
    for party in sorted(parties, key=lambda each: _RANK[each.role]):
        who = party.organisation_id
        if who is None or party.role is Role.SUB_COMMISSIONER:
            others.append(replace(party, organisation_id=into.get(who, who) if who else None))
            continue
        renamed = replace(party, organisation_id=into.get(who, who), name=None if who in into else party.name)
        key = (party.role in COMMISSIONERS, into.get(who, who))
        made[key] = _merged(made[key], renamed) if key in made else renamed
    once = tuple(dict.fromkeys(others))
    return (*made.values(), *once)


def _merged(first: Party, second: Party) -> Party:
    """Both as one, in the higher of the two roles."""
    shares = [each for each in (first.share_percent, second.share_percent) if each is not None]
    return replace(
        first,
        name=first.name or second.name,
        identifiers=tuple(dict.fromkeys((*first.identifiers, *second.identifiers))),
        share_percent=sum(shares, Decimal(0)) if shares else None,
    )


def refunded(lines: Iterable[FundingLine], into: Mapping[UUID, UUID]) -> tuple[FundingLine, ...]:
    """The funding with successors' money in the place of predecessors'; lines that become one are added up."""
    made: dict[tuple[UUID | None, UUID, str | None], FundingLine] = {}
    for line in lines:
        whose = into.get(line.organisation_id, line.organisation_id)
        key = (line.pool_id, whose, line.funding_source)
        before = made.get(key)
        share = line.share_percent + (before.share_percent if before else 0)
        made[key] = replace(line, organisation_id=whose, share_percent=share)
    return tuple(made.values())


def succeed(contract: Contract, into: Mapping[UUID, UUID]) -> Contract:
    """The contract with successors in place: the same record, whose history stays. Refused where it cannot stand."""
    owner = contract.owner_organisation_id
    return checked(
        replace(
            contract,
            owner_organisation_id=into.get(owner, owner),
            parties=stepped_in(contract.parties, into),
            funding=refunded(contract.funding, into),
            sites=resited(contract.sites, into),
        )
    )


def resited(sites: Iterable[Site], into: Mapping[UUID, UUID]) -> tuple[Site, ...]:
    """Sites as their operators' successors run them."""
    return tuple(
        replace(
            each,
            operated_by_organisation_id=into.get(
                each.operated_by_organisation_id, each.operated_by_organisation_id
            ),
        )
        for each in sites
    )


OF_ANOTHER_LEAD = "Another commissioner leads it: a transfer by that lead puts the successor in."
NOT_COMMISSIONED_THERE = "The successor is no commissioner of the partnership that it belongs to."
DIVIDED = (
    "One of its parties is divided, and the scheme of the division says who takes it: record a statutory"
    " transfer to that successor."
)


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Contracts before and after a succession, and what was left."""

    pairs: tuple[tuple[Contract, Contract], ...]
    left: tuple[Remark, ...]

    def report(self, succession_id: UUID | None) -> SuccessionReport:
        """`merged` counts contracts in which two roles became one body's."""
        merged = sum(len(after.parties) < len(before.parties) for before, after in self.pairs)
        counts = {"contracts": len(self.pairs), "merged": merged, "left": len(self.left)}
        return SuccessionReport(succession_id, counts, self.left)


def succeed_in_all(
    found: Sequence[Contract],
    succession: Succession,
    ours: Collection[UUID],
    commissioned: Collection[UUID],
    taken: Mapping[tuple[UUID, str], int],
) -> Succeeded:
    """Every contract with the successor in place, where the caller leads it and it can stand.

    Two predecessors may have used one reference: the later one counts on. `taken` is the last count of each owner and
    reference.
    """
    pairs, left, counts = [], [], dict(taken)
    for contract in found:
        because = _not_here(contract, succession, ours, commissioned)
        if because is not None:
            left.append(Remark("contract", contract.id, because))
            continue
        try:
            after = succeed(contract, succession.into)
        except Refusal as refusal:
            left.append(Remark("contract", contract.id, refusal.reason.sentence))
            continue
        if after.owner_organisation_id != contract.owner_organisation_id:
            key = (after.owner_organisation_id, reference_key(contract.reference))
            counts[key] = counts.get(key, 0) + 1
            after = replace(after, occurrence=counts[key])
        pairs.append((contract, after))
    return Succeeded(tuple(pairs), tuple(left))


def _not_here(
    contract: Contract, succession: Succession, ours: Collection[UUID], commissioned: Collection[UUID]
) -> str | None:
    """Why a succession cannot change a contract, or None."""
    if contract.owner_organisation_id not in ours:
        return OF_ANOTHER_LEAD
    if contract.partnership_id is not None and contract.partnership_id not in commissioned:
        return NOT_COMMISSIONED_THERE
    named = {contract.owner_organisation_id, *(each.organisation_id for each in contract.parties)}
    return DIVIDED if named & succession.divided else None
