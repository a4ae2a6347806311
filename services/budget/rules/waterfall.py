"""Where the money for a pressure comes from: ordered sources, each drawn only when the one before is exhausted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import Kind, reason
from shared.money import Money

NEED_NEGATIVE = reason("waterfall_need_negative", Kind.INVALID, "What has to be funded cannot be negative.")
SOURCE_NEGATIVE = reason(
    "waterfall_source_negative", Kind.INVALID, "A source cannot hold less than nothing. Leave it out."
)


class Stop(StrEnum):
    """Why the waterfall went no further than a source."""

    AMOUNT_UNKNOWN = "amount_unknown"
    APPROVAL_NEEDED = "approval_needed"


@dataclass(frozen=True, slots=True)
class Source:
    """A source of money in its order. One that needs an approval is drawn only when it has it."""

    name: str
    available: Money
    needs_approval: bool = False
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Draw:
    """What one source was asked for, what it gave, and what was left to find after it."""

    source: str
    asked_pence: int
    drawn_pence: int
    still_needed_pence: int
    stop: Stop | None = None


@dataclass(frozen=True, slots=True)
class Funding:
    """The draws in order and what no source met. Draws and unmet add up to the need."""

    draws: tuple[Draw, ...]
    unmet_pence: int


def fund(need_pence: int, sources: Sequence[Source]) -> Funding:
    """Draw on each source in turn, the next only when the former is exhausted (S4-B07).

    A source whose amount is unknown, or whose approval is missing, stops the waterfall: nobody can say that
    it is exhausted, so nothing behind it may be touched.
    """
    if need_pence < 0:
        raise NEED_NEGATIVE(need_pence=need_pence)
    left = need_pence
    draws: list[Draw] = []
    for source in sources:
        if left == 0:
            break
        stop = _stop(source)
        drawn = 0 if stop else min(left, source.available.amount_pence or 0)
        draws.append(Draw(source.name, left, drawn, left - drawn, stop))
        left -= drawn
        if stop:
            break
    return Funding(tuple(draws), left)


def _stop(source: Source) -> Stop | None:
    amount = source.available.amount_pence
    if amount is None:
        return Stop.AMOUNT_UNKNOWN
    if amount < 0:
        raise SOURCE_NEGATIVE(source=source.name)
    if source.needs_approval and not source.approved and amount > 0:
        return Stop.APPROVAL_NEEDED
    return None
