"""A Better Care Fund return through the door: an empty one that says what it lacks, filled until it is complete."""

import uuid

import pytest

from tests.budget.place import Place, code_of, key, made
from tests.budget.reporting import ask, ask_csv, assert_not_for, lay_down, say

YEAR = {"financial_year": "2015/16"}
NOBODY = ("foreign commissioner", "provider", "associate", "observer", "auditor of another year")
SIGN_OFFS = ("hwb_sign_off", "chief_executive_sign_off", "section_151_sign_off")


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.bring_into_force()
    place.pool_id = await place.pool(arrangement="pooled")
    return place


async def returned(client, place, **asked):
    return made(await ask(client, place, "better-care-fund", quarter=asked.pop("quarter", 2), **asked))


def lacking(made_return, name):
    section = next(each for each in made_return["sections"] if each["name"] == name)
    assert (section["standing"] == "complete") == (section["missing"] == [])
    return [each["what"] for each in section["missing"]]


async def scheme(place, client, source, pence, *tags):
    nature = {"funding_source": source}
    return await place.line(
        client, place.pool_id, "pooled", pence=pence, nature=nature, tags=list(tags), **YEAR
    )


async def spent(place, client, line, pence, day="2015-06-15"):
    version = 1
    for code in made(await client.get(f"/v1/lines/{line}"))["waits_for"]:
        body = {"code": code, "met_on": "2015-03-26", "evidence": "Minute 12 of the board"}
        made(await client.post(f"/v1/lines/{line}/met-demands", json=body, key=key(), version=version))
        version += 1
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=place.pool_id, line_id=line)
    fund = await place.account(place.pcc, "reserve", "pooled", pool_id=place.pool_id)
    await place.post(place.pcc, cost, fund, pence, effective_date=day)


async def require(place, kind, pence):
    body = {
        "partnership_id": str(place.partnership),
        "kind": kind,
        "name": kind,
        "amount_pence": pence,
        "source": "Allocations 2015/16",
        **YEAR,
    }
    return made(await place.ccg.put(f"/v1/funding-requirements/{uuid.uuid4()}", json=body))


async def sign(place, section, **changes):
    decision = made(
        await place.decide(
            place.pcc,
            "Health and Wellbeing Board",
            "2015-10-01",
            subject="budget",
            edition=None,
            body_type="board",
            **changes,
        )
    )
    made(
        await say(
            place.pcc,
            place,
            "better_care_fund",
            section,
            quarter=2,
            decision_id=decision["id"],
            text="Signed",
        )
    )
    return decision


@pytest.mark.row("S1-B21", "S2-B23")
async def test_an_empty_return_says_what_each_section_lacks(place):
    empty = await returned(place.ccg, place)
    assert empty["complete"] is False
    assert empty["due_on"] is None
    assert {each["name"]: [one["what"] for one in each["missing"]] for each in empty["sections"]} == {
        "plan": ["schemes"],
        "funding": ["contributions"],
        "minimums": ["nhs_minimum", "adult_social_care_minimum"],
        "expenditure": ["schemes"],
        "national_conditions": ["conditions"],
        "sign_offs": list(SIGN_OFFS),
    }


@pytest.mark.row("S1-B21", "S2-B23")
async def test_a_return_is_filled_until_it_is_complete(place):
    social = await scheme(place, place.ccg, "bcf", 700_00, "adult_social_care")
    health = await scheme(place, place.ccg, "bcf", 300_00)
    homes = await scheme(place, place.pcc, "dfg", 80_00)
    made(await place.promise(place.ccg, place.pool_id, 1_000_00, funding_source="bcf", **YEAR))
    made(await place.promise(place.pcc, place.pool_id, 80_00, funding_source="dfg", **YEAR))
    await require(place, "nhs_minimum", 1_000_00)
    await require(place, "adult_social_care_minimum", 650_00)
    await spent(place, place.ccg, social, 200_00)
    await spent(place, place.ccg, health, 90_00, "2015-09-30")
    await spent(place, place.pcc, homes, 30_00)
    asked = [{"code": "jointly_agreed_plan", "text": "Plans are jointly agreed."}]
    made(await lay_down(place.pcc, place, "better_care_fund", "2015-11-27", quarter=2, conditions=asked))
    half = await returned(place.pcc, place)
    assert (half["due_on"], half["complete"]) == ("2015-11-27", False)
    assert lacking(half, "national_conditions") == ["jointly_agreed_plan"]
    made(await say(place.ccg, place, "better_care_fund", "jointly_agreed_plan", quarter=2, met=True))
    for section in SIGN_OFFS:
        assert section in lacking(await returned(place.pcc, place), "sign_offs")
        await sign(place, section)
    full = await returned(place.pcc, place)
    assert (full["complete"], full["missing_contributors"]) == (True, [])
    assert full == await returned(place.ccg, place)
    fund, grant = full["sources"]
    assert (fund["funding_source"], fund["grant"]) == ("bcf", False)
    assert (fund["plan"]["known_pence"], fund["spend"]["known_pence"]) == (1_000_00, 290_00)
    assert (grant["funding_source"], grant["grant"], grant["spend"]["known_pence"]) == ("dfg", True, 30_00)
    assert [(each["requirement"]["kind"], each["met"]) for each in full["minimums"]] == [
        ("adult_social_care_minimum", True),
        ("nhs_minimum", True),
    ]
    # Half of the year is over: by twelfths, half of its plan.
    assert (fund["plan_to_date"]["known_pence"], grant["plan_to_date"]["known_pence"]) == (500_00, 40_00)
    conditions = fund["schemes"][0]["conditions"]
    assert [(each["code"], each["met"]) for each in conditions] == [
        ("jointly_agreed_plan", True),
        ("hwb_sign_off", True),
    ]
    # Spend to date stops at the end of the quarter.
    first = await returned(place.pcc, place, quarter=1)
    assert first["sources"][0]["spend"]["known_pence"] == 200_00
    assert lacking(first, "expenditure") == ["actual"]
    rows = await ask_csv(place.pcc, place, "better-care-fund", quarter=2)
    of_fund = next(each for each in rows if each["Section"] == "funding" and each["Source or code"] == "bcf")
    assert (of_fund["Plan for the year (£)"], of_fund["Spend to date (£)"]) == ("1000.00", "290.00")
    assert of_fund["Plan to date (£)"] == "500.00"
    checker = {each["Source or code"]: each["Answer"] for each in rows if each["Section"] == "checker"}
    assert set(checker.values()) == {"complete"}


async def test_a_minimum_that_is_not_met_is_an_answer_and_says_by_how_much(place):
    made(await place.promise(place.ccg, place.pool_id, 999_99, funding_source="bcf", **YEAR))
    await require(place, "nhs_minimum", 1_000_00)
    await require(place, "adult_social_care_minimum", 1)
    shown = await returned(place.pcc, place)
    assert lacking(shown, "minimums") == []
    assert [(each["met"], each["out_by_pence"]) for each in shown["minimums"]] == [(False, 1), (False, 1)]


@pytest.mark.row("S1-B11")
async def test_an_unknown_promise_leaves_the_funding_incomplete_and_names_whose(place):
    await scheme(place, place.ccg, "bcf", None)
    made(await place.promise(place.ccg, place.pool_id, None, funding_source="bcf", **YEAR))
    shown = await returned(place.pcc, place)
    (gap,) = next(each for each in shown["sections"] if each["name"] == "funding")["missing"]
    assert (gap["what"], gap["organisation_id"]) == ("contribution", str(place.nhs))
    assert lacking(shown, "plan") == ["budget"]
    assert shown["sources"][0]["plan"]["known_pence"] is None
    assert shown["missing_contributors"] == [
        {"organisation_id": str(place.nhs), "figures": ["actual", "budget", "contribution"]}
    ]


async def test_a_condition_answered_no_is_answered_and_not_met(place):
    asked = [{"code": "jointly_agreed_plan", "text": "Plans are jointly agreed."}]
    made(await lay_down(place.pcc, place, "better_care_fund", "2015-11-27", quarter=2, conditions=asked))
    for client, met in ((place.pcc, True), (place.ccg, False)):
        made(await say(client, place, "better_care_fund", "jointly_agreed_plan", quarter=2, met=met))
    shown = await returned(place.pcc, place)
    assert shown["conditions"][0]["met"] is False
    assert lacking(shown, "national_conditions") == []
    made(await say(place.ccg, place, "better_care_fund", "jointly_agreed_plan", quarter=2, met=True))
    assert (await returned(place.pcc, place))["conditions"][0]["met"] is True


async def test_a_sign_off_counts_once_its_decision_does(place):
    conditions = {"outcome": "approved_subject_to", "conditions": [{"number": 1, "text": "x"}]}
    decision = await sign(place, "hwb_sign_off", **conditions)
    shown = await returned(place.ccg, place)
    assert [(each["section"], each["signed"]) for each in shown["sign_offs"]] == [("hwb_sign_off", False)]
    met = {"number": 1, "met_on": "2015-10-20", "evidence": "x"}
    path = f"/v1/decisions/{decision['id']}/met-conditions"
    made(await place.pcc.post(path, json=met, key=key(), version=1))
    shown = await returned(place.ccg, place)
    assert [each["signed"] for each in shown["sign_offs"]] == [True]
    assert "hwb_sign_off" not in lacking(shown, "sign_offs")


async def test_what_is_recorded_of_a_decision_later_does_not_change_what_was_on_record(place, stack):
    """A condition that is met, and an urgent decision that its body turns down, are of the day they are recorded."""
    waits = {"outcome": "approved_subject_to", "conditions": [{"number": 1, "text": "x"}]}
    conditional = await sign(place, "hwb_sign_off", **waits)
    urgent = await sign(place, "chief_executive_sign_off", ratify_by="2099-11-30")
    connection = await stack.superuser()
    then = (await connection.fetchval("select clock_timestamp()")).isoformat().replace("+00:00", "Z")
    await connection.close()
    asked = {"quarter": 2, "as_recorded": then}
    before = await ask(place.ccg, place, "better-care-fund", **asked)
    assert {each["section"]: each["signed"] for each in made(before)["sign_offs"]} == {
        "hwb_sign_off": False,
        "chief_executive_sign_off": True,
    }
    met = {"number": 1, "met_on": "2015-10-20", "evidence": "x"}
    made(
        await place.pcc.post(
            f"/v1/decisions/{conditional['id']}/met-conditions", json=met, key=key(), version=1
        )
    )
    made(
        await place.decide(
            place.pcc,
            "Health and Wellbeing Board",
            "2015-11-15",
            subject="budget",
            subject_id=urgent["subject_id"],
            edition=None,
            body_type="board",
            outcome="rejected",
            ratifies_decision_id=urgent["id"],
        )
    )
    after = await ask(place.ccg, place, "better-care-fund", **asked)
    assert after.content == before.content
    now = (await returned(place.ccg, place))["sign_offs"]
    assert {each["section"]: each["signed"] for each in now} == {
        "hwb_sign_off": True,
        "chief_executive_sign_off": False,
    }


async def test_another_partner_s_decision_is_not_one_s_own_sign_off(place):
    decision = made(await place.decide(place.pcc, "Cabinet", "2015-10-01", subject="budget", edition=None))
    answer = await say(
        place.ccg, place, "better_care_fund", "hwb_sign_off", quarter=2, decision_id=decision["id"]
    )
    assert (code_of(answer), answer.json()["errors"][0]["pointer"]) == (
        "report_decision_unknown",
        "/decision_id",
    )


async def test_whom_it_is_not_for(place):
    await assert_not_for(place, "better-care-fund", NOBODY, quarter=2)
    await assert_not_for(place, "better-care-fund", NOBODY, pool_id=place.pool_id)
    auditor = await place.auditor(years=("2015/16",))
    assert made(await ask(auditor, place, "better-care-fund"))["partnership_id"] == str(place.partnership)


@pytest.mark.row("S2-B23")
async def test_spend_is_held_against_the_profile_of_the_plan(place):
    late = await scheme(place, place.ccg, "bcf", 1_200_00)
    weights = ["0", "0", "0", "0", "0", "0", "1", "1", "1", "1", "1", "1"]
    profile = {"id": str(uuid.uuid4()), "interval": "month", "weights": weights}
    at = made(await place.ccg.get(f"/v1/lines/{late}"))["version"]
    made(await place.ccg.post(f"/v1/lines/{late}/profiles", json=profile, key=key(), version=at))
    by_quarter = [
        (await returned(place.pcc, place, quarter=quarter))["sources"][0]["plan_to_date"]["known_pence"]
        for quarter in (1, 2, 3, 4)
    ]
    assert by_quarter == [0, 0, 600_00, 1_200_00]
