"""The Transparency Code's register: its fields, whose contracts, what is withheld, and a table that loads back."""

import csv
import io
import json
import uuid
from typing import Any

from services.contracts.store import registers
from tests.contracts.register import a_key
from tests.contracts.town import SCOPES, Town
from tests.stack import a_caller


async def table(client, url: str, **params) -> tuple[bytes, list[dict]]:
    answer = await client.get(url, params=params, headers={"Accept": "text/csv"})
    assert answer.status_code == 200, answer.text
    return answer.content, list(csv.DictReader(io.StringIO(answer.content.decode())))


async def register_of(town: Town, **params) -> dict[str, dict]:
    _, rows = await table(
        town.public, "/v1/register", owner_organisation_id=str(town.place.council), **params
    )
    return {row["ContractReference"]: row for row in rows}


async def test_the_register_has_the_fields_of_the_codes_scheme(town, shared_data):
    scheme = json.loads((shared_data / "contract_registers" / "lgtc_contracts_table_schema.json").read_text())
    contract = await town.contract(
        reference="R-1", title="=HYPERLINK(1)", description="Care", department="People",
        review_date="2015-06-01", tender_type="itt", agreement_form="single_award",
        irrecoverable_vat={"amount_pence": 0, "status": "actual"},
    )  # fmt: skip
    await town.decide(contract, particulars={"cpv_code": "85312000", "cpv_label": "Social work"})
    _, exported = await table(town.council, "/v1/register-export")
    assert list(exported[0])[:38] == [field["name"] for field in scheme["fields"]]
    row = (await register_of(town, quarter="2015-16-Q4")).get("R-1")
    assert row is None  # recorded here later than that quarter's end
    row = _alone(await table(town.council, "/v1/register-export"), "R-1")
    for field in scheme["fields"]:
        name, wanted = field["name"], field["constraints"]
        assert name in row
        if pattern := wanted.get("pattern"):
            assert not row[name] or row[name] in pattern.strip("()").split("|")
    needed = {each["name"] for each in scheme["fields"] if each["constraints"]["required"]}
    unknown = {"CharityCommissionNumber", "SMESupplier", "VCSESupplier"}
    assert {name for name in needed if not row[name]} == unknown
    assert row["ContractTitle"] == "'=HYPERLINK(1)"
    assert (row["ContractValue"], row["StartDate"], row["ProcessType"]) == (
        "1234567.00", "2013-04-01", "Published invitation to tender",
    )  # fmt: skip


def _alone(found, reference: str) -> dict:
    (row,) = [row for row in found[1] if row["ContractReference"] == reference]
    return row


async def test_the_public_register_lists_what_runs_and_exceeds_the_threshold(town, client_for):
    running = {
        "start_date": "2026-04-01",
        "end_date": "2029-03-31",
        "max_end_date": None,
        "state": "recorded_as_active",
    }
    pence = {"R-AT": 500_000, "R-OVER": 500_001, "R-HID": 100}
    for reference, amount in pence.items():
        made = await town.contract(
            **running, reference=reference, value={"amount_pence": amount, "status": "actual"}
        )
        withheld = [{"field": "value", "exemption": "foia_43_commercial", "decided_by": "Monitoring Officer",
                     "decided_on": "2026-01-01"}] if reference == "R-HID" else []  # fmt: skip
        await town.decide(made, withheld=withheld)
    await town.contract(**running, reference="R-CLOSED")
    over = await town.contract(reference="R-PAST")
    await town.decide(over)
    found = await register_of(town)
    assert {"R-OVER", "R-HID"} <= set(found)
    assert not {"R-AT", "R-CLOSED", "R-PAST"} & set(found)
    assert found["R-HID"]["ContractValue"] == ""
    assert found["R-HID"]["Withheld"] == "value: foia_43_commercial, Monitoring Officer"
    items = (
        await town.public.get("/v1/register", params={"owner_organisation_id": str(town.place.council)})
    ).json()
    assert {each["contract_reference"] for each in items["items"]} == set(found)
    assert "amount" not in json.dumps(
        [each for each in items["items"] if each["contract_reference"] == "R-HID"]
    )


async def test_the_public_table_is_whole_however_long_it_is(town, monkeypatch):
    """Read in batches of two, it has each contract of its pages once, in their order."""
    monkeypatch.setattr(registers, "_BATCH", 2)
    for number in range(5):
        made = await town.contract(
            reference=f"R-WHOLE-{number}", start_date="2026-04-01", end_date="2029-03-31", max_end_date=None,
            state="recorded_as_active",
        )  # fmt: skip
        await town.decide(made)
    owner = {"owner_organisation_id": str(town.place.council)}
    _, rows = await table(town.public, "/v1/register", **owner)
    pages = (await town.public.get("/v1/register", params={**owner, "limit": 200})).json()
    assert [row["ContractReference"] for row in rows] == [
        each["contract_reference"] for each in pages["items"]
    ]
    assert sum(row["ContractReference"].startswith("R-WHOLE-") for row in rows) == 5


async def test_an_nhs_body_has_no_such_register(client_for, town):
    nhs = Town(client_for)
    nhs.place.council, nhs.council = (
        town.place.ccg,
        await client_for("contracts", a_caller(town.place.ccg, SCOPES, commissioner=nhs.place.partnership)),
    )
    nhs.public = town.public
    body = {"name": "NEW Devon CCG", "kind": "nhs_commissioner"}
    assert (await nhs.council.put(f"/v1/publishers/{town.place.ccg}", json=body)).status_code == 201
    contract = await nhs.contract(
        state="recorded_as_active", start_date="2026-04-01", end_date="2029-03-31", max_end_date=None
    )
    await nhs.decide(contract)
    assert len(await nhs.releases(contract)) == 1
    assert await register_of(nhs) == {}


async def test_an_export_loads_back_to_the_same_register(client_for, shared_data):
    """A published register in, out, in to an empty one, and out again: the two tables are the same bytes."""
    source = (shared_data / "contract_registers" / "norfolk_cc_register_2015_rows0001-0900.csv").read_bytes()
    exports: list[bytes] = []
    for _ in range(2):
        own, here = uuid.uuid4(), uuid.uuid4()
        client = await client_for("contracts", a_caller(own, SCOPES, commissioner=here))
        body = {"name": "Norfolk County Council", "kind": "local_authority",
                "identifiers": [{"scheme": "GB-LAE", "id": "NFK"}], "open_by_default": True}  # fmt: skip
        assert (await client.put(f"/v1/publishers/{own}", json=body)).status_code == 201
        answer = await client.post(
            "/v1/register-imports", content=exports[-1] if exports else source, key=a_key(),
            params={"partnership_id": str(here), "register_date": "2015-03-31"}, headers={"Content-Type": "text/csv"},
        )  # fmt: skip
        assert answer.status_code == 201, answer.text[:2000]
        counts = answer.json()["counts"]
        assert counts["rows"] == counts["taken"] + counts["rejected"] == 900
        assert counts["rejected"] == 0
        exports.append((await table(client, "/v1/register-export"))[0])
    assert exports[0] == exports[1]
    assert exports[0].count(b"\r\n") == 901


async def test_ones_own_export_changes_nothing_in_the_register_it_came_from(client_for, shared_data):
    """Nor does the source file after it: no record moves, and no release goes out again."""
    source = (shared_data / "contract_registers" / "norfolk_cc_register_2015_rows0001-0900.csv").read_bytes()
    own, here = uuid.uuid4(), uuid.uuid4()
    client = await client_for("contracts", a_caller(own, SCOPES, commissioner=here))
    await taken(client, here, source)
    raw, _ = await table(client, "/v1/register-export")
    for again in (raw, source):
        counts = (await taken(client, here, again))["counts"]
        assert (counts["taken"], counts["updated"], counts["unchanged"]) == (0, 0, 900)


async def taken(client, here: uuid.UUID, file: bytes) -> dict:
    answer = await client.post(
        "/v1/register-imports", content=file, key=a_key(), headers={"Content-Type": "text/csv"},
        params={"partnership_id": str(here), "register_date": "2015-03-31"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text[:2000]
    return answer.json()


TWO: list[dict[str, Any]] = [
    {"name": "Alpha Ltd", "identifiers": [{"scheme": "GB-COH", "id": "07584107"}], "sme": True},
    {"name": "Beta Trust; of Devon", "identifiers": [{"scheme": "GB-CHC", "id": "1149385"}, {"scheme": "ODS", "id": "RK9"}],
     "kind": "voluntary_sector", "vcse": True},
]  # fmt: skip
PERSON: list[dict[str, Any]] = [
    {"name": "MRS J BLOGGS", "kind": "individual", "identifiers": [{"scheme": "local", "id": "V-77"}]}
]


async def test_an_export_loads_back_with_every_supplier(town, client_for):
    for reference, suppliers in (("EXP-TWO", TWO), ("EXP-ONE", PERSON)):
        lead = {"role": "lead_commissioner", "organisation_id": str(town.place.council)}
        parties = [lead, *({"role": "provider", **each} for each in suppliers)]
        await town.contract(reference=reference, title="'=1", parties=parties)
    raw, _ = await table(town.council, "/v1/register-export")
    own, here = uuid.uuid4(), uuid.uuid4()
    client = await client_for("contracts", a_caller(own, SCOPES, commissioner=here))
    await taken(client, here, raw)
    for reference, suppliers in (("EXP-TWO", TWO), ("EXP-ONE", PERSON)):
        (listed,) = (await client.get("/v1/contracts", params={"reference": reference})).json()["items"]
        kept = (await client.get(f"/v1/contracts/{listed['id']}")).json()
        found = [each for each in kept["parties"] if each["role"] == "provider"]
        assert [
            {name: each[name] for name in said} for each, said in zip(found, suppliers, strict=True)
        ] == suppliers
        assert kept["title"] == "'=1"
        publication = (await client.get(f"/v1/contracts/{listed['id']}/publication")).json()
        assert publication["particulars"].get("open_contracting_id") is None
    assert (
        b"MRS J BLOGGS"
        not in (await table(town.public, "/v1/register", owner_organisation_id=str(town.place.council)))[0]
    )


async def test_a_published_id_of_ours_that_comes_back_states_nothing(town, client_for):
    made = await town.contract(reference="EXP-OURS", state="recorded_as_active")
    await town.decide(made)
    raw, rows = await table(town.public, "/v1/register", owner_organisation_id=str(town.place.council))
    assert f"ocds-213czf-{made}" in {each["OpenContractingID"] for each in rows}
    own, here = uuid.uuid4(), uuid.uuid4()
    client = await client_for("contracts", a_caller(own, SCOPES, commissioner=here))
    await taken(client, here, raw)
    (listed,) = (await client.get("/v1/contracts", params={"reference": "EXP-OURS"})).json()["items"]
    publication = (await client.get(f"/v1/contracts/{listed['id']}/publication")).json()
    assert publication["particulars"].get("open_contracting_id") is None
