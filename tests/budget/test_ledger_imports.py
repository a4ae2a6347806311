"""Imports of ledger lines through the doors: rows become journals by the rules of every posting, or are explained."""

import asyncio
import uuid

import pytest

from tests.budget.importing import HEADINGS, URL, Imports, broken, codes, csv_of, pair, tried
from tests.budget.place import assert_hidden, code_of, key, made


@pytest.fixture
async def place(client_for):
    return await Imports().prepare(client_for)


async def held(stack, account):
    """What the balances hold, and what the entries come to."""
    connection = await stack.superuser()
    try:
        return await connection.fetchrow(
            "select (select coalesce(sum(amount_pence), 0)::bigint from budget.balances where account_id = $1) as kept,"
            " (select coalesce(sum(amount_pence), 0)::bigint from budget.entries where account_id = $1) as summed,"
            " (select coalesce(sum(day), 0)::bigint from budget.balances, unnest(day_pence) day"
            " where account_id = $1) as by_day,"
            " (select coalesce(sum(entries), 0)::bigint from budget.balances where account_id = $1) as entries",
            account,
        )
    finally:
        await connection.close()


async def test_rows_of_a_reference_become_a_journal_with_its_balances(place, stack):
    proofs = await broken(stack)
    made(await place.send(csv_of(*pair("GL-0", "1.00", "20/06/2014"))))
    file = csv_of(*pair("GL-1", "£1,234.00"), *pair("GL-2", "12.50", "01-Jul-14"))
    report = made(await place.send(file, control_total_pence=124650))
    assert report["counts"] == {
        "rows": 4,
        "rows_posted": 4,
        "rows_unchanged": 0,
        "rows_left": 0,
        "journals_posted": 2,
        "journals_unchanged": 0,
        "journals_left": 0,
    }
    posted = {each["client_reference"]: each for each in await place.journals()}
    assert [each["amount_pence"] for each in posted["GL-1"]["entries"]] == [123400, -123400]
    assert [each["account_id"] for each in posted["GL-1"]["entries"]] == [
        str(place.accounts[name]) for name in ("Care", "Reserve")
    ]
    assert (posted["GL-2"]["effective_date"], posted["GL-2"]["posting_period"]) == (
        "2014-07-01",
        "2014-15-M04",
    )
    assert dict(await held(stack, place.accounts["Care"])) == {
        "kept": 124750,
        "summed": 124750,
        "by_day": 124750,
        "entries": 3,
    }
    assert await broken(stack) == proofs


async def test_the_position_reads_an_import_as_it_reads_postings(place):
    await place.send(csv_of(*pair("GL-1", "1,234.00"), *pair("GL-2", "(34.00)")))
    position = (await place.position(place.pcc)).json()
    assert "120000" in str(position)


async def test_rows_need_not_stand_together_and_keep_their_order(place):
    first, second = pair("GL-1", "5.00"), pair("GL-2", "7.00")
    made(await place.send(csv_of(second[0], first[0], first[1], second[1])))
    posted = {each["client_reference"]: each for each in await place.journals()}
    assert [each["amount_pence"] for each in posted["GL-2"]["entries"]] == [700, -700]


async def test_a_dry_run_reports_and_posts_nothing(place, stack):
    report = await tried(place, *pair("GL-1", "5.00"))
    assert (report["id"], report["dry_run"], report["counts"]["journals_posted"]) == (None, True, 1)
    assert await place.journals() == []
    listed = await place.pcc.get(URL, params={"partnership_id": str(place.partnership)})
    assert listed.json()["items"] == []
    assert (await held(stack, place.accounts["Care"]))["kept"] == 0


async def test_the_same_file_twice_changes_nothing_and_the_same_key_answers_the_same(place, stack):
    file, sent_as = csv_of(*pair("GL-1", "5.00"), *pair("GL-2", "6.00")), key()
    first = await place.send(file, sent_as=sent_as)
    again = await place.send(file, sent_as=sent_as)
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    anew = made(await place.send(file))
    assert (anew["counts"]["journals_unchanged"], anew["counts"]["journals_posted"]) == (2, 0)
    assert (await held(stack, place.accounts["Care"]))["kept"] == 1100
    changed = await place.send(csv_of(*pair("GL-1", "5.01")), sent_as=sent_as)
    assert (changed.status_code, code_of(changed)) == (422, "idempotency_key_reused")


async def test_two_of_the_same_file_at_once_post_it_once(place, stack):
    file = csv_of(*pair("GL-1", "5.00"), *pair("GL-2", "6.00"))
    answers = await asyncio.gather(place.send(file), place.send(file))
    assert {each.status_code for each in answers} <= {201, 409}
    assert (await held(stack, place.accounts["Care"]))["kept"] == 1100


async def test_a_reference_used_before_with_other_content_is_left(place):
    made(await place.send(csv_of(*pair("GL-1", "5.00"))))
    report = await tried(place, *pair("GL-1", "5.01"), *pair("GL-2", "1.00"))
    assert codes(report) == [(2, "reference", "import_reference_changed")]
    for other in (
        pair("GL-1", "5.00", "16/06/2014"),
        [each.replace("Home", "Night") for each in pair("GL-1", "5.00")],
    ):
        assert codes(await tried(place, *other)) == [(2, "reference", "import_reference_changed")]


async def test_one_bad_row_refuses_the_file_or_leaves_its_journal(place, stack):
    bad = pair("GL-2", "7.00", "31/02/2015")
    file = csv_of(*pair("GL-1", "5.00"), bad[0], pair("GL-2", "7.00")[1], *pair("GL-3", "1.00"))
    refused = await place.send(file)
    assert (refused.status_code, code_of(refused)) == (422, "ledger_import_refused")
    assert refused.json()["errors"][0]["pointer"] == "/rows/4/effective_date"
    assert (await held(stack, place.accounts["Care"]))["kept"] == 0
    report = made(await place.send(file, take="good"))
    assert report["counts"]["rows_left"] == 2
    assert report["counts"]["journals_posted"] == 2
    assert report["findings"][0] == {
        "line": 4,
        "column": "effective_date",
        "read": "31/02/2015",
        "code": "import_date_unreadable",
        "detail": "This is not a date like 31/03/2015 or 31-Mar-2015.",
        "reference": "GL-2",
    }
    assert codes(report)[1] == (4, "reference", "import_journal_row_unfit")
    kept = made(await place.pcc.get(f"{URL}/{report['id']}"))
    assert kept == report
    found = (await place.pcc.get(f"{URL}/{report['id']}/findings", params={"limit": 1})).json()
    assert found["items"] == [{"number": 1, **report["findings"][0]}]
    after = (await place.pcc.get(found["next"])).json()
    assert [each["code"] for each in after["items"]] == ["import_journal_row_unfit"]


async def test_a_file_of_which_nothing_is_good_is_refused_either_way(place):
    answer = await place.send(csv_of(*pair("GL-1", "5.00", "2014")), take="good")
    assert code_of(answer) == "ledger_import_refused"


async def test_amounts_as_ledgers_print_them(place):
    def journal(number, debit, credit):
        return [
            f'GL-{number},15/06/2014,expenditure,Care,"{debit}",x',
            f'GL-{number},15/06/2014,expenditure,Reserve,"{credit}",x',
        ]

    rows = [
        *journal(1, "£1,234.00", "(1,234)"),
        *journal(2, "(3728)", " 3,728.00 "),
        *journal(3, "£2K", "-2000"),
    ]
    report = await tried(place, *rows)
    assert report["findings"] == []
    assert report["control_total"]["read_pence"] == 123400 + 372800 + 200000


async def test_columns_for_pence_and_for_debits_and_credits(place):
    pence = "Journal No,Posting Date,Kind,Account,Pence"
    rows = ["A1,15/06/2014,Expenditure,Care,500", "A1,15/06/2014,Expenditure,Reserve,(500)"]
    assert (await tried(place, *rows, headings=pence))["control_total"]["read_pence"] == 500
    sides = "Journal No,Date,Kind,Account,Debit,Credit"
    rows = ["A1,15/06/2014,expenditure,Care,5.00, -   ", "A1,15/06/2014,expenditure,Reserve,,5.00"]
    report = await tried(place, *rows, headings=sides)
    assert (report["findings"], report["counts"]["journals_posted"]) == ([], 1)
    both = ["A1,15/06/2014,expenditure,Care,5.00,5.00", rows[1]]
    assert codes(await tried(place, *both, headings=sides))[0] == (2, "credit", "import_amount_twice")
    answer = await place.send(csv_of("A1,15/06/2014,expenditure,Care", headings="Journal,Date,Kind,Account"))
    assert code_of(answer) == "ledger_import_amount_missing"


async def test_an_account_is_named_by_its_id_too_and_another_organisations_name_is_no_account(place):
    await place.named("Their own", "reserve", client=place.ccg)
    ids = [row.replace("Care", str(place.accounts["Care"])) for row in pair("GL-1", "5.00")]
    theirs = [row.replace("Reserve", "Their own") for row in pair("GL-2", "5.00")]
    their_id = [row.replace("Reserve", str(place.accounts["Their own"])) for row in pair("GL-3", "5.00")]
    absent = [row.replace("Reserve", "Nowhere") for row in pair("GL-4", "5.00")]
    report = await tried(place, *ids, *theirs, *their_id, *absent)
    assert codes(report) == [(line, "account", "account_unknown") for line in (5, 7, 9)]
    details = {each["detail"] for each in report["findings"]}
    assert details == {"There is no such account, or it is not yours to post to."}
    assert report["findings"][0]["read"] == "Their own"


async def test_vat_and_dimensions_come_with_their_rows(place):
    await place.named("VAT", "vat_control")
    headings = "Reference,Date,Kind,Account,Amount,VAT regime,VAT organisation,Net,VAT recoverable,Contract,Service code"
    contract = str(uuid.uuid4())
    rows = [
        f"V1,15/06/2014,expenditure,Care,100.00,s33,{place.council},100.00,20.00,{contract},reablement",
        "V1,15/06/2014,expenditure,VAT,20.00,,,,,,",
        "V1,15/06/2014,expenditure,Reserve,-120.00,,,,,,",
    ]
    made(await place.send(csv_of(*rows, headings=headings)))
    assert made(await place.send(csv_of(*rows, headings=headings)))["counts"]["journals_unchanged"] == 1
    (journal,) = await place.journals()
    entry = journal["entries"][0]
    assert entry["vat"] == {
        "regime": "s33",
        "organisation_id": str(place.council),
        "tax_point": "2014-06-15",
        "net_pence": 10000,
        "recoverable_pence": 2000,
        "irrecoverable_pence": 0,
    }
    assert (entry["dimensions"]["contract_id"], entry["dimensions"]["service_code"]) == (
        contract,
        "reablement",
    )
    moved = [rows[0].replace(contract, str(uuid.uuid4())), *rows[1:]]
    assert codes(await tried(place, *moved, headings=headings)) == [
        (2, "reference", "import_reference_changed")
    ]
    half = [rows[0].replace("s33", ""), *(each.replace("V1", "V1") for each in rows[1:])]
    assert codes(await tried(place, *half, headings=headings))[0] == (
        2,
        "vat_regime",
        "import_vat_incomplete",
    )


async def test_a_control_total_that_differs_refuses_the_file_and_names_the_scale(place, stack):
    file = csv_of(*pair("GL-1", "5.00"))
    answer = await place.send(file, control_total_pence=500_000)
    assert (answer.status_code, code_of(answer)) == (422, "ledger_import_control_total_differs")
    assert (answer.json()["out_by_factor"], answer.json()["read_pence"]) == (1000, 500)
    assert answer.json()["errors"][0]["pointer"] == "?control_total_pence"
    assert await place.journals() == []
    tried_ = await place.send(file, control_total_pence=501, dry_run=True)
    assert tried_.json()["control_total"]["out_by_pence"] == -1


async def test_text_that_a_spreadsheet_takes_for_a_formula_is_kept_as_text(place):
    rows = [row.replace("Home care", "=HYPERLINK(1)") for row in pair("GL-1", "5.00")]
    made(await place.send(csv_of(*rows)))
    assert (await place.journals())[0]["narrative"] == "=HYPERLINK(1)"


async def test_a_preamble_windows_letters_and_bare_carriage_returns(place):
    text = "Ledger of Plymouth\r\r" + "\r".join([HEADINGS, *pair("GL-1", "£5.00")]) + "\r"
    for encoding, named in (("cp1252", "windows-1252"), ("mac_roman", "mac-roman"), ("utf-8", "utf-8")):
        report = (await place.send(text.encode(encoding), dry_run=True, encoding=named)).json()
        assert (report["findings"], report["heading_line"], report["encoding"]) == ([], 3, named)


async def test_reports_are_their_senders_alone(place, client_for):
    report = made(await place.send(csv_of(*pair("GL-1", "5.00"))))
    stranger = await place.client(commissioner=uuid.uuid4())
    for client in (stranger, place.ccg):
        await assert_hidden(client, f"{URL}/{report['id']}", URL, place.partnership)
        assert (await client.get(f"{URL}/{report['id']}/findings")).status_code == 404
    listed = (await place.pcc.get(URL, params={"partnership_id": str(place.partnership)})).json()
    assert [each["id"] for each in listed["items"]] == [report["id"]]


async def test_an_import_is_audited_in_its_transaction(place, stack):
    report = made(await place.send(csv_of(*pair("GL-1", "5.00"))))
    connection = await stack.superuser()
    try:
        told = await connection.fetch(
            "select what, facts from budget.audit_events where thing_id = $1", uuid.UUID(report["id"])
        )
    finally:
        await connection.close()
    assert [each["what"] for each in told] == ["ledger_imported"]
    assert report["file_sha256"] in told[0]["facts"]
