"""Novations, statutory transfers, consolidations and splits over HTTP: consents, lineage, conservation, walls."""

import asyncio
import uuid
from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.register import a_key, backing, registered
from tests.contracts.test_contract_life import history


@pytest.fixture(scope="module")
async def pch(client_for, place):
    return await client_for("contracts", place.caller("pch"))


@pytest.fixture(scope="module")
async def phnt(client_for, place):
    return await client_for("contracts", place.caller("phnt"))


@pytest.fixture(scope="module")
async def council(client_for, place):
    return await client_for("contracts", place.caller("council"))


async def running(ccg, place, lead="ccg", **changes) -> dict:
    """A contract in force with a total of £10,960.00: ten pounds a day."""
    body = {"value": {"amount_pence": 1_096_000}, "state": "recorded_as_active", **changes}
    return await registered(ccg, place.contract(lead, **body))


def asked(
    place, contract: dict, role="provider", outgoing="pch", incoming="phnt", **changes
) -> dict[str, Any]:
    return {
        "contract_id": contract["id"], "new_contract_id": str(uuid.uuid4()), "role": role,
        "outgoing_organisation_id": str(getattr(place, outgoing)),
        "incoming_organisation_id": str(getattr(place, incoming)),
        "effective_on": "2014-04-01", "reason": "The service passes to another body", **changes,
    }  # fmt: skip


async def put(client, resource: str, body: dict, status: int = 201) -> dict:
    answer = await client.put(f"/v1/{resource}/{uuid.uuid4()}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def acted(client, thing: dict, door: str, status: int = 200, resource="novations", **body: Any) -> dict:
    url = f"/v1/{resource}/{thing['id']}"
    version = (await client.get(url)).json()["version"]
    answer = await client.post(f"{url}/{door}", json=body or None, key=a_key(), version=version)
    assert answer.status_code == status, answer.text
    return answer.json()


async def read(client, id_: str, status: int = 200) -> dict:
    answer = await client.get(f"/v1/contracts/{id_}")
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.row("S5-C03")
async def test_a_novation_needs_three_consents_and_may_hold_from_a_past_day(ccg, pch, phnt, place):
    contract = await running(ccg, place)
    made = await put(ccg, "novations", asked(place, contract))
    assert set(made["needed"]) == {str(place.pch), str(place.phnt), str(place.ccg)}
    await acted(pch, made, "consent", on="2014-05-01")
    await acted(ccg, made, "consent", on="2014-05-02")
    early = await acted(ccg, made, "completion", 409)
    assert (early["code"], early["missing"]) == ("transfer_consents_missing", [str(place.phnt)])
    ready = await acted(phnt, made, "consent", on="2014-05-03")
    assert ready["state"] == "ready"
    done = await acted(ccg, made, "completion")
    assert done["state"] == "completed"
    old, new = await read(ccg, contract["id"]), await read(ccg, made["new_contract_id"])
    assert (old["state"], old["ended_on"], old["value"]["amount_pence"]) == ("novated", "2014-03-31", 365_000)
    assert (new["state"], new["start_date"], new["value"]["amount_pence"]) == (
        "recorded_as_active",
        "2014-04-01",
        731_000,
    )
    assert (new["reference"], new["occurrence"]) == (old["reference"], 2)
    assert new["related"] == [{"relation": "transferred_from", "contract_id": old["id"]}]
    assert [each["organisation_id"] for each in new["parties"] if each["role"] == "provider"] == [
        str(place.phnt)
    ]
    await read(pch, old["id"])
    await read(pch, new["id"], 404)
    await read(phnt, old["id"], 404)
    assert (await history(phnt, new))[0]["move"] == "novation"
    step = (await history(ccg, contract))[-1]
    assert (step["move"], step["to_state"], step["on"]) == ("novation", "novated", "2014-04-01")
    assert step["terms_before"]["value"]["amount_pence"] == 1_096_000


async def test_a_novation_to_itself_and_across_sides_is_refused(ccg, place):
    contract = await running(ccg, place)
    for changes, code in (
        ({"incoming": "pch"}, "transfer_to_itself"),
        ({"outgoing": "kernow"}, "transfer_outgoing_not_party"),
        ({"incoming": "ccg"}, "transfer_crosses_sides"),
        ({"effective_on": "2013-04-01"}, "cut_outside_term"),
        ({"effective_on": "2016-04-01"}, "cut_outside_term"),
        ({"effective_on": "2015-02-31"}, "fields_invalid"),
    ):
        refused = await put(ccg, "novations", asked(place, contract, **changes), 422)
        assert refused["code"] == code
    instrument = {"title": "Order"}
    assert (await put(ccg, "novations", asked(place, contract, instrument=instrument), 422))[
        "code"
    ] == "fields_invalid"
    assert (await put(ccg, "statutory-transfers", asked(place, contract), 422))["code"] == "fields_invalid"
    made = await put(ccg, "novations", asked(place, contract))
    second = await put(ccg, "novations", asked(place, contract), 409)
    assert second["code"] == "transfer_under_way"
    over = await acted(ccg, made, "consent", 422, on="2014-05-01", organisation_id=str(place.phnt))
    assert over["code"] == "transfer_consent_of_others"
    await acted(
        ccg, made, "consent", on="2014-05-01", organisation_id=str(place.phnt), note="Deed held by legal"
    )
    refused = await acted(ccg, made, "refusal", on="2014-05-01", note="Not on these terms")
    assert refused["state"] == "refused"
    again = await put(ccg, "novations", asked(place, contract))
    assert (await acted(ccg, again, "withdrawal"))["state"] == "withdrawn"


@pytest.mark.row("S2-C05")
async def test_a_statutory_transfer_asks_nobody_and_names_its_instrument(ccg, council, place):
    """From the authority to the schools' body: the lead goes, and the incoming body takes over with its own money."""
    contract = await running(council, place, lead="council", title="Support services for schools")
    instrument = {"title": "The Schools (Transfer of Support Services) Order", "made_on": "2014-03-01"}
    body = asked(place, contract, "commissioner", "council", "ccg", instrument=instrument)
    made = await put(council, "statutory-transfers", body)
    assert (made["state"], made["needed"], made["instrument"]["made_on"]) == ("ready", [], "2014-03-01")
    handed = await acted(council, made, "completion", resource="statutory-transfers")
    assert handed["state"] == "handed_over"
    assert (await read(council, contract["id"]))["state"] == "novated"
    await read(ccg, made["new_contract_id"], 404)
    for client in (council,):
        url = f"/v1/statutory-transfers/{made['id']}/take-over"
        assert (await client.post(url, json={}, key=a_key(), version=2)).status_code == 404
    funding = [{"pool_id": str(uuid.uuid4()), "organisation_id": str(place.ccg), "share_percent": "100"}]
    taken = await acted(
        ccg, made, "take-over", 201, resource="statutory-transfers", funding=funding, reference="SCH-1"
    )
    assert (taken["id"], taken["state"], taken["owner_organisation_id"]) == (
        made["new_contract_id"], "awarded", str(place.ccg),
    )  # fmt: skip
    assert (taken["funding"][0]["organisation_id"], taken["reference"]) == (str(place.ccg), "SCH-1")
    active = await ccg.post(
        f"/v1/contracts/{taken['id']}/activation",
        json={"active_from": "2014-04-01"},
        key=a_key(),
        version=1,
        seen=backing(taken),
    )
    assert active.json()["state"] == "active"
    twice = await acted(ccg, made, "take-over", 409, resource="statutory-transfers", reference="SCH-2")
    assert twice["code"] == "transfer_not_open"
    assert (await history(ccg, taken))[0]["move"] == "statutory_transfer"


@pytest.mark.row("S1-C09", "S3-C01")
async def test_two_livewell_contracts_become_one_and_nothing_is_lost(ccg, pch, place):
    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    first = await running(ccg, place, title="Community health", indicator_ids=[one])
    second = await running(
        ccg, place, title="Adult social care", value={"amount_pence": 999_999}, indicator_ids=[other, one],
        funding=[{"pool_id": str(uuid.uuid4()), "organisation_id": str(place.ccg), "share_percent": "100"}],
    )  # fmt: skip
    body: dict[str, Any] = {"source_contract_ids": [first["id"], second["id"]], "contract_id": str(uuid.uuid4()),
        "reference": a_key(),
            "title": "Integrated health and social care", "effective_on": "2014-10-01",
            "reason": "Two separate contracts are brought together"}  # fmt: skip
    made = await put(ccg, "consolidations", body)
    assert made["value_before_pence"] == made["value_after_pence"]
    sources = [await read(ccg, each["id"]) for each in (first, second)]
    new = await read(ccg, body["contract_id"])
    assert {each["state"] for each in sources} == {"consolidated"}
    kept = sum(each["value"]["amount_pence"] for each in sources)
    assert kept + new["value"]["amount_pence"] == 1_096_000 + 999_999
    assert sum(each["amount_pence"] for each in made["ended"]) == kept
    assert sum(each["amount_pence"] for each in made["going_on"]) == new["value"]["amount_pence"]
    assert new["indicator_ids"] == [one, other]
    assert new["related"] == [{"relation": "consolidates", "contract_id": each["id"]} for each in sources]
    assert sum(Decimal(each["share_percent"]) for each in new["funding"]) == 100
    assert len(new["funding"]) == 2
    assert (await pch.get(f"/v1/consolidations/{made['id']}")).json() == made
    again = await ccg.put(f"/v1/consolidations/{made['id']}", json=body)
    assert again.json() == made
    step = (await history(ccg, first))[-1]
    assert (step["move"], step["to_state"], step["terms_before"]["value"]["amount_pence"]) == (
        "consolidation", "consolidated", 1_096_000,
    )  # fmt: skip


async def test_what_does_not_fit_together_is_not_consolidated(ccg, council, place):
    one = await running(ccg, place)
    phnts = await registered(ccg, place.contract("ccg", "phnt", state="recorded_as_active"))
    councils = await running(council, place, lead="council")
    yearly = await running(ccg, place, value_basis="annual")
    planned = await registered(ccg, place.contract(state="pipeline"))
    body = {"contract_id": str(uuid.uuid4()), "reference": a_key(), "title": "One", "effective_on": "2014-10-01",
            "reason": "Together"}  # fmt: skip
    for ids, status, code in (
        ([one["id"], phnts["id"]], 422, "consolidation_different_providers"),
        ([one["id"], councils["id"]], 422, "consolidation_sources_unknown"),
        ([one["id"], str(uuid.uuid4())], 422, "consolidation_sources_unknown"),
        ([one["id"], one["id"]], 422, "consolidation_needs_two"),
        ([one["id"], yearly["id"]], 409, "consolidation_different_bases"),
        ([one["id"], planned["id"]], 409, "cut_not_running"),
    ):
        refused = await put(ccg, "consolidations", {**body, "source_contract_ids": ids}, status)
        assert refused["code"] == code
    two = await running(ccg, place)
    far = await put(ccg, "consolidations",
                    {**body, "source_contract_ids": [one["id"], two["id"]], "end_date": "2016-04-01"}, 422)  # fmt: skip
    assert far["code"] == "contract_extends_before_end"
    assert (await read(ccg, one["id"]))["state"] == "recorded_as_active"
    third = await running(ccg, place)
    bodies = [{**body, "contract_id": str(uuid.uuid4()), "reference": a_key(), "source_contract_ids": ids}
              for ids in ([one["id"], two["id"]], [two["id"], third["id"]])]  # fmt: skip
    answers = await asyncio.gather(
        *(ccg.put(f"/v1/consolidations/{uuid.uuid4()}", json=each) for each in bodies)
    )
    assert sorted(each.status_code for each in answers) == [201, 409]


async def test_a_split_shares_out_to_the_penny(ccg, place):
    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    whole = await running(ccg, place, value={"amount_pence": 1_000_001}, indicator_ids=[one, other])
    parts: list[dict[str, Any]] = [{"contract_id": str(uuid.uuid4()), "reference": a_key(),
              "title": f"Part {at}", "share_percent": share,
              "indicator_ids": linked}
             for at, (share, linked) in enumerate([("33.3", [one]), ("33.3", [other]), ("33.4", [])])]  # fmt: skip
    body = {
        "source_contract_id": whole["id"],
        "parts": parts,
        "effective_on": "2014-10-01",
        "reason": "Apart",
    }
    short = [{**parts[0], "share_percent": "33.2"}, *parts[1:]]
    assert (await put(ccg, "splits", {**body, "parts": short}, 422))["sum_percent"] == "99.9"
    lost = [{**each, "indicator_ids": [one]} for each in parts]
    assert (await put(ccg, "splits", {**body, "parts": lost}, 422))["code"] == "split_indicators_lost"
    assert (await put(ccg, "splits", {**body, "parts": parts[:1]}, 422))["code"] == "split_needs_two"
    made = await put(ccg, "splits", body)
    ended = await read(ccg, whole["id"])
    going = [await read(ccg, each["contract_id"]) for each in parts]
    assert ended["value"]["amount_pence"] + sum(each["value"]["amount_pence"] for each in going) == 1_000_001
    assert made["value_after_pence"] == sum(each["value"]["amount_pence"] for each in going)
    assert [each["indicator_ids"] for each in going] == [[one], [other], []]
    assert (await history(ccg, whole))[-1]["move"] == "split"
