"""Periods through the doors: closing shuts the books for postings, another client reopens, and closures are raced."""

import asyncio
import uuid
from datetime import date

import asyncpg
import pytest

from services.budget.rules.entry import Entry
from services.budget.rules.journal import Book, Draft, JournalKind
from services.budget.store.postings import enter
from shared.db import Database
from tests.budget.books import Books
from tests.budget.closing import SCOPES, closed, keeper, move, opened
from tests.budget.place import assert_hidden, code_of, key, made
from tests.stack import a_caller


@pytest.fixture
async def books(stack):
    """Books of their own for each test: a closed period would shut those of another."""
    return await Books().put(stack)


@pytest.fixture
async def council(client_for, books):
    return await keeper(client_for, books.partnership, books.council)


@pytest.fixture
async def deputy(client_for, books):
    """Another client of the host."""
    return await keeper(client_for, books.partnership, books.council)


@pytest.fixture
async def ccg(client_for, books):
    return await keeper(client_for, books.partnership, books.ccg, host=False)


async def post(client, books, **changes):
    return await client.put(f"/v1/journals/{uuid.uuid4()}", json=books.journal(**changes))


@pytest.mark.row("S5-B10")
async def test_a_closed_period_takes_nothing_and_names_the_next_open_one(council, deputy, books):
    before = made(await post(council, books))
    assert before["posting_period"] == "2015-16-M01"
    period = await closed(council, books.partnership)
    refused = await post(council, books, posting_period="2015-16-M01")
    assert (refused.status_code, code_of(refused)) == (409, "journal_period_closed")
    assert refused.json()["errors"][0]["pointer"] == "/posting_period"
    assert refused.json()["next_open"] == "2015-16-M02"
    late = made(await post(council, books))
    assert (late["effective_date"], late["posting_period"]) == ("2015-04-01", "2015-16-M02")
    reopened = made(await move(deputy, period, "reopening", 2, {"reason": "Found an invoice."}))
    assert (reopened["state"], reopened["reopened_because"]) == ("reopened", "Found an invoice.")
    assert made(await post(council, books))["posting_period"] == "2015-16-M01"
    made(await move(council, period, "closure", 3))
    assert code_of(await post(council, books, posting_period="2015-16-M01")) == "journal_period_closed"


async def test_a_reversal_of_a_closed_period_goes_to_the_next_open_one(council, books):
    journal = made(await post(council, books))
    await closed(council, books.partnership)
    body = {"id": str(uuid.uuid4()), "effective_date": "2015-04-01", "narrative": "Sent twice"}
    undone = made(await council.post(f"/v1/journals/{journal['id']}/reversal", json=body, key=key()))
    assert (undone["effective_date"], undone["posting_period"]) == ("2015-04-01", "2015-16-M02")


async def account_of_the_ccg(stack, books) -> uuid.UUID:
    id_ = uuid.uuid4()
    connection = await stack.superuser()
    try:
        await connection.execute(
            "insert into budget.accounts (id, partnership_id, owner_organisation_id, pool_id, organisation_id, name,"
            " kind, arrangement) values ($1, $2, $3, $4, $5, 'From the CCG', 'contribution', 'pooled')",
            id_,
            books.partnership,
            books.council,
            books.pool,
            books.ccg,
        )
    finally:
        await connection.close()
    return id_


async def test_only_the_host_posts_into_a_soft_closed_period(stack, council, ccg, books):
    period = await opened(council, books.partnership)
    made(await move(council, period, "soft-closure", 1))
    assert made(await post(council, books))["posting_period"] == "2015-16-M01"
    own = await account_of_the_ccg(stack, books)
    entries = [
        {"account_id": str(books.fund), "amount_pence": 7},
        {"account_id": str(own), "amount_pence": -7},
    ]
    assert made(await post(ccg, books, entries=entries))["posting_period"] == "2015-16-M02"
    refused = await post(ccg, books, entries=entries, posting_period="2015-16-M01")
    assert (code_of(refused), refused.json()["next_open"]) == ("journal_period_soft_closed", "2015-16-M02")
    made(await move(council, period, "closure", 2))
    assert made(await post(council, books))["posting_period"] == "2015-16-M02"


async def test_the_one_who_closed_does_not_reopen(council, deputy, books):
    period = await closed(council, books.partnership)
    refused = await move(council, period, "reopening", 2, {"reason": "Mine again"})
    assert (refused.status_code, code_of(refused)) == (409, "period_reopened_by_closer")
    assert (await move(deputy, period, "reopening", 2, {"reason": "  "})).status_code == 422
    assert (await move(deputy, period, "reopening", 2, {})).status_code == 422
    assert code_of(await move(deputy, period, "reopening", 1, {"reason": "Stale"})) == "version_stale"
    made(await move(deputy, period, "reopening", 2, {"reason": "An error"}))


async def test_each_partner_locks_its_own_books_and_pooled_books_are_the_hosts(council, ccg, books):
    period = await opened(council, books.partnership)
    refused = await move(ccg, period, "closure", 1)
    assert (refused.status_code, code_of(refused)) == (409, "period_not_pool_manager")
    body = {"partnership_id": str(books.partnership), "books": "pooled", "period": "2015-16-M02"}
    refused = await ccg.put(f"/v1/periods/{uuid.uuid4()}", json=body)
    assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == ("period_not_pool_manager", "/books")
    own = await closed(ccg, books.partnership, of="aligned")
    assert (await council.get(f"/v1/periods/{own}")).status_code == 404
    assert (await council.get(f"/v1/periods/{period}")).json()["state"] == "open"
    assert made(await post(council, books))["posting_period"] == "2015-16-M01"
    entries = [
        {"account_id": str(books.aligned), "amount_pence": 5},
        {"account_id": str(books.aligned_reserve), "amount_pence": -5},
    ]
    assert made(await post(ccg, books, entries=entries))["posting_period"] == "2015-16-M02"
    stolen = {**body, "books": "aligned", "owner_organisation_id": str(books.ccg)}
    refused = await council.put(f"/v1/periods/{uuid.uuid4()}", json=stolen)
    assert code_of(refused) == "period_not_your_books"
    assert refused.json()["errors"][0]["pointer"] == "/owner_organisation_id"


async def test_a_period_that_has_not_ended_is_not_closed(council, books):
    period = await opened(council, books.partnership, "2198-99-M12")
    refused = await move(council, period, "closure", 1)
    assert (refused.status_code, code_of(refused)) == (409, "period_not_ended")
    assert refused.json()["last_day"] == "2199-03-31"
    made(await move(council, period, "soft-closure", 1))


@pytest.mark.parametrize("period", ["2015-16-M00", "2015-16-M15", "2015-17-M01", "April", "2015-16-M1", ""])
async def test_an_unknown_period_is_named(council, books, period):
    body = {"partnership_id": str(books.partnership), "books": "pooled", "period": period}
    refused = await council.put(f"/v1/periods/{uuid.uuid4()}", json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/period"


async def test_a_period_stands_once_in_its_books(council, books):
    await opened(council, books.partnership)
    body = {"partnership_id": str(books.partnership), "books": "pooled", "period": "2015-16-M01"}
    refused = await council.put(f"/v1/periods/{uuid.uuid4()}", json=body)
    assert (refused.status_code, code_of(refused)) == (409, "period_stands_already")
    assert refused.json()["errors"][0]["pointer"] == "/period"


async def test_year_end_months_take_year_end_adjustments_alone(council, books):
    refused = await post(council, books, effective_date="2016-03-31", posting_period="2015-16-M13")
    assert (refused.status_code, code_of(refused)) == (422, "journal_year_end_only")
    assert refused.json()["next_open"] == "2015-16-M12"
    march = {"effective_date": "2016-03-31", "kind": "prepayment"}
    assert made(await post(council, books, **march, posting_period="2015-16-M13"))["kind"] == "prepayment"
    for label in ("2015-16-M12", "2015-16-M13"):
        await closed(council, books.partnership, label)
    assert made(await post(council, books, **march))["posting_period"] == "2015-16-M14"
    assert made(await post(council, books, effective_date="2016-03-31"))["posting_period"] == "2016-17-M01"


async def test_of_two_closures_at_once_one_holds(council, deputy, books):
    period = await opened(council, books.partnership)
    answers = await asyncio.gather(*(move(each, period, "closure", 1) for each in (council, deputy) * 3))
    assert sorted(each.status_code for each in answers) == [200, *[412] * 5]
    sealed = (await council.get(f"/v1/periods/{period}/seals")).json()["items"]
    assert [each["number"] for each in sealed] == [1]


def a_draft(books, pence=100) -> Draft:
    entries = (Entry(books.fund, pence), Entry(books.from_council, -pence))
    return Draft(
        uuid.uuid4(), Book.ACTUAL, JournalKind.CONTRIBUTION, date(2015, 4, 1), None, "raced", None, entries
    )


async def test_a_closure_waits_for_the_posting_that_is_open_and_seals_it(stack, council, books):
    period = await opened(council, books.partnership)
    db = await Database.open(stack.url("budget"), "budget", size=2)
    try:
        async with db.begin(books.as_council, write=True) as tx:
            posted = await enter(tx, a_draft(books))
            closing = asyncio.create_task(move(council, period, "closure", 1))
            await asyncio.sleep(0.3)
            assert not closing.done()
        made(await closing)
    finally:
        await db.close()
    assert posted.posting_period == "2015-16-M01"
    seal = (await council.get(f"/v1/periods/{period}/seals")).json()["items"][0]
    assert sum(each["entries"] for each in seal["leaves"]) == 2
    assert seal["differing"] == []


async def test_postings_raced_against_a_closure_are_sealed_or_late(council, deputy, books):
    period = await opened(council, books.partnership)

    async def later(n):
        await asyncio.sleep(n * 0.004)
        return made(await post(council, books, amount_pence=n + 1))

    posted, answer = await asyncio.gather(
        asyncio.gather(*(later(n) for n in range(24))), move(deputy, period, "closure", 1)
    )
    made(answer)
    early = [each for each in posted if each["posting_period"] == "2015-16-M01"]
    assert {each["posting_period"] for each in posted} <= {"2015-16-M01", "2015-16-M02"}
    seal = (await council.get(f"/v1/periods/{period}/seals")).json()["items"][0]
    assert sum(each["entries"] for each in seal["leaves"]) == 2 * len(early)
    assert seal["differing"] == []


async def test_the_database_refuses_a_closed_period_by_itself(stack, council, books):
    await closed(council, books.partnership)
    connection = await stack.connect("budget")
    try:
        transaction = connection.transaction()
        await transaction.start()
        for name, value in (
            ("client", uuid.uuid4()),
            ("organisation", books.council),
            ("organisations", f"{{{books.council}}}"),
            ("in_commissioner", f"{{{books.partnership}}}"),
            ("in_host", f"{{{books.partnership}}}"),
        ):
            await connection.execute("select set_config($1, $2, true)", f"app.{name}", str(value))
        await connection.execute("set local search_path = budget")
        id_ = uuid.uuid4()
        await connection.execute(
            "insert into journals (id, partnership_id, owner_organisation_id, posted_by_organisation_id, arrangement,"
            " book, kind, effective_date, financial_year, posting_period, narrative, recorded_at) values"
            " ($1, $2, $3, $3, 'pooled', 'actual', 'income', '2015-04-01', '2015/16', '2015-16-M01', 'by hand', now())",
            id_,
            books.partnership,
            books.council,
        )
        for position, account, amount in ((1, books.fund, 100), (2, books.from_council, -100)):
            await connection.execute(
                "insert into entries (journal_id, position, account_id, partnership_id, owner_organisation_id,"
                " arrangement, book, amount_pence, effective_date, posting_period, recorded_at) values"
                " ($1, $2, $3, $4, $5, 'pooled', 'actual', $6, '2015-04-01', '2015-16-M01', now())",
                id_,
                position,
                account,
                books.partnership,
                books.council,
                amount,
            )
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="is shut"):
            await connection.execute("set constraints all immediate")
        await transaction.rollback()
    finally:
        await connection.close()


async def test_lists_take_filters_and_strangers_find_nothing(council, ccg, client_for, books):
    first = await closed(council, books.partnership, "2015-16-M01")
    second = await opened(council, books.partnership, "2015-16-M02")
    third = await opened(council, books.partnership, "2016-17-M01")
    own = await opened(ccg, books.partnership, "2015-16-M01", "aligned")

    async def listed(client, **asked):
        params = {"partnership_id": str(books.partnership), **asked}
        return [each["id"] for each in made(await client.get("/v1/periods", params=params))["items"]]

    assert await listed(council) == [first, second, third]
    assert await listed(council, financial_year="2015-16") == [first, second]
    assert await listed(council, state="closed") == [first]
    assert await listed(ccg, books="aligned") == [own]
    assert await listed(council, books="aligned") == []
    for role in ("provider", "observer", "associate"):
        stranger = await client_for("budget", a_caller(scopes=SCOPES, **{role: books.partnership}))
        await assert_hidden(stranger, f"/v1/periods/{first}", "/v1/periods", books.partnership)
        assert (await stranger.get(f"/v1/periods/{first}/seals")).status_code == 404
        refused = await move(stranger, first, "reopening", 2, {"reason": "Not mine"})
        assert refused.status_code == 404
