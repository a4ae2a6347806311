"""What a partner's contribution, a risk share and a late entry may not do to other people's money and months."""

import uuid

import pytest

from tests.budget.closing import closed, keeper
from tests.budget.place import Place, code_of, key, made
from tests.budget.succeeding import County, as_successor, succeed
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def put(client, kind, *sides, **changes):
    body = {
        "kind": kind,
        "effective_date": "2015-06-01",
        "narrative": "For a test",
        "entries": [{"account_id": str(of), "amount_pence": pence} for of, pence in sides],
        **changes,
    }
    return await client.put(f"/v1/journals/{uuid.uuid4()}", json=body)


async def accounts(place, pool, lines):
    given = await place.account(place.pcc, "contribution", "pooled", pool_id=pool, organisation_id=place.nhs)
    costs = [
        await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines[each])
        for each in ("pcc", "ccg")
    ]
    return given, *costs


async def test_a_contribution_of_a_penny_moves_nobody_else_s_money(place):
    """SI 2000/617 regulation 7(4): the host keeps the pool's books."""
    pool, lines, fund = await real_year(place)
    given, council_s, own = await accounts(place, pool, lines)
    other = await place.pool("Other", arrangement="pooled")
    other_fund = await place.account(place.pcc, "fund", "pooled", pool_id=other)
    before = made(await place.position(place.pcc, "2015-16"))["lines"]
    for kind, sides, code, pointer in (
        (
            "in_kind",
            ((given, -1), (council_s, 4500_01), (own, -4500_00)),
            "contribution_takes_money_out",
            "/entries/2/amount_pence",
        ),
        (
            "contribution",
            ((given, -1), (fund, -9000_00), (other_fund, 9000_01)),
            "contribution_takes_money_out",
            "/entries/1/amount_pence",
        ),
        (
            "contribution",
            ((given, -2), (fund, 1), (other_fund, 1)),
            "contribution_to_another_pool",
            "/entries/2/account_id",
        ),
    ):
        refused = await put(place.ccg, kind, *sides)
        assert (refused.status_code, code_of(refused)) == (403, code), refused.text
        assert refused.json()["errors"][0]["pointer"] == pointer
    assert made(await place.position(place.pcc, "2015-16"))["lines"] == before
    made(await put(place.ccg, "in_kind", (given, -3), (council_s, 1), (own, 2)))
    made(await put(place.ccg, "contribution", (given, -1), (given, -1), (fund, 2)))
    made(await put(place.pcc, "contribution", (given, -1), (fund, -9000_00), (other_fund, 9000_01)))


async def test_a_risk_share_comes_from_a_settlement_alone(place):
    pool, lines, fund = await real_year(place)
    given, *_ = await accounts(place, pool, lines)
    for client in (place.pcc, place.ccg):
        refused = await put(client, "risk_share_adjustment", (fund, 5000_00), (given, -5000_00))
        assert (refused.status_code, code_of(refused)) == (409, "journal_by_settlement_only"), refused.text
        assert refused.json()["errors"][0]["pointer"] == "/kind"


async def test_an_entry_goes_no_later_than_the_first_open_period(place, client_for):
    pool, lines, fund = await real_year(place)
    _, cost, _ = await accounts(place, pool, lines)
    sides = ((cost, 5_00), (fund, -5_00))
    for period, next_open in (("2199-00-M01", "2015-16-M03"), ("2015-16-M04", "2015-16-M03")):
        refused = await put(place.pcc, "expenditure", *sides, posting_period=period)
        assert (refused.status_code, code_of(refused)) == (422, "journal_period_too_late"), refused.text
        assert refused.json()["next_open"] == next_open
    host = await keeper(client_for, place.partnership, place.council)
    await closed(host, place.partnership, "2015-16-M03")
    late = made(await put(place.pcc, "expenditure", *sides, posting_period="2015-16-M04"))
    assert (late["effective_date"], late["posting_period"]) == ("2015-06-01", "2015-16-M04")
    assert code_of(await put(place.pcc, "expenditure", *sides, posting_period="2015-16-M05")) == (
        "journal_period_too_late"
    )
    march = {"effective_date": "2016-03-31"}
    for period in ("2015-16-M13", "2015-16-M14"):
        made(await put(place.pcc, "prepayment", *sides, **march, posting_period=period))
    refused = await put(place.pcc, "prepayment", *sides, **march, posting_period="2016-17-M01")
    assert code_of(refused) == "journal_period_too_late"


async def test_who_succeeded_a_partner_undoes_what_that_one_paid_in(stack, client_for):
    county = await County().prepare(stack, client_for)
    fund = await county.account(county.pcc, "fund", "pooled", pool_id=county.pool_id)
    given = await county.account(
        county.pcc, "contribution", "pooled", pool_id=county.pool_id, organisation_id=county.nhs
    )
    single = made(await put(county.ccg, "contribution", (fund, 5), (given, -5), effective_date="2018-06-01"))
    item = {
        "id": str(uuid.uuid4()),
        "kind": "contribution",
        "effective_date": "2018-06-01",
        "narrative": "x",
        "entries": [
            {"account_id": str(fund), "amount_pence": 7},
            {"account_id": str(given), "amount_pence": -7},
        ],
    }
    batch = {
        "id": str(uuid.uuid4()),
        "partnership_id": str(county.partnership),
        "mode": "all_or_nothing",
        "journals": [item],
    }
    made(await county.ccg.post("/v1/journal-batches", json=batch, key=key()))
    made(
        await succeed(
            client_for, ((county.nhs, county.successor, 1),), [county.partnership], "2019-04-01", "transfer"
        )
    )
    heir = await as_successor(client_for, county.successor, (county.nhs,), county.partnership)
    undo = {"id": str(uuid.uuid4()), "effective_date": "2018-06-01", "narrative": "Paid twice"}
    undone = made(await heir.post(f"/v1/journals/{single['id']}/reversal", json=undo, key=key()))
    assert undone["posted_by_organisation_id"] == str(county.successor)
    undo = {"id": str(uuid.uuid4()), "narrative": "Paid twice"}
    made(await heir.post(f"/v1/journal-batches/{batch['id']}/reversal", json=undo, key=key()))
    others = made(await put(county.pcc, "contribution", (fund, 5), (given, -5), effective_date="2018-06-01"))
    undo = {"id": str(uuid.uuid4()), "effective_date": "2018-06-01", "narrative": "Not mine"}
    refused = await heir.post(f"/v1/journals/{others['id']}/reversal", json=undo, key=key())
    assert code_of(refused) == "journal_reversed_by_its_poster"
    await county.connection.close()
