"""Journals over HTTP against the real database: posted once, balanced, reversed once, seen by those who may."""

import asyncio
import uuid

import pytest

from tests.budget.books import SCOPES, Books
from tests.stack import a_caller


@pytest.fixture(scope="module")
async def books(stack):
    return await Books().put(stack)


@pytest.fixture(scope="module")
async def council(client_for, books):
    return await client_for("budget", books.as_council)


async def balance(stack, account):
    connection = await stack.superuser()
    try:
        kept = await connection.fetchval(
            "select coalesce(sum(amount_pence), 0) from budget.balances where account_id = $1", account
        )
        summed = await connection.fetchval(
            "select coalesce(sum(amount_pence), 0) from budget.entries where account_id = $1", account
        )
    finally:
        await connection.close()
    assert kept == summed
    return kept


async def test_a_journal_is_posted_and_read_back(council, books):
    id_ = uuid.uuid4()
    posted = await council.put(f"/v1/journals/{id_}", json=books.journal(1250))
    assert posted.status_code == 201, posted.text
    assert posted.json()["financial_year"] == "2015/16"
    assert posted.json()["posting_period"] == "2015-16-M01"
    read = await council.get(f"/v1/journals/{id_}")
    assert read.json() == posted.json()
    again = await council.get(f"/v1/journals/{id_}", headers={"If-None-Match": read.headers["ETag"]})
    assert again.status_code == 304


async def test_a_repeat_gives_the_first_answer_and_a_changed_one_is_refused(council, books, stack):
    id_ = uuid.uuid4()
    before = await balance(stack, books.fund)
    first = await council.put(f"/v1/journals/{id_}", json=books.journal(700))
    second = await council.put(f"/v1/journals/{id_}", json=dict(reversed(books.journal(700).items())))
    assert second.status_code == 201
    assert second.content == first.content
    assert second.headers["Idempotency-Replayed"] == "true"
    changed = await council.put(f"/v1/journals/{id_}", json=books.journal(701))
    assert changed.status_code == 422
    assert changed.json()["code"] == "idempotency_key_reused"
    assert await balance(stack, books.fund) == before + 700


async def test_fifty_parallel_sends_make_one_journal(council, books, stack):
    id_ = uuid.uuid4()
    before = await balance(stack, books.fund)
    answers = await asyncio.gather(
        *(council.put(f"/v1/journals/{id_}", json=books.journal(300)) for _ in range(50))
    )
    statuses = sorted({each.status_code for each in answers})
    assert set(statuses) <= {201, 409, 503}
    made = [
        each for each in answers if each.status_code == 201 and "Idempotency-Replayed" not in each.headers
    ]
    assert len(made) == 1
    assert await balance(stack, books.fund) == before + 300
    final = await council.put(f"/v1/journals/{id_}", json=books.journal(300))
    assert final.content == made[0].content


async def test_an_unbalanced_journal_is_refused_with_how_far_it_is_out(council, books):
    body = books.journal(1000)
    body["entries"][1]["amount_pence"] = -999
    answer = await council.put(f"/v1/journals/{uuid.uuid4()}", json=body)
    assert answer.status_code == 422
    assert answer.json()["out_by_pence"] == 1
    assert answer.json()["errors"][0]["pointer"] == "/entries"


async def test_the_database_refuses_an_unbalanced_journal_too(stack, books):
    connection = await stack.superuser()
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("set local search_path = budget")
        id_ = uuid.uuid4()
        await connection.execute(
            "insert into journals values ($1, $2, $3, $3, 'pooled', 'actual', 'income', '2015-04-01', '2015/16',"
            " '2015-16-M01', 'by hand', null, null, now())",
            id_,
            books.partnership,
            books.council,
        )
        for position, amount in ((1, 100), (2, -99)):
            await connection.execute(
                "insert into entries values ($1, $2, $3, $4, $5, 'pooled', 'actual', $6, '2015-04-01',"
                " '2015-16-M01', now())",
                id_,
                position,
                books.fund,
                books.partnership,
                books.council,
                amount,
            )
        with pytest.raises(Exception, match="is not whole"):
            await connection.execute("set constraints all immediate")
        await transaction.rollback()
        for statement in ("update journals set narrative = 'x'", "delete from entries", "truncate balances"):
            with pytest.raises(Exception, match=r"append-only|foreign key"):
                await connection.execute("set search_path = budget; " + statement)
    finally:
        await connection.close()


async def test_a_reversal_happens_once_and_undoes_every_amount(council, books, stack):
    before = await balance(stack, books.fund)
    id_ = uuid.uuid4()
    await council.put(f"/v1/journals/{id_}", json=books.journal(4200))
    body = {"id": str(uuid.uuid4()), "effective_date": "2015-05-01", "narrative": "Sent twice by mistake"}
    undone = await council.post(f"/v1/journals/{id_}/reversal", json=body, key="reversal-" + id_.hex)
    assert undone.status_code == 201, undone.text
    assert undone.json()["reverses_journal_id"] == str(id_)
    assert await balance(stack, books.fund) == before
    body["id"] = str(uuid.uuid4())
    second = await council.post(f"/v1/journals/{id_}/reversal", json=body, key="another-" + id_.hex)
    assert second.status_code == 409
    assert second.json()["code"] == "journal_already_reversed"
    twice = await council.post(
        f"/v1/journals/{undone.json()['id']}/reversal", json=body, key="reverse-again-" + id_.hex
    )
    assert twice.json()["code"] == "journal_reversal_of_reversal"


async def test_another_organisation_finds_nothing_and_the_same_words(client_for, council, books):
    id_ = uuid.uuid4()
    await council.put(f"/v1/journals/{id_}", json=books.journal())
    stranger = await client_for("budget", a_caller(scopes=SCOPES, commissioner=uuid.uuid4()))
    provider = await client_for("budget", a_caller(scopes=SCOPES, provider=books.partnership))
    for other in (stranger, provider):
        foreign = (await other.get(f"/v1/journals/{id_}")).json()
        absent = (await other.get(f"/v1/journals/{uuid.uuid4()}")).json()
        for each in (foreign, absent):
            del each["request_id"], each["instance"]
        assert foreign == absent
        assert foreign["status"] == 404
        listed = await other.get("/v1/journals", params={"partnership_id": str(books.partnership)})
        assert listed.json() == {"items": [], "next": None}
        post = await other.put(f"/v1/journals/{uuid.uuid4()}", json=books.journal())
        assert post.json()["code"] == "account_unknown"
        taken = await other.put(f"/v1/journals/{id_}", json=books.journal())
        assert taken.status_code == 422


async def test_the_partner_sees_pooled_journals_and_not_aligned_ones(client_for, council, books):
    ccg = await client_for("budget", books.as_ccg)
    aligned = books.journal()
    aligned["kind"] = "income"
    aligned["entries"][0]["account_id"] = str(books.aligned)
    aligned["entries"][1]["account_id"] = str(books.aligned_reserve)
    pooled_id, aligned_id = uuid.uuid4(), uuid.uuid4()
    assert (await council.put(f"/v1/journals/{pooled_id}", json=books.journal())).status_code == 201
    assert (await ccg.put(f"/v1/journals/{aligned_id}", json=aligned)).status_code == 201
    assert (await ccg.get(f"/v1/journals/{pooled_id}")).status_code == 200
    assert (await ccg.get(f"/v1/journals/{aligned_id}")).status_code == 200
    assert (await council.get(f"/v1/journals/{aligned_id}")).status_code == 404
    mine = (await council.get("/v1/journals", params={"partnership_id": str(books.partnership)})).json()
    assert str(aligned_id) not in {each["id"] for each in mine["items"]}
    mixed = books.journal()
    mixed["entries"][1]["account_id"] = str(books.aligned)
    assert (await ccg.put(f"/v1/journals/{uuid.uuid4()}", json=mixed)).json()[
        "code"
    ] == "journal_accounts_mixed"


async def test_pages_follow_each_other_without_gap_or_repeat(council, books):
    seen, url = [], f"/v1/journals?partnership_id={books.partnership}&limit=2"
    while url:
        page = (await council.get(url)).json()
        assert len(page["items"]) <= 2
        seen += [each["id"] for each in page["items"]]
        url = page["next"]
    whole = (await council.get(f"/v1/journals?partnership_id={books.partnership}&limit=200")).json()
    assert seen == [each["id"] for each in whole["items"]]
    assert len(set(seen)) == len(seen) > 4


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"effective_date": "2015-02-30"}, "/effective_date"),
        ({"effective_date": 1427846400}, "/effective_date"),
        ({"posting_period": "2014-15-M12"}, "/posting_period"),
        ({"posting_period": "2015-16-M15"}, "/posting_period"),
        ({"narrative": "nul \x00 here"}, "/narrative"),
        ({"narrative": "   "}, "/narrative"),
        ({"narrative": "care for 943 476 5919"}, "/narrative"),
        ({"owner_organisation_id": str(uuid.uuid4())}, "/owner_organisation_id"),
        ({"recorded_at": "2015-04-01T00:00:00Z"}, "/recorded_at"),
        ({"book": "budget"}, "/book"),
        ({"kind": "reversal"}, "/kind"),
        ({"entries": []}, "/entries"),
    ],
)
async def test_bad_input_is_named_by_its_field(council, books, change, pointer):
    answer = await council.put(f"/v1/journals/{uuid.uuid4()}", json={**books.journal(), **change})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_journal_moves_no_more_than_an_amount_of_money_may_be(council, books):
    draft = books.journal()
    draft["entries"] = [
        {**each, "amount_pence": 10**15 * sign} for each in draft["entries"] for sign in (1, -1)
    ]
    answer = await council.put(f"/v1/journals/{uuid.uuid4()}", json=draft)
    assert (answer.status_code, answer.json()["code"]) == (422, "money_too_large")
    assert answer.json()["errors"][0]["pointer"] == "/entries"


async def test_doors_answer_every_kind_of_bad_request(council, books, client_for):
    path = f"/v1/journals/{uuid.uuid4()}"
    json_type = {"Content-Type": "application/json"}
    broken = await council.put(path, content=b'{"kind": ', headers=json_type)
    assert broken.status_code == 400
    assert (await council.put(path, content=b"a=b", headers={"Content-Type": "text/plain"})).status_code in (
        415,
        422,
    )
    assert (await council.put(path, content=b" " * 1_100_000, headers=json_type)).status_code == 413
    wrong = await council.delete(path)
    assert wrong.status_code == 405
    assert set(wrong.headers["Allow"].split(", ")) >= {"GET", "PUT"}
    assert (await council.get("/v1/nothing")).status_code == 404
    assert (await council.get("/v1/journals/not-a-uuid")).status_code == 422
    assert (await council.post(f"{path}/reversal", json={})).status_code in (400, 422)
    bare = await council.get(path, headers={"X-Caller-Assertion": "nonsense"})
    assert bare.status_code == 401
    reader = await client_for(
        "budget", a_caller(books.council, "budget:read", commissioner=books.partnership)
    )
    assert (await reader.put(path, json=books.journal())).status_code == 403
    assert (await council.get(path, headers={"X-Request-ID": "not a uuid"})).status_code == 400
    for state in ("/live", "/ready"):
        assert (await council.get(state)).json()["boot_id"]
