"""Amendments of indicators: other words, other places in a framework; what held before stays to be read."""

import uuid
from datetime import UTC, datetime

import asyncpg
import pytest

from tests.outcomes.amending import amend, defined, read
from tests.outcomes.plymouth import Plymouth, accepted, put
from tests.outcomes.raw import acting

WHY = "The definition named the wrong month."


@pytest.fixture(scope="module")
def bury():
    return Plymouth()


@pytest.fixture(scope="module")
async def parties(client_for, bury):
    return await bury.clients(client_for)


ADDED = (
    "insert into indicator_wordings select id, 9, partnership_id, owner_organisation_id, title, definition,"
    " null, null, null, null, null, null, null, recorded_at, recorded_at from indicators where id = $1"
)


async def test_an_indicator_is_worded_otherwise_and_every_wording_stays(parties, bury):
    council, made = parties["council"], await defined(parties, bury)
    path, words = f"indicators/{made['id']}", {"definition": "What it counts.", "caveats": "One night."}
    changed = await amend(council, path, {**words, "reason": WHY}, 1)
    assert changed == made | words | {
        "version": 2,
        "reason": WHY,
        "updated_at": changed["updated_at"],
    }
    assert await amend(council, path, {**words, "reason": WHY}, 1) == changed
    last = await amend(council, path, {"caveats": None, "reason": "Not needed."}, 2)
    assert (last["version"], last["caveats"], last["definition"]) == (3, None, words["definition"])
    assert await read(parties["ccg"], path) == last
    found = (await read(parties["ccg"], f"{path}/versions"))["items"]
    assert [(each["version"], each["definition"], each["caveats"], each["reason"]) for each in found] == [
        (1, made["definition"], None, None),
        (2, words["definition"], "One night.", WHY),
        (3, words["definition"], None, "Not needed."),
    ]
    assert [each["held_until"] for each in found] == [found[1]["held_from"], found[2]["held_from"], None]
    assert found[0]["held_from"] == made["updated_at"]
    page = await read(parties["ccg"], f"{path}/versions", limit=2)
    rest = await parties["ccg"].get(page["next"])
    assert page["items"] + rest.json()["items"] == found
    since = await read(
        parties["ccg"],
        "indicators",
        partnership_id=str(bury.partnership),
        updated_from=last["updated_at"],
    )
    assert since["items"] == [last]


async def test_what_is_measured_never_changes_and_only_its_keeper_amends(parties, bury):
    council, made = parties["council"], await defined(parties, bury)
    path, body = f"indicators/{made['id']}", {"title": "Length of stay", "reason": WHY}
    for name, value in (("unit", "weeks"), ("scale_high", "9"), ("polarity", "none"), ("code", "x")):
        refused = await amend(council, path, {name: value, "reason": WHY}, 1, 422)
        assert refused["errors"][0]["pointer"] == f"/{name}"
    for bad, pointer in (
        ({"title": "x"}, "/reason"),
        ({"title": None, "reason": WHY}, "/title"),
        ({"caveats": "Patient 943 476 5919", "reason": WHY}, "/caveats"),
        ({"warn_above_change_percent": "-1", "reason": WHY}, "/warn_above_change_percent"),
    ):
        assert (await amend(council, path, bad, 1, 422))["errors"][0]["pointer"] == pointer
    same = await amend(council, path, {"title": made["title"], "reason": WHY}, 1, 422)
    assert same["code"] == "indicator_wording_unchanged"
    assert (await amend(parties["ccg"], path, body, 1, 403))["code"] == "indicator_not_yours_to_amend"
    assert (await amend(parties["stranger"], path, body, 1, 404))["code"] == "not_found"
    assert (await amend(council, path, body, 7, 412))["code"] == "version_stale"
    assert await read(council, path) == made
    made = await defined(
        parties, bury, value_type="ratio", numerator="Community", denominator="Residential", unit="a to b"
    )
    refused = await amend(council, f"indicators/{made['id']}", {"numerator": None, "reason": WHY}, 1, 422)
    assert refused["errors"][0]["pointer"] == "/numerator"


async def test_a_card_as_recorded_before_shows_the_words_of_then(parties, bury):
    made = await defined(parties, bury)
    owed = await put(parties["council"], "obligations", bury.obligation(made["id"]))
    await accepted(parties, owed, "2014Q2", {made["id"]: {"value": "8"}})
    then = datetime.now(tz=UTC).isoformat().replace("+00:00", "Z")
    asked = {
        "partnership_id": str(bury.partnership),
        "contract_id": str(bury.community_contract),
        "as_at": "2014-06-30",
    }
    before = await read(parties["council"], "scorecards", as_recorded=then, **asked)
    await amend(
        parties["council"], f"indicators/{made['id']}", {"title": "Nights in hospital", "reason": WHY}, 1
    )
    assert await read(parties["council"], "scorecards", as_recorded=then, **asked) == before
    now = await read(parties["council"], "scorecards", **asked)
    titles = {each["indicator_id"]: each["title"] for each in now["lines"]}
    assert titles[made["id"]] == "Nights in hospital"
    assert made["title"] in {each["title"] for each in before["lines"]}
    # The provider reads what it reports, in every wording; another provider reads none.
    path = f"indicators/{made['id']}/versions"
    assert [each["version"] for each in (await read(parties["community"], path))["items"]] == [1, 2]
    assert (await read(parties["hospital"], path, 404))["code"] == "not_found"


async def test_an_indicator_is_placed_otherwise_and_a_card_as_recorded_before_reads_as_then(parties, bury):
    council, where = parties["council"], {"partnership_id": str(bury.partnership)}
    ascof, phof = [
        (
            await put(
                council,
                "frameworks",
                {
                    **where,
                    "name": f"{name} {uuid.uuid4().hex[:6]}",
                    "edition": "2013",
                    "domains": [{"code": "1", "title": "A"}],
                },
            )
        )["id"]
        for name in ("ASCOF", "PHOF")
    ]
    wrong = {"framework_id": ascof, "code": "2C(1)", "polarity": "high_is_good", "domain": "1"}
    right = {"framework_id": phof, "code": "4.11", "polarity": None, "domain": None}
    made = await defined(parties, bury, frameworks=[wrong])
    owed = await put(council, "obligations", bury.obligation(made["id"]))
    await put(council, "targets", {"indicator_id": made["id"], "kind": "absolute", "value": "7"})
    await accepted(parties, owed, "2014Q2", {made["id"]: {"value": "8"}})
    then = datetime.now(tz=UTC).isoformat().replace("+00:00", "Z")
    asked = {**where, "as_at": "2014-06-30"}
    before = {each: await read(council, "scorecards", framework_id=each, **asked) for each in (ascof, phof)}
    assert [(each["polarity"], each["rating"]) for each in before[ascof]["lines"]] == [
        ("high_is_good", "green")
    ]
    assert before[phof]["lines"] == []
    path = f"indicators/{made['id']}"
    for bad, code, pointer in (
        ([right, right], "indicator_framework_twice", "/frameworks/1/framework_id"),
        (
            [{**right, "framework_id": str(uuid.uuid4())}],
            "indicator_framework_unknown",
            "/frameworks/0/framework_id",
        ),
        ([{**right, "domain": "9"}], "indicator_domain_unknown", "/frameworks/0/domain"),
        ([wrong], "indicator_wording_unchanged", ""),
    ):
        refused = await amend(council, path, {"frameworks": bad, "reason": WHY}, 1, 422)
        assert refused["code"] == code
        assert not pointer or refused["errors"][0]["pointer"] == pointer
    assert await read(council, path) == made
    changed = await amend(council, path, {"frameworks": [right], "reason": WHY}, 1)
    assert changed == {
        **made,
        "frameworks": [right],
        "version": 2,
        "reason": WHY,
        "updated_at": changed["updated_at"],
    }
    assert await amend(council, path, {"frameworks": [right], "reason": WHY}, 1) == changed
    again = await amend(council, path, {"title": "Stay", "reason": "Shorter."}, 2)
    assert (again["frameworks"], again["version"]) == ([right], 3)
    assert await read(parties["ccg"], path) == again
    versions = (await read(parties["community"], f"{path}/versions"))["items"]
    assert [(each["version"], each["frameworks"]) for each in versions] == [
        (1, [wrong]),
        (2, [right]),
        (3, [right]),
    ]
    for framework, lines in ((ascof, 0), (phof, 1)):
        now = await read(council, "scorecards", framework_id=framework, **asked)
        assert len(now["lines"]) == lines
        as_then = await read(council, "scorecards", framework_id=framework, as_recorded=then, **asked)
        assert as_then == {**before[framework], "as_recorded": as_then["as_recorded"]}
        listed = await read(council, "indicators", framework_id=framework, **where)
        assert [each["id"] for each in listed["items"]] == [made["id"]] * lines
    none = await amend(council, path, {"frameworks": [], "reason": "In neither."}, 3)
    assert (await read(parties["ccg"], path)) == none
    assert none["frameworks"] == []


async def test_the_database_takes_placings_only_with_the_version_that_they_are_of(parties, bury, stack):
    framework = await put(
        parties["council"],
        "frameworks",
        {"partnership_id": str(bury.partnership), "name": f"ASCOF {uuid.uuid4().hex[:6]}", "edition": "2013"},
    )
    made = await defined(parties, bury)
    place = (
        "insert into indicator_placings (indicator_id, framework_id, partnership_id, owner_organisation_id, position, code,"
        " version) select id, $2, partnership_id, owner_organisation_id, 0, 'x', $3 from indicators where id = $1"
    )
    reword = "update indicators set reason = 'y', version = 2, placed_version = $2 where id = $1"
    its, there = uuid.UUID(made["id"]), uuid.UUID(framework["id"])
    async with acting(stack, bury.callers["council"]) as connection:
        await connection.execute(reword, its, 2)
        assert await connection.execute(place, its, there, 2) == "INSERT 0 1"
    for placed, version in ((None, 1), (1, 2), (2, 1), (1, 1)):
        async with acting(stack, bury.callers["council"]) as connection:
            if placed is not None:
                await connection.execute(reword, its, placed)
            with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
                await connection.execute(place, its, there, version)
            assert refused.value.constraint_name == "indicator_placings_whole"
    async with acting(stack, bury.callers["council"]) as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await connection.execute(reword, its, 3)


async def test_the_database_keeps_each_wording_and_lets_nothing_else_change(parties, bury, stack):
    made = await defined(parties, bury)
    its = uuid.UUID(made["id"])
    reword = "update indicators set title = 'x', reason = 'y', version = version + {0} where id = $1"
    async with acting(stack, bury.callers["council"]) as connection:
        assert await connection.execute(reword.format(1), its) == "UPDATE 1"
        kept = await connection.fetchrow("select * from indicator_wordings where indicator_id = $1", its)
        assert (kept["version"], kept["title"], kept["reason"]) == (1, made["title"], None)
    for statement, constraint in (
        (reword.format(2), "indicators_versioned"),
        (reword.format(0), "indicators_versioned"),
        (
            ADDED,
            "indicator_wordings_kept",
        ),
    ):
        async with acting(stack, bury.callers["council"]) as connection:
            with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
                await connection.execute(statement, its)
            assert refused.value.constraint_name == constraint
    async with acting(stack, bury.callers["council"]) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update indicators set polarity = 'none' where id = $1", its)
    for name in ("ccg", "community", "stranger"):
        async with acting(stack, bury.callers[name]) as connection:
            assert await connection.execute(reword.format(1), its) == "UPDATE 0"
