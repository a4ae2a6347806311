"""The body of a control chart."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.outcomes.api.figure_fields import Figure, PeriodOut, YearOut
from services.outcomes.rules.indicator import Polarity
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.spc import Assurance, RuleSet, Variation
from services.outcomes.rules.spc_setting import BreakKind
from services.outcomes.rules.spc_signal import Signal
from shared.web.fields import Day, Out


class PlottedPointOut(Out):
    """One period. Without a value it is a gap; `status` is null where nothing was accepted for the period."""

    period: PeriodOut
    financial_year: YearOut | None
    on: Day
    value: Figure | None
    status: MeasureStatus | None
    revision: int | None
    provider_organisation_id: UUID | None
    stretch: int | None
    centre: Figure | None
    lower: Figure | None
    upper: Figure | None
    signal: Signal | None
    variation: Variation | None


class StretchOut(Out):
    """The points between two rebasings, with their limits and how many say what."""

    number: int
    points: int
    centre: Figure
    lower: Figure | None
    upper: Figure | None
    counts: dict[str, int] = Field(examples=[{"common_cause": 23, "special_cause_concern": 2}])


class SeriesBreakOut(Out):
    """Where figures before and after are not of one process. `rebased`: new limits hold from there.

    A change of provider or contract is named without anybody having said so; `reason` is null then.
    """

    on: Day
    kind: BreakKind
    reason: str | None = Field(examples=["The wards were merged."])
    rebased: bool
    from_provider_organisation_id: UUID | None
    to_provider_organisation_id: UUID | None


class TargetLineOut(Out):
    """The target in force for the newest point. `value` is null where it comes to nothing."""

    target_id: UUID
    period: PeriodOut
    value: Figure | None


class SpcChartOut(Out):
    """A chart ready to draw. It is not complete while there is a gap between its first and last period.

    `variation` is what the newest point says, `assurance` what the newest limits say of the target.
    """

    indicator_id: UUID
    partnership_id: UUID
    code: str = Field(examples=["delayed-transfers"])
    title: str = Field(examples=["Delayed transfers of care"])
    unit: str | None = Field(examples=["per 100,000"])
    polarity: Polarity
    framework_id: UUID | None
    as_at: Day
    as_recorded: datetime | None
    rule_set: RuleSet
    settings_id: UUID | None
    frozen_after: int | None
    complete: bool
    points: list[PlottedPointOut]
    stretches: list[StretchOut]
    breaks: list[SeriesBreakOut]
    target: TargetLineOut | None
    variation: Variation | None
    assurance: Assurance | None
