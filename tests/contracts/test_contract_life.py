"""A contract's life over HTTP: every move with its history, who reads it, and expiry by a day."""

import uuid
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.contracts.store import steps
from shared.db import Database
from shared.web.today import today_in_england
from tests.contracts.register import Place, a_key, registered
from tests.contracts.world import ROLES, as_app

NOTICE: dict[str, Any] = {
    "served_on": "2014-09-30", "served_by": "commissioner", "ends_on": "2015-03-31", "reason": "One contract",
    "consultation": "Twelve weeks",
}  # fmt: skip


async def moved(client, contract: dict, door: str, status: int = 200, **body: Any) -> dict:
    """Move the contract through a door at the version it has now."""
    url = f"/v1/contracts/{contract['id']}"
    version = (await client.get(url)).json()["version"]
    answer = await client.post(f"{url}/{door}", json=body, key=a_key(), version=version)
    assert answer.status_code == status, answer.text
    return answer.json()


async def history(client, contract: dict) -> list[dict]:
    answer = await client.get("/v1/contract-steps", params={"contract_id": contract["id"]})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_from_procurement_to_abandonment(ccg, place):
    made = await registered(ccg, place.contract(state="pipeline"))
    assert (await moved(ccg, made, "procurement", on="2012-09-01"))["state"] == "procurement"
    back = await moved(ccg, made, "standstill", 422, on="2013-01-05", ends_on="2013-01-04")
    assert (back["code"], back["errors"][0]["pointer"]) == ("standstill_ends_before_start", "/ends_on")
    standing = await moved(ccg, made, "standstill", on="2013-01-05", ends_on="2013-01-15")
    assert standing["standstill_ends_on"] == "2013-01-15"
    early = await moved(ccg, made, "award", 409, awarded_on="2013-01-15", award_regime="pcr2015")
    assert early["code"] == "standstill_runs"
    over = await moved(ccg, made, "abandonment", on="2013-01-10", reason="no_tenders", note="Nobody came")
    assert over["state"] == "abandoned"
    kept = await history(ccg, made)
    assert [(each["move"], each["from_state"], each["to_state"], each["on"]) for each in kept] == [
        ("registration", None, "pipeline", None),
        ("procurement", "pipeline", "procurement", "2012-09-01"),
        ("standstill", "procurement", "standstill", "2013-01-05"),
        ("abandonment", "standstill", "abandoned", "2013-01-10"),
    ]
    assert (kept[-1]["reason"], kept[-1]["note"], kept[-1]["organisation_id"]) == (
        "no_tenders",
        "Nobody came",
        str(place.ccg),
    )
    assert [each["version"] for each in kept] == [1, 2, 3, 4]


@pytest.mark.row("S1-C07")
async def test_notice_and_suspension_lead_back_to_where_they_began(ccg, place):
    made = await registered(ccg, place.contract(state="recorded_as_active"))
    await moved(ccg, made, "suspension", on="2014-06-01", reason="quality")
    held = await moved(ccg, made, "activation", 409, active_from="2014-06-02")
    assert held["code"] == "activation_held"
    await moved(ccg, made, "notice", **NOTICE)
    back = await moved(ccg, made, "notice-withdrawal", on="2014-12-01", note="Agreed by letter")
    assert (back["state"], back["notice"]) == ("suspended", None)
    again = await moved(ccg, made, "resumption", on="2014-12-02")
    assert again["state"] == "recorded_as_active"
    assert (await moved(ccg, made, "resumption", 409, on="2014-12-02"))["code"] == "contract_not_suspended"
    listed = await ccg.get("/v1/contracts", params={"reference": made["reference"]})
    assert listed.json()["items"][0]["ends_on"] == "2016-03-31"


async def test_a_part_ends_and_history_keeps_both_values(ccg, place):
    made = await registered(ccg, place.contract(state="recorded_as_active"))
    body: dict[str, Any] = {"on": "2014-10-01", "reason": "agreed", "note": "Podiatry"}
    more = await moved(ccg, made, "part-termination", 422, **body, value={"amount_pence": 123_456_701})
    assert (more["code"], more["errors"][0]["pointer"]) == ("part_termination_adds_value", "/value")
    left = await moved(ccg, made, "part-termination", **body, value={"amount_pence": 100})
    assert (left["state"], left["value"]["amount_pence"]) == ("part_terminated", 100)
    last = (await history(ccg, made))[-1]
    assert (last["value_before"]["amount_pence"], last["value_after"]["amount_pence"]) == (123_456_700, 100)


async def test_ends_with_typed_reasons_and_held_over(ccg, place):
    made = await registered(ccg, place.contract(state="recorded_as_active"))
    early = await moved(ccg, made, "completion", 422, on="2016-03-30", reason="term_ended")
    assert (early["code"], early["ends_on"]) == ("contract_term_runs", "2016-03-31")
    await moved(ccg, made, "termination", 422, on="2015-01-01", reason="because")
    over = await moved(ccg, made, "completion", on="2016-03-31", reason="term_ended")
    assert (over["state"], over["ended_on"]) == ("expired", "2016-03-31")
    held = await moved(ccg, made, "hold-over", on="2016-04-01", reason="procurement_late")
    assert (held["state"], held["ended_on"]) == ("held_over", None)
    await moved(ccg, made, "notice", **{**NOTICE, "served_on": "2016-05-01", "ends_on": "2016-11-01"})
    ended = await moved(ccg, made, "termination", on="2016-11-01", reason="notice")
    assert (ended["state"], ended["ended_on"]) == ("terminated", "2016-11-01")
    listed = await ccg.get("/v1/contracts", params={"reference": made["reference"]})
    assert listed.json()["items"][0]["ends_on"] == "2016-11-01"


@pytest.mark.row("S2-C01")
async def test_expiry_ends_what_is_over_once(client_for):
    place = Place()
    ccg, council = [await client_for("contracts", place.caller(role)) for role in ("ccg", "council")]
    made = [
        await registered(ccg, place.contract(state="recorded_as_active", end_date=day))
        for day in ("2016-02-29", "2016-03-31", "2016-04-01")
    ]
    await moved(ccg, made[1], "notice", **NOTICE)
    other = await registered(council, place.contract("council", state="recorded_as_active"))
    key, body = a_key(), {"as_at": "2016-04-01", "partnership_id": str(place.partnership)}
    first = await ccg.post("/v1/contract-expiries", json=body, key=key)
    assert (first.status_code, first.json()["more"]) == (201, False)
    assert first.json()["expired"] == [made[0]["id"]]
    assert first.json()["terminated"] == [made[1]["id"]]
    assert (await ccg.post("/v1/contract-expiries", json=body, key=key)).content == first.content
    again = await ccg.post("/v1/contract-expiries", json=body, key=a_key())
    assert again.json()["expired"] == again.json()["terminated"] == []
    assert (await ccg.get(f"/v1/contracts/{other['id']}")).json()["state"] == "recorded_as_active"
    assert (await ccg.get(f"/v1/contracts/{made[1]['id']}")).json()["ended_on"] == "2015-03-31"
    assert (await history(ccg, made[1]))[-1]["reason"] == "notice"
    foreign = {**body, "partnership_id": str(uuid.uuid4())}
    refused = await ccg.post("/v1/contract-expiries", json=foreign, key=a_key())
    assert refused.json()["code"] == "contract_partnership_not_commissioned"


async def test_every_move_is_for_the_lead_alone(world):
    for role in sorted({*ROLES} - {"ccg"}):
        client, key = world.clients[role], a_key()
        for door in ("suspension", "termination"):
            body = {"on": "2014-10-01", "reason": "other"}
            answers = [
                await client.post(f"/v1/contracts/{id_}/{door}", json=body, key=key, version=1)
                for id_ in (world.id("joint"), str(uuid.uuid4()))
            ]
            bodies = [{**each.json(), "instance": None, "request_id": None} for each in answers]
            assert [each.status_code for each in answers] == [404, 404]
            assert bodies[0] == bodies[1], role


# Whose first steps each role reads: an award's from the day it is known, a plan's by commissioners alone.
READS = {
    "council": {"joint", "councils", "acute", "planned", "private"}, "ccg": {"joint", "councils", "acute", "planned"},
    "kernow": {"joint", "acute"}, "pch": {"joint", "councils", "elsewhere"}, "phnt": {"acute", "private"},
    "scrutiny": set(), "auditor": {"joint", "acute"}, "stranger": {"elsewhere"},
}  # fmt: skip


@pytest.fixture(scope="module")
async def unwalled(stack):
    """The database as a role that row-level security does not bind: only the scoped query is left."""
    database = await Database.open(stack.cluster.superuser_dsn(), "contracts", size=2)
    yield database
    await database.close()


@pytest.mark.parametrize("role", ROLES)
async def test_each_wall_alone_shows_a_role_its_steps(world, stack, unwalled, role):
    async with as_app(stack, world.place.caller(role)) as connection:
        rows = await connection.fetch("select contract_id from contract_steps")
    assert world.names(row["contract_id"] for row in rows) == READS[role]
    async with unwalled.begin(world.place.caller(role)) as tx:
        found = await steps.page(tx, {}, 200, None)
    assert world.names(each.contract_id for each in found) == READS[role]
    listed = await world.clients[role].get("/v1/contract-steps", params={"contract_id": world.id("planned")})
    assert bool(listed.json()["items"]) == ("planned" in READS[role])


async def test_a_provider_reads_history_from_the_award_on(world, stack, unwalled):
    made = world.made["planned"]
    await moved(world.clients["ccg"], made, "award", awarded_on="2016-02-11", award_regime="pcr2015")
    assert [each["move"] for each in await history(world.clients["pch"], made)] == ["award"]
    assert [each["move"] for each in await history(world.clients["ccg"], made)] == ["registration", "award"]
    of = uuid.UUID(made["id"])
    async with as_app(stack, world.place.caller("pch")) as connection:
        rows = await connection.fetch("select move from contract_steps where contract_id = $1", of)
    assert [row["move"] for row in rows] == ["award"]
    async with unwalled.begin(world.place.caller("pch")) as tx:
        assert [each.move for each in await steps.page(tx, {"contract_id": of}, 200, None)] == ["award"]


async def test_history_is_paged_and_windowed(ccg, place):
    made = await registered(ccg, place.contract(state="recorded_as_active"))
    await moved(ccg, made, "suspension", on="2014-06-01", reason="quality")
    asked = {"contract_id": made["id"], "limit": "1"}
    first = (await ccg.get("/v1/contract-steps", params=asked)).json()
    second = (await ccg.get(first["next"])).json()
    assert [each["move"] for each in first["items"] + second["items"]] == ["registration", "suspension"]
    assert second["next"] is None
    late = {**asked, "updated_from": "2099-01-01T00:00:00Z"}
    assert (await ccg.get("/v1/contract-steps", params=late)).json()["items"] == []
    only = {**asked, "move": "suspension", "partnership_id": str(place.partnership)}
    assert [
        each["reason"] for each in (await ccg.get("/v1/contract-steps", params=only)).json()["items"]
    ] == ["quality"]


async def test_the_database_keeps_history_as_it_was(stack, ccg, place):
    """The second lock, tried by hand as the owner of the schema."""
    made = await registered(ccg, place.contract(state="recorded_as_active"))
    id_ = made["id"]
    attempts = {
        f"update contracts set state = 'suspended', version = 2 where id = '{id_}'": "lacks its step",
        f"update contract_steps set note = 'x' where contract_id = '{id_}'": "append-only",
        f"delete from contract_steps where contract_id = '{id_}'": "append-only",
        "truncate contract_steps": "append-only",
        f"insert into contract_steps select '{id_}', 2, null, gen_random_uuid(), 'suspension', 'active', 'suspended',"
        " null, null, null, null, null, false, gen_random_uuid(), gen_random_uuid()": "owner that contract",
        f"update contracts set ended_on = '2015-01-01', version = 2 where id = '{id_}'": "contracts_ended",
    }
    connection = await stack.superuser()
    try:
        await connection.execute("set search_path = contracts")
        for statement, said in attempts.items():
            transaction = connection.transaction()
            await transaction.start()
            with pytest.raises(Exception, match=said):
                await connection.execute(statement + "; set constraints all immediate")
            await transaction.rollback()
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "changed", ["organisation_id", "client_id", "owner_organisation_id", "contract_id", None]
)
async def test_a_step_is_written_in_ones_own_name_on_ones_own_contract(world, stack, changed):
    place = world.place
    caller = place.caller("ccg")
    row = {
        "contract_id": world.id("acute"), "version": 1, "owner_organisation_id": str(place.ccg),
        "organisation_id": str(place.ccg), "client_id": str(caller.client_id),
    }  # fmt: skip
    if changed is not None:
        row[changed] = world.id("councils") if changed == "contract_id" else str(uuid.uuid4())
    # As it should be it passes the wall, and is refused only as a second first step.
    said = "contract_steps_first" if changed is None else "row-level security"
    async with as_app(stack, caller) as connection:
        with pytest.raises(Exception, match=said):
            await connection.execute(
                "insert into contract_steps (contract_id, version, partnership_id, owner_organisation_id, move, from_state,"
                " to_state, private, organisation_id, client_id) values ($1, $2, $3, $4, 'correction', 'pipeline',"
                " 'awarded', false, $5, $6)",
                row["contract_id"], row["version"], place.partnership, row["owner_organisation_id"],
                row["organisation_id"], row["client_id"],
            )  # fmt: skip


async def test_what_has_not_happened_yet_is_not_recorded(ccg, place, stack):
    """A contract does not end, and its budget is not given back, on a day before it does; nor by the database."""
    ahead = (today_in_england() + timedelta(days=2)).isoformat()
    term = {"start_date": "2015-04-01", "end_date": "2199-03-31"}
    made = await registered(ccg, place.contract(state="recorded_as_active", **term))
    notice = {**NOTICE, "served_on": ahead, "ends_on": "2198-03-31"}
    for door, pointer, body in (
        ("termination", "/on", {"on": ahead, "reason": "agreed"}),
        ("completion", "/on", {"on": "2199-03-31", "reason": "term_ended"}),
        ("part-termination", "/on", {"on": ahead, "reason": "agreed", "note": "Podiatry"}),
        ("suspension", "/on", {"on": ahead, "reason": "quality"}),
        ("notice", "/served_on", notice),
    ):
        refused = await moved(ccg, made, door, 422, **body)
        assert (refused["code"], refused["errors"][0]["pointer"]) == ("move_day_to_come", pointer), door
    for door, kind in (("ending-checks", "termination"), ("part-termination-checks", None)):
        body = {"on": ahead, "reason": "agreed", **({"kind": kind} if kind else {"note": "Podiatry"})}
        assert (await moved(ccg, made, door, 422, **body))["code"] == "move_day_to_come"
    planned = await registered(ccg, place.contract(state="pipeline", **term))
    award = await moved(ccg, planned, "award", 422, awarded_on=ahead, award_regime="pcr2015")
    assert (award["code"], award["errors"][0]["pointer"]) == ("move_day_to_come", "/awarded_on")
    expiry = await ccg.post("/v1/contract-expiries", json={"as_at": ahead}, key=a_key())
    assert (expiry.status_code, expiry.json()["code"]) == (422, "move_day_to_come")
    today = today_in_england().isoformat()
    assert (await moved(ccg, made, "suspension", on=today, reason="quality"))["state"] == "suspended"
    connection = await stack.superuser()
    try:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="a day to come"):
            await connection.execute(
                "insert into contracts.contract_steps (contract_id, version, partnership_id, owner_organisation_id, move,"
                " from_state, to_state, holds_from, private, organisation_id, client_id) select contract_id, 99,"
                " partnership_id, owner_organisation_id, 'termination', 'active', 'terminated', $2, private,"
                " organisation_id, client_id from contracts.contract_steps where contract_id = $1 and version = 1",
                uuid.UUID(made["id"]), today_in_england() + timedelta(days=2),
            )  # fmt: skip
    finally:
        await connection.close()
