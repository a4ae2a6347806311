"""What an observer of a partnership may know of its money: totals, and whose figures are missing from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.budget.rules.figures import Figures, add_up, figures, variance
from services.budget.rules.line import Arrangement
from services.budget.rules.position import Asked, Measure, Position, Totals, Withheld, name_missing
from shared.money import Total


@dataclass(frozen=True, slots=True)
class ObservedOutlook:
    """What is committed and forecast in one arrangement, in pence, with those whose forecast is missing."""

    committed_pence: int | None = None
    forecast_pence: int | None = None
    forecast_missing: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class ObservedTotal:
    """The sums of one arrangement, in pence; None where nothing is known, with those whose part is unknown."""

    arrangement: Arrangement
    budget_pence: int | None
    budget_missing: tuple[UUID, ...]
    moved_pence: int
    actual_pence: int | None
    actual_missing: tuple[UUID, ...]
    due_pence: int | None
    due_missing: tuple[UUID, ...]
    received_pence: int | None
    outlook: ObservedOutlook = ObservedOutlook()


def observe(asked: Asked, seen: Sequence[ObservedTotal], withheld: Sequence[Withheld]) -> Position:
    """A position with its totals alone: no line, pool, category or partner."""
    by_kind = {each.arrangement: _figures(each) for each in seen}
    pooled, aligned, shadow = (by_kind.get(each, figures([])) for each in Arrangement)
    missing = name_missing(
        (organisation, measure)
        for each in seen
        for measure, organisations in (
            (Measure.BUDGET, each.budget_missing),
            (Measure.ACTUAL, each.actual_missing),
            (Measure.CONTRIBUTION, each.due_missing),
        )
        for organisation in organisations
    )
    return Position(
        asked.partnership_id,
        asked.pool_id,
        asked.financial_year,
        asked.as_at,
        asked.as_recorded,
        complete=not missing and not withheld,
        missing_contributors=missing,
        withheld_contributors=tuple(sorted(withheld, key=lambda each: each.organisation_id)),
        totals=Totals(pooled, aligned, shadow, add_up((pooled, aligned, shadow))),
        by_category=(),
        by_partner=(),
        by_category_and_partner=(),
        by_pool=(),
        lines=(),
    )


def _figures(seen: ObservedTotal) -> Figures:
    approved = _total(seen.budget_pence, seen.budget_missing)
    moved = None if seen.budget_pence is None else seen.budget_pence + seen.moved_pence
    adjusted = _total(moved, seen.budget_missing)
    actual = _total(seen.actual_pence, seen.actual_missing)
    due = _total(seen.due_pence, seen.due_missing)
    forecast = _total(seen.outlook.forecast_pence, seen.outlook.forecast_missing)
    return Figures(
        approved,
        adjusted,
        actual,
        variance(adjusted, actual),
        due,
        seen.received_pence,
        seen.outlook.committed_pence,
        forecast,
        variance(adjusted, forecast),
    )


def _total(known_pence: int | None, missing: Sequence[UUID]) -> Total:
    return Total(known_pence, not missing, tuple(str(each) for each in missing))
