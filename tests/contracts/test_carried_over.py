"""What goes on in a next record, by novation, consolidation or split, carries what was decided of the one before."""

import uuid
from typing import Any

import pytest

from tests.contracts.register import a_key
from tests.contracts.test_releases import withheld
from tests.contracts.test_transfers import acted, asked, put
from tests.stack import a_caller

SECRETS = ("Ward Seven", "98765", "Livewell")


async def open_by_default(town) -> None:
    url = f"/v1/publishers/{town.place.council}"
    version = (await town.council.get(url)).json()["version"]
    changed = await town.council.patch(url, json={"open_by_default": True}, version=version)
    assert changed.status_code == 200, changed.text


async def secret(town, **decided) -> str:
    """A running contract, open, of which title, value and supplier are withheld."""
    contract = await town.contract(
        state="recorded_as_active",
        title="Placement of one person at Ward Seven",
        value={"amount_pence": 9_876_500 * 3, "status": "actual"},
        value_basis="total",
    )
    fields = [withheld(each) for each in ("title", "value", "supplier")]
    await town.decide(contract, **{"withheld": fields, **decided})
    return contract


async def parts_of(town, contract: str) -> list[str]:
    parts = [
        {
            "contract_id": str(uuid.uuid4()),
            "reference": a_key(),
            "title": "Ward Seven, again",
            "share_percent": share,
        }
        for share in ("50", "50")
    ]
    body = {
        "source_contract_id": contract,
        "effective_on": "2014-10-01",
        "reason": "Two services",
        "parts": parts,
    }
    await put(town.council, "splits", body)
    return [each["contract_id"] for each in parts]


async def joined(town, *contracts: str) -> list[str]:
    new = str(uuid.uuid4())
    body = {
        "source_contract_ids": list(contracts), "contract_id": new, "reference": a_key(),
        "title": "Ward Seven and more", "effective_on": "2014-10-01", "reason": "One service",
    }  # fmt: skip
    await put(town.council, "consolidations", body)
    return [new]


async def test_what_is_withheld_stays_withheld_in_the_parts_of_a_split(town):
    await open_by_default(town)
    for new in await parts_of(town, await secret(town)):
        said = (await town.public.get(f"/v1/records/ocds-213czf-{new}")).text
        assert [each for each in SECRETS if each in said] == []
        kept = (await town.council.get(f"/v1/contracts/{new}/publication")).json()
        assert {each["field"] for each in kept["withheld"]} == {"title", "value", "supplier"}


async def test_what_is_withheld_of_one_is_withheld_of_what_it_is_joined_to(town):
    await open_by_default(town)
    plain = await town.contract(state="recorded_as_active", value={"amount_pence": 100}, value_basis="total")
    (new,) = await joined(town, plain, await secret(town))
    said = (await town.public.get(f"/v1/records/ocds-213czf-{new}")).text
    assert [each for each in SECRETS if each in said] == []


async def test_what_was_closed_by_hand_is_not_opened_by_a_default(town):
    await open_by_default(town)
    for new in await parts_of(town, await secret(town, open=False)):
        assert (await town.public.get(f"/v1/records/ocds-213czf-{new}")).status_code == 404
    url = f"/v1/publishers/{town.place.council}"
    for default in (False, True):
        version = (await town.council.get(url)).json()["version"]
        await town.council.patch(url, json={"open_by_default": default}, version=version)
    assert (await town.public.get(f"/v1/records/ocds-213czf-{new}")).status_code == 404


async def test_a_plain_contract_goes_on_by_the_default(town):
    await open_by_default(town)
    plain = await town.contract(state="recorded_as_active", value={"amount_pence": 100}, value_basis="total")
    for new in await parts_of(town, plain):
        assert (await town.public.get(f"/v1/records/ocds-213czf-{new}")).status_code == 200


@pytest.mark.parametrize("open_", [True, False])
async def test_the_next_lead_takes_over_what_was_withheld(town, client_for, open_):
    """Its own default opens what it takes over, and shows nothing that the outgoing lead withheld."""
    here = town.place.partnership
    scopes = "contract:read contract:write publication:write variation:answer"
    caller = a_caller(town.place.ccg, scopes, commissioner=here)
    ccg = await client_for("contracts", caller)
    body = {"name": "NHS", "kind": "nhs_commissioner", "identifiers": [], "open_by_default": True}
    await ccg.put(f"/v1/publishers/{town.place.ccg}", json=body)
    contract = {"id": await secret(town, open=open_)}
    order = {"title": "The Transfer Order", "made_on": "2014-03-01"}
    made = await put(
        town.council, "statutory-transfers",
        asked(town.place, contract, "commissioner", "council", "ccg", instrument=order),
    )  # fmt: skip
    await acted(town.council, made, "completion", resource="statutory-transfers")
    await acted(ccg, made, "take-over", 201, resource="statutory-transfers", reference=a_key())
    answer = await town.public.get(f"/v1/records/ocds-213czf-{made['new_contract_id']}")
    assert [each for each in SECRETS if each in answer.text] == []
    assert answer.status_code == (200 if open_ else 404)


async def vat_of(town, contract: str) -> int:
    return (await town.council.get(f"/v1/contracts/{contract}")).json()["irrecoverable_vat"]["amount_pence"]


def taxed(pence: int) -> dict:
    return {
        "state": "recorded_as_active", "value_basis": "total",
        "value": {"amount_pence": 1_000_001}, "irrecoverable_vat": {"amount_pence": pence},
    }  # fmt: skip


async def test_irrecoverable_vat_is_neither_lost_nor_doubled(town):
    source = await town.contract(**taxed(100_001))
    parts = await parts_of(town, source)
    assert sum([await vat_of(town, each) for each in (source, *parts)]) == 100_001
    first, second = await town.contract(**taxed(70_001)), await town.contract(**taxed(30_007))
    new = await joined(town, first, second)
    assert sum([await vat_of(town, each) for each in (first, second, *new)]) == 100_008


async def test_a_contract_that_passes_to_a_successor_stands_in_its_register_and_in_no_other(town, client_for):
    """Published twice its value would count twice; published by nobody it would be lost."""
    days = {"end_date": "2099-03-31", "max_end_date": None}
    contract = await town.contract(state="recorded_as_active", value={"amount_pence": 5_000_000}, **days)
    await town.decide(contract)
    new, here, id_ = uuid.uuid4(), town.place.partnership, str(uuid.uuid4())
    both = (new, town.place.council)
    scopes = "contract:read contract:write publication:write"
    successor = await client_for("contracts", a_caller(new, scopes, organisations=both, commissioner=here))
    body = {"name": "Dorset Council", "kind": "local_authority", "identifiers": []}
    assert (await successor.put(f"/v1/publishers/{new}", json=body)).status_code == 201
    target = f"/v1/succession-parts/{id_}"
    part = {
        "effective_date": "2014-04-01", "kind": "transfer", "instrument": "Order",
        "moves": [{"predecessor_id": str(town.place.council), "successor_id": str(new), "share": "1"}],
    }  # fmt: skip
    assert (await successor.put(target, json=part)).status_code == 201
    found = {}
    for owner in (new, town.place.council):
        listed = await town.public.get(
            "/v1/register", params={"owner_organisation_id": str(owner), "limit": 200}
        )
        assert listed.status_code == 200, listed.text
        found[owner] = [each["contract_id"] for each in listed.json()["items"]]
    assert (contract in found[new], contract in found[town.place.council]) == (True, False)
    assert len((await town.record(contract))["releases"]) == 1, "nothing that is published has changed"
    exported = await successor.get("/v1/register-export")
    known = (await successor.get(f"/v1/contracts/{contract}")).json()["reference"]
    assert known in exported.text


async def test_a_contract_that_is_named_twice_is_refused(town):
    """Counted twice, its value would be doubled in what it becomes."""
    made = [await town.contract(**taxed(100)) for _ in range(2)]
    body = {
        "source_contract_ids": [*made, made[0]], "contract_id": str(uuid.uuid4()), "reference": a_key(),
        "title": "Joined", "effective_on": "2014-10-01", "reason": "One service",
    }  # fmt: skip
    assert (await put(town.council, "consolidations", body, 422))["code"] == "consolidation_needs_two"
    part = {"contract_id": str(uuid.uuid4()), "title": "Part"}
    parts = [{**part, "reference": a_key(), "share_percent": "25"} for _ in range(2)]
    parts.append(
        {"contract_id": str(uuid.uuid4()), "reference": a_key(), "title": "P", "share_percent": "50"}
    )
    body = {"source_contract_id": made[0], "effective_on": "2014-10-01", "reason": "Parts", "parts": parts}
    assert (await put(town.council, "splits", body, 422))["code"] == "split_needs_two"


async def test_a_part_of_a_split_runs_no_longer_than_the_contract_could(town):
    """A longer term is an extension or a variation, with the tests that these ask for."""
    source = await town.contract(**taxed(100))
    for end, status in (("2018-04-01", 422), ("2018-03-31", 201)):
        parts = [
            {
                "contract_id": str(uuid.uuid4()),
                "reference": a_key(),
                "title": "P",
                "share_percent": "50",
                "end_date": end,
            }
            for _ in range(2)
        ]
        body = {
            "source_contract_id": source,
            "effective_on": "2014-10-01",
            "reason": "Parts",
            "parts": parts,
        }
        await put(town.council, "splits", body, status)
    plain = await town.contract(**taxed(100), max_end_date=None)
    for end, status in (("2016-04-01", 422), ("2016-03-31", 201)):
        parts = [
            {**each, "contract_id": str(uuid.uuid4()), "reference": a_key(), "end_date": end}
            for each in parts
        ]
        body = {"source_contract_id": plain, "effective_on": "2014-10-01", "reason": "Parts", "parts": parts}
        await put(town.council, "splits", body, status)


SAID: dict[str, Any] = {
    "open_contracting_id": "ocds-213czf-2014-0001", "cpv_code": "85312000-9", "cpv_label": "Social work services",
    "contact_name": "Commissioning team", "contact_email": "team@plymouth.gov.uk",
    "area_served_label": "Plymouth",
    "documents": [{"id": "d1", "document_type": "contractSigned", "title": "The contract", "url": "https://example.org/c"}],
}  # fmt: skip


async def said(town, contract: str, **changes) -> dict:
    """Open a contract and say these particulars of it; those that stand."""
    return (await town.decide(contract, particulars={**SAID, **changes}))["particulars"]


async def particulars_of(client, contract: str) -> dict:
    return (await client.get(f"/v1/contracts/{contract}/publication")).json()["particulars"]


async def test_what_the_register_says_beyond_a_contract_goes_on_with_its_parts(town):
    contract = await town.contract(**taxed(1))
    whole = await said(town, contract)
    for new in await parts_of(town, contract):
        assert await particulars_of(town.council, new) == whole


async def test_a_joined_contract_says_what_was_said_alike_of_all_and_links_to_each(town):
    first, second = [await town.contract(**taxed(1)) for _ in range(2)]
    await open_by_default(town)
    await said(town, first)
    other = {**SAID["documents"][0], "title": "Another issue", "published_on": "2014-01-01"}
    more = {"id": "d2", "document_type": "contractAnnexe", "title": "Prices", "url": "https://example.org/p"}
    await said(
        town, second, open_contracting_id="ocds-213czf-2014-0002", cpv_code=None, documents=[other, more]
    )
    (new,) = await joined(town, first, second)
    made = await particulars_of(town.council, new)
    assert (made["open_contracting_id"], made["cpv_code"], made["cpv_label"]) == (
        None,
        None,
        SAID["cpv_label"],
    )
    assert (made["contact_name"], made["area_served_label"]) == (SAID["contact_name"], "Plymouth")
    assert [each["title"] for each in made["documents"]] == ["Another issue", "Prices"]
    release = (await town.releases(new))[-1]
    assert {each["identifier"] for each in release["relatedProcesses"]} == {
        f"ocds-213czf-{each}" for each in (first, second)
    }


async def test_the_next_lead_says_anew_whom_to_ask(town, client_for):
    scopes = "contract:read contract:write publication:write variation:answer"
    ccg = await client_for("contracts", a_caller(town.place.ccg, scopes, commissioner=town.place.partnership))
    contract = {"id": await town.contract(**taxed(1))}
    await said(town, contract["id"])
    order = {"title": "The Transfer Order", "made_on": "2014-03-01"}
    made = await put(
        town.council, "statutory-transfers",
        asked(town.place, contract, "commissioner", "council", "ccg", instrument=order),
    )  # fmt: skip
    await acted(town.council, made, "completion", resource="statutory-transfers")
    await acted(ccg, made, "take-over", 201, resource="statutory-transfers", reference=a_key())
    now = await particulars_of(ccg, made["new_contract_id"])
    assert (now["contact_name"], now["contact_email"]) == (None, None)
    assert (now["open_contracting_id"], now["cpv_code"]) == (SAID["open_contracting_id"], "85312000-9")
