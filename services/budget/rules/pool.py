"""A pooled fund, or its shadow: under which agreement it stands, who hosts it, and when it turns real."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.budget.rules.agreement import Agreement, State, require_can_pool
from services.budget.rules.category import Category
from services.budget.rules.line import Arrangement, PoolStanding
from shared.calendar import read_financial_year
from shared.errors import Kind, reason

POOL_NEVER_ALIGNED = reason(
    "pool_never_aligned", Kind.INVALID, "A pool is pooled or shadow. Aligned lines stand outside every pool."
)
POOL_NEEDS_FORCE = reason(
    "pool_needs_agreement_in_force",
    Kind.CONFLICT,
    "A pool holds real money only under an agreement in force. Until then, open it as shadow.",
)
POOL_NEEDS_HOST = reason(
    "pool_needs_host", Kind.CONFLICT, "Name the host partner in the agreement before opening a pool under it."
)
POOL_TOO_LATE = reason(
    "pool_agreement_ending",
    Kind.CONFLICT,
    "No pool is opened under an agreement that is winding up or closed.",
)
POOL_UNKNOWN = reason("pool_unknown", Kind.INVALID, "There is no such pool, or it is not yours to use.")
POOL_NAME_USED = reason("pool_name_used", Kind.CONFLICT, "The host has a pool of this name already.")
POOL_OF_ANOTHER_PARTNERSHIP = reason(
    "pool_partnership_differs", Kind.INVALID, "The pool and its agreement belong to the same partnership."
)


@dataclass(frozen=True, slots=True)
class Pool:
    """A fund of one category under an agreement. Its owner is the host partner."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    agreement_id: UUID
    name: str
    category: Category
    arrangement: Arrangement
    version: int = 1


@dataclass(frozen=True, slots=True)
class PoolAsked:
    """A pool as it is asked for: the host comes from the agreement."""

    id: UUID
    partnership_id: UUID
    agreement_id: UUID
    name: str
    category: Category
    arrangement: Arrangement


def open_pool(asked: PoolAsked, agreement: Agreement) -> Pool:
    """The pool, if its agreement can hold it. A shadow pool may run from draft: it moves no money (S1-B04)."""
    if asked.partnership_id != agreement.partnership_id:
        raise POOL_OF_ANOTHER_PARTNERSHIP("/partnership_id")
    require_can_pool(agreement)
    if asked.arrangement is Arrangement.ALIGNED:
        raise POOL_NEVER_ALIGNED("/arrangement")
    if agreement.state in {State.WINDING_UP, State.CLOSED}:
        raise POOL_TOO_LATE("/agreement_id", state=agreement.state)
    if asked.arrangement is Arrangement.POOLED and agreement.state is not State.IN_FORCE:
        raise POOL_NEEDS_FORCE("/arrangement", state=agreement.state)
    host = agreement.terms.host_organisation_id
    if host is None:
        raise POOL_NEEDS_HOST("/agreement_id")
    return Pool(
        asked.id, asked.partnership_id, host, agreement.id, asked.name, asked.category, asked.arrangement
    )


def turn_real(pool: Pool, agreement: Agreement) -> Pool:
    """The shadow pool as a real one, once its agreement is in force. Its shadow lines stay what they were."""
    if agreement.state is not State.IN_FORCE:
        raise POOL_NEEDS_FORCE("/arrangement", state=agreement.state)
    if pool.arrangement is Arrangement.POOLED:
        return pool
    return replace(pool, arrangement=Arrangement.POOLED, version=pool.version + 1)


def held_as(pool: Pool, commenced_on: date | None, financial_year: str) -> Arrangement:
    """How a pool's money of one year is held: real from the year in which its agreement commenced."""
    year = read_financial_year(financial_year)
    real = (
        pool.arrangement is Arrangement.POOLED and commenced_on is not None and commenced_on <= year.last_day
    )
    return Arrangement.POOLED if real else Arrangement.SHADOW


def standing_of(pool: Pool, agreement: Agreement) -> PoolStanding:
    """What a line needs to know of the pool and of the agreement behind it."""
    return PoolStanding(
        pool.id,
        pool.partnership_id,
        pool.category,
        pool.arrangement,
        frozenset(party.organisation_id for party in agreement.terms.parties),
        agreement.terms.scope_rules,
        agreement.commenced_on,
    )
