"""CSV as councils publish it: encodings, line ends, preambles, headings, quotes, limits, and cells out."""

import random
from datetime import date

import pytest

from shared.csv_bytes import safe_cell
from shared.csv_in import CsvReader, Limits
from shared.day import read_day, short_year
from shared.errors import Refusal
from shared.money import read_published_money

WANTED = {
    "reference": ("Contract Reference number / ID", "ContractReference"),
    "supplier": ("Supplier name", "SupplierName"),
    "value": ("Contract value",),
}
HEAD = b"Contract Reference number / ID,Supplier name,Contract value\n"


def read(data: bytes, piece: int = 7, limits: Limits | None = None, encoding: str | None = None):
    """All rows as (line, cells by field), fed in small pieces; and the reader."""
    reader = CsvReader(WANTED, ("reference", "supplier"), limits or Limits(), encoding)
    rows = []
    for at in range(0, len(data), piece):
        rows += reader.feed(data[at : at + piece])
    rows += reader.finish()
    assert reader.header is not None
    return [(row.line, reader.header.pick(row)[0]) for row in rows], reader


def refused(data: bytes, **more) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(data, **more)
    return caught.value


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("piece", [1, 2, 5, 1000])
def test_every_line_end_gives_the_same_rows_and_lines(ending: bytes, piece: int) -> None:
    data = (HEAD + b'A1,"Two\nlines, Ltd",5\nA2,Plain,6\n').replace(b"\n", ending)
    rows, _ = read(data, piece)
    assert [(line, cells["reference"], cells["value"]) for line, cells in rows] == [
        (2, "A1", "5"),
        (4, "A2", "6"),
    ]
    assert rows[0][1]["supplier"] == "Two" + ending.decode() + "lines, Ltd"


@pytest.mark.parametrize(
    ("encoding", "codec"), [("utf-8", "utf-8"), ("windows-1252", "cp1252"), ("mac-roman", "mac_roman")]
)
@pytest.mark.parametrize(
    "supplier", ["St Mary\u2019s \u2013 Café £5", "Père Noël\u2019s \u201cHome\u201d", "Crèche\u2026"]
)
def test_the_three_encodings_are_told_apart(encoding: str, codec: str, supplier: str) -> None:
    rows, reader = read(HEAD + f"A1,{supplier},1\nA2,b,2\n".encode(codec), piece=3)
    assert (reader.encoding, rows[0][1]["supplier"]) == (encoding, supplier)


def test_a_byte_order_mark_is_not_part_of_the_first_heading() -> None:
    rows, reader = read(b"\xef\xbb\xbf" + HEAD + b"A1,b,1\n", piece=1)
    assert (reader.encoding, rows[0][1]["reference"]) == ("utf-8", "A1")


def test_a_named_encoding_is_believed() -> None:
    assert read(HEAD + b"A1,\xd5,1\n", encoding="windows-1252")[0][0][1]["supplier"] == "Õ"
    assert refused(HEAD, encoding="latin-9").code == "csv_encoding_unknown"


def test_a_byte_that_does_not_fit_is_refused_with_its_line() -> None:
    data = HEAD + b"A1,caf\xc3\xa9,1\n" + b"A2,x,1\n" * 20_000 + b"A3,\x92,1\n"
    refusal = refused(data, piece=4096)
    assert (refusal.code, refusal.facts["line"]) == ("csv_encoding_mixed", 20_003)


@pytest.mark.parametrize("data", [b"PK\x03\x04....", "\ufeffa,b".encode("utf-16-le"), HEAD + b"A\x00,b,c\n"])
def test_spreadsheets_and_wide_text_are_refused(data: bytes) -> None:
    assert refused(data).code == "csv_not_text"


def test_a_preamble_is_passed_over_and_blank_rows_are_counted() -> None:
    rows, reader = read(
        b"Norfolk County Council,,\n\nContracts register,,\n" + HEAD + b"A1,b,1\n,,\n\nA2,c,2\n"
    )
    assert [line for line, _ in rows] == [5, 8]
    assert (reader.header.line, reader.blank_rows) == (4, 3)


def test_headings_over_two_rows_are_read_together() -> None:
    data = b"Contract Reference,Supplier,,Contract\nnumber / ID,Name,Type,Value\nA1,Acme,SME,5\n"
    rows, reader = read(data)
    assert rows == [(3, {"reference": "A1", "supplier": "Acme", "value": "5"})]
    assert reader.header.unread == ("Supplier Type",)


def test_headings_repeated_at_a_page_break_are_not_rows() -> None:
    rows, _ = read(HEAD + b"A1,b,1\n" + HEAD + b"A2,c,2\n")
    assert [line for line, _ in rows] == [2, 4]


def test_headings_match_whatever_their_case_spacing_and_look_alike_letters() -> None:
    rows, _ = read("\u0421ONTRACT  reference Number/ID , supplier_NAME,x\nA1,b,1\n".encode())
    assert rows[0][1]["reference"] == "A1"


def test_a_heading_that_stands_twice_takes_what_is_filled_and_names_a_difference() -> None:
    data = HEAD.strip() + b",Supplier name\nA1,,1,Acme\nA2,Acme,1,Acme\nA3,Acme,1,Other\n"
    reader = CsvReader(WANTED, ("reference", "supplier"))
    rows = reader.feed(data) + reader.finish()
    picked = [reader.header.pick(row) for row in rows]
    assert [(cells["supplier"], torn) for cells, torn in picked] == [
        ("Acme", ()),
        ("Acme", ()),
        ("Acme", ("supplier",)),
    ]


def test_a_cell_beyond_the_headings_is_told() -> None:
    reader = CsvReader(WANTED, ("reference", "supplier"))
    rows = reader.feed(HEAD + b"A1,Smith, Jones and Co,1\nA2,b,1,,\n") + reader.finish()
    assert [reader.header.overflows(row) for row in rows] == [True, False]


def test_a_file_without_headings_or_rows_says_what_is_missing() -> None:
    refusal = refused(b"Supplier name,Contract value\nAcme,1\n")
    assert (refusal.code, refusal.facts) == (
        "csv_header_not_found",
        {"missing": ["reference"], "nearest_line": 1},
    )
    assert refused(b"\n\n").code == "csv_file_empty"
    assert refused(b"").code == "csv_file_empty"
    assert refused(b"a,b\n" * 60).code == "csv_header_not_found"


@pytest.mark.parametrize(
    ("row", "limits", "code"),
    [
        (b"A1,b,1\nA2,b,1\n", Limits(rows=1), "csv_too_many_rows"),
        (b"A1,b,1,,,\n", Limits(columns=5), "csv_too_many_columns"),
        (b"A1," + b"b" * 41 + b",1\n", Limits(cell=40), "csv_cell_too_long"),
        (b'A1,"' + b"long\n" * 50, Limits(record=100), "csv_row_unended"),
        (b'A1,"never closed,1\nA2,b,2\n', Limits(), "csv_row_unended"),
        (b'A1,"' + b"x" * 140_000 + b'"\n', Limits(), "csv_cell_too_long"),
    ],
)
def test_limits_are_refusals_with_a_line(row: bytes, limits: Limits, code: str) -> None:
    refusal = refused(HEAD + row, piece=1000, limits=limits)
    assert (refusal.code, refusal.facts.get("line", 2)) == (code, 2)


def test_a_line_that_never_ends_is_refused() -> None:
    assert refused(b"x" * 5_000_000, piece=100_000).code == "csv_line_too_long"


def test_odd_quotes_are_read_as_the_csv_module_reads_them() -> None:
    """A model: the whole text at once through the standard library."""
    import csv
    import io

    chance = random.Random(20150328)
    for _ in range(400):
        body = "".join(chance.choice(['"', ",", "a", " ", "\r\n", "\n", '""', "b"]) for _ in range(60))
        text = HEAD.decode() + body + "\n"
        reader = CsvReader(WANTED, ("reference",), Limits(columns=80))
        rows = reader.feed(text.encode())
        if reader._open:
            with pytest.raises(Refusal, match="does not end"):
                reader.finish()
            continue
        rows += reader.finish()
        whole = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))]
        assert [row.cells for row in rows] == [row for row in whole[1:] if any(c.strip() for c in row)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("28/03/2015", date(2015, 3, 28)),
        ("01-Jan-2000", date(2000, 1, 1)),
        ("1 April 2015", date(2015, 4, 1)),
        ("01-Apr-12", date(2012, 4, 1)),
        ("31/12/99", date(1999, 12, 31)),
        ("1.4.2014", date(2014, 4, 1)),
        ("2015-03-28T00:00:00Z", date(2015, 3, 28)),
        (" 29/02/2016 ", date(2016, 2, 29)),
        ("30/06/2014 00:00", date(2014, 6, 30)),
    ],
)
def test_dates_as_english_bodies_write_them(text: str, day: date) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "05/25/2014",
        "31/02/2015",
        "41730",
        "ongoing",
        "",
        "1/4",
        "01-Foo-2015",
        "30/06/2014 09:30",
        "31/12/9999",
    ],
)
def test_what_is_no_such_date_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="day, month, year"):
        read_day(text)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+44 1603",
        "-5",
        "@sum",
        "\t=1",
        "\rx",
        "\n",
        "\x00",
        "  =1",
        "\u200b=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20x",
    ],
)
def test_what_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Acme = Ltd", "S + A CARE LTD", "a\tb", "   x", "'x"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@pytest.mark.parametrize(
    ("text", "pence", "qualifier"),
    [
        ("up to £5,000", 500_000, "up_to"),
        ("Up To 5000.50", 500_050, "up_to"),
        ("more than £1m", 100_000_000, "more_than"),
        ("approx. £5,000", 500_000, "approximately"),
        ("approximately £5k", 500_000, "approximately"),
        ("c. £5,000", 500_000, "approximately"),
        ("almost £10", 1000, "almost"),
        ("£5,000", 500_000, None),
        ("(3,728)", -372_800, None),
        ("TBC", None, None),
        ("", None, None),
    ],
)
def test_a_published_qualifier_stays_with_its_figure(
    text: str, pence: int | None, qualifier: str | None
) -> None:
    money = read_published_money(text)
    assert (money.amount_pence, money.qualifier) == (pence, qualifier)


@pytest.mark.parametrize(
    "text", ["up to", "up to TBC", "up to (5)", "upto", "c5", "£5 approx", "up to up to £5", "over"]
)
def test_a_qualifier_without_a_figure_is_no_money(text: str) -> None:
    with pytest.raises(Refusal):
        read_published_money(text)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("1/4/68", True),
        ("01-Apr-12", True),
        (" 1 April 12 ", True),
        ("1/4/1968", False),
        ("2015-03-28", False),
    ],
)
def test_a_year_of_two_digits_is_known_for_it(text: str, short: bool) -> None:
    assert short_year(text) is short
