"""Cohorts, fifths of deprivation, unit costs and confidence intervals, through the doors."""

import uuid

import pytest

from tests.outcomes.plymouth import accepted, put
from tests.outcomes.test_places import council, new, read

__all__ = ["council"]


@pytest.mark.row("S4-O06", "S5-O05")
async def test_a_risk_profile_is_of_a_group_and_never_of_a_person(clients, plymouth, council):
    whole = (await new(council, plymouth, "count", counts_people=True))["id"]
    groups = {}
    for cohort in ("Very high risk", "Rising risk"):
        of = {"breakdown_of_indicator_id": whole, "dimensions": {"cohort": cohort}, "counts_people": True}
        groups[cohort] = (await new(council, plymouth, "count", **of))["id"]
    nameless = plymouth.indicator(uuid.uuid4().hex[:8], "count", dimensions={"cohort": "Very high risk"})
    assert (await put(council, "indicators", nameless, 422))["code"] == "cohort_uncounted"
    owed = await put(council, "obligations", plymouth.obligation(whole, *groups.values()))
    high, rising = groups.values()
    values = {whole: {"value": "61"}, high: {"value": "1"}, rising: {"value": "60"}}
    draft = await put(
        clients["community"], "returns", {"obligation_id": owed["id"], "period": "2014Q2", "values": values}
    )
    refused = await clients["community"].post(
        f"/v1/returns/{draft['id']}/submission", key=uuid.uuid4().hex, version=draft["version"]
    )
    assert refused.json()["errors"] == [
        {
            "pointer": f"/values/{high}/value",
            "code": "cohort_of_persons",
            "detail": "Risk profiles are held for groups of at least 5 people, never for a person. Join the cohort with "
            "another, or report it as suppressed.",
        }
    ]
    await accepted(clients, owed, "2014Q3", {**values, whole: {"value": "66"}, high: {"value": "6"}})
    asked = {"indicator_id": whole, "dimension": "cohort"}
    found = (await read(council, "breakdowns", **asked, as_at="2014-12-30"))["periods"][-1]
    assert {each["category"]: each["value"] for each in found["categories"]} == {
        "Very high risk": "6",
        "Rising risk": "60",
    }
    shown = (await read(clients["board"], "breakdowns", **asked))["periods"][-1]
    assert {each["category"]: each["value"] for each in shown["categories"]} == {
        "Very high risk": None,
        "Rising risk": "60",
    }


@pytest.mark.row("S5-O06")
async def test_a_gap_between_fifths_of_deprivation_is_seen_to_narrow(clients, plymouth, council):
    whole = (await new(council, plymouth))["id"]
    fifths = {}
    for fifth in ("1", "5"):
        of = {"breakdown_of_indicator_id": whole, "dimensions": {"deprivation_quintile": fifth}}
        fifths[fifth] = (await new(council, plymouth, **of))["id"]
    owed = await put(council, "obligations", plymouth.obligation(*fifths.values()))
    for period, most in (("2014Q2", "200"), ("2014Q3", "180")):
        values = {
            fifths["1"]: {"value": most, "numerator": most, "denominator": "100000"},
            fifths["5"]: {"value": "100", "numerator": "100", "denominator": "100000"},
        }
        await accepted(clients, owed, period, values)
    found = await read(council, "breakdowns", indicator_id=whole, dimension="deprivation_quintile")
    told = [each for each in found["periods"] if each["gap"]]
    assert [each["gap"]["absolute"] for each in told] == ["100", "80"]
    assert [each["gap"]["relative"] for each in told] == ["2", "1.8"]
    assert found["gap_narrows"] is True
    bare = plymouth.indicator(
        uuid.uuid4().hex[:8], "rate", multiplier="100000", breakdown_of_indicator_id=whole
    )
    refused = await put(council, "indicators", bare, 422)
    assert refused["code"] == "breakdown_dimension_missing"
    sixth = {**bare, "dimensions": {"deprivation_quintile": "6"}}
    assert (await put(council, "indicators", sixth, 422))["errors"][0][
        "pointer"
    ] == "/dimensions/deprivation_quintile"


@pytest.mark.row("S5-O04", "S3-O03")
async def test_a_unit_cost_varies_between_services(clients, plymouth, council):
    """Pounds by week of care, as an indicator like any other: 900, 1,100 and 1,800."""
    parts = {"numerator": "Pounds spent", "denominator": "Weeks of care", "axis": "cost_effectiveness"}
    cost = await new(council, plymouth, "unit_cost", **parts)
    assert (cost["value_type"], cost["axis"]) == ("unit_cost", "cost_effectiveness")
    lone = plymouth.indicator(uuid.uuid4().hex[:8], "unit_cost")
    assert (await put(council, "indicators", lone, 422))["code"] == "indicator_unit_missing"
    for site, pounds in (("Derriford", "900"), ("Mount Gould", "1100"), ("Tavistock", "1800")):
        owed = await put(
            council, "obligations", plymouth.obligation(cost["id"], dimensions={"provider_site": site})
        )
        figures = {cost["id"]: {"value": pounds, "numerator": f"{pounds}0", "denominator": "10"}}
        await accepted(clients, owed, "2014Q2", figures)
    found = await read(council, "breakdowns", indicator_id=cost["id"], dimension="provider_site")
    period = next(each for each in found["periods"] if each["period"] == "2014Q2")
    assert period["spread"] == {
        "count": 3,
        "lowest": "900",
        "lower_quartile": "1000",
        "median": "1100",
        "upper_quartile": "1450",
        "highest": "1800",
        "range": "900",
        "highest_by_lowest": "2",
    }
    assert (period["gap"]["worse_category"], period["gap"]["absolute"]) == ("Tavistock", "900")


async def test_a_scorecard_shows_the_interval_the_trend_and_whether_england_lies_outside(
    clients, plymouth, council
):
    share = (await new(council, plymouth, "percentage"))["id"]
    series = {
        "indicator_id": share,
        "kind": "england",
        "name": "England",
        "area_code": "E92000001",
        "source": "Published table",
        "values": [{"period": "2014Q3", "value": "20"}],
    }
    await put(council, "comparators", series)
    owed = await put(council, "obligations", plymouth.obligation(share))
    for period, value, numerator in (("2014Q2", "33.5", "88"), ("2014Q3", "30.8", "81")):
        await accepted(
            clients, owed, period, {share: {"value": value, "numerator": numerator, "denominator": "263"}}
        )
    asked = {"partnership_id": str(plymouth.partnership), "contract_id": str(plymouth.community_contract)}
    lines = {each["indicator_id"]: each for each in (await read(council, "scorecards", **asked))["lines"]}
    line = lines[share]
    assert line["confidence"] == {
        "low": "25.528852",
        "high": "36.620958",
        "method": "wilson",
        "level_percent": 95,
    }
    assert (line["previous"]["value"], line["trend"]) == ("33.5", "better")
    assert line["comparators"][0]["significance"] == "worse"
    shown = {
        each["indicator_id"]: each for each in (await read(clients["board"], "scorecards", **asked))["lines"]
    }
    assert (shown[share]["confidence"], shown[share]["comparators"][0]["significance"]) == (None, None)
    assert shown[share]["trend"] == "better"
