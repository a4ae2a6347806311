"""The figures that a settlement rests on, and what it makes of them, step by step and partner by partner."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.budget.rules.risk_share import StepKind, VarianceDirection
from shared.money import NOT_STATED, Money


class Fact(StrEnum):
    """A figure that a settlement rests on."""

    VARIANCE = "variance"
    CONTRIBUTION = "contribution"
    POOL_UNDERSPEND = "pool_underspend"
    RISK_RESERVE = "risk_reserve"
    OWN_RISK = "own_risk"


@dataclass(frozen=True, slots=True)
class PartnerAmount:
    """An amount of one partner's."""

    organisation_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class PoolUnderspend:
    """What another pool has left, or that nobody can say yet and whose figures are missing.

    `taken_elsewhere_pence` is what approved settlements had taken of it before; the amount is without it.
    """

    pool_id: UUID
    amount: Money
    missing_organisation_ids: tuple[UUID, ...] = ()
    taken_elsewhere_pence: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is to be shared and what it can be met from. `variance` is budget less actual: an overspend is negative.

    It is without `taken_elsewhere_pence`, what approved settlements of other pools took of this one's money.
    """

    variance: Money
    variance_missing: tuple[UUID, ...] = ()
    contributions: tuple[PartnerAmount, ...] = ()
    pool_underspends: tuple[PoolUnderspend, ...] = ()
    risk_reserve: Money = NOT_STATED
    own_risk: tuple[PartnerAmount, ...] = ()
    taken_elsewhere_pence: int = 0


@dataclass(frozen=True, slots=True)
class Borne:
    """What one partner bears of an overspend, or receives of an underspend."""

    organisation_id: UUID
    amount_pence: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class FromPool:
    """What another pool's underspend met."""

    pool_id: UUID
    amount_pence: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What one step did with what came to it."""

    borne: tuple[Borne, ...] = ()
    from_pools: tuple[FromPool, ...] = ()
    from_reserve_pence: int = 0
    retained_pence: int = 0
    to_be_agreed_pence: int = 0

    @property
    def whole_pence(self) -> int:
        shared = sum(each.amount_pence for each in self.borne)
        pools = sum(each.amount_pence for each in self.from_pools)
        return shared + pools + self.from_reserve_pence + self.retained_pence + self.to_be_agreed_pence


@dataclass(frozen=True, slots=True)
class Worked:
    """One step worked through. `came_pence` less `taken_pence` is `left_pence`, to the penny."""

    number: int
    kind: StepKind
    came_pence: int
    taken_pence: int
    left_pence: int
    taken: Taken
    explanation: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A figure that a step needed and nobody knows yet: which, and whose."""

    fact: Fact
    organisation_id: UUID | None = None
    pool_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole settlement. What the steps took and `unsettled_pence` add up to the variance without its sign.

    Incomplete where a step rests on an unknown figure: the steps before it stand, it and those behind wait.
    """

    direction: VarianceDirection | None
    variance_pence: int | None
    steps: tuple[Worked, ...]
    by_partner: tuple[Borne, ...]
    to_be_agreed_pence: int
    unsettled_pence: int
    complete: bool
    missing: tuple[Unknown, ...]
