"""Bodies of breakdowns, roll-ups and confidence intervals."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.outcomes.api.figure_fields import Figure, PeriodOut, YearOut
from services.outcomes.rules.confidence import IntervalMethod
from services.outcomes.rules.dimension import Dimension
from services.outcomes.rules.roll_up import NoValue, Weighting
from shared.web.fields import Out


class ConfidenceOut(Out):
    """A confidence interval in the unit of the indicator: Wilson for proportions; for rates Byar, exact below 10."""

    low: Figure
    high: Figure
    method: IntervalMethod
    level_percent: int = Field(examples=[95])


class CategoryFigureOut(Out):
    """The figure of one category. Observers see neither numerator nor denominator."""

    category: str = Field(examples=["1"])
    value: Figure | None
    numerator: Figure | None
    denominator: Figure | None
    confidence: ConfidenceOut | None
    complete: bool
    missing_contributors: list[UUID]
    withheld_contributors: list[UUID]
    no_value_because: NoValue | None


class SpreadOut(Out):
    """How far the categories vary."""

    count: int
    lowest: Figure
    lower_quartile: Figure
    median: Figure
    upper_quartile: Figure
    highest: Figure
    range: Figure
    highest_by_lowest: Figure | None


class GapOut(Out):
    """How much worse one end fares than the other: most and least deprived fifth, or worst and best category."""

    worse_category: str = Field(examples=["1"])
    better_category: str = Field(examples=["5"])
    absolute: Figure
    relative: Figure | None


class BreakdownPeriodOut(Out):
    """The categories of one period."""

    period: PeriodOut
    financial_year: YearOut | None
    financial_quarter: int | None
    categories: list[CategoryFigureOut]
    spread: SpreadOut | None
    gap: GapOut | None


class BreakdownOut(Out):
    """An indicator along a dimension. `gap_narrows` holds the last known gap against the first."""

    indicator_id: UUID
    dimension: Dimension
    weighting: Weighting
    periods: list[BreakdownPeriodOut]
    gap_narrows: bool | None


class RolledUpOut(Out):
    """Figures joined into one, with the weighting, and whose figure is missing or withheld."""

    value: Figure | None
    numerator: Figure | None
    denominator: Figure | None
    weighting: Weighting
    contributions: int
    complete: bool
    missing_contributors: list[UUID]
    withheld_contributors: list[UUID]
    confidence: ConfidenceOut | None
    no_value_because: NoValue | None


class AreaFigureOut(Out):
    """The figure of an area: as reported for it, and as the areas in it come to."""

    indicator_id: UUID
    hierarchy_id: UUID
    area_code: str = Field(examples=["E08000002"])
    area_name: str = Field(examples=["Bury"])
    period: PeriodOut
    financial_year: YearOut | None
    financial_quarter: int | None
    reported: RolledUpOut | None
    rolled_up: RolledUpOut | None
    areas: list[str] = Field(examples=[["E08000002"]])
