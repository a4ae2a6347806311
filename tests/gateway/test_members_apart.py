"""Who sees whom in a partnership, and whom an agreement may name as a party."""

from __future__ import annotations

import uuid
from contextlib import asynccontextmanager

import pytest

from shared.context import opening_sql
from tests.gateway.stand_in import answering
from tests.stack import a_caller


@pytest.fixture(scope="module")
async def place(operator):
    """A council, an NHS body and two providers, one of which is an associate as well as provider elsewhere."""
    found = {name: await operator.organisation(name.title()) for name in ("council", "nhs", "home", "care")}
    found["partnership"] = await operator.partnership(commissioner=found["council"], provider=found["home"])
    await operator.member(found["partnership"], found["nhs"], "host")
    await operator.member(found["partnership"], found["care"], "provider")
    for name in ("council", "nhs", "home", "care"):
        found[f"{name}_client"] = await operator.client(found[name])
    return found


async def seen(place, name) -> dict[str, set[str]]:
    visit = place[f"{name}_client"].visit
    members = (await visit.get(f"/v1/partnerships/{place['partnership']}/members")).json()["items"]
    bodies = (await visit.get("/v1/organisations")).json()["items"]
    for each in members:
        path = f"/v1/partnerships/{place['partnership']}/members/{each['id']}"
        assert (await visit.get(path)).json() == each
    for each in bodies:
        assert (await visit.get(f"/v1/organisations/{each['id']}")).json() == each
    return {
        "members": {each["organisation_id"] for each in members},
        "organisations": {each["id"] for each in bodies},
    }


async def test_providers_see_the_commissioners_and_not_each_other(place):
    everybody = {place[each] for each in ("council", "nhs", "home", "care")}
    for name, hidden in (("council", None), ("nhs", None), ("home", "care"), ("care", "home")):
        there = everybody - ({place[hidden]} if hidden else set())
        assert await seen(place, name) == {"members": there, "organisations": there}
        if hidden:
            absent = await place[f"{name}_client"].visit.get(f"/v1/organisations/{uuid.uuid4()}")
            foreign = await place[f"{name}_client"].visit.get(f"/v1/organisations/{place[hidden]}")
            assert (absent.status_code, foreign.status_code) == (404, 404)
            assert absent.json()["detail"] == foreign.json()["detail"]


@asynccontextmanager
async def as_(stack, caller):
    connection = await stack.connect("gateway")
    try:
        await connection.execute(opening_sql(caller, False, "read committed"))
        yield connection
    finally:
        await connection.close()


async def test_the_database_keeps_providers_apart_by_itself(stack, place):
    partnership = uuid.UUID(place["partnership"])
    async with as_(stack, a_caller(uuid.UUID(place["home"]), provider=partnership)) as connection:
        members = await connection.fetch("select organisation_id from gateway.members")
        bodies = await connection.fetch("select id from gateway.organisations")
    care = uuid.UUID(place["care"])
    assert care not in {row[0] for row in members} | {row[0] for row in bodies}
    assert len(members) == len(bodies) == 3
    both = a_caller(uuid.UUID(place["home"]), provider=partnership, associate=partnership)
    async with as_(stack, both) as connection:
        assert care in {
            row[0] for row in await connection.fetch("select organisation_id from gateway.members")
        }


def terms(*parties: str) -> dict:
    return {"title": "Pooled fund", "parties": [{"organisation_id": each} for each in parties]}


async def test_an_agreement_names_no_party_that_commissions_nothing_here(place, behind, operator):
    budget = behind["budget"]
    budget.does(answering({"partnership_id": place["partnership"]}, ETag='"1"'))
    visit = place["council_client"].visit
    path = f"/v1/agreements/{uuid.uuid4()}"
    stranger = await operator.organisation()
    good = {"partnership_id": place["partnership"], "terms": terms(place["council"], place["nhs"])}
    assert (await visit.put(path, json=good)).status_code == 200
    for wrong in (stranger, place["home"], str(uuid.uuid4())):
        bad = terms(place["council"], wrong)
        answers = (
            await visit.put(path, json={"partnership_id": place["partnership"], "terms": bad}),
            await visit.patch(path, json={"terms": bad}, version=1),
            await visit.post(f"{path}/versions", json={"terms": bad}, key=uuid.uuid4().hex, version=1),
        )
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (422, "party_no_member"), answer.text
            [fault] = answer.json()["errors"]
            assert fault["pointer"] == "/terms/parties/1/organisation_id"
    budget.does(answering({}))
    elsewhere = {"partnership_id": str(uuid.uuid4()), "terms": terms(stranger)}
    assert (await visit.put(path, json=elsewhere)).status_code == 200  # left to the service, which refuses it
    assert [each.method for each in budget.heard] == ["PUT"]
    noise = {"partnership_id": place["partnership"], "terms": {"parties": [{"organisation_id": 7}, 8, None]}}
    assert (await visit.put(path, json=noise)).status_code == 200  # no ids, so the service's own checks speak


async def test_who_has_left_is_no_party_any_more(place, behind, operator):
    behind["budget"].does(answering({}))
    leaver = await operator.organisation()
    member = await operator.member(place["partnership"], leaver, "commissioner")
    where = f"/v1/partnerships/{place['partnership']}/members/{member['id']}"
    body = {"partnership_id": place["partnership"], "terms": terms(leaver)}
    visit = place["council_client"].visit
    assert (await visit.put(f"/v1/agreements/{uuid.uuid4()}", json=body)).status_code == 200
    assert (await operator.visit.patch(where, json={"to_date": "2020-03-31"}, version=1)).status_code == 200
    answer = await visit.put(f"/v1/agreements/{uuid.uuid4()}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "party_no_member")
