"""Published tables of counts of people and of shares: in 500 random ones, no suppressed cell can be worked out.

The attacker knows the rule (1 to 7 suppressed, others to the nearest 5), sees every published cell, and knows that the
parts of a whole add up to it. A cell is safe while at least two values remain possible.
"""

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.outcomes.rules.disclosure import DEFAULT
from services.outcomes.rules.disclosure_table import controlled_together
from services.outcomes.rules.indicator import Indicator, ValueType
from services.outcomes.rules.measure import Measure
from tests.outcomes.figures import an_indicator, percentage

MANY = settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
COUNTS = st.one_of(st.integers(0, 12), st.integers(0, 60), st.integers(0, 100_000))
TREES = st.lists(st.lists(COUNTS, min_size=1, max_size=4), min_size=1, max_size=4)
WHOLE = uuid.UUID(int=1)


def counted(tree: list[list[int]]) -> tuple[dict[uuid.UUID, int], dict[uuid.UUID, uuid.UUID]]:
    """A whole of parts of parts: every cell's count, and the whole that it is a part of."""
    counts, above = {WHOLE: sum(map(sum, tree))}, {}
    for number, parts in enumerate(tree):
        part = uuid.UUID(int=100 * (number + 1))
        counts[part], above[part] = sum(parts), WHOLE
        for at, count in enumerate(parts):
            leaf = uuid.UUID(int=100 * (number + 1) + at + 1)
            counts[leaf], above[leaf] = count, part
    return counts, above


def published(counts, above, people=True) -> dict[uuid.UUID, Measure]:
    indicators: dict[uuid.UUID, Indicator] = {
        each: an_indicator(
            ValueType.COUNT, id=each, part_of_indicator_id=above.get(each), counts_people=people
        )
        for each in counts
    }
    return controlled_together({each: Measure(Decimal(count)) for each, count in counts.items()}, indicators)


def possible(
    shown: dict[uuid.UUID, Measure], above: dict[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, tuple[int, int]]:
    """The lowest and highest value that each cell can have, by the rule and by all sums, until nothing narrows."""
    return narrowed({each: _by_rule(each, shown, above) for each in shown}, above)


def narrowed(
    found: dict[uuid.UUID, tuple[int, int]], above: dict[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, tuple[int, int]]:
    """The same from what is known of each cell alone."""
    wholes = {whole: [part for part in above if above[part] == whole] for whole in set(above.values())}
    before = None
    while before != found:
        before = dict(found)
        for whole, parts in wholes.items():
            low, high = (sum(found[part][end] for part in parts) for end in (0, 1))
            found[whole] = (max(found[whole][0], low), min(found[whole][1], high))
            for part in parts:
                others = [sum(found[other][end] for other in parts if other != part) for end in (0, 1)]
                found[part] = (
                    max(found[part][0], found[whole][0] - others[1]),
                    min(found[part][1], found[whole][1] - others[0]),
                )
    return found


def _by_rule(each, shown, above) -> tuple[int, int]:
    value = shown[each].value
    if value is None:
        whole = above.get(each)
        # Whether it is small itself or withheld beside a small one, nobody can tell.
        return (0 if whole is not None and shown[whole].value is None else 1, 10**9)
    if value == 0:
        return 0, 0
    slack = DEFAULT.rounding // 2
    return max(DEFAULT.threshold + 1, int(value) - slack), int(value) + slack


@MANY
@given(TREES)
@example([[7, 8], [8]])
@example([[1], [0]])
@example([[5, 3], [12]])
@example([[1, 13, 38]])
def test_no_suppressed_count_can_be_worked_out_from_the_others(tree):
    counts, above = counted(tree)
    shown = published(counts, above)
    for each, (low, high) in possible(shown, above).items():
        assert low <= counts[each] <= high
        if shown[each].value is None:
            assert high > low, f"only {low} is possible in {tree}"
    assert all(shown[each].value is None for each, count in counts.items() if 1 <= count <= DEFAULT.threshold)


@MANY
@given(st.lists(COUNTS, min_size=2, max_size=5), COUNTS)
def test_no_suppressed_share_is_a_difference_of_those_that_are_shown(parts, rest):
    people = sum(parts) + rest
    if people == 0:
        return
    indicators = {WHOLE: percentage(id=WHOLE, counts_people=True)}
    measures = {WHOLE: _share(sum(parts), people)}
    for number, count in enumerate(parts, 2):
        id_ = uuid.UUID(int=number)
        indicators[id_] = replace(indicators[WHOLE], id=id_, part_of_indicator_id=WHOLE)
        measures[id_] = _share(count, people)
    shown = controlled_together(measures, indicators)
    hidden = [each for each, figure in shown.items() if figure.value is None]
    assert len(hidden) != 1 or hidden == [WHOLE] or len(parts) == 1
    for each, figure in shown.items():
        if figure.value is not None:
            some = measures[each].numerator
            few = {some, people - some, *([sum(parts) - some] if shown[WHOLE].value is not None else [])}
            assert not any(0 < count <= DEFAULT.threshold for count in few)


def _share(count: int, people: int) -> Measure:
    return Measure(Decimal(count) * 100 / people, numerator=Decimal(count), denominator=Decimal(people))


@pytest.mark.parametrize("tree", [[[3], [9]], [[8, 2], [40]]])
def test_the_attacker_of_this_test_finds_a_cell_that_is_not_rounded(tree):
    """Published exactly but for the small cell, the small cell is a difference: the attack is one that can win."""
    counts, above = counted(tree)
    shown = published(counts, above)
    exact = {each: (counts[each],) * 2 for each, figure in shown.items() if figure.value is not None}
    found = {each: exact.get(each, (1, 7)) for each in counts}
    whole, parts = next(
        (whole, [each for each in above if above[each] == whole])
        for whole in set(above.values())
        if sum(shown[each].value is None for each in above if above[each] == whole) == 1
        and shown[whole].value is not None
    )
    (small,) = [each for each in parts if shown[each].value is None]
    assert found[whole][0] - sum(found[each][0] for each in parts if each != small) == counts[small]
