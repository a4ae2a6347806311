"""The position of a partnership or a pool in a year: what was approved, promised, received and spent, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

from services.budget.rules.category import Category
from services.budget.rules.facts import (
    AlignedTotal,
    ContributionFacts,
    LineFacts,
    ReceiptFacts,
    adjusted_budget,
    of_aligned,
    of_line,
    of_promise,
    of_receipt,
)
from services.budget.rules.figures import Figures, Part, figures
from services.budget.rules.line import Arrangement
from services.budget.rules.succession import Under
from shared.calendar import FinancialYear
from shared.errors import Kind, reason
from shared.money import Money

AS_AT_OUTSIDE_YEAR = reason(
    "as_at_outside_year", Kind.INVALID, "A position as at a day needs a day of its financial year."
)
ONE_SUBJECT = reason(
    "position_of_one_subject",
    Kind.INVALID,
    "Ask for the position of a partnership or of a pool: name one of the two.",
)
Key = TypeVar("Key")


class Measure(StrEnum):
    """What may be unknown in a position."""

    BUDGET = "budget"
    ACTUAL = "actual"
    CONTRIBUTION = "contribution"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which position: of which partnership, or one pool of it, in which year, as at and as recorded when."""

    partnership_id: UUID
    pool_id: UUID | None
    financial_year: str
    as_at: date
    as_recorded: datetime | None
    under: Under = Under.RECORDED


def ask(
    partnership_id: UUID,
    pool_id: UUID | None,
    year: FinancialYear,
    as_at: date | None,
    as_recorded: datetime | None,
    under: Under = Under.RECORDED,
) -> Asked:
    """The question, with the year's last day where no day is named."""
    if as_at is not None and as_at not in year:
        raise AS_AT_OUTSIDE_YEAR("?as_at", first_day=year.first_day, last_day=year.last_day)
    return Asked(partnership_id, pool_id, year.label, as_at or year.last_day, as_recorded, under)


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
    committed_pence: int | None
    forecast_outturn_pence: int | None
    forecast_variance_pence: int | None


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
    NOT_IN_AUDIT = "not_in_audit"
    SHARING_AGREEMENT_MISSING = "sharing_agreement_missing"


@dataclass(frozen=True, slots=True)
class Withheld:
    """Whose figures, or whose lines, the asker may not see, and what would open them.

    For want of a data-sharing agreement the lines alone are withheld: the figures are in every total.
    """

    organisation_id: UUID
    because: Because


def without_figures(withheld: Iterable[Withheld]) -> tuple[Withheld, ...]:
    """Those of them whose figures are not in the totals either."""
    return tuple(each for each in withheld if each.because is not Because.SHARING_AGREEMENT_MISSING)


@dataclass(frozen=True, slots=True)
class Position:
    """A position. Figures are pence; unknown is null, never 0; `complete` is false while anything is unknown.

    A forecast is an opinion, not an account: each total says by itself whether it is whole.
    """

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
    bodies: Mapping[UUID, UUID] = MappingProxyType({}),
) -> Position:
    """Add everything up, each way. The order in which facts arrive does not change the answer.

    `bodies` says under whom the figures of an organisation count that was succeeded; its lines stay under its name.
    """
    recorded = [
        *(of_line(each) for each in lines),
        *(of_aligned(each) for each in aligned),
        *(of_promise(each) for each in promises),
        *(of_receipt(each) for each in receipts),
    ]
    parts = [replace(part, owner=bodies.get(part.owner, part.owner)) for part in recorded]
    pooled = [part for part in parts if part.pool_id is not None]
    missing = _missing(parts)
    return Position(
        asked.partnership_id,
        asked.pool_id,
        asked.financial_year,
        asked.as_at,
        asked.as_recorded,
        complete=not missing and not without_figures(withheld),
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
    return name_missing(
        (part.owner, measure)
        for part in parts
        for measure, amounts in (
            (Measure.BUDGET, part.approved),
            (Measure.ACTUAL, part.actual),
            (Measure.CONTRIBUTION, part.due),
        )
        if any(not each.known for each in amounts)
    )


def name_missing(unknown: Iterable[tuple[UUID, Measure]]) -> tuple[Missing, ...]:
    """Whose figures are unknown, by organisation, each with the measures that are."""
    found: dict[UUID, set[Measure]] = {}
    for owner, measure in unknown:
        found.setdefault(owner, set()).add(measure)
    return tuple(Missing(owner, tuple(sorted(found[owner]))) for owner in sorted(found))


def _line_figures(line: LineFacts) -> LineFigures:
    adjusted = adjusted_budget(line).amount_pence
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
        _less(adjusted, line.actual_pence),
        line.committed_pence,
        line.forecast_pence,
        _less(adjusted, line.forecast_pence),
    )


def _less(budget: int | None, used: int | None) -> int | None:
    return None if budget is None or used is None else budget - used
