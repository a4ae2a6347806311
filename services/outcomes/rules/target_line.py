"""What the target in force comes to for the newest period of a series, as the line of a chart."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.outcomes.rules.baseline import Baseline
from services.outcomes.rules.comparator import Comparator
from services.outcomes.rules.control_chart import TargetLine
from services.outcomes.rules.indicator import Indicator, Polarity
from services.outcomes.rules.resolution import Resolved, resolve
from services.outcomes.rules.scorecard_line import applying
from services.outcomes.rules.target import Target
from shared.calendar import Period, read_period


def target_line(
    indicator: Indicator,
    polarity: Polarity,
    period: Period,
    contract_id: UUID | None,
    targets: Sequence[Target],
    baselines: Sequence[Baseline],
    comparators: Sequence[Comparator],
) -> TargetLine | None:
    """The target that applies to figures of the period under the contract; None where there is none."""
    target = applying(targets, contract_id, period.last_day)
    if target is None:
        return None
    found = resolved_at(indicator, polarity, period, target, contract_id, baselines, comparators)
    return TargetLine(target.id, period.id, found.value)


def resolved_at(
    indicator: Indicator,
    polarity: Polarity,
    period: Period,
    target: Target | None,
    contract_id: UUID | None,
    baselines: Sequence[Baseline],
    comparators: Sequence[Comparator],
) -> Resolved:
    """What a target comes to for a period: the contract's own baseline comes before the partnership's."""
    fitting = [each for each in baselines if each.contract_id in {None, contract_id}]
    start = max(fitting, key=lambda each: each.contract_id is not None, default=None)
    series = {each.id: each for each in comparators}
    return resolve(
        target,
        indicator,
        polarity=polarity,
        baseline=None if start is None else (start.measure, read_period(start.period)),
        comparator=None
        if target is None or target.comparator_id is None
        else series.get(target.comparator_id),
        period=period,
    )
