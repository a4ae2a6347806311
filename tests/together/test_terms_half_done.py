"""Changes of terms killed, refused or made at once at every step: the retry completes, and each step counts once."""

from __future__ import annotations

import asyncio

import pytest

from tests.budget.place import made
from tests.together.dying import Points
from tests.together.test_half_done import proofs
from tests.together.test_term_changes import agreed, effect, left, running, worth
from tests.together.town import a_key


@pytest.mark.parametrize(("to_pence", "how"), [(650_00, "died"), (450_00, "out")])
async def test_a_variation_killed_at_every_step_is_completed_by_its_retry(
    town, stack, monkeypatch, to_pence, how
):
    contract, _ = await running(town)
    variation = await agreed(town, contract, worth(to_pence))
    with monkeypatch.context() as patches:
        points = Points(patches, None)
        made(await effect(town, variation))
    assert {"after reviseForContract", "after applyVariation", "after finish"} <= set(points.passed)
    for point in range(len(points.passed)):
        contract, [line] = await running(town)
        variation = await agreed(town, contract, worth(to_pence))
        key = a_key()
        with monkeypatch.context() as patches:
            Points(patches, point, how)
            broken = await effect(town, variation, key=key)
        assert broken.status_code == (500 if how == "died" else 503), points.passed[point]
        value = (await town.read(contract))["value"]["amount_pence"]
        assert (await left(town, contract))[line] >= value, points.passed[point]  # covered at every moment
        again = await effect(town, variation, key=key)
        assert (again.status_code, again.json()["state"]) == (200, "in_effect"), points.passed[point]
        assert await left(town, contract) == {line: to_pence}, points.passed[point]
        assert (await town.read(contract))["value"]["amount_pence"] == to_pence
        assert (await proofs(stack, contract))["steps"] == 3
        assert [each["state"] for each in await town.joint_changes(contract)] == ["done", "done"]


async def test_one_change_of_a_contract_at_a_time(town, people, monkeypatch):
    contract, [line] = await running(town)
    first = await agreed(town, contract, worth(650_00))
    second = await agreed(town, contract, {"end_date": "2016-03-30"}, on="2015-11-01")
    with monkeypatch.context() as patches:
        Points(patches, 7)
        assert (await effect(town, first)).status_code == 500
    [change] = [each for each in await town.joint_changes(contract) if each["state"] == "under_way"]
    assert change["steps"] == ["checked", "budget_set_aside"]
    busy = await effect(town, second)
    assert (busy.status_code, busy.json()["code"]) == (409, "joint_change_contract_busy")
    assert busy.json()["joint_change_ids"] == [change["id"]]
    ending = await town.move(contract, "termination", on="2015-12-31", reason="agreed")
    assert ending.json()["code"] == "joint_change_contract_busy"
    colleague = await people.client(str(town.place.council))
    resumed = made(await colleague.visit.post(f"/v1/joint-changes/{change['id']}/resumption", key=a_key()))
    assert (resumed["state"], resumed["kind"]) == ("done", "variation")
    assert await left(town, contract) == {line: 650_00}
    made(await effect(town, second))


async def test_two_changes_of_one_contract_at_once_add_up_or_are_refused(town):
    for _ in range(3):
        contract, [line] = await running(town)
        raising = await agreed(town, contract, worth(650_00))
        shorter = await agreed(town, contract, {"review_date": "2016-01-01"}, on="2015-11-01")
        answers = await asyncio.gather(
            effect(town, raising), effect(town, shorter), effect(town, raising), effect(town, shorter)
        )
        assert {each.status_code for each in answers} <= {200, 409, 412}, [each.text for each in answers]
        for variation in (raising, shorter):
            again = await effect(town, variation)
            assert again.status_code in {200, 412}, again.text
        assert await left(town, contract) == {line: 650_00}
        seen = await town.read(contract)
        assert (seen["value"]["amount_pence"], seen["review_date"]) == (650_00, "2016-01-01")


async def test_a_contract_that_refuses_after_all_gives_back_what_was_set_aside_more(town, monkeypatch):
    contract, [line] = await running(town)
    variation = await agreed(town, contract, worth(650_00))
    key = a_key()
    with monkeypatch.context() as patches:
        Points(patches, 7)
        assert (await effect(town, variation, key=key)).status_code == 500
    assert await left(town, contract) == {line: 650_00}
    path = f"/v1/variations/{variation['id']}/withdrawal"
    made(await town.pcc.visit.post(path, key=a_key(), version=variation["version"]))
    with monkeypatch.context() as patches:
        points = Points(patches, 3)  # the refusal is kept, and nothing is given back yet
        assert (await effect(town, variation, key=key)).status_code == 500
    assert points.passed[-1] == "before releaseForContract"
    assert await left(town, contract) == {line: 650_00}
    refused = await effect(town, variation, key=key)
    assert (refused.status_code, refused.json()["code"]) == (412, "version_stale")
    assert await left(town, contract) == {line: 600_00}
    change = (await town.joint_changes(contract))[-1]
    assert (change["state"], change["why_code"]) == ("declined", "version_stale")


async def test_a_contract_that_moved_meanwhile_keeps_the_budget_that_it_had(town, monkeypatch):
    """It is suspended while a variation is half done: what the variation costs was worked out at the version before."""
    contract, [line] = await running(town, end_date="2015-12-31", value_basis="annual")
    variation = await agreed(town, contract, {"end_date": "2016-03-31"})
    with monkeypatch.context() as patches:
        Points(patches, 7)
        assert (await effect(town, variation)).status_code == 500
    assert (await left(town, contract))[line] > 600_00
    read = await town.read(contract)
    less = {"on": "2015-11-01", "reason": "agreed", "note": "Podiatry", **worth(300_00)}
    busy = await town.move(read, "part-termination", **less)
    assert (busy.status_code, busy.json()["code"]) == (409, "joint_change_contract_busy")
    paused = made(await town.move(read, "suspension", on="2015-11-01", reason="quality"))
    made(await town.move(paused, "resumption", on="2015-11-02"))
    refused = await effect(town, variation)
    assert (refused.status_code, refused.json()["code"]) == (412, "version_stale")
    assert await left(town, contract) == {line: 600_00}
    made(await effect(town, variation))  # worked out anew
    assert (await town.read(contract))["end_date"] == "2016-03-31"
