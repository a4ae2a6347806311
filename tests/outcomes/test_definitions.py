"""Definitions over HTTP: frameworks, indicators, baselines, targets, comparators, populations, obligations."""

import uuid

import pytest

from tests.outcomes.plymouth import Plymouth, put


@pytest.fixture(scope="module")
def plymouth():
    return Plymouth()


@pytest.fixture(scope="module")
async def council(client_for, plymouth):
    return await client_for("outcomes", plymouth.callers["council"])


async def an_indicator(council, plymouth, *arguments, **more) -> dict:
    body = plymouth.indicator(uuid.uuid4().hex[:8], *arguments, frequency="financial_yearly", **more)
    return await put(council, "indicators", body)


async def with_baseline(council, plymouth, value, *arguments, **more) -> str:
    indicator = await an_indicator(council, plymouth, *arguments, **more)
    body = {
        "indicator_id": indicator["id"],
        "period": "2012April",
        "value": value,
        "source": "Business case, 2014",
    }
    baseline = await put(council, "baselines", body)
    assert (baseline["value"], baseline["status"]) == (value, "actual")
    return indicator["id"]


@pytest.mark.row("S1-O01")
async def test_an_indicator_is_recorded_once_and_stands_in_several_frameworks(council, plymouth):
    places = []
    for name, code, polarity in (("ASCOF", "2A(2)", None), ("Better Care Fund", "Metric 1", "low_is_good")):
        body = {"partnership_id": str(plymouth.partnership), "name": name, "edition": "2013-18"}
        framework = await put(council, "frameworks", body)
        assert framework["owner_organisation_id"] == str(plymouth.council)
        places.append({"framework_id": framework["id"], "code": code, "polarity": polarity, "domain": None})
        again = await put(council, "frameworks", body, status=409)
        assert again["code"] == "framework_taken"
    path, body = (
        f"/v1/indicators/{uuid.uuid4()}",
        plymouth.indicator("admissions", "rate", multiplier="100000"),
    )
    body["frameworks"] = places
    first = await council.put(path, json=body)
    assert first.status_code == 201, first.text
    assert first.json()["frameworks"] == places
    assert (await council.put(path, json=body)).headers["Idempotency-Replayed"] == "true"
    assert (await council.put(path, json={**body, "title": "Other"})).json()[
        "code"
    ] == "idempotency_key_reused"
    read = await council.get(path)
    assert read.json() == first.json()
    assert (await council.get(path, headers={"If-None-Match": read.headers["ETag"]})).status_code == 304
    taken = await put(council, "indicators", body, status=409)
    assert (taken["code"], taken["errors"][0]["pointer"]) == ("indicator_code_taken", "/code")
    for place in places:
        of = {"partnership_id": str(plymouth.partnership), "framework_id": place["framework_id"]}
        listed = (await council.get("/v1/indicators", params=of)).json()["items"]
        assert [each["id"] for each in listed] == [first.json()["id"]]
    unknown = {**body, "code": "other", "frameworks": [{"framework_id": str(uuid.uuid4()), "code": "x"}]}
    refused = await put(council, "indicators", unknown, status=422)
    assert refused["errors"][0]["pointer"] == "/frameworks/0/framework_id"


@pytest.mark.row("S2-O06", "S2-O07", "S2-O15")
@pytest.mark.parametrize(
    ("value_type", "polarity", "scale", "baseline", "direction"),
    [
        ("days", "low_is_good", None, "8.31", "decrease"),
        ("days", "low_is_good", None, "33.05", "decrease"),
        ("score", "high_is_good", "24", "19.4", "improve"),
    ],
)
async def test_five_per_cent_of_days_and_scores_is_kept_as_relative(
    council, plymouth, value_type, polarity, scale, baseline, direction
):
    id_ = await with_baseline(council, plymouth, baseline, value_type, polarity, scale_high=scale)
    target = await put(council, "targets", {"indicator_id": id_, "change": "5", "direction": direction})
    assert (target["kind"], target["reading"]) == ("relative_change", "relative")
    card = {"partnership_id": str(plymouth.partnership), "as_at": "2014-07-01"}
    lines = (await council.get("/v1/scorecards", params=card)).json()["lines"]
    shown = next(each["target"]["value"] for each in lines if each["indicator_id"] == id_)
    assert shown == {"8.31": "7.8945", "33.05": "31.3975", "19.4": "20.37"}[baseline]


@pytest.mark.row("S2-O15")
async def test_five_points_of_quality_of_life_leave_the_scale(council, plymouth):
    id_ = await with_baseline(
        council, plymouth, "19.4", "score", "high_is_good", scale_low="0", scale_high="24"
    )
    body = {"indicator_id": id_, "kind": "point_change", "change": "5", "direction": "improve"}
    refused = await put(council, "targets", body, status=422)
    assert (refused["code"], refused["target"], refused["scale_high"]) == (
        "target_outside_scale",
        "24.4",
        "24",
    )


@pytest.mark.row("S2-O10", "S2-O16", "S2-O20")
@pytest.mark.parametrize(
    ("value_type", "unit", "baseline", "change", "relative", "points"),
    [
        ("percentage", "%", "89.30", "2", "91.086", "91.3"),
        ("not_stated", None, "83.4", "5", "87.57", "88.4"),
        ("percentage", "%", "48", "5", "50.4", "53"),
    ],
)
async def test_a_change_with_two_readings_is_refused_with_both(
    council, plymouth, value_type, unit, baseline, change, relative, points
):
    id_ = await with_baseline(council, plymouth, baseline, value_type, "high_is_good", unit=unit)
    body = {"indicator_id": id_, "change": change, "direction": "improve"}
    refused = await put(council, "targets", body, status=422)
    assert refused["code"] == "target_change_ambiguous"
    assert (refused["relative_change"], refused["point_change"], refused["unit"]) == (relative, points, unit)
    settled = await put(council, "targets", {**body, "kind": "point_change"})
    assert settled["direction"] == "increase"


@pytest.mark.row("S2-O17", "S2-O18")
@pytest.mark.parametrize(
    ("baseline", "change", "relative", "points"),
    [("32", "15.3", "27.104", "16.7"), ("25", "5.4", "23.65", "19.6")],
)
async def test_halt_then_reduce_asks_for_the_reading(council, plymouth, baseline, change, relative, points):
    id_ = await with_baseline(council, plymouth, baseline, "percentage", "low_is_good")
    body = {
        "indicator_id": id_,
        "kind": "halt_then_reduce",
        "change": change,
        "direction": "decrease",
        "period": "2021April",
    }
    refused = await put(council, "targets", body, status=422)
    assert (refused["relative_change"], refused["point_change"]) == (relative, points)
    assert refused["errors"][0]["pointer"] == "/reading"
    assert (await put(council, "targets", {**body, "reading": "relative"}))["period"] == "2021April"


@pytest.mark.row("S2-O05")
async def test_two_targets_of_one_indicator_and_period_are_two_indicators(council, plymouth):
    beds = await an_indicator(council, plymouth, "count")
    body = {"indicator_id": beds["id"], "change": "5", "direction": "decrease", "period": "2016April"}
    await put(council, "targets", {**body, "stated": "5% reduction in emergency admissions"})
    refused = await put(
        council, "targets", {**body, "stated": "5% reduction in community hospital admissions"}, status=409
    )
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("target_taken", "/indicator_id")
    later = await put(council, "targets", {**body, "period": "2017April"})
    assert later["period"] == "2017April"


@pytest.mark.row("S2-O09", "S2-O11", "S2-O19")
async def test_a_target_that_cannot_be_meant_or_measured_is_refused_in_words_to_act_on(council, plymouth):
    lost = await an_indicator(council, plymouth, "rate", multiplier="100000")
    series = await put(
        council,
        "comparators",
        {
            "indicator_id": lost["id"],
            "kind": "england",
            "name": "England",
            "area_code": "E92000001",
            "source": "Not yet collected",
            "values": [{"period": "2014April", "value": None, "status": "not_yet_available"}],
        },
    )
    above = {
        "indicator_id": lost["id"],
        "kind": "comparator_better_than",
        "comparator_id": series["id"],
        "side": "above",
    }
    trap = await put(council, "targets", above, status=422)
    assert (trap["code"], trap["polarity"]) == ("target_against_polarity", "low_is_good")
    assert (await put(council, "targets", {**above, "side": "better"}))["side"] == "below"
    words = {"indicator_id": lost["id"], "kind": "absolute", "stated": "Dependant on project intervention"}
    assert (await put(council, "targets", words, status=422))["code"] == "target_only_words"
    assert (await put(council, "targets", {**words, "kind": "deferred", "period": "2016April"}))[
        "value"
    ] is None
    year = {"indicator_id": lost["id"], "change": "5", "direction": "decrease", "period": "2017"}
    unclear = await put(council, "targets", year, status=422)
    assert unclear["code"] == "period_type_unclear"
    assert unclear["readings"]["financial_year_ending_in_it"] == "2016April"


@pytest.mark.row("S2-O02")
async def test_a_part_stays_within_its_whole_and_its_group_is_versioned(council, plymouth):
    whole = await with_baseline(council, plymouth, "13.1", "rate", multiplier="100000")
    part = await an_indicator(council, plymouth, "rate", multiplier="100000", part_of_indicator_id=whole)
    body = {"indicator_id": part["id"], "period": "2012April", "source": "Business case, 2014"}
    over = await put(council, "baselines", {**body, "value": "13.2"}, status=422)
    assert (over["code"], over["part"], over["whole"]) == ("part_exceeds_whole", "13.2", "13.1")
    assert (await put(council, "baselines", {**body, "value": "5.2"}))["value"] == "5.2"
    again = await put(council, "baselines", {**body, "value": "5.3"}, status=409)
    assert again["code"] == "baseline_taken"
    group = {
        "indicator_id": part["id"],
        "kind": "nearest_neighbours",
        "name": "Comparator group",
        "source": "x",
    }
    assert (await put(council, "comparators", group, status=422))["code"] == "comparator_group_unnamed"
    assert (await put(council, "comparators", {**group, "group_version": "2013"}))["group_version"] == "2013"


async def test_a_series_grows_and_a_correction_holds_beside_what_it_corrects(council, plymouth):
    rate = await an_indicator(council, plymouth, "rate", multiplier="100000")
    series = await put(
        council,
        "comparators",
        {
            "indicator_id": rate["id"],
            "kind": "england",
            "name": "England",
            "area_code": "E92000001",
            "source": "x",
            "values": [{"period": "2014April", "value": "9.7"}, {"period": "2013April", "value": "9.9"}],
        },
    )
    path, body = (
        f"/v1/comparators/{series['id']}/values",
        {"values": [{"period": "2015April", "value": "9.5"}]},
    )
    key = uuid.uuid4().hex
    grown = await council.post(path, json=body, key=key)
    assert grown.status_code == 201, grown.text
    assert (await council.post(path, json=body, key=key)).content == grown.content
    body["values"] = [{"period": "2014April", "value": "9.8"}]
    corrected = (await council.post(path, json=body, key=uuid.uuid4().hex)).json()
    assert [(each["period"], each["value"]) for each in corrected["values"]] == [
        ("2013April", "9.9"),
        ("2014April", "9.8"),
        ("2015April", "9.5"),
    ]
    assert (await council.get(f"/v1/comparators/{series['id']}")).json() == corrected


@pytest.mark.row("S1-O03", "S5-O01")
async def test_populations_are_projected_worked_back_and_split_by_registration(council, plymouth):
    where = {
        "partnership_id": str(plymouth.partnership),
        "area_code": "E06000026",
        "area_name": "Plymouth",
        "basis": "resident",
        "at": "2014-06-30",
        "vintage": "2014",
        "source": "Business case, 2014",
    }
    base = await put(council, "populations", {**where, "count": 260000, "qualifier": "approximately"})
    later = {**where, "at": "2017-06-30", "projected_from_id": base["id"], "growth_percent": "2.4"}
    grown = await put(council, "populations", later)
    assert (grown["count"], grown["qualifier"], grown["base_count"]) == (266240, "approximately", 260000)
    older = {**where, "age_band": "65.plus", "at": "2016-06-30", "count": 46700, "growth_percent": "4.7"}
    assert (await put(council, "populations", older))["base_count"] == 44604
    shares = {"here_percent": "95", "elsewhere_percent": "5", "more_come_in_than_go_out": True}
    bury = {**where, "area_code": "E08000002", "area_name": "Bury", "count": 187900, "registration": shares}
    split = (await put(council, "populations", bury))["overlap"]
    assert (split["registered_here"], split["registered_elsewhere"]) == (178505, 9395)
    assert (split["registered"], split["registered_exceed_residents"]) == (None, True)
    wrong = {**bury, "at": "2015-06-30", "registration": {**shares, "elsewhere_percent": "6"}}
    refused = await put(council, "populations", wrong, status=422)
    assert (refused["code"], refused["sum_percent"]) == ("population_shares_not_whole", "101")
    assert (await put(council, "populations", {**where, "count": 1}, status=409))[
        "code"
    ] == "population_taken"
    assert (await council.get(f"/v1/populations/{grown['id']}")).json() == grown


async def test_an_obligation_says_what_is_wrong_with_it(council, plymouth):
    yearly = await an_indicator(council, plymouth)
    quarterly = await put(council, "indicators", plymouth.indicator("quarterly"))
    for indicators, code in (
        ([yearly["id"]], "obligation_frequency_differs"),
        ([str(uuid.uuid4())], "obligation_indicator_unknown"),
        ([], "obligation_no_indicators"),
    ):
        refused = await put(council, "obligations", plymouth.obligation(*indicators), status=422)
        assert refused["code"] == code
    body = plymouth.obligation(quarterly["id"], title="The same title")
    kept = await put(council, "obligations", body)
    assert (await put(council, "obligations", body, status=409))["code"] == "obligation_title_taken"
    listed = (
        await council.get("/v1/obligations", params={"contract_id": str(plymouth.community_contract)})
    ).json()
    assert [each["id"] for each in listed["items"]] == [kept["id"]]
