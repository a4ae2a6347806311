"""One contract for its money: what it is worth, what was spent for it, what a unit cost, and what it achieved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.gateway.clients.contract_spends import SpentForContract
from services.gateway.clients.priced_contracts import NamedProvider, PricedContract, StatedMoney
from services.gateway.clients.scorecards import CardFigure, CardLine
from services.gateway.clients.shown_texts import IndicatorCode, IndicatorTitle
from services.gateway.rules.unit_cost import Activity, NoUnitCost, unit_cost


@dataclass(frozen=True, slots=True)
class UnitCostOfContract:
    """What one unit cost in pounds: the provider's own figure as `reported`, else spend by activity of the same year.

    `pounds` is null where it cannot be told, and `because` says why.
    """

    code: IndicatorCode
    title: IndicatorTitle
    unit: str | None
    reported: bool
    period: str | None
    pounds: str | None
    because: NoUnitCost | None


@dataclass(frozen=True, slots=True)
class ContractForMoney:
    """A contract side by side. What the register has is null where it did not answer, or has no such contract.

    `spend_pence` is null where it is not known, and 0 only where all spending is seen and is for other contracts.
    `spend_whole` is false where anybody's spend for it may be missing. `outcomes` is null where outcomes did not answer.
    """

    contract_id: UUID
    reference: str | None
    title: str | None
    service: str | None
    category: str | None
    state: str | None
    owner_organisation_id: UUID | None
    associate_organisation_ids: tuple[UUID, ...]
    providers: tuple[NamedProvider, ...]
    value: StatedMoney | None
    value_basis: str | None
    spend_pence: int | None
    pooled_pence: int | None
    aligned_pence: int | None
    shadow_pence: int | None
    spend_whole: bool
    unit_costs: tuple[UnitCostOfContract, ...]
    outcomes: tuple[CardLine, ...] | None


@dataclass(frozen=True, slots=True)
class Joined:
    """What the services say of one contract; None what they did not answer or do not have."""

    financial_year: str
    listed: PricedContract | None
    spent: SpentForContract | None
    spend_whole: bool
    lines: Sequence[CardLine] | None


def contract_for_money(contract_id: UUID, joined: Joined) -> ContractForMoney:
    """A contract as all three know it."""
    listed, spent = joined.listed, joined.spent
    return ContractForMoney(
        contract_id=contract_id,
        reference=listed.reference if listed else None,
        title=listed.title if listed else None,
        service=listed.service if listed else None,
        category=listed.category if listed else None,
        state=listed.state if listed else None,
        owner_organisation_id=listed.owner_organisation_id if listed else None,
        associate_organisation_ids=listed.associate_organisation_ids if listed else (),
        providers=listed.providers if listed else (),
        value=listed.value if listed else None,
        value_basis=listed.value_basis if listed else None,
        spend_pence=spent.spend_pence if spent else None,
        pooled_pence=spent.pooled_pence if spent else None,
        aligned_pence=spent.aligned_pence if spent else None,
        shadow_pence=spent.shadow_pence if spent else None,
        spend_whole=spent is not None and joined.spend_whole,
        unit_costs=tuple(_unit_costs(joined)),
        outcomes=None if joined.lines is None else tuple(joined.lines),
    )


def _unit_costs(joined: Joined) -> list[UnitCostOfContract]:
    found = []
    for line in joined.lines or ():
        latest = line.latest
        period = latest.period if latest else None
        if line.value_type == "unit_cost":
            pounds = latest.value if latest else None
            because = None if pounds is not None else NoUnitCost.ACTIVITY_NOT_KNOWN
            found.append(UnitCostOfContract(line.code, line.title, line.unit, True, period, pounds, because))
        elif line.axis == "activity" and line.value_type == "count":
            spend = joined.spent.spend_pence if joined.spent else None
            activity = _activity(latest, _in_parts(line, joined.lines or ()))
            cost = unit_cost(spend, joined.spend_whole, activity, joined.financial_year)
            pounds = None if cost.pounds is None else format(cost.pounds, "f")
            found.append(
                UnitCostOfContract(line.code, line.title, line.unit, False, period, pounds, cost.because)
            )
    return found


def _activity(latest: CardFigure | None, in_parts: bool) -> Activity:
    """A year's activity is told by the id of its period, `2014April`; of a month or quarter it is not the year's."""
    if latest is None or latest.value is None:
        return Activity(None, None)
    whole = latest.financial_year if latest.period.endswith("April") else None
    return Activity(whole, Decimal(latest.value), in_parts)


def _in_parts(line: CardLine, lines: Sequence[CardLine]) -> bool:
    """Whether the figure is of a part of the contract: of one area, site or group, or of one provider of several."""
    of = line.dimensions
    parts = (of.area, of.sub_area, of.provider_site, of.age_band, of.deprivation_quintile, of.cohort)
    return (
        any(each is not None for each in parts)
        or sum(each.indicator_id == line.indicator_id for each in lines) > 1
    )
