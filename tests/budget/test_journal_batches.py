"""Batches of journals through the doors: all or nothing, continue, dry run, control total, repeat, reversal."""

import asyncio
import uuid

import pytest

from services.budget.commands.reconcile import reconcile
from tests.budget.books import SCOPES, Books
from tests.budget.place import assert_hidden, code_of, key, made
from tests.stack import a_caller

URL = "/v1/journal-batches"


@pytest.fixture
async def books(stack):
    return await Books().put(stack)


@pytest.fixture
async def council(client_for, books):
    return await client_for("budget", books.as_council)


def journal(books, pence, **changes):
    return {"id": str(uuid.uuid4()), **books.journal(pence), **changes}


def batch(books, *journals, mode="all_or_nothing", **changes):
    return {
        "id": str(uuid.uuid4()),
        "partnership_id": str(books.partnership),
        "mode": mode,
        "journals": list(journals),
        **changes,
    }


async def held(stack, account):
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


async def told_of(stack, ids):
    """How many audit rows and events say that these journals were posted."""
    connection = await stack.superuser()
    try:
        return [
            await connection.fetchval(
                f"select count(*) from budget.{table} where what = 'journal_posted' and thing_id = any ($1)",
                [uuid.UUID(each) for each in ids],
            )
            for table in ("audit_events", "events")
        ]
    finally:
        await connection.close()


async def test_two_hundred_journals_are_posted_together_and_once(council, books, stack):
    body = batch(books, *(journal(books, n) for n in range(1, 201)), control_total_pence=20_100)
    sent_by = key()
    first = await council.post(URL, json=body, key=sent_by)
    answer = made(first)
    assert (answer["posted"], answer["refused"], answer["total_pence"]) == (200, 0, 20_100)
    assert first.headers["Location"] == f"{URL}/{body['id']}"
    assert await held(stack, books.fund) == 20_100
    again = await council.post(URL, json=body, key=sent_by)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert await held(stack, books.fund) == 20_100
    assert await told_of(stack, [each["id"] for each in body["journals"]]) == [200, 200]
    assert made(await council.get(f"{URL}/{body['id']}")) == answer
    listed = made(await council.get(URL, params={"partnership_id": str(books.partnership)}))
    assert listed["items"] == [answer]
    changed = await council.post(URL, json={**body, "control_total_pence": None}, key=sent_by)
    assert code_of(changed) == "idempotency_key_reused"
    one_more = batch(books, *(journal(books, 1) for _ in range(201)))
    assert (await council.post(URL, json=one_more, key=key())).json()["errors"][0]["pointer"] == "/journals"


async def test_all_or_nothing_posts_nothing_and_names_every_journal_that_is_wrong(council, books, stack):
    unbalanced = journal(books, 5)
    unbalanced["entries"][1]["amount_pence"] = -4
    early = journal(books, 6, posting_period="2014-15-M12")
    nonsense = journal(books, 6, posting_period="M13")
    foreign = journal(books, 7)
    foreign["entries"][0]["account_id"] = str(uuid.uuid4())
    body = batch(books, journal(books, 1), unbalanced, early, foreign, nonsense, journal(books, 2))
    refused = await council.post(URL, json=body, key="refused-" + "k" * 16)
    assert (refused.status_code, code_of(refused)) == (422, "batch_refused")
    told = refused.json()
    assert [each["pointer"] for each in told["errors"]] == [
        "/journals/1/entries",
        "/journals/2/posting_period",
        "/journals/3/entries/0/account_id",
        "/journals/4/posting_period",
    ]
    assert [each["problem"]["code"] for each in told["items"]][:1] == ["journal_unbalanced"]
    assert told["items"][0]["problem"]["facts"] == {"out_by_pence": 1}
    assert await held(stack, books.fund) == 0
    assert (await council.get(f"{URL}/{body['id']}")).status_code == 404
    mended = {**body, "journals": [body["journals"][0], body["journals"][5]]}
    assert made(await council.post(URL, json=mended, key="refused-" + "k" * 16))["posted"] == 2
    assert await held(stack, books.fund) == 3


async def test_continue_posts_what_can_be_and_says_why_the_rest_was_not(council, books, stack):
    taken = journal(books, 10, client_reference="GL-1")
    made(await council.post(URL, json=batch(books, taken), key=key()))
    same_reference = journal(books, 20, client_reference="GL-1")
    same_id = {**journal(books, 30), "id": taken["id"]}
    good, nil = journal(books, 40), journal(books, 0)
    body = batch(books, same_reference, good, same_id, nil, mode="continue")
    answer = made(await council.post(URL, json=body, key=key()))
    assert (answer["posted"], answer["refused"], answer["total_pence"]) == (1, 3, 40)
    assert [each["status"] for each in answer["items"]] == ["refused", "posted", "refused", "refused"]
    assert [each["problem"] and each["problem"]["code"] for each in answer["items"]] == [
        "client_reference_used",
        None,
        "id_unavailable",
        "journal_nil_entry",
    ]
    assert answer["items"][0]["problem"]["errors"][0]["pointer"] == "/journals/0/client_reference"
    assert await held(stack, books.fund) == 50
    nothing = await council.post(URL, json=batch(books, nil, mode="continue"), key=key())
    assert code_of(nothing) == "batch_refused"


@pytest.mark.parametrize("mode", ["all_or_nothing", "continue"])
async def test_a_dry_run_says_the_same_and_keeps_nothing(council, books, stack, mode):
    good, wrong = journal(books, 40), journal(books, 0)
    body, one_key = batch(books, good, wrong, mode=mode), key()
    tried = await council.post(f"{URL}?dry_run=true", json=body, key=one_key)
    assert tried.status_code == 200, tried.text
    told = tried.json()
    assert (told["dry_run"], told["recorded_at"], told["refused"]) == (True, None, 1)
    assert told["posted"] == (1 if mode == "continue" else 0)
    assert [each["status"] for each in told["items"]] == ["posted", "refused"]
    assert await held(stack, books.fund) == 0
    assert await told_of(stack, [good["id"]]) == [0, 0]
    assert (await council.get(f"{URL}/{body['id']}")).status_code == 404
    body["journals"].pop()
    assert made(await council.post(URL, json=body, key=one_key))["posted"] == 1


@pytest.mark.row("S2-B12")
async def test_thousands_sent_as_pounds_are_stopped_by_the_control_total(council, books, stack):
    body = batch(books, journal(books, 9_080), control_total_pence=9_080_000)
    refused = await council.post(URL, json=body, key=key())
    assert (refused.status_code, code_of(refused)) == (422, "batch_control_total_differs")
    assert refused.json()["errors"][0]["pointer"] == "/control_total_pence"
    assert refused.json()["out_by_factor"] == 1000
    assert await held(stack, books.fund) == 0


async def test_what_a_batch_repeats_is_refused(council, books):
    one = journal(books, 1, client_reference="GL-7")
    body = batch(
        books, one, {**journal(books, 2), "id": one["id"]}, journal(books, 3, client_reference="GL-7")
    )
    refused = (await council.post(URL, json=body, key=key())).json()
    assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [
        ("/journals/1/id", "batch_journal_twice"),
        ("/journals/2/client_reference", "client_reference_used"),
    ]
    empty = await council.post(URL, json=batch(books), key=key())
    assert (code_of(empty), empty.json()["errors"][0]["pointer"]) == ("batch_empty", "/journals")


async def test_a_batch_stays_in_the_partnership_that_it_names(council, books, stack, client_for):
    other = await Books().put(stack)
    both = await client_for(
        "budget", a_caller(other.council, SCOPES, commissioner=[other.partnership, books.partnership])
    )
    refused = await both.post(URL, json=batch(books, journal(other, 5)), key=key())
    assert [each["code"] for each in refused.json()["errors"]] == ["batch_of_one_partnership"]
    assert await held(stack, other.fund) == 0
    elsewhere = await council.post(URL, json=batch(other, journal(books, 5)), key=key())
    assert (code_of(elsewhere), elsewhere.json()["errors"][0]["pointer"]) == (
        "partnership_unknown",
        "/partnership_id",
    )


async def test_a_batch_is_reversed_whole_and_once(council, books, stack):
    body = batch(books, *(journal(books, n) for n in (10, 20, 30)))
    made(await council.post(URL, json=body, key=key()))
    undo = {"id": str(uuid.uuid4()), "narrative": "The feed was sent twice"}
    sent_by = key()
    undone = await council.post(f"{URL}/{body['id']}/reversal", json=undo, key=sent_by)
    assert (made(undone)["posted"], undone.json()["reverses_batch_id"]) == (3, body["id"])
    assert await held(stack, books.fund) == 0
    again = await council.post(f"{URL}/{body['id']}/reversal", json=undo, key=sent_by)
    assert again.content == undone.content
    ids = [each["journal_id"] for each in undone.json()["items"]]
    assert await told_of(stack, ids) == [3, 3]
    first = made(await council.get(f"/v1/journals/{ids[0]}"))
    assert first["reverses_journal_id"] == body["journals"][0]["id"]
    assert first["entries"][0]["amount_pence"] == -10
    other = await council.post(
        f"{URL}/{body['id']}/reversal", json={**undo, "id": str(uuid.uuid4())}, key=key()
    )
    assert code_of(other) == "batch_refused"
    assert {each["problem"]["code"] for each in other.json()["items"]} == {"journal_already_reversed"}
    twice = await council.post(
        f"{URL}/{undo['id']}/reversal", json={**undo, "id": str(uuid.uuid4())}, key=key()
    )
    assert (twice.status_code, code_of(twice)) == (409, "batch_reversal_of_reversal")


async def test_one_journal_that_cannot_be_reversed_keeps_the_others_as_they_are(council, books, stack):
    body = batch(books, *(journal(books, n) for n in (10, 20, 30)))
    made(await council.post(URL, json=body, key=key()))
    alone = {"id": str(uuid.uuid4()), "effective_date": "2015-05-01", "narrative": "This one first"}
    reversed_before = body["journals"][1]["id"]
    made(await council.post(f"/v1/journals/{reversed_before}/reversal", json=alone, key=key()))
    undo = {"id": str(uuid.uuid4()), "effective_date": "2015-05-01", "narrative": "All of it"}
    refused = await council.post(f"{URL}/{body['id']}/reversal", json=undo, key=key())
    assert (refused.status_code, code_of(refused)) == (422, "batch_refused")
    assert [each["position"] for each in refused.json()["items"]] == [1]
    assert await held(stack, books.fund) == 40


async def test_batches_that_cross_the_same_accounts_do_not_wait_in_a_circle(council, books, stack):
    """One posts to the first pair of accounts and then to the second, the other the other way round."""
    second = [uuid.uuid4(), uuid.uuid4()]
    connection = await stack.superuser()
    try:
        for old, new in zip((books.fund, books.from_council), second, strict=True):
            await connection.execute(
                "insert into budget.accounts select (jsonb_populate_record(a, jsonb_build_object('id', $2::text,"
                " 'name', a.name || ', the second'))).* from budget.accounts a where id = $1",
                old,
                str(new),
            )
    finally:
        await connection.close()

    def on_second():
        sides = [
            {"account_id": str(id_), "amount_pence": pence}
            for id_, pence in zip(second, (1, -1), strict=True)
        ]
        return journal(books, 1, entries=sides)

    for _ in range(3):
        there = [*(journal(books, 1) for _ in range(40)), *(on_second() for _ in range(40))]
        back = [*(on_second() for _ in range(40)), *(journal(books, 1) for _ in range(40))]
        answers = await asyncio.gather(
            *(council.post(URL, json=batch(books, *each), key=key()) for each in (there, back))
        )
        assert [each.status_code for each in answers] == [201, 201]
    assert await held(stack, books.fund) == 240


async def test_a_batch_is_shown_to_who_sent_it_alone(council, books, client_for):
    body = batch(books, journal(books, 5))
    made(await council.post(URL, json=body, key=key()))
    for caller in (
        books.as_ccg,
        a_caller(scopes=SCOPES, commissioner=uuid.uuid4()),
        a_caller(scopes=SCOPES, provider=books.partnership),
        a_caller(scopes=SCOPES, observer=books.partnership),
    ):
        client = await client_for("budget", caller)
        await assert_hidden(client, f"{URL}/{body['id']}", URL, books.partnership)
        undo = {"id": str(uuid.uuid4()), "narrative": "Not ours"}
        answer = await client.post(f"{URL}/{body['id']}/reversal", json=undo, key=key())
        assert answer.status_code == 404


async def test_the_ledger_holds_together_after_batches(council, books, stack):
    body = batch(books, journal(books, 5), journal(books, 0), mode="continue")
    made(await council.post(URL, json=body, key=key()))
    undo = {"id": str(uuid.uuid4()), "narrative": "Sent twice"}
    made(await council.post(f"{URL}/{body['id']}/reversal", json=undo, key=key()))
    report = await reconcile(stack.cluster.superuser_dsn())
    broken = [line for each in report.checks for line in each.shown]
    posted = body["journals"][0]["id"]
    reversal = str(uuid.uuid5(uuid.UUID(undo["id"]), posted))
    assert not [line for line in broken if posted in line or reversal in line]
