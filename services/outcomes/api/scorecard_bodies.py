"""Bodies of scorecards, whole and in short."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.outcomes.api.breakdown_bodies import ConfidenceOut
from services.outcomes.api.dimension_fields import FigureDimensionsOut
from services.outcomes.api.figure_fields import Figure, PeriodOut, YearOut
from services.outcomes.rules.comparator import ComparatorKind
from services.outcomes.rules.confidence import Significance
from services.outcomes.rules.indicator import Axis, Polarity, ValueType
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.rating import Colour, RatingReason
from services.outcomes.rules.resolution import Sense, Stage
from services.outcomes.rules.scorecard_line import Trend
from services.outcomes.rules.target import TargetKind
from shared.money import Qualifier
from shared.web.fields import Day, Out


class BaselineShownOut(Out):
    """Where the indicator stood before."""

    period: PeriodOut
    value: Figure | None
    status: MeasureStatus
    qualifier: Qualifier | None


class TargetShownOut(Out):
    """The target that applies, and what it comes to for the period of the latest figure."""

    id: UUID
    kind: TargetKind
    period: PeriodOut | None
    stated: str | None = Field(examples=["5% reduction by 2016/17"])
    value: Figure | None
    sense: Sense | None
    due: bool
    stage: Stage | None
    approximate: bool
    interpolated: bool


class LatestOut(Out):
    """The latest accepted figure. Observers see neither numerator nor denominator."""

    period: PeriodOut
    financial_year: YearOut | None
    financial_quarter: int | None
    value: Figure | None
    status: MeasureStatus
    numerator: Figure | None
    denominator: Figure | None
    revision: int
    recorded_at: datetime


class ComparatorShownOut(Out):
    """A comparator's figure of the same period, and whether the indicator's own is better (null: neither)."""

    id: UUID
    kind: ComparatorKind
    name: str = Field(examples=["England"])
    group_version: str | None = Field(examples=["CIPFA nearest neighbours, 2014"])
    period: PeriodOut
    value: Figure | None
    status: MeasureStatus
    own_is_better: bool | None
    significance: Significance | None = Field(
        description="Whether it lies outside the confidence interval, and on which side."
    )


class ScorecardLineOut(Out):
    """One indicator as one provider reports it, rated with a reason."""

    indicator_id: UUID
    code: str = Field(examples=["delayed-transfers"])
    title: str = Field(examples=["Delayed transfers of care"])
    unit: str | None = Field(examples=["per 100,000"])
    value_type: ValueType
    polarity: Polarity
    obligation_id: UUID | None
    contract_id: UUID | None
    provider_organisation_id: UUID | None
    baseline: BaselineShownOut | None
    target: TargetShownOut | None
    latest: LatestOut | None
    previous: LatestOut | None
    trend: Trend | None
    confidence: ConfidenceOut | None
    comparators: list[ComparatorShownOut]
    axis: Axis
    domain: str | None = Field(examples=["1"], description="Of the framework that was asked for.")
    dimensions: FigureDimensionsOut
    rating: Colour
    reason: RatingReason


class RatingCountsOut(Out):
    """How many lines have each rating."""

    red: int
    amber: int
    green: int
    unrated: int


class BenchmarkOut(Out):
    """How many measures stand worse than England in the same period, and which cannot be compared."""

    worse: int
    better: int
    same: int
    compared: int
    worse_percent: Figure | None
    not_compared: list[str] = Field(examples=[["delayed-transfers"]])


class ScorecardOut(Out):
    """A partnership's outcomes at a date. Not complete while any line has no figure that you may know.

    Missing are who owe a figure and told none; one that is suppressed was told, one not applicable leaves nothing to know.
    """

    partnership_id: UUID
    as_at: Day
    as_recorded: datetime | None
    complete: bool
    missing_contributors: list[UUID]
    ratings: RatingCountsOut
    against_england: BenchmarkOut
    lines: list[ScorecardLineOut]


class SummaryLineOut(Out):
    """One line in short."""

    indicator_id: UUID
    code: str = Field(examples=["delayed-transfers"])
    title: str = Field(examples=["Delayed transfers of care"])
    unit: str | None = Field(examples=["per 100,000"])
    provider_organisation_id: UUID | None
    period: PeriodOut | None
    value: Figure | None
    status: MeasureStatus | None
    target_value: Figure | None
    rating: Colour
    reason: RatingReason


class ScorecardSummaryOut(Out):
    """The scorecard in short."""

    partnership_id: UUID
    as_at: Day
    as_recorded: datetime | None
    complete: bool
    missing_contributors: list[UUID]
    ratings: RatingCountsOut
    against_england: BenchmarkOut
    lines: list[SummaryLineOut]
