"""The change feed: each reader gets each event that it may see once and in order, and no other."""

import asyncio
import os
import random
import re
import uuid
from datetime import date

import pytest

from shared import feed
from shared.db import Database, Prepared
from shared.sealing import seal_all, seal_some
from tests.shared.changes import a_change, write, write_many
from tests.stack import a_caller

FOLLOW = "/v1/events/budget"
SCOPE = "event:read"
# `FEED_EVENTS=100000 pytest tests/shared/test_feeds.py -k once` is the whole proof; seeds are printed.
EVENTS = int(os.environ.get("FEED_EVENTS", "2400"))
WRITERS, READERS = 8, 3
SEED = int(os.environ.get("FEED_SEED", "20261130"))


@pytest.fixture
async def seal(stack):
    opened = await Database.open(stack.url("budget"), "budget", 1, name="budget-seal")
    yield opened
    await opened.close()


async def told(client, after="0", **query):
    """All events from a place on, as a reader collects them."""
    found = []
    while True:
        answer = await client.get(FOLLOW, params={"lastEventId": after, **query})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/cloudevents-batch+json"
        found += answer.json()
        next_ = re.fullmatch(r"<.*lastEventId=(\d+)>; rel=\"next\"", answer.headers["link"])[1]
        if next_ == after:
            return found
        after = next_


class Reader:
    """A consumer that remembers the last event it worked through, and is started again at random."""

    def __init__(self, client, chance, vouched):
        self.client, self.chance, self.vouched = client, chance, vouched
        self.worked, self.last, self.restarts = [], "0", 0

    async def run(self, until):
        while len(self.worked) < until:
            answer = await self.client.get(
                FOLLOW, params={"lastEventId": self.last, "timeout": "1"}, headers=self.vouched()
            )
            if answer.status_code == 503:  # busy: asked again, as a consumer would
                continue
            assert answer.status_code == 200, answer.text
            for event in answer.json():
                if (
                    self.chance.random() < 0.01
                ):  # it dies here, between two events, and forgets the rest of the batch
                    self.restarts += 1
                    break
                self.worked.append((int(event["id"]), uuid.UUID(event["data"]["thing_id"])))
                self.last = event["id"]


@pytest.fixture
async def many(stack):
    """Pools with a session for each writer."""
    opened = await Database.open(stack.url("budget"), "budget", WRITERS)
    yield opened
    await opened.close()


async def test_each_reader_gets_each_event_once_and_in_order(stack, many, seal, client_for, capsys):
    """8 writers at once, some of whose transactions commit late or not at all; 3 readers with random restarts."""
    with capsys.disabled():
        print(f" [events {EVENTS}, seed {SEED}]", end="")
    ours, written = a_caller(scopes=SCOPE), asyncio.Event()
    client = await client_for("budget", ours)
    start = str(await db_position(many))

    async def seal_on():
        while not written.is_set():
            await seal_some(seal, "budget")
            client._transport.app.state.pulse.beat()
            await asyncio.sleep(0.01)
        await seal_all(seal, "budget")
        client._transport.app.state.pulse.beat()

    async def write_all():
        each = EVENTS // WRITERS
        made = await asyncio.gather(
            *(write_many(many, ours, each, random.Random(SEED + n)) for n in range(WRITERS))
        )
        written.set()
        return [thing for one in made for thing in one]

    def vouched():
        return {"X-Caller-Assertion": stack.assertion("budget", ours)}

    readers = [Reader(client, random.Random(SEED * 7 + n), vouched) for n in range(READERS)]
    for reader in readers:
        reader.last = start
    sealing = asyncio.create_task(seal_on())
    reading = [asyncio.create_task(reader.run(EVENTS // WRITERS * WRITERS)) for reader in readers]
    things = await write_all()
    await sealing
    await asyncio.wait_for(asyncio.gather(*reading), 600)
    for reader in readers:
        positions = [position for position, _ in reader.worked]
        assert positions == sorted(set(positions))
        assert sorted(thing for _, thing in reader.worked) == sorted(things)
    assert readers[0].worked == readers[1].worked == readers[2].worked
    assert sum(reader.restarts for reader in readers) > 0


async def db_position(db):
    async with db.begin(a_caller()) as tx:
        return (await tx.one(Prepared("select link as position from chain_head()", (), {})))["position"]


async def test_an_event_says_which_thing_changed_and_nothing_of_it(db, seal, client_for):
    ours = a_caller(scopes=SCOPE)
    change = a_change(ours.organisation_id, facts={"secret": 7})
    await write(db, ours, change)
    await seal_all(seal, "budget")
    (event,) = await told(await client_for("budget", ours))
    assert event == {
        "specversion": "1.0",
        "id": event["id"],
        "source": FOLLOW,
        "type": "budget.planted.v1",
        "time": event["time"],
        "subject": f"plant/{change.thing_id}",
        "datacontenttype": "application/json",
        "data": {
            "thing": "plant",
            "thing_id": str(change.thing_id),
            "partnership_id": None,
            "owner_organisation_id": str(ours.organisation_id),
        },
    }


async def test_a_reader_waits_until_something_is_sealed(db, seal, client_for):
    ours = a_caller(scopes=SCOPE)
    client = await client_for("budget", ours)
    assert (await client.get(FOLLOW)).json() == []
    waiting = asyncio.create_task(client.get(FOLLOW, params={"timeout": "20"}))
    await asyncio.sleep(0.1)
    await write(db, ours, a_change(ours.organisation_id))
    await seal_all(seal, "budget")
    client._transport.app.state.pulse.beat()
    answer = await asyncio.wait_for(waiting, 3)
    assert len(answer.json()) == 1


@pytest.mark.parametrize(
    "query", [{"lastEventId": "x"}, {"lastEventId": "-1"}, {"timeout": "26"}, {"timeout": "-1"}]
)
async def test_a_query_that_means_nothing_is_refused(client_for, query):
    answer = await (await client_for("budget", a_caller(scopes=SCOPE))).get(FOLLOW, params=query)
    assert answer.status_code == 422


async def test_a_place_behind_the_end_has_nothing(client_for):
    client = await client_for("budget", a_caller(scopes=SCOPE))
    answer = await client.get(FOLLOW, params={"lastEventId": "9" * 19})
    assert (answer.status_code, answer.json()) == (200, [])


async def test_who_hears_of_a_pool(db, seal, client_for, budget_pool):
    """A commissioner of the partnership hears of it; a provider named as a reader does not, nor does a stranger."""
    pool_id, partnership, owner = budget_pool
    partner, provider = uuid.uuid4(), uuid.uuid4()
    ours = a_caller(owner, commissioner=partnership)
    await write(
        db,
        ours,
        a_change(
            owner,
            "pool_opened",
            "pool",
            thing_id=pool_id,
            partnership_id=partnership,
            readers=(partner, provider),
        ),
    )
    await seal_all(seal, "budget")
    hearing = {
        "owner": a_caller(owner, SCOPE, commissioner=partnership),
        "partner": a_caller(partner, SCOPE, commissioner=partnership),
        "another commissioner": a_caller(scopes=SCOPE, commissioner=partnership),
        "partner without its role": a_caller(partner, SCOPE),
        "provider": a_caller(provider, SCOPE, provider=partnership),
        "observer": a_caller(scopes=SCOPE, observer=partnership),
        "stranger": a_caller(scopes=SCOPE, commissioner=uuid.uuid4()),
    }
    heard = {}
    for who, caller in hearing.items():
        client = await client_for("budget", caller)
        events = [each["data"]["thing_id"] for each in await told(client)]
        heard[who] = str(pool_id) in events
    assert heard == {
        "owner": True,
        "partner": True,
        "another commissioner": True,
        "partner without its role": False,
        "provider": False,
        "observer": False,
        "stranger": False,
    }


@pytest.fixture
async def budget_pool(admin):
    """A pool's row, put down past every rule: the feed asks whether the caller may see it, and no more."""
    ids = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    columns = await admin.fetch(
        "select column_name as name, data_type as kind, udt_name as udt from information_schema.columns"
        " where table_schema = 'budget' and table_name = 'pools' and is_nullable = 'NO' and column_default is null"
        " and is_generated = 'NEVER'"
    )
    values = {"id": ids[0], "partnership_id": ids[1], "owner_organisation_id": ids[2]}
    for column in columns:
        if column["name"] not in values:
            values[column["name"]] = await a_value(admin, column)
    await admin.execute("set session_replication_role = replica")  # without triggers and references
    names = ", ".join(values)
    marks = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    await admin.execute(f"insert into budget.pools ({names}) values ({marks})", *values.values())
    await admin.execute("set session_replication_role = origin")
    return ids


async def a_value(admin, column):
    if column["kind"] == "USER-DEFINED":
        labels = await admin.fetchval(
            "select array_agg(enumlabel::text order by enumsortorder) from pg_enum"
            " where enumtypid = ('budget.' || $1)::regtype",
            column["udt"],
        )
        return labels[0]
    return {
        "uuid": uuid.uuid4(),
        "text": "Planted",
        "date": date(2014, 4, 1),
        "integer": 1,
        "bigint": 1,
        "boolean": False,
        "jsonb": "{}",
        "ARRAY": [],
    }[column["kind"]]


async def test_who_sees_little_still_comes_to_the_end(db, seal, client_for, monkeypatch):
    """Behind many changes that a caller may not see there is one that it may: it gets there, page by page."""
    monkeypatch.setattr(feed, "_PAGES", 2)
    partnership = uuid.uuid4()
    theirs = a_caller(commissioner=partnership)
    ours = a_caller(scopes=SCOPE, commissioner=partnership)
    hidden = [a_change(theirs.organisation_id, partnership_id=partnership) for _ in range(feed.PAGE * 3 + 7)]
    await write(db, theirs, *hidden)
    await write(db, ours, seen := a_change(ours.organisation_id, partnership_id=partnership))
    await seal_all(seal, "budget")
    client = await client_for("budget", ours)
    first = await client.get(FOLLOW)
    assert first.json() == []
    assert not first.headers["link"].startswith(f"<{FOLLOW}?lastEventId=0>")
    assert [each["data"]["thing_id"] for each in await told(client)] == [str(seen.thing_id)]


async def test_without_the_filter_a_provider_would_hear_of_a_pool(
    db, seal, client_for, budget_pool, monkeypatch
):
    """The test of the tests above: with every thing taken as seen, what the provider was named for leaks."""
    pool_id, partnership, owner = budget_pool
    provider = a_caller(scopes=SCOPE, provider=partnership)
    change = a_change(
        owner,
        "pool_opened",
        "pool",
        thing_id=pool_id,
        partnership_id=partnership,
        readers=(provider.organisation_id,),
    )
    await write(db, a_caller(owner, commissioner=partnership), change)
    await seal_all(seal, "budget")
    client = await client_for("budget", provider)
    assert await told(client) == []
    open_ = feed._SOME.sql.replace("as seen\n", "or true as seen\n")
    assert open_ != feed._SOME.sql
    monkeypatch.setattr(feed, "_SOME", Prepared(open_, feed._SOME.names, {}))
    assert len(await told(client)) == 1
