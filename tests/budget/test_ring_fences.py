"""What kind of money a line is over HTTP: its source, what its grant demands, and until when it is spent."""

import uuid

import pytest

from tests.budget.place import Place, code_of, key, made


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.draft()
    return place


async def meet(client, line, code, version):
    body = {"code": code, "met_on": "2015-03-26", "evidence": "Minute 12 of the board"}
    return await client.post(f"/v1/lines/{line}/met-demands", json=body, key=key(), version=version)


@pytest.mark.row("S1-B21")
async def test_the_better_care_fund_is_spent_after_its_plan_is_agreed_and_signed_off(place):
    nature = {"funding_source": "Better Сare Fund"}  # noqa: RUF001 with a Cyrillic letter, as registers have it
    line = await place.line(place.pcc, None, "aligned", nature=nature)
    seen = made(await place.pcc.get(f"/v1/lines/{line}"))
    assert seen["nature"]["funding_source"] == "bcf"
    assert seen["waits_for"] == ["jointly_agreed_plan", "hwb_sign_off"]
    cost = await place.account(place.pcc, "expenditure", "aligned", line_id=line)
    fund = await place.account(place.pcc, "reserve", "aligned")
    body = {
        "kind": "expenditure",
        "effective_date": "2014-06-15",
        "narrative": "x",
        "entries": [
            {"account_id": str(cost), "amount_pence": 5},
            {"account_id": str(fund), "amount_pence": -5},
        ],
    }
    early = await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body)
    assert (early.status_code, code_of(early)) == (409, "ring_fence_conditions_open")
    assert early.json()["conditions"] == ["jointly_agreed_plan", "hwb_sign_off"]
    assert code_of(await meet(place.pcc, line, "something", 1)) == "ring_fence_condition_unknown"
    made(await meet(place.pcc, line, "jointly_agreed_plan", 1))
    still = await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body)
    assert still.json()["conditions"] == ["hwb_sign_off"]
    assert code_of(await meet(place.pcc, line, "jointly_agreed_plan", 2)) == "ring_fence_condition_met"
    assert made(await meet(place.pcc, line, "hwb_sign_off", 2))["waits_for"] == []
    made(await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body))
    met = (await place.pcc.get(f"/v1/lines/{line}/met-demands")).json()["items"]
    assert [each["code"] for each in met] == ["hwb_sign_off", "jointly_agreed_plan"]


@pytest.mark.row("S5-B13")
async def test_seed_money_is_spent_up_to_its_last_day(place):
    fence = {"grant": "Transformation fund", "spend_until": "2014-12-31", "unspent": "returned"}
    nature = {"funding_source": "transformation fund", "recurrence": "one_off", "ring_fence": fence}
    line = await place.line(place.pcc, None, "aligned", nature=nature)
    await place.spend(place.pcc, line, 5, arrangement="aligned", effective_date="2014-12-31")
    cost = await place.account(place.pcc, "expenditure", "aligned", line_id=line)
    fund = await place.account(place.pcc, "reserve", "aligned")
    entries = [{"account_id": str(cost), "amount_pence": 5}, {"account_id": str(fund), "amount_pence": -5}]
    body = {"kind": "expenditure", "effective_date": "2015-01-01", "narrative": "x", "entries": entries}
    late = await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body)
    assert (code_of(late), late.json()["errors"][0]["pointer"]) == ("ring_fence_ended", "/effective_date")
    back = [
        {"account_id": str(cost), "amount_pence": -5},
        {"account_id": str(fund), "amount_pence": 5},
    ]
    made(await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json={**body, "entries": back}))


@pytest.mark.row("S2-B21", "S5-B07", "S5-B11")
async def test_a_line_says_what_kind_of_money_it_is(place):
    nature = {
        "funding_source": "Work and Pensions",
        "recurrence": "recurrent",
        "allocation_basis": "registered_population",
        "personal_budget": "integrated_personal_budget",
    }
    line = await place.line(place.ccg, None, "aligned", nature=nature)
    kept = made(await place.ccg.get(f"/v1/lines/{line}"))["nature"]
    assert kept["funding_source"] == "dwp"
    assert {name: kept[name] for name in list(nature)[1:]} == {
        name: nature[name] for name in list(nature)[1:]
    }
    other = await place.line(place.ccg, None, "aligned", nature={"funding_source": "Lottery grant 2014"})
    assert made(await place.ccg.get(f"/v1/lines/{other}"))["nature"]["funding_source"] == "lottery_grant_2014"


@pytest.mark.row("S2-B20", "S3-B04", "S4-B08")
async def test_a_line_says_what_it_leaves_out_and_what_it_is_for(place):
    nature = {
        "coverage": "overheads_not_yet_included",
        "purpose": "incentive",
        "priority": "Fewer emergency admissions",
        "recurrence": "recurrent",
    }
    line = await place.line(place.pcc, None, "aligned", pence=90_800_00, nature=nature)
    kept = made(await place.pcc.get(f"/v1/lines/{line}"))["nature"]
    assert {name: kept[name] for name in nature} == nature


async def test_only_the_owner_says_that_a_condition_is_met(place):
    line = await place.line(place.pcc, None, "aligned", nature={"funding_source": "bcf"})
    assert (await meet(place.ccg, line, "hwb_sign_off", 1)).status_code == 404
    later = {"code": "hwb_sign_off", "met_on": "2199-01-01", "evidence": "x"}
    refused = await place.pcc.post(f"/v1/lines/{line}/met-demands", json=later, key=key(), version=1)
    assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (
        "ring_fence_condition_met_later",
        "/met_on",
    )
    twice = [{"code": "x", "demands": "x"}] * 2
    nature = {"ring_fence": {"grant": "x", "conditions": twice}}
    body = place.line_body(None, "aligned", nature=nature)
    assert (
        code_of(await place.pcc.put(f"/v1/lines/{uuid.uuid4()}", json=body))
        == "ring_fence_conditions_repeated"
    )
