"""What a settlement is asked to rest on, and the settlement worked out without anything being kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules.risk_share import NONE_IN_EFFECT, RiskShare, in_effect
from services.budget.rules.settled import Facts, Outcome, PartnerAmount, PoolUnderspend
from services.budget.rules.settlement import Source
from services.budget.rules.settling import settle
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import NOT_STATED, Money, summed

VARIANCE_NEEDED = reason(
    "settlement_variance_needed",
    Kind.INVALID,
    "A forecast says its variance: budget less forecast, an overspend negative.",
)
FROM_THE_BOOKS = reason(
    "settlement_from_the_books",
    Kind.INVALID,
    "On the position, the variance and other pools' underspends come from the books. Leave them out.",
)
MORE_THAN_THE_RESERVE = reason(
    "settlement_reserve_not_there",
    Kind.INVALID,
    "The books hold less in this pool's risk reserve. Say what is there, or leave it out; a forecast may say more.",
)
AS_AT_OF_POSITION = reason(
    "settlement_as_at",
    Kind.INVALID,
    "A settlement on the position is as at a day of its year; one on a forecast has none.",
)
RISK_SHARE_UNKNOWN = reason(
    "settlement_risk_share_unknown",
    Kind.INVALID,
    "The pool has no such version of a risk share to work with.",
)


@dataclass(frozen=True, slots=True)
class Basis:
    """What to settle and on which figures. None of `variance` and `pool_underspends` where the books say them.

    No `risk_reserve`: on the position what the pool's reserve accounts hold, on a forecast not stated.
    """

    pool_id: UUID
    financial_year: str
    source: Source
    as_at: date | None = None
    risk_share_id: UUID | None = None
    variance: Money | None = None
    pool_underspends: tuple[PoolUnderspend, ...] = ()
    risk_reserve: Money | None = None
    own_risk: tuple[PartnerAmount, ...] = ()


@dataclass(frozen=True, slots=True)
class Simulation:
    """A settlement worked out: under which version, on which figures, with every step. Nothing of it is kept."""

    partnership_id: UUID
    pool_id: UUID
    risk_share_id: UUID
    edition: int
    financial_year: str
    source: Source
    as_at: date | None
    facts: Facts
    outcome: Outcome


def check(basis: Basis) -> Basis:
    """The basis, with the year's last day where the position is asked for and no day is named."""
    year = read_financial_year(basis.financial_year)
    if basis.source is Source.FORECAST:
        if basis.variance is None:
            raise VARIANCE_NEEDED("/variance")
        if basis.as_at is not None:
            raise AS_AT_OF_POSITION("/as_at")
        return basis
    for name, there in (
        ("variance", basis.variance is not None),
        ("pool_underspends", basis.pool_underspends),
    ):
        if there:
            raise FROM_THE_BOOKS(f"/{name}")
    if basis.as_at is not None and basis.as_at not in year:
        raise AS_AT_OF_POSITION("/as_at", first_day=year.first_day, last_day=year.last_day)
    return basis


def reserve(basis: Basis, held_pence: int) -> Money:
    """What of the risk reserve a settlement may use. On the position never more than the books hold, in pence.

    A reserve that was drawn on in advance has nothing left. On a forecast it is what is said, or not stated.
    """
    if basis.source is not Source.POSITION:
        return basis.risk_reserve or NOT_STATED
    held = max(0, held_pence)
    if basis.risk_reserve is None:
        return summed(held)
    if (basis.risk_reserve.amount_pence or 0) > held:
        raise MORE_THAN_THE_RESERVE("/risk_reserve/amount_pence", held_pence=held)
    return basis.risk_reserve


def choose(versions: Sequence[RiskShare], basis: Basis) -> RiskShare:
    """The version asked for, or the one in effect on the year's last day."""
    if basis.risk_share_id is not None:
        for each in versions:
            if each.id == basis.risk_share_id:
                return each
        raise RISK_SHARE_UNKNOWN("/risk_share_id")
    last_day = read_financial_year(basis.financial_year).last_day
    found = in_effect(versions, last_day)
    if found is None:
        raise NONE_IN_EFFECT("/pool_id", last_day=last_day)
    return found


def simulate(risk_share: RiskShare, basis: Basis, facts: Facts) -> Simulation:
    """Work the facts through the scheme."""
    return Simulation(
        risk_share.partnership_id,
        risk_share.pool_id,
        risk_share.id,
        risk_share.edition,
        basis.financial_year,
        basis.source,
        basis.as_at,
        facts,
        settle(risk_share.scheme, facts),
    )
