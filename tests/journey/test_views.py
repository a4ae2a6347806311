"""The views over organisations on real figures: what they show is what their parts show, and sums of it, by role."""

import pytest

from tests.journey.party import new_id
from tests.journey.watched import watched

YEAR = {"financial_year": "2015-16"}
YEARS = {"from_year": "2014-15", "to_year": "2015-16"}


@pytest.fixture(scope="module")
def place(system, document, operator):
    made = watched(system.url, document, operator)
    yield made
    for each in made.party.values():
        each.close()


@pytest.fixture(scope="module", autouse=True)
def spent(place):
    """£60.01 of the council's pooled line for the community contract, and £2 that names no contract."""
    council = place["council"]
    contracts = {
        each["title"]: each["id"] for each in council.items("/v1/contracts", partnership_id=place.partnership)
    }
    line = next(
        each
        for each in council.items("/v1/lines", partnership_id=place.partnership)
        if each["owner_organisation_id"] == place.organisation["council"]
    )
    of = {"partnership_id": place.partnership, "arrangement": "pooled", "pool_id": line["pool_id"]}
    cost = council.put_new(
        f"/v1/accounts/{new_id()}", {**of, "name": "Costs", "kind": "expenditure", "line_id": line["id"]}
    )
    fund = council.put_new(f"/v1/accounts/{new_id()}", {**of, "name": "Reserve", "kind": "reserve"})
    found = {name.removeprefix("Services of the "): contract for name, contract in contracts.items()}
    for pence, contract in ((60_01, found["provider"]), (2_00, None)):
        said = {} if contract is None else {"dimensions": {"contract_id": contract}}
        post(council, cost["id"], fund["id"], pence, said)
    return {**found, "cost": cost["id"], "fund": fund["id"]}


def post(council, cost, fund, pence, said):
    journal = {
        "kind": "expenditure",
        "effective_date": "2015-05-01",
        "narrative": "Community services",
        "entries": [
            {"account_id": cost, "amount_pence": pence, **said},
            {"account_id": fund, "amount_pence": -pence},
        ],
    }
    return council.put_new(f"/v1/journals/{new_id()}", journal)


def address(place, view):
    return f"/v1/partnerships/{place.partnership}/{view}"


def shown_of(view, whole):
    """Of a service's own answer what the view shows."""
    return {name: whole[name] for name in view}


@pytest.mark.row("S5-B09", "S1-B18")
@pytest.mark.parametrize("key", ["council", "ccg", "scrutiny"])
def test_the_whole_place_is_the_budget_s_own_report(place, key):
    query = {**YEARS, "mode": "strict"}
    view = place[key].read(address(place, "whole-place"), **query)
    report = place[key].read("/v1/reports/whole-place", partnership_id=place.partnership, **YEARS)
    assert view["years"] == [
        shown_of(mine, theirs) for mine, theirs in zip(view["years"], report["years"], strict=True)
    ]
    assert view["balance"] == report["balance"]
    whole = view["years"][1]["totals"]["whole"]
    assert (whole["actual"]["known_pence"], whole["budget_adjusted"]["known_pence"]) == (62_01, 340_00)
    if key == "scrutiny":
        assert (view["years"][1]["by_partner"], view["years"][1]["by_category"]) == ([], [])
        refused = place[key].read(address(place, "balance-of-spend"), **query)
        assert (refused["years"], refused["sources"][0]["because"]) == (None, "not_for_role")
        return
    budgets = [each["figures"]["budget_adjusted"]["known_pence"] for each in view["years"][1]["by_partner"]]
    assert sum(budgets) == 340_00
    balance = place[key].read(address(place, "balance-of-spend"), **query)
    assert balance["years"] == view["balance"]


@pytest.mark.row("S1-O07")
@pytest.mark.parametrize("key", ["council", "ccg"])
def test_spend_and_outcome_stand_side_by_side_and_add_up(place, spent, key):
    view = place[key].read(address(place, "outcomes-for-money"), **YEAR, mode="strict")
    contracts = {each["contract_id"]: each for each in view["contracts"]}
    listed = place[key].items("/v1/contracts", partnership_id=place.partnership)
    assert set(contracts) == {each["id"] for each in listed}
    community, hospital = contracts[spent["provider"]], contracts[spent["hospital"]]
    assert (community["spend_pence"], community["pooled_pence"]) == (60_01, 60_01)
    assert view["seen_pence"] == 62_01
    assert view["without_contract_pence"] == 2_00
    # The council cannot know what the CCG's own aligned line paid for, and neither can tell what 2.00 was spent for.
    assert (hospital["spend_pence"], hospital["spend_whole"]) == (None, False)
    withheld = {
        (each["service"], each["organisation_id"], each["because"]) for each in view["withheld_contributors"]
    }
    assert withheld == (
        {("budget", place.organisation["ccg"], "aligned_lines_closed")} if key == "council" else set()
    )
    card = place[key].read("/v1/scorecards", partnership_id=place.partnership, as_at="2016-03-31")
    lines = {
        (each["contract_id"], each["code"], each["latest"]["value"])
        for each in card["lines"]
        if each["contract_id"]
    }
    assert lines == {
        (each["contract_id"], line["code"], line["latest"]["value"])
        for each in view["contracts"]
        for line in each["outcomes"]
    }


@pytest.mark.parametrize(
    ("key", "contracts", "codes"),
    [
        ("associate", {"provider"}, {"people", "stay"}),
        ("provider", {"provider"}, {"people", "stay"}),
        ("hospital", {"hospital"}, {"wait"}),
        ("scrutiny", {"provider", "hospital"}, {"people", "stay", "wait"}),
        ("auditor", {"provider"}, {"people", "stay"}),
    ],
)
def test_each_role_sees_its_contracts_and_no_money_behind_them(place, spent, key, contracts, codes):
    view = place[key].read(address(place, "outcomes-for-money"), **YEAR, mode="strict")
    assert {each["contract_id"] for each in view["contracts"]} == {spent[each] for each in contracts}
    assert {line["code"] for each in view["contracts"] for line in each["outcomes"]} == codes
    money = {each["spend_pence"] for each in view["contracts"]}
    if key == "auditor":
        assert money == {60_01}
    else:
        assert (money, view["seen_pence"]) == ({None}, None)
    card = place[key].read(address(place, "scorecard"), as_at="2016-03-31", mode="strict")
    assert {each["code"] for each in card["lines"] if each["latest"]} == codes
    people = [each["latest"] for each in card["lines"] if each["code"] == "people" and each["latest"]]
    if key == "scrutiny":
        assert [(each["value"], each["status"]) for each in people] == [(None, "suppressed")]


@pytest.mark.row("S1-C08")
def test_a_provider_is_seen_by_its_commissioners_and_by_itself_without_money(place, spent):
    provider = place.organisation["provider"]
    view = place["council"].read(f"/v1/providers/{provider}/view", **YEAR, mode="strict")
    assert [each["id"] for each in view["contracts"]["listed"]] == [spent["provider"]]
    assert [each["organisation_id"] for each in view["contracts"]["commissioners"]]
    assert (view["spend"]["spend_pence"], view["spend"]["whole"]) == (60_01, False)
    assert (
        view["reporting"]["expected"] == view["reporting"]["received"] == view["reporting"]["accepted"] == 1
    )
    itself = place["provider"].read(f"/v1/providers/{provider}/view", **YEAR, mode="strict")
    assert (itself["spend"], [each["id"] for each in itself["contracts"]["listed"]]) == (
        None,
        [spent["provider"]],
    )
    hidden = place["hospital"].get(f"/v1/providers/{provider}/view")
    absent = place["hospital"].get(f"/v1/providers/{new_id()}/view")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["detail"] == absent.json()["detail"]


@pytest.mark.row("S3-B02")
def test_the_roll_up_of_one_partnership_is_that_partnership(place, pcc):
    body = place.organisation["ccg"]
    view = place["ccg"].read(f"/v1/systems/{body}/roll-up", **YEAR, mode="strict")
    position = place["ccg"].read("/v1/positions", partnership_id=place.partnership, **YEAR)
    (only,) = view["partnerships"]
    assert only["fund"] == {
        name: shown_of(only["fund"][name], position["totals"][name]) for name in only["fund"]
    }
    whole = view["funds"]["whole"]
    assert whole["actual"] == position["totals"]["whole"]["actual"]
    partners = {
        each["organisation_id"]: each["fund"]["budget_adjusted"]["known_pence"] for each in view["by_partner"]
    }
    assert partners == {place.organisation["council"]: 100_00, body: 240_00}
    assert view["contracts_annual"]["known_pence"] == 5_700
    assert pcc.get(f"/v1/systems/{body}/roll-up").status_code == 404


def test_as_recorded_at_an_instant_a_view_never_changes(place, spent):
    council = place["council"]
    instant = council.items("/v1/journals", partnership_id=place.partnership)[-1]["recorded_at"]
    for view, query in (("whole-place", YEARS), ("balance-of-spend", YEARS)):
        asked = {**query, "as_recorded": instant, "mode": "strict"}
        before = council.read(address(place, view), **asked)
        post(council, spent["cost"], spent["fund"], 1_00, {})
        after = council.read(address(place, view), **asked)
        assert {**after, "sources": None} == {**before, "sources": None}
    early = council.get(
        address(place, "whole-place"), params={**YEARS, "as_recorded": "2199-01-01T00:00:00Z"}
    )
    assert (early.status_code, early.json()["code"]) == (409, "source_not_settled")
