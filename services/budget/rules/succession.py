"""Succession of organisations: who takes over whose books from which day on, with which share, and to the penny."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID, uuid5

from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import Money, allocate, summed

MOVES_WRONG = reason(
    "succession_moves_wrong",
    Kind.INVALID,
    "Name each predecessor with those who succeed it, each once and none as its own; its shares add up to 1.",
)
KIND_WRONG = reason(
    "succession_kind_wrong",
    Kind.INVALID,
    "A merger makes one successor of several, a division several of one; a transfer goes from one to one.",
)
SUCCEEDED_ALREADY = reason(
    "succession_applied_already",
    Kind.CONFLICT,
    "One of these organisations has been succeeded before, and its books have gone over with that.",
)


class SuccessionKind(StrEnum):
    """Several become one (NHS Devon CCG, 1 April 2019), one becomes several, or one takes another's place."""

    MERGER = "merger"
    DIVISION = "division"
    TRANSFER = "transfer"


class Under(StrEnum):
    """Under whose name figures are shown: as they were recorded, or those of predecessors under who succeeded."""

    RECORDED = "recorded"
    SUCCESSORS = "successors"


@dataclass(frozen=True, slots=True)
class Move:
    """One predecessor's books to one successor. `share` is the part of all that is divided."""

    predecessor_id: UUID
    successor_id: UUID
    share: Decimal


@dataclass(frozen=True, slots=True)
class Succession:
    """A succession as the law makes it: nothing of it asks for anybody's consent here."""

    id: UUID
    effective_on: date
    kind: SuccessionKind
    instrument: str
    moves: tuple[Move, ...]

    def of(self, predecessor_id: UUID) -> tuple[Move, ...]:
        return tuple(each for each in self.moves if each.predecessor_id == predecessor_id)

    @property
    def predecessors(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(each.predecessor_id for each in self.moves))

    @property
    def successors(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(each.successor_id for each in self.moves))


def check(asked: Succession) -> Succession:
    """The succession, if its rows fit its kind and every predecessor goes over whole."""
    pairs = {(each.predecessor_id, each.successor_id) for each in asked.moves}
    both = set(asked.predecessors) & set(asked.successors)
    whole = all(sum(each.share for each in asked.of(one)) == 1 for one in asked.predecessors)
    if (
        not pairs
        or len(pairs) != len(asked.moves)
        or both
        or not whole
        or min(m.share for m in asked.moves) <= 0
    ):
        raise MOVES_WRONG("/moves")
    counts = len(asked.predecessors), len(asked.successors)
    fits = {
        SuccessionKind.MERGER: counts[0] > 1 and counts[1] == 1,
        SuccessionKind.DIVISION: counts[0] == 1 and counts[1] > 1,
        SuccessionKind.TRANSFER: counts == (1, 1),
    }
    if not fits[asked.kind]:
        raise KIND_WRONG("/kind", predecessors=counts[0], successors=counts[1])
    return asked


def heir(moves: Sequence[Move]) -> UUID:
    """Who takes what cannot be divided, such as hosting a pool: the largest share, the first of equal ones."""
    return max(moves, key=lambda each: each.share).successor_id


def made_id(succession_id: UUID, *names: object) -> UUID:
    """The id of what a succession makes out of something: the same however often it is asked for."""
    return uuid5(succession_id, "/".join(str(each) for each in names))


def parted(amount_pence: int | None, moves: Sequence[Move]) -> tuple[int | None, ...]:
    """An amount by the stated shares, to the penny; what is not known stays unknown for all."""
    if amount_pence is None:
        return (None,) * len(moves)
    return allocate(amount_pence, [each.share for each in moves])


def elapsed(financial_year: str, effective_on: date) -> Fraction:
    """How much of a year was over on that day: by months from the first of one, else by days.

    1 July 2022: 3 of 12 months are the predecessor's and 9 the successor's.
    """
    year = read_financial_year(financial_year)
    if effective_on <= year.first_day:
        return Fraction(0)
    if effective_on > year.last_day:
        return Fraction(1)
    if effective_on.day == 1:
        return Fraction((effective_on.month - 4) % 12, 12)
    return Fraction((effective_on - year.first_day).days, (year.last_day - year.first_day).days + 1)


def by_time(
    amount: Money, financial_year: str, effective_on: date, months_pence: Sequence[int] | None = None
) -> tuple[Money, Money]:
    """A year's amount before the day and from it on: as the line's own profile has it, else by `elapsed`.

    The two come to the amount. What is not known yet stays unknown on the side that has any of the year.
    """
    over = elapsed(financial_year, effective_on)
    pence = amount.amount_pence
    if pence is None:
        return (amount if over > 0 else summed(0)), (amount if over < 1 else summed(0))
    if (
        months_pence is not None
        and sum(months_pence) == pence
        and (over * len(months_pence)).denominator == 1
    ):
        before = sum(months_pence[: int(over * len(months_pence))])
    else:
        before, _ = allocate(pence, [over, 1 - over])
    return Money(before, amount.status, amount.qualifier), Money(
        pence - before, amount.status, amount.qualifier
    )


def free_name(wanted: str, taken: set[str], mark: UUID) -> str:
    """The name, or with a mark where another of the keeper's bears it already. It is taken from then on."""
    name = wanted[:200]
    if name in taken:
        name = f"{wanted[:188]} ({mark.hex[:8]})"
    taken.add(name)
    return name


def renamed(ids: Sequence[UUID], moves: Sequence[Move]) -> tuple[UUID, ...]:
    """These organisations with each predecessor's successors in its place, each once."""
    found: dict[UUID, None] = {}
    for each in ids:
        found |= dict.fromkeys(m.successor_id for m in moves if m.predecessor_id == each) or {each: None}
    return tuple(found)


def carried(
    amounts: Mapping[UUID, Money], successions: Sequence[tuple[Move, date]], as_at: date
) -> dict[UUID, Money]:
    """Amounts of organisations as those of who stands for them by a day; a divided body's by the stated shares.

    What a predecessor owed for its months is its successor's to bear and to be weighed by.
    """
    counted = [move for move, day in successions if day <= as_at]
    found: dict[UUID, list[Money]] = {}

    def place(body: UUID, amount: Money, before: tuple[UUID, ...]) -> None:
        moves = [each for each in counted if each.predecessor_id == body]
        if not moves or body in before:
            found.setdefault(body, []).append(amount)
            return
        for move, pence in zip(moves, parted(amount.amount_pence, moves), strict=True):
            part = amount if pence is None else Money(pence, amount.status, amount.qualifier)
            place(move.successor_id, part, (*before, body))

    for body in sorted(amounts):
        place(body, amounts[body], ())
    return {body: together(parts) for body, parts in found.items()}


def together(amounts: Sequence[Money]) -> Money:
    """One amount of several that have become one body's. One that is not known leaves the sum unknown."""
    unknown = next((each for each in amounts if each.amount_pence is None), None)
    if unknown is not None:
        return unknown
    if len(amounts) == 1:
        return amounts[0]
    return Money(sum(each.amount_pence or 0 for each in amounts), max(each.status for each in amounts))


def folded(successions: Sequence[tuple[Move, date]], as_at: date) -> dict[UUID, UUID]:
    """The one body under which each predecessor's figures count by a day. Who was divided keeps its own name."""
    counted = [move for move, day in successions if day <= as_at]
    many = {
        m.predecessor_id for m in counted if sum(o.predecessor_id == m.predecessor_id for o in counted) > 1
    }
    to = {each.predecessor_id: each.successor_id for each in counted if each.predecessor_id not in many}
    found = {}
    for each in to:
        body, seen = each, {each}
        while body in to and to[body] not in seen:
            body = to[body]
            seen.add(body)
        found[each] = body
    return found
