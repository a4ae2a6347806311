"""What a control chart says, in a sentence or two, for who cannot see it and for who does not read icons."""

from __future__ import annotations

from services.outcomes.rules.control_chart import ControlChart
from services.outcomes.rules.spc import Assurance, Variation

_VARIATION = {
    Variation.COMMON_CAUSE: "the newest point is common cause variation",
    Variation.IMPROVEMENT: "the newest point is special cause variation of an improving kind",
    Variation.CONCERN: "the newest point is special cause variation of a concerning kind",
    Variation.NEUTRAL_HIGH: "the newest point is special cause variation, high",
    Variation.NEUTRAL_LOW: "the newest point is special cause variation, low",
}
_ASSURANCE = {
    Assurance.CONSISTENT_PASS: "the process will meet its target as it runs",
    Assurance.CONSISTENT_FAIL: "the process will miss its target as it runs",
    Assurance.INCONSISTENT: "the process meets its target by chance only",
}
SIGNS = {
    Variation.COMMON_CAUSE: "common",
    Variation.IMPROVEMENT: "better",
    Variation.CONCERN: "worse",
    Variation.NEUTRAL_HIGH: "neutral",
    Variation.NEUTRAL_LOW: "neutral",
}


def in_words(chart: ControlChart) -> str:
    """The chart as a description: how long, with how many gaps and breaks, and what it says."""
    if not chart.points:
        return "No figure has been accepted that may be shown."
    gaps = sum(each.value is None for each in chart.points)
    first, last = chart.points[0].period, chart.points[-1].period
    rules = chart.rule_set.value
    said = [f"XmR chart by the rules {rules} of {len(chart.points)} periods, {first} to {last}"]
    if gaps:
        said.append(f"{gaps} of them without a figure")
    if chart.breaks:
        said.append("a break at " + ", ".join(each.on.isoformat() for each in chart.breaks))
    said.append("too few points for limits" if chart.variation is None else _VARIATION[chart.variation])
    if chart.assurance is not None:
        said.append(_ASSURANCE[chart.assurance])
    return "; ".join(said) + "."
