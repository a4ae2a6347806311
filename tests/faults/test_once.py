"""One journal however often it is sent: in parallel, with another body, across a restart, by two clients."""

import asyncio
import uuid
from collections import Counter
from dataclasses import replace

from tests.faults.client import client_of

SENDS = 50
MAY_BE_SENT_AGAIN = {"request_still_running", "database_busy", "database_unavailable"}


def count(stack, column, value):
    return int(stack.cluster.psql(f"select count(*) from budget.journals where {column} = '{value}'"))


def what_came(got):
    """Posted, replayed, or the code of the refusal: one that said to take a new id would make a duplicate."""
    if got.status == 201:
        return "replayed" if got.replayed else "posted"
    return got.json()["code"]


async def test_fifty_parallel_sends_make_one_journal(mortal_stack, standing, books, figures):
    id_ = uuid.uuid4()
    async with client_of(standing, books.as_council) as client:
        got = await asyncio.gather(
            *(client.send("PUT", f"/v1/journals/{id_}", json=books.journal(300)) for _ in range(SENDS))
        )
    counted = Counter(what_came(each) for each in got)
    figures(sends=SENDS, answers=dict(sorted(counted.items())))
    assert set(counted) <= {"posted", "replayed", *MAY_BE_SENT_AGAIN}
    assert counted["posted"] == 1
    assert counted["replayed"] + counted["request_still_running"] >= 1, "the sends never met each other"
    assert len({each.content for each in got if each.status == 201}) == 1
    assert count(mortal_stack, "id", id_) == 1
    fund = f"select sum(amount_pence) from budget.balances where account_id = '{books.fund}'"
    assert mortal_stack.cluster.psql(fund) == "300"


async def test_the_same_answer_comes_after_a_restart_and_after_a_kill(mortal_stack, server, books):
    server.start()
    path, body = f"/v1/journals/{uuid.uuid4()}", books.journal(4711)
    async with client_of(server, books.as_council) as client:
        first = await client.send("PUT", path, json=body)
    assert (first.status, first.replayed) == (201, False)
    for end in (server.stop, server.kill):
        end()
        server.start()
        async with client_of(server, books.as_council) as client:
            again = await client.send("PUT", path, json=body)
            assert (again.status, again.replayed) == (201, True)
            assert again.content == first.content
            assert again.headers["Location"] == first.headers["Location"]
            changed = await client.send("PUT", path, json=books.journal(4712))
            assert changed.status == 422
            assert changed.json()["code"] == "idempotency_key_reused"
    assert len({each.boot_id for each in server.boots}) == 3
    amounts = f"select sum(amount_pence) from budget.entries where account_id = '{books.fund}'"
    assert mortal_stack.cluster.psql(amounts) == "4711"


async def test_two_clients_may_use_the_same_key(mortal_stack, standing, books):
    first, second = (replace(books.as_council, client_id=uuid.uuid4()) for _ in range(2))
    key, got, journals = f"the-same-key-{uuid.uuid4()}", [], []
    for caller in (first, second):
        id_ = uuid.uuid4()
        journals.append(id_)
        async with client_of(standing, caller) as client:
            assert (await client.send("PUT", f"/v1/journals/{id_}", json=books.journal())).status == 201
            body = {"id": str(uuid.uuid4()), "effective_date": "2015-05-01", "narrative": "Not ours"}
            got.append(await client.send("POST", f"/v1/journals/{id_}/reversal", json=body, key=key))
    assert [(each.status, each.replayed) for each in got] == [(201, False), (201, False)]
    assert [each.json()["reverses_journal_id"] for each in got] == [str(each) for each in journals]
    assert [count(mortal_stack, "reverses_journal_id", each) for each in journals] == [1, 1]


async def test_another_clients_id_is_not_answered_for_it(mortal_stack, standing, books):
    """The id of a journal is everybody's: who did not send it learns nothing from it, whatever is sent."""
    id_ = uuid.uuid4()
    path = f"/v1/journals/{id_}"
    async with client_of(standing, books.as_council) as client:
        assert (await client.send("PUT", path, json=books.journal())).status == 201
    async with client_of(standing, replace(books.as_council, client_id=uuid.uuid4())) as client:
        for body in (books.journal(), books.journal(99)):
            refused = await client.send("PUT", path, json=body)
            assert (refused.status, refused.json()["code"]) == (409, "id_unavailable")
    assert count(mortal_stack, "id", id_) == 1
