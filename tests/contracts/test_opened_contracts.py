"""Contracts that their lead opened by name, to scrutiny or an auditor: those, whole, and no others."""

import uuid

import pytest

from shared.caller import Audit, Grant
from tests.contracts.register import SCOPES, Place
from tests.stack import a_caller


@pytest.fixture
async def place(client_for):
    here = Place()
    clients = {name: await client_for("contracts", here.caller(name)) for name in ("council", "ccg")}
    made = {}
    for lead in ("council", "ccg"):
        for name in ("named", "other"):
            body = here.contract(lead, title=f"{lead} {name}")
            answer = await clients[lead].put(f"/v1/contracts/{uuid.uuid4()}", json=body)
            assert answer.status_code == 201, answer.text
            made[lead, name] = answer.json()["id"]
    return here, made


async def seen(client, made) -> dict:
    """Each contract as this client gets it, and in the list as it gets it one by one."""
    listed = {each["id"] for each in (await client.get("/v1/contracts")).json()["items"]}
    found = {}
    for name, id_ in made.items():
        answer = await client.get(f"/v1/contracts/{id_}")
        assert (answer.status_code == 200) is (id_ in listed)
        if answer.status_code == 200:
            found[name] = answer.json()
    return found


async def test_scrutiny_sees_the_named_contract_whole_and_of_the_others_what_is_published(place, client_for):
    here, made = place
    grants = (Grant("contract", here.ccg, (uuid.UUID(made["ccg", "named"]),)),)
    observer = await client_for(
        "contracts", a_caller(here.scrutiny, SCOPES, observer=here.partnership, grants=grants)
    )
    plain = await client_for("contracts", here.caller("scrutiny"))
    opened, published = await seen(observer, made), await seen(plain, made)
    assert set(opened) == set(published) == set(made)
    for name in made:
        if name == ("ccg", "named"):
            assert opened[name]["state"] == "awarded"
            assert len(opened[name]["parties"]) == 2
            assert "funding" not in opened[name]  # whose money stands behind it stays closed
            assert opened[name] != published[name]
        else:
            assert opened[name] == published[name]


async def test_a_grant_opens_records_of_the_body_that_gave_it_and_of_nobody_else(place, client_for):
    """The council cannot open what the CCG leads, nor a grant of one kind a record of another."""
    here, made = place
    stranger = uuid.uuid4()
    for grants in (
        (Grant("contract", here.council, (uuid.UUID(made["ccg", "named"]),)),),
        (Grant("placement", here.ccg, (uuid.UUID(made["ccg", "named"]),)),),
        (),
    ):
        client = await client_for("contracts", a_caller(stranger, SCOPES, grants=grants))
        assert await seen(client, made) == {}
    right = (Grant("contract", here.ccg, (uuid.UUID(made["ccg", "named"]),)),)
    client = await client_for("contracts", a_caller(stranger, SCOPES, grants=right))
    assert set(await seen(client, made)) == {("ccg", "named")}
    refused = await client.patch(f"/v1/contracts/{made['ccg', 'named']}", json={"title": "Ours"}, version=1)
    assert refused.status_code == 404


async def test_an_auditor_s_sample_adds_to_the_bodies_that_it_audits(place, client_for):
    here, made = place
    audits = (Audit(here.partnership, (here.council,), ("2014/15",)),)
    grants = (Grant("contract", here.ccg, (uuid.UUID(made["ccg", "named"]),)),)
    caller = a_caller(here.auditor, SCOPES, audits=audits, auditor=here.partnership, grants=grants)
    found = await seen(await client_for("contracts", caller), made)
    assert set(found) == {("council", "named"), ("council", "other"), ("ccg", "named")}
