"""Seals through the doors: each partner recomputes the pooled branch and its own, and a changed penny shows."""

import uuid
from datetime import date, datetime

import pytest

from services.budget.rules.seal import SealedEntry, branch_of, leaf_digest
from services.budget.rules.vat import Vat, VatRegime
from shared.caller import Audit
from tests.budget.books import Books
from tests.budget.closing import SCOPES, closed, keeper, move
from tests.budget.place import Place, made
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


def vat_of(told):
    day = date.fromisoformat(told["tax_point"])
    whose = told["organisation_id"] and uuid.UUID(told["organisation_id"])
    pence = [told[f"{part}_pence"] for part in ("net", "recoverable", "irrecoverable")]
    return Vat(VatRegime(told["regime"]), whose, day, *pence)


def recomputed(journals, account, leaf=None, scheme=2):
    """The leaf of an account on no line, or of a line's only account, from journals as the API gives them."""
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
            None if entry["vat"] is None else vat_of(entry["vat"]),
        )
        for journal in journals
        for position, entry in enumerate(journal["entries"], 1)
        if entry["account_id"] == str(account)
    ]
    return leaf_digest(leaf or f"account/{account}", entries, scheme)


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


@pytest.mark.row("S1-B25")
async def test_vat_is_sealed_with_its_entry(client_for, stack):
    """Moved between recoverable and not behind the service, it differs; a seal of before left it out, and stands."""
    place = await Place().enter(client_for)
    await place.bring_into_force()
    pool = await place.pool(arrangement="pooled")
    line = await place.line(place.pcc, pool, "pooled", financial_year="2015/16")
    cost, fund, control = [
        await place.account(place.pcc, kind, "pooled", pool_id=pool, line_id=of)
        for kind, of in (("expenditure", line), ("fund", None), ("vat_control", None))
    ]
    vat = {
        "regime": "s33",
        "organisation_id": str(place.council),
        "net_pence": 100_00,
        "recoverable_pence": 20_00,
    }
    entries = [
        {"account_id": str(cost), "amount_pence": 105_00, "vat": {**vat, "irrecoverable_pence": 5_00}},
        {"account_id": str(control), "amount_pence": 20_00},
        {"account_id": str(fund), "amount_pence": -125_00},
    ]
    body = {"kind": "expenditure", "effective_date": "2015-04-09", "narrative": "Care", "entries": entries}
    journal = made(await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body))
    council = await keeper(client_for, place.partnership, place.council)
    period = await closed(council, place.partnership)
    (seal,) = await seals_of(place.ccg, period)
    of_line = next(each for each in seal["leaves"] if each["key"] == f"line/{line}")
    assert (seal["scheme"], seal["differing"]) == (2, [])
    assert of_line["digest"] == recomputed([journal], cost, f"line/{line}")
    connection = await stack.superuser()
    try:
        await connection.execute("set search_path = budget; set session_replication_role = replica")
        older = await connection.fetchval(
            "select encode(digest, 'hex') from period_leaves($1, $2, 'pooled', '2015-16-M01', 'infinity', 1::smallint)"
            " where leaf = $3",
            place.partnership,
            place.council,
            f"line/{line}",
        )
        assert older == recomputed([journal], cost, f"line/{line}", scheme=1) != of_line["digest"]
        await connection.execute(
            "update entries set vat_net_pence = 99_00, vat_irrecoverable_pence = 6_00 where account_id = $1",
            cost,
        )
    finally:
        await connection.close()
    (changed,) = await seals_of(place.ccg, period)
    assert changed["differing"] == [f"pooled/{place.council}", "root"]


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
