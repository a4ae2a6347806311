"""The Devon CCGs become one body: recorded, tried, approved, applied part by part, and read under old and new codes."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest

from services.gateway.rules.internal_table import INTERNAL
from tests.budget.place import made
from tests.together.devon import Devon, Gone
from tests.together.town import a_key

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


# What each part counts of what `Devon.stock` makes.
PARTS = {
    "directory": {"memberships_ended": 2, "memberships_begun": 1, "organisations_with_codes_ended": 2},
    "budget": {
        "agreements": 1, "pools": 0, "accounts": 3, "lines": 0, "contributions": 1, "commitments": 0, "journals": 2,
    },
    "contracts": {"contracts": 2, "merged": 0, "left": 0},
    "outcomes": {"obligations": 1, "open_returns": 1, "targets": 1},
}  # fmt: skip


async def assert_gone_over_once(devon, new):
    """Each contract, the money, and what is owed stand once, where the law puts them."""
    contracts = [made(await new.get(devon.paths[name])) for name in ("contract", "second contract")]
    assert [(each["owner_organisation_id"], each["version"]) for each in contracts] == [
        (devon.ids["devon"], 2)
    ] * 2
    assert sorted(each["occurrence"] for each in contracts) == [1, 2]  # both groups called theirs COMMUNITY
    for each in contracts:
        [lead] = [party for party in each["parties"] if party["role"] == "lead_commissioner"]
        assert lead["organisation_id"] == devon.ids["devon"]
        assert [line["organisation_id"] for line in each["funding"]] == [devon.ids["devon"]]
    assert await devon.money_gone_over(new) == devon.money
    asked = {"partnership_id": devon.partnership, "financial_year": "2019-20"}
    promised = made(await new.get("/v1/contributions", params=asked))["items"]
    standing = {each["replaces_contribution_id"] for each in promised}
    left = {
        each["owner_organisation_id"]: each["amount"]["amount_pence"]
        for each in promised
        if each["id"] not in standing
    }
    assert left == {devon.ids["north"]: 0, devon.ids["devon"]: 300_00}


@pytest.mark.row("S3-G01")
async def test_the_groups_become_one_body_in_every_service(people):
    """A pool with money, contracts, an obligation: all go on under the successor, and the preview said so."""
    assert set(SERVICES) == TAKING_PART
    devon = await (await Devon().settle(people)).stock()
    history = ("pool", "contribution", "line", "journal", "indicator", "target", "obligation", "return")
    before = {name: (await devon.north.visit.get(devon.paths[name])).content for name in history}
    made(await devon.record())
    tried = made(await devon.operator.visit.post(f"{devon.path}/preview"))
    assert tried["complete"]
    assert {each["part"]: each["counts"] for each in tried["parts"]} == PARTS
    assert {name: (await devon.north.visit.get(devon.paths[name])).content for name in history} == before
    made(await devon.approve())
    applied = made(await devon.apply())
    assert applied["state"] == "applied"
    assert {name: part["counts"] for name, part in applied["parts"].items()} == PARTS
    assert made(await devon.apply())["version"] == applied["version"]  # applied again, nothing more happens
    new = await devon.successor()
    await assert_gone_over_once(devon, new)
    await asyncio.sleep(FRESH_SECONDS)
    for name, path in devon.paths.items():
        old = await devon.north.visit.get(path)
        assert (old.status_code, old.content) == (200, (await new.get(path)).content), name
        assert name not in before or old.content == before[name]
    for client in (devon.north, devon.south):
        await assert_writes_no_more(devon, client)
    stranger = await devon.operator.organisation("Elsewhere CCG", "nhs_commissioner")
    await devon.operator.partnership(commissioner=stranger)
    elsewhere = (await devon.operator.client(stranger)).visit
    assert {(await elsewhere.get(path)).status_code for path in devon.paths.values()} == {404}
    acceptance = f"/v1/returns/{devon.returned}/acceptance"
    accepted = made(await new.post(acceptance, json={}, key=a_key(), version=2))
    assert (accepted["state"], accepted["lead_organisation_id"]) == ("accepted", devon.ids["north"])
    title = {"title": "Community services in all Devon"}
    made(await new.patch(devon.paths["contract"], json=title, version=2))
    await devon.place.line(new, None, "aligned", pence=1_00, financial_year="2019/20")


async def assert_writes_no_more(devon, client):
    """Its clients are turned away from every service's writes for want of a scope, before a body is looked at."""
    for collection in ("clients", "lines", "contracts", "obligations"):
        assert await code_of(client.visit, "PUT", f"/v1/{collection}/{uuid.uuid4()}", json={}) == (
            403, "scope_missing",
        )  # fmt: skip
    acceptance = f"/v1/returns/{devon.returned}/acceptance"
    assert await code_of(client.visit, "POST", acceptance, json={}, key=a_key(), version=2) == (
        403, "scope_missing",
    )  # fmt: skip


@pytest.mark.row("S3-G01")
async def test_killed_at_every_step_it_is_finished_by_whoever_applies_it_again(people, monkeypatch):
    """Every part is really called, the gateway dies before and after every step, and everything goes over once."""
    point, halves = 0, 0
    while True:
        devon = await (await Devon().settle(people)).stock()
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
        assert (finished.status_code, kept["state"]) == (200, "applied"), finished.text
        assert {name: part["counts"] for name, part in kept["parts"].items()} == PARTS, gone.passed
        assert len(await devon.members()) == 5
        await assert_gone_over_once(devon, await devon.successor())
        point += 1
    assert (point, halves) == (2 + 4 * len(SERVICES) + 2, 1 + 4 * len(SERVICES)), gone.passed
