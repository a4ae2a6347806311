"""The council and the NHS commissioner: business case, agreement, pools, printed figures and what is `tbc`."""

import pytest

from deploy.demo.fund import BUSINESS_CASE, FIRST_QUARTER_PENCE, pool_id
from deploy.demo.ids import id_of
from deploy.demo.plymouth import AGREEMENT, PARTNERSHIP, organisation_id

PCC, CCG = organisation_id("pcc"), organisation_id("ccg")
WELLNESS_PENCE, COMMUNITY_PENCE, PRINTED_PENCE = 1_101_168_700, 1_140_562_800, 2_241_731_500


@pytest.fixture(scope="module")
def position(pcc):
    return pcc.read("/v1/positions", partnership_id=str(PARTNERSHIP), financial_year="2014-15")


@pytest.mark.row("S1-G01", "S1-G02")
@pytest.mark.parametrize("reader", ["pcc", "ccg"])
def test_both_bodies_approved_the_business_case_subject_to_conditions(party, reader):
    found = party(reader).items(
        "/v1/decisions", partnership_id=str(PARTNERSHIP), subject_id=str(BUSINESS_CASE)
    )
    assert [(each["body"], each["decided_on"], each["outcome"]) for each in found] == [
        ("Cabinet", "2014-07-15", "approved_subject_to"),
        ("Governing Body", "2014-07-16", "approved_subject_to"),
    ]
    assert [each["owner_organisation_id"] for each in found] == [PCC, CCG]
    for each in found:
        (condition,) = each["conditions"]
        assert condition["recommendations"] == [3, 4]  # printed as III and IV
        assert condition["met_on"] is None


@pytest.mark.row("S1-G01")
def test_the_agreement_had_approvals_of_its_own_and_is_in_force(ccg):
    agreement = ccg.read(f"/v1/agreements/{AGREEMENT}")
    assert agreement["state"] == "in_force"
    assert agreement["commenced_on"] == "2015-04-01"
    assert [(each["body"], each["outcome"]) for each in agreement["approvals"]] == [
        ("Cabinet", "approved"),
        ("Governing Body", "approved"),
    ]
    assert agreement["signed_on"] < agreement["commenced_on"]
    assert agreement["missing"] == []
    assert {each["organisation_id"] for each in agreement["signatories"]} == {PCC, CCG}


@pytest.mark.row("S1-B02")
def test_the_three_pools_of_the_business_case_became_funds_at_commencement(pcc):
    pools = pcc.items("/v1/pools", partnership_id=str(PARTNERSHIP))
    assert {each["id"]: (each["name"], each["category"], each["arrangement"]) for each in pools} == {
        pool_id("wellness"): ("Wellness", "wellness", "pooled"),
        pool_id("community_intervention"): ("Community Based Care", "community_intervention", "pooled"),
        pool_id("complex_bed_based"): (
            "Complex / Bed Based Care (excluding acute)",
            "complex_bed_based",
            "pooled",
        ),
    }
    assert {each["owner_organisation_id"] for each in pools} == {PCC}  # the host's


@pytest.mark.row("S1-B04")
def test_what_ran_in_shadow_is_no_statutory_total(position):
    shadow, pooled = position["totals"]["shadow"], position["totals"]["pooled"]
    assert shadow["budget_approved"]["known_pence"] == PRINTED_PENCE
    assert pooled["budget_approved"]["known_pence"] is None
    assert shadow["contributions_received_pence"] is None
    assert {each["arrangement"] for each in position["lines"]} == {"shadow"}


@pytest.mark.row("S2-B06")
def test_the_printed_figures_of_the_council_add_up(position):
    known = {each["category"]: each["figures"] for each in position["by_category"]}
    assert known["wellness"]["budget_approved"]["known_pence"] == WELLNESS_PENCE
    assert known["community_intervention"]["budget_approved"]["known_pence"] == COMMUNITY_PENCE
    assert WELLNESS_PENCE + COMMUNITY_PENCE == PRINTED_PENCE
    assert position["totals"]["whole"]["budget_approved"]["known_pence"] == PRINTED_PENCE


@pytest.mark.row("S1-B11", "S2-B18")
def test_what_is_to_be_confirmed_is_never_nil(position):
    assert position["complete"] is False
    missing = {each["organisation_id"]: each["figures"] for each in position["missing_contributors"]}
    assert {"budget", "contribution"} <= set(missing[CCG])
    of_ccg = next(each["figures"] for each in position["by_partner"] if each["organisation_id"] == CCG)
    for figure in ("budget_approved", "budget_adjusted", "contributions_due"):
        assert of_ccg[figure] == {"known_pence": None, "complete": False, "missing_contributors": [CCG]}
    for line in position["lines"]:
        if line["owner_organisation_id"] == CCG:
            assert line["budget_approved"] == {"amount_pence": None, "status": "tbc", "qualifier": None}
            assert line["variance_pence"] is None
    wellness = next(each for each in position["by_category"] if each["category"] == "wellness")
    assert wellness["figures"]["budget_approved"]["missing_contributors"] == [CCG]


def test_the_councils_blank_is_not_stated_and_not_nil(position):
    blank = next(
        each
        for each in position["lines"]
        if each["line_id"] == str(id_of("line", "pcc", "complex_bed_based"))
    )
    assert blank["budget_approved"] == {"amount_pence": None, "status": "not_stated", "qualifier": None}


@pytest.mark.parametrize("reader", ["pcc", "ccg"])
def test_both_partners_read_the_same_position(party, reader, position):
    query = {"partnership_id": str(PARTNERSHIP), "financial_year": "2014-15"}
    assert party(reader).read("/v1/positions", **query) == position


def test_the_first_contribution_is_in_the_fund(ccg):
    told = ccg.read("/v1/positions", pool_id=pool_id("wellness"), financial_year="2015-16")
    assert told["totals"]["pooled"]["contributions_received_pence"] == FIRST_QUARTER_PENCE
    (journal,) = ccg.items("/v1/journals", partnership_id=str(PARTNERSHIP))
    assert (journal["kind"], journal["posting_period"]) == ("contribution", "2015-16-M01")
    assert journal["effective_date"] == "2015-04-01"
    assert sum(each["amount_pence"] for each in journal["entries"]) == 0
