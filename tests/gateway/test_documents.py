"""What there is to read: OpenAPI, the documentation page, a page for each error; and when the gateway will not start."""

from __future__ import annotations

import json
import re

import pytest

from services.gateway.api import documents
from services.gateway.renderings.documentation import documentation, error_page
from services.gateway.rules import policy_table
from services.gateway.rules.event_types import EVENT_TYPES
from tests.gateway.conftest import running_gateway
from tests.gateway.people import Visit


@pytest.fixture(scope="module")
async def door(gateway):
    async with Visit(gateway) as visit:
        yield visit


async def test_the_documents_are_served_and_known_again_by_their_tag(door):
    for path in ("/openapi.json", "/openapi-3.0.json"):
        answer = await door.get(path)
        assert answer.status_code == 200
        assert "paths" in answer.json()
        again = await door.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_the_page_asks_no_other_host_and_runs_no_script(door):
    answer = await door.get("/docs")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script" not in answer.text.lower().replace("description", "")
    assert not re.findall(r'(?:src|href)="(?!/|#)', answer.text)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "createOrganisation" in answer.text


def test_text_of_the_document_never_becomes_markup():
    evil = "<img src=x onerror=alert(1)>"
    document = {
        "info": {"title": evil, "description": evil},
        "paths": {
            f"/v1/{evil}": {
                "get": {
                    "operationId": evil, "summary": evil, "description": evil, "tags": [evil], "x-scope": evil,
                    "parameters": [{"name": evil, "in": evil, "description": evil, "schema": {"enum": [evil]}}],
                    "requestBody": {"content": {evil: {"schema": {"type": evil, "format": evil}}}},
                    "responses": {evil: {"description": evil, "content": {"x": {"schema": {"$ref": f"#/{evil}"}}}}},
                }
            }
        },
        "components": {"schemas": {evil: {"description": evil, "properties": {evil: {"const": evil,
                       "description": evil, "pattern": evil, "examples": [evil]}}}}},
    }  # fmt: skip
    assert "<img" not in documentation(document)
    assert "<img" not in error_page(evil, {"detail": evil, "status": 422})


async def test_the_type_of_a_problem_is_a_page_that_exists(door, gateway):
    answer = await door.get("/v1/nothing-here")
    page = await door.get(answer.json()["type"])
    assert page.status_code == 200
    assert answer.json()["detail"] in page.text
    unknown = await door.get("/errors/no_such_code")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_such_address")


async def test_every_type_of_event_has_a_page_and_is_there_as_json(door):
    listed = await door.get("/event-types", headers={"Accept": "application/json"})
    items = listed.json()["items"]
    assert len(items) == len(EVENT_TYPES) > 200
    told = next(each for each in items if each["type"] == "contracts.payment_paid.v1")
    assert (told["feed"], told["thing"], told["means"]) == (
        "/v1/events/contracts",
        "payment",
        "A payment was made.",
    )
    assert "the provider" in told["told"]
    whole = (await door.get(told["page"], headers={"Accept": "application/json"})).json()
    assert whole["example"]["type"] == whole["type"] == told["type"]
    assert set(whole["schema"]["required"]) <= whole["example"].keys()
    page = await door.get(told["page"])
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert told["means"] in page.text
    assert "owner_organisation_id" in page.text
    assert page.headers["Vary"] == "Accept"
    assert told["page"] in (await door.get("/event-types")).text
    again = await door.get(told["page"], headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304
    unknown = await door.get("/event-types/contracts.planted.v1")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_such_address")


async def test_health_and_metrics_need_no_token_and_say_nothing_secret(door):
    ready = await door.get("/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert ready.json()["pid"]
    assert ready.json()["boot_id"]
    assert (await door.get("/live")).status_code == 200
    metrics = await door.get("/metrics")
    assert "requests_total" in metrics.text
    assert "ics_" not in metrics.text


async def test_a_request_is_counted_once_by_its_operation(door, gateway, operator, behind):
    async def counted(operation):
        text = (await door.get("/metrics")).text
        found = re.findall(rf'requests_total\{{operation="{operation}",.*?\}} (\d+)', text)
        return sum(int(each) for each in found)

    for operation, path in (("getMe", "/v1/me"), ("listContracts", "/v1/contracts")):
        before = await counted(operation)
        await operator.visit.get(path)
        assert await counted(operation) == before + 1


@pytest.mark.parametrize(
    "fault", ["row missing", "row too many", "operation of our own", "documents missing"]
)
async def test_the_gateway_does_not_start_on_a_table_with_a_hole(
    stack, behind, keys_dir, tmp_path, monkeypatch, fault
):
    rows = policy_table.ROWS
    if fault == "row missing":
        monkeypatch.setattr(
            documents, "ROWS", tuple(each for each in rows if each.operation_id != "postJournal")
        )
        named = "postJournal"
    elif fault == "row too many":
        monkeypatch.setattr(documents, "ROWS", (*rows, _extra(rows)))
        named = "extra"
    elif fault == "operation of our own":
        monkeypatch.setattr(documents, "ROWS", tuple(each for each in rows if each.operation_id != "live"))
        named = "live"
    else:
        monkeypatch.setattr("tests.gateway.conftest._documents", lambda own, folder: folder)
        named = "make openapi"
    with pytest.raises(documents.CannotStart, match=named):
        async with running_gateway(stack, behind, keys_dir, tmp_path):
            pass


def _extra(rows):
    from dataclasses import replace

    return replace(rows[-1], operation_id="extra", path="/v1/extra")


def test_the_checked_in_documents_and_the_table_fit_together():
    merged = json.loads((documents.FOLDER / "merged.json").read_text(encoding="utf-8"))
    documented = {each.operation_id: each for each in documents._documented(merged)}
    listed = {row.operation_id: row for row in policy_table.ROWS}
    hidden = {"live", "ready", "counted", "getOpenApi", "getOpenApi30", "getDocumentation", "getErrorPage"}
    hidden |= {"listEventTypes", "getEventType"}
    assert listed.keys() - hidden == documented.keys()
    for name, operation in documented.items():
        row = listed[name]
        assert (row.method, row.path, row.service, row.scope) == (
            operation.method,
            operation.path,
            operation.service,
            operation.scope,
        )
