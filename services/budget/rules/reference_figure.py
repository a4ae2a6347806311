"""Reference figures: what a source says of the scale of things, kept with its qualifier and never in a total."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from shared.errors import Kind, reason
from shared.money import LARGEST_PENCE, MONEY_TOO_LARGE, Money, Qualifier

ONE_VALUE = reason(
    "reference_figure_value",
    Kind.INVALID,
    "Give an amount of money for a figure in pounds, and a value for a figure of people, percent or a count.",
)
AMOUNT_UNKNOWN = reason(
    "reference_figure_unknown",
    Kind.INVALID,
    "A reference figure is one that the source states. Give its amount.",
)
NOT_A_HEADCOUNT = reason(
    "reference_figure_not_people",
    Kind.INVALID,
    "An amount a head needs a figure in pounds and a figure of people above nil, of the same partnership.",
)


class Unit(StrEnum):
    """What a reference figure counts."""

    POUNDS = "pounds"
    PEOPLE = "people"
    PERCENT = "percent"
    COUNT = "count"


class Bound(StrEnum):
    """How the true quotient lies to the one that the printed figures give."""

    EXACTLY = "exactly"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOUT = "about"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class PerHead:
    """An amount a head, in pence, and on which side of it the truth lies."""

    people_figure_id: UUID
    bound: Bound
    amount_pence: int


@dataclass(frozen=True, slots=True)
class ReferenceFigure:
    """One figure as its source states it. It is for reference: no position, report or total ever adds it up."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    source: str
    printed: str
    unit: Unit
    amount: Money | None = None
    value: Decimal | None = None
    qualifier: Qualifier | None = None
    people_figure_id: UUID | None = None
    per_head: PerHead | None = None
    version: int = 1


def work_out(asked: ReferenceFigure, people: ReferenceFigure | None) -> ReferenceFigure:
    """The figure with what it comes to a head, where a figure of people is named for it (S3-B05)."""
    if (asked.amount is not None) != (asked.unit is Unit.POUNDS) or (asked.amount is None) == (
        asked.value is None
    ):
        raise ONE_VALUE("/unit")
    if asked.amount is not None and asked.amount.amount_pence is None:
        raise AMOUNT_UNKNOWN("/amount/amount_pence")
    if asked.people_figure_id is None:
        return asked
    if (
        asked.amount is None
        or people is None
        or people.unit is not Unit.PEOPLE
        or people.partnership_id != asked.partnership_id
        or not people.value
        or people.value < 0
    ):
        raise NOT_A_HEADCOUNT("/people_figure_id")
    return replace(asked, per_head=per_head(asked.amount, people))


def per_head(amount: Money, people: ReferenceFigure) -> PerHead:
    """Pence a head. What is at least so much is rounded down, what is at most so much up: neither claims too much.

    «More than £1.8 billion» for «nearly 1.2 million people»: more money over fewer people, so at least £1,500.
    """
    bound = _bound(_side(amount.qualifier), -_side(people.qualifier), {amount.qualifier, people.qualifier})
    rounding = {Bound.AT_LEAST: ROUND_FLOOR, Bound.AT_MOST: ROUND_CEILING}.get(bound, ROUND_HALF_UP)
    pence = (Decimal(amount.amount_pence or 0) / (people.value or Decimal(1))).to_integral_value(rounding)
    if abs(pence) > LARGEST_PENCE:
        raise MONEY_TOO_LARGE("/people_figure_id", largest_pence=LARGEST_PENCE)
    return PerHead(people.id, bound, int(pence))


def _side(qualifier: Qualifier | None) -> int:
    """Where the truth lies: above what is printed (1), below it (-1), or nowhere that the word says (0)."""
    return (
        {Qualifier.MORE_THAN: 1, Qualifier.ALMOST: -1, Qualifier.UP_TO: -1}.get(qualifier, 0)
        if qualifier
        else 0
    )


def _bound(money: int, people: int, qualifiers: set[Qualifier | None]) -> Bound:
    if Qualifier.APPROXIMATELY in qualifiers:
        return Bound.ABOUT
    if money * people < 0:
        return Bound.UNDETERMINED
    side = money + people
    return Bound.EXACTLY if side == 0 else Bound.AT_LEAST if side > 0 else Bound.AT_MOST
