"""Programmes with their projects and areas: what they wait for, and which budgets, contracts and indicators are theirs."""

from __future__ import annotations

import uuid

import pytest

from tests.gateway.governing import Governed, code
from tests.gateway.stand_in import answering

PROJECTS = (
    "Integrated Commissioning",
    "Co-operative Children and Young People's Services",
    "Integrated Community Health and Social Care Provision",
)
SOURCE = {"from_date": "2014-07-16", "source": "Transformation programme summary, 2014"}


@pytest.fixture
async def place(operator):
    return await Governed(operator).enter()


async def programme(place):
    whole = await place.made("programme-parts", {"kind": "programme", "name": "Integration", **SOURCE})
    parts = [
        await place.made(
            "programme-parts", {"kind": "project", "name": name, "part_of_id": whole["id"], **SOURCE}
        )
        for name in PROJECTS
    ]
    return whole, parts


def answers(behind, partnership, status=200):
    record = {"id": str(uuid.uuid4()), "partnership_id": partnership}
    body = record if status == 200 else {"code": "not_found", "status": 404}
    for each in behind.values():
        each.does(answering(body, status))


@pytest.mark.row("S2-G01")
async def test_budgets_contracts_and_indicators_belong_to_one_of_three_projects(place, behind):
    whole, (first, second, third) = await programme(place)
    assert {each["part_of_id"] for each in (first, second, third)} == {whole["id"]}
    answers(behind, place.partnership)
    things = [{"thing": each, "id": str(uuid.uuid4())} for each in ("pool", "line", "contract", "indicator")]
    visit = place.clients["pcc"].visit
    path = f"/v1/programme-parts/{first['id']}"
    placed = await visit.patch(path, json={"things": things}, version=1)
    assert (placed.status_code, placed.json()["things"]) == (200, things)
    assert [each.target for each in behind["budget"].heard] == [
        f"/v1/pools/{things[0]['id']}",
        f"/v1/lines/{things[1]['id']}",
    ]
    assert behind["contracts"].heard[0].target == f"/v1/contracts/{things[2]['id']}"
    assert behind["outcomes"].heard[0].target == f"/v1/indicators/{things[3]['id']}"
    taken = await visit.patch(f"/v1/programme-parts/{second['id']}", json={"things": things[1:2]}, version=1)
    assert code(taken) == (409, "programme_thing_placed", "/things/0")
    assert taken.json()["project_id"] == first["id"]
    over = await visit.patch(f"/v1/programme-parts/{whole['id']}", json={"things": things[1:2]}, version=1)
    assert over.status_code == 200  # the programme holds what its project holds
    twice = await visit.patch(path, json={"things": things[:1] * 2}, version=2)
    assert code(twice) == (422, "programme_thing_twice", "/things/1")
    await place.everybody_else_finds_nothing("programme-parts", first["id"])


async def test_a_record_of_elsewhere_does_not_belong_here(place, behind):
    whole, _ = await programme(place)
    things = [{"thing": "contract", "id": str(uuid.uuid4())}]
    new = {"kind": "area", "part_of_id": whole["id"], "things": things, **SOURCE}
    answers(behind, str(uuid.uuid4()))
    assert code(await place.put("programme-parts", {"name": "One", **new})) == (
        422,
        "link_disagrees",
        "/things/0/id",
    )
    answers(behind, place.partnership, 404)
    path = f"/v1/programme-parts/{whole['id']}"
    for answer in (
        await place.put("programme-parts", {"name": "One", **new}),
        await place.clients["pcc"].visit.patch(path, json={"things": things}, version=1),
    ):
        assert code(answer) == (422, "link_unknown", "/things/0/id")
    assert (await place.clients["pcc"].visit.get(path)).json() == whole


@pytest.mark.row("S2-G02")
async def test_dependencies_are_listed_by_type(place):
    whole, (first, *_) = await programme(place)
    waits = [
        {"type": "programme_or_project", "on": PROJECTS[0], "part_id": first["id"]},
        {"type": "organisation", "on": "Devon County Council", "part_id": None},
        {"type": "project_delivery", "on": "Shared line management", "part_id": None},
    ]
    new = {"kind": "project", "name": "Workforce", "part_of_id": whole["id"], "dependencies": waits, **SOURCE}
    made = await place.made("programme-parts", new)
    assert made["dependencies"] == waits
    visit = place.clients["pcc"].visit
    for wrong, told in (
        ({**waits[1], "part_id": first["id"]}, "programme_dependency_mismatch"),
        ({**waits[0], "part_id": str(uuid.uuid4())}, "programme_dependency_mismatch"),
        ({**waits[0], "part_id": made["id"]}, "programme_depends_on_itself"),
    ):
        refused = await visit.patch(
            f"/v1/programme-parts/{made['id']}", json={"dependencies": [wrong]}, version=1
        )
        assert code(refused) == (422, told, "/dependencies/0/part_id")
    assert (
        await place.put("programme-parts", {**new, "name": "x", "dependencies": [{"type": "weather"}]})
    ).status_code == 422


@pytest.mark.row("S3-G11")
async def test_the_list_of_strategies_grew_from_three_to_four(place):
    whole = await place.made("programme-parts", {"kind": "programme", "name": "Strategies", **SOURCE})
    area = {"kind": "area", "part_of_id": whole["id"], **SOURCE}
    three = ("Wellbeing", "Community", "Complex care and children")
    made = {name: await place.made("programme-parts", {**area, "name": name}) for name in three}
    visit = place.clients["pcc"].visit
    last = made["Complex care and children"]
    ended = await visit.patch(f"/v1/programme-parts/{last['id']}", json={"to_date": "2015-03-31"}, version=1)
    assert ended.json()["to_date"] == "2015-03-31"
    for name in ("Enhanced and specialised care", "Children and young people"):
        await place.made(
            "programme-parts", {**area, "name": name, "from_date": "2015-04-01", "source": "Paper of 2018"}
        )
    params = {"partnership_id": place.partnership}
    items = (await visit.get("/v1/programme-parts", params=params)).json()["items"]
    areas = [each for each in items if each["kind"] == "area"]
    assert len([each for each in areas if each["from_date"] < "2015-04-01"]) == 3
    assert len([each for each in areas if each["to_date"] is None]) == 4


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"kind": "project"}, (422, "programme_unknown", "/part_of_id")),
        ({"kind": "project", "part_of_id": str(uuid.uuid4())}, (422, "programme_unknown", "/part_of_id")),
        ({"board_id": str(uuid.uuid4())}, (422, "board_unknown", "/board_id")),
        ({"to_date": "2014-07-15"}, (422, "dates_crossed", "/to_date")),
    ],
)
async def test_parts_that_do_not_hold_together(place, changes, wrong):
    body = {"kind": "programme", "name": "One", **SOURCE}
    assert code(await place.put("programme-parts", {**body, **changes})) == wrong
    assert (await place.put("programme-parts", body)).status_code == 201
    assert code(await place.put("programme-parts", body)) == (409, "programme_part_named_already", "/name")
    under = {**body, "name": "Two", "part_of_id": str(uuid.uuid4())}
    assert code(await place.put("programme-parts", under)) == (422, "programme_unknown", "/part_of_id")
