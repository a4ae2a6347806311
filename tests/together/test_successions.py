"""The Devon CCGs become one body: recorded, tried, approved, applied part by part, and read under old and new codes."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest

from services.gateway.rules.internal_table import INTERNAL
from tests.budget.place import Place, made
from tests.together.devon import Devon, Gone

SERVICES = ("budget", "contracts", "outcomes")
TAKING_PART = {each.service for each in INTERNAL if each.path == "/v1/succession-parts/{id}"}
FRESH_SECONDS = 2.5  # what admission knows of a client is looked up again after two


@pytest.fixture
async def devon(people):
    return await Devon().settle(people)


async def code_of(visit, method, path, **sent):
    answer = await visit.request(method, path, **sent)
    return answer.status_code, answer.json().get("code")


@pytest.mark.row("S3-G01")
async def test_another_client_approves_and_nothing_changes_before(devon):
    recorded = made(await devon.record())
    assert (recorded["state"], recorded["parts"], recorded["approved_by"]) == ("recorded", {}, None)
    before = await devon.members()
    refused = await devon.apply()
    assert (refused.status_code, refused.json()["code"]) == (409, "succession_not_approved")
    own = await devon.approve(by=devon.operator.visit)
    assert (own.status_code, own.json()["code"]) == (409, "succession_recorder_and_approver")
    assert await devon.members() == before
    approved = made(await devon.approve())
    assert approved["state"] == "approved"
    assert approved["approved_by"]["client_id"] != approved["recorded_by"]["client_id"]
    assert made(await devon.north.visit.get(devon.path)) == approved  # who ends by it reads it
    assert (await devon.council.visit.get(devon.path)).status_code == 404
    assert (
        await devon.north.visit.put(f"/v1/successions/{uuid.uuid4()}", json=devon.body())
    ).status_code == 403


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"kind": "transfer"}, "succession_shape", "/kind"),
        ({"kind": "division"}, "succession_shape", "/kind"),
        ("half", "succession_shares", "/moves"),
        ("nothing", "succession_shares", "/moves/0/share"),
        ("twice", "succession_move_twice", "/moves/1"),
        ("unknown", "succession_body_unknown", "/moves/0/predecessor_id"),
        ("itself", "succession_of_itself", "/moves"),
    ],
)
async def test_a_succession_that_does_not_hold_together_is_refused(devon, changes, code, pointer):
    north, south, new = (devon.ids[name] for name in ("north", "south", "devon"))
    one = {"predecessor_id": north, "successor_id": new, "share": "1"}
    moves = {
        "half": [one | {"share": "0.5"}, {**one, "predecessor_id": south}],
        "nothing": [one | {"share": "0"}, {**one, "predecessor_id": south}],
        "twice": [one | {"share": "0.5"}, one | {"share": "0.5"}],
        "unknown": [one | {"predecessor_id": str(uuid.uuid4())}, {**one, "predecessor_id": south}],
        "itself": [one, {"predecessor_id": new, "successor_id": north, "share": "1"}],
    }
    asked = {"moves": moves[changes]} if isinstance(changes, str) else changes
    refused = await devon.record(**asked)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_a_body_ends_once(devon):
    made(await devon.record())
    again = await devon.record()
    assert (again.status_code, again.json()["code"]) == (409, "succession_succeeded_already")


async def test_a_day_to_come_is_waited_for(devon):
    made(await devon.record(effective_date=(datetime.now(UTC).date() + timedelta(days=400)).isoformat()))
    made(await devon.approve())
    early = await devon.apply()
    assert (early.status_code, early.json()["code"]) == (409, "succession_day_to_come")
    body = {"name": "Still writing", "organisation_id": devon.ids["north"], "scopes": ["client:read"]}
    assert (await devon.north.visit.put(f"/v1/clients/{uuid.uuid4()}", json=body)).status_code == 201


@pytest.mark.row("S3-G01")
async def test_from_the_day_on_predecessors_write_no_more_and_read_on(devon):
    body = {"name": "Before", "organisation_id": devon.ids["north"], "scopes": ["client:read"]}
    made(await devon.north.visit.put(f"/v1/clients/{uuid.uuid4()}", json=body))
    made(await devon.record())
    made(await devon.approve())
    await asyncio.sleep(FRESH_SECONDS)
    body = {"name": "After", "organisation_id": devon.ids["north"], "scopes": ["client:read"]}
    assert await code_of(devon.north.visit, "PUT", f"/v1/clients/{uuid.uuid4()}", json=body) == (
        403,
        "scope_missing",
    )
    me = made(await devon.north.visit.get("/v1/me"))
    assert me["scopes"]
    assert all(scope.endswith(":read") for scope in me["scopes"])
    assert (
        made(await devon.north.visit.get(f"/v1/partnerships/{devon.partnership}"))["id"] == devon.partnership
    )


@pytest.mark.row("S3-G01", "S3-G03")
async def test_memberships_go_over_on_the_day_and_codes_get_their_last(devon):
    made(await devon.record())
    made(await devon.approve())
    await devon.apply()
    since = "2014-07-16"
    assert await devon.members() == {
        ("council", "host", since, None),
        ("north", "commissioner", since, "2019-03-31"),
        ("south", "commissioner", since, "2019-03-31"),
        ("devon", "commissioner", "2019-04-01", None),
    }
    old = made(await devon.operator.visit.get(f"/v1/organisations/{devon.ids['north']}"))["identifiers"]
    assert [(each["code"], each["to_date"]) for each in old] == [(devon.codes["north"], "2019-03-31")]
    new = made(await devon.operator.visit.get(f"/v1/organisations/{devon.ids['devon']}"))["identifiers"]
    assert [(each["code"], each["to_date"]) for each in new] == [(devon.codes["devon"], None)]
    await asyncio.sleep(FRESH_SECONDS)
    for code in devon.codes.values():  # the successor finds them all under their codes
        found = made(await devon.devon.visit.get("/v1/organisations", params={"scheme": "ods", "code": code}))
        assert len(found["items"]) == 1


async def test_a_part_that_is_not_there_is_said_and_what_was_applied_stays(devon, monkeypatch):
    """Nothing is made up for a service without a part: the succession is half done, and says where it stopped."""
    subject = import_module("services.gateway.joint.succession")
    monkeypatch.setattr(subject, "INTERNAL", ())
    made(await devon.record())
    made(await devon.approve())
    tried = made(await devon.operator.visit.post(f"{devon.path}/preview"))
    assert not tried["complete"]
    assert [(each["part"], each["missing"]) for each in tried["parts"]] == [
        ("directory", False), *((service, True) for service in SERVICES),
    ]  # fmt: skip
    stopped = await devon.apply()
    assert (stopped.status_code, stopped.json()["code"]) == (409, "succession_part_missing")
    assert (stopped.json()["service"], stopped.json()["applied"]) == ("budget", ["directory"])
    kept = made(await devon.operator.visit.get(devon.path))
    assert (kept["state"], set(kept["parts"])) == ("approved", {"directory"})


async def test_a_preview_says_what_the_directory_will_do_and_writes_nothing(devon):
    made(await devon.record())
    before = await devon.members()
    tried = made(await devon.operator.visit.post(f"{devon.path}/preview"))
    [directory] = [each for each in tried["parts"] if each["part"] == "directory"]
    assert directory["counts"] == {
        "memberships_ended": 2, "memberships_begun": 1, "organisations_with_codes_ended": 2,
    }  # fmt: skip
    assert {each["part"] for each in tried["parts"] if not each["missing"]} >= TAKING_PART
    assert await devon.members() == before
    assert made(await devon.operator.visit.get(devon.path))["parts"] == {}


@pytest.mark.row("S3-G01")
async def test_killed_at_every_step_it_is_finished_by_whoever_applies_it_again(people, monkeypatch):
    """Every part that is there is really called. Where one is missing, the end of the road is the clear refusal."""
    ends_well = set(SERVICES) == TAKING_PART
    point, halves = 0, 0
    while True:
        devon = await Devon().settle(people)
        made(await devon.record())
        made(await devon.approve())
        with monkeypatch.context() as patches:
            gone = Gone(patches, point)
            broken = await devon.apply()
        if len(gone.passed) <= point:
            break
        assert broken.status_code == 500, gone.passed
        halves += made(await devon.operator.visit.get(devon.path))["state"] == "approved"
        finished = await devon.apply()
        kept = made(await devon.operator.visit.get(devon.path))
        if ends_well:
            assert (finished.status_code, kept["state"]) == (200, "applied"), finished.text
            assert set(kept["parts"]) == {"directory", *SERVICES}
        else:
            assert finished.json()["code"] == "succession_part_missing"
        assert len(await devon.members()) == 4
        assert kept["parts"]["directory"]["counts"]["memberships_ended"] == 2
        point += 1
    assert point == 2 + 4 * len(TAKING_PART) + 2 * ends_well, gone.passed
    print(f"{point} points, {halves} left half done; parts: {sorted(TAKING_PART)}")


@pytest.mark.row("S3-G01")
async def test_history_answers_alike_under_old_and_new_codes(devon):
    """What the CCG could read on its last day, its successor reads; a stranger reads none of it."""
    place = Place(
        uuid.UUID(devon.partnership), uuid.UUID(devon.ids["council"]), uuid.UUID(devon.ids["north"])
    )
    place.pcc, place.ccg = devon.council.visit, devon.north.visit
    await place.draft()
    pool = await place.pool()
    aligned = await place.line(devon.north.visit, None, "aligned", pence=500_00)
    paths = [f"/v1/agreements/{place.agreement}", f"/v1/pools/{pool}", f"/v1/lines/{aligned}"]
    before = [made(await devon.north.visit.get(path)) for path in paths]
    assert (await devon.devon.visit.get(paths[2])).status_code in (403, 404)
    made(await devon.record())
    made(await devon.approve())
    await devon.apply()
    await asyncio.sleep(FRESH_SECONDS)
    old = [await devon.north.visit.get(path) for path in paths]
    new = [await devon.devon.visit.get(path) for path in paths]
    assert [each.status_code for each in old + new] == [200] * 6
    assert [each.content for each in old] == [each.content for each in new]
    assert [each.json()["id"] for each in new] == [each["id"] for each in before]
    stranger = await devon.operator.organisation("Elsewhere CCG", "nhs_commissioner")
    await devon.operator.partnership(commissioner=stranger)
    other = await devon.operator.client(stranger)
    assert [(await other.visit.get(path)).status_code for path in paths] == [404] * 3
