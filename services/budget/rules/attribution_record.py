"""An attribution as it is kept: the amount, the chain of factors from place to place, and what it came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from uuid import UUID

from services.budget.rules.attribution import Attribution, Factor, attribute
from shared.errors import Kind, Refusal, reason
from shared.money import Money

CIRCULAR = reason(
    "attribution_circular",
    Kind.INVALID,
    "The chain comes back to a place where it has been. Each factor leads from a wider place to a narrower one.",
)
BROKEN_CHAIN = reason(
    "attribution_chain_broken", Kind.INVALID, "Each factor begins at the place to which the one before leads."
)
NO_FACTORS = reason("attribution_no_factors", Kind.INVALID, "An attribution rests on at least one factor.")
FACTOR_DATES = reason(
    "attribution_factor_dates", Kind.INVALID, "A factor ends on or after the day on which it begins."
)


@dataclass(frozen=True, slots=True)
class Link:
    """A factor with the places it leads between: what part of the first one's spend is the second one's."""

    from_place: str
    to_place: str
    factor: Factor


@dataclass(frozen=True, slots=True)
class AttributionRecord:
    """What part of a spend belongs to a place. Kept as it was worked out; a later one stands beside it.

    `steps_pence` is what is left after each factor, None where the amount is not known.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    provider: str | None
    as_at: date
    amount: Money
    chain: tuple[Link, ...]
    steps_pence: tuple[int | None, ...] = ()
    result: Attribution | None = None
    version: int = 1


def work_out(amount: Money, chain: Sequence[Link], day: date) -> tuple[Attribution, tuple[int | None, ...]]:
    """The attribution over the whole chain, and over each beginning of it (S2-B02, S2-B03)."""
    if not chain:
        raise NO_FACTORS("/chain")
    _check_places(chain)
    for number, link in enumerate(chain):
        ends = link.factor.effective_to
        if ends is not None and ends < link.factor.effective_from:
            raise FACTOR_DATES(f"/chain/{number}/effective_to")
        try:
            attribute(amount, [link.factor], day)
        except Refusal as refusal:
            pointer = (
                f"/chain/{number}/rate" if "range" in refusal.code else f"/chain/{number}/effective_from"
            )
            raise refusal.reason(pointer, **refusal.facts) from None
    factors = [link.factor for link in chain]
    steps = [attribute(amount, factors[: at + 1], day).amount.amount_pence for at in range(len(factors))]
    return attribute(amount, factors, day), tuple(steps)


def _check_places(chain: Sequence[Link]) -> None:
    been = {chain[0].from_place.casefold()}
    for number, link in enumerate(chain):
        if link.to_place.casefold() in been:
            raise CIRCULAR(f"/chain/{number}/to_place", place=link.to_place)
        been.add(link.to_place.casefold())
    for number, (one, following) in enumerate(pairwise(chain), 1):
        if one.to_place.casefold() != following.from_place.casefold():
            raise BROKEN_CHAIN(f"/chain/{number}/from_place", expected=one.to_place)
