"""Journals and the year of their lines: every entry is in one year's position, and a reversal undoes it there."""

import uuid
from datetime import date

import pytest

from tests.budget.place import Place, code_of, key, made
from tests.budget.raw_books import acting
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def put(place, debit, credit, day, **changes):
    body = {
        "kind": "expenditure",
        "effective_date": day,
        "narrative": "For a test",
        "entries": [
            {"account_id": str(debit), "amount_pence": 5_00},
            {"account_id": str(credit), "amount_pence": -5_00},
        ],
        **changes,
    }
    return await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body)


def first_pointer(answer):
    return answer.json()["errors"][0]["pointer"]


async def spent(place, year="2015-16"):
    return made(await place.position(place.pcc, year))["totals"]["pooled"]["actual"]["known_pence"]


async def test_an_entry_is_dated_in_the_year_of_its_line(place):
    pool, lines, fund = await real_year(place)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    before = await spent(place)
    for book in ({}, {"book": "budget", "kind": "virement"}):
        for day in ("2016-04-01", "2015-03-31", "2010-01-01"):
            refused = await put(place, cost, fund, day, **book)
            assert (refused.status_code, code_of(refused)) == (422, "journal_outside_line_year"), refused.text
            assert refused.json()["line_financial_year"] == "2015/16"
            assert refused.json()["account_id"] == str(cost)
            assert first_pointer(refused) == "/effective_date"
    made(await put(place, cost, fund, "2016-03-31", posting_period="2015-16-M12"))
    assert await spent(place) == before + 5_00


async def test_a_reversal_stays_in_its_journal_s_year_and_undoes_it_there(place):
    pool, lines, fund = await real_year(place)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    before = await spent(place)
    spend = made(await put(place, cost, fund, "2015-09-01"))
    given = await place.account(place.pcc, "contribution", "pooled", pool_id=pool, organisation_id=place.nhs)
    receipt = made(await put(place, fund, given, "2015-09-01", kind="contribution"))
    for journal in (spend, receipt):
        path = f"/v1/journals/{journal['id']}/reversal"
        undo = {"id": str(uuid.uuid4()), "effective_date": "2016-04-02", "narrative": "Sent twice"}
        refused = await place.pcc.post(path, json=undo, key=key())
        assert (refused.status_code, code_of(refused)) == (422, "journal_reversal_other_year"), refused.text
        assert (refused.json()["financial_year"], first_pointer(refused)) == ("2015/16", "/effective_date")
        late = {**undo, "effective_date": "2016-03-31", "posting_period": "2015-16-M14"}
        undone = made(await place.pcc.post(path, json=late, key=key()))
        assert (undone["financial_year"], undone["posting_period"]) == ("2015/16", "2015-16-M14")
    position = made(await place.position(place.pcc, "2015-16"))
    assert position["totals"]["pooled"]["actual"]["known_pence"] == before
    assert position["totals"]["pooled"]["contributions_received_pence"] == 250_00
    odd = {"id": str(uuid.uuid4()), "effective_date": "2015-09-01", "narrative": "x", "posting_period": "M1"}
    path = f"/v1/journals/{receipt['id']}/reversal"
    assert first_pointer(await place.pcc.post(path, json=odd, key=key())) == "/posting_period"


async def test_pooled_money_before_commencement_goes_to_an_interim_account(place):
    pool, _, fund = await real_year(place)
    given = await place.account(place.pcc, "contribution", "pooled", pool_id=pool, organisation_id=place.nhs)
    refused = await put(place, fund, given, "2015-03-31", kind="contribution")
    assert (refused.status_code, code_of(refused)) == (422, "journal_before_commencement"), refused.text
    assert (refused.json()["commenced_on"], first_pointer(refused)) == ("2015-04-01", "/effective_date")
    interim, waiting = [await place.account(place.pcc, "interim", "pooled", pool_id=pool) for _ in range(2)]
    made(await put(place, interim, waiting, "2015-03-31", kind="contribution"))
    made(await put(place, fund, interim, "2015-04-01", kind="contribution"))


async def test_an_income_account_names_its_line_and_lowers_its_actual(place):
    pool, lines, fund = await real_year(place)
    before = await spent(place)
    body = {
        "partnership_id": str(place.partnership),
        "pool_id": str(pool),
        "name": "Client charges",
        "kind": "income",
        "arrangement": "pooled",
    }
    refused = await place.pcc.put(f"/v1/accounts/{uuid.uuid4()}", json=body)
    assert (refused.status_code, code_of(refused)) == (422, "account_needs_line")
    income = await place.account(place.pcc, "income", "pooled", pool_id=pool, line_id=lines["ccg"])
    made(await put(place, fund, income, "2015-09-01", kind="income"))
    assert await spent(place) == before - 5_00


async def test_a_contribution_account_is_of_a_party(place):
    pool, _, _ = await real_year(place)
    body = {
        "partnership_id": str(place.partnership),
        "pool_id": str(pool),
        "name": "From anybody",
        "kind": "contribution",
        "arrangement": "pooled",
        "organisation_id": str(uuid.uuid4()),
    }
    refused = await place.pcc.put(f"/v1/accounts/{uuid.uuid4()}", json=body)
    assert (refused.status_code, code_of(refused)) == (409, "account_not_of_a_party"), refused.text
    assert first_pointer(refused) == "/organisation_id"
    made(
        await place.pcc.put(f"/v1/accounts/{uuid.uuid4()}", json={**body, "organisation_id": str(place.nhs)})
    )


@pytest.mark.parametrize(
    ("day", "year", "words"),
    [
        ("2016-04-01", "2016/17", "in the year of its lines"),
        ("2015-04-01", "2016/17", "journals_year_of_date"),
    ],
)
async def test_the_database_refuses_an_entry_outside_its_line_s_year_too(place, stack, day, year, words):
    pool, lines, fund = await real_year(place)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=lines["pcc"])
    with pytest.raises(Exception, match=words):
        await by_hand(stack, place, (cost, fund), date.fromisoformat(day), year)


async def test_the_database_refuses_a_reversal_in_another_year_too(place, stack):
    pool, _, fund = await real_year(place)
    given = await place.account(place.pcc, "contribution", "pooled", pool_id=pool, organisation_id=place.nhs)
    receipt = made(await put(place, fund, given, "2015-09-01", kind="contribution"))
    with pytest.raises(Exception, match="in the year of its lines"):
        await by_hand(stack, place, (given, fund), date(2016, 4, 1), "2016/17", uuid.UUID(receipt["id"]))


async def by_hand(stack, place, accounts, day, year, reverses=None):
    """A journal as a statement of one's own would put it, with its two entries; never kept."""
    connection = await stack.superuser()
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("set local search_path = budget")
        await acting(connection, place.council, place.partnership)
        id_ = uuid.uuid4()
        await connection.execute(
            "insert into journals values ($1, $2, $3, $3, 'pooled', 'actual', $4::journal_kind, $5, $6,"
            " '2016-17-M01', 'by hand', null, $7, now())",
            id_,
            place.partnership,
            place.council,
            "reversal" if reverses else "expenditure",
            day,
            year,
            reverses,
        )
        for position, account in enumerate(accounts, 1):
            await connection.execute(
                "insert into entries values ($1, $2, $3, $4, $5, 'pooled', 'actual', $6, $7, '2016-17-M01', now())",
                id_,
                position,
                account,
                place.partnership,
                place.council,
                100 if position == 1 else -100,
                day,
            )
        await connection.execute("set constraints all immediate")
    finally:
        await transaction.rollback()
        await connection.close()
