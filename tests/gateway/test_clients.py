"""Machine clients over HTTP: who registers whom with which scopes, keys and secrets."""

from __future__ import annotations

import uuid

import pytest

from tests.gateway.forge import EC_KEY, RSA_KEY, public_jwk
from tests.gateway.people import Visit, token_for


@pytest.fixture(scope="module")
async def council(operator):
    return await operator.organisation("Council of clients")


async def put_client(visit, organisation, scopes, name=None):
    body = {"organisation_id": organisation, "name": name or f"Client {uuid.uuid4()}", "scopes": scopes}
    return await visit.put(f"/v1/clients/{uuid.uuid4()}", json=body)


async def test_nobody_gives_a_client_more_scopes_than_it_holds_itself(operator, council):
    manager = await operator.client(council, ["client:read", "client:write", "budget:read"])
    given = await put_client(manager.visit, council, ["budget:read"])
    assert given.status_code == 201
    beyond = await put_client(manager.visit, council, ["budget:read", "budget:post"])
    assert beyond.status_code == 403
    assert beyond.json()["beyond"] == ["budget:post"]
    raised = await manager.visit.patch(
        f"/v1/clients/{given.json()['id']}", version=1, json={"scopes": ["budget:post"]}
    )
    assert raised.status_code == 403
    itself = await manager.visit.patch(
        f"/v1/clients/{manager.id}", version=1, json={"scopes": ["client:write", "budget:post"]}
    )
    assert itself.status_code == 403


async def test_scopes_that_stay_need_not_be_held_by_who_changes_the_others(operator, council):
    manager = await operator.client(council, ["client:read", "client:write", "budget:read"])
    poster = await operator.client(council, ["budget:post"])
    changed = await manager.visit.patch(
        f"/v1/clients/{poster.id}", version=1, json={"scopes": ["budget:post", "budget:read"]}
    )
    assert changed.status_code == 200
    assert changed.json()["scopes"] == ["budget:post", "budget:read"]


async def test_the_operator_s_scopes_and_other_people_s_do_not_mix(operator, council):
    wrong = await put_client(operator.visit, council, ["directory:write"])
    assert (wrong.status_code, wrong.json()["code"]) == (422, "scope_of_operator")
    own = (await operator.visit.get("/v1/me")).json()["organisation_id"]
    wrong = await put_client(operator.visit, own, ["budget:read"])
    assert (wrong.status_code, wrong.json()["code"]) == (422, "scope_of_operator")
    unknown = await put_client(operator.visit, council, ["budget:everything"])
    assert (unknown.status_code, unknown.json()["code"]) == (422, "scope_unknown")


async def test_an_organisation_manages_its_own_clients_and_sees_no_other(operator, council):
    other = await operator.organisation("Another council")
    theirs = await operator.client(other)
    manager = await operator.client(council)
    for method, path in (
        ("GET", f"/v1/clients/{theirs.id}"),
        ("GET", f"/v1/clients/{theirs.id}/keys"),
        ("GET", f"/v1/clients/{theirs.id}/secrets"),
    ):
        assert (await manager.visit.request(method, path)).status_code == 404
    assert (
        await manager.visit.post(
            f"/v1/clients/{theirs.id}/disablement", version=1, key="disable-another-0001"
        )
    ).status_code == 404
    assert (
        await manager.visit.post(f"/v1/clients/{theirs.id}/secrets", json={}, key="secret-of-another-01")
    ).status_code == 404
    for_them = await put_client(manager.visit, other, ["budget:read"])
    assert (for_them.status_code, for_them.json()["code"]) == (422, "client_owner_unknown")
    listed = (await manager.visit.get("/v1/clients?limit=200")).json()["items"]
    assert {each["owner_organisation_id"] for each in listed} == {council}


@pytest.mark.row("S2-G04")
async def test_a_client_of_a_sub_unit_acts_for_the_body_and_manages_only_the_unit(operator, council):
    unit = await operator.organisation("Western Locality", kind="sub_unit", parent_id=council)
    local = await operator.client(unit)
    of_body = await operator.client(council)
    me = (await local.visit.get("/v1/me")).json()
    assert (me["organisation_id"], me["sub_unit_id"]) == (council, unit)
    assert (await local.visit.get(f"/v1/clients/{local.id}")).status_code == 200
    assert (await local.visit.get(f"/v1/clients/{of_body.id}")).status_code == 404
    assert (await of_body.visit.get(f"/v1/clients/{local.id}")).status_code == 200
    assert (await put_client(local.visit, council, ["budget:read"])).status_code == 422
    assert (await put_client(local.visit, unit, ["budget:read"])).status_code == 201


async def test_a_secret_is_told_once_and_two_count_at_a_time(operator, council, gateway, stack):
    client = await operator.client(council)
    url = f"/v1/clients/{client.id}/secrets"
    first = await operator.visit.post(url, json={}, key="the-second-secret-1")
    again = await operator.visit.post(url, json={}, key="the-second-secret-1")
    assert first.json()["secret"].startswith("ics_")
    assert again.json() == {**first.json(), "secret": None}
    assert again.headers["Idempotency-Replayed"] == "true"
    third = await operator.visit.post(url, json={}, key="the-third-secret-01")
    assert (third.status_code, third.json()["code"]) == (409, "client_secrets_enough")
    for secret in (client.secret, first.json()["secret"]):
        assert (await token_for(gateway, client.id, secret)).status_code == 200
    listed = (await operator.visit.get(url)).json()["items"]
    assert [each["secret"] for each in listed] == [None, None]
    retired = await operator.visit.post(
        f"{url}/{listed[0]['id']}/retirement", version=1, key="retire-the-first-one"
    )
    assert retired.status_code == 200
    assert (await token_for(gateway, client.id, client.secret)).status_code == 401
    assert (await operator.visit.post(url, json={}, key="the-third-secret-02")).status_code == 201
    connection = await stack.superuser()
    try:
        kept = await connection.fetch(
            "select 1 from gateway.idempotency_keys where position('ics_'::bytea in body) > 0"
        )
        assert kept == []
    finally:
        await connection.close()


async def test_a_secret_stops_working_when_it_expires(operator, council, gateway):
    client = await operator.client(council)
    made = await operator.visit.post(
        f"/v1/clients/{client.id}/secrets",
        json={"expires_at": "2015-04-01T00:00:00Z"},
        key="expired-already-01",
    )
    assert made.status_code == 201
    assert (await token_for(gateway, client.id, made.json()["secret"])).status_code == 401


async def test_a_key_is_registered_for_one_algorithm_and_its_id_is_never_used_again(operator, council):
    client = await operator.client(council)
    url = f"/v1/clients/{client.id}/keys"
    key_id = uuid.uuid4()
    made = await operator.visit.put(
        f"{url}/{key_id}", json={"algorithm": "ES256", "jwk": public_jwk(EC_KEY, "2015-04")}
    )
    assert made.status_code == 201
    assert made.json()["jwk"].keys() == {"kty", "crv", "x", "y", "kid"}
    retired = await operator.visit.post(f"{url}/{key_id}/retirement", version=1, key="retire-this-key-01")
    assert retired.json()["retired_at"]
    twice = await operator.visit.post(f"{url}/{key_id}/retirement", version=2, key="retire-this-key-02")
    assert (twice.status_code, twice.json()["code"]) == (409, "already_retired")
    same = {"algorithm": "RS512", "jwk": public_jwk(RSA_KEY, "2015-04")}
    taken = await operator.visit.put(f"{url}/{uuid.uuid4()}", json=same)
    assert (taken.status_code, taken.json()["code"]) == (409, "client_key_id_taken")


async def test_a_private_key_is_refused(operator, council):
    client = await operator.client(council)
    jwk = public_jwk(EC_KEY, "leak") | {"d": "AAAA"}
    answer = await operator.visit.put(
        f"/v1/clients/{client.id}/keys/{uuid.uuid4()}", json={"algorithm": "ES256", "jwk": jwk}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "key_private")
    assert "AAAA" not in answer.text


async def test_a_client_does_not_disable_itself(operator, council):
    client = await operator.client(council)
    answer = await client.visit.post(
        f"/v1/clients/{client.id}/disablement", version=1, key="disable-myself-001"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "client_disables_itself")


async def test_two_clients_of_one_body_have_two_names(operator, council):
    assert (await put_client(operator.visit, council, ["budget:read"], "Ledger")).status_code == 201
    again = await put_client(operator.visit, council, ["budget:read"], "Ledger")
    assert (again.status_code, again.json()["code"]) == (409, "client_name_taken")


async def test_an_id_that_another_organisation_uses_is_unavailable(operator, council):
    other = await operator.organisation()
    theirs = await operator.client(other)
    manager = await operator.client(council)
    answer = await manager.visit.put(
        f"/v1/clients/{theirs.id}", json={"organisation_id": council, "name": "X", "scopes": ["budget:read"]}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "id_unavailable")


async def test_nobody_lists_clients_without_a_token(gateway):
    async with Visit(gateway) as nobody:
        assert (await nobody.get("/v1/clients")).status_code == 401


async def test_nobody_lets_itself_in_as_a_client_that_may_do_more(operator, council):
    manager = await operator.client(council, ["client:read", "client:write"])
    poster = await operator.client(council, ["budget:post"])
    secret = await manager.visit.post(f"/v1/clients/{poster.id}/secrets", json={}, key=uuid.uuid4().hex)
    key = await manager.visit.put(
        f"/v1/clients/{poster.id}/keys/{uuid.uuid4()}",
        json={"algorithm": "ES256", "jwk": public_jwk(EC_KEY, "a-way-in")},
    )
    issuer = await manager.visit.put(
        f"/v1/issuers/{uuid.uuid4()}", json=registration_of(council, {"finance": poster.id})
    )
    for refused in (secret, key, issuer):
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_beyond_own")
        assert refused.json()["beyond"] == ["budget:post"]
    itself = await manager.visit.post(f"/v1/clients/{manager.id}/secrets", json={}, key=uuid.uuid4().hex)
    assert itself.status_code == 201


async def test_an_issuer_is_changed_by_who_may_do_all_that_its_clients_may_and_switched_off_by_any(
    operator, council
):
    manager = await operator.client(council, ["client:read", "client:write"])
    poster = await operator.client(council, ["budget:post"])
    path = f"/v1/issuers/{uuid.uuid4()}"
    made = await operator.visit.put(path, json=registration_of(council, {"finance": poster.id}))
    assert made.status_code == 201
    for changes in ({"keys": [public_jwk(RSA_KEY, "mine")]}, {"enabled": False, "audience": "api://mine"}):
        refused = await manager.visit.patch(path, version=1, json=changes)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_beyond_own")
    assert (await manager.visit.patch(path, version=1, json={"enabled": False})).status_code == 200
    on = await manager.visit.patch(path, version=2, json={"enabled": True})
    assert (on.status_code, on.json()["code"]) == (403, "scope_beyond_own")


async def test_a_client_of_a_sub_unit_neither_sees_nor_changes_its_body_s_issuers(operator, council):
    unit = await operator.organisation("Eastern Locality", kind="sub_unit", parent_id=council)
    local = await operator.client(unit)
    path = f"/v1/issuers/{uuid.uuid4()}"
    assert (await operator.visit.put(path, json=registration_of(council, {}))).status_code == 201
    assert (await local.visit.get(path)).status_code == 404
    assert (await local.visit.get("/v1/issuers")).json()["items"] == []
    assert (await local.visit.patch(path, version=1, json={"enabled": False})).status_code == 404


def registration_of(organisation, clients):
    return {
        "owner_organisation_id": organisation,
        "issuer": f"https://login.council.example/{uuid.uuid4()}",
        "audience": "api://commissioning",
        "algorithm": "RS256",
        "keys": [public_jwk(RSA_KEY, "login-1")],
        "client_claim": "azp",
        "clients": clients,
    }
