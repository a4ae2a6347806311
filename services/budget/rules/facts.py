"""What the ledger and the promises hold for one line, pool or partner: the facts that a position adds up."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.budget.rules.category import Category
from services.budget.rules.figures import Part
from services.budget.rules.line import Arrangement
from shared.money import NOT_STATED, Money, summed


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line with what the ledger holds for it. `moved_pence` is what virement and supplementary estimate
    moved in the budget book; `actual_pence` is None when nothing was ever posted for the line, and
    `committed_pence` and `forecast_pence` when nothing was committed or forecast."""

    line_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID | None
    name: str
    category: Category
    arrangement: Arrangement
    budget: Money
    moved_pence: int = 0
    actual_pence: int | None = None
    committed_pence: int | None = None
    forecast_pence: int | None = None


@dataclass(frozen=True, slots=True)
class AlignedTotal:
    """Another partner's aligned lines of one category: sums without the lines behind them.

    `budget_unknown`, `actual_unknown` and `forecast_unknown` say that some line behind the sum has no known figure.
    """

    owner_organisation_id: UUID
    category: Category
    budget_pence: int | None
    budget_unknown: bool
    moved_pence: int
    actual_pence: int | None
    actual_unknown: bool
    committed_pence: int | None = None
    forecast_pence: int | None = None
    forecast_unknown: bool = True


@dataclass(frozen=True, slots=True)
class ContributionFacts:
    """What one partner promised to one pool for the year; unknown when it has not said."""

    organisation_id: UUID
    pool_id: UUID
    category: Category
    arrangement: Arrangement
    due: Money


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What one partner paid into one pool in the year, by the ledger."""

    organisation_id: UUID
    pool_id: UUID
    category: Category
    arrangement: Arrangement
    received_pence: int


def of_line(line: LineFacts) -> Part:
    actual = NOT_STATED if line.actual_pence is None else summed(line.actual_pence)
    return Part(
        line.owner_organisation_id,
        line.category,
        line.arrangement,
        line.pool_id,
        approved=(line.budget,),
        adjusted=(adjusted_budget(line),),
        actual=(actual,),
        committed_pence=line.committed_pence,
        forecast=(NOT_STATED if line.forecast_pence is None else summed(line.forecast_pence),),
    )


def adjusted_budget(line: LineFacts) -> Money:
    """Moving money into a line whose budget is unknown does not make the budget known."""
    if line.budget.amount_pence is None:
        return line.budget
    return summed(line.budget.amount_pence + line.moved_pence)


def of_aligned(sums: AlignedTotal) -> Part:
    budget = () if sums.budget_pence is None else (summed(sums.budget_pence),)
    adjusted = () if sums.budget_pence is None else (summed(sums.budget_pence + sums.moved_pence),)
    actual = () if sums.actual_pence is None else (summed(sums.actual_pence),)
    forecast = () if sums.forecast_pence is None else (summed(sums.forecast_pence),)
    unknown_budget = (NOT_STATED,) if sums.budget_unknown else ()
    unknown_actual = (NOT_STATED,) if sums.actual_unknown else ()
    return Part(
        sums.owner_organisation_id,
        sums.category,
        Arrangement.ALIGNED,
        None,
        approved=budget + unknown_budget,
        adjusted=adjusted + unknown_budget,
        actual=actual + unknown_actual,
        committed_pence=sums.committed_pence,
        forecast=forecast + ((NOT_STATED,) if sums.forecast_unknown else ()),
    )


def of_promise(promise: ContributionFacts) -> Part:
    return Part(
        promise.organisation_id, promise.category, promise.arrangement, promise.pool_id, due=(promise.due,)
    )


def of_receipt(receipt: ReceiptFacts) -> Part:
    return Part(
        receipt.organisation_id,
        receipt.category,
        receipt.arrangement,
        receipt.pool_id,
        received_pence=receipt.received_pence,
    )
