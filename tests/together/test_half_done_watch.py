"""Changes left half done are found by themselves, listed, and told of once to their organisation alone."""

import asyncio
from datetime import timedelta

import pytest

from services.gateway.half_done_watch import HalfDoneWatch
from shared.db import Database
from shared.sealing import seal_all
from tests.budget.place import made
from tests.together.dying import Points
from tests.together.town import a_key

LEFT = "gateway.joint_change_left_half_done.v1"
NOW = timedelta(0)


@pytest.fixture
async def db(stack):
    opened = await Database.open(stack.url("gateway"), "gateway", 3, name="gateway-queue")
    yield opened
    await opened.close()


@pytest.fixture
def watch(house, db, stack):
    return HalfDoneWatch(db, stack.url("gateway"), house[0].state.follower, when="* * * * * *")


async def left_half_done(town, monkeypatch, point=7):
    """A contract whose activation stopped on its way, and the change."""
    line, contract = await town.line(), await town.contract()
    with monkeypatch.context() as patches:
        Points(patches, point)
        assert (await town.activate(contract, (line, 600_00))).status_code == 500
    [change] = await town.joint_changes(contract)
    return contract, change


async def told_of(stack, change):
    """How often it stands in the audit and among the events that it was left half done."""
    connection = await stack.superuser()
    try:
        return [
            await connection.fetchval(
                f"select count(*) from gateway.{table} where what = 'joint_change_left_half_done'"
                " and thing_id::text = $1",
                change["id"],
            )
            for table in ("audit_events", "events")
        ]
    finally:
        await connection.close()


async def test_what_is_left_half_done_is_found_once_and_again_when_it_stops_elsewhere(
    town, people, stack, monkeypatch, watch
):
    contract, change = await left_half_done(town, monkeypatch, point=5)
    assert change["left_half_done_at"] is None
    await watch.look()  # a minute has not passed
    assert await told_of(stack, change) == [0, 0]
    await asyncio.gather(*(watch.look(NOW) for _ in range(4)))  # as several processes would
    assert await told_of(stack, change) == [1, 1]
    await watch.look(NOW)
    assert await told_of(stack, change) == [1, 1]

    async def listed(visit, **asked):
        items = made(await visit.get("/v1/joint-changes", params={"contract_id": contract["id"], **asked}))
        return items["items"]

    [found] = await listed(town.pcc.visit, half_done="true")
    assert found["id"] == change["id"]
    assert found["left_half_done_at"] > change["updated_at"]
    assert await listed(town.pcc.visit, half_done="false") == []
    assert (await town.joint_changes(contract))[0]["left_half_done_at"] is not None
    stranger = town.place.ccg
    assert await listed(stranger, half_done="true") == []

    async def resume():
        return await town.pcc.visit.post(f"/v1/joint-changes/{change['id']}/resumption", key=a_key())

    moved = change
    for point in range(8):  # somebody resumes it, and it stops a step further on
        with monkeypatch.context() as patches:
            Points(patches, point)
            assert (await resume()).status_code == 500
        [moved] = await town.joint_changes(contract)
        if moved["version"] > change["version"]:
            break
    assert (moved["state"], moved["left_half_done_at"]) == ("under_way", None)
    await watch.look(NOW)
    assert await told_of(stack, change) == [2, 2]
    made(await resume())
    assert await listed(town.pcc.visit, half_done="true") == []
    await watch.look(NOW)
    assert await told_of(stack, change) == [2, 2]


async def test_its_own_organisation_hears_of_it_on_the_feed_and_no_other(
    town, people, stack, monkeypatch, watch, db
):
    _, change = await left_half_done(town, monkeypatch)
    await watch.look(NOW)
    sealing = await Database.open(stack.url("gateway"), "gateway", 1, name="gateway-seal")
    await seal_all(sealing, "gateway")
    await sealing.close()

    async def heard(visit):
        found, after = [], "0"
        while batch := made(await visit.get("/v1/events/gateway", params={"lastEventId": after})):
            found += [each["data"]["thing_id"] for each in batch if each["type"] == LEFT]
            after = batch[-1]["id"]
        return found.count(change["id"])

    assert await heard(town.pcc.visit) == 1
    stranger = town.place.ccg
    assert await heard(stranger) == 0


async def test_it_is_looked_for_by_itself_when_it_is_time(town, stack, monkeypatch, watch):
    _, change = await left_half_done(town, monkeypatch)
    look = watch.look
    monkeypatch.setattr(watch, "look", lambda: look(NOW))
    running = asyncio.create_task(watch.run())
    async with asyncio.timeout(15):
        while await told_of(stack, change) != [1, 1]:  # noqa: ASYNC110 another process writes it
            await asyncio.sleep(0.1)
        watch.leave()
        await running
    assert await told_of(stack, change) == [1, 1]
