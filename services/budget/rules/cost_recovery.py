"""A service that trades, or that changes: whether its income recovers its full cost, and what a unit costs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from services.budget.rules.appraisal import percent
from shared.errors import Kind, reason
from shared.money import Money, Total, total

SERVICE_NEGATIVE = reason(
    "appraisal_service_negative",
    Kind.INVALID,
    "Income, costs and units of a service are not less than nothing.",
)


@dataclass(frozen=True, slots=True)
class Service:
    """A service that trades, or runs before and after a change: income, full cost, and units of what it does."""

    income: Money
    direct_cost: Money
    overheads: Money
    units_before: Decimal | None = None
    cost_before: Money | None = None
    units_after: Decimal | None = None


def check(service: Service) -> Service:
    for name in ("income", "direct_cost", "overheads", "cost_before"):
        money: Money | None = getattr(service, name)
        if money is not None and (money.amount_pence or 0) < 0:
            raise SERVICE_NEGATIVE(f"/service/{name}/amount_pence")
    for name, units in (("units_before", service.units_before), ("units_after", service.units_after)):
        if units is not None and units <= 0:
            raise SERVICE_NEGATIVE(f"/service/{name}")
    return service


@dataclass(frozen=True, slots=True)
class ServiceResult:
    """Whether a traded service recovers its full cost, and what a unit costs before and after a change.

    `recovers` is None where a figure is unknown. `unit_cost_change_percent` below zero: more for the money (S5-B08).
    """

    full_cost: Total
    recovers: bool | None
    short_by_pence: int | None
    unit_cost_before_pence: Decimal | None
    unit_cost_after_pence: Decimal | None
    unit_cost_change_percent: Decimal | None


def examine(service: Service) -> ServiceResult:
    """Full cost recovery: income is at least direct cost and overheads together (S2-B24)."""
    cost = total([("direct_cost", service.direct_cost), ("overheads", service.overheads)])
    income = service.income.amount_pence
    recovers = short = None
    if cost.complete and income is not None:
        short = max(0, (cost.known_pence or 0) - income)
        recovers = short == 0
    before = _unit_cost(service.cost_before, service.units_before)
    after = _unit_cost(Money(cost.known_pence) if cost.complete else None, service.units_after)
    change = None if before is None or after is None else percent(after - before, before)
    return ServiceResult(cost, recovers, short, before, after, change)


def _unit_cost(cost: Money | None, units: Decimal | None) -> Decimal | None:
    if cost is None or cost.amount_pence is None or not units:
        return None
    return (cost.amount_pence / units).quantize(Decimal("0.01"), ROUND_HALF_UP)
