"""Which body may decide what, over HTTP: urgent and ratified, meetings of executives, localities, policy, papers."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from tests.budget.place import Place, code_of, made


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.draft()
    return place


def pointer_of(answer) -> str:
    return answer.json()["errors"][0]["pointer"]


async def case(place, client=None, body="Cabinet", decided_on="2014-07-15", **changes):
    """A decision on the business case."""
    on = {"subject": "business_case", "subject_id": str(uuid.UUID(int=7)), "edition": None}
    return await place.decide(client or place.pcc, body, decided_on, **{**on, **changes})


async def agreement(place) -> dict[str, Any]:
    return made(await place.pcc.get(f"/v1/agreements/{place.agreement}"))


async def test_an_urgent_decision_counts_at_once_and_lapses_unless_it_is_ratified(place):
    made(await place.decide(place.ccg, "Governing Body", "2015-02-25"))
    lapsed = made(await place.decide(place.pcc, "Cabinet", "2015-02-10", ratify_by="2015-03-10"))
    assert (lapsed["ratify_by"], lapsed["ratified"]) == ("2015-03-10", None)
    standing = await agreement(place)
    assert (standing["state"], standing["approvals"][0]["lapses_after"]) == ("draft", "2015-03-10")
    late = await place.decide(place.pcc, "Cabinet", "2015-03-11", ratifies_decision_id=lapsed["id"])
    assert (code_of(late), late.json()["ratify_by"]) == ("ratified_too_late", "2015-03-10")
    ratifying = made(
        await place.decide(place.pcc, "Cabinet", "2015-03-10", ratifies_decision_id=lapsed["id"])
    )
    assert ratifying["ratifies_decision_id"] == lapsed["id"]
    kept = made(await place.pcc.get(f"/v1/decisions/{lapsed['id']}"))
    assert (kept["ratified"], kept["version"]) == (True, 2)
    approved = await agreement(place)
    # It counts from the urgent decision on, not from the day on which it was ratified.
    assert (approved["state"], approved["approvals"][0]["counts_from"]) == ("approved", "2015-02-10")
    again = await place.decide(place.pcc, "Cabinet", "2015-03-10", ratifies_decision_id=lapsed["id"])
    assert code_of(again) == "ratified_already"


async def test_an_urgent_decision_of_today_approves_and_a_body_may_turn_it_down(place):
    today = date.today()  # noqa: DTZ011 the day by which it lapses is compared with the database's own
    made(await place.decide(place.ccg, "Governing Body", "2015-02-25"))
    by = str(today + timedelta(days=30))
    urgent = made(await place.decide(place.pcc, "Cabinet", "2015-02-26", ratify_by=by))
    assert (await agreement(place))["state"] == "approved"
    turned_down = {"ratifies_decision_id": urgent["id"], "outcome": "rejected"}
    made(await place.decide(place.pcc, "Cabinet", "2015-03-01", **turned_down))
    after = await agreement(place)
    assert (after["state"], after["approvals"][0]["awaiting"]) == ("draft", "reconsideration")


async def test_what_a_ratification_is_refused(place):
    plain = made(await place.decide(place.pcc, "Cabinet", "2015-02-10"))
    urgent = made(await place.decide(place.ccg, "Governing Body", "2015-02-25", ratify_by="2015-04-01"))
    for client, body, day, changes, code, pointer in (
        (place.pcc, "Cabinet", "2015-02-11", plain["id"], "ratifies_nothing_urgent", "/ratifies_decision_id"),
        (
            place.pcc,
            "Cabinet",
            "2015-03-01",
            urgent["id"],
            "ratifies_nothing_urgent",
            "/ratifies_decision_id",
        ),
        (
            place.ccg,
            "Governing Body",
            "2015-03-01",
            str(uuid.uuid4()),
            "ratifies_nothing_urgent",
            "/ratifies_decision_id",
        ),
        (place.ccg, "Governing Body", "2015-02-24", urgent["id"], "ratified_before_decision", "/decided_on"),
    ):
        refused = await place.decide(client, body, day, ratifies_decision_id=changes)
        assert (code_of(refused), pointer_of(refused)) == (code, pointer)
    early = await place.decide(place.pcc, "Cabinet", "2015-02-10", ratify_by="2015-02-09")
    assert (code_of(early), pointer_of(early)) == ("ratify_before_decision", "/ratify_by")
    noted = {"ratifies_decision_id": urgent["id"], "outcome": "noted"}
    assert code_of(await place.decide(place.ccg, "Governing Body", "2015-03-01", **noted)) == (
        "ratification_outcome"
    )


@pytest.mark.row("S3-G02", "S3-G03")
async def test_at_a_meeting_of_executives_each_member_decides_under_its_own_delegation(place):
    meeting = {"body_type": "executive_meeting"}
    alone = await case(place, None, "Integrated Commissioning Executive", "2018-06-05", **meeting)
    assert (code_of(alone), pointer_of(alone)) == ("executive_meeting_has_no_power", "/body_type")
    noted = made(
        await case(
            place, None, "Integrated Commissioning Executive", "2018-06-05", outcome="noted", **meeting
        )
    )
    records: list[dict[str, Any]] = []
    authority: dict[str, Any] = {}
    for client, body, officer in (
        (place.pcc, "Cabinet", "Director for People"),
        (place.ccg, "Governing Body", "Accountable Officer"),
    ):
        delegates = {"officer": officer, "purpose": "To commission within the plan"}
        given = made(await case(place, client, body, "2018-04-10", delegates=delegates))
        at = {"body_type": "officer", "at_meeting_id": noted["id"]}
        without = await case(place, client, officer, "2018-06-05", **at)
        assert code_of(without) == "delegation_needed"
        authority = {"decision_id": given["id"]}
        records.append(made(await case(place, client, officer, "2018-06-05", authority=authority, **at)))
    assert [each["at_meeting_id"] for each in records] == [noted["id"], noted["id"]]
    assert len({each["owner_organisation_id"] for each in records}) == 2
    # Nobody decides under the other organisation's delegation.
    theirs = {"body_type": "officer", "authority": authority, "at_meeting_id": noted["id"]}
    borrowed = await case(place, place.pcc, "Accountable Officer", "2018-06-05", **theirs)
    assert code_of(borrowed) == "delegation_unknown"
    cabinet = await case(place, None, "Cabinet", "2018-06-05", at_meeting_id=noted["id"])
    assert (code_of(cabinet), pointer_of(cabinet)) == ("meeting_is_for_members", "/at_meeting_id")
    nowhere = {"body_type": "officer", "authority": authority, "at_meeting_id": str(uuid.uuid4())}
    lost = await case(place, place.ccg, "Accountable Officer", "2018-06-05", **nowhere)
    assert (code_of(lost), pointer_of(lost)) == ("meeting_unknown", "/at_meeting_id")


@pytest.mark.row("S1-G03", "S2-G03")
async def test_what_affects_other_localities_goes_to_the_governing_body(place):
    board = {"body_type": "locality_board", "affects_other_localities": True}
    refused = await case(place, place.ccg, "Western Locality Board", "2014-07-02", **board)
    assert (refused.status_code, code_of(refused)) == (409, "decision_for_the_governing_body")
    assert (refused.json()["decides"], pointer_of(refused)) == ("governing_body", "/body_type")
    made(await case(place, place.ccg, "Western Locality Board", "2014-07-02", outcome="noted", **board))
    own = {**board, "affects_other_localities": False}
    made(await case(place, place.ccg, "Western Locality Board", "2014-07-02", **own))
    given = made(await case(place, place.ccg, "Governing Body", "2014-07-16", affects_other_localities=True))
    assert (given["outcome"], given["affects_other_localities"]) == ("approved", True)


@pytest.mark.row("S3-G05", "S3-G06")
async def test_policy_is_for_the_sovereign_bodies_and_its_implementation_is_not(place):
    policy, practice = {"action_type": "policy"}, {"action_type": "implementation"}
    refused = await case(place, None, "Health Overview Committee", body_type="committee", **policy)
    assert (code_of(refused), pointer_of(refused)) == ("policy_is_reserved", "/body_type")
    assert refused.json()["reserved_to"] == ["board", "cabinet", "full_council", "governing_body"]
    made(await case(place, None, "Health Overview Committee", body_type="committee", **practice))
    made(await case(place, **policy))
    scrutiny = {"body_type": "committee", "outcome": "noted", **policy}
    assert made(await case(place, None, "Scrutiny", **scrutiny))["outcome"] == "noted"


@pytest.mark.row("S4-G04")
async def test_the_decision_comes_after_the_consultation_of_36_days(place):
    asked = {"opens_on": "2013-07-26", "closes_on": "2013-08-30"}
    early = await case(place, decided_on="2013-08-30", consultation=asked)
    assert (code_of(early), early.json()["consultation_days"]) == ("decided_before_consultation_closed", 36)
    kept = made(await case(place, decided_on="2013-10-15", consultation=asked))
    assert kept["consultation"] == asked
    backwards = {"opens_on": "2013-07-26", "closes_on": "2013-07-25"}
    refused = await case(place, decided_on="2013-10-15", consultation=backwards)
    assert (code_of(refused), pointer_of(refused)) == (
        "consultation_ends_before_it_opens",
        "/consultation/closes_on",
    )


@pytest.mark.row("S1-G05")
async def test_officers_clear_the_paper_each_under_its_reference(place):
    clearances = [
        {"discipline": "Finance", "reference": "mc14 15.21", "cleared_on": None},
        {"discipline": "HR", "reference": "CS2", "cleared_on": "2014-06-05"},
    ]
    assert made(await case(place, clearances=clearances))["clearances"] == clearances
    twice = await case(place, clearances=[clearances[0], {**clearances[0], "discipline": "finance"}])
    assert (code_of(twice), pointer_of(twice)) == ("cleared_twice", "/clearances/1")
    late = await case(place, clearances=[{**clearances[1], "cleared_on": "2014-07-16"}])
    assert (code_of(late), pointer_of(late)) == ("cleared_after_decision", "/clearances/0/cleared_on")


@pytest.mark.row("S1-G06")
async def test_a_paper_whose_title_block_and_history_disagree_is_refused(place):
    history = [
        {"version": "0.1", "dated_on": "2014-05-14"},
        {"version": "0.3", "dated_on": "2014-06-03"},
        {"version": "0.4", "dated_on": "2014-06-18"},
    ]
    printed = {"version": "0.4", "dated_on": "2014-06-03", "history": history}
    refused = await case(place, document=printed)
    assert (refused.status_code, code_of(refused)) == (422, "decision_document_mismatch")
    facts = refused.json()
    assert (facts["version"], facts["title_block"], facts["history"]) == ("0.4", "2014-06-03", "2014-06-18")
    assert pointer_of(refused) == "/document/dated_on"
    right = {**printed, "dated_on": "2014-06-18"}
    assert made(await case(place, document=right))["document"] == right
    absent = await case(place, document={**printed, "version": "0.5"})
    assert (code_of(absent), pointer_of(absent)) == (
        "decision_document_version_missing",
        "/document/version",
    )
    after = await case(place, document={"version": "1.0", "dated_on": "2014-07-16"})
    assert code_of(after) == "decision_document_after_decision"


@pytest.mark.parametrize("subject", ["agreement", "virement", "settlement"])
async def test_what_is_decided_on_exists(place, subject):
    edition = 1 if subject == "agreement" else None
    unknown = {"subject": subject, "subject_id": str(uuid.uuid4()), "edition": edition}
    refused = await place.decide(place.pcc, "Cabinet", "2015-02-10", **unknown)
    assert (code_of(refused), pointer_of(refused)) == ("decision_subject_unknown", "/subject_id")


@pytest.mark.row("S4-G01")
async def test_a_joint_body_notes_and_both_sovereign_bodies_approve(place):
    board = {"body_type": "board", "outcome": "noted"}
    made(await place.decide(place.pcc, "Health and Wellbeing Board", "2015-02-01", **board))
    assert [each["awaiting"] for each in (await agreement(place))["approvals"]] == ["decision", "decision"]
    made(await place.decide(place.pcc, "Cabinet", "2015-02-10"))
    assert (await agreement(place))["state"] == "draft"
    made(await place.decide(place.ccg, "Governing Body", "2015-02-25"))
    assert (await agreement(place))["state"] == "approved"
