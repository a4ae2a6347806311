"""Packages of releases as others publish them: all are read, counts add up, and the same file again changes nothing."""

import json
import uuid

import pytest

from tests.contracts.register import SCOPES, a_key
from tests.stack import a_caller

URL = "/v1/release-imports"
LINES = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def buyer(client_for):
    return await client_for("contracts", a_caller(uuid.uuid4(), SCOPES, commissioner=uuid.uuid4()))


async def sent(client, body: bytes, headers=JSON, **params) -> dict:
    answer = await client.post(URL, content=body, headers=headers, params=params, key=a_key())
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def adds_up(counts: dict) -> bool:
    return counts["rows"] == sum(counts[name] for name in ("taken", "updated", "unchanged", "rejected"))


async def test_published_packages_come_in(buyer, shared_data):
    """Contracts Finder and the standard's own examples: 13 releases of lines, of which 8 award something."""
    folder = shared_data / "ocds"
    lines = (folder / "contracts_finder" / "cf_2025-03-11_health_social_care_a.jsonl").read_bytes()
    tried = await sent(buyer, lines, LINES, dry_run=True)
    assert (tried["counts"]["taken"], tried["counts"]["rejected"]) == (8, 5)
    assert {each["code"] for each in tried["rejected_because"]} == {"release_awards_nothing"}
    first = await sent(buyer, lines, LINES)
    assert first["counts"] == tried["counts"]
    again = await sent(buyer, lines, LINES)
    assert (again["counts"]["unchanged"], again["counts"]["rejected"]) == (8, 5)
    amounts = [
        award["value"]["amount"]
        for line in lines.splitlines()
        for award in json.loads(line).get("awards", ())
    ]
    assert first["control_total"]["read_pence"] == round(sum(amounts) * 100)
    files = [*folder.glob("contracts_finder/*.json"), *folder.glob("standard_examples/*.json")]
    assert len(files) >= 12
    for path in files:
        report = await sent(buyer, path.read_bytes())
        assert adds_up(report["counts"]), path.name
        assert report["counts"]["rows"] >= 1, path.name


async def test_many_suppliers_stand_in_one_contract(buyer, shared_data):
    path = shared_data / "ocds" / "contracts_finder" / "cf_2020_package_1869e19a2d75.json"
    report = await sent(buyer, path.read_bytes())
    (row,) = report["rows"]
    contract = (await buyer.get(f"/v1/contracts/{row['contract_id']}")).json()
    providers = [each for each in contract["parties"] if each["role"] == "provider"]
    published = json.loads(path.read_text())["releases"][0]["awards"][0]["suppliers"]
    assert [each["name"] for each in providers] == [each["name"].strip() for each in published]
    assert providers[0]["identifiers"] == [{"scheme": "GB-COH", "id": "01284733"}]
    assert contract["value"]["amount_pence"] == 40_000_000_000


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"PK\x03\x04zip", JSON),
        (b"[" * 100_000, JSON),
        (b'{"releases":' + b"[" * 50_000, JSON),
        (b"[]", JSON),
        (b"", JSON),
        (b"{}", JSON),
    ],
)
async def test_what_is_no_package_is_refused(buyer, body, headers):
    answer = await buyer.post(URL, content=body, headers=headers, key=a_key())
    assert answer.status_code in (201, 400, 422), answer.text
    if answer.status_code == 201:
        assert answer.json()["counts"]["rejected"] == answer.json()["counts"]["rows"] == 1


async def test_odd_shapes_are_rows_that_say_so(buyer):
    odd = [
        None, 7, {"ocid": 1, "date": "2020-01-01T00:00:00Z"}, {"ocid": "o-1"},
        {"ocid": "o-2", "date": "x", "awards": {"id": 1}, "contracts": "no"},
        {"ocid": "o-3", "date": "x", "awards": [{"id": ["x"], "suppliers": [{"id": {}, "name": 5}]}]},
        {"ocid": "o-4", "date": "x", "awards": [{"id": 1, "title": "T", "value": {"amount": 1e300, "currency": "GBP"},
                                                  "suppliers": [{"id": 1, "name": "A Ltd"}]}]},
        {"ocid": "o-5", "date": "x", "awards": [{"id": 1, "title": "T", "value": {"amount": 10.005, "currency": "EUR"},
            "contractPeriod": {"startDate": "2025-03-31T23:00:00Z", "endDate": "31/02/2015"},
            "suppliers": [{"id": 1, "name": "A Ltd"}]}]},
        {"ocid": "o-6", "date": "x", "awards": [{"id": 1, "status": "cancelled", "title": "T",
                                                  "suppliers": [{"id": 1, "name": "A Ltd"}]}]},
        {"ocid": "o-7", "date": "x", "awards": [{"id": 1, "title": "=cmd()", "suppliers": [{"id": 1, "name": "A Ltd"}],
            "contractPeriod": {"startDate": "2025-03-31T23:00:00Z"}, "value": {"amount": 12.5}}]},
    ]  # fmt: skip
    report = await sent(buyer, json.dumps({"releases": odd}).encode())
    assert adds_up(report["counts"])
    assert (report["counts"]["rows"], report["counts"]["taken"]) == (10, 1)
    (taken,) = [row for row in report["rows"] if row["outcome"] == "taken"]
    contract = (await buyer.get(f"/v1/contracts/{taken['contract_id']}")).json()
    assert (contract["start_date"], contract["value"]["amount_pence"]) == ("2025-04-01", 1250)
    codes = {each["code"] for each in report["rejected_because"]}
    assert codes >= {"release_unreadable", "release_awards_nothing", "register_money_unreadable",
                     "register_date_unreadable", "release_award_fell", "register_supplier_missing"}  # fmt: skip
