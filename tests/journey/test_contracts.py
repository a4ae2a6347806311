"""The contracts of the papers, as their commissioners, the associate and the providers see them."""

import pytest

from deploy.demo.contracts import ACUTE, COMMUNITY, PUBLIC_HEALTH
from deploy.demo.fund import pool_id
from deploy.demo.plymouth import PARTNERSHIP, organisation_id

PCC, CCG, KERNOW = organisation_id("pcc"), organisation_id("ccg"), organisation_id("kernow")
PCH, PHNT = organisation_id("pch"), organisation_id("phnt")
BEHIND_THE_CONTRACT = {
    "funding",
    "stated_dates",
    "date_conflicts",
    "related",
    "no_indicator_reason",
    "award_basis",
}


def roles(contract):
    return {(each["role"], each["organisation_id"]) for each in contract["parties"]}


@pytest.mark.row("S1-C01", "S2-C03")
def test_kernow_is_an_associate_and_sees_the_whole_acute_contract(party, ccg):
    seen = party("kernow").read(f"/v1/contracts/{ACUTE}")
    assert seen == ccg.read(f"/v1/contracts/{ACUTE}")
    assert roles(seen) == {
        ("lead_commissioner", CCG),
        ("associate_commissioner", KERNOW),
        ("provider", PHNT),
    }
    (site,) = seen["sites"]
    assert (site["name"], site["operated_by_organisation_id"]) == ("Derriford Hospital", PHNT)


def test_kernow_sees_nothing_else(party):
    kernow = party("kernow")
    assert [each["id"] for each in kernow.items("/v1/contracts")] == [ACUTE]
    for other in (COMMUNITY, PUBLIC_HEALTH):
        assert kernow.get(f"/v1/contracts/{other}").status_code == 404
    assert {each["contract_id"] for each in kernow.items("/v1/due-dates")} <= {ACUTE}
    assert kernow.read("/v1/contract-summaries", partnership_id=str(PARTNERSHIP))["contracts"] == 1


@pytest.mark.row("S2-C02", "S1-C08")
def test_one_provider_sees_its_contracts_with_both_commissioners(pch):
    listed = pch.items("/v1/contracts")
    assert {each["id"]: each["owner_organisation_id"] for each in listed} == {
        COMMUNITY: CCG,
        PUBLIC_HEALTH: PCC,
    }
    for each in listed:
        whole = pch.read(f"/v1/contracts/{each['id']}")
        assert ("provider", PCH) in roles(whole)
        assert ("lead_commissioner", each["owner_organisation_id"]) in roles(whole)


def test_the_provider_does_not_see_what_pays_for_it(pch, ccg):
    whole = ccg.read(f"/v1/contracts/{COMMUNITY}")
    assert set(whole) >= BEHIND_THE_CONTRACT
    seen = pch.get(f"/v1/contracts/{COMMUNITY}")
    assert not BEHIND_THE_CONTRACT & set(seen.json())
    assert pool_id("community_intervention") not in seen.text
    for each in pch.items("/v1/due-dates"):
        assert each["kind"] != "recommission_by"


def test_the_acute_trust_does_not_see_the_community_contract(party):
    trust = party("phnt")
    assert [each["id"] for each in trust.items("/v1/contracts")] == [ACUTE]
    assert trust.get(f"/v1/contracts/{COMMUNITY}").status_code == 404
    assert trust.read(f"/v1/contracts/{ACUTE}")["view"] == "provider"


@pytest.mark.row("S1-C06")
def test_the_contract_says_which_pool_pays_and_for_how_much_of_it(ccg):
    contract = ccg.read(f"/v1/contracts/{COMMUNITY}")
    (funding,) = contract["funding"]
    assert (funding["pool_id"], funding["share_percent"]) == (pool_id("community_intervention"), "100")
    refused = ccg.patch(
        f"/v1/contracts/{COMMUNITY}",
        json={"funding": [{**funding, "share_percent": "60"}]},
        version=contract["version"],
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith("/funding")


@pytest.mark.row("S1-C02", "S2-C01", "S1-C07")
def test_the_papers_disagree_on_the_new_procurement_and_the_earlier_date_is_kept_to(pcc):
    contract = pcc.read(f"/v1/contracts/{COMMUNITY}")
    assert {each["words"] for each in contract["stated_dates"]} == {"by March 2016", "by April 2016"}
    assert len(contract["date_conflicts"]) == 1
    due = {
        each["kind"]: each["on"]
        for each in pcc.items("/v1/due-dates", as_at="2014-07-16", until="2016-12-31")
    }
    assert due == {
        "last_day_to_serve_notice": "2015-09-30",
        "ends": "2016-03-31",
        "recommission_by": "2016-03-31",
    }


def test_a_value_that_is_not_stated_is_null(pcc):
    summary = pcc.read("/v1/contract-summaries", partnership_id=str(PARTNERSHIP), as_at="2014-07-16")
    assert (summary["contracts"], summary["running"]) == (3, 3)
    assert summary["total"]["known_pence"] is None
    assert summary["total"]["complete"] is False
    assert summary["total"]["missing_contributors"] == sorted([PCC, CCG])
    assert [each["contract_id"] for each in summary["ends_next"]] == [COMMUNITY]
