"""Operations that only the gateway calls: listed, told apart from the public ones, and out of every client's reach."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.openapi import internal_operations, without_internal
from services.gateway.api import documents
from services.gateway.rules.internal import Internal, internal_mistakes
from services.gateway.rules.internal_table import INTERNAL
from services.gateway.rules.policy import Operation, known_scopes, mistakes, scopes_of
from services.gateway.rules.policy_table import ROWS
from services.gateway.rules.route_table import RouteTable
from shared.caller import DRIVE, AssertionVerifier
from shared.web.app import read_key_set
from tests.gateway.conftest import running_gateway
from tests.gateway.people import ISSUER, Visit, token_for
from tests.gateway.stand_in import answering
from tests.gateway.test_admission import mint_of

CHECKED_IN = Path(documents.__file__).parents[1] / "openapi"
PART = Internal("keepPlantedPart", "PUT", "/v1/planted-parts/{id}", "budget")
OTHER = Internal("keepOtherPart", "PUT", "/v1/planted-parts/{id}", "contracts")
TABLE = (PART, OTHER)
FOUND = [Operation(each.operation_id, each.method, each.path, each.service, DRIVE) for each in TABLE]


def test_the_table_and_the_operations_fit_together():
    listed = [Operation(each.operation_id, each.method, each.path, each.service, DRIVE) for each in INTERNAL]
    assert internal_mistakes(INTERNAL, ROWS, listed) == []
    kept = json.loads((CHECKED_IN / "internal.json").read_text(encoding="utf-8"))
    assert internal_mistakes(INTERNAL, ROWS, [Operation(**each) for each in kept]) == []


def test_two_services_may_have_a_door_at_the_same_address():
    assert internal_mistakes(TABLE, ROWS, FOUND) == []


@pytest.mark.parametrize(
    ("table", "found"),
    [
        (TABLE[:1], FOUND),
        (TABLE, FOUND[:1]),
        (TABLE, [replace(FOUND[0], method="POST"), FOUND[1]]),
        (TABLE, [replace(FOUND[0], path="/v1/elsewhere/{id}"), FOUND[1]]),
        (TABLE, [replace(FOUND[0], service="outcomes"), FOUND[1]]),
        (TABLE, [replace(FOUND[0], scope="budget:write"), FOUND[1]]),
        ((*TABLE, PART), FOUND),
        ((*TABLE, replace(PART, operation_id="second")), [*FOUND, replace(FOUND[0], operation_id="second")]),
        ((replace(PART, operation_id="postJournal"),), [replace(FOUND[0], operation_id="postJournal")]),
        (
            (replace(PART, path="/v1/journals/{journal_id}"),),
            [replace(FOUND[0], path="/v1/journals/{journal_id}")],
        ),
        ((replace(PART, service="gateway"),), [replace(FOUND[0], service="gateway")]),
        ((replace(PART, method="TRACE"),), [replace(FOUND[0], method="TRACE")]),
    ],
)
def test_a_difference_is_seen(table, found):
    assert internal_mistakes(table, ROWS, found)


def test_the_scope_can_stand_in_no_row_of_the_policy_table():
    row = replace(ROWS[-1], operation_id="planted", path="/v1/planted", scope=DRIVE)
    operation = Operation(row.operation_id, row.method, row.path, row.service, DRIVE)
    others = [Operation(each.operation_id, each.method, each.path, each.service, each.scope) for each in ROWS]
    assert any("for the gateway alone" in each for each in mistakes([*ROWS, row], [*others, operation]))
    assert DRIVE not in scopes_of(ROWS)
    assert DRIVE not in known_scopes(ROWS).operator | known_scopes(ROWS).organisation


def test_no_internal_operation_is_found_at_the_public_door():
    routes = RouteTable(ROWS)
    for each in INTERNAL:
        row = routes.methods(each.path.replace("{id}", str(uuid4()))).get(each.method)
        assert row is None or row.service == "gateway", each  # the gateway answers it itself, and drives


def a_document():
    def answers(name):
        return {
            "200": {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}
        }

    return {
        "paths": {
            "/v1/things/{id}": {
                "get": {"operationId": "getThing", "x-scope": "thing:read", "responses": answers("Thing")},
                "put": {"operationId": "keepThing", "x-scope": DRIVE, "responses": answers("Kept")},
            },
            "/v1/parts": {
                "post": {"operationId": "keepPart", "x-scope": DRIVE, "responses": answers("Kept")}
            },
        },
        "components": {
            "schemas": {
                "Thing": {"properties": {"part": {"$ref": "#/components/schemas/Part"}}},
                "Part": {},
                "Kept": {"properties": {"why": {"$ref": "#/components/schemas/Why"}}},
                "Why": {},
            }
        },
    }


def test_the_public_document_has_neither_the_operation_nor_what_only_it_uses():
    public = without_internal(a_document())
    assert {path: set(item) for path, item in public["paths"].items()} == {"/v1/things/{id}": {"get"}}
    assert set(public["components"]["schemas"]) == {"Thing", "Part"}
    found = internal_operations({"budget": a_document()})
    assert [each["operation_id"] for each in found] == ["keepThing", "keepPart"]


@pytest.mark.parametrize("fault", ["listed and not there", "there and not listed"])
async def test_the_gateway_does_not_start_on_another_table(
    stack, behind, keys_dir, tmp_path, monkeypatch, fault
):
    planted = (*INTERNAL, PART)
    if fault == "listed and not there":
        monkeypatch.setattr(documents, "INTERNAL", planted)
    else:
        monkeypatch.setattr("tests.gateway.conftest.INTERNAL", planted)
    with pytest.raises(documents.CannotStart, match="keepPlantedPart"):
        async with running_gateway(stack, behind, keys_dir, tmp_path):
            pass


async def test_nobody_can_give_a_client_the_scope(operator, council, client):
    body = {"organisation_id": council, "name": "Driver", "scopes": [DRIVE]}
    for visit in (operator.visit, client.visit):
        refused = await visit.put(f"/v1/clients/{uuid4()}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "scope_unknown")
    changed = await operator.visit.patch(f"/v1/clients/{client.id}", json={"scopes": [DRIVE]}, version=1)
    assert (changed.status_code, changed.json()["code"]) == (422, "scope_unknown")


async def test_no_token_carries_the_scope(gateway, client, keys_dir, behind):
    refused = await token_for(gateway, client.id, client.secret, DRIVE)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    # Not even one that was signed with the gateway's own key.
    mint = mint_of(keys_dir, client)
    behind["budget"].does(answering({"id": "x"}))
    async with Visit(gateway, mint.hand(scope=f"{DRIVE} budget:read directory:read")) as visit:
        assert (await visit.get("/v1/me")).json()["scopes"] == ["budget:read", "directory:read"]
        assert (await visit.get(f"/v1/journals/{uuid4()}")).status_code == 200
    told = behind["budget"].heard[0].headers["X-Caller-Assertion"]
    verifier = AssertionVerifier(
        "budget", ISSUER, lambda: read_key_set(keys_dir / "public" / "assertion.json")
    )
    caller = verifier.verify(told)
    assert (DRIVE in caller.scopes, caller.errand) == (False, None)


async def test_the_database_holds_the_scope_off_every_client(stack, client):
    connection = await stack.superuser()
    try:
        with pytest.raises(asyncpg.CheckViolationError, match="clients_drive_nothing"):
            await connection.execute(
                "update gateway.clients set scopes = scopes || array['gateway:drive'] where id = $1",
                UUID(client.id),
            )
    finally:
        await connection.close()


@pytest.mark.parametrize("method", ["PUT", "POST", "GET"])
@pytest.mark.parametrize(
    "path", ["/v1/succession-parts/{id}", "/v1/succession-previews", "/v1/planted-parts/{id}"]
)
async def test_an_internal_address_is_no_address_for_anybody(operator, client, behind, method, path):
    for each in behind.values():
        each.does(answering({}))
    for visit in (operator.visit, client.visit):
        answer = await visit.request(
            method, path.replace("{id}", str(uuid4())), json={}, key=f"key-{uuid4()}"
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_address")
    assert [each.heard for each in behind.values()] == [[], [], []]
