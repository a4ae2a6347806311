"""Spending by contract through the door: to the penny with the position, as described last, as recorded, by sight."""

import uuid

import pytest

from tests.budget.place import Place, code_of, key, made
from tests.budget.reporting import strangers
from tests.budget.years import real_year

BEDS, ADVOCACY = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def report(client, place, **asked):
    params = {"partnership_id": str(place.partnership), "financial_year": "2015-16", **asked}
    return await client.get("/v1/reports/contract-spend", params=params)


async def paid(client, place, line, fund, pence, contract=None, day="2015-05-02", **where):
    """Expenditure on a line that says, or does not say, for which contract it was."""
    cost = await place.account(
        client, "expenditure", where.pop("arrangement", "pooled"), line_id=line, **where
    )
    said = {} if contract is None else {"dimensions": {"contract_id": str(contract)}}
    entries = [
        {"account_id": str(cost), "amount_pence": pence, **said},
        {"account_id": str(fund), "amount_pence": -pence},
    ]
    return await place.post(client, cost, fund, pence, effective_date=day, entries=entries)


async def spent_year(place):
    """Beds: £60 and a penny pooled, £5 of the council's own; advocacy: £2 pooled; £143 of the year for no contract."""
    pool, lines, fund = await real_year(place)
    own = await place.account(place.pcc, "reserve", "aligned")
    first = await paid(place.pcc, place, lines["pcc"], fund, 60_01, BEDS, pool_id=pool)
    await paid(place.pcc, place, lines["ccg"], fund, 2_00, ADVOCACY, day="2015-09-30", pool_id=pool)
    await paid(place.pcc, place, lines["pcc aligned"], own, 5_00, BEDS, arrangement="aligned")
    theirs = await place.account(place.ccg, "reserve", "aligned")
    await paid(place.ccg, place, lines["ccg aligned"], theirs, 3_33, BEDS, arrangement="aligned")
    return first, pool, lines, fund


def contracts(told):
    return {each["contract_id"]: each for each in told["contracts"]}


def pence(told):
    return {each: of["spend_pence"] for each, of in contracts(told).items()}


@pytest.mark.row("S1-O07")
async def test_contracts_and_the_rest_come_to_what_is_seen_of_the_position(place):
    await spent_year(place)
    told = made(await report(place.pcc, place))
    assert contracts(told)[str(BEDS)] == {
        "contract_id": str(BEDS), "spend_pence": 65_01, "pooled_pence": 60_01, "aligned_pence": 5_00,
        "shadow_pence": None,
    }  # fmt: skip
    assert pence(told) == {str(BEDS): 65_01, str(ADVOCACY): 2_00}
    position = made(await place.position(place.pcc, "2015-16"))
    seen = sum(each["actual_pence"] or 0 for each in position["lines"])
    assert told["seen_pence"] == seen == 135_00 + 4_00 + 60_01 + 2_00 + 5_00
    assert sum(pence(told).values()) + told["without_contract_pence"] == seen
    assert told["without_contract_pence"] == 139_00
    assert told["withheld_contributors"] == [
        {"organisation_id": str(place.nhs), "because": "aligned_lines_closed"}
    ]
    assert told["complete"] is False
    mirrored = made(await report(place.ccg, place))
    assert pence(mirrored) == {str(BEDS): 60_01 + 3_33, str(ADVOCACY): 2_00}


async def test_what_was_said_last_counts_and_a_reversal_undoes_it_under_the_same_contract(place):
    first, *_ = await spent_year(place)
    url = f"/v1/journals/{first['id']}"
    moved = {"entries": [{"position": 1, "contract_id": str(ADVOCACY)}]}
    before = made(await place.pcc.post(f"{url}/dimensions", json=moved, key=key(), version=1))
    told = made(await report(place.pcc, place))
    assert pence(told) == {str(BEDS): 5_00, str(ADVOCACY): 62_01}
    undone = {"id": str(uuid.uuid4()), "effective_date": "2015-06-01", "narrative": "Sent twice"}
    made(await place.pcc.post(f"{url}/reversal", json=undone, key=key()))
    told = made(await report(place.pcc, place))
    assert pence(told) == {str(BEDS): 5_00, str(ADVOCACY): 2_00}
    # Said anew after it was undone: both sides go along, and nobody's spend is below nothing.
    again = {"entries": [{"position": 1, "contract_id": str(BEDS)}]}
    made(await place.pcc.post(f"{url}/dimensions", json=again, key=key(), version=before["version"]))
    told = made(await report(place.pcc, place))
    assert pence(told) == {str(BEDS): 5_00, str(ADVOCACY): 2_00}
    assert sum(pence(told).values()) + told["without_contract_pence"] == told["seen_pence"] == 146_00


async def test_an_accrual_over_the_year_s_end_and_its_invoice_are_one_spend(place):
    """Accrued in March, undone in April on the next year's line, and invoiced: £5 in the two years together."""
    pool, lines, fund = await real_year(place)
    next_line = await place.line(place.pcc, pool, "pooled", pence=1_000_00, financial_year="2016/17")
    cost, after = [
        await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=each)
        for each in (lines["pcc"], next_line)
    ]
    said = {"dimensions": {"contract_id": str(BEDS)}}
    accrual = {
        "kind": "accrual", "effective_date": "2016-03-31", "narrative": "March, not invoiced",
        "entries": [{"account_id": str(cost), "amount_pence": 5_00, **said},
                    {"account_id": str(fund), "amount_pence": -5_00}],
        "next_year_accounts": [{"account_id": str(cost), "next_account_id": str(after)}],
    }  # fmt: skip
    made(await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=accrual))
    next_year = {"financial_year": "2016-17"}
    undone = made(await report(place.pcc, place, **next_year))
    assert (pence(undone), undone["without_contract_pence"]) == ({str(BEDS): -5_00}, 0)
    await paid(place.pcc, place, next_line, fund, 5_00, BEDS, day="2016-05-02", pool_id=pool)
    assert pence(made(await report(place.pcc, place))) == {str(BEDS): 5_00}
    assert pence(made(await report(place.pcc, place, **next_year))) == {str(BEDS): 0}
    assert pence(made(await report(place.ccg, place, **next_year))) == {str(BEDS): 0}


async def test_as_at_a_day_and_as_recorded_at_an_instant(place):
    first, pool, lines, fund = await spent_year(place)
    assert pence(made(await report(place.pcc, place, as_at="2015-05-01"))) == {}
    assert pence(made(await report(place.pcc, place, as_at="2015-09-29"))) == {str(BEDS): 65_01}
    instant = first["recorded_at"]
    then = await report(place.pcc, place, as_recorded=instant)
    assert pence(made(then)) == {str(BEDS): 60_01}
    moved = {"entries": [{"position": 1, "contract_id": str(ADVOCACY)}]}
    made(await place.pcc.post(f"/v1/journals/{first['id']}/dimensions", json=moved, key=key(), version=1))
    await paid(place.pcc, place, lines["pcc"], fund, 9_99, BEDS, pool_id=pool)
    later = await report(place.pcc, place, as_recorded=instant)
    assert later.content == then.content
    early = await report(place.pcc, place, as_recorded="2199-01-01T00:00:00Z")
    assert (early.status_code, code_of(early)) == (409, "as_recorded_not_settled")
    outside = await report(place.pcc, place, as_at="2014-04-30")
    assert (outside.status_code, code_of(outside)) == (422, "as_at_outside_year")


async def test_what_was_received_is_no_spending_for_a_contract(place):
    _, pool, _, fund = await spent_year(place)
    of = {"pool_id": pool, "organisation_id": place.council}
    given = await place.account(place.pcc, "contribution", "pooled", **of)
    said = {"dimensions": {"contract_id": str(BEDS)}}
    entries = [
        {"account_id": str(fund), "amount_pence": 1_00, **said},
        {"account_id": str(given), "amount_pence": -1_00, **said},
    ]
    told = {"kind": "contribution", "effective_date": "2015-05-05", "entries": entries}
    await place.post(place.pcc, fund, given, 1_00, **told)
    assert pence(made(await report(place.pcc, place)))[str(BEDS)] == 65_01


async def test_others_find_nothing_and_an_auditor_what_it_was_named_for(place):
    await spent_year(place)
    clients = await strangers(place)
    for name, client in clients.items():
        hidden, absent = (await report(client, place)).json(), (await report(client, Place())).json()
        for each in (hidden, absent):
            del each["request_id"], each["instance"]
        assert (hidden, hidden["status"]) == (absent, 404), name
    auditor = await place.auditor(years=("2015/16",), bodies=(place.nhs,))
    told = made(await report(auditor, place))
    assert pence(told) == {str(BEDS): 60_01 + 3_33, str(ADVOCACY): 2_00}
    assert {(each["organisation_id"], each["because"]) for each in told["withheld_contributors"]} == {
        (str(place.council), "not_in_audit")
    }
    assert sum(pence(told).values()) + told["without_contract_pence"] == told["seen_pence"]
