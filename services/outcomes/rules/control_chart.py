"""The control chart of an accepted series: its points and gaps, its limits, its breaks, and what it says of its target.

Limits and icons are those of rules/spc.py. A period without a known figure is a gap: it is shown as one, takes no part in
any limit, and is never 0. For who sees published figures only a suppressed one is such a gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from services.outcomes.rules import spc
from services.outcomes.rules.indicator import Indicator, Polarity
from services.outcomes.rules.measure import MeasureStatus, cut
from services.outcomes.rules.reporting_period import periods_between
from services.outcomes.rules.spc import Assurance, ChartPoint, RuleSet, Stretch, Variation
from services.outcomes.rules.spc_setting import BreakKind, SpcSettings
from services.outcomes.rules.spc_signal import Signal
from shared.calendar import Period, read_period
from shared.errors import Kind, reason

SERIES_AMBIGUOUS = reason(
    "spc_series_ambiguous",
    Kind.INVALID,
    "More than one return has a figure of this indicator for one period. Name the obligation, the contract or the "
    "provider whose series is meant.",
)


@dataclass(frozen=True, slots=True)
class SeriesFigure:
    """An accepted figure of a series as its reader may see it. `value` is None where the status says why."""

    obligation_id: UUID
    contract_id: UUID
    provider_organisation_id: UUID
    period: str
    value: Decimal | None
    status: MeasureStatus
    revision: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PlottedPoint:
    """One period of the chart. Without a value it is a gap; `status` is None where nothing was accepted at all."""

    period: str
    financial_year: str | None
    on: date
    value: Decimal | None
    status: MeasureStatus | None
    revision: int | None
    provider_organisation_id: UUID | None
    stretch: int | None
    centre: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    signal: Signal | None
    variation: Variation | None


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """Where figures before and after are not of one process. `rebased`: new limits hold from there.

    A change of provider or contract within the series is named without anybody having said so; `reason` is None then.
    """

    on: date
    kind: BreakKind
    reason: str | None
    rebased: bool
    from_provider_organisation_id: UUID | None
    to_provider_organisation_id: UUID | None


@dataclass(frozen=True, slots=True)
class StretchShown:
    """The points between two rebasings, with their limits and how many say what."""

    number: int
    points: int
    centre: Decimal
    lower: Decimal | None
    upper: Decimal | None
    counts: dict[Variation, int]


@dataclass(frozen=True, slots=True)
class TargetLine:
    """The target in force for the newest point. `value` is None where it comes to nothing."""

    target_id: UUID
    period: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A chart ready to draw. `complete` is False while there is a gap between its first and last period.

    `frozen_after` is None also where the settings freeze limits on more points than a stretch has so far.
    """

    indicator_id: UUID
    partnership_id: UUID
    code: str
    title: str
    unit: str | None
    polarity: Polarity
    framework_id: UUID | None
    as_at: date
    as_recorded: datetime | None
    rule_set: RuleSet
    settings_id: UUID | None
    frozen_after: int | None
    complete: bool
    points: tuple[PlottedPoint, ...]
    stretches: tuple[StretchShown, ...]
    breaks: tuple[SeriesBreak, ...]
    target: TargetLine | None
    variation: Variation | None
    assurance: Assurance | None


@dataclass(frozen=True, slots=True)
class ChartQuestion:
    """How a chart is asked for: by which rules, in whose sense of good, at a date and as recorded at an instant."""

    rule_set: RuleSet
    framework_id: UUID | None
    as_at: date
    as_recorded: datetime | None


def ordered(figures: Collection[SeriesFigure]) -> list[tuple[Period, SeriesFigure]]:
    """One figure for each period, in order of time; refuses a series of which two returns tell one period."""
    by_period: dict[str, list[SeriesFigure]] = defaultdict(list)
    for each in figures:
        by_period[each.period].append(each)
    for period, found in sorted(by_period.items()):
        if len(found) > 1:
            obligations = sorted(str(each.obligation_id) for each in found)
            raise SERIES_AMBIGUOUS("?obligation_id", period=period, obligation_ids=obligations)
    dated = [(read_period(period), found[0]) for period, found in by_period.items()]
    return sorted(dated, key=lambda each: each[0].first_day)


def control_chart(
    indicator: Indicator,
    series: Sequence[tuple[Period, SeriesFigure]],
    settings: SpcSettings | None,
    target: TargetLine | None,
    asked: ChartQuestion,
) -> ControlChart:
    """The chart of a series in order of time. Settings that the series does not bear out yet wait, and are not refused."""
    polarity = indicator.polarity_in(asked.framework_id)
    known = [
        spc.Reading(period.first_day, figure.value) for period, figure in series if figure.value is not None
    ]
    rebased = _rebased(known, settings)
    frozen = _frozen(known, rebased, settings)
    drawn = spc.chart(
        known,
        spc.Settings(
            asked.rule_set,
            polarity,
            None if target is None else target.value,
            tuple(sorted(set(rebased.values()))),
            frozen,
        ),
    )
    points = tuple(_plotted(indicator, series, drawn.points))
    return ControlChart(
        indicator_id=indicator.id,
        partnership_id=indicator.partnership_id,
        code=indicator.code,
        title=indicator.title,
        unit=indicator.unit,
        polarity=polarity,
        framework_id=asked.framework_id,
        as_at=asked.as_at,
        as_recorded=asked.as_recorded,
        rule_set=asked.rule_set,
        settings_id=None if settings is None else settings.id,
        frozen_after=frozen,
        complete=all(each.value is not None for each in points),
        points=points,
        stretches=tuple(_stretch(each) for each in drawn.stretches),
        breaks=tuple(sorted(_breaks(series, settings, rebased), key=lambda each: (each.on, each.kind))),
        target=target,
        variation=drawn.variation,
        assurance=drawn.assurance,
    )


def _rebased(known: Sequence[spc.Reading], settings: SpcSettings | None) -> dict[date, date]:
    """The days on which limits are made anew, by the day that the settings name: the first known figure from it on."""
    found: dict[date, date] = {}
    for each in () if settings is None else settings.rebasings:
        on = next((reading.on for reading in known[1:] if reading.on >= each.on), None)
        if on is not None and known[0].on < each.on:
            found[each.on] = on
    return found


def _frozen(
    known: Sequence[spc.Reading], rebased: dict[date, date], settings: SpcSettings | None
) -> int | None:
    """On how many points limits are frozen; None until every stretch has so many."""
    if settings is None or settings.frozen_after is None or not known:
        return None
    starts = [known[0].on, *sorted(set(rebased.values()))]
    lengths = [
        sum(first <= each.on and (after is None or each.on < after) for each in known)
        for first, after in zip(starts, (*starts[1:], None), strict=True)
    ]
    return settings.frozen_after if min(lengths) >= settings.frozen_after else None


def _plotted(
    indicator: Indicator, series: Sequence[tuple[Period, SeriesFigure]], drawn: Sequence[ChartPoint]
) -> Iterator[PlottedPoint]:
    """Every period from the first figure to the last, those without one too."""
    if not series:
        return
    figures = {period.id: figure for period, figure in series}
    by_day = {each.on: each for each in drawn}
    limits: dict[int, tuple[Decimal | None, ...]] = {}  # of each stretch, cut once
    first, last = series[0][0].first_day, series[-1][0].last_day
    for period in periods_between(indicator.frequency, first, last):
        figure, point = figures.get(period.id), by_day.get(period.first_day)
        told = (None,) * 4 if figure is None else _told(figure)
        if point is None:
            shown: tuple[Any, ...] = (None,) * 6
        else:
            if point.stretch not in limits:
                limits[point.stretch] = (cut(point.centre), _cut(point.lower), _cut(point.upper))
            shown = (point.stretch, *limits[point.stretch], point.signal, point.variation)
        yield PlottedPoint(period.id, period.financial_year, period.first_day, *told, *shown)


def _told(figure: SeriesFigure) -> tuple[Any, ...]:
    return figure.value, figure.status, figure.revision, figure.provider_organisation_id


def _cut(value: Decimal | None) -> Decimal | None:
    return None if value is None else cut(value)


def _stretch(found: Stretch) -> StretchShown:
    return StretchShown(
        found.number, found.points, cut(found.centre), _cut(found.lower), _cut(found.upper), found.counts
    )


def _breaks(
    series: Sequence[tuple[Period, SeriesFigure]], settings: SpcSettings | None, rebased: dict[date, date]
) -> Iterator[SeriesBreak]:
    rebasings = () if settings is None else settings.rebasings
    for each in rebasings:
        yield SeriesBreak(each.on, each.kind, each.reason, each.on in rebased, None, None)
    said = {each.on for each in rebasings}
    for (_, before), (period, after) in pairwise(series):
        theirs, ours = before.provider_organisation_id, after.provider_organisation_id
        if (theirs, before.contract_id) != (ours, after.contract_id) and period.first_day not in said:
            kind = BreakKind.ORGANISATION_CHANGE
            yield SeriesBreak(period.first_day, kind, None, False, theirs, ours)
