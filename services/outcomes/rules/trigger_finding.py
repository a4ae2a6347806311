"""The rules that raise early triggers, each from the newest accepted figure of one series or from one due day.

Worse than a comparator and worsening; special cause of concern; two reds running; a return that is overdue.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.outcomes.rules.comparator import better_than
from services.outcomes.rules.control_chart import ChartQuestion, SeriesFigure, ordered
from services.outcomes.rules.measure import cut
from services.outcomes.rules.obligation import overdue
from services.outcomes.rules.rating import Colour
from services.outcomes.rules.sequence import SeriesFacts, chart_of, rated
from services.outcomes.rules.spc import RuleSet, Variation
from services.outcomes.rules.trigger import ComparatorEvidence, Found, TriggerEvidence, TriggerRule
from shared.calendar import Period

RULE_SET = RuleSet.MDC_2023_12


def found_in(facts: SeriesFacts, as_at: date) -> Iterator[Found]:
    """What the rules find in a series of one obligation. A newest figure that is not known raises nothing."""
    series = ordered(facts.figures)
    if not series or series[-1][1].value is None:
        return
    newest = series[-1][1]
    for rule, evidence in (
        (TriggerRule.WORSE_THAN_COMPARATOR, _worse(facts, series)),
        (TriggerRule.SPC_CONCERN, _special(facts, as_at)),
        (TriggerRule.TWO_REDS_RUNNING, _two_reds(facts, series)),
    ):
        if evidence is not None:
            yield Found(rule, facts.indicator.id, newest.period, newest.revision, evidence)


def overdue_by(period: str, revision: int, due_on: date, as_at: date) -> Found | None:
    """What the calendar finds: a return that has not come and whose due day has passed.

    `revision` is that which was sent back, so that a return is found again where it does not come again.
    """
    if not overdue(due_on, as_at, sent=False):
        return None
    evidence = TriggerEvidence(due_on=due_on, days_overdue=(as_at - due_on).days)
    return Found(TriggerRule.RETURN_OVERDUE, None, period, revision, evidence)


Dated = tuple[Period, SeriesFigure]


def _worse(facts: SeriesFacts, series: list[Dated]) -> TriggerEvidence | None:
    """Worse than a comparator in the same period, and worse than the last known figure before."""
    newest, polarity = series[-1][1], facts.indicator.polarity
    before = next((each for _, each in reversed(series[:-1]) if each.value is not None), None)
    if before is None or before.value is None or newest.value is None:
        return None
    if better_than(newest.value, before.value, polarity) is not False:
        return None
    worse = tuple(
        ComparatorEvidence(each.id, each.name, other.value)
        for each in facts.comparators
        if (other := each.at(newest.period)) is not None
        and other.value is not None
        and better_than(newest.value, other.value, polarity) is False
    )
    if not worse:
        return None
    return TriggerEvidence(
        value=newest.value, previous_period=before.period, previous_value=before.value, comparators=worse
    )


def _special(facts: SeriesFacts, as_at: date) -> TriggerEvidence | None:
    """The newest point of the control chart is special cause variation of a concerning kind."""
    chart = chart_of(facts, ChartQuestion(RULE_SET, None, as_at, None))
    if chart.variation is not Variation.CONCERN:
        return None
    point = chart.points[-1]
    return TriggerEvidence(
        value=point.value, signal=point.signal, centre=point.centre, lower=point.lower, upper=point.upper
    )


def _two_reds(facts: SeriesFacts, series: list[Dated]) -> TriggerEvidence | None:
    """The newest figure and that of the period right before it are both red, each against its own period's target."""
    if len(series) < 2:
        return None
    (earlier, before), (later, newest) = series[-2:]
    if (later.first_day - earlier.last_day).days != 1:
        return None
    (then, goal_then), (now, goal_now) = rated(facts, before), rated(facts, newest)
    if not then.colour is now.colour is Colour.RED:
        return None
    return TriggerEvidence(
        value=newest.value,
        previous_period=before.period,
        previous_value=before.value,
        rating=now.colour,
        rating_reason=now.reason,
        target_value=None if goal_now.value is None else cut(goal_now.value),
        previous_rating_reason=then.reason,
        previous_target_value=None if goal_then.value is None else cut(goal_then.value),
    )
