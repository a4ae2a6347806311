"""A part of a contract ends: the contract is worth less, and what it costs less goes back to the lines that bear it."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

from services.gateway.commands.half_done import half_done
from tests.budget.place import made
from tests.together.dying import Points
from tests.together.test_half_done import proofs
from tests.together.test_term_changes import left, running, worth
from tests.together.town import a_key

ENDS = {"on": "2015-10-01", "reason": "agreed", "note": "Podiatry"}


async def ended_in_part(town, contract, pence=450_00, *changes, key=None, by=None, **more):
    named = {"commitments": [{"line_id": line, "change_pence": change} for line, change in changes]}
    body = {**ENDS, **worth(pence), **named, **more}
    return await town.move(contract, "part-termination", key=key, by=by, **body)


async def test_what_the_rest_costs_less_goes_back_once_the_contract_has_changed(town):
    contract, [line] = await running(town)
    key = a_key()
    answer = await ended_in_part(town, contract, key=key)
    assert (answer.status_code, answer.json()["state"]) == (200, "part_terminated")
    assert (await town.read(contract))["value"]["amount_pence"] == 450_00
    assert await left(town, contract) == {line: 450_00}
    again = await ended_in_part(town, contract, key=key)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (answer.content, "true")
    assert await left(town, contract) == {line: 450_00}
    change = (await town.joint_changes(contract))[-1]
    assert (change["kind"], change["state"], change["thing_id"]) == (
        "part_termination",
        "done",
        contract["id"],
    )
    assert change["steps"] == ["checked", "budget_set_aside", "contract_moved", "budget_released"]


async def test_a_part_without_a_value_leaves_the_budget_as_it_is(town):
    contract, [line] = await running(town)
    made(await town.move(contract, "part-termination", **ENDS))
    assert (await town.read(contract))["state"] == "part_terminated"
    assert await left(town, contract) == {line: 600_00}
    assert (await town.joint_changes(contract))[-1]["steps"] == [
        "checked",
        "budget_set_aside",
        "contract_moved",
    ]


async def test_the_pools_give_back_in_their_shares_and_named_lines_must_keep_to_them(town):
    line, other = await town.line(), await town.line(pool=town.second_pool)
    shares = town.funding(
        (town.pool, town.place.council, "66.6"), (town.second_pool, town.place.council, "33.4")
    )
    contract, _ = await running(town, 100_01, lines=[(line, 66_61), (other, 33_40)], funding=shares)
    wrong = await ended_in_part(town, contract, 50_00, (line, -50_01))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "commitment_change_differs")
    assert (await town.read(contract))["version"] == contract["version"]
    made(await ended_in_part(town, contract, 50_00))
    assert await left(town, contract) == {line: 33_30, other: 16_70}


async def test_more_than_the_whole_was_worth_is_refused_with_nothing_begun(town):
    contract, [line] = await running(town)
    before = await town.joint_changes(contract)
    more = await ended_in_part(town, contract, 600_01)
    assert (more.status_code, more.json()["code"]) == (422, "part_termination_adds_value")
    assert (more.json()["errors"][0]["pointer"], more.json()["declined_by"]) == ("/value", "contracts")
    odd = await ended_in_part(town, contract, None, value={"amount_pence": None, "status": "actual"})
    assert (odd.status_code, odd.json()["errors"][0]["pointer"]) == (422, "/value")
    assert await town.joint_changes(contract) == before
    assert await left(town, contract) == {line: 600_00}


async def test_killed_at_every_step_it_is_completed_by_its_retry(town, stack, monkeypatch):
    contract, _ = await running(town)
    with monkeypatch.context() as patches:
        points = Points(patches, None)
        made(await ended_in_part(town, contract))
    assert {"after reviseForContract", "after applyPartTermination", "after finish"} <= set(points.passed)
    for point in range(len(points.passed)):
        contract, [line] = await running(town)
        key = a_key()
        with monkeypatch.context() as patches:
            Points(patches, point)
            broken = await ended_in_part(town, contract, key=key)
        assert broken.status_code == 500, points.passed[point]
        value = (await town.read(contract))["value"]["amount_pence"]
        assert (await left(town, contract))[line] >= value, points.passed[point]  # covered at every moment
        again = await ended_in_part(town, contract, key=key)
        assert (again.status_code, again.json()["state"]) == (200, "part_terminated"), points.passed[point]
        assert await left(town, contract) == {line: 450_00}, points.passed[point]
        assert (await town.read(contract))["value"]["amount_pence"] == 450_00
        assert (await proofs(stack, contract))["steps"] == 3
        assert [each["state"] for each in await town.joint_changes(contract)] == ["done", "done"]


async def test_left_half_done_it_is_listed_and_finished_by_a_colleague(town, people, stack, monkeypatch):
    contract, [line] = await running(town)
    with monkeypatch.context() as patches:
        points = Points(patches, None)
        made(await ended_in_part(town, contract))
    contract, [line] = await running(town)
    with monkeypatch.context() as patches:
        Points(patches, points.passed.index("before releaseForContract"))
        assert (await ended_in_part(town, contract)).status_code == 500
    [change] = [each for each in await town.joint_changes(contract) if each["state"] == "under_way"]
    assert change["steps"] == ["checked", "budget_set_aside", "contract_moved"]
    assert (await left(town, contract), (await town.read(contract))["value"]["amount_pence"]) == (
        {line: 600_00},
        450_00,
    )
    listed = await half_done(stack.url("gateway", "backup"), timedelta(0))
    assert [each["kind"] for each in listed if each["joint_change_id"] == change["id"]] == [
        "part_termination"
    ]
    path = f"/v1/joint-changes/{change['id']}/resumption"
    assert (await town.ccg.visit.post(path, key=a_key())).status_code == 404
    colleague = await people.client(str(town.place.council))
    assert made(await colleague.visit.post(path, key=a_key()))["state"] == "done"
    assert await left(town, contract) == {line: 450_00}


async def test_made_twice_at_once_it_counts_once(town):
    contract, [line] = await running(town)
    answers = await asyncio.gather(
        ended_in_part(town, contract), ended_in_part(town, contract, 400_00), ended_in_part(town, contract)
    )
    assert {each.status_code for each in answers} <= {200, 409, 412}, [each.text for each in answers]
    value = (await town.read(contract))["value"]["amount_pence"]
    for pence in (450_00, 400_00):
        assert (await ended_in_part(town, contract, pence)).status_code in {200, 409, 412}
    value = (await town.read(contract))["value"]["amount_pence"]
    assert value in {450_00, 400_00}
    assert await left(town, contract) == {line: value}


async def test_nobody_else_ends_a_part_of_it(town, people):
    contract, [line] = await running(town)
    stranger = await people.organisation("Still Another Council")
    await people.partnership(commissioner=stranger)
    other = await people.client(stranger)
    absent = await ended_in_part(town, {"id": str(uuid.uuid4()), "version": contract["version"]}, by=other)
    for client in (other, town.ccg):
        refused = await ended_in_part(town, contract, by=client)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
        assert set(refused.json()) == set(absent.json())
    assert (await ended_in_part(town, contract, by=town.pch)).status_code == 403
    foreign = await ended_in_part(town, contract, 450_00, (str(uuid.uuid4()), -150_00))
    assert (foreign.status_code, foreign.json()["code"]) == (422, "line_unknown")
    assert (await town.read(contract))["version"] == contract["version"]
    assert await left(town, contract) == {line: 600_00}
