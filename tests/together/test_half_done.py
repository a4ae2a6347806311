"""Changes of contract and budget, killed or refused at every step: the retry completes, and each step counts once."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import timedelta

import asyncpg
import pytest

from services.gateway.commands.half_done import half_done, main
from shared.forget import forget
from tests.budget.place import made
from tests.stack import SERVICES
from tests.together.dying import Points
from tests.together.town import a_key

SEED = int(os.environ.get("FAULT_SEED", "20150401"))


async def points_of(town, monkeypatch, act) -> list[str]:
    with monkeypatch.context() as patches:
        points = Points(patches, None)
        made(await act())
    return points.passed


async def in_force(town):
    line, contract = await town.line(), await town.contract()
    return line, made(await town.activate(contract, (line, 600_00)))


async def long_ago(stack):
    """Everything answered so far is older than answers are kept, and forgotten as far as it may be."""
    connection: asyncpg.Connection = await stack.superuser()
    try:
        for service in SERVICES:
            # Fixed names of schemas.
            aged = f"update {service}.idempotency_keys set recorded_at = recorded_at - interval '91 days'"
            await connection.execute(aged)
    finally:
        await connection.close()
    for service in SERVICES:
        await forget(service, stack.url(service), 90)


async def proofs(stack, contract):
    """What the databases say, whatever the doors show: activations, steps, commitments and what is left of them."""
    connection: asyncpg.Connection = await stack.superuser()
    try:
        return {
            "activations": await connection.fetchval(
                "select count(*) from contracts.contract_activations where contract_id::text = $1",
                contract["id"],
            ),
            "steps": await connection.fetchval(
                "select count(*) from contracts.contract_steps where contract_id::text = $1", contract["id"]
            ),
            "left": await connection.fetchval(
                "select coalesce(sum(reserved_pence - drawn_pence - released_pence), 0)::bigint"
                " from budget.commitments where contract_id::text = $1",
                contract["id"],
            ),
            "commitments": await connection.fetchval(
                "select count(*) from budget.commitments where contract_id::text = $1", contract["id"]
            ),
        }
    finally:
        await connection.close()


@pytest.mark.parametrize("how", ["died", "out"])
async def test_an_activation_killed_at_every_step_is_completed_by_its_retry(town, stack, monkeypatch, how):
    line, contract = await town.line(), await town.contract()
    passed = await points_of(town, monkeypatch, lambda: town.activate(contract, (line, 600_00)))
    assert {"after reserveForContract", "after bringIntoForce", "after finish"} <= set(passed)
    half = 0
    for point in range(len(passed)):
        line, contract = await town.line(), await town.contract()
        key = a_key()
        with monkeypatch.context() as patches:
            Points(patches, point, how)
            broken = await town.activate(contract, (line, 600_00), key=key)
        assert broken.status_code == (500 if how == "died" else 503), passed[point]
        under_way = [each for each in await town.joint_changes(contract) if each["state"] == "under_way"]
        half += len(under_way)
        again = await town.activate(contract, (line, 600_00), key=key)
        assert (again.status_code, again.json()["state"]) == (200, "active"), passed[point]
        assert await proofs(stack, contract) == {
            "activations": 1, "steps": 2, "left": 600_00, "commitments": 1,
        }, passed[point]  # fmt: skip
        [change] = await town.joint_changes(contract)
        assert change["state"] == "done"
    assert half >= len(passed) - 4
    print(f"{len(passed)} points, {half} left half done and listed ({how})")


async def test_what_is_half_done_is_finished_by_another_client_of_the_organisation(
    town, people, stack, monkeypatch
):
    line, contract = await town.line(), await town.contract()
    with monkeypatch.context() as patches:
        Points(patches, 5)  # budget is set aside, and the contract has not moved
        assert (await town.activate(contract, (line, 600_00))).status_code == 500
    [change] = await town.joint_changes(contract)
    assert (change["state"], change["steps"]) == ("under_way", ["checked"])
    assert (await proofs(stack, contract))["left"] == 600_00
    other = await town.activate(contract, (line, 500_00))
    assert (other.status_code, other.json()["code"]) == (409, "joint_change_under_way")
    colleague = await people.client(str(town.place.council))
    resumed = await colleague.visit.post(f"/v1/joint-changes/{change['id']}/resumption", key=a_key())
    assert (resumed.status_code, resumed.json()["state"]) == (200, "done")
    assert (await town.read(contract))["state"] == "active"
    assert (await proofs(stack, contract))["left"] == 600_00
    twice = await colleague.visit.post(f"/v1/joint-changes/{change['id']}/resumption", key=a_key())
    assert (twice.status_code, twice.json()["code"]) == (409, "joint_change_not_under_way")


@pytest.mark.parametrize("after", ["reserveForContract", "bringIntoForce"])
async def test_what_was_left_for_longer_than_answers_are_kept_is_completed_and_takes_nothing_back(
    town, stack, monkeypatch, after
):
    """What a service did in its part stays known, however late somebody goes on: it is not refused as stale and undone."""
    line, contract = await town.line(), await town.contract()
    passed = await points_of(town, monkeypatch, lambda: town.activate(contract, (line, 600_00)))
    line, contract = await town.line(), await town.contract()
    with monkeypatch.context() as patches:
        Points(patches, passed.index(f"after {after}"))
        assert (await town.activate(contract, (line, 600_00))).status_code == 500
    await long_ago(stack)
    [change] = await town.joint_changes(contract)
    again = await town.pcc.visit.post(f"/v1/joint-changes/{change['id']}/resumption", key=a_key())
    assert (again.status_code, again.json()["state"]) == (200, "done"), again.text
    assert (await town.read(contract))["state"] == "active"
    assert await proofs(stack, contract) == {
        "activations": 1, "steps": 2, "left": 600_00, "commitments": 1,
    }  # fmt: skip


async def test_an_end_left_for_long_gives_its_budget_back(town, stack, monkeypatch):
    _, contract = await in_force(town)
    with monkeypatch.context() as patches:
        points = Points(patches, None)
        made(await town.move(contract, "termination", on="2015-09-30", reason="agreed"))
    line, contract = await in_force(town)
    with monkeypatch.context() as patches:
        Points(patches, points.passed.index("before releaseForContract"))
        assert (await town.move(contract, "termination", on="2015-09-30", reason="agreed")).status_code == 500
    await long_ago(stack)
    change = (await town.joint_changes(contract))[-1]
    assert change["steps"] == ["checked", "contract_moved"]
    made(await town.pcc.visit.post(f"/v1/joint-changes/{change['id']}/resumption", key=a_key()))
    assert await town.commitments(contract) == [(line, 600_00, 0)]


async def test_a_contract_that_moved_meanwhile_gives_its_budget_back(town, stack, monkeypatch):
    """The second service refuses for good: what the first did is undone, and a later attempt starts afresh."""
    line, contract = await town.line(), await town.contract()
    with monkeypatch.context() as patches:
        Points(patches, 7)
        key = a_key()
        assert (await town.activate(contract, (line, 600_00), key=key)).status_code == 500
    path = f"/v1/contracts/{contract['id']}"
    amended = made(
        await town.pcc.visit.patch(path, json={"title": "Another title"}, version=contract["version"])
    )
    refused = await town.activate(contract, (line, 600_00), key=key)
    assert (refused.status_code, refused.json()["code"]) == (412, "version_stale")
    assert await proofs(stack, contract) == {"activations": 0, "steps": 1, "left": 0, "commitments": 1}
    [change] = await town.joint_changes(contract)
    assert (change["state"], change["why_code"]) == ("declined", "version_stale")
    made(await town.activate(amended, (line, 600_00)))
    assert await proofs(stack, contract) == {"activations": 1, "steps": 2, "left": 600_00, "commitments": 2}


async def test_activations_of_one_contract_at_once_make_one_commitment(town, people, stack):
    chance = random.Random(SEED)
    colleague = await people.client(str(town.place.council))
    statuses: list[int] = []
    for _ in range(3):
        line, contract = await town.line(), await town.contract()
        asked = [(chance.choice([town.pcc, colleague]), a_key()) for _ in range(8)]
        answers = await asyncio.gather(
            *(town.activate(contract, (line, 600_00), key=key, by=client) for client, key in asked)
        )
        statuses = sorted(each.status_code for each in answers)
        assert set(statuses) <= {200, 409, 412}, [each.text for each in answers]
        for client, key in asked:
            again = await town.activate(contract, (line, 600_00), key=key, by=client)
            assert again.status_code in {200, 412}, again.text
        assert await proofs(stack, contract) == {
            "activations": 1, "steps": 2, "left": 600_00, "commitments": 1,
        }  # fmt: skip
    print(f"seed {SEED}: {statuses} in the last of three rounds of eight at once")


async def test_activations_at_once_never_pass_the_limit_of_their_line(town, stack):
    line = await town.line(1_000_00)
    contracts = [await town.contract(300_00) for _ in range(6)]
    answers = await asyncio.gather(*(town.activate(each, (line, 300_00)) for each in contracts))
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 409, 409, 409]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"commitment_past_limit"}
    left = [(await proofs(stack, each))["left"] for each in contracts]
    assert sorted(left) == [0, 0, 0, 300_00, 300_00, 300_00]
    states = [(await town.read(each))["state"] for each in contracts]
    assert [state == "active" for state in states] == [pence > 0 for pence in left]


@pytest.mark.parametrize("how", ["died", "out"])
async def test_a_termination_killed_at_every_step_releases_once(town, stack, monkeypatch, how):
    ending = {"on": "2015-09-30", "reason": "agreed"}
    _, contract = await in_force(town)
    passed = await points_of(town, monkeypatch, lambda: town.move(contract, "termination", **ending))
    assert {"after applyTermination", "after releaseForContract"} <= set(passed)
    for point in range(len(passed)):
        line, contract = await in_force(town)
        key = a_key()
        with monkeypatch.context() as patches:
            Points(patches, point, how)
            broken = await town.move(contract, "termination", key=key, **ending)
        assert broken.status_code == (500 if how == "died" else 503), passed[point]
        again = await town.move(contract, "termination", key=key, **ending)
        assert (again.status_code, again.json()["state"]) == (200, "terminated"), passed[point]
        assert await town.commitments(contract) == [(line, 600_00, 0)]
        assert (await proofs(stack, contract))["steps"] == 3
    print(f"{len(passed)} points ({how})")


async def test_budget_can_be_kept_for_invoices_still_to_come(town):
    line, contract = await in_force(town)
    body = {"on": "2016-03-31", "reason": "term_ended", "budget": "kept"}
    ended = made(await town.move(contract, "completion", **body))
    assert ended["state"] == "expired"
    assert await town.commitments(contract) == [(line, 600_00, 600_00)]
    change = (await town.joint_changes(contract))[-1]
    assert (change["kind"], change["state"], change["steps"]) == (
        "completion",
        "done",
        ["checked", "contract_moved"],
    )


async def test_an_end_that_the_contract_does_not_allow_releases_nothing(town):
    line, contract = await in_force(town)
    early = await town.move(contract, "completion", on="2015-09-30", reason="term_ended")
    assert (early.status_code, early.json()["code"]) == (422, "contract_term_runs")
    late = await town.move(contract, "termination", on="2017-01-01", reason="agreed")
    assert (late.status_code, late.json()["code"]) == (422, "move_outside_term")
    notice = await town.move(contract, "termination", on="2015-09-30", reason="notice")
    assert (notice.status_code, notice.json()["code"]) == (409, "no_notice_runs")
    unknown = await town.move(contract, "termination", on="2015-09-30", reason="boredom")
    assert unknown.status_code == 422
    assert await town.commitments(contract) == [(line, 600_00, 600_00)]
    assert (await town.read(contract))["state"] == "active"


async def test_the_command_lists_what_is_half_done_and_nothing_else(town, stack, monkeypatch, capsys):
    line, contract = await town.line(), await town.contract()
    with monkeypatch.context() as patches:
        Points(patches, 7)
        key = a_key()
        assert (await town.activate(contract, (line, 600_00), key=key)).status_code == 500
    address = stack.url("gateway", "backup")
    found = await half_done(address, timedelta(0))
    [change] = [each for each in found if each["thing_id"] == contract["id"]]
    assert (change["kind"], change["steps"]) == ("activation", ["checked", "budget_set_aside"])
    assert [
        each for each in await half_done(address) if each["thing_id"] == contract["id"]
    ] == []  # too young
    made(await town.activate(contract, (line, 600_00), key=key))
    assert [
        each for each in await half_done(address, timedelta(0)) if each["thing_id"] == contract["id"]
    ] == []
    monkeypatch.delenv("GATEWAY_BACKUP_URL", raising=False)
    assert main() == 2
    assert "GATEWAY_BACKUP_URL" in capsys.readouterr().err
