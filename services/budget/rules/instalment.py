"""When a contribution is due: in four equal parts, or as agreed, and how the rest changes when the year's sum does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.calendar import FinancialYear, LedgerPeriod
from shared.errors import Kind, reason
from shared.money import allocate

NOT_THE_CONTRIBUTION = reason(
    "instalments_differ", Kind.INVALID, "The instalments add up to the contribution, to the penny."
)
OUT_OF_ORDER = reason(
    "instalments_out_of_order",
    Kind.INVALID,
    "Instalments fall due one after the other, on days of the contribution's year.",
)
AMOUNT_NEGATIVE = reason("instalment_negative", Kind.INVALID, "An instalment is not negative.")
AMOUNTS_UNKNOWN = reason(
    "instalments_of_unknown",
    Kind.INVALID,
    "The contribution is not known yet, so its instalments have days and no amounts.",
)
VARIED_OUTSIDE_YEAR = reason(
    "contribution_varied_outside_year",
    Kind.INVALID,
    "A contribution is varied from a day of its own year on, and only one that takes another's place.",
)
DUE_ALREADY = reason(
    "contribution_due_already",
    Kind.CONFLICT,
    "More than that was due before the day of the variation. Vary it from an earlier day.",
)


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a contribution: when it is due, and how much; None while the contribution is not known."""

    number: int
    due_on: date
    amount_pence: int | None


def quarterly(year: FinancialYear) -> tuple[date, ...]:
    """The first day of each quarter."""
    return tuple(LedgerPeriod(year, month).first_day for month in (1, 4, 7, 10))


def instal(
    year: FinancialYear, amount_pence: int | None, asked: Sequence[tuple[date, int | None]] | None
) -> tuple[Instalment, ...]:
    """The instalments of a contribution: as asked for, or equal ones at the start of each quarter, to the penny."""
    if asked is None:
        return _spread(quarterly(year), amount_pence)
    days = [day for day, _ in asked]
    if any(day not in year for day in days) or days != sorted(set(days)) or not days:
        raise OUT_OF_ORDER("/instalments", first_day=year.first_day, last_day=year.last_day)
    amounts = [pence for _, pence in asked]
    if all(pence is None for pence in amounts):
        return _spread(days, amount_pence)
    if amount_pence is None or any(pence is None for pence in amounts):
        raise AMOUNTS_UNKNOWN("/instalments")
    known = [pence or 0 for pence in amounts]
    if any(pence < 0 for pence in known):
        raise AMOUNT_NEGATIVE("/instalments")
    if sum(known) != amount_pence:
        raise NOT_THE_CONTRIBUTION("/instalments", out_by_pence=sum(known) - amount_pence)
    return tuple(
        Instalment(at + 1, day, pence) for at, (day, pence) in enumerate(zip(days, known, strict=True))
    )


def vary(
    former: Sequence[Instalment], year: FinancialYear, effective_from: date, amount_pence: int | None
) -> tuple[Instalment, ...]:
    """The instalments from a variation on: what was due before stays, the rest of the new sum falls on later days.

    Where an instalment that was due is not known, the new sum is spread over all days: nothing was fixed. With no
    day left, the rest is due on the day of the variation.
    """
    if effective_from not in year:
        raise VARIED_OUTSIDE_YEAR("/effective_from", first_day=year.first_day, last_day=year.last_day)
    due = [each for each in former if each.due_on < effective_from]
    later = [each.due_on for each in former if each.due_on >= effective_from]
    if any(each.amount_pence is None for each in due):
        return _spread([each.due_on for each in former], amount_pence)
    before = sum(each.amount_pence or 0 for each in due)
    rest = None if amount_pence is None else amount_pence - before
    if rest is not None and rest < 0:
        raise DUE_ALREADY("/effective_from", due_pence=before)
    if not later and rest == 0:
        return tuple(due)
    after = _spread(later or [effective_from], rest)
    return (*due, *(Instalment(len(due) + each.number, each.due_on, each.amount_pence) for each in after))


def _spread(days: Sequence[date], amount_pence: int | None) -> tuple[Instalment, ...]:
    parts = [None] * len(days) if amount_pence is None else allocate(amount_pence, [1] * len(days))
    return tuple(
        Instalment(at + 1, day, pence) for at, (day, pence) in enumerate(zip(days, parts, strict=True))
    )
