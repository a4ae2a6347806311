"""Importing a register: 900 real rows, twice; changed rows, control totals, dry runs, and what cannot be taken."""

import csv
import io
import uuid

import pytest

from services.contracts.rules.register_remark import VALUE_NEGATIVE
from tests.contracts.register import SCOPES, Place, a_key
from tests.stack import a_caller

URL = "/v1/register-imports"
CSV = {"Content-Type": "text/csv"}
HEADINGS = (
    "ContractReference",
    "ContractTitle",
    "SupplierName",
    "StartDate",
    "EndDate",
    "ContractValue",
    "EffectiveDate",
)


@pytest.fixture(scope="session")
def norfolk(shared_data):
    return (shared_data / "contract_registers" / "norfolk_cc_register_2015_rows0001-0900.csv").read_bytes()


@pytest.fixture
async def council(client_for):
    """A council of its own for each test, so that each finds an empty register."""
    partnership = uuid.uuid4()
    return await client_for("contracts", a_caller(None, SCOPES, commissioner=partnership, host=partnership))


def a_file(*rows: tuple[str, ...], headings=HEADINGS) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode()


async def sent(client, data: bytes, **parameters) -> dict:
    answer = await client.post(URL, content=data, headers=CSV, params=parameters, key=a_key())
    assert answer.status_code == (200 if parameters.get("dry_run") else 201), answer.text
    report = answer.json()
    counts = report["counts"]
    assert counts["rows"] == counts["taken"] + counts["updated"] + counts["unchanged"] + counts["rejected"]
    assert counts["rows"] == len(report["rows"])
    return report


async def everything(client, **parameters) -> list[dict]:
    found, url = [], client.base_url.copy_with(path="/v1/contracts", params={"limit": 200, **parameters})
    while url:
        page = (await client.get(url)).json()
        found += page["items"]
        url = page["next"]
    return found


async def test_900_real_rows_are_taken_once_however_often_they_are_sent(council, norfolk):
    tried = await sent(council, norfolk, dry_run=True)
    assert await everything(council) == []
    first = await sent(council, norfolk, control_total_pence=83194749900)
    assert {**tried, "rows": [], "dry_run": None} == {
        **first,
        "rows": [],
        "dry_run": None,
        "register_import_id": None,
        "recorded_at": None,
        "control_total": {**first["control_total"], "given_pence": None, "out_by_pence": None},
    }
    assert first["counts"] == {
        "rows": 900,
        "taken": 900,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
        "with_remarks": 138,
    }
    assert first["distinct_references"] == 896
    assert [each["lines"] for each in first["references_used_again"]] == [
        [773, 774],
        [794, 795],
        [843, 844],
        [886, 887],
    ]
    assert (first["not_stated"]["end_date"], first["not_stated"]["value"]) == (781, 272)
    assert first["control_total"] == {
        "read_pence": 83194749900,
        "given_pence": 83194749900,
        "out_by_pence": 0,
    }
    assert first["register_date"] == "2015-03-28"
    second = await sent(council, norfolk)
    assert second["counts"] == {**first["counts"], "taken": 0, "unchanged": 900, "with_remarks": 137}
    assert [row["contract_id"] for row in second["rows"]] == [row["contract_id"] for row in first["rows"]]
    kept = await everything(council)
    assert len(kept) == len({each["id"] for each in kept}) == 900
    assert sum(each["value"]["amount_pence"] or 0 for each in kept) == 83194749900
    assert [each["value"]["status"] for each in kept].count("not_stated") == 272
    assert [each["end_status"] for each in kept].count("not_stated") == 781
    assert sorted(each["occurrence"] for each in kept) == [1] * 896 + [2] * 4
    assert {each["state"] for each in kept} == {"recorded_as_active", "expired"}
    assert sum(each["state"] == "expired" for each in kept) == 1


async def test_the_report_names_causes_and_lines(council, norfolk):
    report = await sent(council, norfolk, dry_run=True)
    causes = {each["code"]: each["rows"] for each in report["remarked_because"]}
    assert causes == {
        "register_supplier_individual": 123,
        "register_reference_reused": 8,
        "register_value_negative": 6,
        "register_ended_before_register": 1,
        "register_extension_before_end": 1,
    }
    by_line = {row["line"]: row for row in report["rows"]}
    assert by_line[295]["findings"] == [
        {
            "column": "value",
            "read": by_line[295]["findings"][0]["read"],
            "code": "register_value_negative",
            "detail": VALUE_NEGATIVE.detail,
        }
    ]
    assert by_line[295]["findings"][0]["read"].startswith("(")
    assert "Nominated contact point: email" in report["columns_not_read"]


async def test_names_of_individuals_and_contacts_stay_out_of_lists(council, norfolk):
    """Sole traders appear by what they trade as; the nominated contact is read for its procurement class only."""
    report = await sent(council, norfolk)
    kept = await everything(council)
    names = {provider["name"] for each in kept for provider in each["providers"]}
    assert not {
        name for name in names if name.split(" ")[0] in {"MR", "MRS", "MISS", "MS"} and "LAMS" not in name
    }
    one = next(each for each in kept if each["providers"][0]["kind"] == "individual")
    whole = (await council.get(f"/v1/contracts/{one['id']}")).json()
    assert whole["parties"][1]["name"] != one["providers"][0]["name"]
    first = (await council.get(f"/v1/contracts/{report['rows'][0]['contract_id']}")).json()
    assert first["award_regime"] == "pcr2006_part_b"


async def test_a_changed_row_changes_its_contract_and_nothing_else(council):
    rows = [
        ("A1", "Day care", "Acme Ltd", "01/04/2014", "31/03/2017", "1,000.50", "01/04/2015"),
        ("A2", "Home care", "Better Ltd", "01/04/2014", "", "", "01/04/2015"),
        ("A2", "Home care", "Cosy Ltd", "01-Apr-2014", "31-Mar-2016", "(25)", "01/04/2015"),
    ]
    first = await sent(council, a_file(*rows))
    ids = [row["contract_id"] for row in first["rows"]]
    await council.patch(f"/v1/contracts/{ids[1]}", json={"title": "Care at home"}, version=1)
    rows[1] = (*rows[1][:4], "31/03/2018", "500", "01/07/2015")
    rows.reverse()
    second = await sent(council, a_file(*rows))
    assert [(row["outcome"], row["contract_id"]) for row in second["rows"]] == [
        ("unchanged", ids[2]),
        ("updated", ids[1]),
        ("unchanged", ids[0]),
    ]
    changed = (await council.get(f"/v1/contracts/{ids[1]}")).json()
    assert (changed["title"], changed["end_date"], changed["value"]["amount_pence"]) == (
        "Care at home",
        "2018-03-31",
        50000,
    )
    assert (changed["version"], changed["occurrence"]) == (3, 1)
    third = await sent(council, a_file(*rows))
    assert {row["outcome"] for row in third["rows"]} == {"unchanged"}


async def test_the_same_key_gives_the_same_report(council):
    data, key = a_file(("A1", "Day care", "Acme Ltd", "", "", "", "")), a_key()
    first = await council.post(URL, content=data, headers=CSV, key=key)
    again = await council.post(URL, content=data, headers=CSV, key=key)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    other = await council.post(URL, content=data + b"\n", headers=CSV, key=key)
    assert other.json()["code"] == "idempotency_key_reused"


async def test_a_control_total_that_differs_takes_nothing(council):
    data = a_file(
        ("A1", "Day care", "Acme Ltd", "", "", "10.00", ""), ("A2", "Meals", "Acme Ltd", "", "", "TBC", "")
    )
    answer = await council.post(
        URL, content=data, headers=CSV, params={"control_total_pence": 999}, key=a_key()
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "control_total_differs")
    assert (answer.json()["read_pence"], answer.json()["out_by_pence"]) == (1000, 1)
    assert await everything(council) == []
    tried = await sent(council, data, control_total_pence=999, dry_run=True)
    assert tried["control_total"]["out_by_pence"] == 1
    assert (await sent(council, data, control_total_pence=1000))["counts"]["taken"] == 2


async def test_rows_that_cannot_be_taken_are_explained_and_the_others_taken(council):
    data = a_file(
        ("", "No reference", "Acme Ltd", "", "", "", ""),
        ("A1", "Bad date", "Acme Ltd", "05/25/2014", "", "", ""),
        ("A2", "Bad value", "Acme Ltd", "", "", "a lot", ""),
        ("A3", "Good", "Acme Ltd", "", "ongoing", "£1,234.00", ""),
        ("A4", "Shifted", "Acme", " Ltd", "", "", "", "x"),
    )
    report = await sent(council, data)
    assert [row["outcome"] for row in report["rows"]] == [
        "rejected",
        "rejected",
        "rejected",
        "taken",
        "rejected",
    ]
    assert report["counts"]["rejected"] == 4
    causes = {each["code"]: each["first_lines"] for each in report["rejected_because"]}
    assert causes["register_reference_missing"] == [2]
    assert causes["register_columns_shifted"] == [6]
    assert report["rows"][1]["findings"][0] == {
        "column": "start_date",
        "read": "05/25/2014",
        "code": "register_date_unreadable",
        "detail": "This is not a date like 31/03/2015 or 31-Mar-2015.",
    }
    (kept,) = await everything(council)
    assert (kept["end_status"], kept["value"]["amount_pence"]) == ("open_ended", 123400)


async def test_files_as_councils_save_them_are_read(council):
    text = 'Contracts register,,\r\rContract Reference,Title of the Agreement,Supplier name\rB1,"Caf\u00e9,\rmeals",Père Ltd\r'
    report = await sent(council, text.encode("mac_roman"))
    assert (report["encoding"], report["heading_line"], report["rows"][0]["line"]) == ("mac-roman", 3, 4)
    (kept,) = await everything(council)
    assert kept["providers"][0]["name"] == "Père Ltd"


async def test_what_is_no_register_is_refused(council):
    for content, headers, status, code in (
        (b"x", {"Content-Type": "application/json"}, 415, "media_type_unsupported"),
        (b"x", {"Content-Type": "application/vnd.ms-excel"}, 415, "media_type_unsupported"),
        (b"PK\x03\x04zip", CSV, 422, "csv_not_text"),
        (b"a,b\n1,2\n", CSV, 422, "csv_header_not_found"),
        (b"", CSV, 422, "csv_file_empty"),
    ):
        answer = await council.post(URL, content=content, headers=headers, key=a_key())
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    answer = await council.post(
        URL, content=b"x", headers={**CSV, "Content-Length": str(2 * 1024**3)}, key=a_key()
    )
    assert answer.status_code == 413
    assert (await council.post(URL, content=b"x", headers=CSV)).json()["code"] == "idempotency_key_missing"


async def test_a_register_is_sent_in_for_ones_own_organisation_only(client_for, council):
    data = a_file(("A1", "Day care", "Acme Ltd", "", "", "", ""))
    for parameters, code in (
        ({"owner_organisation_id": uuid.uuid4()}, "register_owner_is_not_caller"),
        ({"partnership_id": uuid.uuid4()}, "contract_partnership_not_commissioned"),
    ):
        for dry_run in (False, True):
            answer = await council.post(
                URL, content=data, headers=CSV, params={**parameters, "dry_run": dry_run}, key=a_key()
            )
            assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_two_imports_at_once_make_one_register(council):
    import asyncio

    data = a_file(*((f"A{number}", "Day care", "Acme Ltd", "", "", "1", "") for number in range(40)))
    answers = await asyncio.gather(
        *(council.post(URL, content=data, headers=CSV, key=a_key()) for _ in range(2))
    )
    assert sorted(each.json()["counts"]["taken"] for each in answers) == [0, 40]
    assert len(await everything(council)) == 40


async def test_a_contract_registered_directly_is_not_changed_by_a_register(client_for):
    place = Place()
    ccg = await client_for("contracts", place.caller("ccg"))
    body = place.contract()
    made = (await ccg.put(f"/v1/contracts/{uuid.uuid4()}", json=body)).json()
    report = await sent(ccg, a_file((body["reference"], "Other", "Other Ltd", "", "", "5", "")))
    assert (report["rows"][0]["outcome"], report["rows"][0]["contract_id"]) == ("unchanged", made["id"])
    assert (await ccg.get(f"/v1/contracts/{made['id']}")).json() == made
