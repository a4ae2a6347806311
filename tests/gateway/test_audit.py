"""The audit at the gateway: one search over all services, signed heads, and who read what."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from hashlib import sha256

import pytest

from deploy import audit_verifier
from services.gateway.actions.log_reads import log_reads
from services.gateway.admission.read_log import MOST_KEPT, ReadLog
from services.gateway.rules.read_batch import lines_of
from services.gateway.store.reads import Read
from shared.db import DATABASE_UNAVAILABLE, Database
from shared.metrics import Metrics
from shared.sealing import seal_all
from tests.gateway.people import Visit
from tests.gateway.stand_in import answering


@pytest.fixture(scope="module")
async def council(operator):
    return await operator.organisation("Council of audits")


@pytest.fixture(scope="module")
async def client(operator, council):
    await operator.partnership(commissioner=council)
    return await operator.client(council)


def a_row(owner, at, what="contract_registered"):
    return {
        "id": str(uuid.uuid4()), "recorded_at": at, "what": what, "thing": "contract", "thing_id": str(uuid.uuid4()),
        "partnership_id": None, "owner_organisation_id": owner, "reader_organisation_ids": [],
        "actor_organisation_id": owner, "actor_client_id": str(uuid.uuid4()), "on_behalf_of": None,
        "request_id": None, "facts": {"n": 1},
    }  # fmt: skip


def audited(*rows):
    return answering({"items": list(rows), "next": None})


async def test_one_search_over_all_services_in_one_order(client, council, behind):
    first, second, last = (a_row(council, f"2099-01-0{n}T00:00:00Z") for n in (1, 2, 3))
    behind["budget"].does(audited(second))
    behind["contracts"].does(audited(first, last))
    behind["outcomes"].does(audited())
    answer = await client.visit.get("/v1/audit-events", params={"updated_from": "2000-01-01T00:00:00Z"})
    assert answer.status_code == 200, answer.text
    found = [each["id"] for each in answer.json()["items"]]
    assert found[-3:] == [first["id"], second["id"], last["id"]]
    own = answer.json()["items"][:-3]
    assert {each["what"] for each in own} >= {"client_created", "client_secret_added"}
    assert {each["owner_organisation_id"] for each in own} == {council}
    for each in behind.values():
        (heard,) = each.heard
        assert "updated_from=2000-01-01" in heard.target
    page = (await client.visit.get("/v1/audit-events?limit=1")).json()
    assert len(page["items"]) == 1
    following = await client.visit.get(page["next"])
    assert following.json()["items"][0]["id"] == found[1]
    assert "cursor=" in behind["budget"].heard[-1].target


async def test_a_service_that_is_out_refuses_the_search(client, behind):
    behind["budget"].does(audited())
    behind["contracts"].does(answering({}, status=503))
    behind["outcomes"].does(audited())
    answer = await client.visit.get("/v1/audit-events")
    assert answer.status_code == 502


async def test_a_provider_s_audit_asks_no_budget(operator, behind):
    provider = await operator.organisation(kind="independent_provider")
    await operator.partnership(provider=provider)
    client = await operator.client(provider)
    for each in behind.values():
        each.does(audited())
    assert (await client.visit.get("/v1/audit-events")).status_code == 200
    assert [len(behind[each].heard) for each in ("budget", "contracts", "outcomes")] == [0, 1, 1]
    assert (await client.visit.get("/v1/audit-events/budget")).status_code == 403


async def test_heads_are_signed_and_the_gateway_s_own_chain_checks(client, behind, stack):
    for service, each in behind.items():
        each.does(answering({"service": service, "position": 7, "hash": "ab" * 32}))
    db = await Database.open(stack.url("gateway"), "gateway", 1)
    await seal_all(db, "gateway")
    await db.close()
    heads = (await client.visit.get("/v1/audit-heads")).json()
    assert [each["service"] for each in heads["items"]] == ["budget", "contracts", "outcomes", "gateway"]
    async with Visit(client.visit.app) as anybody:
        keys = audit_verifier.read_keys((await anybody.get("/.well-known/audit-keys.json")).text)
    assert not any(key.is_private for key in keys.keys)
    read = [audit_verifier.read_head(each["signed"], keys) for each in heads["items"]]
    for each, head in zip(heads["items"], read, strict=True):
        assert (head.service, head.position, head.hash) == (each["service"], each["position"], each["hash"])
    export = await client.visit.get("/v1/audit-chains/gateway")
    checked = audit_verifier.check(export.text.splitlines(), read[-1])
    assert checked.last == read[-1].position
    assert checked.records >= 2


async def test_what_is_read_is_logged_after_the_answer(client, council, gateway):
    asked = f"/v1/clients/{client.id}"
    answer = await client.visit.get(asked, headers={"X-On-Behalf-Of": "j.smith"})
    absent = await client.visit.get(f"/v1/clients/{uuid.uuid4()}")
    await gateway.front._read_log.flush()
    logged = (await client.visit.get("/v1/audit-reads?operation=getClient&limit=200")).json()["items"]
    by_request = {each["request_id"]: each for each in logged}
    one = by_request[answer.headers["x-request-id"]]
    assert (one["target"], one["status"], one["on_behalf_of"]) == (asked, 200, "j.smith")
    assert (one["client_id"], one["owner_organisation_id"]) == (client.id, council)
    assert by_request[absent.headers["x-request-id"]]["status"] == 404
    found = await client.visit.get("/v1/audit-reads?on_behalf_of=j.smith")
    assert [each["request_id"] for each in found.json()["items"]] == [answer.headers["x-request-id"]]


async def test_nobody_reads_another_s_reads(client, operator, gateway):
    await client.visit.get("/v1/me")
    await gateway.front._read_log.flush()
    stranger = await operator.client(await operator.organisation())
    found = (await stranger.visit.get("/v1/audit-reads?limit=200")).json()["items"]
    assert client.id not in {each["client_id"] for each in found}


def a_read(**more):
    ids = {"owner_organisation_id": uuid.uuid4(), "client_id": uuid.uuid4(), "request_id": uuid.uuid4()}
    return Read(
        **{**ids, "on_behalf_of": None, "operation": "getMe", "target": "/v1/me", "status": 200, **more}
    )


@pytest.fixture
async def admin(stack):
    connection = await stack.superuser()
    yield connection
    await connection.close()


async def test_a_batch_is_named_in_the_audit_with_its_hash(gateway, admin):
    batch = [a_read(), a_read(on_behalf_of="ä")]
    made = await log_reads(gateway.state.db, batch)
    facts = await admin.fetchval("select facts from gateway.audit_events where thing_id = $1", made)
    assert sha256(lines_of(batch).encode()).hexdigest() in facts
    kept = [_Kept(**dict(row)) for row in await admin.fetch(
        "select owner_organisation_id, client_id, on_behalf_of, operation, target, status, request_id"
        " from gateway.reads where batch_id = $1", made)]  # fmt: skip
    assert lines_of(kept) == lines_of(batch)


@dataclass
class _Kept:
    owner_organisation_id: uuid.UUID
    client_id: uuid.UUID
    on_behalf_of: str | None
    operation: str
    target: str
    status: int
    request_id: uuid.UUID


async def test_while_the_database_is_out_reads_wait_and_the_oldest_give_way(monkeypatch):
    async def out(*_):
        raise DATABASE_UNAVAILABLE()

    monkeypatch.setattr("services.gateway.admission.read_log.log_reads", out)
    metrics = Metrics("gateway")
    log = ReadLog(None, metrics)
    reads = [a_read() for _ in range(3)]
    for each in reads:
        log.note(each)
    await log.flush()
    assert list(log._noted) == reads
    recorded = []

    async def back(_, batch):
        recorded.extend(batch)

    monkeypatch.setattr("services.gateway.admission.read_log.log_reads", back)
    for _ in range(MOST_KEPT):
        log.note(reads[0])
    assert b'reads_lost_total{service="gateway"} 3.0' in metrics.text()
    await log.flush()
    assert len(recorded) == MOST_KEPT
