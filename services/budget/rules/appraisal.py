"""The appraisal of a project: return, discounted return, net present value, internal rate and payback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from pyxirr import irr

from services.budget.rules.cost_share import share_equally
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import Money, Total, half_up, total

MOST_YEARS = 60
IRR_TOLERANCE = Decimal("0.000001")

NO_YEARS = reason(
    "appraisal_no_years", Kind.INVALID, "An appraisal needs the costs and benefits of at least one year."
)
YEARS_IN_ORDER = reason(
    "appraisal_years_in_order",
    Kind.INVALID,
    "Give each year from the first to the last, one after the other.",
)
FLOW_NEGATIVE = reason(
    "appraisal_flow_negative",
    Kind.INVALID,
    "Costs and benefits are written without a sign: a cost of 340,000 is 340,000, not minus.",
)
RATE_OUT_OF_RANGE = reason(
    "appraisal_rate_out_of_range", Kind.INVALID, "A discount rate is from 0 to 100 per cent a year."
)


PARTNER_TWICE = reason(
    "appraisal_partner_twice", Kind.INVALID, "Name each partner who shares the costs once."
)


class Timing(StrEnum):
    """When in its year a flow counts. Said with every discounted figure, since the three differ."""

    START = "start_of_year"
    MID = "mid_year"
    END = "end_of_year"


_OFFSET = {Timing.START: Decimal(0), Timing.MID: Decimal("0.5"), Timing.END: Decimal(1)}


class NoRate(StrEnum):
    """Why there is no internal rate of return to give."""

    NO_CHANGE_OF_SIGN = "no_change_of_sign"
    SEVERAL_POSSIBLE = "several_possible"


@dataclass(frozen=True, slots=True)
class Cost:
    """One cost line of a project in a year (S2-B25)."""

    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Year:
    """What a year costs, line by line, and what it brings."""

    financial_year: str
    costs: tuple[Cost, ...]
    benefit: Money


@dataclass(frozen=True, slots=True)
class Project:
    """What is appraised: its years in order, the yearly rate in per cent, and when in its year a flow counts.

    `shared_by` are the partners who bear its costs in equal parts, if they do (S1-B06).
    """

    years: tuple[Year, ...]
    discount_percent: Decimal
    timing: Timing
    shared_by: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class CostShare:
    """What one partner bears of the whole costs; None while they are not known."""

    organisation_id: UUID
    amount_pence: int | None


@dataclass(frozen=True, slots=True)
class Payback:
    """The first year by whose end the project has paid for itself; the first year is number 1, not 0."""

    number: int
    financial_year: str


@dataclass(frozen=True, slots=True)
class Result:
    """The appraisal. Every figure over an unknown one is null, and `missing` says in which years."""

    timing: Timing
    discount_percent: Decimal
    complete: bool
    missing: tuple[str, ...]
    costs: Total
    benefits: Total
    net_pence: int | None
    roi_percent: Decimal | None
    npv_pence: int | None
    discounted_cost_pence: int | None
    discounted_roi_percent: Decimal | None
    irr_percent: Decimal | None
    no_irr_because: NoRate | None
    payback: Payback | None
    cumulative_pence: tuple[int, ...]
    cost_shares: tuple[CostShare, ...] = ()


def check(project: Project) -> Project:
    """The project, if its years follow one another and its figures carry no sign of their own."""
    if not project.years:
        raise NO_YEARS("/project/years")
    if not 0 <= project.discount_percent <= 100:
        raise RATE_OUT_OF_RANGE("/project/discount_percent")
    for index, partner in enumerate(project.shared_by):
        if partner in project.shared_by[:index]:
            raise PARTNER_TWICE(f"/project/shared_by/{index}")
    expected = read_financial_year(project.years[0].financial_year)
    for index, year in enumerate(project.years):
        if year.financial_year != expected.label:
            raise YEARS_IN_ORDER(f"/project/years/{index}/financial_year", expected=expected.label)
        expected = expected.next()
        for number, cost in enumerate(year.costs):
            if (cost.amount.amount_pence or 0) < 0:
                raise FLOW_NEGATIVE(f"/project/years/{index}/costs/{number}/amount/amount_pence")
        if (year.benefit.amount_pence or 0) < 0:
            raise FLOW_NEGATIVE(f"/project/years/{index}/benefit/amount_pence")
    return project


def appraise(project: Project) -> Result:
    """Return = net / cost; discounted return = NPV / discounted cost (HM Treasury, The Green Book, annex 2)."""
    years = [year.financial_year for year in project.years]
    costs = total((year.financial_year, each.amount) for year in project.years for each in year.costs)
    benefits = total((year.financial_year, year.benefit) for year in project.years)
    unknown = {*costs.missing_contributors, *benefits.missing_contributors}
    missing = tuple(year for year in years if year in unknown)
    if missing:
        return Result(
            project.timing,
            project.discount_percent,
            complete=False,
            missing=missing,
            costs=costs,
            benefits=benefits,
            net_pence=None,
            roi_percent=None,
            npv_pence=None,
            discounted_cost_pence=None,
            discounted_roi_percent=None,
            irr_percent=None,
            no_irr_because=None,
            payback=None,
            cumulative_pence=(),
            cost_shares=_shares(project, costs),
        )
    spent = [sum(each.amount.amount_pence or 0 for each in year.costs) for year in project.years]
    flows = [(year.benefit.amount_pence or 0) - cost for year, cost in zip(project.years, spent, strict=True)]
    npv = present_value(flows, project.discount_percent, project.timing)
    cost = present_value(spent, project.discount_percent, project.timing)
    rate, because = internal_rate(flows)
    return Result(
        project.timing,
        project.discount_percent,
        complete=True,
        missing=(),
        costs=costs,
        benefits=benefits,
        net_pence=sum(flows),
        roi_percent=percent(sum(flows), sum(spent)),
        npv_pence=half_up(npv),
        discounted_cost_pence=half_up(cost),
        discounted_roi_percent=percent(npv, cost),
        irr_percent=rate,
        no_irr_because=because,
        payback=_payback(flows, years),
        cumulative_pence=tuple(sum(flows[: n + 1]) for n in range(len(flows))),
        cost_shares=_shares(project, costs),
    )


def _shares(project: Project, costs: Total) -> tuple[CostShare, ...]:
    """«Project costs should be equally split between CCG and PCC» (S1-B06), to the penny."""
    partners = sorted(project.shared_by)
    if not costs.complete:
        return tuple(CostShare(each, None) for each in partners)
    parts = share_equally(costs.known_pence or 0, partners) if partners else {}
    return tuple(CostShare(each, parts[each]) for each in partners)


def present_value(flows: Sequence[Decimal | int], discount_percent: Decimal, timing: Timing) -> Decimal:
    """What flows of consecutive years are worth at the start of the first, exactly but for the last of 50 digits."""
    with localcontext(prec=50):
        growth = 1 + discount_percent / 100
        return sum(
            (flow / growth ** (number + _OFFSET[timing]) for number, flow in enumerate(flows)), Decimal(0)
        )


def internal_rate(flows: Sequence[Decimal | int]) -> tuple[Decimal | None, NoRate | None]:
    """The rate in per cent at which the flows are worth nothing, to two places; the timing does not change it.

    Found by a solver in binary fractions and then held, exactly, against a change of sign around it; what it does not
    find within IRR_TOLERANCE is found by halving. Flows whose sign changes once have exactly one rate above -100 per
    cent (Descartes' rule of signs); those whose sign changes more often can have several.
    """
    signs = [flow > 0 for flow in flows if flow != 0]
    changes = sum(one != other for one, other in pairwise(signs))
    if changes == 0:
        return None, NoRate.NO_CHANGE_OF_SIGN
    if changes > 1:
        return None, NoRate.SEVERAL_POSSIBLE
    found = irr([float(flow) for flow in flows], silent=True)
    rate = None if found is None else 100 * Decimal(found)
    if rate is None or not _is_rate(flows, rate):
        rate = _halved(flows)
    with localcontext(prec=50):
        return rate.quantize(Decimal("0.01"), ROUND_HALF_UP), None


def _is_rate(flows: Sequence[Decimal | int], rate: Decimal) -> bool:
    """Whether the worth of the flows changes its sign within IRR_TOLERANCE of the rate."""
    if not rate.is_finite() or rate - IRR_TOLERANCE <= -100:
        return False
    below = present_value(flows, rate - IRR_TOLERANCE, Timing.START)
    above = present_value(flows, rate + IRR_TOLERANCE, Timing.START)
    return (below > 0) != (above > 0) or below == 0


def _halved(flows: Sequence[Decimal | int]) -> Decimal:
    """The one rate of flows that change their sign once, to within IRR_TOLERANCE.

    By halving for v = 1 / (1 + rate): small v leaves the sign of the first flow, great v that of the last.
    """

    def as_first(v: Decimal) -> bool:
        return (sum((flow * v**number for number, flow in enumerate(flows)), Decimal(0)) > 0) == first

    first = next(flow > 0 for flow in flows if flow != 0)
    with localcontext(prec=100):
        low = high = Decimal(1)
        while not as_first(low):
            low /= 2
        while as_first(high):
            high *= 2
        while 100 / low - 100 / high > IRR_TOLERANCE:
            middle = (low + high) / 2
            low, high = (middle, high) if as_first(middle) else (low, middle)
        return 100 / high - 100


def _payback(flows: Sequence[int], years: Sequence[str]) -> Payback | None:
    """The first year from whose end on the project stays paid back."""
    standing: Payback | None = None
    for number, year in enumerate(years, start=1):
        if sum(flows[:number]) < 0:
            standing = None
        elif standing is None:
            standing = Payback(number, year)
    return standing


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """A part of a whole in per cent to two places, half up; None of nothing."""
    if whole == 0:
        return None
    with localcontext(
        prec=100
    ):  # a great benefit over a cost that is discounted to next to nothing has many digits
        return (100 * Decimal(part) / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)
