"""Risk shares over HTTP: recorded in versions, refused where they leave a remainder, simulated either way."""

import uuid
from typing import Any

import pytest

from tests.budget.place import code_of, made
from tests.budget.settling import Overspent


@pytest.fixture
async def place(client_for):
    return await Overspent().prepare(client_for)


def taken(settlement) -> list[int]:
    return [each["taken_pence"] for each in settlement["outcome"]["steps"]]


@pytest.mark.row("S1-B22", "S3-B01", "S5-B04")
async def test_an_overspend_is_simulated_from_the_position_and_nothing_is_kept(place):
    recorded = made(await place.record())
    assert (recorded["edition"], recorded["agreement_id"]) == (1, str(place.agreement))
    found = made(await place.simulate())
    assert found["risk_share_id"] == recorded["id"]
    assert found["facts"]["variance"]["amount_pence"] == -100_00
    # £100 over: £30 from the other pool, £10 reserve, £60 two to one with £15 at most for the CCG, £5 to be agreed.
    assert taken(found) == [30_00, 10_00, 55_00, 5_00]
    borne = {each["organisation_id"]: each["amount_pence"] for each in found["outcome"]["by_partner"]}
    assert borne == {str(place.council): 40_00, str(place.nhs): 15_00}
    assert found["outcome"]["to_be_agreed_pence"] == 5_00
    assert "A cap held." in found["outcome"]["steps"][2]["explanation"]
    listed = await place.pcc.get("/v1/settlements", params={"partnership_id": str(place.partnership)})
    assert listed.json()["items"] == []


async def test_the_risk_reserve_is_what_the_books_hold_unless_it_is_said(place):
    """Reserve accounts of no partner, of all years, up to the day; what was drawn on in advance is nothing."""
    made(await place.record())
    fund, reserve = place.accounts["fund_account_id"], place.accounts["reserve_account_id"]
    council = str(place.council)
    kept = await place.account(place.pcc, "reserve", "pooled", pool_id=place.pool_of, organisation_id=council)
    unsaid = {"risk_reserve": None}
    early = made(await place.simulate(**unsaid, as_at="2015-04-30"))
    assert early["facts"]["risk_reserve"]["amount_pence"] == 0
    for account, pence, day in ((reserve, 3_00, "2015-12-01"), (kept, 9_00, "2015-06-20")):
        await place.post(place.pcc, account, fund, pence, kind="prepayment", effective_date=day)
    found = made(await place.simulate(place.ccg, **unsaid))
    assert (found["facts"]["risk_reserve"]["amount_pence"], taken(found)[1]) == (13_00, 13_00)
    autumn = made(await place.simulate(**unsaid, as_at="2015-11-30"))
    assert autumn["facts"]["risk_reserve"]["amount_pence"] == 10_00
    assert made(await place.simulate())["facts"]["risk_reserve"]["amount_pence"] == 10_00
    forecast = {"source": "forecast", "variance": {"amount_pence": -1_00, "status": "estimate"}}
    ahead = made(await place.simulate(**unsaid, **forecast))
    assert ahead["facts"]["risk_reserve"] == {"amount_pence": None, "status": "not_stated", "qualifier": None}


@pytest.mark.row("S3-B01")
async def test_any_forecast_is_simulated_in_either_direction(place):
    made(await place.record())
    forecast: dict[str, Any] = {
        "source": "forecast",
        "variance": {"amount_pence": 50_01, "status": "estimate"},
    }
    gain = made(await place.simulate(place.ccg, **forecast))
    assert gain["outcome"]["direction"] == "underspend"
    assert taken(gain) == [20_00, 30_01]
    assert [each["amount_pence"] for each in gain["outcome"]["by_partner"]] in (
        [20_01, 10_00],
        [10_00, 20_01],
    )
    forecast["variance"]["amount_pence"] = -7_00
    forecast["pool_underspends"] = [{"pool_id": str(place.other), "amount": {"amount_pence": 6_00}}]
    loss = made(await place.simulate(**forecast))
    assert taken(loss) == [6_00, 1_00]


@pytest.mark.parametrize("share", ["NaN", "Infinity", "1e2", "sixty"])
async def test_shares_that_are_no_decimal_or_do_not_sum_are_refused_and_nothing_is_kept(place, share):
    def shares(one, two):
        named = zip((place.council, place.nhs), (one, two), strict=True)
        parts = [{"organisation_id": str(who), "percent": percent} for who, percent in named]
        return {"overspend": [{"kind": "fixed_shares", "shares": parts}]}

    unreadable = await place.record(**shares(share, "40"))
    assert unreadable.status_code == 422
    short = await place.record(**shares("60", "39.99"))
    assert (code_of(short), short.json()["sum_percent"]) == ("risk_share_shares_do_not_sum", "99.99")
    caps = [{"organisation_id": str(place.nhs), "amount_pence": 1}]
    leaves = await place.record(overspend=[{"kind": "contributions", "caps": caps}])
    assert (code_of(leaves), leaves.json()["errors"][0]["pointer"]) == ("risk_share_no_taker", "/overspend/0")
    early = await place.record(effective_from="2015-03-31")
    assert code_of(early) == "risk_share_outside_agreement"
    elsewhere = await place.record(
        overspend=[{"kind": "pool_underspends", "pool_ids": [str(uuid.uuid4())]}, {"kind": "to_be_agreed"}]
    )
    assert elsewhere.json()["errors"][0]["pointer"] == "/overspend/0/pool_ids/0"
    listed = await place.pcc.get("/v1/risk-shares", params={"partnership_id": str(place.partnership)})
    assert listed.json()["items"] == []


async def test_versions_of_a_scheme_take_effect_by_date(place):
    first = made(await place.record())
    later = made(await place.record(place.ccg, effective_from="2016-04-01"))
    assert (later["edition"], made(await place.simulate())["risk_share_id"]) == (2, first["id"])
    corrected = made(await place.record(effective_from="2016-02-29"))
    assert made(await place.simulate())["risk_share_id"] == corrected["id"]
    chosen = made(await place.simulate(risk_share_id=first["id"]))
    assert chosen["edition"] == 1
    listed = await place.ccg.get(
        "/v1/risk-shares",
        params={"partnership_id": str(place.partnership), "pool_id": str(place.pool_of), "limit": 2},
    )
    assert [each["effective_from"] for each in listed.json()["items"]] == ["2015-04-01", "2016-02-29"]
    rest = await place.ccg.get(listed.json()["next"])
    assert [each["edition"] for each in rest.json()["items"]] == [2]


async def test_a_repeat_answers_as_before(place):
    body, url = place.scheme(), f"/v1/risk-shares/{uuid.uuid4()}"
    first = await place.pcc.put(url, json=body)
    again = await place.pcc.put(url, json=body)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    other = await place.pcc.put(url, json={**body, "clause": "Schedule 4"})
    assert code_of(other) == "idempotency_key_reused"
