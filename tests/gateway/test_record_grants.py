"""Named records opened for a while: what a scrutiny body asks for, what an auditor is given, and what is refused."""

from __future__ import annotations

import uuid
from datetime import timedelta

import asyncpg
import pytest

from services.gateway.rules.standing import caller_of
from services.gateway.store import admissions
from shared.context import opening_sql
from shared.db import Database
from shared.web.today import today_in_england
from tests.stack import a_caller

TODAY = today_in_england()
DAYS = {"from_date": TODAY.isoformat(), "to_date": (TODAY + timedelta(days=30)).isoformat()}
YES = {"outcome": "granted", "reason": "Within its terms of reference.", **DAYS}
NO = {"outcome": "refused", "reason": "Commercially sensitive until the award."}


@pytest.fixture(scope="module")
async def place(operator):
    """A council and an NHS body, a scrutiny committee, and the council's auditor."""
    names = ("council", "nhs", "scrutiny", "auditor", "provider", "stranger")
    found = {name: await operator.organisation(name.title()) for name in names}
    found["partnership"] = await operator.partnership(
        host=found["council"],
        commissioner=found["nhs"],
        observer=found["scrutiny"],
        provider=found["provider"],
    )
    await operator.member(
        found["partnership"], found["auditor"], "auditor",
        audited_organisation_ids=[found["council"]], financial_years=["2014/15"],
    )  # fmt: skip
    await operator.partnership(commissioner=found["stranger"], observer=found["stranger"])
    for name in names:
        found[f"{name}_client"] = await operator.client(found[name])
    return found


@pytest.fixture(scope="module")
async def db(stack):
    opened = await Database.open(stack.url("gateway"), "gateway", 1)
    yield opened
    await opened.close()


def named(thing="contract", number=1):
    return [{"thing": thing, "id": str(uuid.uuid4())} for _ in range(number)]


async def ask(place, who="scrutiny", **changes):
    body = {
        "partnership_id": place["partnership"],
        "owner_organisation_id": place["council"],
        "records": named(),
        "reason": "Review of community services.",
        **changes,
    }
    path = f"/v1/scrutiny-grants/{uuid.uuid4()}"
    return path, body, await place[f"{who}_client"].visit.put(path, json=body)


async def sample(place, who="council", **changes):
    body = {
        "partnership_id": place["partnership"],
        "auditor_organisation_id": place["auditor"],
        "records": named("placement", 2),
        "reason": "Sample of 2014/15.",
        **DAYS,
        **changes,
    }
    path = f"/v1/audit-samples/{uuid.uuid4()}"
    return path, body, await place[f"{who}_client"].visit.put(path, json=body)


async def move(place, who, path, act, body, version=1):
    client = place[f"{who}_client"]
    return await client.visit.post(f"{path}/{act}", json=body, key=uuid.uuid4().hex, version=version)


async def opened(db, place, who) -> set[tuple[str, str, str]]:
    """What the assertion of this client would open now: kind, owner and record."""
    found = await admissions.client(db, uuid.UUID(place[f"{who}_client"].id))
    caller = caller_of(found.client_id, found.scopes, found.directory, found.today)
    return {(e.thing, str(e.owner_organisation_id), str(r)) for e in caller.grants for r in e.record_ids}


async def test_what_is_asked_for_opens_when_its_owner_says_so_and_until_it_ends(place, db):
    path, body, asked = await ask(place)
    assert (asked.status_code, asked.json()["state"]) == (201, "asked")
    record = ("contract", place["council"], body["records"][0]["id"])
    assert record not in await opened(db, place, "scrutiny")
    granted = await move(place, "council", path, "decision", YES)
    assert (granted.status_code, granted.json()["state"]) == (200, "granted")
    assert record in await opened(db, place, "scrutiny")
    for other in ("council", "nhs", "auditor", "provider", "stranger"):
        assert record not in await opened(db, place, other)
    again = await move(place, "council", path, "decision", NO, 2)
    assert (again.status_code, again.json()["code"]) == (409, "grant_decided")
    ended = await move(place, "council", path, "ending", {"to_date": TODAY.isoformat()}, 2)
    assert ended.status_code == 200
    assert record in await opened(db, place, "scrutiny")  # the last day is inclusive
    later = await move(place, "council", path, "ending", {"to_date": DAYS["to_date"]}, 3)
    assert (later.status_code, later.json()["code"]) == (422, "grant_end_later")


async def test_a_refusal_is_on_record_with_its_reason_and_opens_nothing(place, db):
    path, body, _ = await ask(place)
    refused = await move(place, "council", path, "decision", NO)
    assert (refused.status_code, refused.json()["state"]) == (200, "refused")
    for who in ("scrutiny", "council"):
        read = (await place[f"{who}_client"].visit.get(path)).json()
        assert (read["state"], read["decision_reason"]) == ("refused", NO["reason"])
        listed = (await place[f"{who}_client"].visit.get("/v1/scrutiny-grants")).json()["items"]
        assert read["id"] in {each["id"] for each in listed}
    assert ("contract", place["council"], body["records"][0]["id"]) not in await opened(db, place, "scrutiny")
    end = await move(place, "council", path, "ending", {"to_date": TODAY.isoformat()}, 2)
    assert (end.status_code, end.json()["code"]) == (409, "grant_not_open")


async def test_nobody_else_reads_decides_or_ends_it(place):
    path, _, _ = await ask(place)
    for other in ("nhs", "stranger"):
        answers = [
            await place[f"{other}_client"].visit.get(path),
            await move(place, other, path, "decision", YES),
            await move(place, other, path, "ending", {"to_date": TODAY.isoformat()}),
        ]
        assert {each.status_code for each in answers} == {404}
    assert (await place["auditor_client"].visit.get(path)).status_code == 404
    decided = await move(place, "scrutiny", path, "decision", YES)
    assert (decided.status_code, decided.json()["code"]) == (403, "role_missing")
    # A sample is not read at the address of a grant, nor the reverse.
    assert (
        await place["council_client"].visit.get(path.replace("scrutiny-grants", "audit-samples"))
    ).status_code == 404


@pytest.mark.parametrize(
    ("who", "changes", "code", "pointer"),
    [
        ("scrutiny", {"owner_organisation_id": "provider"}, "grant_body_unknown", "/owner_organisation_id"),
        ("scrutiny", {"owner_organisation_id": "stranger"}, "grant_body_unknown", "/owner_organisation_id"),
        ("stranger", {}, "grant_not_for_you", "/partnership_id"),
        ("scrutiny", {"records": []}, "fields_invalid", "/records"),
        ("scrutiny", {"records": named(number=101)}, "fields_invalid", "/records"),
        ("scrutiny", {"records": named("person")}, "fields_invalid", "/records/0/thing"),
        ("scrutiny", {"state": "granted"}, "fields_invalid", "/state"),
        ("scrutiny", {"grantee_organisation_id": "stranger"}, "fields_invalid", "/grantee_organisation_id"),
    ],
)
async def test_what_cannot_be_asked(place, who, changes, code, pointer):
    filled = {
        name: place.get(value, value) if isinstance(value, str) else value for name, value in changes.items()
    }
    _, _, answer = await ask(place, who, **filled)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"outcome": "granted", "reason": "Yes."}, "grant_days_needed"),
        ({**NO, **DAYS}, "grant_days_needed"),
        ({**YES, "to_date": (TODAY + timedelta(days=366)).isoformat()}, "grant_too_long"),
        ({**YES, "to_date": (TODAY - timedelta(days=1)).isoformat()}, "dates_crossed"),
    ],
)
async def test_decisions_that_say_too_little_or_too_much(place, body, code):
    path, _, _ = await ask(place)
    answer = await move(place, "council", path, "decision", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_an_auditor_gets_a_sample_of_the_body_that_it_audits_and_of_no_other(place, db, operator):
    path, body, made = await sample(place)
    assert made.status_code == 201, made.text
    records = {("placement", place["council"], each["id"]) for each in body["records"]}
    assert records <= await opened(db, place, "auditor")
    assert (await place["auditor_client"].visit.get(path)).status_code == 200
    _, _, refused = await sample(place, "nhs")
    assert (refused.status_code, refused.json()["code"]) == (422, "grant_body_unknown")
    _, _, refused = await sample(place, auditor_organisation_id=place["scrutiny"])
    assert refused.json()["code"] == "grant_body_unknown"
    _, _, refused = await sample(place, "stranger")
    assert refused.json()["code"] == "grant_not_for_you"
    # When the auditor's appointment ends, so does what it has open.
    members = (await operator.visit.get(f"/v1/partnerships/{place['partnership']}/members")).json()["items"]
    [appointment] = [each for each in members if each["organisation_id"] == place["auditor"]]
    where = f"/v1/partnerships/{place['partnership']}/members/{appointment['id']}"
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert (await operator.visit.patch(where, json={"to_date": yesterday}, version=1)).status_code == 200
    assert await opened(db, place, "auditor") == set()
    assert (await operator.visit.patch(where, json={"to_date": None}, version=2)).status_code == 200


async def test_one_body_has_at_most_a_hundred_records_open_to_it(place):
    for number, status in ((60, 201), (30, 201), (20, 409)):
        _, _, answer = await sample(
            place, records=named("placement", number), from_date="2030-01-01", to_date="2030-02-01"
        )
        if status == 409:
            assert answer.json()["code"] == "grant_too_many"
        assert answer.status_code == status


async def test_the_database_holds_it_by_itself(stack, place):
    path, _, asked = await ask(place)
    grant = asked.json()["id"]
    partnership = uuid.UUID(place["partnership"])
    council = a_caller(uuid.UUID(place["council"]), commissioner=partnership)
    nhs = a_caller(uuid.UUID(place["nhs"]), commissioner=partnership)
    scrutiny = a_caller(uuid.UUID(place["scrutiny"]), observer=partnership)
    opening = f"state = 'granted', from_date = '2026-01-01', to_date = '2026-02-01' where id = '{grant}'"
    row = (
        "insert into gateway.record_grants (id, partnership_id, owner_organisation_id, grantee_organisation_id, purpose,"
        f" records, reason, state, from_date, to_date) values (gen_random_uuid(), '{partnership}', '{place['council']}',"
        f" '{place['scrutiny']}', 'scrutiny', '[{{}}]', 'x', 'granted', '2026-01-01', '2026-02-01')"
    )
    connection = await stack.connect("gateway")
    try:
        for caller, statement, told in (
            (scrutiny, f"update gateway.record_grants set {opening}", "UPDATE 0"),
            (nhs, f"update gateway.record_grants set {opening}", "UPDATE 0"),
            (scrutiny, row, None),
            (nhs, row.replace("'scrutiny', '[", "'audit_sample', '["), None),
            (council, f"update gateway.record_grants set state = 'granted' where id = '{grant}'", None),
            (council, f"update gateway.record_grants set records = '[]' where id = '{grant}'", None),
            (council, f"delete from gateway.record_grants where id = '{grant}'", None),
            (
                council,
                f"update gateway.record_grants set {opening.replace('2026-02-01', '2027-02-01')}",
                None,
            ),
        ):
            await connection.execute(opening_sql(caller, False, "read committed"))
            if told is None:
                with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError)):
                    await connection.execute(statement)
            else:
                assert await connection.execute(statement) == told
            await connection.execute("rollback")
        await move(place, "council", path, "decision", NO)
        await connection.execute(opening_sql(council, False, "read committed"))
        with pytest.raises(asyncpg.CheckViolationError, match="is decided"):
            await connection.execute(f"update gateway.record_grants set {opening}")
    finally:
        await connection.close()
