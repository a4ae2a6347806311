"""Published spend as four bodies print it, posted to the accounts that are named for it."""

import uuid

import pytest

from tests.budget.importing import Imports
from tests.budget.place import code_of, made

LISTS = {
    # file: body rows, sum in pence, encoding, heading line
    "enhccg_over25k_july-201819.csv": (443, 5589142104, "utf-8", 2),
    "norfolk_cc_spend_detail_2011_sample.csv": (100, 48031970, "ascii", 1),
    "oxford_city_over500_2017q1_report_layout_part2.csv": (2552, 948637185, "windows-1252", 6),
    "tameside_over500_2019_matched_suppliers.csv": (2000, 9398661128, "ascii", 1),
}
HEADINGS = "Date,Supplier,Expense Type,Service Area,Transaction Number,Amount\r\n"


@pytest.fixture
async def place(client_for):
    made_ = await Imports().prepare(client_for)
    for year in ("2011/12", "2017/18", "2018/19"):
        line = await made_.line(made_.pcc, arrangement="aligned", financial_year=year)
        await made_.named(f"Care {year}", "expenditure", line_id=line)
    return made_


def spend(*rows: str) -> bytes:
    return (HEADINGS + "\r\n".join(rows) + "\r\n").encode()


async def send(place, content, **asked):
    asked = {"layout": "spend", "fund_account": "Reserve", "expenditure_account": "Care", **asked}
    return await place.send(content, **asked)


@pytest.mark.parametrize("name", LISTS)
async def test_a_published_list_is_read_to_its_last_row(place, shared_data, name):
    rows, total, encoding, heading = LISTS[name]
    content = (shared_data / "spend" / name).read_bytes()
    report = made(await send(place, content, dry_run=True, take="good"))
    assert (report["counts"]["rows"], report["encoding"], report["heading_line"]) == (rows, encoding, heading)
    read = [each for each in report["causes"] if each["code"] != "journal_outside_line_year"]
    assert read == []
    assert report["control_total"]["read_pence"] == total


async def test_a_list_of_spend_is_posted_and_known_again(place, shared_data):
    content = (shared_data / "spend" / "enhccg_over25k_july-201819.csv").read_bytes()
    asked = {"expenditure_account": "Care 2018/19", "control_total_pence": 5589142104}
    report = made(await send(place, content, **asked))
    assert report["counts"] == {
        "rows": 443,
        "rows_posted": 443,
        "rows_unchanged": 0,
        "rows_left": 0,
        "journals_posted": 443,
        "journals_unchanged": 0,
        "journals_left": 0,
    }
    position = (await place.position(place.pcc, "2018-19")).json()
    assert position["totals"]["aligned"]["actual"]["known_pence"] == 5589142104
    again = made(await send(place, content, **asked))
    assert (again["counts"]["rows_unchanged"], again["counts"]["rows_posted"]) == (443, 0)
    part = b"".join(content.splitlines(keepends=True)[:40])
    overlap = made(await send(place, part, expenditure_account="Care 2018/19"))
    assert (overlap["counts"]["rows_unchanged"], overlap["counts"]["rows_posted"]) == (38, 0)


async def test_no_supplier_is_kept_anywhere(place, stack):
    row = "15/06/2014,Mrs Ada Zebedee,Foster Carers,Childrens Services,1,100.00"
    bad = "31/02/2014,Mr Bob Yarrow,Foster Carers,Childrens Services,2,100.00"
    report = made(await send(place, spend(row, bad), take="good"))
    assert (report["counts"]["rows_posted"], report["counts"]["rows_left"]) == (1, 1)
    (journal,) = await place.journals()
    assert journal["narrative"] == "Published spend: Childrens Services: Foster Carers"
    connection = await stack.superuser()
    try:
        for table in (
            "journals",
            "ledger_imports",
            "ledger_import_findings",
            "audit_events",
            "idempotency_keys",
        ):
            text = "convert_from(body, 'UTF8')" if table == "idempotency_keys" else "t::text"
            found = await connection.fetchval(
                f"select count(*) from budget.{table} t where {text} like any (array['%Zebedee%', '%Yarrow%'])"
            )
            assert found == 0, table
    finally:
        await connection.close()


async def test_rows_that_say_the_same_are_each_a_payment(place):
    row = "15/06/2014,ACME LTD,Domiciliary Care,Adults,7,100.00"
    report = made(await send(place, spend(row, row, row)))
    assert report["counts"]["journals_posted"] == 3
    report = made(await send(place, spend(row, row, row, row)))
    assert (report["counts"]["journals_unchanged"], report["counts"]["journals_posted"]) == (3, 1)


async def test_a_credit_note_moves_the_other_way(place):
    made(
        await send(
            place, spend('15/06/2014,ACME LTD,Care,Adults,7,"(1,064.58)"'), control_total_pence=-106458
        )
    )
    (journal,) = await place.journals()
    assert [each["amount_pence"] for each in journal["entries"]] == [-106458, 106458]


async def test_areas_and_types_lead_to_their_accounts(place):
    await place.named("Home care", "expenditure", line_id=place.line_id)
    rows = spend(
        "15/06/2014,A LTD,Domiciliary Care,Adults,1,10.00",
        "15/06/2014,B LTD,Bridges,Highways,2,20.00",
    )
    asked = {
        "layout": "spend",
        "fund_account": "Reserve",
        "take": "good",
        "map": "DOMICILIARY  CARE=Home care",
    }
    report = made(await place.send(rows, **asked))
    assert [(each["line"], each["code"], each["read"]) for each in report["findings"]] == [
        (3, "import_spend_not_mapped", "Bridges")
    ]
    (journal,) = await place.journals()
    assert journal["entries"][0]["account_id"] == str(place.accounts["Home care"])


async def test_a_total_at_the_end_is_held_against_the_rows(place):
    row = "15/06/2014,A LTD,Care,Adults,1,10.00"
    assert made(await send(place, spend(row, ",,,,,10.00"), dry_run=True))["findings"] == []
    report = made(await send(place, spend(row, ",,,,,11.00"), dry_run=True))
    assert [(each["line"], each["code"]) for each in report["findings"]] == [
        (3, "import_stated_total_differs")
    ]


async def test_thousands_sent_as_pounds_are_caught_by_the_control_total(place):
    answer = await send(place, spend("15/06/2014,A LTD,Care,Adults,1,22417"), control_total_pence=2241700000)
    assert (code_of(answer), answer.json()["out_by_factor"]) == ("ledger_import_control_total_differs", 1000)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",A LTD,Care,Adults,1,10.00", "effective_date", "import_cell_missing"),
        ("15/06/14,A LTD,Care,Adults,1,", "amount", "import_cell_missing"),
        ("15/06/14,A LTD,Care,Adults,1,0.00", "amount", "import_spend_nil"),
        ("15/06/14,A LTD,Care,Adults,1,10.00,x", "effective_date", "import_columns_shifted"),
        ("01/04/2015,A LTD,Care,Adults,1,10.00", "effective_date", "journal_outside_line_year"),
    ],
)
async def test_a_payment_that_cannot_be_posted_is_named(place, row, column, code):
    good = "15/06/14,A LTD,Care,Adults,1,10.00"
    report = made(await send(place, spend(row, good), dry_run=True))
    found = [(each["line"], each["column"], each["code"]) for each in report["findings"]]
    if code == "journal_outside_line_year":
        found = [(line, "effective_date", each) for line, _, each in found]
    assert found == [(2, column, code)]


async def test_an_account_for_the_other_side_and_a_readable_map_are_needed(place):
    rows = spend("15/06/2014,A LTD,Care,Adults,1,10.00")
    assert code_of(await place.send(rows, layout="spend")) == "ledger_import_fund_needed"
    answer = await send(place, rows, map="Care")
    assert (code_of(answer), answer.json()["errors"][0]["pointer"]) == (
        "ledger_import_map_unreadable",
        "?map/0",
    )
    unknown = await send(place, rows, fund_account=str(uuid.uuid4()), dry_run=True)
    assert made(unknown)["findings"][0]["code"] == "account_unknown"
