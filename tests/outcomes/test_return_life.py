"""What happens to a return besides its own moves, over HTTP: associates, disputes, comments."""

import uuid
from datetime import timedelta

import pytest

from services.outcomes.actions import raise_dispute as raising
from services.outcomes.api import associate_decisions as door
from services.outcomes.store.instants import clock
from shared.web.today import today_in_england
from tests.outcomes.plymouth import accepted, drafted, move, put
from tests.outcomes.raw import acting

UNTIL = (today_in_england() + timedelta(days=30)).isoformat()
WHY = "The patients of our area are counted twice."


@pytest.fixture
async def held(clients, plymouth, days, share):
    """An accepted return of an obligation in which silence of ten days counts."""
    body = plymouth.obligation(days, share, silence_days=10)
    obligation = await put(clients["council"], "obligations", body)
    assert obligation["silence_days"] == 10
    values = {days: {"value": "8"}, share: {"value": "40"}}
    return await accepted(clients, obligation, "2014Q2", values)


async def send(client, path, body=None, status=201, version=1, **options):
    options = {"key": uuid.uuid4().hex, "version": version, **options}
    answer = await client.post(path, **({} if body is None else {"json": body}), **options)
    assert answer.status_code == status, answer.text
    return answer.json()


async def standing(client, held) -> list[str]:
    found = await client.get(f"/v1/returns/{held['id']}/associate-acceptance")
    assert found.status_code == 200, found.text
    return [each["standing"] for each in found.json()["items"]]


def path_of(held, *parts) -> str:
    return "/".join(("/v1/returns", held["id"], *parts))


async def test_an_associate_accepts_beside_the_lead_and_once(clients, plymouth, held):
    path, version = path_of(held, "associate-acceptance"), held["version"]
    assert await standing(clients["council"], held) == ["awaited"]
    for name, code in (
        ("council", "return_not_associate"),
        ("community", "return_not_associate"),
        ("stranger", "not_found"),
    ):
        refused = await send(clients[name], path, status=404 if name == "stranger" else 403, version=version)
        assert refused["code"] == code
    await send(clients["kernow"], path, status=412, version=version - 1)
    key = uuid.uuid4().hex
    said = await send(clients["kernow"], path, version=version, key=key)
    assert (said["standing"], said["associate_organisation_id"]) == ("accepted", str(plymouth.kernow))
    assert await send(clients["kernow"], path, version=version, key=key) == said
    again = await send(clients["kernow"], path, status=409, version=version)
    assert (again["code"], again["standing"]) == ("associate_decided_already", "accepted")
    assert await standing(clients["community"], held) == ["accepted"]


async def test_silence_counts_after_its_days_and_says_nothing_where_none_are_set(
    clients, held, obligation, days, share, monkeypatch
):
    (found,) = (await clients["ccg"].get(path_of(held, "associate-acceptance"))).json()["items"]
    assert found["until"] == (today_in_england() + timedelta(days=10)).isoformat()
    values = {days: {"value": "8"}, share: {"value": "40"}}
    other = await accepted(clients, obligation, "2014Q3", values)
    monkeypatch.setattr(door, "today_in_england", lambda: today_in_england() + timedelta(days=11))
    assert await standing(clients["council"], held) == ["deemed_accepted"]
    assert await standing(clients["council"], other) == ["awaited"]


async def test_nobody_decides_on_what_is_not_accepted(clients, obligation, days):
    draft = await drafted(clients["community"], obligation, "2014Q3", {days: {"value": "8"}})
    sent = await send(clients["kernow"], path_of(draft, "associate-acceptance"), status=404)
    assert sent["code"] == "not_found"


@pytest.mark.row("S1-G13")
async def test_an_objection_is_a_dispute_with_stages_and_an_undisputed_part(
    clients, held, days, share, stack, plymouth
):
    path, kernow, council = path_of(held, "disputes"), clients["kernow"], clients["council"]
    body = {"points": [{"pointer": f"/values/{days}/value", "reason": WHY}], "until": UNTIL}
    found = await send(kernow, path, body, version=held["version"])
    assert (found["disputed_indicator_ids"], found["undisputed_indicator_ids"]) == ([days], [share])
    assert (found["stage"], found["stage_until"], found["revision"]) == ("negotiation", UNTIL, 1)
    assert await standing(council, held) == ["objected"]
    locked = await move(council, held, "lock", status=409)
    assert locked["code"] == "return_in_dispute"
    one = f"{path}/{found['id']}"
    for name in ("council", "ccg", "kernow", "community", "auditor"):
        assert (await clients[name].get(one)).json() == found
        listed = (await clients[name].get(path)).json()["items"]
        assert listed == [found]
    for name in ("hospital", "board", "stranger", "auditor_of_ccg"):
        assert (
            (await clients[name].get(one)).status_code == (await clients[name].get(path)).status_code == 404
        )
        async with acting(stack, plymouth.callers[name]) as connection:
            for table in ("disputes", "dispute_steps", "associate_decisions"):
                assert await connection.fetchval(f"select count(*) from {table}") == 0
    stage = {"stage": "mediation", "until": UNTIL, "note": "A mediator was agreed"}
    assert (await send(kernow, f"{one}/stage", stage, 403))["code"] == "return_dispute_not_yours"
    moved = await send(council, f"{one}/stage", stage, 200)
    assert [each["stage"] for each in moved["steps"]] == ["negotiation", "mediation"]
    back = {"stage": "negotiation", "until": UNTIL}
    assert (await send(council, f"{one}/stage", back, 409, version=2))[
        "code"
    ] == "return_dispute_stage_backwards"
    end = {"outcome": "upheld", "note": "It will be corrected"}
    assert (await send(council, f"{one}/resolution", end, 412))["code"] == "version_stale"
    done = await send(council, f"{one}/resolution", end, 200, version=2)
    assert (done["outcome"], done["resolution"]) == ("upheld", "It will be corrected")
    assert (await send(council, f"{one}/resolution", end, 409, version=3))[
        "code"
    ] == "return_dispute_resolved_already"
    assert (await move(council, held, "lock"))["state"] == "locked"


async def test_the_provider_disputes_too_and_withdraws_what_it_raised(clients, held, days):
    path = path_of(held, "disputes")
    body = {"points": [{"pointer": f"/values/{days}", "reason": WHY}], "until": UNTIL}
    found = await send(clients["community"], path, body, version=held["version"])
    assert await standing(clients["council"], held) == ["awaited"]
    end = {"outcome": "withdrawn", "note": "Settled by telephone"}
    one = f"{path}/{found['id']}/resolution"
    assert (await send(clients["council"], one, end, 403))["code"] == "return_dispute_not_yours"
    assert (await send(clients["community"], one, end, 200))["outcome"] == "withdrawn"


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"until": "2014-07-01"}, "return_dispute_day_passed", "/until"),
        ({"points": []}, "return_dispute_without_points", "/points"),
        (
            {"points": [{"pointer": "/values", "reason": WHY}]},
            "return_dispute_point_nowhere",
            "/points/0/pointer",
        ),
        ({"points": [{"pointer": "/values", "reason": "NHS 943 476 5919"}]}, None, "/points/0/reason"),
    ],
)
async def test_a_dispute_that_says_too_little_is_refused_where_it_stands(
    clients, held, days, change, code, pointer
):
    body = {"points": [{"pointer": f"/values/{days}", "reason": WHY}], "until": UNTIL, **change}
    refused = await send(clients["kernow"], path_of(held, "disputes"), body, 422, version=held["version"])
    assert refused["errors"][0]["pointer"] == pointer
    assert code in {None, refused["code"]}


async def test_the_lead_raises_no_dispute_and_silence_ends_the_right_to(clients, held, days, monkeypatch):
    body = {"points": [{"pointer": f"/values/{days}", "reason": WHY}], "until": UNTIL}
    refused = await send(clients["council"], path_of(held, "disputes"), body, 403, version=held["version"])
    assert refused["code"] == "return_not_associate"

    async def later(tx):
        now, today = await clock(tx)
        return now, today + timedelta(days=11)

    monkeypatch.setattr(raising, "clock", later)
    late = await send(clients["kernow"], path_of(held, "disputes"), body, 409, version=held["version"])
    assert (late["code"], late["standing"]) == ("associate_decided_already", "deemed_accepted")


async def test_comments_are_read_by_all_who_see_the_return_and_written_by_its_parties(
    clients, held, days, stack, plymouth
):
    path = path_of(held, "comments")
    body = {"pointer": f"/values/{days}/value", "text": "Of the last Thursday of each month"}
    key = uuid.uuid4().hex
    first = await send(clients["community"], path, body, key=key)
    assert await send(clients["community"], path, body, key=key) == first
    second = await send(clients["kernow"], path, {"text": "Thank you"})
    assert (first["revision"], second["pointer"]) == (1, None)
    for name in ("council", "ccg", "auditor"):
        listed = (await clients[name].get(path)).json()["items"]
        assert [each["id"] for each in listed] == [first["id"], second["id"]]
    assert (await send(clients["ccg"], path, {"text": "x"}, 403))["code"] == "return_not_party"
    for name in ("hospital", "board", "stranger"):
        assert (await clients[name].get(path)).status_code == 404
        await send(clients[name], path, {"text": "x"}, 404)
        async with acting(stack, plymouth.callers[name]) as connection:
            assert (
                await connection.fetchval(
                    "select count(*) from return_comments where id = $1", uuid.UUID(first["id"])
                )
                == 0
            )
    personal = await send(clients["community"], path, {"text": "Patient 943 476 5919"}, 422)
    assert personal["errors"][0]["pointer"] == "/text"
    page = (await clients["council"].get(path, params={"limit": "1"})).json()
    assert (await clients["council"].get(page["next"])).json()["items"] == [second]


async def test_a_comment_on_a_draft_stays_with_its_provider(
    clients, obligation, days, share, stack, plymouth
):
    draft = await drafted(
        clients["community"], obligation, "2014Q4", {days: {"value": "8"}, share: {"value": "40"}}
    )
    path = path_of(draft, "comments")
    note = await send(clients["community"], path, {"text": "Waiting for the ward"})
    assert (await clients["council"].get(path)).status_code == 404
    for name, count in (("council", 0), ("kernow", 0), ("community", 1)):
        async with acting(stack, plymouth.callers[name]) as connection:
            seen = await connection.fetchval(
                "select count(*) from return_comments where id = $1", uuid.UUID(note["id"])
            )
        assert seen == count
    await move(clients["community"], draft, "submission")
    for name, items in (("council", []), ("community", [note])):
        assert (await clients[name].get(path)).json()["items"] == items
