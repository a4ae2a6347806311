"""A series of accepted figures and what it is held against: its chart, and its target and rating in any period."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.outcomes.rules.baseline import Baseline
from services.outcomes.rules.comparator import Comparator
from services.outcomes.rules.control_chart import (
    ChartQuestion,
    ControlChart,
    SeriesFigure,
    TargetLine,
    control_chart,
    ordered,
)
from services.outcomes.rules.indicator import Indicator, Polarity
from services.outcomes.rules.measure import Measure
from services.outcomes.rules.rating import Rating, rate
from services.outcomes.rules.resolution import Resolved, resolve
from services.outcomes.rules.scorecard_line import applying
from services.outcomes.rules.spc_setting import SpcSettings, settings_in_force
from services.outcomes.rules.target import Target
from shared.calendar import Period, read_period


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """What is on record for one indicator's series."""

    indicator: Indicator
    figures: tuple[SeriesFigure, ...]
    targets: tuple[Target, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    comparators: tuple[Comparator, ...] = ()
    settings: tuple[SpcSettings, ...] = ()


def chart_of(facts: SeriesFacts, asked: ChartQuestion) -> ControlChart:
    """The control chart of the series, with the target in force for its newest figure."""
    series = ordered(facts.figures)
    target = None
    if series:
        period, newest = series[-1]
        target = target_line(
            facts, facts.indicator.polarity_in(asked.framework_id), period, newest.contract_id
        )
    contracts = {figure.contract_id for _, figure in series}
    settings = settings_in_force(facts.settings, contracts)
    return control_chart(facts.indicator, series, settings, target, asked)


def target_line(
    facts: SeriesFacts, polarity: Polarity, period: Period, contract_id: UUID
) -> TargetLine | None:
    """The target that applies to figures of the period under the contract; None where there is none."""
    target = applying(facts.targets, contract_id, period.last_day)
    if target is None:
        return None
    return TargetLine(target.id, period.id, _resolved(facts, target, polarity, period, contract_id).value)


def rated(facts: SeriesFacts, figure: SeriesFigure) -> tuple[Rating, Resolved]:
    """How a figure of the series is rated in its own period, and what the target came to then."""
    period = read_period(figure.period)
    target = applying(facts.targets, figure.contract_id, period.last_day)
    resolved = _resolved(facts, target, facts.indicator.polarity, period, figure.contract_id)
    start = _baseline(facts, figure.contract_id)
    rating = rate(
        Measure(figure.value, figure.status),
        resolved,
        None if start is None else start.measure,
        None if target is None else target.amber_tolerance,
    )
    return rating, resolved


def _resolved(
    facts: SeriesFacts, target: Target | None, polarity: Polarity, period: Period, contract_id: UUID
) -> Resolved:
    start = _baseline(facts, contract_id)
    wanted = None if target is None else target.comparator_id
    return resolve(
        target,
        facts.indicator,
        polarity=polarity,
        baseline=None if start is None else (start.measure, read_period(start.period)),
        comparator=next((each for each in facts.comparators if each.id == wanted), None),
        period=period,
    )


def _baseline(facts: SeriesFacts, contract_id: UUID) -> Baseline | None:
    """The contract's own baseline, or else the one that holds throughout the partnership."""
    fitting = [each for each in facts.baselines if each.contract_id in {None, contract_id}]
    return max(fitting, key=lambda each: each.contract_id is not None, default=None)
