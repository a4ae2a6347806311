"""What a change would make or use is tried before anything is done: an id that is taken, a line that is over."""

from __future__ import annotations

import uuid

import pytest

from services.contracts.store import contracts as kept
from tests.budget.place import made
from tests.together.dying import Points
from tests.together.test_record_changes import (
    all_left,
    complete,
    consolidate,
    dividing,
    joining,
    novation,
)
from tests.together.test_term_changes import left, running
from tests.together.town import Town, a_key


@pytest.fixture(scope="module")
async def taken(people):
    """The id of a contract in another place, which nobody of this town can see."""
    elsewhere = await Town().settle(people)
    return (await elsewhere.contract())["id"]


async def test_no_budget_goes_to_an_id_that_somebody_else_s_contract_has(town, taken, monkeypatch):
    first, [line] = await running(town)
    second, [other] = await running(town)
    assert (await town.pcc.visit.get(f"/v1/contracts/{taken}")).status_code == 404
    parts = dividing(first, "50", "50")
    parts["parts"][1]["contract_id"] = taken
    path, transfer = await novation(town, second, new_contract_id=taken)
    with monkeypatch.context() as patches:
        points = Points(patches, None)
        refused = [
            await consolidate(town, joining(first, second, contract_id=taken)),
            await town.pcc.visit.put(f"/v1/splits/{uuid.uuid4()}", json=parts),
            await complete(town, path, transfer),
        ]
    assert [(each.status_code, each.json()["code"]) for each in refused] == [(409, "id_unavailable")] * 3
    assert {each.json()["declined_by"] for each in refused} == {"contracts"}
    assert not [each for each in points.passed if "handOver" in each or each == "begin"], points.passed
    assert await left(town, first) == {line: 600_00}
    assert await left(town, second) == {other: 600_00}
    assert await all_left(town, taken) == [0]
    states = [each["state"] for each in await town.joint_changes(first)]
    assert states == ["done"]  # its activation: nothing else was begun
    made(await town.pcc.visit.post(f"{path}/withdrawal", key=a_key(), version=transfer["version"]))
    made(await consolidate(town, joining(first, second)))


async def test_a_reference_that_is_taken_is_known_before_budget_moves(town):
    first, [line] = await running(town)
    second, [other] = await running(town)
    body = {**joining(first, second), "reference": first["reference"]}
    refused = await consolidate(town, body)
    assert refused.status_code == 409, refused.text
    assert (await left(town, first), await left(town, second)) == ({line: 600_00}, {other: 600_00})
    assert len(await town.joint_changes(first)) == 1


async def test_what_is_tried_leaves_nothing_behind(town, monkeypatch):
    """The trial runs, and its rows are gone before the answer: the id is free for the change itself."""
    ran = []
    real = kept.add_all

    async def noticed(tx, found, first):
        ran.append([str(each.id) for each in found])
        await real(tx, found, first)

    contract, _ = await running(town)
    monkeypatch.setattr(kept, "add_all", noticed)
    body = dividing(contract, "50", "50")
    ids = [each["contract_id"] for each in body["parts"]]
    with monkeypatch.context() as patches:
        Points(patches, 1)  # checked, and not begun
        assert (await town.pcc.visit.put(f"/v1/splits/{uuid.uuid4()}", json=body)).status_code == 500
    assert ran == [ids]
    for each in ids:
        assert (await town.pcc.visit.get(f"/v1/contracts/{each}")).status_code == 404
        steps = made(await town.pcc.visit.get("/v1/contract-steps", params={"contract_id": each}))
        assert steps["items"] == []


async def test_a_line_that_is_split_meanwhile_declines_the_change_and_it_is_made_anew(town, monkeypatch):
    """A line that bears anything is not split; one that a change under way only names can be, until budget is asked."""
    line, contract = await town.line(), await town.contract()
    key = a_key()
    with monkeypatch.context() as patches:
        points = Points(patches, None)
        made(await town.activate(await town.contract(), (await town.line(), 600_00)))
    with monkeypatch.context() as patches:
        Points(patches, points.passed.index("before reserveForContract"))
        assert (await town.activate(contract, (line, 600_00), key=key)).status_code == 500
    [change] = await town.joint_changes(contract)
    assert (change["state"], change["steps"]) == ("under_way", ["checked"])
    parts = [str(uuid.uuid4()), str(uuid.uuid4())]
    read = made(await town.pcc.visit.get(f"/v1/lines/{line}"))
    split = {
        "id": str(uuid.uuid4()),
        "split_on": "2015-04-01",
        "reason": "By locality",
        "parts": [{"line_id": part, "name": f"Part {part[:4]}", "budget_pence": 500_00} for part in parts],
    }
    made(
        await town.pcc.visit.post(f"/v1/lines/{line}/split", json=split, key=a_key(), version=read["version"])
    )
    resumed = await town.pcc.visit.post(f"/v1/joint-changes/{change['id']}/resumption", key=a_key())
    assert (resumed.status_code, resumed.json()["declined_by"]) == (409, "budget"), resumed.text
    [change] = await town.joint_changes(contract)
    assert (change["state"], change["why_code"]) == ("declined", resumed.json()["code"])
    assert await town.commitments(contract) == []
    made(await town.activate(contract, (parts[0], 400_00), (parts[1], 200_00)))
    assert await left(town, contract) == {parts[0]: 400_00, parts[1]: 200_00}
    again = made(await town.pcc.visit.get(f"/v1/lines/{parts[0]}"))
    bears = {**split, "id": str(uuid.uuid4())}
    refused = await town.pcc.visit.post(
        f"/v1/lines/{parts[0]}/split", json=bears, key=a_key(), version=again["version"]
    )
    assert refused.status_code == 409, refused.text
