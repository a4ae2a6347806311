"""One line of a scorecard: an indicator's baseline, target, latest accepted figure, comparators and rating."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.baseline import Baseline
from services.outcomes.rules.comparator import Comparator, ComparatorKind, better_than
from services.outcomes.rules.confidence import Confidence, Significance, confidence, significance
from services.outcomes.rules.dimension import ALL, Dimensions
from services.outcomes.rules.indicator import Axis, Indicator, Polarity, ValueType
from services.outcomes.rules.measure import Measure, MeasureStatus
from services.outcomes.rules.rating import Colour, RatingReason, rate
from services.outcomes.rules.resolution import Resolved, Sense, Stage, resolve
from services.outcomes.rules.target import Target, TargetKind
from shared.calendar import Period, read_period
from shared.money import Qualifier


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest accepted figure: for which period, of which revision, recorded when.

    Numerator and denominator are None for who sees accepted values only.
    """

    period: str
    financial_year: str | None
    financial_quarter: int | None
    value: Decimal | None
    status: MeasureStatus
    numerator: Decimal | None
    denominator: Decimal | None
    revision: int
    recorded_at: datetime

    @property
    def measure(self) -> Measure:
        return Measure(self.value, self.status, self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is on record for one line: an indicator, as one provider reports it under one contract, or as nobody does."""

    indicator: Indicator
    obligation_id: UUID | None
    contract_id: UUID | None
    provider_organisation_id: UUID | None
    latest: Latest | None
    baseline: Baseline | None
    targets: tuple[Target, ...]
    comparators: tuple[Comparator, ...]
    dimensions: Dimensions = ALL
    before: Latest | None = None


@dataclass(frozen=True, slots=True)
class BaselineShown:
    """Where the indicator stood before."""

    period: str
    value: Decimal | None
    status: MeasureStatus
    qualifier: Qualifier | None


@dataclass(frozen=True, slots=True)
class TargetShown:
    """The target that applies, and what it comes to for the period of the latest figure.

    `value` is None where it comes to nothing; the line's reason then says why.
    """

    id: UUID
    kind: TargetKind
    period: str | None
    stated: str | None
    value: Decimal | None
    sense: Sense | None
    due: bool
    stage: Stage | None
    approximate: bool
    interpolated: bool


@dataclass(frozen=True, slots=True)
class ComparatorShown:
    """A comparator's figure of the same period, and whether the indicator's own is better (None: neither)."""

    id: UUID
    kind: ComparatorKind
    name: str
    group_version: str | None
    period: str
    value: Decimal | None
    status: MeasureStatus
    own_is_better: bool | None
    significance: Significance | None


class Trend(StrEnum):
    """How the latest known figure stands to the known one of the period before; a polarity of none has no better."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class ScorecardLine:
    """One indicator as one provider reports it, rated with a reason.

    `confidence` is there where the caller sees numerator and denominator of a proportion or rate.
    """

    indicator_id: UUID
    code: str
    title: str
    unit: str | None
    value_type: ValueType
    polarity: Polarity
    obligation_id: UUID | None
    contract_id: UUID | None
    provider_organisation_id: UUID | None
    baseline: BaselineShown | None
    target: TargetShown | None
    latest: Latest | None
    previous: Latest | None
    trend: Trend | None
    confidence: Confidence | None
    comparators: tuple[ComparatorShown, ...]
    axis: Axis
    domain: str | None
    dimensions: Dimensions
    rating: Colour
    reason: RatingReason


def applying(targets: Sequence[Target], contract_id: UUID | None, day: date) -> Target | None:
    """The target that applies on a day: the contract's own before the partnership's, the next that is to be reached.

    After the last horizon the last target goes on holding. A target without a period holds at all times, where
    none with a period does better. Of targets that end on one day (2016Q1 and 2015April) the one of the shorter
    period applies: it was set for figures like those of that quarter, the other for a whole year's. The id breaks
    a tie that is left, so that the same question has the same answer.
    """
    own = [each for each in targets if contract_id is not None and each.contract_id == contract_id]
    candidates = own or [each for each in targets if each.contract_id is None]
    dated = [(read_period(each.period), each) for each in candidates if each.period is not None]
    dated.sort(
        key=lambda each: (-each[0].first_day.toordinal(), each[1].id)
    )  # the shorter first, where ends are one
    ahead = [each for each in dated if each[0].last_day >= day]
    if ahead:
        return min(ahead, key=_end)[1]
    always = next((each for each in candidates if each.period is None), None)
    return always or (max(dated, key=_end)[1] if dated else None)


def _end(dated: tuple[Period, Target]) -> date:
    return dated[0].last_day


def line(facts: Facts, framework_id: UUID | None, as_at: date) -> ScorecardLine:
    """One line of the scorecard. The framework, where one is asked for, says which way is good."""
    indicator, latest = facts.indicator, facts.latest
    polarity = indicator.polarity_in(framework_id)
    period = None if latest is None else read_period(latest.period)
    target = applying(facts.targets, facts.contract_id, as_at if period is None else period.last_day)
    baseline = facts.baseline
    start = None if baseline is None else (baseline.measure, read_period(baseline.period))
    series = {each.id: each for each in facts.comparators}
    resolved = resolve(
        target,
        indicator,
        polarity=polarity,
        baseline=start,
        comparator=None
        if target is None or target.comparator_id is None
        else series.get(target.comparator_id),
        period=period or _assumed(target, as_at),
    )
    rating = rate(
        None if latest is None else latest.measure,
        resolved,
        None if baseline is None else baseline.measure,
        None if target is None else target.amber_tolerance,
    )
    interval = None if latest is None else confidence(indicator, latest.numerator, latest.denominator)
    return ScorecardLine(
        indicator_id=indicator.id,
        code=indicator.code,
        title=indicator.title,
        unit=indicator.unit,
        value_type=indicator.value_type,
        polarity=polarity,
        obligation_id=facts.obligation_id,
        contract_id=facts.contract_id,
        provider_organisation_id=facts.provider_organisation_id,
        baseline=None
        if baseline is None
        else BaselineShown(baseline.period, baseline.value, baseline.status, baseline.qualifier),
        target=None if target is None else _target_shown(target, resolved),
        latest=latest,
        previous=facts.before,
        trend=_trend(latest, facts.before, polarity),
        confidence=interval,
        comparators=tuple(_comparators_shown(facts, polarity, interval)),
        axis=indicator.axis,
        domain=indicator.domain_in(framework_id),
        dimensions=indicator.dimensions.over(facts.dimensions),
        rating=rating.colour,
        reason=rating.reason,
    )


def _assumed(target: Target | None, as_at: date) -> Period:
    """Without a figure there is no period to resolve for: the target's own, else the day that is asked about."""
    if target is not None and target.period is not None:
        return read_period(target.period)
    if target is not None and target.milestones:
        return read_period(target.milestones[-1].period)
    return read_period(as_at.strftime("%Y%m%d"))


def _target_shown(target: Target, resolved: Resolved) -> TargetShown:
    return TargetShown(
        id=target.id,
        kind=target.kind,
        period=target.period,
        stated=target.stated,
        value=resolved.value,
        sense=resolved.sense,
        due=resolved.due,
        stage=resolved.stage,
        approximate=resolved.approximate,
        interpolated=resolved.interpolated,
    )


def _trend(latest: Latest | None, before: Latest | None, polarity: Polarity) -> Trend | None:
    if latest is None or before is None or latest.value is None or before.value is None:
        return None
    if latest.value == before.value:
        return Trend.SAME
    better = better_than(latest.value, before.value, polarity)
    if better is None:
        return Trend.UP if latest.value > before.value else Trend.DOWN
    return Trend.BETTER if better else Trend.WORSE


def _comparators_shown(
    facts: Facts, polarity: Polarity, interval: Confidence | None
) -> Iterable[ComparatorShown]:
    if facts.latest is None:
        return
    own = facts.latest.value
    for each in facts.comparators:
        found = each.at(facts.latest.period)
        if found is None:
            continue
        better = None if own is None or found.value is None else better_than(own, found.value, polarity)
        yield ComparatorShown(
            id=each.id,
            kind=each.kind,
            name=each.name,
            group_version=each.group_version,
            period=facts.latest.period,
            value=found.value,
            status=found.status,
            own_is_better=better,
            significance=significance(interval, found.value, polarity),
        )
