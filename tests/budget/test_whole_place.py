"""The report on a whole place through the door: everything together, one's own in full, and the direction of spend."""

import csv
import io
import uuid

import pytest

from tests.budget.place import Place, code_of, made
from tests.budget.reporting import strangers
from tests.budget.years import real_year, shadow_year

NOBODY = ("foreign commissioner", "provider", "associate", "auditor of another year")


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def ask(client, place, first="2015-16", last="2015-16", headers=None, **asked):
    params = {"partnership_id": str(place.partnership), "from_year": first, "to_year": last, **asked}
    return await client.get("/v1/reports/whole-place", params=params, headers=headers or {})


@pytest.mark.row("S5-B09", "S5-B01")
async def test_the_whole_is_pooled_and_aligned_and_shadow_together(place):
    _, lines, _ = await real_year(place)
    whole = made(await ask(place.pcc, place))
    (year,) = whole["years"]
    totals = {name: each["actual"]["known_pence"] for name, each in year["totals"].items()}
    assert totals == {"pooled": 135_00, "aligned": 8_00, "shadow": None, "whole": 143_00}
    assert year["totals"]["whole"]["budget_adjusted"]["known_pence"] == 1_577_00
    # Own aligned in full; the other's as totals by category.
    shown = {each["line_id"] for each in year["lines"]}
    assert shown == {str(lines["pcc"]), str(lines["ccg"]), str(lines["pcc aligned"])}
    theirs = {
        each["category"]: each["figures"]["actual"]["known_pence"]
        for each in year["by_category_and_partner"]
        if each["organisation_id"] == str(place.nhs)
    }
    assert theirs == {"wellness": 45_00 + 3_00, "complex_bed_based": 1_00}
    mirrored = made(await ask(place.ccg, place))["years"][0]
    assert mirrored["totals"] == year["totals"]
    assert str(lines["pcc aligned"]) not in {each["line_id"] for each in mirrored["lines"]}


async def a_line_spent(place, category, year, pence):
    line = await place.line(place.pcc, None, "aligned", category=category, financial_year=year, pence=pence)
    await place.spend(place.pcc, line, pence, arrangement="aligned", effective_date=f"{year[:4]}-06-01")


@pytest.mark.row("S1-B18", "S5-B09")
async def test_the_balance_of_spend_moves_towards_community_and_wellness(place):
    for year, complex_care in (("2014/15", 60_00), ("2015/16", 50_00)):
        await a_line_spent(place, "wellness", year, 20_00)
        await a_line_spent(place, "community_intervention", year, 80_00 - complex_care)
        await a_line_spent(place, "complex_bed_based", year, complex_care)
    whole = made(await ask(place.pcc, place, "2014-15", "2015-16"))
    assert [each["percent"]["complex_bed_based"] for each in whole["balance"]] == ["60.0", "50.0"]
    assert [each["direction"] for each in whole["balance"]] == ["unknown", "towards_community"]
    assert whole["complete"] is True
    answer = await ask(place.pcc, place, "2014-15", "2015-16", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    shares = [
        (each["Financial year"], each["Share of spend (%)"], each["Direction"])
        for each in rows
        if each["Row"] == "balance" and each["Category"] == "complex_bed_based"
    ]
    assert shares == [("2014/15", "60.0", "unknown"), ("2015/16", "50.0", "towards_community")]
    whole_row = next(each for each in rows if each["Arrangement"] == "whole")
    assert (whole_row["Actual (£)"], whole_row["Complete"]) == ("100.00", "yes")


async def test_shadow_is_in_the_whole_and_an_unknown_year_leaves_it_incomplete(place):
    await shadow_year(place)
    whole = made(await ask(place.pcc, place, "2014-15", "2014-15"))
    (year,) = whole["years"]
    assert year["totals"]["pooled"]["actual"]["known_pence"] is None
    assert year["totals"]["shadow"]["actual"]["known_pence"] == 1_000_00
    assert (whole["complete"], year["complete"]) == (False, False)
    assert [each["organisation_id"] for each in whole["missing_contributors"]] == [str(place.nhs)]
    assert whole["balance"][0]["percent"]["wellness"] is None


async def test_a_day_is_of_the_last_year(place):
    await real_year(place)
    early = made(await ask(place.pcc, place, "2014-15", "2015-16", as_at="2015-04-30"))
    assert [each["as_at"] for each in early["years"]] == ["2015-03-31", "2015-04-30"]
    assert early["years"][1]["totals"]["pooled"]["actual"]["known_pence"] == 90_00
    for first, last, more, code in (
        ("2015-16", "2014-15", {}, "balance_of_spend_years"),
        ("2005-06", "2015-16", {}, "balance_of_spend_years"),
        ("2015-16", "2015-16", {"as_at": "2014-04-30"}, "as_at_outside_year"),
        ("2015-17", "2015-16", {}, "financial_year_unreadable"),
    ):
        answer = await ask(place.pcc, place, first, last, **more)
        assert answer.status_code == 422
        assert code_of(answer) == code


async def test_observers_see_totals_and_others_nothing(place):
    await real_year(place)
    clients = await strangers(place)
    seen = made(await ask(clients["observer"], place))
    assert seen["years"][0]["lines"] == []
    assert seen["years"][0]["totals"]["pooled"]["actual"]["known_pence"] == 135_00
    for name in NOBODY:
        hidden = (await ask(clients[name], place)).json()
        absent = (await ask(clients[name], Place())).json()
        for each in (hidden, absent):
            del each["request_id"], each["instance"]
        assert (hidden, hidden["status"]) == (absent, 404), name
    auditor = await place.auditor(years=("2015/16",), bodies=(place.nhs,))
    lines = made(await ask(auditor, place))["years"][0]["lines"]
    assert {each["owner_organisation_id"] for each in lines if each["arrangement"] == "aligned"} == {
        str(place.nhs)
    }
    assert uuid.UUID(lines[0]["line_id"])
