"""Southampton 2013, played by both partners: one memorandum under two names, new posts halved, aligned money, a waterfall."""

import pytest

from tests.journey.foreign import assert_tells_nothing
from tests.journey.party import new_id, new_key
from tests.journey.southampton import (
    CABINET_DAY,
    COMMENCED,
    CONSULTATION,
    CONSULTED,
    CONTINGENCY,
    EACH_PENCE,
    GOVERNING_BODY_DAY,
    MISSING_MATTERS,
    NEW_POSTS,
    OFFICER,
    OFFICER_DAY,
    PART_YEAR_PENCE,
    SIGNED,
    SPENT_PENCE,
    STAFFING,
    TAG,
    UNIT_PENCE,
    Southampton,
)


@pytest.fixture(scope="module")
def city(southampton):
    return Southampton(southampton)


@pytest.fixture(scope="module")
def unit(city):
    """Each partner's aligned lines of the unit in 2014/15, its spending, and the control total: by partner's key."""
    lines = {}
    for key, pence in STAFFING.items():
        partner = city.of[key]
        staff = city.line("Staff of the unit", "2014/15", pence)
        more = city.line(
            "Senior posts of the unit", "2014/15", EACH_PENCE, nature={"recurrence": "recurrent"}
        )
        lines[key] = [partner.put_new(f"/v1/lines/{new_id()}", each) for each in (staff, more)]
        city.spend(key, lines[key][0], SPENT_PENCE, "2014-06-30")
    city.of["council"].put_new(
        f"/v1/funding-requirements/{new_id()}",
        {
            "partnership_id": city.of.id,
            "financial_year": "2014/15",
            "kind": "control_total",
            "name": "Structure of the unit",
            "amount_pence": UNIT_PENCE,
            "tag": TAG,
            "source": "Cabinet, 15 October 2013, para 26",
        },
    )
    return lines


def year(city, key, label="2014-15"):
    return city.of[key].read("/v1/positions", partnership_id=city.of.id, financial_year=label)


@pytest.mark.row("S4-G04", "S4-G08")
def test_cabinet_decides_after_36_days_of_consultation(city):
    council, case = city.of["council"], new_id()
    asked = city.decision("council", "business_case", case, consultation=CONSULTATION, key_decision=True)
    early = council.post("/v1/decisions", json={**asked, "decided_on": "2013-08-30"}, key=new_key())
    assert (early.status_code, early.json()["code"]) == (409, "decided_before_consultation_closed")
    assert early.json()["consultation_days"] == 36
    decided = council.move("/v1/decisions", asked)
    assert (decided["decided_on"], decided["consultation"]) == (CABINET_DAY, CONSULTATION)
    assert decided["key_decision"] is True
    assert city.of["ccg"].read(f"/v1/decisions/{decided['id']}") == decided


@pytest.mark.row("S4-C09", "S4-C10", "S4-G02")
def test_one_memorandum_under_two_names_is_agreed_by_the_officer_after_consulting(city):
    council, ccg = city.of["council"], city.of["ccg"]
    known = {
        "name": "Memorandum of Understanding",
        "note": "So in recommendation (v); para 30 calls it a Memorandum of Agreement.",
    }
    term = {"trial_ends_on": "2014-10-31", "review_on": "2014-10-15"}  # invented; a trial is printed (para 5)
    terms = city.terms("Memorandum of Agreement", known_as=[known], **term)
    bare = city.draft("ICU-MOA", "MoA", terms)
    assert bare["missing"] == MISSING_MATTERS  # para 30 lists them
    address = f"/v1/agreements/{bare['id']}"
    matters = city.terms("", *MISSING_MATTERS)["matters"]
    whole = council.patch(address, json={"terms": {"matters": matters}}, version=bare["version"]).json()
    assert (whole["missing"], whole["edition"]) == ([], 2)
    assert [each["name"] for each in whole["terms"]["known_as"]] == ["Memorandum of Understanding"]

    # The joint board may note it; both sovereign bodies decide, and Cabinet hands the rest to its officer.
    about = {"edition": 2}
    board = {"body": "Integrated Commissioning Board", "body_type": "board", "outcome": "noted"}
    council.move("/v1/decisions", city.decision("council", "agreement", bare["id"], **about, **board))
    delegates = {
        "officer": OFFICER,
        "purpose": "To agree and execute the Memorandum of Understanding",
        "after_consulting": [CONSULTED],
    }
    delegating = council.move(
        "/v1/decisions", city.decision("council", "agreement", bare["id"], **about, delegates=delegates)
    )
    ccg.move("/v1/decisions", city.decision("ccg", "agreement", bare["id"], **about))
    waiting = council.read(address)
    assert {each["body"]: each["awaiting"] for each in waiting["approvals"]} == {
        "Cabinet": "decision",
        "Governing Body": None,
    }
    by_officer = {"body": OFFICER, "body_type": "officer", "decided_on": OFFICER_DAY, **about}
    alone = {"authority": {"decision_id": delegating["id"]}}
    refused = council.post(
        "/v1/decisions",
        json=city.decision("council", "agreement", bare["id"], **by_officer, **alone),
        key=new_key(),
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "consultation_missing")
    assert refused.json()["not_consulted"] == [CONSULTED]
    after = {"authority": {"decision_id": delegating["id"], "consulted": [CONSULTED]}}
    council.move("/v1/decisions", city.decision("council", "agreement", bare["id"], **by_officer, **after))
    approved = council.read(address)
    assert (approved["state"], approved["approved_from"]) == ("approved", OFFICER_DAY)
    assert GOVERNING_BODY_DAY < OFFICER_DAY

    # Each signs for itself. The text names no first day, so both say it.
    for key, office in (("council", OFFICER), ("ccg", "Chief Executive")):
        body = {"signed_on": SIGNED, "office": office}
        approved = city.of[key].move(f"{address}/execution", body, approved["version"])
    assert (approved["state"], approved["signed_on"]) == ("executed", SIGNED)
    for partner, state in ((council, "executed"), (ccg, "in_force")):
        day = {"commenced_on": COMMENCED}
        approved = partner.move(f"{address}/commencement", day, approved["version"])
        assert approved["state"] == state


@pytest.mark.row("S4-C11", "S4-B01", "S4-G05")
def test_staff_are_lent_under_section_113_and_nothing_is_pooled(city):
    codes = ("staff", "staff_terms", "staff_consultation")
    terms = city.terms("Section 113 agreement on the unit's staff")
    lent = city.draft("ICU-S113", "s113", terms)
    assert lent["missing"] == list(codes)
    matters = city.terms("", *codes)["matters"]
    matters[1]["text"] = "Staff stay with their current employer, on their existing terms and conditions."
    address = f"/v1/agreements/{lent['id']}"
    whole = city.of["council"].patch(address, json={"terms": {"matters": matters}}, version=lent["version"])
    assert whole.json()["missing"] == []
    assert city.of["ccg"].read(address)["terms"]["matters"][1]["text"] == matters[1]["text"]
    pool = {"partnership_id": city.of.id, "agreement_id": lent["id"], "name": "Unit", "category": "community"}
    for arrangement in ("pooled", "shadow"):
        refused = city.of["council"].put(f"/v1/pools/{new_id()}", json={**pool, "arrangement": arrangement})
        assert (refused.status_code, refused.json()["code"]) == (409, "agreement_cannot_pool")


@pytest.mark.row("S4-B03", "S4-B04", "S4-B06")
def test_three_new_posts_are_halved_and_an_existing_one_keeps_its_percentages(city):
    council, ccg = (city.of.organisation[key] for key in ("council", "ccg"))
    for number, pence in enumerate(NEW_POSTS, 1):
        path = f"/v1/posts/{new_id()}"
        city.of["council"].put_new(path, city.post(f"Associate director {number}", pence))
    new = city.of["ccg"].read("/v1/establishment", partnership_id=city.of.id)
    assert (new["posts"], new["new_posts"], new["cost_pence"]) == (3, 3, 2 * EACH_PENCE)
    parts = {each["organisation_id"]: each for each in new["by_partner"]}
    for key in (council, ccg):
        assert parts[key]["full_year_pence"] == EACH_PENCE
        assert parts[key]["by_twelfths_pence"] == PART_YEAR_PENCE
    shares = [{"organisation_id": council, "percent": "72.5"}, {"organisation_id": ccg, "percent": "27.5"}]
    old = {"created_on": "2012-04-01", "starts_on": "2012-04-01", "recorded_shares": shares}  # invented
    kept = city.of["ccg"].put_new(f"/v1/posts/{new_id()}", city.post("Commissioner", 40_000_00, **old))
    assert [each["full_year_pence"] for each in kept["parts"]] == [29_000_00, 11_000_00]
    all_of_them = city.of["council"].read("/v1/establishment", partnership_id=city.of.id)
    assert (all_of_them["posts"], all_of_them["new_posts"]) == (4, 3)


@pytest.mark.row("S4-B02", "S4-B05")
def test_the_unit_comes_to_its_control_total_and_the_investment_to_5_04_per_cent(city, unit):
    seen = [year(city, key) for key in ("council", "ccg")]
    for each in seen:
        assert each["totals"]["aligned"]["budget_approved"] == {
            "known_pence": UNIT_PENCE,
            "complete": True,
            "missing_contributors": [],
        }
        assert each["totals"]["pooled"]["budget_approved"]["known_pence"] is None
        assert each["totals"]["whole"] == each["totals"]["aligned"]
    investment = sum(unit[key][1]["budget"]["amount_pence"] for key in unit)
    assert investment == 181_600_00
    assert round(100 * investment / UNIT_PENCE, 2) == 5.04
    # Line by line the other's aligned money is not open, so neither alone can say what counts by the tag.
    for key, other in (("council", "ccg"), ("ccg", "council")):
        query = {"partnership_id": city.of.id, "financial_year": "2014-15"}
        (test,) = city.of[key].read("/v1/funding-tests", **query)["tests"]
        assert (test["met"], test["figure"]["complete"]) == (None, False)
        assert test["figure"]["known_pence"] == STAFFING[key] + EACH_PENCE
        assert test["figure"]["missing_contributors"] == [city.of.organisation[other]]


@pytest.mark.row("S4-B01", "S4-B08", "S4-G06")
def test_each_partner_sees_its_own_lines_and_the_other_s_totals(city, unit):
    for key, other in (("council", "ccg"), ("ccg", "council")):
        partner, theirs = city.of[key], city.of.organisation[other]
        seen = year(city, key)
        assert {each["line_id"] for each in seen["lines"]} == {each["id"] for each in unit[key]}
        totals = {each["organisation_id"]: each["figures"] for each in seen["by_partner"]}
        assert totals[theirs]["budget_approved"]["known_pence"] == STAFFING[other] + EACH_PENCE
        assert totals[theirs]["actual"]["known_pence"] == SPENT_PENCE
        assert seen["withheld_contributors"] == []
        # On the senior posts nobody has posted anything yet, which is not the same as nothing.
        missing = {each["organisation_id"]: each["figures"] for each in seen["missing_contributors"]}
        assert missing == {each: ["actual"] for each in city.of.organisation.values()}
        own = partner.items("/v1/lines", partnership_id=city.of.id, financial_year="2014-15")
        assert {each["id"] for each in own} == {each["id"] for each in unit[key]}
        assert {each["nature"]["recurrence"] for each in own} == {None, "recurrent"}
        for line in unit[other]:
            assert partner.get(f"/v1/lines/{line['id']}").status_code == 404
        (journal,) = partner.items("/v1/journals", partnership_id=city.of.id)
        assert journal["owner_organisation_id"] == city.of.organisation[key]


def drawn(plan):
    return [each["drawn_pence"] for each in plan["funding"]["draws"]]


@pytest.mark.row("S4-B07", "S4-B05")
def test_the_part_year_is_funded_in_order_and_the_contingency_last(city):
    council = city.of["council"]
    unknown = council.put_new(f"/v1/waterfalls/{new_id()}", city.waterfall(None, 10_000_00))
    assert unknown["need_pence"] == PART_YEAR_PENCE == 37_833_33
    assert (drawn(unknown), unknown["funding"]["draws"][0]["stop"]) == ([0], "amount_unknown")

    plan = council.put_new(f"/v1/waterfalls/{new_id()}", city.waterfall(20_000_00, 10_000_00))  # invented
    assert drawn(plan) == [20_000_00, 10_000_00, 0]
    assert plan["funding"]["draws"][2]["stop"] == "approval_needed"
    assert plan["funding"]["unmet_pence"] == 7_833_33
    address = f"/v1/waterfalls/{plan['id']}"
    approval = {"source": CONTINGENCY, "decision_id": new_id()}
    without = council.post(
        f"{address}/source-approval", json=approval, key=new_key(), version=plan["version"]
    )
    assert (without.status_code, without.json()["code"]) == (422, "waterfall_decision_unknown")
    last_resort = council.move(
        "/v1/decisions", city.decision("council", "budget", plan["id"], reference="Recommendation (iv)")
    )
    approval["decision_id"] = last_resort["id"]
    funded = council.move(f"{address}/source-approval", approval, plan["version"])
    assert (drawn(funded), funded["funding"]["unmet_pence"]) == ([20_000_00, 10_000_00, 7_833_33], 0)
    assert sum(drawn(funded)) == PART_YEAR_PENCE
    assert city.of["ccg"].read(address) == funded

    by_days = city.waterfall(20_000_00, 10_000_00)
    by_days["need"]["convention"] = "days"
    assert council.put_new(f"/v1/waterfalls/{new_id()}", by_days)["need_pence"] == 37_563_84
    both = city.waterfall(20_000_00, 10_000_00)
    both["need"]["share_percent"] = 100
    assert council.put_new(f"/v1/waterfalls/{new_id()}", both)["need_pence"] == 75_666_67


@pytest.mark.row("S4-B09")
def test_the_savings_are_a_service_s_and_not_the_unit_s(city):
    """«The focus is not on making savings through the establishment of the ICU»; no amount is printed."""
    to_come = {"amount_pence": None, "status": "tbc"}
    saving = {
        "partnership_id": city.of.id,
        "benefit_id": "ICU-PLACEMENTS",
        "title": "Better procurement of placements and packages of care",
        "programme": "Integrated Commissioning Unit",
        "type": "cashable",
        "arises_in": "service",
        "service": "Placements",
        "amounts": [{"financial_year": "2014/15", "lower": to_come, "higher": to_come}],
    }
    kept = city.of["council"].put_new(f"/v1/savings/{new_id()}", saving)
    assert kept["credited_to"] == "Placements"


def test_another_council_is_told_nothing(city, unit, bury, document):
    assert unit
    insiders = [city.of["council"], city.of["ccg"]]
    filled = assert_tells_nothing(bury["council"], insiders, city.of.id, document)
    assert filled >= {"lines", "journals", "accounts", "funding-requirements"}
    query = {"partnership_id": city.of.id, "financial_year": "2014-15"}
    for path in ("/v1/positions", "/v1/funding-tests"):
        refused = bury["council"].get(path, params=query)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    overview = f"/v1/partnerships/{city.of.id}/overview"
    assert bury["council"].get(overview, params={"financial_year": "2014-15"}).status_code == 404
    made = bury["council"].put(f"/v1/lines/{new_id()}", json=city.line("Ours", "2014/15", 1_00))
    assert (made.status_code, made.json()["code"]) == (422, "partnership_unknown")
    posts = bury["council"].get("/v1/establishment", params={"partnership_id": city.of.id})
    assert (posts.status_code, posts.json()["code"]) == (404, "not_found")
