"""Money: whole pence with a status, totals that stay incomplete, and shares to the penny."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from shared.errors import Kind, reason
from shared.text import fold

LARGEST_PENCE = 10**15  # ten million million pounds: above any public budget, far inside a bigint

MONEY_UNREADABLE = reason(
    "money_unreadable",
    Kind.INVALID,
    "This is not an amount of money. Write it like 1,234.00, (3,728) or TBC.",
)
MONEY_TOO_LARGE = reason(
    "money_too_large", Kind.INVALID, "The amount is larger than any public budget. Check its scale."
)
STATUS_MISMATCH = reason(
    "money_status_mismatch",
    Kind.INVALID,
    "A known amount needs pence, and an amount that is to be confirmed or not stated has none.",
)
NO_WEIGHT = reason(
    "allocation_no_weight", Kind.INVALID, "An amount cannot be shared when every weight is zero."
)
NEGATIVE_WEIGHT = reason("allocation_negative_weight", Kind.INVALID, "A share cannot have a negative weight.")


class Status(StrEnum):
    """How far an amount is known."""

    ACTUAL = "actual"
    ESTIMATE = "estimate"
    PROVISIONAL = "provisional"
    TBC = "tbc"
    NOT_STATED = "not_stated"


UNKNOWN = frozenset({Status.TBC, Status.NOT_STATED})


class Qualifier(StrEnum):
    """A word that a publisher put before a figure and that stays with it."""

    MORE_THAN = "more_than"
    ALMOST = "almost"
    UP_TO = "up_to"
    APPROXIMATELY = "approximately"


class Scale(StrEnum):
    """What one unit of a figure in somebody's file stands for. Asked for, never guessed."""

    POUNDS = "pounds"
    THOUSANDS = "thousands"
    MILLIONS = "millions"


_PENCE = {Scale.POUNDS: 100, Scale.THOUSANDS: 100_000, Scale.MILLIONS: 100_000_000}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in pence, or an unknown one. `amount_pence` is None exactly when the status is unknown."""

    amount_pence: int | None
    status: Status = Status.ACTUAL
    qualifier: Qualifier | None = None

    def __post_init__(self) -> None:
        if (self.amount_pence is None) != (self.status in UNKNOWN):
            raise STATUS_MISMATCH(status=self.status.value)
        if self.amount_pence is not None and abs(self.amount_pence) > LARGEST_PENCE:
            raise MONEY_TOO_LARGE(largest_pence=LARGEST_PENCE)

    @property
    def known(self) -> bool:
        return self.amount_pence is not None


def summed(pence: int) -> Money:
    """What the books add up to, as money. It may be beyond the bound, which is on what people write."""
    whole = object.__new__(Money)
    for name, value in (("amount_pence", pence), ("status", Status.ACTUAL), ("qualifier", None)):
        object.__setattr__(whole, name, value)
    return whole


TBC = Money(None, Status.TBC)
NOT_STATED = Money(None, Status.NOT_STATED)


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over named amounts: the known part, whether it is the whole, and whose part is unknown.

    `known_pence` is None when nothing at all is known, so that "nothing known" never reads as nil.
    """

    known_pence: int | None
    complete: bool
    missing_contributors: tuple[str, ...] = ()


def total(amounts: Iterable[tuple[str, Money]]) -> Total:
    """Add up named amounts. An unknown one makes the total incomplete and is named (S1-B11)."""
    known = 0
    any_known = False
    missing: dict[str, None] = {}
    for name, money in amounts:
        if money.amount_pence is None:
            missing[name] = None
        else:
            any_known = True
            known += money.amount_pence
    return Total(known if any_known or not missing else None, not missing, tuple(missing))


def allocate(amount_pence: int, weights: Sequence[Fraction | Decimal | int]) -> tuple[int, ...]:
    """Share an amount by weights, to the penny, by the method of largest remainders.

    Zero weights get nothing; equal remainders go to the larger weight, then by position; the parts
    sum to the whole exactly. A negative amount is the mirror image of the positive one.
    """
    shares = [Fraction(weight) for weight in weights]
    if any(share < 0 for share in shares):
        raise NEGATIVE_WEIGHT()
    whole = sum(shares, Fraction(0))
    if whole == 0:
        raise NO_WEIGHT()
    sign = -1 if amount_pence < 0 else 1
    exact = [abs(amount_pence) * share / whole for share in shares]
    parts = [int(part) for part in exact]
    left = abs(amount_pence) - sum(parts)
    order = sorted(
        (index for index, share in enumerate(shares) if share > 0),
        key=lambda index: (parts[index] - exact[index], -shares[index], index),
    )
    for index in order[:left]:
        parts[index] += 1
    return tuple(sign * part for part in parts)


def allocate_by_name(amount_pence: int, weights: Mapping[str, Fraction | Decimal | int]) -> dict[str, int]:
    """`allocate` over names; ties go by name, so the order in which names arrive does not matter."""
    names = sorted(weights)
    return dict(zip(names, allocate(amount_pence, [weights[name] for name in names]), strict=True))


def half_up(value: Decimal | Fraction) -> int:
    """Round to the nearest whole number, halves away from zero."""
    exact = Fraction(value)
    sign = -1 if exact < 0 else 1
    return sign * int(abs(exact) + Fraction(1, 2))


_TBC_WORDS = frozenset({"tbc", "tbd", "tba", "to be confirmed", "to be determined"})
_XXX = re.compile(r"^£?x{2,}[mk]?$", re.IGNORECASE)
_AMOUNT = re.compile(
    r"^(?P<sign>-)?£?(?P<minus>-)?(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?)(?P<unit>[km])?$",
    re.ASCII,
)
_UNITS = {"k": 1_000, "m": 1_000_000}


def read_money(text: str, scale: Scale = Scale.POUNDS) -> Money:
    """Read an amount as councils publish it: `£1,234.00`, `(3728)`, ` -   `, `TBC`, `` (blank), `£22,417K`.

    Blank is not stated; a lone dash is nil, as ledgers print it. Part-pennies round half up. A unit in
    the cell together with a scale other than pounds is refused: the figure would be scaled twice (S2-B12).
    """
    cell = fold(text)
    bare = cell.replace(" ", "")
    if bare == "":
        return NOT_STATED
    if cell.casefold().rstrip(".") in _TBC_WORDS or _XXX.match(bare):
        return TBC
    if bare in {"-", "–", "—", "£-"}:  # noqa: RUF001 the dashes that ledgers print for nil
        return Money(0)
    negative = bare.startswith("(") and bare.endswith(")")
    match = _AMOUNT.match(bare[1:-1].lower() if negative else bare.lower())
    if match is None or not match["number"] or match["number"] == ".":
        raise MONEY_UNREADABLE(read=text[:80])
    if match["unit"] and scale is not Scale.POUNDS:
        raise MONEY_UNREADABLE(read=text[:80], scale=scale.value)
    if len(match["number"]) > 24:
        raise MONEY_TOO_LARGE(largest_pence=LARGEST_PENCE)
    # As a fraction: a decimal keeps 28 digits, and 24 of pounds are 32 of pence where the unit is a million.
    pence = Fraction(match["number"].replace(",", "")) * _PENCE[scale] * _UNITS.get(match["unit"] or "", 1)
    signs = negative + bool(match["sign"]) + bool(match["minus"])
    if signs > 1:
        raise MONEY_UNREADABLE(read=text[:80])
    return Money(half_up(-pence if signs else pence))


_QUALIFIED = {
    "more than": Qualifier.MORE_THAN, "over": Qualifier.MORE_THAN, "in excess of": Qualifier.MORE_THAN,
    "almost": Qualifier.ALMOST, "nearly": Qualifier.ALMOST, "just under": Qualifier.ALMOST,
    "up to": Qualifier.UP_TO, "maximum": Qualifier.UP_TO, "max": Qualifier.UP_TO,
    "approximately": Qualifier.APPROXIMATELY, "approx": Qualifier.APPROXIMATELY, "about": Qualifier.APPROXIMATELY,
    "circa": Qualifier.APPROXIMATELY, "c": Qualifier.APPROXIMATELY,
}  # fmt: skip
_QUALIFIER = re.compile(rf"({'|'.join(_QUALIFIED)})\b\.?(?=[ £\d]) *(.+)", re.IGNORECASE)


def read_published_money(text: str) -> Money:
    """`read_money`, and a word that a publisher put before the figure stays with it: `up to £5,000`, `approx. £1m`."""
    found = _QUALIFIER.fullmatch(fold(text).strip())
    if found is None:
        return read_money(text)
    money = read_money(found[2])
    if not money.amount_pence or money.amount_pence < 0:
        raise MONEY_UNREADABLE(read=text[:80])
    return Money(money.amount_pence, money.status, _QUALIFIED[found[1].casefold()])


def pounds(amount_pence: int) -> str:
    """An amount for people to read: `£1,234.50`, `-£3.00`; whole pounds without pence."""
    sign = "-" if amount_pence < 0 else ""
    whole, pence = divmod(abs(amount_pence), 100)
    return f"{sign}£{whole:,}.{pence:02d}" if pence else f"{sign}£{whole:,}"
