"""Rows of a file of figures, packed: what comes out is what was read row by row, whatever the order of the file."""

import tracemalloc
import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.outcomes.rules.gathered_figures import MOST_NAMED, Faults, GatheredFigures
from services.outcomes.rules.return_import import ReadFigure, read_figure
from services.outcomes.rules.return_import_fault import FIGURE_UNREADABLE, RowFault

OBLIGATIONS = [str(uuid.UUID(int=each)) for each in (7, 8, 1 << 100)]
CELLS = st.fixed_dictionaries(
    {
        "obligation_id": st.sampled_from([*OBLIGATIONS, OBLIGATIONS[0].upper(), "", "community"]),
        "period": st.sampled_from(["2014Q2", "2014/15 Q1", "2014Q3", "Q1", "201404"]),
        "indicator": st.sampled_from(["stay", "home", "ß", ""]),
        "value": st.sampled_from(["8", "-1.5", "N/A", ""]),
    },
    optional={
        "financial_quarter": st.sampled_from(["", "1", "Q2"]),
        "status": st.sampled_from(["", "missing", "guess"]),
        "numerator": st.sampled_from(["", "3"]),
        "explanation": st.sampled_from(["", "Two, and three", "Patient 943 476 5919"]),
    },
)
ROWS = st.lists(st.tuples(CELLS, st.booleans()), max_size=30)


def gathered(rows) -> GatheredFigures:
    made = GatheredFigures()
    for line, (cells, overflows) in enumerate(rows, 2):
        made.add(line, cells, (), overflows)
    return made


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ROWS)
def test_every_row_comes_out_as_it_was_read_or_is_named(rows):
    expected: dict[tuple[uuid.UUID, str], list[ReadFigure]] = {}
    faulty: list[ReadFigure] = []
    for line, (cells, overflows) in enumerate(rows, 2):
        read = read_figure(line, cells, (), overflows)
        if overflows or read.obligation_id is None or read.period is None:
            faulty.append(read)
        else:
            expected.setdefault((read.obligation_id, read.period.id), []).append(read)
    found = gathered(rows)
    assert found.rejected == len(faulty)
    assert found.faults.named == tuple(fault for each in faulty for fault in each.faults)
    where = [each for batch in found.batches() for each in batch]
    assert where == sorted(expected)
    assert {each: list(found.rows_of(each)) for each in where} == expected


def test_characters_that_separate_what_is_packed_are_no_way_into_another_row():
    cells = {"obligation_id": OBLIGATIONS[0], "period": "2014Q2", "indicator": "a\x1e9\x1fstay", "value": "1"}
    found = gathered([(cells, False), ({**cells, "indicator": "stay"}, False)])
    rows = list(found.rows_of((uuid.UUID(OBLIGATIONS[0]), "2014Q2")))
    assert [(each.line, each.indicator, dict(each.fields)["value"]) for each in rows] == [
        (2, "a 9 stay", 1),
        (3, "stay", 1),
    ]


def test_a_large_file_takes_little_more_room_than_its_text():
    tracemalloc.start()
    try:
        found = GatheredFigures()
        for line in range(50_000):
            cells = {
                "obligation_id": OBLIGATIONS[line % 3],
                "period": "2014Q2",
                "indicator": f"kpi-{line % 200}",
                "value": str(line % 40),
            }
            found.add(line, cells, (), False)
        assert tracemalloc.get_traced_memory()[0] < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert sum(1 for batch in found.batches() for each in batch for _ in found.rows_of(each)) == 50_000


def test_faults_beyond_those_named_are_counted():
    faults = Faults()
    for line in range(3 * MOST_NAMED, 0, -1):
        faults.note([RowFault.of(line, "value", "N/A", FIGURE_UNREADABLE)])
    assert [each.line for each in faults.named] == list(range(1, MOST_NAMED + 1))
    assert faults.not_named == 2 * MOST_NAMED
