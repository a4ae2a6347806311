"""Early triggers as rules: what raises one, what does not, and how it is seen to."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.outcomes.rules.control_chart import SeriesFigure
from services.outcomes.rules.indicator import Frequency
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.rating import Colour, RatingReason
from services.outcomes.rules.sequence import SeriesFacts
from services.outcomes.rules.spc_signal import Signal
from services.outcomes.rules.trigger import (
    Found,
    Trigger,
    TriggerEvidence,
    TriggerOutcome,
    TriggerRule,
    TriggerState,
    acknowledge,
    check_trigger_lead,
    resolve_trigger,
)
from services.outcomes.rules.trigger_finding import found_in, overdue_by
from shared.errors import Refusal
from tests.outcomes.figures import (
    CONTRACT,
    DOWN,
    NEITHER,
    OWNER,
    PARTNERSHIP,
    PROVIDER,
    UP,
    a_comparator,
    a_target,
    an_indicator,
)

DAY = date(2030, 1, 1)
QUARTERS = [f"{year}Q{quarter}" for year in range(2014, 2024) for quarter in range(1, 5)]


def facts(*values, polarity=DOWN, comparators=(), targets=(), **changes) -> SeriesFacts:
    indicator = an_indicator(polarity=polarity, frequency=Frequency.QUARTERLY)
    figures = tuple(
        SeriesFigure(
            uuid.UUID(int=9),
            CONTRACT,
            PROVIDER,
            QUARTERS[number],
            None if value is None else Decimal(str(value)),
            MeasureStatus.ACTUAL if value is not None else MeasureStatus.NOT_YET_AVAILABLE,
            1,
            datetime(2015, 1, 1, tzinfo=UTC),
        )
        for number, value in enumerate(values)
        if value != "gap"
    )
    return SeriesFacts(
        indicator,
        figures,
        tuple(a_target(indicator, **each) for each in targets),
        (),
        tuple(a_comparator(indicator, each) for each in comparators),
        **changes,
    )


def found(made: SeriesFacts) -> dict[TriggerRule, Found]:
    return {each.rule: each for each in found_in(made, DAY)}


@pytest.mark.parametrize(
    ("values", "polarity", "england", "raised"),
    [
        ((8, 9), DOWN, "8.5", True),
        ((8, 9), DOWN, "9", False),
        ((8, 9), DOWN, "9.5", False),
        ((9, 9), DOWN, "8.5", False),
        ((9.5, 9), DOWN, "8.5", False),
        ((9, 8), UP, "8.5", True),
        ((8, 9), NEITHER, "8.5", False),
        ((9,), DOWN, "8.5", False),
        ((8, None), DOWN, "8.5", False),
    ],
)
def test_worse_than_the_comparator_and_worsening(values, polarity, england, raised):
    newest = QUARTERS[len(values) - 1]
    made = found(facts(*values, polarity=polarity, comparators=({newest: england},)))
    assert (TriggerRule.WORSE_THAN_COMPARATOR in made) is raised


def test_the_evidence_names_the_comparators_and_the_figure_before():
    made = found(facts(8, None, 9, comparators=({"2014Q3": "8.5"}, {"2014Q2": "1"}, {"2014Q3": None})))
    evidence = made[TriggerRule.WORSE_THAN_COMPARATOR].evidence
    assert (evidence.value, evidence.previous_period, evidence.previous_value) == (9, "2014Q1", 8)
    assert [(each.name, each.value) for each in evidence.comparators] == [("England", Decimal("8.5"))]


def test_a_special_cause_of_concern_and_none_of_improvement():
    level = [10, 11] * 7
    made = found(facts(*level, 40))[TriggerRule.SPC_CONCERN]
    assert (made.period, made.evidence.signal) == ("2017Q3", Signal.ABOVE_UPPER_LIMIT)
    assert made.evidence.upper is not None
    assert made.evidence.upper < 40
    assert TriggerRule.SPC_CONCERN not in found(facts(*level, 40, polarity=UP))
    assert TriggerRule.SPC_CONCERN not in found(facts(*level))
    assert TriggerRule.SPC_CONCERN not in found(facts(10, 11, 40))


def test_two_reds_running_and_not_two_reds_with_a_period_between():
    goal = ({"value": "7"},)
    evidence = found(facts(6, 9, 8, targets=goal))[TriggerRule.TWO_REDS_RUNNING].evidence
    assert (evidence.rating, evidence.rating_reason, evidence.previous_value) == (
        Colour.RED,
        RatingReason.SHORT_OF_TARGET,
        9,
    )
    assert (evidence.target_value, evidence.previous_target_value) == (7, 7)
    for values in ((6, 6, 9), (9, 9, 6), (9, "gap", 9), (9, None, 9), (9,)):
        assert TriggerRule.TWO_REDS_RUNNING not in found(facts(*values, targets=goal))
    assert found(facts(9, 9)) == {}


def test_each_red_is_one_against_its_own_periods_target():
    goals = ({"value": "10", "period": "2014Q1"}, {"value": "7", "period": "2014Q2"})
    assert TriggerRule.TWO_REDS_RUNNING not in found(facts(9, 9, targets=goals))


@pytest.mark.parametrize(
    ("day", "days"), [(date(2014, 7, 20), None), (date(2014, 7, 21), 1), (date(2016, 2, 29), 589)]
)
def test_a_return_is_overdue_from_the_day_after_its_due_day(day, days):
    made = overdue_by("2014Q2", 0, date(2014, 7, 20), day)
    assert (None if made is None else made.evidence.days_overdue) == days
    assert made is None or (made.rule, made.indicator_id) == (TriggerRule.RETURN_OVERDUE, None)


def a_trigger(state=TriggerState.RAISED) -> Trigger:
    return Trigger(
        id=uuid.uuid4(),
        partnership_id=PARTNERSHIP,
        owner_organisation_id=OWNER,
        contract_id=CONTRACT,
        obligation_id=uuid.uuid4(),
        provider_organisation_id=PROVIDER,
        indicator_id=None,
        rule=TriggerRule.RETURN_OVERDUE,
        period="2014Q2",
        financial_year="2014/15",
        revision=0,
        evidence=TriggerEvidence(),
        state=state,
        version=1,
        raised_at=datetime(2014, 7, 21, tzinfo=UTC),
    )


def test_a_trigger_is_acknowledged_and_then_resolved_each_once():
    now = datetime(2014, 8, 1, tzinfo=UTC)
    seen = acknowledge(a_trigger(), "Noted", now)
    done = resolve_trigger(seen, TriggerOutcome.RETURN_RECEIVED, "It came", now)
    assert (seen.state, done.state, done.version) == (TriggerState.ACKNOWLEDGED, TriggerState.RESOLVED, 3)
    for moved in (
        lambda: acknowledge(seen, None, now),
        lambda: acknowledge(done, None, now),
        lambda: resolve_trigger(a_trigger(), TriggerOutcome.RECOVERED, "x", now),
        lambda: resolve_trigger(done, TriggerOutcome.RECOVERED, "x", now),
    ):
        with pytest.raises(Refusal) as refused:
            moved()
        assert refused.value.code == "trigger_move_not_possible"
    with pytest.raises(Refusal) as refused:
        check_trigger_lead(a_trigger(), [PROVIDER])
    assert refused.value.code == "trigger_not_lead"
