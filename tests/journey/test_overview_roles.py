"""The one view as each role of a partnership has it, on real figures: as section 2 of the domain gives it."""

import pytest

from tests.journey.watched import watched

PARTS = ("fund", "contracts", "scorecard")


@pytest.fixture(scope="module")
def place(system, document, operator):
    made = watched(system.url, document, operator)
    yield made
    for each in made.party.values():
        each.close()


@pytest.fixture(scope="module")
def look(place):
    """`look("provider")`: the view of 2015/16 as that party has it, strict, since nothing is out."""

    def looking(key, year="2015-16"):
        query = {"financial_year": year, "mode": "strict"}
        return place[key].read(f"/v1/partnerships/{place.partnership}/overview", **query)

    return looking


def statuses(view):
    return {each["service"]: (each["status"], each["because"]) for each in view["sources"]}


def budget(view):
    return view["totals"]["budget"] and view["totals"]["budget"]["known_pence"]


def values(view):
    """The lines of the scorecard that have a figure, or a reason for having none."""
    return {
        each["code"]: (each["value"], each["status"])
        for each in view["scorecard"]["lines"]
        if each["status"] is not None
    }


def withheld(place, view):
    """Whose figures are left out of which source, by the parties' names."""
    names = {organisation: key for key, organisation in place.organisation.items()}
    return {
        (each["service"], names[each["organisation_id"]], each["because"])
        for each in view["withheld_contributors"]
    }


OK = ("ok", None)
ALL = {"budget": OK, "contracts": OK, "outcomes": OK}
COMMUNITY = {"people": ("3", "actual"), "stay": ("12.5", "actual")}


@pytest.mark.parametrize("key", ["council", "ccg"])
def test_commissioners_see_all_of_it(place, look, key):
    view = look(key)
    assert statuses(view) == ALL
    assert budget(view) == 340_00
    assert view["totals"]["contracted_a_year_pence"] == 5_700
    assert view["totals"]["not_under_contract_pence"] == 340_00 - 5_700
    assert values(view) == {**COMMUNITY, "wait": ("7", "actual")}
    assert withheld(place, view) == set()


def test_an_observer_sees_totals_published_contracts_and_no_small_number(place, look):
    view = look("scrutiny")
    assert (view["seen_as"], statuses(view)) == (["observer"], ALL)
    assert budget(view) == 340_00
    behind = ("by_category", "by_partner", "by_category_and_partner")
    assert {name: view["fund"][name] for name in behind} == {name: [] for name in behind}
    assert (view["contracts"]["contracts"], view["contracts"]["without_indicator"]) == (2, None)
    assert view["contracts"]["by_state"] == [{"state": "active", "contracts": 2}]
    assert values(view) == {**COMMUNITY, "people": (None, "suppressed"), "wait": ("7", "actual")}
    assert withheld(place, view) == set()


@pytest.mark.parametrize(
    ("key", "a_year", "lines"),
    [
        ("associate", 5_000, COMMUNITY),
        ("provider", 5_000, COMMUNITY),
        ("hospital", 700, {"wait": ("7", "actual")}),
    ],
)
def test_associates_and_providers_see_their_contracts_and_no_fund(place, look, key, a_year, lines):
    view = look(key)
    assert statuses(view) == {**ALL, "budget": ("withheld", "not_for_role")}
    assert (view["fund"], view["complete"], budget(view)) == (None, False, None)
    assert withheld(place, view) == {("budget", each, "not_for_role") for each in ("council", "ccg")}
    assert view["contracts"]["contracts"] == 1
    assert view["totals"]["contracted_a_year_pence"] == a_year
    assert view["totals"]["not_under_contract_pence"] is None
    assert values(view) == lines
    assert {each["code"] for each in view["scorecard"]["lines"]} == set(lines)


def test_an_auditor_sees_the_body_that_it_audits(place, look):
    view = look("auditor")
    assert (view["seen_as"], statuses(view)) == (["auditor"], ALL)
    assert budget(view) == 300_00  # what is pooled is the council's as well; the CCG's own is not
    assert view["contracts"]["contracts"] == 1
    assert view["totals"]["contracted_a_year_pence"] == 5_000
    assert view["totals"]["not_under_contract_pence"] is None
    assert values(view) == COMMUNITY
    assert withheld(place, view) == {
        ("budget", "ccg", "not_in_audit"),
        *((service, key, "not_in_audit") for service in ("contracts", "outcomes") for key in ("ccg", "associate")),
    }  # fmt: skip


@pytest.mark.parametrize("year", ["2014-15", "2016-17"])
def test_outside_its_years_an_auditor_is_told_that_all_is_withheld(place, look, year):
    view = look("auditor", year)
    assert statuses(view) == dict.fromkeys(ALL, ("withheld", "not_in_audit"))
    assert {view[part] for part in PARTS} == {None}
    assert set(view["totals"].values()) == {None}
    assert ("budget", "council", "not_in_audit") in withheld(place, view)


def test_what_is_withheld_in_the_view_is_withheld_at_the_doors(place):
    """The fund of an associate or provider, and what an auditor was not appointed to."""
    here = {"partnership_id": place.partnership}
    for key in ("associate", "provider"):
        refused = place[key].get("/v1/positions", params={**here, "financial_year": "2015-16"})
        assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
    auditor = place["auditor"]
    for path, query in (
        ("/v1/positions", {"financial_year": "2016-17"}),
        ("/v1/contract-summaries", {"as_at": "2016-04-01"}),
    ):
        assert auditor.get(path, params={**here, **query}).status_code == 404


def test_a_party_of_another_partnership_finds_no_view(place, pcc, pch):
    address = f"/v1/partnerships/{place.partnership}/overview"
    for party in (pcc, pch):
        answer = party.get(address, params={"financial_year": "2015-16"})
        assert answer.status_code in {403, 404}
