"""Disclosure control: no small count of people, and nothing that rests on one or cannot be checked, is shown."""

import uuid
from decimal import Decimal
from typing import Any

import pytest

from services.outcomes.rules.disclosure import controlled
from services.outcomes.rules.indicator import Indicator, ValueType
from services.outcomes.rules.kpi_return import ReturnValue
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.observation import published
from tests.outcomes.figures import an_indicator, dec, measure, percentage

PEOPLE: dict[str, Any] = {"counts_people": True}
COUNT = an_indicator(ValueType.COUNT, **PEOPLE)
SHARE = percentage(**PEOPLE)
RATE = an_indicator(ValueType.RATE, unit="per 100,000", **PEOPLE)
MEAN = an_indicator(ValueType.DAYS, **PEOPLE)
OTHERS = [SHARE, RATE, MEAN, *(an_indicator(kind, **PEOPLE) for kind in (ValueType.RATIO, ValueType.SCORE))]
OTHERS += [
    an_indicator(ValueType.SURVEY_SCORE, **PEOPLE),
    an_indicator(ValueType.NOT_STATED, unit=None, **PEOPLE),
]


def parted(text, numerator=None, denominator=None, **more):
    return measure(text, numerator=dec(numerator), denominator=dec(denominator), **more)


@pytest.mark.parametrize(
    ("indicator", "given", "shown"),
    [
        (COUNT, parted("7"), None),
        (COUNT, parted("1"), None),
        (COUNT, parted("0"), "0"),
        (COUNT, parted("8"), "10"),
        (COUNT, parted("32"), "30"),
        (an_indicator(ValueType.COUNT), parted("7"), "7"),
        (percentage(), parted("3.5"), "3.5"),
        (SHARE, parted("3.5", "7", "200"), None),
        (SHARE, parted("97", "194", "200"), None),
        (SHARE, parted("40", "80", "200"), "40"),
        (SHARE, parted("100", "5", "5"), None),
        (SHARE, parted("0", "0", "12"), "0"),
        (RATE, parted("13.1", "34", "259542"), "13.1"),
        (RATE, parted("2.7", "7", "259542"), None),
        (RATE, parted("97000", "194", "200"), None),
        (MEAN, parted("8.1", "810", "100"), "8.1"),
        (MEAN, parted("8.1", "57", "7"), None),
    ],
)
def test_small_counts_of_people_are_not_shown_to_observers(indicator, given, shown):
    found = controlled(given, indicator)
    assert found.value == dec(shown)
    assert found.status.value == ("suppressed" if shown is None else "actual")
    assert (found.numerator, found.denominator) == (None, None)


@pytest.mark.parametrize("indicator", OTHERS, ids=lambda each: each.value_type.value)
@pytest.mark.parametrize("parts", [(None, None), ("80", None), (None, "200")])
def test_what_rests_on_people_who_are_not_stated_cannot_be_checked_and_is_not_shown(indicator, parts):
    found = controlled(parted("40", *parts), indicator)
    assert (found.value, found.status) == (None, MeasureStatus.SUPPRESSED)


def test_an_unknown_figure_keeps_its_reason_when_it_is_shown():
    late = measure(None, status=MeasureStatus.NOT_YET_AVAILABLE)
    for indicator in (COUNT, SHARE):
        assert controlled(late, indicator).status is MeasureStatus.NOT_YET_AVAILABLE


def part_of(whole: Indicator, **changes) -> Indicator:
    return an_indicator(whole.value_type, unit=whole.unit, part_of_indicator_id=whole.id, **changes)


def shown(*given) -> list[str | None]:
    """What is shown of one return, given as indicator, value, numerator, denominator."""
    values = {}
    for indicator, value, *parts in given:
        numerator, denominator = parts or (None, None)
        values[indicator.id] = ReturnValue(dec(value), MeasureStatus.ACTUAL, dec(numerator), dec(denominator))
    found = published(values, {indicator.id: indicator for indicator, *_ in given})
    return [None if each.value is None else str(each.value) for each in found.values()]


def test_a_part_of_a_suppressed_whole_is_suppressed_with_it():
    part, own = part_of(RATE), part_of(RATE, **PEOPLE)
    assert shown((RATE, "2.7", "7", "259542"), (part, "0", "0", "259542")) == [None, None]
    assert shown((RATE, "13.1", "34", "259542"), (own, "6.9", "18", "259542")) == ["13.1", "6.9"]
    inner = part_of(part)
    assert shown((inner, "0", "0", "259542"), (part, "0", "0", "259542"), (RATE, "2.7", "7", "259542")) == [
        None,
        None,
        None,
    ]


def test_what_is_left_of_a_whole_is_not_found_by_taking_a_part_away():
    part = part_of(RATE, **PEOPLE)
    assert shown((RATE, "13.1", "34", "259542"), (part, "11.9", "31", "259542")) == ["13.1", None]
    assert shown((RATE, "13.1", "34", "259542"), (part, "13.1", "34", "259542")) == ["13.1", "13.1"]


def test_parts_of_one_whole_that_are_not_rounded_are_shown_all_or_none():
    one, two, three = (part_of(RATE, **PEOPLE) for _ in range(3))
    whole = (RATE, "15.4", "40", "259542")
    some = ((one, "1.2", "3", "259542"), (two, "6.6", "17", "259542"), (three, "7.7", "20", "259542"))
    assert shown(whole, *some) == ["15.4", None, None, None]
    counts = [part_of(COUNT, **PEOPLE) for _ in range(2)]
    assert shown((COUNT, "34"), (counts[0], "3"), (counts[1], "31")) == ["35", None, "30"]


def test_a_part_that_nobody_gave_hides_nothing():
    one, two = (part_of(RATE, **PEOPLE) for _ in range(2))
    values = {
        RATE.id: ReturnValue(dec("13.1"), MeasureStatus.ACTUAL, Decimal(34), Decimal(259542)),
        one.id: ReturnValue(None, MeasureStatus.MISSING),
        two.id: ReturnValue(dec("6.9"), MeasureStatus.ACTUAL, Decimal(18), Decimal(259542)),
    }
    found = published(values, {each.id: each for each in (RATE, one, two)})
    assert [each.status.value for each in found.values()] == ["actual", "missing", "actual"]


def test_an_indicator_that_is_part_of_one_that_is_not_on_the_form_stands_alone():
    alone = an_indicator(ValueType.RATE, unit="per 100,000", part_of_indicator_id=uuid.uuid4(), **PEOPLE)
    assert shown((alone, "6.9", "18", "259542")) == ["6.9"]
