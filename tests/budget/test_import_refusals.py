"""What an import of ledger lines refuses: cells, files, and whatever the door of journals refuses, in its words."""

import uuid
from typing import Any

import pytest

from tests.budget.importing import HEADINGS, URL, Imports, codes, csv_of, pair, tried
from tests.budget.place import SCOPES, code_of, key, made
from tests.stack import a_caller


@pytest.fixture
async def place(client_for):
    return await Imports().prepare(client_for)


CELLS = [
    ("GL 1,15/06/2014,expenditure,Care,5.00,x", "reference", "import_reference_unfit"),
    (",15/06/2014,expenditure,Care,5.00,x", "reference", "import_cell_missing"),
    ("GL-1,31/02/2015,expenditure,Care,5.00,x", "effective_date", "import_date_unreadable"),
    ("GL-1,06/15/2014,expenditure,Care,5.00,x", "effective_date", "import_date_unreadable"),
    ("GL-1,15/06/2014,spending,Care,5.00,x", "kind", "import_kind_unknown"),
    ("GL-1,15/06/2014,accrual,Care,5.00,x", "kind", "import_accrual_alone"),
    ("GL-1,15/06/2014,expenditure,,5.00,x", "account", "import_cell_missing"),
    ("GL-1,15/06/2014,expenditure,Care,,x", "amount", "import_cell_missing"),
    ("GL-1,15/06/2014,expenditure,Care,tbc,x", "amount", "import_amount_not_known"),
    ("GL-1,15/06/2014,expenditure,Care,=5+5,x", "amount", "import_amount_unreadable"),
    ("GL-1,15/06/2014,expenditure,Care,1e3,x", "amount", "import_amount_unreadable"),
    ("GL-1,15/06/2014,expenditure,Care,NaN,x", "amount", "import_amount_unreadable"),
    ("GL-1,15/06/2014,expenditure,Care,5.005,x", "amount", "import_part_penny"),
    ("GL-1,15/06/2014,expenditure,Care,99999999999999999999,x", "amount", "import_amount_too_large"),
    ("GL-1,15/06/2014,expenditure,Care,5.00,of 943 476 5919", "narrative", "import_text_personal"),
    ("GL-1,15/06/2014,expenditure,Care,5.00,of AB 12 34 56 C", "narrative", "import_text_personal"),
    ("GL-1,15/06/2014,expenditure,Care,5.00,a\x07b", "narrative", "import_text_unfit"),
    ("GL-1,15/06/2014,expenditure,Care,5.00,x,y", "reference", "import_columns_shifted"),
]


@pytest.mark.parametrize(("row", "column", "code"), CELLS)
async def test_a_cell_that_cannot_be_read_is_named(place, row, column, code):
    report = await tried(place, row, *pair("GL-9", "1.00"))
    assert codes(report) == [(2, column, code)]
    read = report["findings"][0]["read"]
    assert column != "narrative" or read is None
    assert report["counts"]["rows_left"] == 1


REFUSED_BY_THE_DOOR: dict[str, dict[str, Any]] = {
    "journal_unbalanced": {"entries": [("Care", 500), ("Reserve", -501)]},
    "journal_too_few_entries": {"entries": [("Care", 500)]},
    "journal_nil_entry": {"entries": [("Care", 500), ("Reserve", -500), ("Reserve", 0)]},
    "money_too_large": {"entries": [("Care", 10**15), ("Care", 1), ("Reserve", -(10**15)), ("Reserve", -1)]},
    "account_unknown": {"entries": [("Care", 500), (str(uuid.uuid4()), -500)]},
    "journal_outside_line_year": {"effective_date": "2015-04-01"},
    "journal_period_before_date": {"posting_period": "2014-15-M02"},
    "journal_year_end_only": {"posting_period": "2014-15-M13"},
    "journal_period_too_late": {"posting_period": "2199-00-M01"},
    "journal_by_settlement_only": {"kind": "risk_share_adjustment"},
    "journal_reversal_kind": {"kind": "reversal"},
    "journal_by_virement_only": {"kind": "virement"},
    "in_kind_moves_no_cash": {"kind": "in_kind"},
    "vat_control_differs": {"entries": [("Care", 500), ("VAT", 100), ("Reserve", -600)]},
    "journal_accounts_mixed": {"entries": [("Care", 500), ("Shadow", -500)]},
}


@pytest.mark.parametrize("code", REFUSED_BY_THE_DOOR)
async def test_what_the_door_refuses_the_import_refuses_in_the_same_words(place, code):
    asked: dict[str, Any] = {"kind": "expenditure", "effective_date": "2014-06-15", "posting_period": None}
    asked.update(REFUSED_BY_THE_DOOR[code])
    await place.named("VAT", "vat_control")
    if code == "journal_accounts_mixed":
        await place.draft()
        await place.named("Shadow", "reserve", arrangement="shadow", pool_id=await place.pool())
    entries = asked.get("entries", [("Care", 500), ("Reserve", -500)])
    body = {
        **{name: asked[name] for name in ("kind", "effective_date", "posting_period")},
        "book": "budget" if asked["kind"] == "virement" else "actual",
        "narrative": "For a test",
        "entries": [
            {"account_id": str(place.accounts.get(name, name)), "amount_pence": pence}
            for name, pence in entries
        ],
    }
    by_door = (await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body)).json()
    rows = [
        f"GL-1,{asked['effective_date']},{asked['kind']},{name},{pence},{asked['posting_period'] or ''}"
        for name, pence in entries
    ]
    headings = "Reference,Date,Kind,Account,Amount pence,Posting period"
    (finding,) = (await tried(place, *rows, headings=headings))["findings"]
    assert (finding["code"], finding["detail"]) == (by_door["code"], by_door["detail"])
    assert by_door["code"] == code


async def test_a_closed_period_is_closed_to_imports_too(place):
    closing = {
        "partnership_id": str(place.partnership),
        "owner_organisation_id": str(place.council),
        "books": "aligned",
        "period": "2014-15-M03",
    }
    opened = await place.client_for(
        "budget",
        a_caller(
            place.council, f"{SCOPES} budget:close", commissioner=place.partnership, host=place.partnership
        ),
    )
    shut = await _close(opened, closing)
    report = await tried(
        place,
        *[f"{row},2014-15-M03" for row in pair("GL-1", "5.00")],
        headings=f"{HEADINGS},Posting period",
    )
    assert codes(report) == [(2, "posting_period", "journal_period_closed")], shut
    made(await place.send(csv_of(*pair("GL-2", "5.00"))))
    (late,) = await place.journals()
    assert (late["effective_date"], late["posting_period"]) == ("2014-06-15", "2014-15-M04")


async def _close(client, closing):
    id_ = uuid.uuid4()
    made(await client.put(f"/v1/periods/{id_}", json=closing))
    return made(await client.post(f"/v1/periods/{id_}/closure", json={}, key=key(), version=1))


async def test_rows_of_a_journal_that_differ_are_told(place):
    rows = [pair("GL-1", "5.00")[0], pair("GL-1", "5.00", "16/06/2014")[1]]
    assert codes(await tried(place, *rows)) == [(2, "reference", "import_rows_differ")]
    long = [f"GL-1,15/06/2014,expenditure,Care,1.00,x{n}" for n in range(500)]
    rows = [*long, "GL-1,15/06/2014,expenditure,Reserve,-500.00,x"]
    assert codes(await tried(place, *rows)) == [(2, "reference", "import_journal_too_long")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04" + b"\x00" * 60, "csv_not_text"),
        (b"Reference,Date,Kind,Account,Amount\r\nGL\x00-1,", "csv_not_text"),
        (b"", "csv_file_empty"),
        (HEADINGS.encode(), "csv_file_empty"),
        (b"Name,Value\r\nx,1\r\n", "csv_header_not_found"),
        (f'{HEADINGS}\r\n"GL-1,15/06/2014'.encode(), "csv_row_unended"),
    ],
)
async def test_what_is_no_file_of_ledger_lines_is_refused(place, content, code):
    answer = await place.send(content)
    assert (answer.status_code, code_of(answer)) == (422, code)


async def test_a_body_of_another_type_and_a_missing_key_are_refused(place):
    wrong = await place.send(csv_of(*pair("GL-1", "5.00")), kind="application/zip")
    assert wrong.status_code == 415
    params = {"partnership_id": str(place.partnership)}
    headers = {"content-type": "text/csv"}
    no_key = await place.pcc.post(URL, params=params, content=csv_of(), headers=headers)
    assert code_of(no_key) == "idempotency_key_missing"
    elsewhere = await place.send(
        csv_of(*pair("GL-1", "5.00")), client=await place.client(commissioner=uuid.uuid4())
    )
    assert code_of(elsewhere) == "partnership_unknown"
