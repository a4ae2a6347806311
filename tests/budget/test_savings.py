"""Savings over HTTP: Plymouth's tables of 2014 recomputed, benefits counted once, delivery, slippage, rates in versions."""

import pytest

from tests.budget.place import Place, assert_hidden, code_of, made
from tests.budget.saving import (
    OTHER,
    STAFFING,
    YEARS,
    K,
    act,
    amounts,
    bases,
    by_rates,
    line,
    plan,
    put,
    rates,
    roll_up,
)
from tests.stack import a_caller


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


def thousands(saving) -> list[int]:
    pence = [each[end]["known_pence"] for each in saving["years"] for end in ("lower", "higher")]
    return [(each + K // 2) // K for each in pence]


@pytest.mark.row("S1-B08", "S1-B09", "S1-B10")
async def test_both_tables_are_recomputed_from_the_frozen_base(place):
    staffing = made(await put(place, by_rates(place, 1_629 * K, STAFFING)))
    assert staffing["years"][0]["lower"]["known_pence"] == 32_580_00
    assert thousands(staffing) == [33, 81, 81, 130, 114, 163]
    other = made(await put(place, by_rates(place, 22_167 * K, OTHER)))
    assert thousands(other) == [222, 443, 665, 1_552, 1_773, 2_660]


@pytest.mark.row("S1-B11", "S2-B18")
async def test_a_base_to_be_confirmed_leaves_the_range_open_and_names_the_ccg(place):
    both = bases((place.council, 1_629 * K), (place.nhs, None))
    found = made(await put(place, by_rates(place, 0, STAFFING, bases=both, optimism_bias_percent="10")))
    first = found["years"][0]
    assert first["lower"] == {
        "known_pence": 32_580_00,
        "complete": False,
        "missing_contributors": [str(place.nhs)],
    }
    assert first["lower_after_bias"]["complete"] is False
    kept = made(await plan(place))
    rolled = await roll_up(place, kept)
    assert (rolled["complete"], rolled["missing_contributors"]) == (False, [str(place.nhs)])
    assert rolled["years"][0]["against_plan"]["lower_percent"] is None


@pytest.mark.row("S1-B15", "S4-B09")
async def test_credit_follows_what_is_saved_and_never_the_commissioning_structure(place):
    for arises_in, service, credited in (
        ("support_services", None, "CCO"),
        ("premises", None, "P&OD"),
        ("service", "Reablement", "Reablement"),
    ):
        body = line(place, arises_in=arises_in, service=service, amounts=amounts(100))
        assert made(await put(place, body))["credited_to"] == credited
    for arises_in, service in (("service", None), ("premises", "Reablement")):
        refused = await put(place, line(place, arises_in=arises_in, service=service, amounts=amounts(100)))
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (
            "saving_service_needed",
            "/service",
        )


@pytest.mark.row("S1-B14", "S1-B16", "S1-B17")
async def test_delivery_moves_with_its_history_and_counts_after_demand(place):
    saving = made(await put(place, line(place, amounts=amounts(100 * K), optimism_bias_percent="12.5")))
    assert saving["years"][0]["lower_after_bias"]["known_pence"] == 87_500_00
    assert (saving["status"], saving["colour"]) == ("planned", "amber")

    def step(status, **more):
        return {"status": status, "on_day": "2014-11-01", "explanation": "As reported.", **more}

    early = await act(place.pcc, saving, "delivery", step("delivered"))
    assert (code_of(early), early.json()["allowed"]) == (
        "saving_move_refused",
        ["in_delivery", "removed", "slipped"],
    )
    nowhere = await act(place.pcc, saving, "delivery", step("slipped"))
    assert nowhere.json()["errors"][0]["pointer"] == "/slipped_to"
    slipped = made(await act(place.pcc, saving, "delivery", step("slipped", slipped_to="2015/16")))
    assert (slipped["colour"], slipped["history"][0]["from_status"]) == ("red", "planned")
    kept = made(await plan(place))
    years = (await roll_up(place, kept))["years"]
    assert [each["higher"]["known_pence"] for each in years] == [0, 100 * K, 0]
    running = made(await act(place.pcc, slipped, "delivery", step("in_delivery")))
    bare = await act(place.pcc, running, "delivery", step("delivered"))
    assert bare.json()["errors"][0]["pointer"] == "/delivered"
    brought = {
        "financial_year": "2015/16",
        "base_pence": 1_629 * K,
        "actual_pence": 1_600 * K,
        "demand_growth_pence": 20 * K,
    }
    done = made(await act(place.pcc, running, "delivery", step("delivered", delivered=brought)))
    assert (done["delivered_pence"], done["colour"], len(done["history"])) == (49 * K, "green", 3)
    assert made(await place.ccg.get(f"/v1/savings/{saving['id']}")) == done
    assert code_of(await act(place.ccg, done, "delivery", step("removed"))) == "saving_owner_only"


@pytest.mark.row("S1-B13")
async def test_rates_have_versions_and_the_answer_says_what_changed(place):
    saving = made(await put(place, by_rates(place, 1_629 * K, STAFFING)))
    revised = rates((STAFFING[0], ("0.06", "0.08"), STAFFING[2]), "2014-11-01")
    changed = made(await act(place.pcc, saving, "assumptions", revised))
    assert changed["years"][1]["lower"]["known_pence"] == 97_740_00
    assert changed["changed_by_latest_version"] == [
        {
            "financial_year": "2015/16",
            "before": {"lower": "0.05", "higher": "0.08"},
            "after": {"lower": "0.06", "higher": "0.08"},
        }
    ]
    former = await place.pcc.get(f"/v1/savings/{saving['id']}", params={"assumed_on": "2014-10-31"})
    assert made(former)["years"][1]["lower"]["known_pence"] == 81_450_00
    backdated = await act(place.pcc, changed, "assumptions", {**revised, "effective_from": "2014-11-01"})
    assert (code_of(backdated), backdated.json()["errors"][0]["pointer"]) == (
        "saving_assumption_order",
        "/effective_from",
    )
    none = await place.pcc.get(f"/v1/savings/{saving['id']}", params={"assumed_on": "2014-07-15"})
    assert code_of(none) == "saving_no_assumption"


@pytest.mark.row("S2-B22")
async def test_a_contract_s_price_tapers_year_by_year(place):
    prices = [
        {"financial_year": y, "price_pence": p * K} for y, p in zip(YEARS, (950, 900, 800), strict=True)
    ]
    taper = {"price_before_pence": 1_000 * K, "prices": prices}
    found = made(await put(place, line(place, taper=taper)))
    assert [each["lower"]["known_pence"] for each in found["years"]] == [50 * K, 100 * K, 200 * K]
    prices[0]["price_pence"] = 1_001 * K
    dearer = await put(place, line(place, taper=taper))
    assert dearer.json()["errors"][0]["pointer"] == "/taper/prices/0/price_pence"


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({}, "saving_one_method", "/amounts"),
        ({"amounts": amounts(-1)}, "saving_negative", "/amounts/0/lower/amount_pence"),
        ({"amounts": amounts(2, 1)}, "saving_rate_crossed", "/amounts/0/lower"),
        ({"amounts": amounts(1) * 2}, "saving_named_twice", "/amounts/1"),
        (
            {"amounts": amounts(1), "optimism_bias_percent": "101"},
            "saving_bias_out_of_range",
            "/optimism_bias_percent",
        ),
        ({"assumption": rates(STAFFING)}, "saving_base_needed", "/bases"),
    ],
)
async def test_a_line_that_does_not_hold_together_is_refused(place, changes, code, pointer):
    refused = await put(place, line(place, **changes))
    assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)


async def test_rates_out_of_range_and_plans_that_contradict_themselves_are_refused(place):
    for table, pointer in (
        ((("0.05", "0.02"), *STAFFING[1:]), "/assumption/rates/0/lower"),
        ((("2", "5"), *STAFFING[1:]), "/assumption/rates/0/lower"),
    ):
        refused = await put(place, by_rates(place, 1, table))
        assert refused.json()["errors"][0]["pointer"] == pointer
    money = {"amount_pence": 1}
    above = {"financial_year": "2014/15", "plan": money, "strand": {"amount_pence": 2}}
    refused = await plan(place, years=[above])
    assert (code_of(refused), refused.json()["over_by_pence"]) == ("saving_plan_strand_above", 1)
    assert code_of(await plan(place, years=[])) == "saving_plan_no_years"
    twice = await plan(place, years=[{**above, "strand": money}] * 2)
    assert twice.json()["errors"][0]["pointer"] == "/years/1/financial_year"


async def test_partners_read_savings_and_strangers_find_none(place):
    saving = made(await put(place, line(place, amounts=amounts(1))))
    kept = made(await plan(place))
    query = {
        "partnership_id": str(place.partnership),
        "status": "planned",
        "programme": "Integrated commissioning",
    }
    listed = made(await place.ccg.get("/v1/savings", params=query))
    assert [each["id"] for each in listed["items"]] == [saving["id"]]
    for standing in ({}, {"provider": place.partnership}, {"observer": place.partnership}):
        stranger = await place.client_for("budget", a_caller(scopes="budget:read budget:write", **standing))
        await assert_hidden(stranger, f"/v1/savings/{saving['id']}", "/v1/savings", place.partnership)
        await assert_hidden(stranger, f"/v1/saving-plans/{kept['id']}", "/v1/saving-plans", place.partnership)
        assert (await stranger.get(f"/v1/saving-plans/{kept['id']}/roll-up")).status_code == 404
        assert code_of(await put(place, line(place, amounts=amounts(1)), stranger)) == "partnership_unknown"
        assert code_of(await plan(place, stranger)) == "partnership_unknown"
        step = {"status": "removed", "on_day": "2014-11-01", "explanation": "x"}
        assert (await act(stranger, saving, "delivery", step)).status_code == 404
