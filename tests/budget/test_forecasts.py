"""Forecasts over HTTP: uplifts worked in, early warning, the action plan it asks for, and what a position shows."""

import uuid

import pytest

from tests.budget.outlook import YEAR, factor, forecast, pointer_of, threshold
from tests.budget.place import Place, assert_hidden, code_of, key, made
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S1-B23")
async def test_a_percentage_up_or_down_by_line_and_year(place):
    """«forecasting a 1% reduction in acute spend, and flat budgets for community and mental health»."""
    await place.bring_into_force()
    acute = await place.line(place.ccg, None, "aligned", pence=1_200_00, category="complex_bed_based", **YEAR)
    community = await place.line(place.ccg, None, "aligned", pence=1_200_00, **YEAR)
    months = [100_00] * 12
    less = made(
        await forecast(
            place.ccg, place, acute, months, basis="inflation_plan", assumptions=[factor("deflator", "1")]
        )
    )
    assert (less["months_pence"], less["outturn_pence"], less["variance_pence"]) == (
        [99_00] * 12,
        1_188_00,
        12_00,
    )
    flat = made(await forecast(place.ccg, place, community, months, basis="inflation_plan"))
    assert (flat["outturn_pence"], flat["variance_pence"], flat["edition"]) == (1_200_00, 0, 1)
    later = made(
        await forecast(
            place.ccg,
            place,
            community,
            [1] * 12,
            assumptions=[factor("uplift", "50", 7), factor("uplift", "100", 12)],
        )
    )
    assert (later["months_pence"], later["edition"]) == ([1] * 6 + [2] * 5 + [3], 2)
    # «approximately £16m may be allocated to reduced spend on Social Care», of a budget that is invented.
    whole = {"budget": {"amount_pence": 76_000_000_00, "qualifier": "approximately"}}
    social = await place.line(place.pcc, None, "aligned", **whole, **YEAR)
    saved = made(await forecast(place.pcc, place, social, [5_000_000_00] * 12, basis="inflation_plan"))
    assert (saved["outturn_pence"], saved["variance_pence"]) == (60_000_000_00, 16_000_000_00)
    assert made(await place.pcc.get(f"/v1/lines/{social}"))["budget"]["qualifier"] == "approximately"
    unknown = made(await forecast(place.ccg, place, community, [None] + [1] * 11))
    assert (unknown["outturn_pence"], unknown["variance_pence"], unknown["warning"]) == (None, None, None)


@pytest.mark.row("S5-B12", "S5-B15")
async def test_early_warning_asks_for_an_action_plan_at_the_next_meeting(place):
    pool, lines, _ = await real_year(place)
    made(await threshold(place.pcc, place))
    amber = made(
        await threshold(
            place.pcc, place, severity="amber", percent_over=None, amount_over_pence=10_00, action_plan=False
        )
    )
    line = lines["pcc"]
    calm = made(await forecast(place.pcc, place, line, [84_16] * 12))  # 1,009.92 of 1,000.00
    assert calm["warning"] is None
    warned = made(await forecast(place.pcc, place, line, [85_00] * 12))  # 1,020.00
    assert warned["warning"] == {
        "severity": "amber",
        "threshold_id": amber["id"],
        "overspend_pence": 20_00,
        "action_plan_due": False,
    }
    red = made(await forecast(place.pcc, place, line, [90_00] * 12, next_meeting_on="2015-10-15"))
    assert (red["warning"]["severity"], red["warning"]["overspend_pence"]) == ("red", 80_00)
    due = {"partnership_id": str(place.partnership), "action_plan_due": "true"}
    assert [each["id"] for each in made(await place.ccg.get("/v1/forecasts", params=due))["items"]] == [
        red["id"]
    ]
    step = {"rung": "management_action", "action": "Review", "owner": "Head", "due_on": "2015-12-31"}
    risk = {**step, "rung": "risk_pool", "expected_pence": 80_00}
    path = f"/v1/action-plans/{uuid.uuid4()}"
    for sent, code, pointer in (
        ({"forecast_id": warned["id"], "steps": [step]}, "action_plan_not_due", "/forecast_id"),
        ({"forecast_id": str(uuid.uuid4()), "steps": [step]}, "action_plan_forecast_unknown", "/forecast_id"),
        ({"forecast_id": red["id"], "steps": [risk, step]}, "action_plan_steps_numbered", "/steps"),
    ):
        refused = await place.pcc.put(path, json=sent)
        assert (code_of(refused), pointer_of(refused)) == (code, pointer), refused.text
    sent = {"forecast_id": red["id"], "steps": [step, risk]}
    assert code_of(await place.ccg.put(path, json=sent)) == "action_plan_of_another"
    plan = made(await place.pcc.put(path, json=sent))
    assert (plan["due_on"], plan["overspend_pence"], plan["state"]) == ("2015-10-15", 80_00, "open")
    assert made(await place.ccg.get("/v1/forecasts", params=due))["items"] == []
    again = await place.pcc.put(f"/v1/action-plans/{uuid.uuid4()}", json=sent)
    assert (again.status_code, code_of(again)) == (409, "action_plan_made_already")
    done = {"done_on": "2015-12-18", "delivered_pence": 30_00}
    first = made(await place.pcc.post(f"{path}/steps/1/completion", json=done, key=key(), version=1))
    assert first["steps"][0] == {**plan["steps"][0], **done}
    twice = await place.pcc.post(f"{path}/steps/1/completion", json=done, key=key(), version=2)
    assert code_of(twice) == "action_plan_step_done"
    absent = await place.pcc.post(f"{path}/steps/3/completion", json=done, key=key(), version=2)
    assert (code_of(absent), absent.json()["steps"]) == ("action_plan_step_unknown", [1, 2])
    ahead = await place.pcc.post(
        f"{path}/steps/2/completion", json={"done_on": "2199-01-01"}, key=key(), version=2
    )
    assert (code_of(ahead), pointer_of(ahead)) == ("action_plan_done_day_to_come", "/done_on")
    end = {"outcome": "Met from the risk pool"}
    closed = made(await place.pcc.post(f"{path}/closure", json=end, key=key(), version=2))
    assert (closed["state"], closed["outcome"]) == ("closed", end["outcome"])
    late = await place.pcc.post(f"{path}/closure", json=end, key=key(), version=3)
    assert code_of(late) == "action_plan_closed"
    assert made(await place.ccg.get(path)) == closed
    assert pool


@pytest.mark.row("S5-B04", "S2-B22")
async def test_the_year_s_months_stand_beside_what_was_spent(place):
    _, lines, _ = await real_year(place)
    kept = made(await forecast(place.pcc, place, lines["ccg"], [40_00] * 12, basis="judgement"))
    months = made(await place.ccg.get(f"/v1/forecasts/{kept['id']}/months"))["items"]
    assert (len(months), months[0]["first_day"], months[-1]["first_day"]) == (12, "2015-04-01", "2016-03-01")
    assert months[2] == {
        "month": 3,
        "first_day": "2015-06-01",
        "forecast_pence": 40_00,
        "actual_pence": 45_00,
        "variance_pence": -5_00,
    }
    assert (months[3]["actual_pence"], months[3]["variance_pence"]) == (None, None)


async def test_odd_forecasts_are_refused_with_their_place(place):
    pool, lines, _ = await real_year(place)
    own, theirs = lines["pcc"], lines["ccg aligned"]
    for client, line, months, changes, pointer in (
        (place.pcc, theirs, [1] * 12, {}, "/line_id"),
        (place.ccg, own, [1] * 12, {}, "/line_id"),
        (place.pcc, uuid.uuid4(), [1] * 12, {}, "/line_id"),
        (place.pcc, own, [1] * 11, {}, "/base_pence"),
        (place.pcc, own, [1] * 13, {}, "/base_pence"),
        (place.pcc, own, [1] * 12, {"made_on": "2199-01-01"}, "/made_on"),
        (place.pcc, own, [1] * 12, {"made_on": "2014-03-31"}, "/made_on"),
        (place.pcc, own, [1] * 12, {"made_on": "2017-04-01"}, "/made_on"),
        (place.pcc, own, [1] * 12, {"made_on": "2015-02-29"}, "/made_on"),
        (place.pcc, own, [1] * 12, {"next_meeting_on": "2015-09-29"}, "/next_meeting_on"),
        (place.pcc, own, [1] * 12, {"assumptions": [factor("deflator", "101")]}, "/assumptions/0/percent"),
        (place.pcc, own, [1] * 12, {"assumptions": [factor("uplift", "0")]}, "/assumptions/0/percent"),
        (place.pcc, own, [1] * 12, {"assumptions": [factor("uplift", "NaN")]}, "/assumptions/0/percent"),
        (
            place.pcc,
            own,
            [1] * 12,
            {"assumptions": [factor("uplift", "1", 13)]},
            "/assumptions/0/from_month",
        ),
        (place.pcc, own, [10**15] * 12, {}, "/base_pence"),
    ):
        refused = await forecast(client, place, line, months, **changes)
        assert (refused.status_code, pointer_of(refused)) == (422, pointer), refused.text
    made(await forecast(place.pcc, place, own, [1] * 12, made_on="2016-02-29"))
    nothing = await threshold(place.pcc, place, percent_over=None)
    assert (code_of(nothing), pointer_of(nothing)) == ("warning_threshold_of_nothing", "/percent_over")
    assert pool


async def test_nobody_else_sees_it_and_thresholds_are_each_one_s_own(place):
    _, lines, _ = await real_year(place)
    own = made(await forecast(place.ccg, place, lines["ccg aligned"], [1] * 12))
    path = f"/v1/forecasts/{own['id']}"
    await assert_hidden(place.pcc, path, "/v1/forecasts", place.partnership)
    assert (await place.pcc.get(f"{path}/months")).status_code == 404
    for role in ("provider", "observer"):
        other = await place.client(**{role: place.partnership})
        await assert_hidden(other, path, "/v1/forecasts", place.partnership)
    mine = made(await threshold(place.pcc, place))
    end = {"in_force_to": "2016-03-31"}
    at = f"/v1/warning-thresholds/{mine['id']}"
    theirs = await place.ccg.post(f"{at}/end", json=end, key=key(), version=1)
    assert code_of(theirs) == "warning_threshold_of_another"
    ended = made(await place.pcc.post(f"{at}/end", json=end, key=key(), version=1))
    assert made(await place.ccg.get(at)) == ended
    listed = await place.ccg.get("/v1/warning-thresholds", params={"partnership_id": str(place.partnership)})
    assert listed.json()["items"] == [ended]
    stranger = await place.client(commissioner=uuid.uuid4())
    await assert_hidden(stranger, at, "/v1/warning-thresholds", place.partnership)
