"""Boards: who sits on them, and to whom they report."""

from __future__ import annotations

import uuid

import asyncpg
import pytest

from shared.context import opening_sql
from tests.gateway.governing import BOARDS, Governed, code, seat
from tests.stack import a_caller


@pytest.fixture(scope="module")
async def place(operator):
    found = await Governed(operator).enter()
    for key in BOARDS:
        await found.board(key)
    return found


async def tiers(place, **query):
    answer = await place.clients["pcc"].visit.get(
        "/v1/board-tiers", params={"partnership_id": place.partnership, **query}
    )
    assert answer.status_code == 200, answer.text
    return {each["board_id"]: each for each in answer.json()["items"]}


@pytest.mark.row("S1-G12")
async def test_all_boards_officers_and_roles_of_the_programme_are_on_one_list(place):
    params = {"partnership_id": place.partnership, "limit": 200}
    items = (await place.clients["ccg"].visit.get("/v1/boards", params=params)).json()["items"]
    names = [each["name"] for each in items]
    assert names == sorted(names)
    assert {name for name, *_ in BOARDS.values()} <= set(names)
    two = [
        seat(place.organisations[each], "Senior Responsible Officer", "holder", from_date="2014-06-18")
        for each in ("pcc", "ccg")
    ]
    visit = place.clients["pcc"].visit
    both = await visit.patch(f"/v1/boards/{place.boards['sro']}", json={"seats": two}, version=1)
    assert both.status_code == 200, both.text
    assert [each["organisation_id"] for each in both.json()["seats"]] == [
        place.organisations["pcc"],
        place.organisations["ccg"],
    ]
    await place.everybody_else_finds_nothing("boards", place.boards["sro"])


@pytest.mark.row("S3-G04", "S4-G03")
async def test_the_executive_has_five_core_members_and_a_director_of_public_health_by_turns(place):
    """Devon 2019: two of the CCG, three directors with DASS responsibility; the DPH attends, by turns."""
    ccg, pcc = place.organisations["ccg"], place.organisations["pcc"]
    core = [
        seat(ccg, "Accountable Officer", "chair"),
        seat(ccg, "Director of Commissioning"),
        *(seat(pcc, f"Director with DASS responsibility, council {n}") for n in (1, 2, 3)),
    ]
    first = seat(pcc, "Director of Public Health", "attendee", rotates=True, to_date="2020-03-31")
    then = {**first, "organisation_id": ccg, "from_date": "2020-04-01", "to_date": None}
    executive = {
        "name": "Integrated Commissioning Executive",
        "kind": "executive_meeting",
        "from_date": "2019-04-01",
        "quorum": 3,
    }
    made = await place.made("boards", {**executive, "seats": [*core, first]})
    path = f"/v1/boards/{made['id']}"
    visit = place.clients["pcc"].visit
    assert made["organisation_id"] is None
    assert (made["voting_members"], made["attendees"]) == (5, 0)  # the first turn is over
    both = await visit.patch(path, json={"seats": [*core, first, then]}, version=1)
    assert (both.json()["voting_members"], both.json()["attendees"]) == (5, 1)
    overlapping = {**then, "from_date": "2020-03-31"}
    twice = await visit.patch(path, json={"seats": [*core, first, then, overlapping]}, version=2)
    assert code(twice) == (422, "seat_twice", "/seats/7")
    gone = await visit.patch(path, json={"seats": core}, version=2)
    assert code(gone) == (422, "seat_kept", "/seats")
    many = await visit.patch(path, json={"quorum": 6}, version=2)
    assert code(many) == (422, "quorum_too_large", "/quorum")
    chief = [seat(pcc, "Chief Executive", "chair"), seat(pcc, "Director of People")]
    board = await place.made(
        "boards",
        {
            "name": "Integrated Commissioning Board",
            "kind": "leadership_board",
            "from_date": "2013-10-15",
            "seats": chief,
        },
    )
    assert [each["post"] for each in board["seats"]] == ["Chief Executive", "Director of People"]
    assert board["voting_members"] == 2


@pytest.mark.row("S3-G07")
async def test_staff_of_a_joint_team_stay_with_their_employer(place, stack):
    """Both partners' people work in one team of the council; what one of them enters is the CCG's own act."""
    ccg, pcc = place.organisations["ccg"], place.organisations["pcc"]
    team = await place.made(
        "boards",
        {
            "name": "Joint commissioning team",
            "kind": "joint_team",
            "organisation_id": pcc,
            "from_date": "2014-07-16",
            "seats": [seat(each, "Commissioning manager", "holder") for each in (pcc, ccg)],
        },
    )
    assert {each["organisation_id"] for each in team["seats"]} == {pcc, ccg}
    visit = place.clients["ccg"].visit
    body = {
        "partnership_id": place.partnership,
        "kind": "issue",
        "reference": f"TEAM-{uuid.uuid4().hex[:6]}",
        "title": "Two rotas",
        "board_id": team["id"],
        "owner_post": "Commissioning manager",
        "raised_on": "2014-09-01",
    }
    path = f"/v1/risks/{uuid.uuid4()}"
    made = await visit.put(path, json=body, headers={"X-On-Behalf-Of": "Commissioning manager, joint team"})
    assert made.status_code == 201, made.text
    assert made.json()["owner_organisation_id"] == ccg
    connection = await stack.superuser()
    try:
        acted = await connection.fetchrow(
            "select actor_organisation_id, on_behalf_of from gateway.audit_events where thing_id = $1",
            uuid.UUID(made.json()["id"]),
        )
    finally:
        await connection.close()
    assert (str(acted[0]), acted[1]) == (ccg, "Commissioning manager, joint team")
    elsewhere = seat(place.organisations["stranger"], "Adviser", "attendee")
    outside = await place.clients["pcc"].visit.patch(
        f"/v1/boards/{team['id']}", json={"seats": [*team["seats"], elsewhere]}, version=1
    )
    assert code(outside) == (422, "seat_employer_unknown", "/seats/2/organisation_id")


@pytest.mark.row("S3-G08", "S5-G10")
async def test_boards_stand_in_tiers_five_deep_and_more(operator):
    place = await Governed(operator).enter()
    system = (
        await place.made(
            "boards",
            {"name": "STP Collaborative Board", "kind": "system_board", "from_date": "2018-10-01"},
        )
    )["id"]
    for council in ("Devon", "Plymouth", "Torbay"):
        hwb = await place.made(
            "boards",
            {
                "name": f"{council} HWB",
                "kind": "health_and_wellbeing_board",
                "from_date": "2018-10-01",
                "reports_to_board_id": system,
            },
        )
        await place.made(
            "boards",
            {
                "name": f"{council} scrutiny",
                "kind": "scrutiny_committee",
                "from_date": "2018-10-01",
                "reports_to_board_id": hwb["id"],
            },
        )
    found = await tiers(place)
    by_kind = {
        kind: sorted(each["tier"] for each in found.values() if each["kind"] == kind)
        for kind in ("system_board", "health_and_wellbeing_board", "scrutiny_committee")
    }
    assert by_kind == {
        "system_board": [1],
        "health_and_wellbeing_board": [2, 2, 2],
        "scrutiny_committee": [3, 3, 3],
    }
    above, chain = None, []
    for name in (
        "Greater Manchester Combined Authority",
        "North East Sector",
        "Bury",
        "Radcliffe",
        "Black Lane",
    ):
        body = {
            "name": name,
            "kind": "locality_board",
            "from_date": "2017-04-01",
            "reports_to_board_id": above,
        }
        above = (await place.made("boards", body))["id"]
        chain.append(above)
    found = await tiers(place)
    assert [found[each]["tier"] for each in chain] == [1, 2, 3, 4, 5]
    assert found[chain[4]]["above"] == chain[3::-1]
    visit = place.clients["pcc"].visit
    circle = await visit.patch(f"/v1/boards/{chain[0]}", json={"reports_to_board_id": chain[4]}, version=1)
    assert code(circle) == (422, "boards_in_a_circle", "/reports_to_board_id")
    itself = await visit.patch(f"/v1/boards/{chain[0]}", json={"reports_to_board_id": chain[0]}, version=1)
    assert code(itself) == (422, "boards_in_a_circle", "/reports_to_board_id")
    assert await tiers(place, as_at="2016-01-01") == {}


@pytest.mark.row("S5-G01")
async def test_a_ccg_in_the_council_s_structure_is_its_own_body_in_law(operator):
    place = await Governed(operator).enter()
    council, ccg = place.organisations["pcc"], place.organisations["ccg"]
    team = await place.made(
        "boards",
        {"name": "Joint Leadership Team", "kind": "management_team", "organisation_id": council,
         "from_date": "2017-04-01"},
    )  # fmt: skip
    group = await place.made(
        "boards",
        {"name": "CCG Board", "kind": "governing_body", "organisation_id": ccg, "from_date": "2013-04-01",
         "reports_to_board_id": team["id"],
         "seats": [seat(ccg, "Chief Operating Officer as Accountable Officer", "chair")]},
    )  # fmt: skip
    management, law = await tiers(place), await tiers(place, hierarchy="law")
    assert (management[group["id"]]["tier"], management[group["id"]]["above"]) == (2, [team["id"]])
    assert (law[group["id"]]["tier"], law[group["id"]]["above"]) == (1, [])
    assert law[group["id"]]["organisation_id"] == ccg != law[team["id"]]["organisation_id"]
    foreign = {
        "name": "x",
        "kind": "office",
        "from_date": "2017-04-01",
        "reports_to_board_id": str(uuid.uuid4()),
    }
    assert code(await place.put("boards", foreign)) == (422, "board_above_unknown", "/reports_to_board_id")


async def test_who_writes_where(place):
    board = {"name": "Elsewhere", "kind": "committee", "from_date": "2014-06-18"}
    assert code(await place.put("boards", board, "stranger"))[:2] == (422, "governance_partnership_unknown")
    assert code(await place.put("boards", board, "home"))[:2] == (403, "role_missing")
    assert code(await place.put("boards", board, "firm"))[:2] == (403, "role_missing")
    path = f"/v1/boards/{place.boards['hwb']}"
    for other, told in (("ccg", (409, "governance_of_another")), ("stranger", (404, "not_found"))):
        answer = await place.clients[other].visit.patch(path, json={"name": "Ours now"}, version=1)
        assert code(answer)[:2] == told
    twice = {"name": "Health and Wellbeing Board", "kind": "committee", "from_date": "2014-06-18"}
    assert code(await place.put("boards", twice)) == (409, "board_named_already", "/name")
    backwards = {**board, "to_date": "2014-06-17"}
    assert code(await place.put("boards", backwards)) == (422, "dates_crossed", "/to_date")
    one = f"/v1/boards/{uuid.uuid4()}"
    body = {"partnership_id": place.partnership, **board, "name": "Once"}
    first, again = [await place.clients["pcc"].visit.put(one, json=body) for _ in range(2)]
    assert (first.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"


async def test_the_database_holds_it_by_itself(stack, place):
    """Raw SQL as the app's role: no line in a circle, nobody writes another's record, and nobody reads across places."""
    partnership = uuid.UUID(place.partnership)
    pcc = a_caller(uuid.UUID(place.organisations["pcc"]), commissioner=partnership)
    ccg = a_caller(uuid.UUID(place.organisations["ccg"]), host=partnership, commissioner=partnership)
    home = a_caller(uuid.UUID(place.organisations["home"]), provider=partnership)
    hwb, pmo = place.boards["hwb"], place.boards["pmo"]
    under = f"update gateway.boards set reports_to_board_id = '{pmo}' where id = '{hwb}'"
    over = f"update gateway.boards set reports_to_board_id = '{hwb}' where id = '{pmo}'"
    adding = (
        "insert into gateway.boards (id, partnership_id, owner_organisation_id, kind, name, from_date, seats)"
        f" values (gen_random_uuid(), '{partnership}', '{{}}', 'office', 'Planted', '2014-01-01', '[]')"
    )
    connection = await stack.connect("gateway")
    try:
        for caller, statements, told in (
            (pcc, (under, over), asyncpg.CheckViolationError),
            (ccg, (under,), "UPDATE 0"),
            (home, ("select from gateway.boards",), "SELECT 0"),
            (ccg, (adding.format(place.organisations["pcc"]),), asyncpg.InsufficientPrivilegeError),
            (home, (adding.format(place.organisations["home"]),), asyncpg.InsufficientPrivilegeError),
            (pcc, ("delete from gateway.boards",), asyncpg.InsufficientPrivilegeError),
            (pcc, ("update gateway.boards set kind = 'office'",), asyncpg.InsufficientPrivilegeError),
        ):
            await connection.execute(opening_sql(caller, False, "read committed"))
            if isinstance(told, str):
                assert await connection.execute(statements[0]) == told
            else:
                for each in statements[:-1]:
                    await connection.execute(each)
                with pytest.raises(told):
                    await connection.execute(statements[-1])
            await connection.execute("rollback")
    finally:
        await connection.close()
