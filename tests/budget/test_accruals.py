"""Accruals undo themselves: on the first day of the next period, and at a year's end on the next year's line."""

import uuid

import pytest

from tests.budget.place import Place, code_of, key, made
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


def accrual(debit, credit, day="2015-06-30", **changes) -> dict:
    return {
        "kind": "accrual",
        "effective_date": day,
        "narrative": "Care delivered, invoice awaited",
        "entries": [
            {"account_id": str(debit), "amount_pence": 5_00},
            {"account_id": str(credit), "amount_pence": -5_00},
        ],
        **changes,
    }


async def spent(place, year, as_at):
    position = made(await place.position(place.pcc, year, as_at=as_at))
    return position["totals"]["pooled"]["actual"]["known_pence"]


async def put(place, body):
    return await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body)


async def read(place, id_):
    return made(await place.pcc.get(f"/v1/journals/{id_}"))


async def reversal_of(place, journal):
    return await read(place, journal["reversed_by_journal_id"])


async def test_an_accrual_is_undone_on_the_first_day_of_the_next_period(place):
    pool, lines, fund = await real_year(place)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    before = await spent(place, "2015-16", "2015-06-29")
    posted = made(await put(place, accrual(cost, fund)))
    undone = await reversal_of(place, posted)
    assert (undone["effective_date"], undone["posting_period"]) == ("2015-07-01", "2015-16-M04")
    assert (undone["kind"], undone["reverses_journal_id"]) == ("reversal", posted["id"])
    assert [each["amount_pence"] for each in undone["entries"]] == [-5_00, 5_00]
    assert await read(place, posted["id"]) == posted
    assert await spent(place, "2015-16", "2015-06-30") == before + 45_00 + 5_00
    assert await spent(place, "2015-16", "2015-07-01") == before + 45_00


async def test_an_accrual_is_not_reversed_twice(place):
    pool, lines, fund = await real_year(place)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    posted = made(await put(place, accrual(cost, fund)))
    body = {"id": str(uuid.uuid4()), "effective_date": "2015-07-01", "narrative": "Once more"}
    refused = await place.pcc.post(f"/v1/journals/{posted['id']}/reversal", json=body, key=key())
    assert (refused.status_code, code_of(refused)) == (409, "journal_already_reversed")
    assert refused.json()["reversed_by_journal_id"] == posted["reversed_by_journal_id"]
    undo = f"/v1/journals/{posted['reversed_by_journal_id']}/reversal"
    refused = await place.pcc.post(undo, json=body, key=key())
    assert code_of(refused) == "journal_reversal_of_reversal"


@pytest.mark.parametrize(("day", "period"), [("2016-02-29", None), ("2016-02-01", "2015-16-M11")])
async def test_february_of_a_leap_year_is_undone_in_march(place, day, period):
    pool, lines, fund = await real_year(place)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    posted = made(await put(place, accrual(cost, fund, day, posting_period=period)))
    assert (await reversal_of(place, posted))["effective_date"] == "2016-03-01"


@pytest.mark.parametrize("period", ["2015-16-M12", "2015-16-M13", "2015-16-M14"])
async def test_at_a_year_end_it_is_undone_on_the_next_year_s_line(place, period):
    pool, lines, fund = await real_year(place)
    next_line = await place.line(place.pcc, pool, "pooled", pence=1_000_00, financial_year="2016/17")
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    next_cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=next_line)
    body = accrual(cost, fund, "2016-03-31", posting_period=period)
    refused = await put(place, body)
    assert (refused.status_code, code_of(refused)) == (422, "accrual_next_year_account_missing")
    assert refused.json()["errors"][0]["pointer"] == "/entries/0/account_id"
    named = [{"account_id": str(cost), "next_account_id": str(next_cost)}]
    before = await spent(place, "2015-16", "2016-03-30")
    posted = made(await put(place, {**body, "next_year_accounts": named}))
    undone = await reversal_of(place, posted)
    assert (undone["effective_date"], undone["posting_period"]) == ("2016-04-01", "2016-17-M01")
    assert undone["financial_year"] == "2016/17"
    assert [each["account_id"] for each in undone["entries"]] == [str(next_cost), str(fund)]
    assert await spent(place, "2015-16", "2016-03-31") == before + 5_00
    assert await spent(place, "2016-17", "2016-04-01") == -5_00


async def test_an_account_for_the_next_year_must_fit(place):
    pool, lines, fund = await real_year(place)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    same_year = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["ccg"])
    body = accrual(cost, fund, "2016-03-31")
    for account, taken, code, pointer in (
        (cost, same_year, "accrual_next_year_account_differs", "/next_year_accounts/0/next_account_id"),
        (cost, uuid.uuid4(), "account_unknown", "/next_year_accounts/0/next_account_id"),
        (same_year, cost, "accrual_account_not_in_entries", "/next_year_accounts/0/account_id"),
    ):
        named = [{"account_id": str(account), "next_account_id": str(taken)}]
        refused = await put(place, {**body, "next_year_accounts": named})
        assert (refused.status_code, code_of(refused)) == (422, code), refused.text
        assert refused.json()["errors"][0]["pointer"] == pointer
    named = [{"account_id": str(cost), "next_account_id": str(cost)}]
    for changes in ({"kind": "expenditure"}, {"effective_date": "2015-06-30"}):
        refused = await put(place, {**body, "next_year_accounts": named, **changes})
        assert code_of(refused) == "accrual_account_not_in_entries"


async def test_each_of_the_two_journals_is_told(place, stack):
    pool, lines, fund = await real_year(place)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    posted = made(await put(place, accrual(cost, fund)))
    connection = await stack.superuser()
    try:
        ids = [uuid.UUID(posted[name]) for name in ("id", "reversed_by_journal_id")]
        for table in ("audit_events", "events"):
            rows = await connection.fetch(
                f"select thing_id from budget.{table} where what = 'journal_posted' and thing_id = any($1)",
                ids,
            )
            assert sorted(row["thing_id"] for row in rows) == sorted(ids)
    finally:
        await connection.close()
