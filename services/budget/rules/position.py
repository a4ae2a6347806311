"""The position of a partnership or a pool in a year: what was approved, promised, received and spent, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from services.budget.rules.category import Category
from services.budget.rules.figures import Figures, Part, figures
from services.budget.rules.line import Arrangement
from shared.money import NOT_STATED, Money


Key = TypeVar("Key")


class Measure(StrEnum):
    """What may be unknown in a position."""

    BUDGET = "budget"
    ACTUAL = "actual"
    CONTRIBUTION = "contribution"


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line with what the ledger holds for it. `moved_pence` is what virement and supplementary estimate
    moved in the budget book; `actual_pence` is None when nothing was ever posted for the line."""

    line_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID | None
    name: str
    category: Category
    arrangement: Arrangement
    budget: Money
    moved_pence: int = 0
    actual_pence: int | None = None


@dataclass(frozen=True, slots=True)
class AlignedTotal:
    """Another partner's aligned lines of one category: sums without the lines behind them.

    `budget_unknown` and `actual_unknown` say that some line behind the sum has no known figure.
    """

    owner_organisation_id: UUID
    category: Category
    budget_pence: int | None
    budget_unknown: bool
    moved_pence: int
    actual_pence: int | None
    actual_unknown: bool


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


@dataclass(frozen=True, slots=True)
class Asked:
    """Which position: of which partnership, or one pool of it, in which year, as at and as recorded when."""

    partnership_id: UUID
    pool_id: UUID | None
    financial_year: str
    as_at: date
    as_recorded: datetime | None


@dataclass(frozen=True, slots=True)
class LineFigures:
    line_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID | None
    name: str
    category: Category
    arrangement: Arrangement
    budget_approved: Money
    budget_adjusted_pence: int | None
    actual_pence: int | None
    variance_pence: int | None


@dataclass(frozen=True, slots=True)
class PoolFigures:
    pool_id: UUID
    category: Category
    figures: Figures


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    category: Category
    figures: Figures


@dataclass(frozen=True, slots=True)
class PartnerFigures:
    organisation_id: UUID
    figures: Figures


@dataclass(frozen=True, slots=True)
class CategoryPartnerFigures:
    category: Category
    organisation_id: UUID
    figures: Figures


@dataclass(frozen=True, slots=True)
class Totals:
    """Shadow moves no money and is in no statutory total: `pooled` is what the pooled funds' accounts show.

    `whole` is the view of the whole place: pooled, aligned and shadow together (S1-B04, S5-B01).
    """

    pooled: Figures
    aligned: Figures
    shadow: Figures
    whole: Figures


@dataclass(frozen=True, slots=True)
class Missing:
    """Whose figures are not known, and which."""

    organisation_id: UUID
    figures: tuple[Measure, ...]


class Because(StrEnum):
    """Why figures that may exist are not shown."""

    SHADOW_CONSENT_MISSING = "shadow_consent_missing"


@dataclass(frozen=True, slots=True)
class Withheld:
    """Whose figures are not in the position because the asker may not see them, and what would open them."""

    organisation_id: UUID
    because: Because


@dataclass(frozen=True, slots=True)
class Position:
    """A position. Figures are pence; unknown is null, never 0; `complete` is false while anything is unknown."""

    partnership_id: UUID
    pool_id: UUID | None
    financial_year: str
    as_at: date
    as_recorded: datetime | None
    complete: bool
    missing_contributors: tuple[Missing, ...]
    withheld_contributors: tuple[Withheld, ...]
    totals: Totals
    by_category: tuple[CategoryFigures, ...]
    by_partner: tuple[PartnerFigures, ...]
    by_category_and_partner: tuple[CategoryPartnerFigures, ...]
    by_pool: tuple[PoolFigures, ...]
    lines: tuple[LineFigures, ...]


def assemble(
    asked: Asked,
    lines: Sequence[LineFacts],
    aligned: Sequence[AlignedTotal],
    promises: Sequence[ContributionFacts],
    receipts: Sequence[ReceiptFacts],
    withheld: Sequence[Withheld] = (),
) -> Position:
    """Add everything up, each way. The order in which facts arrive does not change the answer."""
    parts = [
        *(_of_line(each) for each in lines),
        *(_of_aligned(each) for each in aligned),
        *(_of_promise(each) for each in promises),
        *(_of_receipt(each) for each in receipts),
    ]
    pooled = [part for part in parts if part.pool_id is not None]
    missing = _missing(parts)
    return Position(
        asked.partnership_id,
        asked.pool_id,
        asked.financial_year,
        asked.as_at,
        asked.as_recorded,
        complete=not missing and not withheld,
        missing_contributors=missing,
        withheld_contributors=tuple(sorted(withheld, key=lambda each: each.organisation_id)),
        totals=_totals(parts),
        by_category=tuple(
            CategoryFigures(key, figures(group)) for key, group in _grouped(parts, lambda part: part.category)
        ),
        by_partner=tuple(
            PartnerFigures(key, figures(group)) for key, group in _grouped(parts, lambda part: part.owner)
        ),
        by_category_and_partner=tuple(
            CategoryPartnerFigures(category, owner, figures(group))
            for (category, owner), group in _grouped(parts, lambda part: (part.category, part.owner))
        ),
        by_pool=tuple(
            PoolFigures(key, group[0].category, figures(group))
            for key, group in _grouped(pooled, lambda part: part.pool_id)
            if key is not None
        ),
        lines=tuple(_line_figures(each) for each in sorted(lines, key=lambda one: one.line_id)),
    )


def _of_line(line: LineFacts) -> Part:
    actual = NOT_STATED if line.actual_pence is None else Money(line.actual_pence)
    return Part(
        line.owner_organisation_id,
        line.category,
        line.arrangement,
        line.pool_id,
        approved=(line.budget,),
        adjusted=(_adjusted(line),),
        actual=(actual,),
    )


def _adjusted(line: LineFacts) -> Money:
    """Moving money into a line whose budget is unknown does not make the budget known."""
    if line.budget.amount_pence is None:
        return line.budget
    return Money(line.budget.amount_pence + line.moved_pence)


def _of_aligned(sums: AlignedTotal) -> Part:
    budget = () if sums.budget_pence is None else (Money(sums.budget_pence),)
    adjusted = () if sums.budget_pence is None else (Money(sums.budget_pence + sums.moved_pence),)
    actual = () if sums.actual_pence is None else (Money(sums.actual_pence),)
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
    )


def _of_promise(promise: ContributionFacts) -> Part:
    return Part(
        promise.organisation_id, promise.category, promise.arrangement, promise.pool_id, due=(promise.due,)
    )


def _of_receipt(receipt: ReceiptFacts) -> Part:
    return Part(
        receipt.organisation_id,
        receipt.category,
        receipt.arrangement,
        receipt.pool_id,
        received_pence=receipt.received_pence,
    )


def _grouped(parts: Sequence[Part], key: Callable[[Part], Key]) -> list[tuple[Key, list[Part]]]:
    """Parts by a key, in the order of the key, so that the same facts give the same bytes."""
    groups: dict[Key, list[Part]] = {}
    for part in parts:
        groups.setdefault(key(part), []).append(part)
    return sorted(groups.items(), key=lambda item: str(item[0]))


def _totals(parts: Sequence[Part]) -> Totals:
    of = {each: [part for part in parts if part.arrangement is each] for each in Arrangement}
    return Totals(
        figures(of[Arrangement.POOLED]),
        figures(of[Arrangement.ALIGNED]),
        figures(of[Arrangement.SHADOW]),
        figures(parts),
    )


def _missing(parts: Sequence[Part]) -> tuple[Missing, ...]:
    """Whose figures are unknown, by organisation, each with the measures that are."""
    unknown: dict[UUID, set[Measure]] = {}
    for part in parts:
        for measure, amounts in (
            (Measure.BUDGET, part.approved),
            (Measure.ACTUAL, part.actual),
            (Measure.CONTRIBUTION, part.due),
        ):
            if any(not each.known for each in amounts):
                unknown.setdefault(part.owner, set()).add(measure)
    return tuple(Missing(owner, tuple(sorted(unknown[owner]))) for owner in sorted(unknown))


def _line_figures(line: LineFacts) -> LineFigures:
    adjusted = _adjusted(line).amount_pence
    known = adjusted is not None and line.actual_pence is not None
    return LineFigures(
        line.line_id,
        line.owner_organisation_id,
        line.pool_id,
        line.name,
        line.category,
        line.arrangement,
        line.budget,
        adjusted,
        line.actual_pence,
        adjusted - line.actual_pence if known else None,
    )
