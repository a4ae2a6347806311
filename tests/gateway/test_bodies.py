"""What is sent: of the right kind, size and depth, by whoever may, referring to what its sender can read."""

from __future__ import annotations

import json
import uuid

import pytest
from aiohttp import web

from tests.gateway.by_hand import JOURNAL
from tests.gateway.stand_in import answering


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("text/plain", b"{}", (415, "media_type_unsupported")),
        (None, b"{}", (415, "media_type_unsupported")),
        ("application/xml", b"<a/>", (415, "media_type_unsupported")),
        ("application/json; charset=utf-16", b"{}", (415, "media_type_unsupported")),
        ("application/x-www-form-urlencoded", b"a=b", (415, "media_type_unsupported")),
        ("application/json", b"[" * 21 + b"]" * 21, (400, "body_too_deep")),
        ("application/json", b'{"a":' * 21 + b"1" + b"}" * 21, (400, "body_too_deep")),
        ("application/json", b'"' + b"x" * (1024 * 1024) + b'"', (413, "body_too_large")),
    ],
)
async def test_a_body_of_another_kind_size_or_depth_is_refused(client, budget, kind, content, expected):
    headers = {"Content-Type": kind} if kind else {}
    answer = await client.visit.put(JOURNAL, content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == expected
    assert not budget.heard


async def test_brackets_within_texts_are_no_depth(client, budget):
    body = json.dumps({"narrative": "[" * 50 + '\\"{' * 50, "list": [[1], [2]] * 30})
    answer = await client.visit.put(
        JOURNAL, content=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )
    assert answer.status_code == 200
    assert budget.heard[0].body.decode() == body


async def test_an_encoded_body_is_refused(client, budget):
    answer = await client.visit.put(
        JOURNAL, content=b"x", headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type_unsupported")
    assert not budget.heard


async def test_a_body_without_a_length_has_the_same_limit(client, budget):
    async def endless():
        for _ in range(2000):
            yield b"x" * 1024

    answer = await client.visit.put(JOURNAL, content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert not budget.heard


async def test_a_csv_import_goes_through_while_it_comes(client, behind):
    behind["contracts"].does(answering({"taken": 2}, status=201))
    lines = b"reference,title\n" + b"PCC-1,Advocacy\n" * 200_000

    async def pieces():
        for start in range(0, len(lines), 65536):
            yield lines[start : start + 65536]

    answer = await client.visit.post(
        "/v1/register-imports", content=pieces(), headers={"Content-Type": "text/csv; charset=utf-8"}, key="import-0001-register"
    )  # fmt: skip
    assert (answer.status_code, answer.json()) == (201, {"taken": 2})
    assert behind["contracts"].heard[0].body == lines
    json_sent = await client.visit.post("/v1/register-imports", json={}, key="import-0002-register")
    assert json_sent.status_code == 415


async def test_a_csv_import_beyond_its_limit_is_cut_off(client, behind, monkeypatch):
    from services.gateway.pass_through import bodies
    from services.gateway.rules.policy import Takes

    monkeypatch.setitem(bodies._LARGEST, Takes.CSV, 1000)
    behind["contracts"].does(answering({}))

    async def pieces():
        for _ in range(10):
            yield b"x" * 500

    answer = await client.visit.post(
        "/v1/register-imports", content=pieces(), headers={"Content-Type": "text/csv"}, key="import-0003-register"
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_link_is_made_only_to_what_its_maker_can_read(client, behind):
    contract = f"/v1/contracts/{uuid.uuid4()}"
    mine, foreign = str(uuid.uuid4()), str(uuid.uuid4())

    async def pools(request, _body):
        there = request.path.endswith(mine)
        kind = "application/json" if there else "application/problem+json"
        return web.Response(body=b"{}", status=200 if there else 404, content_type=kind)

    behind["budget"].does(pools)
    behind["contracts"].does(answering({}, status=201))
    good = await client.visit.put(contract, json={"funding": [{"pool_id": mine}, {"pool_id": mine}]})
    assert good.status_code == 201
    assert [each.target for each in behind["budget"].heard] == [f"/v1/pools/{mine}"]
    behind["contracts"].does(answering({}, status=201))
    bad = await client.visit.put(contract, json={"funding": [{"pool_id": mine}, {"pool_id": foreign}]})
    assert (bad.status_code, bad.json()["code"]) == (422, "link_unknown")
    assert [each["pointer"] for each in bad.json()["errors"]] == ["/funding/1/pool_id"]
    assert not behind["contracts"].heard
    behind["budget"].does(answering({}, status=503))
    unsure = await client.visit.put(contract, json={"funding": [{"pool_id": mine}]})
    assert (unsure.status_code, unsure.json()["code"]) == (503, "link_unchecked")
    for harmless in ({}, {"funding": "x"}, {"funding": [1, None, {"pool_id": "x"}]}):
        assert (await client.visit.put(contract, json=harmless)).status_code == 201
    broken = await client.visit.put(contract, content=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status_code, broken.json()["code"]) == (400, "json_malformed")
    twice = f'{{"funding": [{{"pool_id": "{foreign}"}}], "funding": []}}'
    hidden = await client.visit.put(contract, content=twice, headers={"Content-Type": "application/json"})
    assert (hidden.status_code, hidden.json()["code"]) == (400, "json_malformed")
    many = {"funding": [{"pool_id": str(uuid.uuid4())} for _ in range(101)]}
    assert (await client.visit.put(contract, json=many)).json()["code"] == "links_too_many"


async def test_a_contract_names_only_bodies_of_its_sender_s_directory(operator, behind):
    """One that nobody entered, and one of strangers, are refused alike, with each place; nothing is passed on."""
    council, trust, stranger = [
        await operator.organisation(name, kind=kind)
        for name, kind in (("C", "local_authority"), ("T", "nhs_provider"), ("S", "nhs_provider"))
    ]
    await operator.partnership(host=council, provider=trust)
    await operator.partnership(provider=stranger)
    client = await operator.client(council)
    contract = f"/v1/contracts/{uuid.uuid4()}"
    behind["contracts"].does(answering({}, status=201))
    behind["budget"].does(answering({}))
    parties = [{"organisation_id": each} for each in (council, trust)]
    body = {"parties": [*parties, {"name": "By name alone"}], "funding": [{"organisation_id": council}]}
    good = await client.visit.put(contract, json=body)
    assert good.status_code == 201, good.text
    behind["contracts"].does(answering({}, status=201))
    for unknown in (str(uuid.uuid4()), stranger):
        body = {
            "parties": [*parties, {"organisation_id": unknown}],
            "funding": [{"organisation_id": unknown}],
            "sites": [{"operated_by_organisation_id": unknown}],
        }
        bad = await client.visit.put(contract, json=body)
        assert (bad.status_code, bad.json()["code"]) == (422, "organisation_unknown")
        assert [each["pointer"] for each in bad.json()["errors"]] == [
            "/parties/2/organisation_id", "/funding/0/organisation_id", "/sites/0/operated_by_organisation_id",
        ]  # fmt: skip
        passes = {"incoming_organisation_id": unknown, "outgoing_organisation_id": council}
        bad = await client.visit.put(f"/v1/novations/{uuid.uuid4()}", json=passes)
        assert [each["pointer"] for each in bad.json()["errors"]] == ["/incoming_organisation_id"]
    assert not behind["contracts"].heard
    many = {"parties": [{"organisation_id": str(uuid.uuid4())} for _ in range(101)]}
    assert (await client.visit.put(contract, json=many)).json()["code"] == "links_too_many"


@pytest.mark.parametrize("service", ["budget", "contracts", "outcomes"])
async def test_a_role_decides_before_a_service_is_asked(operator, behind, service):
    trust = await operator.organisation(kind="nhs_provider")
    await operator.partnership(provider=trust)
    client = await operator.client(trust)
    write = {
        "budget": JOURNAL,
        "contracts": f"/v1/contracts/{uuid.uuid4()}",
        "outcomes": f"/v1/targets/{uuid.uuid4()}",
    }
    behind[service].does(answering({}))
    answer = await client.visit.put(write[service], json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    assert not behind[service].heard


async def test_the_operator_sees_no_domain_row(operator, behind):
    for service, path in (
        ("budget", JOURNAL),
        ("contracts", "/v1/contracts"),
        ("outcomes", "/v1/scorecards"),
    ):
        behind[service].does(answering({}))
        answer = await operator.visit.get(path)
        assert answer.status_code == 403
        assert not behind[service].heard
