"""What one unit of a service cost: what was spent for a contract in a year, by what was done in the same year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

_PENNY = Decimal("0.01")


class NoUnitCost(StrEnum):
    """Why there is no unit cost where activity is reported."""

    SPEND_NOT_KNOWN = "spend_not_known"
    SPEND_NOT_WHOLE = "spend_not_whole"
    ACTIVITY_NOT_KNOWN = "activity_not_known"
    ACTIVITY_OF_ANOTHER_PERIOD = "activity_of_another_period"
    ACTIVITY_IN_PARTS = "activity_in_parts"
    ACTIVITY_NIL = "activity_nil"


@dataclass(frozen=True, slots=True)
class Activity:
    """How much was done: of which financial year that is the whole (`2014/15`), None where it is of another period.

    `in_parts` where the figure is of a part of the contract alone: one area, site or provider of several.
    """

    whole_year: str | None
    value: Decimal | None
    in_parts: bool = False


@dataclass(frozen=True, slots=True)
class UnitCost:
    """Pounds for one unit, to the penny, half up. None where it cannot be told, and why."""

    pounds: Decimal | None
    because: NoUnitCost | None


def unit_cost(spend_pence: int | None, whole: bool, activity: Activity, financial_year: str) -> UnitCost:
    """Spend of a year divided by the activity of the same year (S3-O03, S4-C03).

    A part of the spend divided by all of the activity, or a month's activity under a year's spend, would be a figure
    that is wrong and looks right: neither is told. `whole` is false where anybody's spend for it may be missing.
    """
    because = _why_not(spend_pence, whole, activity, financial_year)
    if because is not None or spend_pence is None or activity.value is None:
        return UnitCost(None, because)
    pounds = Decimal(spend_pence) / 100 / activity.value
    return UnitCost(pounds.quantize(_PENNY, ROUND_HALF_UP), None)


def _why_not(
    spend_pence: int | None, whole: bool, activity: Activity, financial_year: str
) -> NoUnitCost | None:
    """The first of the things that stand in the way."""
    in_the_way = (
        (spend_pence is None, NoUnitCost.SPEND_NOT_KNOWN),
        (not whole, NoUnitCost.SPEND_NOT_WHOLE),
        (activity.value is None, NoUnitCost.ACTIVITY_NOT_KNOWN),
        (activity.whole_year != financial_year, NoUnitCost.ACTIVITY_OF_ANOTHER_PERIOD),
        (activity.in_parts, NoUnitCost.ACTIVITY_IN_PARTS),
        (activity.value is not None and activity.value <= 0, NoUnitCost.ACTIVITY_NIL),
    )
    return next((because for stands, because in in_the_way if stands), None)
