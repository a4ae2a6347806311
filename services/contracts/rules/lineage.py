"""Lineage: from which contracts a contract came, which never leads back to itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from services.contracts.rules.contract import Contract, Relation
from shared.errors import Kind, reason

LINEAGE_CYCLE = reason(
    "lineage_cycle",
    Kind.INVALID,
    "The contract would come from itself: what it points at comes from it already.",
)

LINEAGE = frozenset(
    {
        Relation.REPLACES,
        Relation.UNSUCCESSFUL_PROCESS,
        Relation.CONSOLIDATES,
        Relation.SPLIT_FROM,
        Relation.TRANSFERRED_FROM,
    }
)


def parents(contract: Contract) -> frozenset[UUID]:
    """The contracts that this one came from."""
    return frozenset(each.contract_id for each in contract.related if each.relation in LINEAGE)


def check_lineage(contract: Contract, known: Mapping[UUID, Iterable[UUID]]) -> None:
    """Refuse a contract that is among its own ancestors. `known` has the parents of all ancestors."""
    seen: set[UUID] = set()
    ahead = list(parents(contract))
    while ahead:
        each = ahead.pop()
        if each == contract.id:
            raise LINEAGE_CYCLE("/related", contract_id=str(contract.id))
        if each not in seen:
            seen.add(each)
            ahead += known.get(each, ())
