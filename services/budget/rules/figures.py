"""The figures of a group of lines, promises and receipts, added up so that what is unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.budget.rules.category import Category
from services.budget.rules.line import Arrangement
from shared.money import Money, Total, total

_NOTHING = Total(None, complete=True)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group. `variance_pence` is adjusted budget less actual, None unless both are whole.

    `committed_pence` is what commitments on record hold and have not paid, None where there are none. The forecast
    names whose lines have none; `forecast_variance_pence` is adjusted budget less forecast.

    A total whose `known_pence` is None with `complete` true has nothing in it: no such line, no such promise.
    """

    budget_approved: Total
    budget_adjusted: Total
    actual: Total
    variance_pence: int | None
    contributions_due: Total
    contributions_received_pence: int | None
    committed_pence: int | None = None
    forecast_outturn: Total = _NOTHING
    forecast_variance_pence: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One line, one aligned total, one promise or one receipt, in the shape in which all are summed."""

    owner: UUID
    category: Category
    arrangement: Arrangement
    pool_id: UUID | None
    approved: tuple[Money, ...] = ()
    adjusted: tuple[Money, ...] = ()
    actual: tuple[Money, ...] = ()
    due: tuple[Money, ...] = ()
    received_pence: int | None = None
    committed_pence: int | None = None
    forecast: tuple[Money, ...] = ()


def figures(parts: Sequence[Part]) -> Figures:
    """Sum a group. Received money is what the ledger says; None when it says nothing at all."""
    adjusted = _sum((part.owner, part.adjusted) for part in parts)
    actual = _sum((part.owner, part.actual) for part in parts)
    forecast = _sum((part.owner, part.forecast) for part in parts)
    return Figures(
        _sum((part.owner, part.approved) for part in parts),
        adjusted,
        actual,
        variance(adjusted, actual),
        _sum((part.owner, part.due) for part in parts),
        _known(part.received_pence for part in parts),
        _known(part.committed_pence for part in parts),
        forecast,
        variance(adjusted, forecast),
    )


def variance(adjusted: Total, actual: Total) -> int | None:
    """Adjusted budget less actual or forecast, where both are whole and there is something in them."""
    whole = adjusted.complete and actual.complete
    if not whole or adjusted.known_pence is None or actual.known_pence is None:
        return None
    return adjusted.known_pence - actual.known_pence


def add_up(groups: Sequence[Figures]) -> Figures:
    """The figures of several groups together."""
    adjusted = _together([each.budget_adjusted for each in groups])
    actual = _together([each.actual for each in groups])
    forecast = _together([each.forecast_outturn for each in groups])
    return Figures(
        _together([each.budget_approved for each in groups]),
        adjusted,
        actual,
        variance(adjusted, actual),
        _together([each.contributions_due for each in groups]),
        _known(each.contributions_received_pence for each in groups),
        _known(each.committed_pence for each in groups),
        forecast,
        variance(adjusted, forecast),
    )


def _together(totals: Sequence[Total]) -> Total:
    missing = sorted({name for each in totals for name in each.missing_contributors})
    return Total(_known(each.known_pence for each in totals), not missing, tuple(missing))


def _known(amounts: Iterable[int | None]) -> int | None:
    known = [each for each in amounts if each is not None]
    return sum(known) if known else None


def _sum(amounts: Iterable[tuple[UUID, tuple[Money, ...]]]) -> Total:
    """A total over partners' amounts; over none at all it is empty, which is not the same as nil."""
    named = sorted(((str(owner), each) for owner, some in amounts for each in some), key=lambda pair: pair[0])
    return total(named) if named else Total(None, complete=True)
