"""Appraisals over HTTP: projects with a stated timing, traded services, and the audit of printed figures of 2014."""

import uuid
from decimal import Decimal

import pytest

from tests.budget.place import Place, assert_hidden, code_of, made
from tests.stack import a_caller

RETURNS = {
    "label": "Return on investment",
    "scale": "thousands",
    "savings": "1060000",
    "expenditure": "340000",
    "years": 3,
    "net": "1400000",
    "roi_percent": "211.8",
    "discounted_roi_percent": "339.2",
    "average_roi_percent": "113.1",
    "npv": "652367",
    "discount_percent": "4.5",
    "irr_percent": "619.7",
    "payback_year": 1,
    "first_year_savings": "300000",
    "first_year_cost": "340000",
    "spending_pence": 22_417_315_00,
}


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def put(place, client=None, **given):
    body = {"partnership_id": str(place.partnership), "title": "Business case", **given}
    return await (client or place.pcc).put(f"/v1/appraisals/{uuid.uuid4()}", json=body)


async def findings(place, **printed) -> dict:
    audit = made(await put(place, printed=printed))["audit"]
    return {each["figure"]: each for each in audit["findings"]} | {"fits": audit["fits"]}


def project(*flows, timing="start_of_year", rate="4.5") -> dict:
    """Flows in pounds: a cost where negative."""
    years = []
    for number, flow in enumerate(flows):
        money = (
            {"amount_pence": None, "status": "tbc"} if flow is None else {"amount_pence": max(0, flow) * 100}
        )
        cost = {"name": "Project team", "amount": {"amount_pence": max(0, -(flow or 0)) * 100}}
        years.append({"financial_year": f"{2014 + number}/{15 + number}", "costs": [cost], "benefit": money})
    return {"years": years, "discount_percent": rate, "timing": timing}


@pytest.mark.row("S2-B07", "S2-B12")
async def test_net_savings_were_added_and_pounds_stand_under_thousands(place):
    found = await findings(place, returns=[RETURNS])
    scale = found["scale"]
    assert (scale["verdict"], scale["cause"]) == ("cannot_be", "unit")
    assert Decimal(scale["printed"]) == 1_060_000_000_00
    assert Decimal(scale["recomputed"]) == 1_060_000_00
    net = found["net"]
    assert (net["verdict"], net["cause"], Decimal(net["recomputed"])) == ("differs", "sign", 720_000_00)
    assert Decimal(net["printed"]) == 1_400_000_00


@pytest.mark.row("S2-B08")
async def test_the_printed_return_proves_the_net_figure_wrong(place):
    roi = (await findings(place, returns=[RETURNS]))["roi"]
    assert (roi["verdict"], roi["recomputed"]) == ("agrees", "211.76")
    assert "411.76 %" in roi["explanation"]


@pytest.mark.row("S2-B09")
async def test_the_discounted_return_cannot_be(place):
    found = await findings(place, returns=[RETURNS])
    discounted = found["discounted_roi"]
    assert (discounted["verdict"], discounted["recomputed"]) == ("cannot_be", "191.87")
    for said in ("200.51 %", "218.96 % at most", "end of year 3", "cost of £192,325", "impossible"):
        assert said in discounted["explanation"]
    average = found["average_roi"]
    assert (average["verdict"], average["recomputed"]) == ("agrees", "113.07")


@pytest.mark.row("S2-B10")
async def test_the_present_value_fits_720_and_not_1400_and_the_flows_are_not_unique(place):
    found = await findings(place, returns=[RETURNS])
    npv = found["npv"]
    assert npv["verdict"] == "consistent_with"
    assert "net £720,000" in npv["explanation"]
    assert "Not with £1,400,000" in npv["explanation"]
    first, second = found["fits"]
    thousands = [round(pence / 100_000, 1) for pence in first["flows_pence"]]
    assert thousands == [-40.0, 211.7, 548.3]
    values = [round(first[f"npv_{at}_pence"] / 100_000, 1) for at in ("start", "mid", "end")]
    assert values == [664.7, 650.2, 636.1]
    assert (first["nearest_timing"], first["nearest_off_percent"]) == ("mid_year", "0.3")
    assert [round(pence / 100_000, 1) for pence in second["flows_pence"]] == [-48.7, 283.0, 485.7]
    assert second["npv_mid_pence"] == 652_367_00
    assert sum(first["flows_pence"]) == sum(second["flows_pence"]) == 720_000_00


@pytest.mark.row("S2-B11")
async def test_payback_is_not_in_year_1_and_the_rate_is_only_consistent(place):
    found = await findings(place, returns=[RETURNS])
    payback = found["payback"]
    assert (payback["verdict"], payback["cause"], payback["recomputed"]) == ("differs", "index", "2")
    assert "-£40,000" in payback["explanation"]
    assert "counted as year 0" in payback["explanation"]
    assert found["irr"]["verdict"] == "consistent_with"
    bare = {**RETURNS, "irr_percent": None}
    alone = (await findings(place, returns=[bare]))["payback"]
    assert (alone["verdict"], alone["recomputed"]) == ("cannot_be", None)


@pytest.mark.row("S1-B19")
async def test_the_gap_implies_215m_and_is_printed_twice(place):
    part = {"label": "Gap", "part_pence": 64_500_000_00, "percent": "30", "also_printed_pence": 65_000_000_00}
    found = await findings(place, parts=[part])
    assert Decimal(found["implied_whole"]["recomputed"]) == 215_000_000_00
    assert (found["also_printed"]["verdict"], found["also_printed"]["cause"]) == ("differs", "rounding")


@pytest.mark.row("S2-B14")
async def test_ten_per_cent_is_not_200k_and_a_partner_is_missing(place):
    part = {
        "label": "Better commissioning",
        "part_pence": 200_000_00,
        "percent": "10",
        "whole_pence": 2_803_219_00,
        "partners_named": 1,
        "partners_meant": 2,
    }
    found = await findings(place, parts=[part])
    assert (found["part"]["cause"], round(Decimal(found["part"]["recomputed"]) / 100)) == ("percent", 280_322)
    assert found["partners"]["cause"] == "missing"


@pytest.mark.row("S2-B16", "S2-B13")
async def test_a_baseline_out_by_a_thousand_a_sum_25k_short_and_a_restructure_above_its_cap(place):
    found = await findings(
        place,
        scaled=[{"label": "CYP", "printed_pence": "2241700", "reference_pence": 22_417_315_00}],
        sums=[{"label": "2014/15", "parts_pence": [100_000_00, 200_000_00], "whole_pence": 325_000_00}],
        capped=[
            {"label": "Staff", "amount_pence": 100_000_00, "base_pence": 1_629_000_00, "most_percent": "5"},
        ],
    )
    assert (found["scale"]["cause"], Decimal(found["scale"]["recomputed"])) == ("unit", 22_417_000_00)
    assert "£25,000 short" in found["sum"]["explanation"]
    assert (found["most"]["cause"], Decimal(found["most"]["recomputed"])) == ("range", 81_450_00)
    assert "6.14 %" in found["most"]["explanation"]
    share = {"label": "ASC", "part_pence": 500_000_00, "percent": "1.19", "whole_pence": 41_900_000_00}
    assert (await findings(place, parts=[share]))["part"]["verdict"] == "agrees"


@pytest.mark.row("S2-B10", "S2-B11")
@pytest.mark.parametrize(
    ("timing", "npv"), [("start_of_year", 664_678_25), ("mid_year", 650_209_52), ("end_of_year", 636_055_74)]
)
async def test_a_project_says_its_timing_with_its_present_value(place, timing, npv):
    given = project(-40_000, 211_695, 548_305, timing=timing)
    result = made(await put(place, project=given))["project"]
    assert abs(result["npv_pence"] - npv) <= 25
    assert (result["timing"], result["irr_percent"], result["net_pence"]) == (timing, "619.70", 720_000_00)
    assert result["payback"] == {"number": 2, "financial_year": "2015/16"}
    assert result["cumulative_pence"] == [-40_000_00, 171_695_00, 720_000_00]


@pytest.mark.row("S4-B05")
async def test_the_investment_is_5_04_per_cent_of_the_unit(place):
    part = {"label": "Investment", "part_pence": 181_600_00, "percent": "5.04", "whole_pence": 3_600_000_00}
    assert (await findings(place, parts=[part]))["part"]["verdict"] == "agrees"
    wrong = (await findings(place, parts=[{**part, "percent": "5.4"}]))["part"]
    assert (wrong["verdict"], Decimal(wrong["recomputed"])) == ("differs", 194_400_00)


@pytest.mark.row("S2-B25")
async def test_project_costs_stand_on_their_own_lines(place):
    given = project(0, 500_000)
    given["years"][0]["costs"] = [
        {"name": "Children and young people", "amount": {"amount_pence": 135_000_00}},
        {"name": "Adult social care", "amount": {"amount_pence": 205_000_00}},
    ]
    result = made(await put(place, project=given))
    assert result["project"]["costs"]["known_pence"] == 340_000_00
    assert result["given"]["project"]["years"][0]["costs"][0]["name"] == "Children and young people"


async def test_an_unknown_benefit_leaves_the_appraisal_open(place):
    result = made(await put(place, project=project(-100, None)))["project"]
    assert (result["complete"], result["missing"], result["npv_pence"]) == (False, ["2015/16"], None)


@pytest.mark.parametrize(
    ("flows", "rate", "because"),
    [
        ((-100, -100), None, "no_change_of_sign"),
        ((-100, 230, -132), None, "several_possible"),
        ((-100, 110), "10.00", None),
    ],
)
async def test_a_rate_is_given_only_where_there_is_one(place, flows, rate, because):
    result = made(await put(place, project=project(*flows)))["project"]
    assert (result["irr_percent"], result["no_irr_because"]) == (rate, because)


@pytest.mark.row("S2-B24", "S5-B08")
async def test_full_cost_recovery_and_the_cost_of_a_unit(place):
    def money(pounds):
        return {
            "amount_pence": None if pounds is None else pounds * 100,
            "status": "tbc" if pounds is None else "actual",
        }

    service = {"income": money(119), "direct_cost": money(100), "overheads": money(20)}
    change = {"cost_before": money(100), "units_before": "10", "units_after": "15"}
    found = made(await put(place, service={**service, **change}))["service"]
    assert (found["recovers"], found["short_by_pence"]) == (False, 1_00)
    assert (found["unit_cost_before_pence"], found["unit_cost_after_pence"]) == ("1000.00", "800.00")
    assert found["unit_cost_change_percent"] == "-20.00"
    exact = made(await put(place, service={**service, "income": money(120)}))["service"]
    assert exact["recovers"] is True
    unknown = made(await put(place, service={**service, "overheads": money(None)}))["service"]
    assert (unknown["recovers"], unknown["full_cost"]["missing_contributors"]) == (None, ["overheads"])


def with_year(**changes) -> dict:
    given = project(-1, 2)
    given["years"][1] |= changes
    return {"project": given}


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        ({}, "printed_nothing", "/project"),
        ({"project": project()}, "appraisal_no_years", "/project/years"),
        ({"project": project(1, rate="101")}, "appraisal_rate_out_of_range", "/project/discount_percent"),
        (with_year(financial_year="2016/17"), "appraisal_years_in_order", "/project/years/1/financial_year"),
        (
            with_year(benefit={"amount_pence": -1}),
            "appraisal_flow_negative",
            "/project/years/1/benefit/amount_pence",
        ),
        (
            {"printed": {"returns": [{**RETURNS, "npv": "-1"}]}},
            "printed_amount_not_positive",
            "/printed/returns/0",
        ),
        (
            {"printed": {"returns": [{**RETURNS, "discount_percent": "101"}]}},
            "appraisal_rate_out_of_range",
            "/printed/returns/0/discount_percent",
        ),
        (
            {"printed": {"parts": [{"label": "x", "part_pence": 0, "percent": "1"}]}},
            "printed_figure_not_positive",
            "/printed/parts/0",
        ),
    ],
)
async def test_figures_that_do_not_hold_together_are_refused(place, given, code, pointer):
    refused = await put(place, **given)
    assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)


@pytest.mark.parametrize("figure", ["NaN", "1e9", "Infinity", "", 1060000])
async def test_figures_that_are_no_decimals_are_refused(place, figure):
    refused = await put(place, printed={"returns": [{**RETURNS, "savings": figure}]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/printed/returns/0/savings"


async def test_rates_that_no_flows_fit_show_none(place):
    for changes in ({"irr_percent": "4.5"}, {"irr_percent": "0"}, {"discount_percent": "0"}, {"years": 4}):
        assert (await findings(place, returns=[{**RETURNS, **changes}]))["fits"] == []


async def test_appraisals_are_worked_out_anew_for_partners_and_hidden_from_strangers(place):
    kept = made(await put(place, printed={"returns": [RETURNS]}, project=project(-1, 2)))
    assert made(await place.ccg.get(f"/v1/appraisals/{kept['id']}")) == kept
    listed = made(await place.ccg.get("/v1/appraisals", params={"partnership_id": str(place.partnership)}))
    assert listed["items"] == [kept]
    for standing in ({}, {"provider": place.partnership}, {"observer": place.partnership}):
        stranger = await place.client_for("budget", a_caller(scopes="budget:read budget:write", **standing))
        await assert_hidden(stranger, f"/v1/appraisals/{kept['id']}", "/v1/appraisals", place.partnership)
        assert code_of(await put(place, stranger, project=project(-1, 2))) == "partnership_unknown"
