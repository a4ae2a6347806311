"""Seals through the doors: each partner recomputes the pooled branch and its own, and a changed penny shows."""

import uuid
from datetime import date, datetime

import pytest

from services.budget.rules.seal import SealedEntry, branch_of, leaf_digest
from shared.caller import Audit
from tests.budget.books import Books
from tests.budget.closing import SCOPES, closed, keeper, move
from tests.budget.place import made
from tests.stack import a_caller


@pytest.fixture
async def books(stack):
    return await Books().put(stack)


@pytest.fixture
async def council(client_for, books):
    return await keeper(client_for, books.partnership, books.council)


@pytest.fixture
async def deputy(client_for, books):
    return await keeper(client_for, books.partnership, books.council)


@pytest.fixture
async def ccg(client_for, books):
    return await keeper(client_for, books.partnership, books.ccg, host=False)


async def post(client, books, pence=1250, **changes):
    return made(await client.put(f"/v1/journals/{uuid.uuid4()}", json=books.journal(pence, **changes)))


async def seals_of(client, period):
    return made(await client.get(f"/v1/periods/{period}/seals"))["items"]


def recomputed(journals, account):
    """The leaf of an account on no line, from journals as the API gives them."""
    entries = [
        SealedEntry(
            uuid.UUID(journal["id"]),
            position,
            journal["kind"],
            journal["book"],
            uuid.UUID(entry["account_id"]),
            entry["amount_pence"],
            date.fromisoformat(journal["effective_date"]),
            journal["posting_period"],
            datetime.fromisoformat(journal["recorded_at"]),
        )
        for journal in journals
        for position, entry in enumerate(journal["entries"], 1)
        if entry["account_id"] == str(account)
    ]
    return leaf_digest(f"account/{account}", entries)


@pytest.mark.row("S5-B10")
async def test_a_partner_recomputes_the_pooled_branch_from_the_journals_it_reads(council, ccg, books):
    journals = [await post(council, books, pence) for pence in (1250, 99, 7)]
    period = await closed(council, books.partnership)
    (seal,) = await seals_of(ccg, period)
    leaves = {
        f"account/{account}": recomputed(journals, account) for account in (books.fund, books.from_council)
    }
    assert {each["key"]: each["digest"] for each in seal["leaves"]} == leaves
    branch = branch_of("pooled", books.council, leaves)
    assert seal["branches"] == [
        {"arrangement": "pooled", "owner_organisation_id": str(books.council), "digest": branch.digest}
    ]
    assert seal["differing"] == []


async def test_a_second_close_adds_a_second_seal_and_keeps_the_first(council, deputy, books):
    await post(council, books)
    period = await closed(council, books.partnership)
    (first,) = await seals_of(council, period)
    made(await move(deputy, period, "reopening", 2, {"reason": "An invoice was found."}))
    await post(council, books, 3)
    made(await move(council, period, "closure", 3))
    again = await seals_of(council, period)
    assert [each["number"] for each in again] == [1, 2]
    assert again[0] == first
    assert again[1]["root"] != first["root"]
    assert [sum(leaf["entries"] for leaf in each["leaves"]) for each in again] == [2, 4]


async def test_a_penny_changed_behind_the_service_differs(stack, council, ccg, books):
    journal = await post(council, books)
    period = await closed(council, books.partnership)
    connection = await stack.superuser()
    try:
        await connection.execute("set session_replication_role = replica")
        for position, amount in ((1, 1251), (2, -1251)):
            await connection.execute(
                "update budget.entries set amount_pence = $3 where journal_id = $1 and position = $2",
                uuid.UUID(journal["id"]),
                position,
                amount,
            )
    finally:
        await connection.close()
    for client in (council, ccg):
        (seal,) = await seals_of(client, period)
        assert seal["differing"] == [f"pooled/{books.council}", "root"]


async def test_anothers_own_books_are_a_sibling_hash_and_nothing_more(council, ccg, books):
    entries = [
        {"account_id": str(books.aligned), "amount_pence": 5},
        {"account_id": str(books.aligned_reserve), "amount_pence": -5},
    ]
    await post(ccg, books, entries=entries)
    own = await closed(ccg, books.partnership, of="aligned")
    (aligned,) = await seals_of(ccg, own)
    assert {each["arrangement"] for each in aligned["leaves"]} == {"aligned"}
    await post(council, books)
    period = await closed(council, books.partnership)
    (seal,) = await seals_of(council, period)
    sibling = {
        "arrangement": "aligned",
        "owner_organisation_id": str(books.ccg),
        "digest": aligned["root"],
    }
    assert sibling in seal["branches"]
    assert {each["arrangement"] for each in seal["leaves"]} == {"pooled"}
    assert seal["differing"] == []
    (seen,) = await seals_of(ccg, period)
    assert (seen["root"], seen["differing"]) == (seal["root"], [])
    assert (await council.get(f"/v1/periods/{own}/seals")).status_code == 404


async def test_an_auditor_of_the_year_reads_seals_and_another_year_s_does_not(council, client_for, books):
    await post(council, books)
    period = await closed(council, books.partnership)
    for year, status in (("2015/16", 200), ("2016/17", 404)):
        audit = Audit(books.partnership, (), (year,))
        caller = a_caller(scopes=SCOPES, audits=(audit,), auditor=books.partnership)
        auditor = await client_for("budget", caller)
        answer = await auditor.get(f"/v1/periods/{period}/seals")
        assert answer.status_code == status


async def test_a_period_of_nothing_is_sealed_too(council, books):
    period = await closed(council, books.partnership)
    (seal,) = await seals_of(council, period)
    assert (seal["branches"], seal["leaves"], seal["differing"]) == ([], [], [])
    assert len(seal["root"]) == 64
