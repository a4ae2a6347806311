"""Control charts over HTTP: accepted series as data and drawn, with settings, for each who may see them."""

import uuid
from xml.etree import ElementTree

import pytest

from tests.outcomes.plymouth import Plymouth, accepted, put

MONTHS = [f"{year}{month:02d}" for year in (2014, 2015) for month in range(1, 13)]


@pytest.fixture(scope="module")
def plymouth():
    return Plymouth()


@pytest.fixture(scope="module")
async def clients(client_for, plymouth):
    return await plymouth.clients(client_for)


@pytest.fixture(scope="module")
async def series(clients, plymouth):
    """Thirteen months of people who waited: 20 and 30 in turn, 5 (a small count) in July, none in May, then 90."""
    indicator = plymouth.indicator("waiting", "count", counts_people=True, frequency="monthly")
    id_ = (await put(clients["council"], "indicators", indicator))["id"]
    body = plymouth.obligation(id_, frequency="monthly", begins_on="2014-01-01", ends_on="2015-12-31")
    obligation = await put(clients["council"], "obligations", body)
    for number, month in enumerate(MONTHS[:15]):
        value = {6: "5", 14: "90"}.get(number, str(20 + number % 2 * 10))
        if number != 4:
            await accepted(clients, obligation, month, {id_: {"value": value}})
    await put(
        clients["council"],
        "targets",
        {"indicator_id": id_, "contract_id": body["contract_id"], "kind": "absolute", "value": "1"},
    )
    return {"indicator_id": id_, "obligation_id": obligation["id"]}


async def read(client, series, status=200, **asked):
    answer = await client.get("/v1/spc-charts", params={**series, **asked})
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.row("S3-O04")
async def test_a_chart_shows_points_gaps_limits_and_what_they_say(clients, series):
    chart = await read(clients["council"], series, as_at="2016-01-01")
    points = {each["period"]: each for each in chart["points"]}
    assert list(points) == MONTHS[:15]
    assert (points["201405"]["value"], points["201405"]["status"]) == (None, None)
    assert points["201407"]["value"] == "5"
    assert (points["201503"]["value"], points["201503"]["signal"]) == ("90", "above_upper_limit")
    assert (chart["variation"], chart["complete"]) == ("special_cause_concern", False)
    assert (chart["assurance"], chart["target"]["value"]) == ("inconsistent", "1")
    assert chart["stretches"][0]["points"] == 14
    assert (chart["rule_set"], chart["settings_id"]) == ("mdc-2023-12", None)


async def test_an_observers_chart_is_made_of_published_figures_alone(clients, series):
    board = await read(clients["board"], series, as_at="2016-01-01")
    council = await read(clients["council"], series, as_at="2016-01-01")
    shown = {each["period"]: (each["value"], each["status"]) for each in board["points"]}
    assert shown["201407"] == (None, "suppressed")
    assert board["stretches"][0]["points"] == council["stretches"][0]["points"] - 1
    assert board["stretches"][0]["centre"] != council["stretches"][0]["centre"]
    (five,) = [each for each in council["points"] if each["value"] == "5"]
    assert five["period"] == "201407"


async def test_parties_see_their_contracts_chart_and_others_nothing(clients, series):
    absent = await clients["stranger"].get("/v1/spc-charts", params={"indicator_id": str(uuid.uuid4())})
    for name in ("stranger", "hospital"):
        found = await clients[name].get("/v1/spc-charts", params=series)
        assert found.status_code == absent.status_code == 404
        told = [{**each.json(), "request_id": None} for each in (found, absent)]
        assert told[0] == told[1]
    for name in ("community", "kernow", "ccg"):
        assert len((await read(clients[name], series))["points"]) == 15
    audited = await read(clients["auditor"], series)
    assert [each["period"] for each in audited["points"]][:2] == ["201404", "201405"]
    assert {each["financial_year"] for each in audited["points"]} == {"2014/15"}


async def test_a_chart_as_at_a_day_and_as_recorded_leaves_later_figures_out(clients, series):
    assert len((await read(clients["council"], series, as_at="2014-03-30"))["points"]) == 2
    before = await read(clients["council"], series, as_recorded="2014-01-01T00:00:00Z")
    assert (before["points"], before["target"]) == ([], None)
    ahead = await read(clients["council"], series, 409, as_recorded="2199-01-01T00:00:00Z")
    assert ahead["code"] == "scorecard_not_settled"


async def test_the_drawn_chart_is_svg_with_title_and_description(clients, series):
    asked = {"params": {**series, "as_at": "2016-01-01"}, "headers": {"Accept": "image/svg+xml"}}
    drawn = await clients["council"].get("/v1/spc-charts", **asked)
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert drawn.headers["vary"] == "Accept"
    tree = ElementTree.fromstring(drawn.text)
    space = "{http://www.w3.org/2000/svg}"
    assert tree.find(f"{space}title").text == "waiting: Indicator waiting"
    assert "of a concerning kind" in tree.find(f"{space}desc").text
    assert len(list(tree.iter(f"{space}polyline"))) == 2
    asked["headers"]["If-None-Match"] = drawn.headers["etag"]
    assert (await clients["council"].get("/v1/spc-charts", **asked)).status_code == 304


async def test_a_series_of_two_returns_for_one_period_names_them(clients, plymouth):
    id_ = (await put(clients["council"], "indicators", plymouth.indicator("twice")))["id"]
    both = [await put(clients["council"], "obligations", plymouth.obligation(id_)) for _ in range(2)]
    for each in both:
        await accepted(clients, each, "2014Q2", {id_: {"value": "8"}})
    refused = await read(clients["council"], {"indicator_id": id_}, status=422)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("spc_series_ambiguous", "?obligation_id")
    assert refused["obligation_ids"] == sorted(each["id"] for each in both)
    assert (
        len((await read(clients["council"], {"indicator_id": id_, "obligation_id": both[0]["id"]}))["points"])
        == 1
    )


def rebasing(day="2014-10-01", **more):
    return {"on": day, "kind": "boundary_change", "reason": "Two districts joined.", **more}


async def test_settings_are_kept_edition_by_edition_and_hold_for_the_chart(clients, series):
    council, body = clients["council"], {"indicator_id": series["indicator_id"], "reason": "As agreed in May"}
    first = await put(council, "spc-settings", {**body, "rebasings": [rebasing()]})
    assert (first["edition"], first["set_by_organisation_id"]) == (1, str(council.caller.organisation_id))
    chart = await read(council, series, as_at="2016-01-01", rule_set="mdc-2019")
    assert [each["points"] for each in chart["stretches"]] == [8, 6]
    (found,) = chart["breaks"]
    assert (found["on"], found["kind"], found["reason"]) == (
        "2014-10-01",
        "boundary_change",
        "Two districts joined.",
    )
    assert (found["rebased"], chart["settings_id"]) == (True, first["id"])
    late = await put(council, "spc-settings", {**body, "rebasings": []}, 409)
    assert (late["code"], late["holding_id"]) == ("spc_settings_stale", first["id"])
    second = await put(council, "spc-settings", {**body, "replaces_id": first["id"], "frozen_after": 12})
    chart = await read(council, series, as_at="2016-01-01")
    assert (chart["frozen_after"], chart["breaks"], chart["settings_id"]) == (12, [], second["id"])
    asked = {"partnership_id": first["partnership_id"], "indicator_id": series["indicator_id"]}
    for name, count in (("council", 2), ("board", 2), ("community", 2), ("hospital", 0), ("stranger", 0)):
        listed = (await clients[name].get("/v1/spc-settings", params=asked)).json()["items"]
        assert len(listed) == count, name
    assert (await clients["community"].get(f"/v1/spc-settings/{first['id']}")).json() == first
    assert (await clients["stranger"].get(f"/v1/spc-settings/{first['id']}")).status_code == 404


@pytest.mark.parametrize("name", ["ccg", "kernow", "community", "board", "stranger"])
async def test_only_the_keeper_of_the_indicator_sets_how_it_is_read(clients, series, name):
    body = {"indicator_id": series["indicator_id"], "reason": "Mine", "rebasings": [rebasing()]}
    refused = await clients[name].put(f"/v1/spc-settings/{uuid.uuid4()}", json=body)
    expected = "indicator_unknown" if name == "stranger" else "indicator_not_kept_by_you"
    assert refused.json()["code"] == expected


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"rebasings": [rebasing("2014-10-02")]}, "/rebasings/0/on"),
        ({"rebasings": [rebasing("2014-02-29")]}, "/rebasings/0/on"),
        ({"rebasings": [rebasing(reason="Seen by 943 476 5919")]}, "/rebasings/0/reason"),
        ({"frozen_after": 3}, "/frozen_after"),
        ({"frozen_after": True}, "/frozen_after"),
        ({"reason": " "}, "/reason"),
    ],
)
async def test_settings_that_cannot_be_followed_are_refused_where_they_stand(
    clients, series, change, pointer
):
    body = {"indicator_id": series["indicator_id"], "reason": "As agreed", **change}
    refused = await put(clients["council"], "spc-settings", body, 422)
    assert refused["errors"][0]["pointer"] == pointer
