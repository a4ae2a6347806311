"""Cells and rows of files of ledger lines, each trap of published layouts by itself."""

from datetime import date

import pytest

from services.budget.rules import import_cell as cell
from services.budget.rules import import_remark as remark
from services.budget.rules.import_line import MOST_FINDINGS, STAGED, Findings, LineReader
from services.budget.rules.import_spend import SpendAccounts, SpendReader, read_map
from services.budget.rules.ledger_import import Cause, Counts, Take, control, require_takeable
from shared.errors import Refusal


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("£1,234.00", 123400),
        ("(3728)", -372800),
        (" -   ", 0),
        ("-12.50", -1250),
        ("1,234", 123400),
        ("  12 ", 1200),
        ("0.10", 10),
        ("12.5", 1250),
        ("12.500", 1250),
        ("£22,417K", 2241700000),
        ("", None),
        ("TBC", remark.AMOUNT_NOT_KNOWN),
        ("ТВС", remark.AMOUNT_NOT_KNOWN),  # noqa: RUF001 in Cyrillic letters, as a register has it
        ("1.005", remark.PART_PENNY),
        ("(1.005)", remark.PART_PENNY),
        ("=1+1", remark.AMOUNT_UNREADABLE),
        ("1e3", remark.AMOUNT_UNREADABLE),
        ("NaN", remark.AMOUNT_UNREADABLE),
        ("12,34.00", remark.AMOUNT_UNREADABLE),
        ("9999999999999.99", 999999999999999),
        ("10000000000000.01", remark.AMOUNT_TOO_LARGE),
        ("9" * 40, remark.AMOUNT_TOO_LARGE),
    ],
)
def test_pounds_as_they_are_printed(text, pence):
    assert cell.read_pounds(text) == pence


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("500", 500),
        ("-500", -500),
        ("(1,500)", -1500),
        ("5.00", remark.AMOUNT_UNREADABLE),
        ("9" * 17, remark.AMOUNT_TOO_LARGE),
        ("", None),
    ],
)
def test_a_column_of_pence_holds_whole_pence(text, pence):
    assert cell.read_pence(text) == pence


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("29/02/2016", date(2016, 2, 29)),
        ("29/02/2015", remark.DATE_UNREADABLE),
        ("31/02/2015", remark.DATE_UNREADABLE),
        ("25/10/2015", date(2015, 10, 25)),
        ("05/25/2014", remark.DATE_UNREADABLE),
        ("23-Nov-11", date(2011, 11, 23)),
        ("01/04/15", date(2015, 4, 1)),
        ("2014-06-15", date(2014, 6, 15)),
        ("15/06/1814", remark.DATE_UNREADABLE),
        ("15/06/2314", remark.DATE_UNREADABLE),
        ("41804", remark.DATE_UNREADABLE),
        ("", None),
    ],
)
def test_dates_have_their_day_first(text, day):
    assert cell.read_date(text) == day


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cell.read_kind, "Carry forward", "carry_forward"),
        (cell.read_kind, "RISK-SHARE ADJUSTMENT", "risk_share_adjustment"),
        (cell.read_kind, "spend", remark.KIND_UNKNOWN),
        (cell.read_regime, "S33", "s33"),
        (cell.read_regime, "zero rated", remark.REGIME_UNKNOWN),
        (cell.read_period, "2014-15-M14", "2014-15-M14"),
        (cell.read_period, "2014-15-M15", remark.PERIOD_UNREADABLE),
        (cell.read_reference, "GL/2015:1-a_b.c", "GL/2015:1-a_b.c"),
        (cell.read_reference, "x" * 81, remark.REFERENCE_UNFIT),
        (cell.read_reference, "=GL-1", remark.REFERENCE_UNFIT),
        (cell.read_code, "no spaces here", remark.CODE_UNFIT),
        (cell.read_id, "0B8A6A52-6E8C-4B5E-9A3F-0D6C1F1C7A10", "0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a10"),
        (cell.read_id, "0b8a6a52", remark.ID_UNREADABLE),
        (cell.read_account, " Care ", "Care"),
        (cell.read_account, "x" * 201, remark.TEXT_TOO_LONG),
        (cell.read_account, "Ca\u202ere", remark.TEXT_UNFIT),
        (cell.read_narrative, "x" * 4001, remark.TEXT_TOO_LONG),
    ],
)
def test_other_cells(read, text, value):
    assert read(text) == value


COLUMNS = {"reference": (0,), "effective_date": (1,), "kind": (2,), "account": (3,), "amount": (4,)}


def test_a_short_row_leaves_its_last_columns_blank():
    reader = LineReader(COLUMNS, 5)
    reader.read(7, ("GL-1", "15/06/2014", "expenditure", "Care"))
    assert [(each.line, each.column, each.code) for each in reader.findings.kept] == [
        (7, "amount", "import_cell_missing")
    ]


def test_two_columns_of_one_heading_that_differ_are_told():
    reader = LineReader({**COLUMNS, "account": (3, 5)}, 6)
    row = ("GL-1", "15/06/2014", "expenditure", "Care", "5.00")
    assert reader.read(2, (*row, "Care"))[0][STAGED.index("bad")] is False
    assert reader.read(3, (*row, "Other"))[0][STAGED.index("bad")] is True
    assert reader.findings.kept[0].code == "import_columns_differ"


def test_findings_are_counted_beyond_those_that_are_kept():
    findings = Findings()
    for line in range(MOST_FINDINGS + 5):
        findings.note(line, "narrative", remark.TEXT_PERSONAL, "of 943 476 5919", None)
    assert len(findings.kept) == MOST_FINDINGS
    assert findings.counts.total() == MOST_FINDINGS + 5
    assert findings.kept[0].read is None


def spend_reader():
    columns = {"effective_date": (0,), "amount": (1,), "area": (2,), "type": (3,), "supplier": (4,)}
    return SpendReader(columns, 5, SpendAccounts("Fund", "Care", {}))


def test_no_supplier_reaches_what_is_staged():
    reader = spend_reader()
    rows = reader.read(2, ("15/06/2014", "10.00", "Adults", "Foster care", "Mrs Ada Zebedee"))
    assert len(rows) == 2
    assert "Zebedee" not in str(rows)
    assert rows[0][STAGED.index("reference")] == rows[1][STAGED.index("reference")]
    other = reader.read(3, ("15/06/2014", "10.00", "Adults", "Foster care", "Mr Bob Yarrow"))
    assert other[0][STAGED.index("reference")] != rows[0][STAGED.index("reference")]


def test_a_number_of_a_person_in_an_area_does_not_reach_the_narrative():
    rows = spend_reader().read(2, ("15/06/2014", "10.00", "Adults 943 476 5919", "", "A LTD"))
    assert rows[0][STAGED.index("narrative")] == "Published spend"


@pytest.mark.parametrize("text", ["Care", "=Care", "Care=", " = "])
def test_a_map_has_a_text_and_an_account(text):
    with pytest.raises(Refusal):
        read_map([text])
    assert read_map(["A = B=Care"]) == {"a = b": "Care"}


@pytest.mark.parametrize(
    ("read", "given", "out_by", "factor"),
    [
        (500, 500, 0, None),
        (500, 501, -1, None),
        (500, 500_000, -499_500, 1000),
        (500, 5, 495, 100),
        (0, 5, -5, None),
    ],
)
def test_a_control_total_says_by_which_scale_it_is_out(read, given, out_by, factor):
    total = control(read, given)
    assert (total.out_by_pence, total.out_by_factor) == (out_by, factor)


def test_what_is_good_is_taken_only_when_asked_for_and_when_there_is_any():
    causes, some, none = [Cause("c", "d", 1)], Counts(4, 2, 0, 2, 1, 0, 1), Counts(2, 0, 0, 2, 0, 0, 1)
    require_takeable(Take.GOOD, some, causes, [])
    require_takeable(Take.ALL, some, [], [])
    for take, counts in ((Take.ALL, some), (Take.GOOD, none)):
        with pytest.raises(Refusal):
            require_takeable(take, counts, causes, [])
