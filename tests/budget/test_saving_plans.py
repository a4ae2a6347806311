"""Savings plans over HTTP: plan against range, each benefit once, what is left to find, and a gap that closes."""

import uuid
from decimal import Decimal

import pytest

from tests.budget.place import Place, made
from tests.budget.saving import OTHER, STAFFING, K, act, amounts, by_rates, line, plan, put, roll_up


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S1-B12", "S1-B07")
async def test_plan_and_range_and_what_is_left_to_find(place):
    kept = made(await plan(place))
    assert (kept["plan_known_pence"], kept["plan_complete"]) == (16_900 * K, True)
    assert (kept["strand_known_pence"], kept["strand_complete"]) == (325 * K, False)
    assert kept["strand_not_stated_in"] == ["2015/16", "2016/17"]
    made(await put(place, by_rates(place, 1_629 * K, STAFFING)))
    made(await put(place, by_rates(place, 22_167 * K, OTHER)))
    years = (await roll_up(place, kept))["years"]
    percent = [
        tuple(round(Decimal(each["against_plan"][f"{end}_percent"])) for end in ("lower", "higher"))
        for each in years
    ]
    assert percent == [(17, 35), (13, 29), (20, 30)]
    strand = years[0]["against_strand"]
    assert (round(Decimal(strand["lower_percent"])), round(Decimal(strand["higher_percent"]))) == (78, 161)
    assert years[1]["against_strand"]["lower_percent"] is None
    assert years[1]["against_plan"]["least_to_find_pence"] == 5_900 * K - 1_682_010_00


@pytest.mark.row("S2-B15", "S2-B13")
async def test_the_programme_leaves_225_or_250_unallocated(place):
    kept = made(await plan(place))
    for low, high in ((300, 325), (500, 500), (450, 450)):
        made(await put(place, line(place, amounts=amounts(low * K, high * K))))
    year = (await roll_up(place, kept))["years"][0]
    assert (year["lower"]["known_pence"], year["higher"]["known_pence"]) == (1_250 * K, 1_275 * K)
    found = year["against_plan"]
    assert (found["least_to_find_pence"], found["most_to_find_pence"]) == (225 * K, 250 * K)


@pytest.mark.row("S2-B17", "S1-B15")
async def test_a_benefit_on_two_rows_counts_once(place):
    kept = made(await plan(place))
    for title in ("Maximise resources", "Implementation of Cluster Model Saving"):
        body = line(place, title=title, benefit_id="CYP-450", service="Children", amounts=amounts(450 * K))
        made(await put(place, body))
    year = (await roll_up(place, kept))["years"][0]
    assert year["lower"]["known_pence"] == year["higher"]["known_pence"] == 450 * K
    claim = year["claims"][0]
    assert (len(claim["saving_ids"]), claim["figures_differ"]) == (2, False)
    made(await put(place, line(place, benefit_id="CYP-450", amounts=amounts(400 * K))))
    differing = (await roll_up(place, kept))["years"][0]["claims"][0]
    assert (differing["figures_differ"], differing["higher"]["known_pence"]) == (True, 400 * K)


@pytest.mark.row("S1-B14")
async def test_avoided_and_absorbed_savings_stay_apart_from_cash(place):
    kept = made(await plan(place))
    for kind, k in (("cashable", 1), ("cost_avoidance", 2), ("absorbed_by_demand", 4)):
        made(await put(place, line(place, type=kind, amounts=amounts(k * K))))
    year = (await roll_up(place, kept))["years"][0]
    assert year["higher"]["known_pence"] == K
    assert {each["type"]: each["higher"]["known_pence"] for each in year["by_type"]} == {
        "cashable": K,
        "cost_avoidance": 2 * K,
        "absorbed_by_demand": 4 * K,
    }


@pytest.mark.row("S5-B06")
async def test_a_gap_closes_year_by_year_by_what_the_locality_plans_save(place):
    """£2 billion in five years by ten locality plans: £40m a year each closes it, £39m leaves £50m."""
    years = [f"{y}/{y + 1 - 2000}" for y in range(2016, 2021)]
    unknown = {"amount_pence": None, "status": "not_stated"}
    kept = made(
        await plan(
            place,
            gap={"amount_pence": 2_000_000 * K, "status": "estimate", "qualifier": "approximately"},
            years=[
                {"financial_year": y, "plan": {"amount_pence": 400_000 * K}, "strand": unknown} for y in years
            ],
        )
    )
    for number in range(10):
        each = [one for y in years for one in amounts(39_000 * K, 40_000 * K, y)]
        made(await put(place, line(place, title=f"Locality {number}", amounts=each)))
    rolled = (await roll_up(place, kept))["years"]
    assert [each["gap_left_higher_pence"] // (1_000 * K) for each in rolled] == [1600, 1200, 800, 400, 0]
    assert rolled[-1]["gap_left_lower_pence"] == 50_000 * K


@pytest.mark.row("S1-B17", "S1-B14")
async def test_what_was_delivered_counts_and_a_slip_delays_the_whole(place):
    """Two pounds in a hundred for three years, a year late; and a hundred planned of which nothing came."""
    kept = made(await plan(place))

    def step(status, **more):
        return {"status": status, "on_day": "2015-01-01", "explanation": "As reported.", **more}

    late = made(await put(place, by_rates(place, 1_000 * K, (("0.02", "0.02"),) * 3)))
    made(await act(place.pcc, late, "delivery", step("slipped", slipped_to="2015/16")))
    found = [each["lower"]["known_pence"] for each in (await roll_up(place, kept))["years"]]
    assert found == [0, 20 * K, 20 * K]
    for spent, pence in ((1_000 * K, 0), (930 * K, 70 * K)):
        saving = made(await put(place, line(place, amounts=amounts(100 * K))))
        saving = made(await act(place.pcc, saving, "delivery", step("in_delivery")))
        brought = {"financial_year": "2014/15", "base_pence": 1_000 * K, "actual_pence": spent}
        brought["demand_growth_pence"] = 0
        made(await act(place.pcc, saving, "delivery", step("delivered", delivered=brought)))
        year = (await roll_up(place, kept))["years"][0]
        assert (year["lower"]["known_pence"], year["higher"]["known_pence"]) == (pence, pence)
    slow = made(await put(place, line(place, amounts=amounts(100 * K))))
    slow = made(await act(place.pcc, slow, "delivery", step("in_delivery")))
    brought = {**brought, "financial_year": "2016/17", "actual_pence": 960 * K}
    made(await act(place.pcc, slow, "delivery", step("delivered", delivered=brought)))
    found = [each["lower"]["known_pence"] for each in (await roll_up(place, kept))["years"]]
    assert found == [70 * K, 20 * K, 60 * K]


@pytest.mark.parametrize("first", ["cashable", "cost_avoidance"])
async def test_a_benefit_of_two_types_is_told_and_is_no_cash(place, first):
    """Whichever line comes first by its id."""
    kept = made(await plan(place))
    second = {"cashable": "cost_avoidance", "cost_avoidance": "cashable"}[first]
    for number, kind in enumerate((first, second)):
        body = line(place, benefit_id="B-1", type=kind, amounts=amounts(100 * K))
        made(await place.pcc.put(f"/v1/savings/{number}{str(uuid.uuid4())[1:]}", json=body))
    year = (await roll_up(place, kept))["years"][0]
    assert (year["claims"][0]["type"], year["claims"][0]["figures_differ"]) == ("cost_avoidance", True)
    assert year["lower"]["known_pence"] == 0
