"""Money, contracts and outcomes on one view; and what it shows while one of the services is killed."""

import pytest

from deploy.demo.contracts import COMMUNITY
from deploy.demo.plymouth import PARTNERSHIP, organisation_id
from tests.journey.party import until

OVERVIEW = f"/v1/partnerships/{PARTNERSHIP}/overview"
PCC, CCG = organisation_id("pcc"), organisation_id("ccg")


def statuses(view):
    return {each["service"]: each["status"] for each in view["sources"]}


@pytest.mark.row("S1-O07")
@pytest.mark.parametrize("reader", ["pcc", "ccg"])
def test_cost_contracts_and_outcomes_are_on_one_view(party, reader):
    view = party(reader).read(OVERVIEW, financial_year="2014-15")
    assert statuses(view) == {"budget": "ok", "contracts": "ok", "outcomes": "ok"}
    assert view["totals"]["budget"]["known_pence"] == 2_241_731_500
    assert {each["category"] for each in view["fund"]["by_category"]} == {
        "wellness",
        "community_intervention",
        "complex_bed_based",
    }
    assert view["totals"]["contracts_running"] == 3
    assert [each["contract_id"] for each in view["contracts"]["ends_next"]] == [COMMUNITY]
    targets = {each["code"]: each["target_value"] for each in view["scorecard"]["lines"]}
    assert (targets["LOS-A"], targets["2.06ii"]) == ("7.8945", "27.104")


@pytest.mark.row("S1-B11")
def test_what_is_not_known_is_null_in_every_total(pcc):
    view = pcc.read(OVERVIEW, financial_year="2014-15", mode="strict")
    assert view["complete"] is False
    missing = {each["organisation_id"]: set(each["figures"]) for each in view["missing_contributors"]}
    assert missing[CCG] >= {"budget", "contribution", "contract_value"}
    assert view["totals"]["actual"]["known_pence"] is None
    assert view["totals"]["contracted_a_year_pence"] is None  # the papers print no contract's value
    assert view["totals"]["not_under_contract_pence"] is None
    assert view["contracts"]["total"]["known_pence"] is None


def test_the_view_is_the_same_as_its_parts(ccg):
    view = ccg.read(OVERVIEW, financial_year="2014-15")
    query = {"partnership_id": str(PARTNERSHIP)}
    position = ccg.read("/v1/positions", **query, financial_year="2014-15")
    assert view["fund"] == {name: position[name] for name in view["fund"]}
    contracts = ccg.read("/v1/contract-summaries", **query, as_at=view["as_at"])
    assert view["contracts"] == {name: contracts[name] for name in view["contracts"]}
    scorecard = ccg.read("/v1/scorecards/summary", **query, as_at=view["as_at"])
    assert view["scorecard"] == {name: scorecard[name] for name in view["scorecard"]}


@pytest.mark.parametrize(
    ("reader", "contracts", "codes"), [("kernow", 1, set()), ("pch", 2, {"LOS-C"}), ("phnt", 1, set())]
)
def test_an_associate_and_a_provider_have_a_view_of_what_is_theirs(party, reader, contracts, codes):
    view = party(reader).read(OVERVIEW, financial_year="2014-15", mode="strict")
    assert statuses(view) == {"budget": "withheld", "contracts": "ok", "outcomes": "ok"}
    assert (view["fund"], view["contracts"]["contracts"]) == (None, contracts)
    assert {each["code"] for each in view["scorecard"]["lines"]} == codes
    withheld = {(each["service"], each["organisation_id"]) for each in view["withheld_contributors"]}
    assert withheld == {("budget", PCC), ("budget", CCG)}


@pytest.mark.parametrize(
    ("service", "part", "path"),
    [
        ("outcomes", "scorecard", f"/v1/indicators?partnership_id={PARTNERSHIP}"),
        ("contracts", "contracts", f"/v1/contracts?partnership_id={PARTNERSHIP}"),
        ("budget", "fund", f"/v1/pools?partnership_id={PARTNERSHIP}"),
    ],
)
def test_while_a_service_is_down_the_rest_is_shown_and_it_comes_back(system, pcc, service, part, path):
    whole = pcc.read(OVERVIEW, financial_year="2014-15", mode="strict")
    killed = system.kill(service)
    partial = pcc.read(OVERVIEW, financial_year="2014-15")
    strict = pcc.get(OVERVIEW, params={"financial_year": "2014-15", "mode": "strict"})
    alone = pcc.get(path)

    assert statuses(partial) == {**statuses(whole), service: "unavailable"}
    assert partial[part] is None
    assert partial["complete"] is False
    assert {name: partial[name] for name in ("fund", "contracts", "scorecard") if name != part} == {
        name: whole[name] for name in ("fund", "contracts", "scorecard") if name != part
    }
    total = {"fund": "budget", "contracts": "contracts_running", "scorecard": "outcomes_red"}[part]
    assert partial["totals"][total] is None
    source = next(each for each in partial["sources"] if each["service"] == service)
    assert source["as_at"] is None

    assert (strict.status_code, strict.json()["code"]) == (503, "sources_missing")
    assert strict.json()["sources"] == [service]
    assert int(strict.headers["retry-after"]) > 0
    assert (alone.status_code, alone.json()["code"]) == (503, "service_unavailable")

    again = until(
        lambda: (
            (answer := pcc.get(OVERVIEW, params={"financial_year": "2014-15", "mode": "strict"})).is_success
            and answer.json()
        ),
        60,
    )
    assert {**again, "sources": None} == {**whole, "sources": None}
    assert system.pid(service) not in {None, killed}
