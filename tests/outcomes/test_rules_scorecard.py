"""The scorecard: the target that applies, figures beside their comparators, and what is not known."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.outcomes.rules.comparator import ComparatorKind
from services.outcomes.rules.indicator import Frequency, Placing, Polarity, ValueType
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.rating import Colour, RatingReason
from services.outcomes.rules.scorecard import scorecard, summary
from services.outcomes.rules.scorecard_line import Facts, Latest, applying
from services.outcomes.rules.target import TargetKind
from tests.outcomes.figures import (
    CONTRACT,
    DOWN,
    PARTNERSHIP,
    PROVIDER,
    a_baseline,
    a_comparator,
    a_target,
    an_indicator,
    dec,
    stated_change,
)

AS_AT = date(2017, 6, 30)


def latest(text, period="2016April", status=MeasureStatus.ACTUAL) -> Latest:
    return Latest(period, "2016/17", None, dec(text), status, None, None, 1, datetime(2017, 5, 1, tzinfo=UTC))


def facts(indicator, figure=None, *, baseline=None, targets=(), comparators=(), provider=PROVIDER) -> Facts:
    return Facts(
        indicator,
        None if provider is None else uuid.uuid4(),
        None if provider is None else CONTRACT,
        provider,
        figure,
        baseline,
        tuple(targets),
        tuple(comparators),
    )


def test_the_next_target_applies_then_the_last_goes_on_holding_and_the_contracts_own_comes_first():
    days = an_indicator()
    first, last = a_target(days, value="9", period="2014April"), a_target(days, value="8", period="2016April")
    always, own = a_target(days, value="10"), a_target(days, value="7", contract_id=CONTRACT)
    both = (last, first)
    assert applying(both, None, date(2014, 6, 30)) is first
    assert applying(both, None, date(2015, 3, 31)) is first
    assert applying(both, None, date(2015, 4, 1)) is last
    assert applying(both, None, date(2019, 4, 1)) is last
    assert applying((*both, always), None, date(2019, 4, 1)) is always
    assert applying((*both, own), CONTRACT, date(2015, 4, 1)) is own
    assert applying((own,), None, date(2015, 4, 1)) is None
    assert applying((), CONTRACT, date(2015, 4, 1)) is None


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("day", [date(2015, 6, 30), date(2016, 3, 31), date(2019, 4, 1)])
def test_of_targets_that_end_on_one_day_the_one_of_the_shorter_period_applies(day, backwards):
    days = an_indicator(frequency=Frequency.QUARTERLY)
    given = [
        a_target(days, value="9", period="2015April"),
        a_target(days, value="8", period="2016Q1"),
        a_target(days, value="8.5", period="2015AprilS2"),
    ]
    found = applying(given[::-1] if backwards else given, None, day)
    assert found is not None
    assert found.period == "2016Q1"


def test_of_targets_of_one_period_the_lower_id_applies_so_that_an_answer_never_changes():
    days = an_indicator()
    both = [a_target(days, value=value, period="2015April") for value in ("9", "8")]
    first = min(both, key=lambda each: each.id)
    for day in (date(2015, 6, 30), date(2019, 4, 1)):
        assert applying(both, None, day) is applying(both[::-1], None, day) is first


def test_a_card_and_its_summary_are_made_where_two_targets_end_on_one_day():
    days = an_indicator(frequency=Frequency.QUARTERLY)
    ends = [a_target(days, value="9", period="2015April"), a_target(days, value="8", period="2016Q1")]
    card = scorecard(PARTNERSHIP, AS_AT, [facts(days, latest("8.5", "2016Q1"), targets=ends)])
    line = card.lines[0]
    assert line.target is not None
    assert (line.target.period, line.target.value, line.rating) == ("2016Q1", 8, Colour.RED)
    assert summary(card).lines[0].target_value == 8


@pytest.mark.row("S2-O06")
def test_a_line_shows_where_it_came_from_where_it_should_be_and_where_it_is():
    days = an_indicator()
    base = a_baseline(days, "8.31")
    target = stated_change(days, base.measure, "5", period="2016April", stated="5% reduction")
    england = a_comparator(days, {"2016April": "8.5", "2015April": "8.6"})
    card = scorecard(
        PARTNERSHIP,
        AS_AT,
        [facts(days, latest("7.9"), baseline=base, targets=[target], comparators=[england])],
    )
    line = card.lines[0]
    assert line.baseline is not None
    assert line.baseline.value == Decimal("8.31")
    assert line.target is not None
    assert (str(line.target.value), line.target.stated, line.target.due) == ("7.8945", "5% reduction", True)
    assert (line.rating, line.reason) == (Colour.AMBER, RatingReason.IMPROVED_ON_BASELINE)
    assert [(each.value, each.own_is_better) for each in line.comparators] == [(Decimal("8.5"), True)]
    assert (card.complete, card.missing_contributors) == (True, ())
    assert card.ratings.amber == 1


def test_what_nobody_has_reported_is_none_and_named_and_never_nought():
    reported, owed, orphan = an_indicator(), an_indicator(), an_indicator()
    late = latest(None, status=MeasureStatus.NOT_YET_AVAILABLE)
    other = uuid.uuid4()
    card = scorecard(
        PARTNERSHIP,
        AS_AT,
        [
            facts(reported, latest("0")),
            facts(owed, late, provider=other),
            facts(owed, None, provider=other),
            facts(orphan, None, provider=None),
        ],
    )
    assert card.complete is False
    assert card.missing_contributors == (other,)
    assert [each.latest and each.latest.value for each in card.lines] == [0, None, None, None]
    assert (card.ratings.unrated, card.ratings.red) == (4, 0)
    assert card.against_england.not_compared == ("local-1",)


def test_nobody_is_asked_for_a_figure_that_was_told_and_is_suppressed_or_not_applicable():
    days, who = an_indicator(), uuid.uuid4()
    suppressed = facts(days, latest(None, status=MeasureStatus.SUPPRESSED), provider=who)
    card = scorecard(PARTNERSHIP, AS_AT, [facts(days, latest("0")), suppressed])
    assert (card.complete, card.missing_contributors) == (False, ())
    nothing = facts(days, latest(None, status=MeasureStatus.NOT_APPLICABLE), provider=who)
    card = scorecard(PARTNERSHIP, AS_AT, [facts(days, latest("0")), nothing])
    assert (card.complete, card.missing_contributors) == (True, ())
    lost = facts(days, latest(None, status=MeasureStatus.MISSING), provider=who)
    card = scorecard(PARTNERSHIP, AS_AT, [suppressed, lost])
    assert (card.complete, card.missing_contributors) == (False, (who,))


def test_a_framework_says_which_way_is_good():
    framework = uuid.uuid4()
    indicator = an_indicator(
        ValueType.RATE, DOWN, "per 100,000", frameworks=(Placing(framework, "1", Polarity.HIGH_IS_GOOD),)
    )
    target = a_target(indicator, value="700")
    given = [facts(indicator, latest("697"), targets=[target])]
    assert scorecard(PARTNERSHIP, AS_AT, given).lines[0].rating is Colour.GREEN
    assert scorecard(PARTNERSHIP, AS_AT, given, framework).lines[0].rating is Colour.RED


def test_a_line_without_a_figure_shows_what_its_target_comes_to():
    days = an_indicator(frequency=Frequency.QUARTERLY)
    base = a_baseline(days, "33.05", "2012Q2")
    target = stated_change(days, base.measure, "5", period="2016April")
    line = scorecard(PARTNERSHIP, AS_AT, [facts(days, baseline=base, targets=[target])]).lines[0]
    assert line.target is not None
    assert str(line.target.value) == "31.3975"
    assert line.reason is RatingReason.NOTHING_ACCEPTED


def test_a_comparator_target_of_a_period_without_a_figure_has_none():
    days = an_indicator()
    england = a_comparator(days, {"2016April": "8.5"})
    target = a_target(days, TargetKind.COMPARATOR_EQUAL, comparator_id=england.id)
    line = scorecard(PARTNERSHIP, AS_AT, [facts(days, targets=[target], comparators=[england])]).lines[0]
    assert (line.reason, line.comparators) == (RatingReason.COMPARATOR_MISSING, ())


@pytest.mark.row("S1-O02")
def test_the_card_counts_how_many_measures_stand_worse_than_england():
    lines = []
    for number in range(32):
        days = an_indicator(code=f"m{number}")
        region = a_comparator(days, {"2016April": "1"}, ComparatorKind.REGION)
        england = a_comparator(days, {"2016April": "8"})
        lines.append(facts(days, latest("9" if number < 28 else "7"), comparators=[region, england]))
    found = scorecard(PARTNERSHIP, AS_AT, lines).against_england
    assert (found.worse, found.compared, str(found.worse_percent)) == (28, 32, "87.5")


def test_the_summary_says_the_same_in_short():
    days = an_indicator()
    card = scorecard(PARTNERSHIP, AS_AT, [facts(days, latest("7"), targets=[a_target(days, value="8")])])
    short = summary(card)
    assert (short.complete, short.ratings, short.against_england) == (
        card.complete,
        card.ratings,
        card.against_england,
    )
    assert [(each.value, each.target_value, each.rating) for each in short.lines] == [
        (Decimal(7), Decimal(8), Colour.GREEN)
    ]
