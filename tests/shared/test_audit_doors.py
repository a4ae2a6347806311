"""An organisation's own audit: what it finds, what it does not, as pages, table and lines; and the chain that holds it."""

import csv
import io
import json
from dataclasses import replace

import pytest

from deploy import audit_verifier
from deploy.audit_verifier import Head
from shared.db import Database
from shared.sealing import seal_all
from tests.shared.changes import a_change, write
from tests.stack import a_caller

SEARCH, HEAD, CHAIN = (
    "/v1/audit-events/budget",
    "/v1/audit-heads/budget",
    "/v1/audit-chains/budget",
)
SCOPE = "audit:read"


@pytest.fixture
async def seal(stack):
    opened = await Database.open(stack.url("budget"), "budget", 1, name="budget-seal")
    yield opened
    await opened.close()


async def ids(client, **query):
    answer = await client.get(SEARCH, params=query)
    assert answer.status_code == 200, answer.text
    return [each["thing_id"] for each in answer.json()["items"]]


async def test_it_finds_what_was_done_to_its_records_and_by_its_clients(db, client_for):
    ours, theirs, stranger = a_caller(scopes=SCOPE), a_caller(scopes=SCOPE), a_caller(scopes=SCOPE)
    own = a_change(ours.organisation_id, facts={"n": 1})
    by_them = a_change(ours.organisation_id, "harvested")
    for_them = a_change(theirs.organisation_id, readers=(stranger.organisation_id,))
    await write(db, ours, own)
    await write(db, theirs, by_them)
    await write(db, ours, for_them)
    client = await client_for("budget", ours)
    assert await ids(client) == [str(each.thing_id) for each in (own, by_them, for_them)]
    assert await ids(client, what="harvested") == [str(by_them.thing_id)]
    assert await ids(client, actor_organisation_id=str(theirs.organisation_id)) == [str(by_them.thing_id)]
    assert await ids(client, thing_id=str(for_them.thing_id)) == [str(for_them.thing_id)]
    assert await ids(client, actor_client_id=str(ours.client_id), what="planted", limit=1) == [
        str(own.thing_id)
    ]
    assert await ids(await client_for("budget", stranger)) == []
    theirs_found = await ids(await client_for("budget", theirs))
    assert theirs_found == [str(each.thing_id) for each in (by_them, for_them)]


async def test_pages_follow_each_other_and_a_window_bounds_them(db, client_for):
    ours = a_caller(scopes=SCOPE)
    client = await client_for("budget", ours)
    changes = [a_change(ours.organisation_id) for _ in range(7)]
    for each in changes:
        await write(db, ours, each)
    found, address, recorded = [], f"{SEARCH}?limit=3", []
    while address:
        page = (await client.get(address)).json()
        found += [each["thing_id"] for each in page["items"]]
        recorded += [each["recorded_at"] for each in page["items"]]
        address = page["next"]
    assert found == [str(each.thing_id) for each in changes]
    assert await ids(client, updated_from=recorded[2], updated_to=recorded[5]) == found[2:5]


async def test_whom_it_was_done_for_is_found(db, client_for):
    ours = a_caller(scopes=SCOPE)
    await write(db, replace(ours, person="j.smith"), change := a_change(ours.organisation_id))
    await write(db, ours, a_change(ours.organisation_id))
    client = await client_for("budget", ours)
    assert await ids(client, on_behalf_of="j.smith") == [str(change.thing_id)]


async def test_the_whole_comes_as_a_table_and_as_lines(db, client_for):
    ours = a_caller(scopes=SCOPE)
    await write(db, ours, *(a_change(ours.organisation_id, facts={"said": "=1+1"}) for _ in range(205)))
    client = await client_for("budget", ours)
    table = await client.get(SEARCH, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert len(rows) == 205
    assert rows[0]["facts"] == '{"said":"=1+1"}'
    lines = await client.get(SEARCH, headers={"Accept": "application/jsonl"})
    assert len({json.loads(line)["id"] for line in lines.text.splitlines()}) == 205


@pytest.mark.parametrize(
    "query", [{"what": "X y"}, {"thing_id": "no"}, {"cursor": "AAAA"}, {"updated_from": "yesterday"}]
)
async def test_a_search_that_means_nothing_is_refused(client_for, query):
    answer = await (await client_for("budget", a_caller(scopes=SCOPE))).get(SEARCH, params=query)
    assert answer.status_code == 422


async def test_the_chain_shows_records_of_ones_own_alone_and_holds_all(db, seal, client_for):
    ours, theirs = a_caller(scopes=SCOPE), a_caller()
    client = await client_for("budget", ours)
    await seal_all(seal, "budget")
    then = (await client.get(HEAD)).json()
    for n in range(6):
        who = ours if n % 2 else theirs
        await write(db, who, a_change(who.organisation_id, facts={"n": n, "half": 0.5, "big": 2**60}))
    await seal_all(seal, "budget")
    now = (await client.get(HEAD)).json()
    assert now["position"] == then["position"] + 6
    export = await client.get(CHAIN, params={"after": then["position"]})
    assert export.headers["content-type"].startswith("application/jsonl")
    lines = export.text.splitlines()
    records = [json.loads(line)["record"] for line in lines]
    assert [record and record["owner_organisation_id"] for record in records] == [
        None, str(ours.organisation_id), None, str(ours.organisation_id), None, str(ours.organisation_id),
    ]  # fmt: skip
    assert str(theirs.organisation_id) not in export.text
    kept, head = (Head(each["service"], each["position"], each["hash"]) for each in (then, now))
    checked = audit_verifier.check(lines, head, kept)
    assert (checked.last, checked.records) == (now["position"], 3)
    whole = (await client.get(CHAIN)).text.splitlines()
    assert audit_verifier.check(whole, head).last == now["position"]
    part = (await client.get(CHAIN, params={"after": then["position"], "upto": then["position"] + 2})).text
    assert len(part.splitlines()) == 2


async def test_a_row_that_was_dropped_from_the_table_is_seen(db, seal, client_for, admin):
    """Whoever owns the machine switches the guards off and removes a row: the chain tells what it was."""
    ours = a_caller(scopes=SCOPE)
    await write(db, ours, change := a_change(ours.organisation_id), a_change(ours.organisation_id))
    await seal_all(seal, "budget")
    client = await client_for("budget", ours)
    head = (await client.get(HEAD)).json()
    transaction = admin.transaction()
    await transaction.start()
    await admin.execute("set local session_replication_role = replica")
    edited = await admin.execute(
        "update budget.audit_events set facts = '{\"n\": 8}' where thing_id = $1", change.thing_id
    )
    assert edited == "UPDATE 1"
    await transaction.commit()
    lines = (await client.get(CHAIN)).text.splitlines()
    with pytest.raises(audit_verifier.Broken, match="something in it was changed"):
        audit_verifier.check(lines, Head(**head))
    transaction = admin.transaction()
    await transaction.start()
    await admin.execute("set local session_replication_role = replica")
    await admin.execute(
        "delete from budget.chain_links using budget.audit_events a where a.id = chain_links.id and thing_id = $1",
        change.thing_id,
    )
    lines = await _raw_lines(admin)
    await transaction.rollback()
    with pytest.raises(audit_verifier.Broken, match="a link is missing"):
        audit_verifier.check(lines, Head(**head))
    await admin.execute("set session_replication_role = replica")
    await admin.execute("update budget.audit_events set facts = '{}' where thing_id = $1", change.thing_id)
    await admin.execute("set session_replication_role = origin")


async def _raw_lines(admin):
    rows = await admin.fetch("select position, leaf, hash from budget.chain_links order by position")
    return [
        json.dumps({"position": row[0], "leaf": row[1].hex(), "hash": row[2].hex(), "record": None})
        for row in rows
    ]
