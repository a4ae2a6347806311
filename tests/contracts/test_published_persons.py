"""What is published of a contract names no person: neither by a number beside a withheld name, nor in a reference."""

import json
import uuid

import asyncpg
import pytest

from tests.contracts.test_releases import withheld

RUNNING = {
    "start_date": "2026-04-01",
    "end_date": "2031-03-31",
    "max_end_date": None,
    "state": "recorded_as_active",
}


def parties_of(town, **provider) -> list[dict]:
    lead = {"role": "lead_commissioner", "organisation_id": str(town.place.council)}
    return [lead, {"role": "provider", "name": "MRS J BLOGGS", "kind": "individual", **provider}]


async def registered(town, **changes):
    return await town.council.put(
        f"/v1/contracts/{uuid.uuid4()}",
        json=town.place.contract("council", **{"max_end_date": "2018-03-31", **changes}),
    )


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        ("GB-NINO", "1"),
        ("GB-COH", "9434765919"),
        ("GB-CHC", "AB123456C"),
        ("local", "AB123456C"),
        ("ODS", "9434765919"),
    ],
)
async def test_a_number_that_is_of_no_public_register_is_refused(town, scheme, number):
    answer = await registered(town, parties=parties_of(town, identifiers=[{"scheme": scheme, "id": number}]))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/parties/1/identifiers/0/id"


async def test_an_individual_has_no_number_either(town):
    """Not for the public, in the register or in releases, and not for an observer. The parties know it."""
    numbers = [{"scheme": "GB-COH", "id": "07584107"}, {"scheme": "local", "id": "9434765919"}]
    made = await registered(
        town, **RUNNING, reference="SPOT-9", parties=parties_of(town, identifiers=numbers)
    )
    assert made.status_code == 201, made.text
    contract = made.json()["id"]
    await town.decide(contract)
    record = await town.record(contract)
    register = await town.public.get(
        "/v1/register", params={"owner_organisation_id": str(town.place.council)}
    )
    assert contract in register.text
    seen = await town.scrutiny.get(f"/v1/contracts/{contract}")
    assert seen.json()["providers"][0]["identifiers"] == []
    for told in (json.dumps(record), register.text, seen.text):
        assert "07584107" not in told
        assert "9434765919" not in told
    assert record["releases"][0]["awards"][0]["suppliers"][0]["id"] == "individual-1"
    whole = (await town.council.get(f"/v1/contracts/{contract}")).json()
    assert whole["parties"][1]["identifiers"] == numbers


async def test_the_database_holds_no_number_of_an_individual_as_published(town, stack):
    contract = await town.contract()
    owner = await stack.superuser()
    for provider in (
        {"kind": "individual", "identifiers": [{"scheme": "GB-COH", "id": "07584107"}]},
        {"kind": "company", "identifiers": [{"scheme": "GB-NINO", "id": "AB123456C"}]},
        {"kind": "company", "identifiers": [{"scheme": "GB-COH", "id": "9434765919"}]},
    ):
        with pytest.raises(asyncpg.CheckViolationError, match="contracts_public_providers"):
            await owner.execute(
                "update contracts.contracts set providers = $1, version = version + 1 where id = $2",
                json.dumps([provider]),
                uuid.UUID(contract),
            )
    await owner.close()


async def test_a_reference_names_nobody(town):
    for reference in ("John Smith born 01/02/1950", "SPOT AB 12 34 56 C"):
        answer = await registered(town, reference=reference)
        assert answer.status_code == 422, reference
        assert answer.json()["errors"][0]["pointer"] == "/reference"
    assert (await registered(town, reference="9434765919")).status_code == 201


async def test_a_reference_that_is_withheld_is_nowhere(town):
    """The contract goes by its id: in releases, in the register, for observers, and nobody finds it by its reference."""
    contract = await town.contract(**RUNNING, reference="BLOGGS-SPOT-1")
    await town.decide(contract, withheld=[withheld("reference")])
    record = await town.record(contract)
    assert record["compiledRelease"]["tender"]["id"] == contract
    register = await town.public.get(
        "/v1/register", params={"owner_organisation_id": str(town.place.council)}
    )
    entry = next(each for each in register.json()["items"] if each["contract_id"] == contract)
    assert entry["contract_reference"] == contract
    seen = await town.scrutiny.get(f"/v1/contracts/{contract}")
    assert seen.json()["reference"] == contract
    listed = await town.scrutiny.get("/v1/contracts", params={"limit": 200})
    assert contract in listed.text
    for told in (json.dumps(record), register.text, seen.text, listed.text):
        assert "BLOGGS-SPOT-1" not in told
    wanted = {"reference": "BLOGGS-SPOT-1"}
    assert (await town.scrutiny.get("/v1/contracts", params=wanted)).json()["items"] == []
    (own,) = (await town.council.get("/v1/contracts", params=wanted)).json()["items"]
    assert own["reference"] == "BLOGGS-SPOT-1"


async def test_two_names_under_one_number_are_one_supplier(town):
    """Under the name that came first, among the parties, in the award and in what the releases merge to."""
    lead = {"role": "lead_commissioner", "organisation_id": str(town.place.council)}
    number = {"identifiers": [{"scheme": "GB-COH", "id": "07584107"}]}
    named = [{"role": "provider", "name": name, **number} for name in ("A Ltd", "A Limited")]
    contract = await town.contract(parties=[lead, *named])
    await town.decide(contract)
    record = await town.record(contract)
    for told in (record["releases"][0], record["compiledRelease"]):
        assert told["awards"][0]["suppliers"] == [{"id": "GB-COH-07584107", "name": "A Ltd"}]
        assert [each["name"] for each in told["parties"] if "supplier" in each["roles"]] == ["A Ltd"]
