"""The money of a place over years as a view: each role's sight, gaps named, safe as a table, and as on record when."""

import csv
import io
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.gateway.pictures import figures
from tests.gateway.roles import EVERY_SCOPE, settle, sources, withheld
from tests.gateway.stand_in import answering

VIEWS = ("whole-place", "balance-of-spend")
THREE = {"from_year": "2014-15", "to_year": "2016-17"}
OUT = answering({"code": "service_unavailable", "status": 503}, status=503)
NOT_FOUND = answering({"code": "not_found", "status": 404}, status=404)


@pytest.fixture(scope="module")
async def roles(operator):
    return await settle(operator)


def share(year, complex_care, direction="unknown", complete=True):
    percent = {"wellness": "20.0", "community_intervention": "20.0", "complex_bed_based": complex_care}
    spend = {"known_pence": 100_01, "complete": complete, "missing_contributors": []}
    if not complete:
        spend["missing_contributors"], percent = ["wellness"], dict.fromkeys(percent)
    return {"financial_year": year, "spend": spend, "percent": percent, "direction": direction}


def total(pence, complete=True):
    return {"known_pence": pence, "complete": complete, "missing_contributors": []}


def year_of_place(label, pence=100_01, category="wellness"):
    of = figures(total(pence))
    return {
        "financial_year": label, "as_at": f"20{label[-2:]}-03-31", "complete": True,
        "totals": dict.fromkeys(("pooled", "aligned", "shadow", "whole"), of),
        "by_category": [{"category": category, "figures": of}],
        "by_partner": [{"organisation_id": str(uuid.uuid4()), "figures": of}],
        "by_category_and_partner": [{"category": category, "organisation_id": str(uuid.uuid4()), "figures": of}],
        "lines": [{"name": "a line of the other partner"}],
    }  # fmt: skip


def answer(view, **changes):
    of = {"complete": True, "missing_contributors": [], "withheld_contributors": []}
    balance = [share("2014/15", "60.0"), share("2015/16", "50.0", "towards_community")]
    if view == "whole-place":
        years = [year_of_place("2014/15"), year_of_place("2015/16")]
        return answering({**of, "years": years, "balance": balance, **changes})
    return answering({**of, "years": balance, **changes})


@pytest.fixture
def budget(behind):
    return behind["budget"]


@pytest.mark.row("S5-B09")
async def test_all_money_of_the_place_is_seen_whoever_spends_it(roles, budget):
    budget.does(answer("whole-place"))
    told = (await roles.look("whole-place", **THREE)).json()
    assert (told["complete"], told["seen_as"]) == (True, ["commissioner", "host"])
    assert sources(told) == {"budget": ("ok", None)}
    assert told["sources"][0]["as_at"]
    assert [each["totals"]["whole"]["actual"]["known_pence"] for each in told["years"]] == [100_01, 100_01]
    assert all(each["by_partner"] and each["by_category"] for each in told["years"])
    assert "a line of the other partner" not in str(told)
    asked = parse_qs(urlsplit(budget.heard[0].target).query)
    assert {name: asked[name] for name in ("from_year", "to_year", "as_at")} == {
        "from_year": ["2014-15"], "to_year": ["2016-17"], "as_at": ["2017-03-31"],
    }  # fmt: skip
    assert len(budget.heard) == 1


@pytest.mark.row("S1-B18")
@pytest.mark.parametrize("basis", ["actual", "budget"])
async def test_the_balance_says_which_way_spend_moves(roles, budget, basis):
    budget.does(answer("balance-of-spend"))
    told = (await roles.look("balance-of-spend", **THREE, basis=basis)).json()
    assert (told["complete"], told["basis"]) == (True, basis)
    assert [each["percent"]["complex_bed_based"] for each in told["years"]] == ["60.0", "50.0"]
    assert [each["direction"] for each in told["years"]] == ["unknown", "towards_community"]
    assert f"basis={basis}" in budget.heard[0].target


async def test_a_year_that_is_not_known_leaves_the_balance_incomplete(roles, budget):
    budget.does(answer("balance-of-spend", years=[share("2014/15", None, complete=False)]))
    told = (await roles.look("balance-of-spend", **THREE)).json()
    assert told["complete"] is False
    assert set(told["years"][0]["percent"].values()) == {None}
    table = (await roles.look("balance-of-spend", table=True, **THREE)).text
    assert "0.00" not in table
    assert "100.01" not in table  # the known part is not told as the whole
    assert "Not complete" in table


@pytest.mark.parametrize("view", VIEWS)
async def test_who_withholds_figures_is_named_and_lines_alone_leave_it_whole(roles, budget, view):
    ccg = roles.bodies["ccg"]
    for because, complete in (("shadow_consent_missing", False), ("sharing_agreement_missing", True)):
        gap = [{"organisation_id": ccg, "because": because}]
        budget.does(answer(view, withheld_contributors=gap, complete=complete))
        told = (await roles.look(view, **THREE)).json()
        assert withheld(told) == {("budget", ccg, because)}
        assert told["complete"] is complete
        assert ccg in (await roles.look(view, table=True, **THREE)).text


@pytest.mark.parametrize(
    ("view", "name", "because"),
    [
        *((view, name, "not_for_role") for view in VIEWS for name in ("kernow", "trust")),
        ("balance-of-spend", "board", "not_for_role"),
        *((view, "auditor", "not_in_audit") for view in VIEWS),
    ],
)
async def test_money_is_not_for_every_role_and_whose_it_is_is_named(roles, budget, view, name, because):
    budget.does(answer(view))
    told = (await roles.look(view, name, **THREE)).json()
    assert sources(told) == {"budget": ("withheld", because)}
    assert (told["years"], told["complete"]) == (None, False)
    assert withheld(told) == {("budget", roles.bodies[each], because) for each in ("council", "ccg")}
    assert not budget.heard


async def test_an_observer_and_the_auditor_of_the_year_are_asked_for(roles, budget):
    budget.does(answer("whole-place"))
    for name in ("board", "auditor"):
        told = (await roles.look("whole-place", name, from_year="2014-15", to_year="2014-15")).json()
        assert sources(told) == {"budget": ("ok", None)}
    assert len(budget.heard) == 2


@pytest.mark.parametrize("view", VIEWS)
async def test_strangers_and_units_find_no_view(roles, budget, view):
    budget.does(answer(view))
    # A unit holds no role of its body's, so that no record could be open to it.
    for name, status in (("stranger", 404), ("unit", 403)):
        foreign = await roles.look(view, name, **THREE)
        absent = await roles.look(view, name, place=str(uuid.uuid4()), **THREE)
        assert (foreign.status_code, absent.status_code) == (status, status)
        assert foreign.json()["detail"] == absent.json()["detail"]
    assert not budget.heard


@pytest.mark.parametrize("view", VIEWS)
async def test_while_the_budget_is_out_nothing_is_nought_and_strict_refuses(roles, budget, view):
    budget.does(OUT)
    told = (await roles.look(view, **THREE)).json()
    assert sources(told) == {"budget": ("unavailable", None)}
    assert (told["years"], told["complete"], told["withheld_contributors"]) == (None, False, [])
    strict = await roles.look(view, mode="strict", **THREE)
    assert (strict.status_code, strict.json()["sources"]) == (503, ["budget"])
    budget.does(NOT_FOUND)
    told = (await roles.look(view, mode="strict", **THREE)).json()
    assert sources(told) == {"budget": ("withheld", "not_shown")}
    assert withheld(told) == {("budget", roles.bodies["ccg"], "not_shown")}


@pytest.mark.parametrize("view", VIEWS)
async def test_an_instant_that_is_not_over_is_refused_and_one_of_the_past_is_passed_on(roles, budget, view):
    budget.does(answer(view))
    told = (await roles.look(view, **THREE, as_recorded="2016-05-01T09:00:00Z")).json()
    assert told["as_recorded"] == "2016-05-01T09:00:00Z"
    assert parse_qs(urlsplit(budget.heard[0].target).query)["as_recorded"] == ["2016-05-01T09:00:00+00:00"]
    early = {"code": "as_recorded_not_settled", "status": 409}
    budget.does(answering(early, status=409))
    for mode in ("partial", "strict"):
        refused = await roles.look(view, **THREE, as_recorded="2016-05-01T09:00:00Z", mode=mode)
        assert (refused.status_code, refused.json()["code"]) == (409, "source_not_settled")
        assert refused.json()["sources"] == ["budget"]
    budget.does(answering({"code": "another_conflict", "status": 409}, status=409))
    told = (await roles.look(view, **THREE)).json()
    assert sources(told) == {"budget": ("unavailable", None)}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"from_year": "2016-17", "to_year": "2014-15"}, "?to_year", "view_years"),
        ({"from_year": "2004-05", "to_year": "2014-15"}, "?to_year", "view_years"),
        ({"from_year": "2014-16", "to_year": "2016-17"}, "?from_year", "financial_year_unreadable"),
        ({"to_year": "2014/15"}, "?to_year", "string_pattern_mismatch"),
        ({**THREE, "as_at": "2016-03-31"}, "?as_at", "view_outside_year"),
        ({"as_at": "1940-06-01"}, "?as_at", "view_outside_year"),
        ({**THREE, "as_recorded": "2016-05-01"}, "?as_recorded", "value_error"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(roles, view, query, pointer, code):
    refused = await roles.look(view, **query)
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


async def test_scopes_of_the_view_and_of_the_money_are_both_needed(roles):
    for missing in ("aggregate:read", "budget:read"):
        visit = await roles.visit("council", tuple(each for each in EVERY_SCOPE if each != missing))
        refused = await visit.get(f"/v1/partnerships/{roles.partnership}/whole-place")
        assert (refused.status_code, refused.json()["scope"]) == (403, missing)


async def test_as_a_table_it_is_in_pounds_and_starts_no_formula(roles, budget):
    formula = '=HYPERLINK("http://evil.example")'
    budget.does(answer("whole-place", years=[year_of_place("2014/15", 1_234_56, category=formula)]))
    answered = await roles.look("whole-place", table=True, **THREE)
    assert answered.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answered.text)))
    whole = next(each for each in rows if each["Arrangement"] == "whole")
    assert (whole["Budget (£)"], whole["Variance (£)"], whole["Complete"]) == ("1234.56", "", "yes")
    cells = {each["Category"] for each in rows if each["Row"] in {"category", "category and partner"}}
    assert cells == {f"'{formula}"}
    shares = [each["Share of spend (%)"] for each in rows if each["Category"] == "complex_bed_based"]
    assert shares == ["60.0", "50.0"]


async def test_the_years_before_the_first_that_is_known_are_not_asked_for(roles, budget):
    budget.does(answer("whole-place"))
    assert (await roles.look("whole-place", to_year="1948-49", mode="strict")).status_code == 200
    asked = parse_qs(urlsplit(budget.heard[0].target).query)
    assert (asked["from_year"], asked["to_year"]) == (["1948-49"], ["1948-49"])
