"""Risks and issues: rated now and at target, escalated along their route, closed, and told to who gives assurance."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

import asyncpg
import pytest

from services.gateway.rules import paper as paper_rules
from services.gateway.rules import risk as risk_rules
from shared.context import opening_sql
from shared.errors import Refusal
from tests.gateway.governing import Governed, code
from tests.stack import a_caller


@pytest.fixture(scope="module")
async def place(operator):
    found = await Governed(operator).enter()
    for key in ("project", "leadership", "cabinet", "governing"):
        await found.board(key)
    return found


def risk(place, **changes):
    return {
        "kind": "risk",
        "reference": f"R-{uuid.uuid4().hex[:8]}",
        "title": "Partners cannot share records in time",
        "board_id": place.boards["project"],
        "owner_post": "Senior responsible officer",
        "raised_on": "2014-06-18",
        **changes,
    }


@pytest.mark.row("S1-G14")
async def test_a_rating_that_is_not_printed_is_unknown_and_actions_bring_a_known_one_to_target(place):
    actions = [
        {"action": "Agree the protocol", "post": "Programme manager", "due_on": "2014-09-30"},
        {"action": "Train staff", "post": "Workforce lead"},
    ]
    blank = await place.made("risks", risk(place, actions=actions))
    assert [blank[each] for each in ("current_score", "target_score", "above_target")] == [None] * 3
    assert (blank["overdue_actions"], blank["state"]) == (1, "open")
    path = f"/v1/risks/{blank['id']}/ratings"
    rating = {
        "on": "2014-09-01", "reason": "Rated at the workshop.", "current_likelihood": 4, "current_impact": 5,
        "target_likelihood": 2, "target_impact": 3, "actions": actions,
    }  # fmt: skip
    rated = (await place.move(blank, path, rating)).json()
    assert [rated[each] for each in ("current_score", "target_score", "above_target")] == [20, 6, True]
    done = [{**actions[0], "done_on": "2014-09-29"}, actions[1]]
    lower = {**rating, "on": "2014-10-01", "current_likelihood": 2, "current_impact": 3, "actions": done}
    met = (await place.move(rated, path, lower)).json()
    assert (met["current_score"], met["above_target"], met["overdue_actions"]) == (6, False, 0)
    assert [each["score"] for each in met["steps"]] == [20, 6]
    await place.everybody_else_finds_nothing("risks", blank["id"])


@pytest.mark.row("S5-G08")
async def test_risks_go_to_the_joint_leadership_team_in_the_first_instance(place):
    team = await place.made(
        "boards", {"name": "Joint Leadership Team", "kind": "management_team", "from_date": "2016-10-19"}
    )
    route = [team["id"], place.boards["cabinet"], place.boards["governing"]]
    issue = await place.made("risks", risk(place, kind="issue", route=route))
    assert issue["stands_with_board_id"] == place.boards["project"]
    path = f"/v1/risks/{issue['id']}/escalations"
    stood = []
    for day in ("2016-11-01", "2016-12-01", "2017-01-10"):
        moved = await place.move(issue, path, {"on": day, "reason": "It cannot be settled here."})
        assert moved.status_code == 200, moved.text
        issue = moved.json()
        stood.append(issue["stands_with_board_id"])
    assert stood == route
    assert [each["board_id"] for each in issue["steps"]] == route
    ended = await place.move(issue, path, {"on": "2017-02-01", "reason": "x"})
    assert code(ended)[:2] == (409, "risk_route_ends")
    back = await place.move(issue, f"/v1/risks/{issue['id']}/closing", {"on": "2017-01-09", "reason": "x"})
    assert code(back) == (422, "risk_day_backwards", "/on")
    closing = await place.move(
        issue, f"/v1/risks/{issue['id']}/closing", {"on": "2017-03-01", "reason": "Over."}
    )
    closed = closing.json()
    assert (closed["state"], closed["closed_on"], len(closed["steps"])) == ("closed", "2017-03-01", 4)
    assert code(await place.move(closed, path, {"on": "2017-03-02", "reason": "x"}))[:2] == (
        409,
        "risk_closed",
    )


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"current_likelihood": 3}, (422, "risk_rating_half", "/current_impact")),
        ({"target_impact": 3}, (422, "risk_rating_half", "/target_impact")),
        ({"current_likelihood": 6, "current_impact": 1}, (422, "request_invalid", "/current_likelihood")),
        (
            {"current_likelihood": 2, "current_impact": 2, "target_likelihood": 5, "target_impact": 1},
            (422, "risk_target_above_current", "/target_impact"),
        ),
        ({"raised_on": "2199-01-01"}, (422, "risk_day_to_come", "/raised_on")),
        ({"board_id": str(uuid.uuid4())}, (422, "board_unknown", "/board_id")),
        ({"route": [str(uuid.uuid4())]}, (422, "board_unknown", "/route/0")),
        (
            {"actions": [{"action": "x", "post": "y", "done_on": "2199-01-01"}]},
            (422, "risk_action_done_to_come", "/actions/0/done_on"),
        ),
    ],
)
async def test_risks_that_do_not_hold_together(place, changes, wrong):
    status, said, pointer = code(await place.put("risks", risk(place, **changes)))
    assert (status, pointer) == (wrong[0], wrong[2])
    assert said == wrong[1] or wrong[1] == "request_invalid"


async def test_a_reference_is_used_once_and_who_moves_a_risk(place):
    one = await place.made("risks", risk(place, reference="R-ONCE", route=[place.boards["cabinet"]]))
    assert code(await place.put("risks", risk(place, reference="R-ONCE"))) == (
        409,
        "risk_reference_taken",
        "/reference",
    )
    assert (await place.put("risks", risk(place, reference="R-ONCE"), "ccg")).status_code == 201
    twice = await place.put("risks", risk(place, route=[place.boards["cabinet"]] * 2))
    assert code(twice) == (422, "risk_route_twice", "/route")
    path, body = f"/v1/risks/{one['id']}/closing", {"on": "2014-10-01", "reason": "x"}
    assert code(await place.move(one, path, body, "ccg"))[:2] == (409, "governance_of_another")
    assert code(await place.move(one, path, body, "stranger"))[:2] == (404, "not_found")
    assert code(await place.move(one, path, body, "firm"))[:2] == (403, "role_missing")
    visit, key = place.clients["pcc"].visit, uuid.uuid4().hex
    first, again = [await visit.post(path, json=body, key=key, version=1) for _ in range(2)]
    assert (first.status_code, again.content, again.headers["idempotency-replayed"]) == (
        200,
        first.content,
        "true",
    )
    params = {"partnership_id": place.partnership, "board_id": place.boards["cabinet"]}
    assert (await visit.get("/v1/risks", params=params)).json()["items"] == []


@pytest.mark.row("S5-G11")
async def test_a_report_for_the_local_body_that_gives_assurance(operator):
    place = await Governed(operator).enter()
    await place.board("project")
    body = {"name": "Local Assurance Body", "kind": "assurance_body", "from_date": "2016-10-19"}
    assurers = await place.made("boards", body)
    known = {"current_likelihood": 3, "current_impact": 4, "target_likelihood": 1, "target_impact": 4}
    late = [{"action": "Agree it", "post": "Programme manager", "due_on": "2014-09-30"}]
    await place.made("risks", risk(place, reference="A", **known, actions=late))
    await place.made("risks", risk(place, reference="B"))
    over = await place.made("risks", risk(place, reference="C", **known))
    await place.move(over, f"/v1/risks/{over['id']}/closing", {"on": "2015-01-01", "reason": "Over."})
    report = {"board_id": assurers["id"], "title": "Assurance, third quarter"}
    made = await place.made("assurance-reports", report, "ccg")
    content = made["content"]
    counts = ("complete", "open_risks", "unrated_risks", "risks_above_target", "overdue_actions")
    assert [content[each] for each in counts] == [False, 2, 1, 1, 1]
    assert [(each["reference"], each["current_score"]) for each in content["risks"]] == [
        ("B", None),
        ("A", 12),
    ]
    await place.made("risks", risk(place, reference="D"))
    read = await place.clients["pcc"].visit.get(f"/v1/assurance-reports/{made['id']}")
    assert read.json() == made  # it stays as it was drawn up
    wrong = await place.put("assurance-reports", {**report, "board_id": place.boards["project"]})
    assert code(wrong) == (422, "assurance_body_needed", "/board_id")
    await place.everybody_else_finds_nothing("assurance-reports", made["id"])


async def test_the_database_holds_it_by_itself(stack, place):
    """Raw SQL as the app's role: a closed risk stays closed, history stays, and a rating is whole and no worse at target."""
    made = await place.made("risks", risk(place, current_likelihood=2, current_impact=2))
    path = f"/v1/risks/{made['id']}/closing"
    closed = (await place.move(made, path, {"on": "2014-10-01", "reason": "x"})).json()
    open_one = await place.made("risks", risk(place, current_likelihood=2, current_impact=2))
    await place.move(open_one, f"/v1/risks/{open_one['id']}/ratings", {"on": "2014-10-01", "reason": "x"})
    pcc = a_caller(uuid.UUID(place.organisations["pcc"]), commissioner=uuid.UUID(place.partnership))
    update = "update gateway.risks set {} where id = '{}'"
    connection = await stack.connect("gateway")
    try:
        for change, of in (
            ("state = 'open', closed_on = null", closed),
            ("steps = '[]'", open_one),
            ("current_likelihood = 3", open_one),
            (
                "current_likelihood = 1, current_impact = 1, target_likelihood = 2, target_impact = 1",
                open_one,
            ),
            (f"escalated_to = '{place.boards['cabinet']}'", open_one),
        ):
            await connection.execute(opening_sql(pcc, False, "read committed"))
            with pytest.raises(asyncpg.CheckViolationError):
                await connection.execute(update.format(change, of["id"]))
            await connection.execute("rollback")
    finally:
        await connection.close()


def test_what_is_added_to_a_record_has_an_end():
    day, board, someone = date(2016, 10, 19), uuid.uuid4(), uuid.uuid4()
    rating = risk_rules.RiskRating(day, "As before.", None, None, None, None, ())
    step = risk_rules.RiskStep(risk_rules.RiskMove.RATED, day, "As before.")
    of = (
        uuid.uuid4(),
        uuid.uuid4(),
        someone,
        risk_rules.RiskKind.RISK,
        "R-1",
        "Records",
        board,
        "Officer",
        day,
    )
    full = risk_rules.Risk(*of, None, None, None, None, (), (board,), steps=(step,) * risk_rules.MOST_STEPS)
    with pytest.raises(Refusal, match="at most 200 steps"):
        risk_rules.rate(full, rating, day)
    assert risk_rules.rate(replace(full, steps=full.steps[1:]), rating, day).version == 2
    taken = risk_rules.escalate(full, day, "It has come.", day)
    assert risk_rules.close(taken, day, "Done.", day).state is risk_rules.RiskState.CLOSED
    review = paper_rules.PaperReview(day, "Goes on.")
    head = (
        uuid.uuid4(),
        uuid.uuid4(),
        someone,
        None,
        "Framework",
        "1.0",
        day,
        (),
        False,
        3,
        None,
        (),
        (),
        (),
    )
    paper = paper_rules.Paper(*head, reviews=(review,) * paper_rules.MOST_REVIEWS)
    with pytest.raises(Refusal, match="as many reviews as one takes"):
        paper_rules.review(paper, review, day)
    assert paper_rules.review(replace(paper, reviews=paper.reviews[1:]), review, day).version == 2
