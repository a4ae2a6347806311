"""Scorecards over HTTP: what was accepted, rated against what was aimed at, at a date and as it was recorded."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.outcomes.plymouth import Plymouth, accepted, drafted, move, put


@pytest.fixture
def plymouth():
    return Plymouth()


@pytest.fixture
async def clients(client_for, plymouth):
    return await plymouth.clients(client_for)


async def an_indicator(clients, plymouth, code, *arguments, **more):
    return (await put(clients["council"], "indicators", plymouth.indicator(code, *arguments, **more)))["id"]


async def england(clients, indicator, **values):
    body = {
        "indicator_id": indicator,
        "kind": "england",
        "name": "England",
        "area_code": "E92000001",
        "source": "Published table",
        "values": [{"period": f"{period[1:]}", "value": value} for period, value in values.items()],
    }
    return await put(clients["council"], "comparators", body)


async def card(client, plymouth, **asked):
    answer = await client.get("/v1/scorecards", params={"partnership_id": str(plymouth.partnership), **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.row("S2-O01", "S2-O03")
async def test_the_target_moves_with_england_and_no_target_is_no_colour(clients, plymouth):
    council = clients["council"]
    delays = await an_indicator(clients, plymouth, "delays", "rate", multiplier="100000")
    homes = await an_indicator(clients, plymouth, "homes", "rate", multiplier="100000")
    for indicator, value in ((delays, "13.1"), (homes, "697")):
        baseline = {
            "indicator_id": indicator,
            "period": "2012Q2",
            "value": value,
            "source": "Business case, 2014",
        }
        await put(council, "baselines", baseline)
    series = await england(clients, delays, p2014Q2="12.8", p2014Q3="13.4")
    target = {"indicator_id": delays, "kind": "comparator_equal", "comparator_id": series["id"]}
    await put(council, "targets", {**target, "stated": "Return to national average"})
    obligation = await put(council, "obligations", plymouth.obligation(delays, homes))
    for period in ("2014Q2", "2014Q3", "2014Q4"):
        await accepted(clients, obligation, period, {delays: {"value": "13.1"}, homes: {"value": "690"}})
    seen = {}
    for day in ("2014-06-29", "2014-06-30", "2014-09-30", "2014-12-31"):
        lines = (await card(council, plymouth, as_at=day))["lines"]
        seen[day] = [
            (each["target"] and each["target"]["value"], each["rating"], each["reason"]) for each in lines
        ]
    no_target = (None, "unrated", "no_target")
    assert seen == {
        "2014-06-29": [(None, "unrated", "comparator_missing"), no_target],
        "2014-06-30": [("12.8", "red", "short_of_target"), no_target],
        "2014-09-30": [("13.4", "green", "target_met"), no_target],
        "2014-12-31": [(None, "unrated", "comparator_missing"), no_target],
    }
    whole = await card(council, plymouth, as_at="2014-06-30")
    assert whole["lines"][0]["comparators"][0] == {
        "id": series["id"],
        "kind": "england",
        "name": "England",
        "group_version": None,
        "period": "2014Q2",
        "value": "12.8",
        "status": "actual",
        "own_is_better": False,
        "significance": None,
    }
    assert whole["lines"][0]["latest"]["financial_quarter"] == 1
    assert (whole["against_england"]["worse"], whole["against_england"]["compared"]) == (1, 1)
    assert (whole["complete"], whole["missing_contributors"]) == (True, [])


@pytest.mark.row("S2-O04", "S2-O09", "S2-O14")
async def test_what_is_not_known_has_its_own_reason_and_makes_the_card_incomplete(clients, plymouth):
    council = clients["council"]
    emergency = await an_indicator(clients, plymouth, "a-emergency", "count")
    lost = await an_indicator(clients, plymouth, "b-years-lost", "rate", multiplier="100000")
    dementia = await an_indicator(clients, plymouth, "c-dementia-mark", "count", "high_is_good")
    await put(council, "targets", {"indicator_id": emergency, "change": "5", "direction": "decrease"})
    await put(council, "targets", {"indicator_id": lost, "kind": "absolute", "value": "1500"})
    obligation = await put(council, "obligations", plymouth.obligation(emergency, lost))
    before = await card(council, plymouth, as_at="2014-12-31")
    assert [each["reason"] for each in before["lines"]] == [
        "baseline_missing",
        "nothing_accepted",
        "no_target",
    ]
    assert (before["complete"], before["missing_contributors"]) == (False, [str(plymouth.community)])
    values = {emergency: {"value": "0"}, lost: {"status": "not_yet_available"}}
    await accepted(clients, obligation, "2014Q2", values)
    after = await card(council, plymouth, as_at="2014-12-31")
    assert [(each["latest"] and each["latest"]["value"], each["reason"]) for each in after["lines"]] == [
        ("0", "baseline_missing"),
        (None, "not_yet_available"),
        (None, "no_target"),
    ]
    assert after["ratings"] == {"red": 0, "amber": 0, "green": 0, "unrated": 3}
    assert after["complete"] is False
    assert after["lines"][2]["indicator_id"] == dementia
    assert after["against_england"]["not_compared"] == ["a-emergency", "b-years-lost", "c-dementia-mark"]


async def test_of_two_targets_that_end_on_one_day_the_quarters_own_is_shown(clients, plymouth):
    council = clients["council"]
    stay = await an_indicator(clients, plymouth, "stay")
    for period, value in (("2016Q1", "8"), ("2015April", "9")):
        target = {"indicator_id": stay, "kind": "absolute", "period": period, "value": value}
        await put(council, "targets", target)
    assert (await card(council, plymouth, as_at="2016-03-31"))["lines"][0]["target"]["period"] == "2016Q1"
    asked = {"partnership_id": str(plymouth.partnership), "as_at": "2017-01-01"}
    short = await council.get("/v1/scorecards/summary", params=asked)
    assert (short.status_code, short.json()["lines"][0]["target_value"]) == (200, "8")


async def test_an_observer_sees_no_share_of_people_whose_number_was_not_sent(clients, plymouth):
    share = await an_indicator(clients, plymouth, "home", "percentage", "high_is_good", counts_people=True)
    obligation = await put(clients["council"], "obligations", plymouth.obligation(share))
    await accepted(clients, obligation, "2014Q2", {share: {"value": "40"}})
    seen = {}
    for name in ("council", "board"):
        latest = (await card(clients[name], plymouth, as_at="2014-07-01"))["lines"][0]["latest"]
        seen[name] = (latest["value"], latest["status"])
    assert seen == {"council": ("40", "actual"), "board": (None, "suppressed")}


async def test_a_card_is_asked_by_framework_contract_or_provider_and_in_short(clients, plymouth):
    council = clients["council"]
    body = {"partnership_id": str(plymouth.partnership), "name": "Local", "edition": "1"}
    framework = (await put(council, "frameworks", body))["id"]
    place = [{"framework_id": framework, "code": "1", "polarity": "high_is_good"}]
    stay = await an_indicator(clients, plymouth, "stay", frameworks=place)
    other = await an_indicator(clients, plymouth, "other")
    await put(council, "targets", {"indicator_id": stay, "kind": "absolute", "value": "8"})
    hospitals = str(plymouth.hospital_contract)
    own = {
        "indicator_id": stay,
        "contract_id": hospitals,
        "kind": "absolute",
        "value": "6",
        "amber_tolerance": "1.5",
    }
    await put(council, "targets", own)
    for to in ("community", "hospital"):
        obligation = await put(council, "obligations", plymouth.obligation(stay, other, to=to))
        await accepted(clients, obligation, "2014Q2", {stay: {"value": "7"}, other: {"value": "1"}}, by=to)

    async def rated(**asked):
        lines = (await card(council, plymouth, as_at="2014-12-31", **asked))["lines"]
        return sorted((each["code"], each["rating"], each["polarity"]) for each in lines)

    low = "low_is_good"
    theirs, ours = ("stay", "green", low), ("stay", "amber", low)
    rest = ("other", "unrated", low)
    assert await rated() == [rest, rest, ours, theirs]
    assert await rated(contract_id=hospitals) == [rest, ours]
    assert await rated(provider_organisation_id=str(plymouth.community)) == [rest, theirs]
    high = "high_is_good"
    assert await rated(framework_id=framework) == [("stay", "green", high), ("stay", "red", high)]
    asked = {"partnership_id": str(plymouth.partnership), "as_at": "2014-12-31"}
    short = await council.get("/v1/scorecards/summary", params=asked)
    whole = await card(council, plymouth, as_at="2014-12-31")
    assert short.json()["ratings"] == whole["ratings"]
    assert [(each["value"], each["target_value"], each["rating"]) for each in short.json()["lines"]] == [
        (each["latest"]["value"], each["target"] and each["target"]["value"], each["rating"])
        for each in whole["lines"]
    ]
    again = await council.get(
        "/v1/scorecards/summary", params=asked, headers={"If-None-Match": short.headers["ETag"]}
    )
    assert again.status_code == 304


async def test_a_card_as_it_was_recorded_stays_the_same_to_the_byte(clients, plymouth):
    council = clients["council"]
    stay = await an_indicator(clients, plymouth, "stay")
    await put(council, "targets", {"indicator_id": stay, "kind": "absolute", "value": "8"})
    series = await england(clients, stay, p2014Q2="9")
    obligation = await put(council, "obligations", plymouth.obligation(stay))
    first = await accepted(clients, obligation, "2014Q2", {stay: {"value": "8.5"}})
    instant = datetime.fromisoformat(first["updated_at"]).astimezone(UTC) + timedelta(milliseconds=20)
    asked = {
        "partnership_id": str(plymouth.partnership),
        "as_at": "2014-12-31",
        "as_recorded": instant.isoformat().replace("+00:00", "Z"),
    }
    await asyncio.sleep(0.1)  # only an instant that has passed is settled
    then = await council.get("/v1/scorecards", params=asked)
    assert then.status_code == 200, then.text
    assert then.json()["lines"][0]["latest"]["value"] == "8.5"
    why = {"reasons": [{"pointer": "/values", "reason": "A ward was left out."}]}
    opened = await move(council, first, "reopening", why)
    corrected = await clients["community"].patch(
        f"/v1/returns/{first['id']}", json={"values": {stay: {"value": "8.1"}}}, version=opened["version"]
    )
    await move(council, await move(clients["community"], corrected.json(), "submission"), "acceptance", {})
    await accepted(clients, obligation, "2014Q3", {stay: {"value": "7"}})
    late = {"values": [{"period": "2014Q2", "value": "9.1"}]}
    await council.post(f"/v1/comparators/{series['id']}/values", json=late, key=uuid.uuid4().hex)
    baseline = {"indicator_id": stay, "period": "2013Q2", "value": "8.31", "source": "Business case, 2014"}
    await put(council, "baselines", baseline)
    await an_indicator(clients, plymouth, "another")
    assert (await council.get("/v1/scorecards", params=asked)).content == then.content
    now = await card(council, plymouth, as_at="2014-06-30")
    assert now["lines"][1]["latest"]["value"] == "8.1"
    future = {**asked, "as_recorded": "2199-01-01T00:00:00Z"}
    refused = await council.get("/v1/scorecards", params=future)
    assert (refused.status_code, refused.json()["code"]) == (409, "scorecard_not_settled")


async def test_figures_that_wait_for_acceptance_are_on_no_card(clients, plymouth):
    stay = await an_indicator(clients, plymouth, "stay")
    obligation = await put(clients["council"], "obligations", plymouth.obligation(stay))
    draft = await drafted(clients["community"], obligation, "2014Q2", {stay: {"value": "7"}})
    for name in ("council", "community", "board"):
        assert (await card(clients[name], plymouth))["lines"][0]["latest"] is None
    await move(clients["community"], draft, "submission")
    for name in ("council", "community", "board"):
        assert (await card(clients[name], plymouth))["lines"][0]["latest"] is None


@pytest.mark.row("S2-O21", "S2-O23")
async def test_a_set_of_survey_statements_has_one_version_one_target_and_a_card_of_its_own(clients, plymouth):
    council = clients["council"]
    body = {"partnership_id": str(plymouth.partnership), "name": "Plymouth I Statements", "edition": "2014"}
    statements = (await put(council, "frameworks", body))["id"]
    survey = {"unit": "%", "instrument": "Plymouth I Statements", "scale_high": "100"}
    kind = ("survey_score", "high_is_good")
    bare = await put(council, "indicators", plymouth.indicator("bare", *kind, **survey), status=422)
    assert (bare["code"], bare["errors"][0]["pointer"]) == (
        "indicator_instrument_missing",
        "/instrument_version",
    )
    asked, values = [], {}
    for number, score in enumerate(("71", "70", "69"), 1):
        place = [{"framework_id": statements, "code": f"I{number}"}]
        more = {**survey, "instrument_version": "2014", "frameworks": place}
        asked.append(await an_indicator(clients, plymouth, f"I{number}", *kind, **more))
        target = {"indicator_id": asked[-1], "kind": "absolute", "value": "70", "stated": "70% score"}
        await put(council, "targets", target)
        values[asked[-1]] = {"value": score}
    other = await an_indicator(clients, plymouth, "other")
    obligation = await put(council, "obligations", plymouth.obligation(*asked, other))
    await accepted(clients, obligation, "2014Q2", {**values, other: {"value": "1"}})
    whole = await card(council, plymouth, framework_id=statements)
    assert [(each["code"], each["rating"], each["reason"]) for each in whole["lines"]] == [
        ("I1", "green", "target_met"),
        ("I2", "green", "target_met"),
        ("I3", "red", "short_of_target"),
    ]
