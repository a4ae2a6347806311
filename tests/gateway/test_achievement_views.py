"""Scorecard and outcomes for money as views: three services joined by contract, each role's sight, gaps named."""

import csv
import io
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.gateway.achievements import activity, card, contract, figure, line, listing, spending, spent
from tests.gateway.roles import EVERY_SCOPE, settle, sources, withheld
from tests.gateway.stand_in import answering

VIEWS = ("scorecard", "outcomes-for-money")
OUT = answering({"code": "service_unavailable", "status": 503}, status=503)
BEDS, ADVOCACY, UNKNOWN = (str(uuid.uuid4()) for _ in range(3))
FORMULA = "=cmd|' /C calc'!A0"
YEAR = {"financial_year": "2014-15"}


def when(view):
    return YEAR if view == "outcomes-for-money" else {"as_at": "2015-03-31"}


@pytest.fixture(scope="module")
async def roles(operator):
    return await settle(operator)


@pytest.fixture
def all_well(behind, roles):
    council, ccg = roles.bodies["council"], roles.bodies["ccg"]
    behind["budget"].does(answering(spending(spent(BEDS, 1_000_01), spent(ADVOCACY, 50_00), without=7_00)))
    behind["contracts"].does(
        listing(contract(BEDS, council), contract(ADVOCACY, ccg, "PCC-2", service="Advocacy"))
    )
    behind["outcomes"].does(answering(card(line(BEDS), activity(BEDS), line(None, rating="green"))))
    return behind


def by_contract(told):
    return {each["contract_id"]: each for each in told["contracts"]}


@pytest.mark.row("S1-O07")
async def test_spend_unit_cost_and_outcome_stand_side_by_side(roles, all_well):
    told = (await roles.look("outcomes-for-money", **YEAR)).json()
    assert sources(told) == dict.fromkeys(("budget", "contracts", "outcomes"), ("ok", None))
    assert (told["complete"], told["as_at"]) == (True, "2015-03-31")
    beds = by_contract(told)[BEDS]
    assert (beds["reference"], beds["spend_pence"], beds["spend_whole"]) == ("PCC-1", 1_000_01, True)
    assert [(each["code"], each["rating"]) for each in beds["outcomes"]] == [
        ("stay", "red"), ("bed-days", "unrated"),
    ]  # fmt: skip
    (cost,) = beds["unit_costs"]
    assert (cost["pounds"], cost["because"], cost["reported"]) == ("4.00", None, False)  # 1,000.01 by 250
    assert [len(each.heard) for each in all_well.values()] == [1, 1, 1]
    asked = parse_qs(urlsplit(all_well["budget"].heard[0].target).query)
    assert (asked["financial_year"], asked["as_at"]) == (["2014-15"], ["2015-03-31"])


@pytest.mark.row("S1-O07", "S4-C03")
async def test_every_pound_is_with_a_contract_or_with_none(roles, all_well):
    told = (await roles.look("outcomes-for-money", **YEAR)).json()
    spent_for = sum(each["spend_pence"] for each in told["contracts"])
    assert spent_for + told["without_contract_pence"] == told["seen_pence"] == 1_057_01
    assert {each["service"]: each["spend_pence"] for each in told["services"]} == {
        "Community beds": 1_000_01, "Advocacy": 50_00,
    }  # fmt: skip
    assert told["outcomes_without_contract"] == 1
    advocacy = by_contract(told)[ADVOCACY]
    assert (advocacy["outcomes"], advocacy["unit_costs"]) == ([], [])


@pytest.mark.parametrize(
    ("lines", "pounds", "because"),
    [
        ([activity(BEDS, "3")], "333.34", None),
        ([activity(BEDS, "250", "2014Q2")], None, "activity_of_another_period"),
        ([activity(BEDS, "250", "201404")], None, "activity_of_another_period"),
        ([activity(BEDS, None)], None, "activity_not_known"),
        ([activity(BEDS, latest=None)], None, "activity_not_known"),
        ([activity(BEDS, "0")], None, "activity_nil"),
        ([activity(BEDS, dimensions={**activity(BEDS)["dimensions"], "area": "E08000002"})], None, "activity_in_parts"),
        ([activity(BEDS, indicator_id=BEDS), activity(BEDS, indicator_id=BEDS)], None, "activity_in_parts"),
        ([activity(BEDS, value_type="unit_cost", axis="cost_effectiveness", latest=figure("88.40"))], "88.40", None),
        ([activity(BEDS, value_type="unit_cost", latest=None)], None, "activity_not_known"),
    ],
)  # fmt: skip
async def test_a_unit_cost_is_told_only_where_it_is_one(roles, all_well, lines, pounds, because):
    all_well["outcomes"].does(answering(card(*lines)))
    told = (await roles.look("outcomes-for-money", **YEAR)).json()
    costs = by_contract(told)[BEDS]["unit_costs"]
    assert {(each["pounds"], each["because"]) for each in costs} == {(pounds, because)}


async def test_what_a_partner_may_have_spent_unseen_makes_no_unit_cost_and_no_nought(roles, all_well):
    ccg = roles.bodies["ccg"]
    gap = [{"organisation_id": ccg, "because": "aligned_lines_closed"}]
    all_well["budget"].does(
        answering(spending(spent(BEDS, 1_000_01), withheld_contributors=gap, complete=False))
    )
    told = (await roles.look("outcomes-for-money", **YEAR)).json()
    assert withheld(told) == {("budget", ccg, "aligned_lines_closed")}
    assert told["complete"] is False
    beds, advocacy = by_contract(told)[BEDS], by_contract(told)[ADVOCACY]
    assert (beds["spend_pence"], beds["spend_whole"]) == (1_000_01, False)
    assert (beds["unit_costs"][0]["pounds"], beds["unit_costs"][0]["because"]) == (None, "spend_not_whole")
    assert (advocacy["spend_pence"], advocacy["spend_whole"]) == (None, False)
    assert [each["spend_whole"] for each in told["services"]] == [False, False]


async def test_money_for_a_contract_that_is_not_in_the_register_is_shown(roles, all_well):
    all_well["budget"].does(answering(spending(spent(UNKNOWN, 3_00))))
    told = (await roles.look("outcomes-for-money", **YEAR)).json()
    stray = by_contract(told)[UNKNOWN]
    assert (stray["reference"], stray["spend_pence"], stray["outcomes"]) == (None, 3_00, [])
    assert told["complete"] is False
    assert by_contract(told)[BEDS]["spend_pence"] == 0  # all spending is seen, and is for another


@pytest.mark.parametrize(("without", "known"), [(0, (0, True)), (1, (None, False)), (7_00, (None, False))])
async def test_what_is_of_no_contract_may_have_been_for_one_that_is_not_named(
    roles, all_well, without, known
):
    all_well["budget"].does(answering(spending(spent(BEDS, 1_000_01), without=without)))
    told = (await roles.look("outcomes-for-money", **YEAR)).json()
    advocacy = by_contract(told)[ADVOCACY]
    assert (advocacy["spend_pence"], advocacy["spend_whole"]) == known
    assert told["complete"] is (without == 0)
    assert by_contract(told)[BEDS]["spend_pence"] == 1_000_01
    services = {each["service"]: (each["spend_pence"], each["spend_whole"]) for each in told["services"]}
    assert services["Advocacy"] == known


async def test_whose_figures_are_not_known_is_named(roles, all_well):
    council, ccg, trust = (roles.bodies[each] for each in ("council", "ccg", "trust"))
    unknown = [{"organisation_id": ccg, "figures": ["budget", "actual"]}]
    all_well["budget"].does(answering(spending(spent(BEDS, 1), missing_contributors=unknown)))
    tbc = {"amount_pence": None, "status": "tbc"}
    all_well["contracts"].does(listing(contract(BEDS, council, value=tbc)))
    all_well["outcomes"].does(answering(card(complete=False, missing_contributors=[trust])))
    told = (await roles.look("outcomes-for-money", **YEAR)).json()
    missing = {each["organisation_id"]: each["figures"] for each in told["missing_contributors"]}
    assert missing == {ccg: ["actual"], council: ["contract_value"], trust: ["outcome"]}
    assert by_contract(told)[BEDS]["value"] == tbc


async def test_a_register_longer_than_is_read_is_not_complete(roles, all_well):
    all_well["contracts"].does(listing(contract(BEDS, roles.bodies["council"]), more=11))
    told = (await roles.look("outcomes-for-money", **YEAR)).json()
    assert told["complete"] is False


@pytest.mark.row("S1-O07")
async def test_the_scorecard_counts_every_provider_s_lines(roles, all_well):
    trust = roles.bodies["trust"]
    lines = (
        line(BEDS, domain="1"),
        line(BEDS, rating="green", provider_organisation_id=trust),
        activity(BEDS),
    )
    all_well["outcomes"].does(answering(card(*lines)))
    framework = str(uuid.uuid4())
    told = (await roles.look("scorecard", framework_id=framework, **when("scorecard"))).json()
    counts = {"red": 1, "amber": 0, "green": 1, "unrated": 1}
    assert told["ratings"] == counts
    for name in ("by_axis", "by_domain", "by_provider"):
        assert {colour: sum(each[colour] for each in told[name]) for colour in counts} == counts
    assert [each["of"] for each in told["by_axis"]] == ["activity", "outcome"]
    assert [each["of"] for each in told["by_domain"]] == ["1", None]
    assert [each["of"] for each in told["by_provider"]] == [trust, None]
    asked = parse_qs(urlsplit(all_well["outcomes"].heard[0].target).query)
    assert (asked["framework_id"], asked["as_at"]) == ([framework], ["2015-03-31"])
    assert not all_well["budget"].heard


@pytest.mark.parametrize("name", ["kernow", "trust", "board"])
async def test_who_is_no_partner_sees_no_spend(roles, all_well, name):
    told = (await roles.look("outcomes-for-money", name, **YEAR)).json()
    assert sources(told)["budget"] == ("withheld", "not_for_role")
    assert not all_well["budget"].heard
    assert (told["seen_pence"], told["without_contract_pence"], told["complete"]) == (None, None, False)
    assert {each["spend_pence"] for each in told["contracts"]} == {None}
    assert withheld(told) >= {("budget", roles.bodies[each], "not_for_role") for each in ("council", "ccg")}
    assert by_contract(told)[BEDS]["unit_costs"][0]["pounds"] is None


@pytest.mark.parametrize("view", VIEWS)
async def test_an_auditor_is_told_whom_its_appointment_leaves_out(roles, all_well, view):
    told = (await roles.look(view, "auditor", **when(view))).json()
    assert ("outcomes", roles.bodies["ccg"], "not_in_audit") in withheld(told)
    assert told["complete"] is False
    later = {"financial_year": "2015-16"} if view == "outcomes-for-money" else {"as_at": "2016-03-31"}
    for each in all_well.values():
        each.heard.clear()
    told = (await roles.look(view, "auditor", **later)).json()
    assert set(sources(told).values()) == {("withheld", "not_in_audit")}
    assert all(not each.heard for each in all_well.values())


@pytest.mark.parametrize("view", VIEWS)
async def test_strangers_and_units_find_no_view(roles, all_well, view):
    for name, status in (("stranger", 404), ("unit", 403)):
        foreign = await roles.look(view, name, **when(view))
        absent = await roles.look(view, name, place=str(uuid.uuid4()), **when(view))
        assert (foreign.status_code, absent.status_code) == (status, status)
        assert foreign.json()["detail"] == absent.json()["detail"]
    assert all(not each.heard for each in all_well.values())


@pytest.mark.parametrize(
    ("view", "service"),
    [
        ("scorecard", "outcomes"),
        *(("outcomes-for-money", each) for each in ("budget", "contracts", "outcomes")),
    ],
)
async def test_while_a_service_is_out_the_rest_is_shown_and_strict_refuses(roles, all_well, view, service):
    all_well[service].does(OUT)
    told = (await roles.look(view, **when(view))).json()
    assert sources(told)[service] == ("unavailable", None)
    assert told["complete"] is False
    if view == "scorecard":
        assert {told[name] for name in ("ratings", "lines", "by_axis", "by_provider")} == {None}
    else:
        beds = by_contract(told)[BEDS]
        shown = {
            "budget": beds["spend_pence"], "contracts": beds["reference"], "outcomes": beds["outcomes"],
        }  # fmt: skip
        assert [name for name, value in shown.items() if value is None] == [service]
        assert told["without_contract_pence"] == (None if service == "budget" else 7_00)
    strict = await roles.look(view, mode="strict", **when(view))
    assert (strict.status_code, strict.json()["sources"]) == (503, [service])


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("code", ["scorecard_not_settled", "as_recorded_not_settled"])
async def test_an_instant_that_is_not_over_is_refused(roles, all_well, view, code):
    instant = "2015-05-01T09:00:00Z"
    told = await roles.look(view, as_recorded=instant, **when(view))
    assert told.json()["as_recorded"] == instant
    assert "as_recorded=2015-05-01T09" in all_well["outcomes"].heard[0].target
    all_well["outcomes"].does(answering({"code": code, "status": 409}, status=409))
    refused = await roles.look(view, as_recorded=instant, **when(view))
    assert (refused.status_code, refused.json()["code"]) == (409, "source_not_settled")


@pytest.mark.parametrize("view", VIEWS)
async def test_as_a_table_no_text_starts_a_formula_and_nothing_unknown_is_nought(roles, all_well, view):
    all_well["outcomes"].does(answering(card(line(BEDS, title=FORMULA, latest=None))))
    all_well["contracts"].does(
        listing(contract(BEDS, roles.bodies["council"], title=FORMULA, service="+1", reference="@SUM(A1)"))
    )
    all_well["budget"].does(OUT)
    answered = await roles.look(view, table=True, **when(view))
    assert answered.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answered.text)))
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@-\t\r" and cell]
    assert any(cell == f"'{FORMULA}" for row in rows for cell in row)
    assert len({len(row) for row in rows[:-1]}) == 1
    named = [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if len(row) == len(rows[0])]
    assert {each["Value"] for each in named if each["Indicator"] == "stay"} == {""}
    if view == "outcomes-for-money":
        assert {each["Spend (£)"] for each in named if each["Row"] == "contract"} == {""}
        assert rows[-1][0].startswith("Not complete")


@pytest.mark.parametrize("view", VIEWS)
async def test_every_scope_of_what_is_shown_is_needed(roles, view):
    needed = {
        "scorecard": {"outcome:read"},
        "outcomes-for-money": {"budget:read", "contract:read", "outcome:read"},
    }
    for missing in {"aggregate:read", *needed[view]}:
        visit = await roles.visit("council", tuple(each for each in EVERY_SCOPE if each != missing))
        refused = await visit.get(f"/v1/partnerships/{roles.partnership}/{view}", params=when(view))
        assert (refused.status_code, refused.json()["scope"]) == (403, missing)
