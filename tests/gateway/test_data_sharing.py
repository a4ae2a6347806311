"""Data-sharing agreements: drawn up by a member, signed by each party, and what they then open to whom."""

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

SIGNATURE = {"signed_on": "2015-03-27", "signatory": "Senior Information Risk Owner"}


@pytest.fixture(scope="module")
async def place(operator):
    """Two councils and a provider of one partnership, and a stranger."""
    found = {name: await operator.organisation(name.title()) for name in ("one", "two", "home", "stranger")}
    found["partnership"] = await operator.partnership(
        commissioner=found["one"], host=found["two"], provider=found["home"]
    )
    await operator.partnership(commissioner=found["stranger"])
    for name in ("one", "two", "home", "stranger"):
        found[f"{name}_client"] = await operator.client(found[name])
    return found


@pytest.fixture(scope="module")
async def db(stack):
    opened = await Database.open(stack.url("gateway"), "gateway", 1)
    yield opened
    await opened.close()


def drawn(place, *parties, **changes):
    return {
        "partnership_id": place["partnership"],
        "reference": f"DSA-{uuid.uuid4().hex[:8]}",
        "purpose": "To plan placements together.",
        "legal_basis": "UK GDPR article 6(1)(e)",
        "categories": ["placements", "aligned_line_detail"],
        "party_ids": [place[each] for each in parties or ("one", "two")],
        "from_date": "2015-04-01",
        **changes,
    }


async def draw_up(place, *parties, **changes) -> tuple[str, dict]:
    path = f"/v1/data-sharing-agreements/{uuid.uuid4()}"
    answer = await place["one_client"].visit.put(path, json=drawn(place, *parties, **changes))
    assert answer.status_code == 201, answer.text
    return path, answer.json()


async def move(client, path, act, body, version):
    return await client.visit.post(f"{path}/{act}", json=body, key=uuid.uuid4().hex, version=version)


async def shared_with(db, client) -> dict[str, set[str]]:
    """What the assertion of this client would say now: categories by who shares them."""
    found = await admissions.client(db, uuid.UUID(client.id))
    caller = caller_of(found.client_id, found.scopes, found.directory, found.today)
    return {str(each.organisation_id): set(each.categories) for each in caller.shares}


@pytest.mark.row("S5-G06")
async def test_it_opens_something_once_every_party_has_signed_and_until_one_ends_it(place, db):
    one, two, home = (place[f"{name}_client"] for name in ("one", "two", "home"))
    path, drawn_up = await draw_up(place)
    assert (drawn_up["state"], drawn_up["signatures"]) == ("awaiting_signatures", [])
    assert await shared_with(db, one) == {}
    signed = await move(one, path, "signature", SIGNATURE, 1)
    assert (signed.status_code, signed.json()["state"]) == (200, "awaiting_signatures")
    assert await shared_with(db, one) == await shared_with(db, two) == {}
    whole = (await move(two, path, "signature", SIGNATURE, 2)).json()
    assert (whole["state"], len(whole["signatures"])) == ("in_force", 2)
    both = {"placements", "aligned_line_detail"}
    assert await shared_with(db, one) == {place["two"]: both}
    assert await shared_with(db, two) == {place["one"]: both}
    assert await shared_with(db, home) == {}
    yesterday = (today_in_england() - timedelta(days=1)).isoformat()
    body = {"to_date": yesterday, "reason": "The team has moved."}
    ended = await move(two, path, "ending", body, 3)
    assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    assert await shared_with(db, one) == await shared_with(db, two) == {}
    late = await move(one, path, "ending", body, 4)
    assert (late.status_code, late.json()["code"]) == (409, "sharing_ended")


async def test_a_period_that_has_not_begun_or_a_party_that_has_left_shares_nothing(place, db, operator):
    one, two = place["one_client"], place["two_client"]
    tomorrow = (today_in_england() + timedelta(days=1)).isoformat()
    path, _ = await draw_up(place, from_date=tomorrow)
    await move(one, path, "signature", SIGNATURE, 1)
    assert (await move(two, path, "signature", SIGNATURE, 2)).json()["state"] == "signed"
    assert await shared_with(db, one) == {}
    leaver = await operator.organisation()
    membership = await operator.member(place["partnership"], leaver, "associate")
    place["leaver"], client = leaver, await operator.client(leaver)
    path, _ = await draw_up(place, "one", "leaver")
    await move(one, path, "signature", SIGNATURE, 1)
    await move(client, path, "signature", SIGNATURE, 2)
    assert set(await shared_with(db, one)) == {leaver}
    answer = await operator.visit.patch(
        f"/v1/partnerships/{place['partnership']}/members/{membership['id']}",
        json={"to_date": (today_in_england() - timedelta(days=1)).isoformat()},
        version=1,
    )
    assert answer.status_code == 200, answer.text
    assert await shared_with(db, one) == await shared_with(db, client) == {}


async def test_a_sub_unit_s_client_neither_signs_nor_is_shared_with(place, db, operator):
    unit = await operator.organisation("Locality", "sub_unit", parent_id=place["one"])
    client = await operator.client(unit)
    path, _ = await draw_up(place)
    await move(place["one_client"], path, "signature", SIGNATURE, 1)
    await move(place["two_client"], path, "signature", SIGNATURE, 2)
    assert await shared_with(db, place["one_client"]) != {}
    assert await shared_with(db, client) == {}
    assert (await client.visit.get(path)).status_code in {403, 404}


@pytest.mark.parametrize(
    ("changes", "parties", "code", "pointer"),
    [
        ({"partnership_id": str(uuid.uuid4())}, ("one", "two"), "sharing_partnership_unknown", "/partnership_id"),
        ({}, ("one", "stranger"), "sharing_party_unknown", "/party_ids/1"),
        ({}, ("two", "home"), "sharing_needs_two", "/party_ids"),
        ({}, ("one", "one"), "sharing_needs_two", "/party_ids"),
        ({"to_date": "2015-03-31"}, ("one", "two"), "dates_crossed", "/to_date"),
        ({"categories": []}, ("one", "two"), "fields_invalid", "/categories"),
        ({"categories": ["everything"]}, ("one", "two"), "fields_invalid", "/categories/0"),
        ({"from_date": "2014-01-01"}, ("one", "two"), "sharing_party_unknown", "/party_ids/0"),
        ({"owner_organisation_id": str(uuid.uuid4())}, ("one", "two"), "fields_invalid", "/owner_organisation_id"),
    ],
)  # fmt: skip
async def test_what_cannot_be_drawn_up(place, changes, parties, code, pointer):
    visit = place["one_client"].visit
    body = drawn(place, *parties, **changes)
    answer = await visit.put(f"/v1/data-sharing-agreements/{uuid.uuid4()}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_moves_that_are_refused(place):
    one, home, stranger = (place[f"{name}_client"] for name in ("one", "home", "stranger"))
    path, _ = await draw_up(place)
    later = {**SIGNATURE, "signed_on": (today_in_england() + timedelta(days=2)).isoformat()}
    refused = await move(one, path, "signature", later, 1)
    assert (refused.status_code, refused.json()["code"]) == (422, "sharing_signed_in_future")
    for outsider in (home, stranger):  # a member that is no party is as foreign as anybody
        for answer in (
            await move(outsider, path, "signature", SIGNATURE, 1),
            await move(outsider, path, "ending", {"to_date": "2016-01-01", "reason": "x"}, 1),
            await outsider.visit.get(path),
        ):
            assert answer.status_code == 404
        assert (await outsider.visit.get("/v1/data-sharing-agreements")).json()["items"] == []
    first = await move(one, path, "signature", SIGNATURE, 1)
    assert first.json()["version"] == 2
    again = await move(one, path, "signature", SIGNATURE, 2)
    assert (again.status_code, again.json()["code"]) == (409, "sharing_signed_already")
    stale = await move(place["two_client"], path, "signature", SIGNATURE, 1)
    assert stale.status_code == 412
    put_off = await move(one, path, "ending", {"to_date": "2015-03-31", "reason": "x"}, 2)
    assert (put_off.status_code, put_off.json()["code"]) == (422, "sharing_end_later")


async def test_the_auditor_of_a_party_reads_it_and_no_other_auditor(place, operator):
    path, made = await draw_up(place)
    seen = {}
    for body in ("one", "home"):
        firm = await operator.organisation(kind="audit_firm")
        await operator.member(
            place["partnership"], firm, "auditor",
            audited_organisation_ids=[place[body]], financial_years=["2014/15"],
        )  # fmt: skip
        client = await operator.client(firm)
        answer = await client.visit.get(path)
        listed = (await client.visit.get("/v1/data-sharing-agreements")).json()["items"]
        seen[body] = (answer.status_code, made["id"] in {each["id"] for each in listed})
    assert seen == {"one": (200, True), "home": (404, False)}


async def test_the_database_holds_it_by_itself(stack, place):
    """Raw SQL as the app's role: nobody signs for another, puts an end off, or takes a signature back."""
    path, made = await draw_up(place, to_date="2030-03-31")
    agreement = made["id"]
    await move(place["one_client"], path, "signature", SIGNATURE, 1)
    one = a_caller(uuid.UUID(place["one"]), commissioner=uuid.UUID(place["partnership"]))
    home = a_caller(uuid.UUID(place["home"]), provider=uuid.UUID(place["partnership"]))
    signing = (
        "insert into gateway.data_sharing_signatures"
        " (agreement_id, organisation_id, signed_on, signatory, signed_by_client_id)"
        f" values ('{agreement}', '{{}}', '2015-03-27', 'SIRO', '{{}}')"
    )
    connection = await stack.connect("gateway")
    try:
        for caller, statement, refused in (
            (one, signing.format(place["two"], one.client_id), True),
            (home, signing.format(place["home"], home.client_id), True),
            (
                one,
                f"update gateway.data_sharing_agreements set to_date = '2031-03-31' where id = '{agreement}'",
                True,
            ),
            (
                one,
                f"update gateway.data_sharing_agreements set to_date = null where id = '{agreement}'",
                True,
            ),
            (
                one,
                f"update gateway.data_sharing_agreements set party_ids = '{{}}' where id = '{agreement}'",
                True,
            ),
            (one, f"delete from gateway.data_sharing_signatures where agreement_id = '{agreement}'", True),
            (
                home,
                f"update gateway.data_sharing_agreements set to_date = '2016-01-01' where id = '{agreement}'",
                False,
            ),
        ):
            await connection.execute(opening_sql(caller, False, "read committed"))
            if refused:
                with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError)):
                    await connection.execute(statement)
            else:
                assert await connection.execute(statement) == "UPDATE 0"
            await connection.execute("rollback")
    finally:
        await connection.close()
