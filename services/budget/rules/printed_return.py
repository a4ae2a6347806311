"""The audit of a printed return-on-investment block: net, return, discounted return, present value, rate, payback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.budget.rules.appraisal import RATE_OUT_OF_RANGE, Timing, percent, present_value
from services.budget.rules.printed import Finding, Fit, LikelyCause, PrintedVerdict, Returns
from services.budget.rules.printed_fit import fits_of
from shared.errors import Kind, reason
from shared.money import Scale, pounds

AMOUNT_NOT_POSITIVE = reason(
    "printed_amount_not_positive",
    Kind.INVALID,
    "Printed savings, expenditure and net present value are more than nothing, and years at least one.",
)
_FACTOR = {Scale.POUNDS: 100, Scale.THOUSANDS: 100_000, Scale.MILLIONS: 100_000_000}


@dataclass(frozen=True, slots=True)
class _Block:
    """The printed block with its money in pence, in the scale in which it can be true."""

    printed: Returns
    factor: int
    savings: Decimal
    cost: Decimal
    net: Decimal

    def pence(self, figure: Decimal) -> Decimal:
        return figure * self.factor


def audit_returns(printed: Returns, at: str) -> tuple[list[Finding], tuple[Fit, ...]]:
    """Recompute what can be, prove what cannot be, and name the likely cause of each difference (S2-B07 to B12)."""
    if printed.savings <= 0 or printed.expenditure <= 0 or printed.years < 1 or (printed.npv or 1) <= 0:
        raise AMOUNT_NOT_POSITIVE(at)
    if not 0 <= (printed.discount_percent or 0) <= 100:
        raise RATE_OUT_OF_RANGE(f"{at}/discount_percent")
    unit = _unit(printed)
    factor = 100 if unit is not None else _FACTOR[printed.scale]
    savings, cost = printed.savings * factor, printed.expenditure * factor
    block = _Block(printed, factor, savings, cost, savings - cost)
    fits = fits_of(printed, factor)
    found = [] if unit is None else [unit]
    for check in (_net, _return, _average, _present, _discounted, _rate, _payback):
        found += check(block, fits)
    return found, fits


def _finding(
    block: _Block,
    figure: str,
    unit: str,
    printed: Decimal,
    recomputed: Decimal | None,
    verdict: PrintedVerdict,
    cause: LikelyCause | None,
    explanation: str,
) -> Finding:
    return Finding(block.printed.label, figure, unit, printed, recomputed, verdict, cause, explanation)


def _unit(printed: Returns) -> Finding | None:
    """A heading of thousands over whole pounds: as labelled, the savings exceed all the spending that there is."""
    spending = printed.spending_pence
    labelled = printed.savings * _FACTOR[printed.scale]
    plain = printed.savings * 100
    if printed.scale is Scale.POUNDS or spending is None or not plain <= spending * printed.years < labelled:
        return None
    said = (
        f"As labelled the savings are {pounds(int(labelled))}, more than the {pounds(spending)} a year that is spent;"
        f" as whole pounds they are {pounds(int(plain))}. The figures are pounds."
    )
    return Finding(
        printed.label, "scale", "pence", labelled, plain, PrintedVerdict.CANNOT_BE, LikelyCause.UNIT, said
    )


def _net(block: _Block, _fits: tuple[Fit, ...]) -> Iterator[Finding]:
    if block.printed.net is None:
        return
    printed = block.pence(block.printed.net)
    if printed == block.net:
        yield _finding(
            block,
            "net",
            "pence",
            printed,
            block.net,
            PrintedVerdict.AGREES,
            None,
            "Savings less expenditure.",
        )
        return
    added = printed == block.savings + block.cost
    said = f"Savings less expenditure are {pounds(int(block.net))}."
    if added:
        said += (
            " The printed figure is their sum: the expenditure was taken off with a minus sign of its own."
        )
    cause = LikelyCause.SIGN if added else LikelyCause.FORMULA
    yield _finding(block, "net", "pence", printed, block.net, PrintedVerdict.DIFFERS, cause, said)


def _agrees(printed: Decimal, exact: Decimal) -> bool:
    """Whether a printed figure is the exact one rounded to as many places as are printed."""
    places = -int(printed.as_tuple().exponent) if isinstance(printed.as_tuple().exponent, int) else 0
    return abs(printed - exact) * 2 <= Decimal(1).scaleb(-max(places, 0))


def _return(block: _Block, _fits: tuple[Fit, ...]) -> Iterator[Finding]:
    printed = block.printed.roi_percent
    if printed is None:
        return
    exact = 100 * block.net / block.cost
    agrees = _agrees(printed, exact)
    said = f"Net {pounds(int(block.net))} over cost {pounds(int(block.cost))} is {percent(block.net, block.cost)} %."
    if agrees and block.printed.net is not None and block.pence(block.printed.net) != block.net:
        other = percent(block.pence(block.printed.net), block.cost)
        said += f" That proves the net figure: on the printed net the return would be {other} %."
    verdict = PrintedVerdict.AGREES if agrees else PrintedVerdict.DIFFERS
    cause = None if agrees else LikelyCause.FORMULA
    yield _finding(block, "roi", "percent", printed, percent(block.net, block.cost), verdict, cause, said)


def _average(block: _Block, _fits: tuple[Fit, ...]) -> Iterator[Finding]:
    average, whole = block.printed.average_roi_percent, block.printed.discounted_roi_percent
    if average is None or whole is None:
        return
    exact = whole / block.printed.years
    agrees = _agrees(average, exact)
    said = (
        f"{whole} % over {block.printed.years} years, as a division only: it is right where the {whole} % is."
    )
    yield _finding(
        block,
        "average_roi",
        "percent",
        average,
        exact.quantize(Decimal("0.01")),
        PrintedVerdict.AGREES if agrees else PrintedVerdict.DIFFERS,
        None if agrees else LikelyCause.ROUNDING,
        said,
    )


def _present(block: _Block, fits: tuple[Fit, ...]) -> Iterator[Finding]:
    """Benefits that follow their costs are worth at least what they are all at the last day, costs at the first."""
    if block.printed.npv is None or block.printed.discount_percent is None:
        return
    printed = block.pence(block.printed.npv)
    last = _at_end(block, block.savings)
    least, most = last - block.cost, block.net
    if not least <= printed <= most:
        said = f"As benefits follow costs it lies between {pounds(int(least))} and {pounds(int(most))}."
        yield _finding(
            block, "npv", "pence", printed, None, PrintedVerdict.CANNOT_BE, LikelyCause.FORMULA, said
        )
        return
    said = f"Consistent with net {pounds(int(block.net))}; yearly flows are not printed, and several fit."
    if block.printed.net is not None and block.pence(block.printed.net) > block.net:
        other = block.pence(block.printed.net)
        lowest = _at_end(block, other + block.cost) - block.cost
        if printed < lowest:
            said += f" Not with {pounds(int(other))}, which would be worth at least {pounds(int(lowest))}."
    if fits:
        said += f" Nearest by {fits[0].nearest_timing.value.replace('_', ' ')}, {fits[0].nearest_off_percent} % off."
    yield _finding(block, "npv", "pence", printed, None, PrintedVerdict.CONSISTENT_WITH, None, said)


def _at_end(block: _Block, amount: Decimal) -> Decimal:
    """An amount at the end of the last year, as worth at the start of the first."""
    rate = block.printed.discount_percent or Decimal(0)
    flows = [Decimal(0)] * (block.printed.years - 1) + [amount]
    return present_value(flows, rate, Timing.END)


def _discounted(block: _Block, _fits: tuple[Fit, ...]) -> Iterator[Finding]:
    printed, npv = block.printed.discounted_roi_percent, block.printed.npv
    if printed is None or npv is None or block.printed.discount_percent is None:
        return
    worth = block.pence(npv)
    plain = percent(worth, block.cost)
    after_one_year = percent(worth, present_value([block.cost], block.printed.discount_percent, Timing.END))
    most = percent(worth, _at_end(block, block.cost))
    assert plain is not None
    assert most is not None
    said = (
        f"Present value over cost is {plain} %, {after_one_year} % were the cost discounted a year, and {most} % at"
        f" most, were all cost at the end of year {block.printed.years}."
    )
    if plain <= printed <= most:
        yield _finding(
            block, "discounted_roi", "percent", printed, plain, PrintedVerdict.CONSISTENT_WITH, None, said
        )
        return
    implied = pounds(int((100 * worth / printed / 100).to_integral_value()) * 100) if printed > 0 else "no"
    said += f" The printed figure implies a cost of {implied}."
    if printed > 100 * block.net / block.cost:
        said += " A discounted return above the undiscounted one is impossible where benefits follow costs."
    yield _finding(
        block,
        "discounted_roi",
        "percent",
        printed,
        plain,
        PrintedVerdict.CANNOT_BE,
        LikelyCause.FORMULA,
        said,
    )


def _rate(block: _Block, fits: tuple[Fit, ...]) -> Iterator[Finding]:
    if block.printed.irr_percent is None:
        return
    verdict = PrintedVerdict.CONSISTENT_WITH if fits else PrintedVerdict.NOT_DERIVABLE
    said = "Without yearly flows the rate cannot be recomputed."
    if fits:
        said = "Yearly flows that agree with it are shown; they are not unique, so none of them is the right one."
    yield _finding(block, "irr", "percent", block.printed.irr_percent, None, verdict, None, said)


def _payback(block: _Block, fits: tuple[Fit, ...]) -> Iterator[Finding]:
    printed = block.printed
    if printed.payback_year is None or printed.first_year_savings is None or printed.first_year_cost is None:
        return
    first = block.pence(printed.first_year_savings - printed.first_year_cost)
    year, because = _paid_back_in(first, fits)
    number = Decimal(printed.payback_year)
    said = f"After year 1 the project stands at {pounds(int(first))}.{because}"
    if year is None:
        verdict = PrintedVerdict.CANNOT_BE if first < 0 and number == 1 else PrintedVerdict.NOT_DERIVABLE
        yield _finding(block, "payback", "year", number, None, verdict, LikelyCause.INDEX, said)
        return
    agrees = number == year
    if number == year - 1:
        said += f" Year {number} holds only if the first year is counted as year 0."
    verdict = PrintedVerdict.AGREES if agrees else PrintedVerdict.DIFFERS
    cause = None if agrees else LikelyCause.INDEX
    yield _finding(block, "payback", "year", number, Decimal(year), verdict, cause, said)


def _paid_back_in(first: Decimal, fits: tuple[Fit, ...]) -> tuple[int | None, str]:
    if first >= 0:
        return 1, ""
    for fit in fits[:1]:
        for number in range(2, len(fit.flows_pence) + 1):
            if sum(fit.flows_pence[:number]) >= 0:
                return (
                    number,
                    f" It is paid back in year {number} on the flows that the printed rate implies.",
                )
    return None, ""
