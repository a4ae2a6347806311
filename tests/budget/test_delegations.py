"""Delegation limits over HTTP: each organisation's own, read by its partners, and not got round by splitting."""

import uuid

import pytest

from tests.budget.moving import YEAR, approvers, budgets, limit, move, pointer_of, propose, set_limit
from tests.budget.place import SCOPES, Place, assert_hidden, code_of, key, made
from tests.budget.years import real_year
from tests.stack import a_caller


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S4-B11", "S3-G03")
async def test_splitting_does_not_evade_a_limit_counted_over_the_year(place):
    pool, lines, _ = await real_year(place)
    third = await place.line(place.pcc, pool, "pooled", pence=0, **YEAR)
    await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=third)
    council, _ = await approvers(place)
    await set_limit(place.pcc, place, "Service head", 100_00)
    await set_limit(place.pcc, place, "Cabinet", None, "cabinet")

    async def asked(pence):
        proposed = made(await propose(place.pcc, place, lines["pcc"], third, pence))
        [of] = [each for each in proposed["asked"] if each["organisation_id"] == str(place.council)]
        return proposed, [each["decider"] for each in of["may_decide"]], of["may_decide"][0]["counted_pence"]

    first, may, counted = await asked(60_00)
    assert (may, counted) == (["Service head", "Cabinet"], 60_00)
    second, may, counted = await asked(60_00)
    # The Cabinet's limit is counted over the year too, so it counts both.
    assert (may, counted) == (["Cabinet"], 120_00)
    officer = {"decider": "service  HEAD"}
    assert made(await move(council, first, "approval", body=officer))["state"] == "posted"
    wrong = await move(council, second, "approval", body=officer)
    assert (wrong.status_code, code_of(wrong), wrong.json()["may_decide"]) == (
        409,
        "virement_wrong_decider",
        ["Cabinet"],
    )
    unrecorded = await move(council, second, "approval", body={"decider": "Cabinet"})
    assert (code_of(unrecorded), pointer_of(unrecorded)) == ("virement_decision_needed", "/decision_id")
    on_it = {"subject": "virement", "subject_id": second["id"], "subject_title": "Virement", "edition": None}
    other = made(
        await place.decide(place.pcc, "Cabinet", "2015-09-08", **{**on_it, "subject_id": first["id"]})
    )
    called = made(
        await place.decide(place.pcc, "Cabinet", "2015-09-08", call_in_ends_on="2199-01-01", **on_it)
    )
    for decision in (other, called):
        refused = await move(
            council, second, "approval", body={"decider": "Cabinet", "decision_id": decision["id"]}
        )
        assert code_of(refused) == "virement_decision_needed"
    decision = made(await place.decide(place.pcc, "Cabinet", "2015-09-08", **on_it))
    done = await move(council, second, "approval", body={"decider": "Cabinet", "decision_id": decision["id"]})
    assert made(done)["state"] == "posted"
    assert (await budgets(place))[str(third)] == 120_00


async def test_what_was_withdrawn_or_refused_no_longer_counts(place):
    pool, lines, _ = await real_year(place)
    third = await place.line(place.pcc, pool, "pooled", pence=0, **YEAR)
    await set_limit(place.pcc, place, "Service head", 100_00)
    held = made(await propose(place.pcc, place, lines["pcc"], third, 60_00))
    refused = await propose(place.pcc, place, lines["pcc"], third, 60_00)
    assert (refused.status_code, code_of(refused)) == (409, "delegation_beyond_every_limit")
    assert (refused.json()["before_pence"], pointer_of(refused)) == (60_00, "/amount_pence")
    stranger = await move(place.ccg, held, "withdrawal")
    assert code_of(stranger) == "virement_maker_withdraws"
    assert made(await move(place.pcc, held, "withdrawal"))["state"] == "withdrawn"
    council, _ = await approvers(place)
    again = made(await propose(place.pcc, place, lines["pcc"], third, 60_00))
    note = {"note": "Needed where it is"}
    assert made(await move(council, again, "refusal", body=note))["state"] == "refused"
    made(await propose(place.pcc, place, lines["pcc"], third, 60_00))


async def test_a_partner_s_limits_ask_for_its_say_on_lines_that_are_not_its_own(place):
    pool, lines, _ = await real_year(place)
    third = await place.line(place.pcc, pool, "pooled", pence=0, **YEAR)
    alone = made(await propose(place.pcc, place, lines["pcc"], third, 1))
    assert [each["organisation_id"] for each in alone["asked"]] == [str(place.council)]
    _, nhs = await approvers(place)
    uninvited = await move(nhs, alone, "approval")
    assert code_of(uninvited) == "virement_not_asked"
    await set_limit(place.ccg, place, "Chief finance officer", 500_00)
    asked = made(await propose(place.pcc, place, lines["pcc"], third, 1))["asked"]
    assert {each["organisation_id"] for each in asked} == {str(place.council), str(place.nhs)}
    aligned = await place.line(place.pcc, None, "aligned", pence=0, **YEAR)
    own = made(await propose(place.pcc, place, lines["pcc aligned"], aligned, 1))
    assert [each["organisation_id"] for each in own["asked"]] == [str(place.council)]


async def test_a_share_of_an_unknown_budget_is_refused_through_the_door(place):
    pool, lines, _ = await real_year(place)
    unknown = await place.line(place.pcc, pool, "pooled", pence=None, **YEAR)
    await set_limit(place.pcc, place, "Officer", None, percent_limit="10")
    refused = await propose(place.pcc, place, unknown, lines["pcc"], 1)
    assert (refused.status_code, code_of(refused)) == (409, "delegation_percent_of_unknown")
    known = made(await propose(place.pcc, place, lines["pcc"], unknown, 100_00))
    assert known["asked"][0]["may_decide"][0]["limit_pence"] == 100_00


@pytest.mark.row("S4-B11")
async def test_each_keeps_its_own_limits_and_its_partners_read_them(place, client_for):
    await place.draft()
    own = await set_limit(place.pcc, place, "Head of placements", 5_000_00, budget_type="placements")
    assert (own["budget_type"], own["owner_organisation_id"]) == ("placements", str(place.council))
    path = f"/v1/delegations/{own['id']}"
    assert made(await place.ccg.get(path)) == own
    listed = await place.ccg.get("/v1/delegations", params={"partnership_id": str(place.partnership)})
    assert listed.json()["items"] == [own]
    end = {"in_force_to": "2016-02-29"}
    theirs = await place.ccg.post(f"{path}/end", json=end, key=key(), version=1)
    assert (theirs.status_code, code_of(theirs)) == (409, "delegation_limit_of_another")
    ended = made(await place.pcc.post(f"{path}/end", json=end, key=key(), version=1))
    assert (ended["in_force_to"], ended["version"]) == ("2016-02-29", 2)
    asked = {
        "partnership_id": str(place.partnership),
        "subject": "virement",
        "amount_pence": 4_000_00,
        "day": "2016-02-29",
        "budget_type": "placements",
    }
    [needed] = made(await place.ccg.get("/v1/delegations/deciders", params=asked))["items"]
    assert (needed["lowest"]["decider"], needed["within_officer_limit"]) == ("Head of placements", True)
    none = made(await place.ccg.get("/v1/delegations/deciders", params={**asked, "day": "2016-03-01"}))
    assert none["items"] == []
    above = await place.ccg.get("/v1/delegations/deciders", params={**asked, "before_pence": 2_000_00})
    assert (above.status_code, pointer_of(above)) == (409, "?amount_pence")
    meeting = limit(place, "Joint executive", None, "executive_meeting")
    refused = await place.pcc.put(f"/v1/delegations/{uuid.uuid4()}", json=meeting)
    assert (code_of(refused), pointer_of(refused)) == ("delegation_limit_of_meeting", "/decider_type")
    stranger = await client_for("budget", a_caller(scopes=SCOPES, commissioner=uuid.uuid4()))
    await assert_hidden(stranger, path, "/v1/delegations", place.partnership)
    foreign = await stranger.get("/v1/delegations/deciders", params=asked)
    assert (foreign.status_code, code_of(foreign)) == (422, "partnership_unknown")
