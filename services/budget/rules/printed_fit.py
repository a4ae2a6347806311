"""Yearly flows that agree with printed figures, worked out to show that they are not unique."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from services.budget.rules.appraisal import Timing, present_value
from services.budget.rules.printed import Fit, Returns
from shared.money import half_up


def fits_of(printed: Returns, factor: int) -> tuple[Fit, ...]:
    """For three years with a printed rate: flows from the first year's figures, and flows from net, NPV and rate."""
    needed = (printed.irr_percent, printed.npv, printed.discount_percent)
    if printed.years != 3 or any(each is None or each <= 0 for each in needed):
        return ()
    if printed.irr_percent == printed.discount_percent:
        return ()  # worth nothing at the rate at which the present value is printed: no flows can be found
    net = (printed.savings - printed.expenditure) * factor
    found = []
    if printed.first_year_savings is not None and printed.first_year_cost is not None:
        first = (printed.first_year_savings - printed.first_year_cost) * factor
        flows = _from_first_year(first, net, printed)
        found.append(_fit(flows, ("first_year", "net", "irr"), printed, factor))
    found.append(_fit(_from_present_value(net, printed, factor), ("net", "npv", "irr"), printed, factor))
    return tuple(found)


def _from_first_year(first: Decimal, net: Decimal, printed: Returns) -> list[Decimal]:
    """Two unknowns: the flows add up to the net figure, and are worth nothing at the printed rate."""
    with localcontext(prec=50):
        x = 1 / (1 + (printed.irr_percent or Decimal(0)) / 100)
        third = (-first - (net - first) * x) / (x * x - x)
        return [first, net - first - third, third]


def _from_present_value(net: Decimal, printed: Returns, factor: int) -> list[Decimal]:
    """Three unknowns: net, worth nothing at the printed rate, and worth the printed NPV by mid-year."""
    with localcontext(prec=50):
        growth = 1 + (printed.discount_percent or Decimal(0)) / 100
        worth = (printed.npv or Decimal(0)) * factor * growth.sqrt()
        v = 1 / growth
        x = 1 / (1 + (printed.irr_percent or Decimal(0)) / 100)
        # The polynomial f1 + f2 t + f3 t^2 is known at t = 1, v and x.
        slope = (net - worth) / (1 - v)
        third = (slope - worth / (v - x)) / (1 - x)
        second = slope - third * (1 + v)
        return [net - second - third, second, third]


def _fit(flows: Sequence[Decimal], agrees_with: tuple[str, ...], printed: Returns, factor: int) -> Fit:
    rate, npv = printed.discount_percent or Decimal(0), (printed.npv or Decimal(0)) * factor
    worth = {timing: present_value(flows, rate, timing) for timing in Timing}
    nearest = min(Timing, key=lambda timing: abs(worth[timing] - npv))
    off = 100 * abs(worth[nearest] - npv) / npv
    return Fit(
        agrees_with,
        tuple(half_up(flow) for flow in flows),
        half_up(worth[Timing.START]),
        half_up(worth[Timing.MID]),
        half_up(worth[Timing.END]),
        nearest,
        off.quantize(Decimal("0.1"), ROUND_HALF_UP),
    )
