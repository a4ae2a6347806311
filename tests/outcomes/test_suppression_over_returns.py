"""Wholes and parts in returns of different obligations: in 500 random tables, no suppressed cell can be worked out.

Each return is accepted by itself and what it shows stays on view, so a later one has to give way. The attacker is the
one of test_suppression.py, who also tries, for each suppressed cell, whether nobody at all would have been shown there.
"""

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.outcomes.rules.disclosure import DEFAULT
from services.outcomes.rules.disclosure_family import OnView
from services.outcomes.rules.disclosure_table import controlled_together
from services.outcomes.rules.indicator import ValueType
from services.outcomes.rules.measure import Measure
from tests.outcomes.figures import an_indicator, percentage
from tests.outcomes.test_suppression import COUNTS, MANY, WHOLE, counted, narrowed

TREES = st.lists(st.lists(COUNTS, min_size=1, max_size=3), min_size=1, max_size=3)
PLACES = st.lists(st.integers(0, 3), min_size=13, max_size=13)  # which obligation reports the nth figure


class Published:
    """Returns of several obligations, accepted one after the other: what each shows, and what it then stood beside."""

    def __init__(self, measures, indicators, places):
        self.measures, self.indicators = measures, indicators
        self.shown: dict[uuid.UUID, Measure] = {}
        self.of = dict(zip(measures, places, strict=False))
        self.beside: dict[int, dict[uuid.UUID, OnView]] = {}
        for obligation in sorted(set(self.of.values())):
            self.beside[obligation] = {
                uuid.uuid5(each, "on view"): OnView(
                    uuid.UUID(int=self.of[each]), each, measures[each], self.shown[each]
                )
                for each in self.shown
            }
            self.shown |= self._accepted(obligation)

    def _accepted(self, obligation, **instead):
        its = {each: self.measures[each] for each, where in self.of.items() if where == obligation}
        return controlled_together(its | instead.get("but", {}), self.indicators, self.beside[obligation])

    def nobody_would_be_shown(self, cell):
        found = self._accepted(self.of[cell], but={cell: Measure(Decimal(0))})
        return found[cell].value is not None


def people(counts, above):
    """A whole that counts people. That its parts do as well is not said: the whole says it."""
    return {
        each: an_indicator(
            ValueType.COUNT, id=each, part_of_indicator_id=above.get(each), counts_people=each == WHOLE
        )
        for each in counts
    }


@MANY
@given(TREES, PLACES)
@example([[8, 8, 1]], [0, 0, 0, 0, 1])
@example([[8, 1], [1, 1]], [0, 0, 1, 2, 0, 2, 1])
@example([[6, 60]], [0, 0, 1, 1])
@example([[0, 40]], [1, 1, 0, 1])
def test_no_suppressed_count_can_be_worked_out_over_several_returns(tree, places):
    counts, above = counted(tree)
    table = Published(
        {each: Measure(Decimal(count)) for each, count in counts.items()}, people(counts, above), places
    )
    shown = table.shown
    bounds = {}
    for each, figure in shown.items():
        if figure.value is None:
            bounds[each] = (int(table.nobody_would_be_shown(each)), 10**9)
        else:
            slack = DEFAULT.rounding // 2 if figure.value else 0
            bounds[each] = (
                max(DEFAULT.threshold + 1, int(figure.value) - slack) if slack else 0,
                int(figure.value) + slack,
            )
    for each, (low, high) in narrowed(bounds, above).items():
        assert low <= counts[each] <= high
        if shown[each].value is None and counts[each]:
            assert high > low, f"only {low} is possible in {tree} reported by {places}"
    assert all(shown[each].value is None for each, count in counts.items() if 1 <= count <= DEFAULT.threshold)


@MANY
@given(st.lists(COUNTS, min_size=2, max_size=5), COUNTS, PLACES)
@example([17, 20, 3], 259502, [0, 1, 2, 3])
@example([17, 20, 3], 259502, [3, 0, 1, 2])
@example([17, 20, 3], 259502, [3, 1, 2, 0])
@example([31, 3], 259502, [0, 1, 2])
def test_no_suppressed_share_is_a_difference_over_several_returns(parts, rest, places):
    everybody = sum(parts) + rest
    if everybody == 0:
        return
    whole = percentage(id=WHOLE, counts_people=True)
    indicators, counts = {WHOLE: whole}, {WHOLE: sum(parts)}
    for number, count in enumerate(parts, 2):
        id_ = uuid.UUID(int=number)
        counts[id_] = count
        indicators[id_] = replace(whole, id=id_, part_of_indicator_id=WHOLE, counts_people=False)
    measures = {each: _share(count, everybody) for each, count in counts.items()}
    shown = Published(measures, indicators, places).shown
    on_view = [each for each in counts if each != WHOLE and shown[each].value is not None]
    few = [counts[each] for each in counts if shown[each].value is not None]
    few += [everybody - each for each in few]
    if shown[WHOLE].value is not None:
        few += [counts[WHOLE] - counts[each] for each in on_view]
        few += [counts[WHOLE] - sum(counts[each] for each in on_view)] if on_view else []
    assert not any(0 < count <= DEFAULT.threshold for count in few), (parts, rest, places)


def _share(count, everybody):
    return Measure(Decimal(count) * 100 / everybody, numerator=Decimal(count), denominator=Decimal(everybody))


def shown_of(*returns):
    """What each of these returns shows when they are accepted in turn; a return is {indicator: count}."""
    indicators = {each.id: each for each in (ALL, OLDER, OLDEST)}
    measures = [{each.id: Measure(Decimal(count)) for each, count in one.items()} for one in returns]
    found: list[dict] = []
    on_view: dict[uuid.UUID, OnView] = {}
    for number, one in enumerate(measures):
        found.append(controlled_together(one, indicators, on_view))
        on_view |= {
            uuid.uuid4(): OnView(uuid.UUID(int=number), key, one[key], each)
            for key, each in found[-1].items()
        }
    return [[None if each.value is None else int(each.value) for each in one.values()] for one in found]


ALL = an_indicator(ValueType.COUNT, counts_people=True)
OLDER = an_indicator(ValueType.COUNT, part_of_indicator_id=ALL.id)
OLDEST = an_indicator(ValueType.COUNT, breakdown_of_indicator_id=ALL.id, part_of_indicator_id=OLDER.id)


@pytest.mark.parametrize(
    ("returns", "shown"),
    [
        (({OLDER: 6},), [[None]]),
        (({OLDER: 13},), [[15]]),
        (({ALL: 40}, {OLDER: 6}), [[40], [None]]),
        (({ALL: 40}, {OLDER: 22}), [[40], [20]]),
        (({ALL: 5}, {OLDER: 0}), [[None], [None]]),
        (({ALL: 5}, {OLDER: 20}), [[None], [20]]),  # more than the other provider has in all: no part of it
        (({OLDER: 0}, {ALL: 52}), [[0], [50]]),
        (({ALL: 0}, {OLDER: 0}), [[0], [0]]),
        (({ALL: 6}, {OLDEST: 0}), [[None], [None]]),
        (({ALL: 17, OLDER: 8}, {OLDEST: 0}), [[15, 10], [0]]),
    ],
)
def test_a_part_is_weighed_with_wholes_of_other_returns(returns, shown):
    assert shown_of(*returns) == shown
