"""What the public door says to any client: problems, versions, pages, ids of requests, documents."""

import re
import uuid

import httpx
import pytest

from deploy.demo.contracts import COMMUNITY, PUBLIC_HEALTH
from deploy.demo.plymouth import AGREEMENT, PARTNERSHIP
from tests.journey.party import new_id, new_key

LINES = f"/v1/lines?partnership_id={PARTNERSHIP}"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("status", "code", "request_"),
    [
        (400, "json_malformed", ("PUT", f"/v1/pools/{new_id()}", {"content": b'{"name":', "headers": JSON})),
        (400, "idempotency_key_missing", ("POST", "/v1/decisions", {"json": {}})),
        (404, "no_such_address", ("GET", "/v1/budgets", {})),
        (404, "not_found", ("GET", f"/v1/pools/{new_id()}", {})),
        (405, "method_not_allowed", ("DELETE", f"/v1/agreements/{AGREEMENT}", {})),
        (412, "version_stale", ("PATCH", f"/v1/contracts/{COMMUNITY}", {"json": {"title": "T"}, "version": 99})),
        (413, "body_too_large", ("PUT", f"/v1/pools/{new_id()}", {"content": b" " * 1_100_000, "headers": JSON})),
        (415, "media_type_unsupported", ("PUT", f"/v1/pools/{new_id()}", {"content": b"<pool/>", "headers": {
            "Content-Type": "application/xml"}})),
        (422, "fields_invalid", ("PUT", f"/v1/pools/{new_id()}", {"json": {}})),
        (422, "fields_invalid", ("GET", f"{LINES}&limit=201", {})),
        (422, "cursor_unreadable", ("GET", f"{LINES}&cursor=WzFd", {})),
        (428, "if_match_missing", ("PATCH", f"/v1/contracts/{COMMUNITY}", {"json": {"title": "T"}})),
    ],
)  # fmt: skip
def test_every_refusal_is_a_problem_that_can_be_acted_on(system, ccg, status, code, request_):
    method, path, options = request_
    answer = ccg.request(method, path, **options)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["detail"].endswith(".")
    page = httpx.get(system.url + problem["type"])
    assert page.status_code == 200
    assert problem["detail"] in page.text
    if status == 405:
        assert set(answer.headers["allow"].split(", ")) == {"GET", "PATCH", "PUT"}


def test_a_change_asks_for_the_version_it_was_decided_on(pcc):
    url = f"/v1/contracts/{PUBLIC_HEALTH}"
    before = pcc.get(url)
    assert before.headers["etag"] == f'"{before.json()["version"]}"'
    unquoted = pcc.patch(
        url, json={"department": "ODPH"}, headers={"If-Match": str(before.json()["version"])}
    )
    assert (unquoted.status_code, unquoted.json()["code"]) == (412, "if_match_unreadable")
    changed = pcc.patch(url, json={"department": "ODPH"}, headers={"If-Match": before.headers["etag"]})
    assert (changed.status_code, changed.json()["department"]) == (200, "ODPH")
    assert changed.headers["etag"] == f'"{before.json()["version"] + 1}"'
    rival = pcc.patch(url, json={"department": "People"}, headers={"If-Match": before.headers["etag"]})
    assert (rival.status_code, rival.json()["current_version"]) == (412, before.json()["version"] + 1)
    cleared = pcc.patch(url, json={"department": None}, headers={"If-Match": changed.headers["etag"]})
    assert cleared.json()["department"] is None


def test_what_has_not_changed_is_not_sent_again(pcc):
    first = pcc.get(f"/v1/agreements/{AGREEMENT}")
    again = pcc.get(f"/v1/agreements/{AGREEMENT}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_a_list_comes_in_pages_that_join(pcc):
    whole = pcc.items("/v1/lines", partnership_id=str(PARTNERSHIP))
    assert len(whole) == 6
    assert pcc.items("/v1/lines", partnership_id=str(PARTNERSHIP), limit=1) == whole
    page = pcc.read("/v1/lines", partnership_id=str(PARTNERSHIP), limit=4)
    assert page["next"].startswith("/v1/lines?")
    assert str(PARTNERSHIP) in page["next"]


def test_a_requests_id_comes_back_and_one_that_is_none_is_refused(pcc):
    mine, story = str(uuid.uuid4()), str(uuid.uuid4())
    answer = pcc.get("/v1/me", headers={"X-Request-ID": mine, "X-Correlation-ID": story})
    assert answer.headers["x-request-id"] == mine
    assert answer.headers["x-correlation-id"] == story
    refused = pcc.get("/v1/me", headers={"X-Request-ID": "not an id"})
    assert refused.status_code == 400
    assert refused.headers["x-request-id"] != "not an id"


def test_a_refusal_leaves_its_key_free(neighbours):
    council, key = neighbours["council"], new_key()
    decision = {"id": new_id(), "partnership_id": neighbours.partnership}
    assert council.post("/v1/decisions", json=decision, key=key).status_code == 422
    whole = {
        **decision,
        "subject": "business_case",
        "subject_id": new_id(),
        "subject_title": "A later business case",
        "body": "Cabinet",
        "body_type": "cabinet",
        "decided_on": "2015-11-10",
        "outcome": "noted",
    }
    made = council.post("/v1/decisions", json=whole, key=key)
    assert made.status_code == 201
    assert council.read(f"/v1/decisions/{decision['id']}") == made.json()


def test_the_documents_can_be_read_without_a_token_and_name_no_other_host(system):
    for path, kind in (
        ("/docs", "text/html"),
        ("/openapi.json", "application/json"),
        ("/errors/not_found", "text/html"),
        ("/event-types/budget.journal_posted.v1", "text/html"),
    ):
        answer = httpx.get(system.url + path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        if kind == "text/html":
            assert not re.search(r"""(?:src|href|action|url\()\s*=?\s*["']?(?:https?:)?//""", answer.text)
            assert "default-src 'none'" in answer.headers["content-security-policy"]
    metadata = httpx.get(f"{system.url}/.well-known/oauth-authorization-server").json()
    assert metadata["token_endpoint"] == f"{system.url}/oauth2/token"
    assert httpx.get(metadata["jwks_uri"]).json()["keys"]


def test_the_gateway_is_ready_and_says_which_process_it_is(system):
    told = httpx.get(f"{system.url}/ready").json()
    assert told["pid"] == system.pid("gateway")
    assert uuid.UUID(told["boot_id"])
