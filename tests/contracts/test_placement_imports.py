"""Placements by CSV: completeness row by row, pseudonyms alone, the same file twice, and whose contracts they are."""

import csv
import io
import json
import uuid

import pytest

from tests.contracts.care import carer, joined, placed, running
from tests.contracts.register import Place, a_key

URL = "/v1/placement-imports"
CSV = {"Content-Type": "text/csv"}
HEADINGS = (
    "Placement reference", "Person reference", "Contract reference", "Provider", "Service", "Unit", "Unit rate",
    "Units per week", "Weekly cost", "Funding type", "Start date", "Review date", "End date", "Outcomes expected",
    "Site name", "Site area code", "Responsible area code", "Keep until", "State",
)  # fmt: skip
WHOLE = {
    "Person reference": "P-7F3A", "Service": "Residential care, older people", "Unit": "per week",
    "Unit rate": "£1,812.50", "Funding type": "Joint", "Start date": "07/04/2014", "Review date": "7-Oct-2014",
    "End date": "06/04/2015", "Outcomes expected": "Keeps in touch; Walks again", "Site name": "The Lodge",
    "Site area code": "E06000026", "Responsible area code": "E06000027", "Keep until": "06/04/2191",
    "State": "active",
}  # fmt: skip


def a_file(*rows: dict, headings=HEADINGS) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *([row.get(name, "") for name in headings] for row in rows)])
    return out.getvalue().encode()


async def sent(client, *rows: dict, headings=HEADINGS, **parameters) -> dict:
    content = a_file(*rows, headings=headings)
    answer = await client.post(URL, content=content, headers=CSV, params=parameters, key=a_key())
    assert answer.status_code == (200 if parameters.get("dry_run") else 201), answer.text
    report = answer.json()
    counts = report["counts"]
    assert counts["rows"] == len(rows)
    assert counts["rows"] == counts["taken"] + counts["updated"] + counts["unchanged"] + counts["rejected"]
    return report


class Care:
    """A running contract of the CCG that Kernow joins, with whoever calls."""

    def __init__(self, client_for) -> None:
        self.place, self._client_for = Place(), client_for

    async def put(self) -> "Care":
        self.ccg, self.kernow, self.pch, self.stranger = [
            await self._client_for("contracts", carer(self.place, role))
            for role in ("ccg", "kernow", "pch", "stranger")
        ]
        self.reference = f"CARE-{uuid.uuid4().hex[:8]}"
        parties = joined(self.place)
        self.contract = await running(self.ccg, self.place, reference=self.reference, **shared_by(parties))
        return self

    def row(self, reference: str, **changes: str) -> dict:
        return {"Placement reference": reference, "Contract reference": self.reference, **WHOLE, **changes}


def shared_by(parties: dict) -> dict:
    first, second, *others = parties["parties"]
    return {"parties": [{**first, "share_percent": "60"}, {**second, "share_percent": "40"}, *others]}


@pytest.fixture
async def care(client_for):
    return await Care(client_for).put()


@pytest.mark.row("S4-C04")
async def test_each_row_says_how_complete_its_placement_is_and_twice_changes_nothing(care):
    rows = [
        care.row("PL-1"),
        care.row("PL-2", **{"Review date": "", "Unit rate": "", "Outcomes expected": ""}),
    ]
    tried = await sent(care.ccg, *rows, dry_run=True)
    assert [row["placement_id"] for row in tried["rows"]] == [None, None]
    assert (await care.ccg.get("/v1/placements")).json()["items"] == []
    report = await sent(care.ccg, *rows, control_total_pence=181250)
    assert [row["missing"] for row in report["rows"]] == [
        [], ["unit_rate", "weekly_cost", "review_date", "outcomes_expected"],
    ]  # fmt: skip
    assert (report["complete"], report["missing"]["review_date"]) == (1, 1)
    one = (await care.ccg.get(f"/v1/placements/{report['rows'][0]['placement_id']}")).json()
    assert (one["weekly_cost"]["amount_pence"], one["out_of_area"], one["state"]) == (181250, True, "active")
    assert one["outcomes_expected"] == ["Keeps in touch", "Walks again"]
    assert one["provider_organisation_id"] == str(care.place.pch)
    again = await sent(care.ccg, *rows)
    assert (again["counts"]["unchanged"], again["counts"]["taken"]) == (2, 0)
    changed = await sent(care.ccg, {**rows[1], "Review date": "01/12/2014"}, care.row("PL-3"))
    assert [row["outcome"] for row in changed["rows"]] == ["updated", "taken"]
    two = (await care.ccg.get(f"/v1/placements/{changed['rows'][0]['placement_id']}")).json()
    assert (two["review_date"], two["version"], "review_date" in two["missing"]) == ("2014-12-01", 2, False)
    assert (two["person_reference"], two["end_date"]) == ("P-7F3A", "2015-04-06")


def without_rows(report):
    return {name: value for name, value in report.items() if name != "rows"}


async def test_what_became_of_a_file_is_kept_without_anything_of_a_person(care, stack):
    report = await sent(care.ccg, care.row("PL-1"), care.row("PL-BAD", **{"End date": "31/02/2015"}))
    url = f"{URL}/{report['placement_import_id']}"
    assert (await care.ccg.get(url)).json() == report
    assert (await care.ccg.get(URL)).json()["items"] == [without_rows(report)]
    (bad,) = (await care.ccg.get(f"{url}/rows", params={"outcome": "rejected"})).json()["items"]
    assert (bad["line"], bad["findings"][0]["column"], bad["findings"][0]["read"]) == (
        3,
        "end_date",
        "31/02/2015",
    )
    (good,) = (await care.ccg.get(f"{url}/rows", params={"complete": "true"})).json()["items"]
    assert good["line"] == 2
    assert "P-7F3A" not in json.dumps(report)
    assert "PL-1" not in json.dumps(report)
    for other in (care.kernow, care.stranger, care.pch):
        assert (await other.get(url)).status_code == 404
        assert (await other.get(f"{url}/rows")).status_code == 404
        assert (await other.get(URL)).json()["items"] == []
    admin = await stack.superuser()
    try:
        kept = await admin.fetchval(
            "select string_agg(r::text, ' ') from contracts.placement_import_rows r where placement_import_id = $1",
            uuid.UUID(report["placement_import_id"]),
        )
    finally:
        await admin.close()
    assert "P-7F3A" not in kept
    assert "PL-1" not in kept


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Person reference", "9434765919"),
        ("Outcomes expected", "NHS no. 943 476 5919 walks again"),
        ("Service", "Residential care QQ 12 34 56 C".replace("QQ", "AB")),
        ("Site name", "Mrs Ada Smith, 12/03/1941"),
        ("Weekly cost", "Ada Smith born 12 March 1941"),
        ("Team", "Ada Smith (12.03.1941)"),
    ],
)
async def test_nothing_of_a_person_comes_in_by_any_cell(care, column, cell):
    headings = (*HEADINGS, "Team")
    report = await sent(care.ccg, care.row("PL-1", **{column: cell}), care.row("PL-2"), headings=headings)
    assert [row["outcome"] for row in report["rows"]] == ["rejected", "taken"]
    assert {each["code"] for each in report["rows"][0]["findings"]} == {"placement_cell_personal"}
    assert cell not in json.dumps(report)


async def test_a_file_with_columns_for_persons_is_refused_whole(care):
    for heading in ("NHS Number", "Date of Birth", "Surname"):
        content = a_file(care.row("PL-1"), headings=(*HEADINGS, heading))
        answer = await care.ccg.post(URL, content=content, headers=CSV, key=a_key())
        assert (answer.status_code, answer.json()["code"]) == (422, "placement_file_names_persons")
        assert (answer.json()["headings"], answer.json()["heading_line"]) == ([heading], 1)
    without = tuple(name for name in HEADINGS if name != "Contract reference")
    answer = await care.ccg.post(
        URL, content=a_file(care.row("PL-1"), headings=without), headers=CSV, key=a_key()
    )
    assert answer.json()["code"] == "placement_file_without_contracts"
    zipped = await care.ccg.post(URL, content=b"PK\x03\x04zip", headers=CSV, key=a_key())
    assert (zipped.status_code, zipped.json()["code"]) == (422, "csv_not_text")


async def test_rows_that_cannot_be_taken_say_why_and_the_others_are_taken(care):
    odd = [
        care.row("PL-1", **{"Start date": "31/03/2013", "Review date": "", "End date": ""}),
        care.row("PL-2", **{"Contract reference": "NONE-SUCH"}),
        care.row("PL-3", Provider="Somebody Else Ltd"),
        care.row("PL-4", Unit="fortnight"),
        care.row("PL-5", **{"Weekly cost": "1,000.00"}),
        care.row("PL-6", **{"Keep until": "06/04/2016"}),
        care.row("PL-7"),
        care.row("PL-7", **{"Person reference": "P-OTHER"}),
        care.row("PL-8", **{"End date": "01/04/2014", "Review date": ""}),
        care.row("PL-9"),
    ]
    report = await sent(care.ccg, *odd)
    said = [(row["line"], each["column"], each["code"]) for row in report["rows"] for each in row["findings"]]
    assert said == [
        (2, "start_date", "placement_outside_contract"),
        (3, "contract", "placement_contract_not_found"),
        (4, "provider", "placement_provider_not_found"),
        (5, "unit", "placement_unit_unknown"),
        (6, "weekly_cost", "placement_cost_differs"),
        (7, "keep_until", "placement_retention_over"),
        (8, "reference", "placement_reference_repeated"),
        (9, "reference", "placement_reference_repeated"),
        (10, "end_date", "placement_ends_before_start"),
    ]
    assert (report["counts"]["taken"], report["counts"]["rejected"]) == (1, 9)
    answer = await care.ccg.post(
        URL, content=a_file(care.row("PL-10")), headers=CSV, key=a_key(), params={"control_total_pence": 1}
    )
    assert (answer.status_code, answer.json()["out_by_pence"]) == (422, 181249)
    assert [each["reference"] for each in (await care.ccg.get("/v1/placements")).json()["items"]] == ["PL-9"]


async def test_each_commissioner_places_under_its_own_name_and_nobody_under_anothers_contract(care):
    report = await sent(care.kernow, care.row("PL-1"))
    one = (await care.kernow.get(f"/v1/placements/{report['rows'][0]['placement_id']}")).json()
    assert one["controller_organisation_id"] == str(care.place.kernow)
    assert (await care.ccg.get(f"/v1/placements/{one['id']}")).status_code == 404
    told = (await care.pch.get("/v1/placements")).json()["items"]
    assert [each["id"] for each in told] == [one["id"]]
    for way in ({"Contract reference": care.reference}, {"Contract ID": care.contract}):
        row = {**care.row("PL-9"), "Contract reference": "", **way}
        report = await sent(care.stranger, row, headings=(*HEADINGS, "Contract ID"))
        assert [each["code"] for each in report["rejected_because"]] == ["placement_contract_not_found"]
    by_hand = await placed(care.ccg, care.contract, care.place.pch, reference="PL-HAND", state="planned")
    kept = await sent(care.ccg, care.row("PL-HAND", **{"Unit rate": "900"}))
    assert (kept["rows"][0]["outcome"], kept["rows"][0]["placement_id"]) == ("updated", by_hand["id"])
    assert [each["code"] for each in kept["rows"][0]["findings"]] == ["placement_state_kept"]
