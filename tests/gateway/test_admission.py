"""Admission: which access tokens open the door, how soon a ban takes effect, and whose outside tokens count."""

from __future__ import annotations

import asyncio
import json
import time
import uuid

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from services.gateway.commands import keys
from services.gateway.rules.policy import scopes_of
from services.gateway.rules.policy_table import ROWS
from shared.caller import AssertionVerifier
from shared.web.app import read_key_set
from tests.gateway.conftest import running_gateway
from tests.gateway.forge import RSA_KEY, STRANGER_RSA, public_jwk
from tests.gateway.forged_access_tokens import Mint, forged_access_tokens
from tests.gateway.people import ISSUER, Visit, token_for
from tests.gateway.stand_in import answering

BANNED_WITHIN_SECONDS = 5.0


@pytest.fixture(scope="module")
async def council(operator):
    return await operator.organisation("Council of admission")


@pytest.fixture(scope="module")
async def client(operator, council):
    await operator.partnership(commissioner=council)
    return await operator.client(council)


def private_key(keys_dir, name="token"):
    jwk = json.loads((keys_dir / f"{name}.json").read_text())["keys"][0]
    key = jwt.PyJWK.from_dict({**jwk, "alg": "ES256"}).key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return jwk["kid"], key


def mint_of(keys_dir, client) -> Mint:
    kid, key = private_key(keys_dir)
    good = {
        "iss": ISSUER,
        "aud": f"{ISSUER}/v1",
        "sub": client.id,
        "client_id": client.id,
        "org": client.organisation_id,
        "scope": "directory:read",
    }
    return Mint(key, kid, good)


async def test_every_forged_access_token_is_refused_and_none_breaks_anything(gateway, keys_dir, client):
    mint = mint_of(keys_dir, client)
    async with Visit(gateway, mint.hand()) as good:
        assert (await good.get("/v1/me")).status_code == 200
    forged = forged_access_tokens(mint)
    for name, token, _why in forged:
        async with Visit(gateway, token) as visit:
            answer = await visit.get("/v1/me")
        assert answer.status_code == 401, (name, answer.text)
        assert answer.json()["code"] == "token_refused"
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert len(forged) >= 45


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "bearer\t", "Basic abc", "Token abc", "", "Bearer a b", "Bearer \xe9"],
)
async def test_an_authorization_that_is_no_bearer_token_is_refused(gateway, header):
    async with Visit(gateway) as visit:
        answer = await visit.get("/v1/me", headers=[(b"authorization", header.encode("latin-1"))])
    assert answer.status_code == 401


async def test_a_caller_assertion_is_no_access_token_and_is_not_believed_from_outside(
    gateway, keys_dir, client
):
    kid, key = private_key(keys_dir, "assertion")
    now = int(time.time())
    claims = {
        "iss": ISSUER, "aud": "gateway", "sub": str(uuid.uuid4()), "org": client.organisation_id, "orgs": [],
        "scope": "directory:write", "standing": {}, "audits": [], "operator": True, "iat": now, "exp": now + 60,
    }  # fmt: skip
    assertion = jwt.encode(claims, key, "ES256", headers={"kid": kid, "typ": "caller+jwt"})
    async with Visit(gateway, assertion) as visit:
        assert (await visit.get("/v1/me")).status_code == 401
    async with Visit(gateway) as visit:
        assert (await visit.get("/v1/me", headers={"X-Caller-Assertion": assertion})).status_code == 401
    me = await client.visit.get("/v1/me", headers={"X-Caller-Assertion": assertion})
    assert (me.json()["client_id"], me.json()["operator"]) == (client.id, False)
    refused = await client.visit.put(
        f"/v1/organisations/{uuid.uuid4()}",
        json={"name": "Mine", "kind": "local_authority"},
        headers={"X-Caller-Assertion": assertion},
    )
    assert refused.status_code == 403


async def test_a_token_of_a_client_that_does_not_exist_is_refused(gateway, keys_dir, client):
    mint = mint_of(keys_dir, client)
    nobody = str(uuid.uuid4())
    async with Visit(gateway, mint.hand(sub=nobody, client_id=nobody)) as visit:
        assert (await visit.get("/v1/me")).status_code == 401


async def test_a_token_gives_no_scope_that_its_client_does_not_hold(gateway, keys_dir, operator, council):
    narrow = await operator.client(council, ["directory:read"])
    mint = mint_of(keys_dir, narrow)
    async with Visit(gateway, mint.hand(scope="directory:read client:read directory:write")) as visit:
        assert (await visit.get("/v1/me")).json()["scopes"] == ["directory:read"]
        assert (await visit.get("/v1/clients")).status_code == 403


async def test_a_disabled_client_is_refused_within_five_seconds(operator, council):
    client = await operator.client(council)
    assert (await client.visit.get("/v1/me")).status_code == 200
    banned = await operator.visit.post(
        f"/v1/clients/{client.id}/disablement", version=1, key=f"ban-{client.id}"
    )
    since = time.monotonic()
    assert banned.status_code == 200
    while (await client.visit.get("/v1/me")).status_code == 200:
        assert time.monotonic() - since < BANNED_WITHIN_SECONDS
        await asyncio.sleep(0.1)
    assert (await client.visit.get("/v1/me")).json()["code"] == "token_refused"
    enabled = await operator.visit.post(
        f"/v1/clients/{client.id}/enablement", version=2, key=f"let-{client.id}"
    )
    assert enabled.json()["disabled_at"] is None


async def test_a_new_role_counts_within_five_seconds(operator, behind):
    organisation = await operator.organisation()
    client = await operator.client(organisation)
    behind["budget"].does(answering({}))
    refused = await client.visit.get(f"/v1/journals/{uuid.uuid4()}")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
    await operator.partnership(commissioner=organisation)
    since = time.monotonic()
    while (await client.visit.get(f"/v1/journals/{uuid.uuid4()}")).status_code == 403:
        assert time.monotonic() - since < BANNED_WITHIN_SECONDS
        await asyncio.sleep(0.1)


async def test_each_service_is_told_about_the_caller_in_its_own_assertion(client, behind, keys_dir):
    behind["budget"].does(answering({}))
    assert (await client.visit.get(f"/v1/journals/{uuid.uuid4()}")).status_code == 200
    assertion = behind["budget"].heard[0].headers["X-Caller-Assertion"]
    public = keys_dir / "public" / "assertion.json"
    caller = AssertionVerifier("budget", ISSUER, lambda: read_key_set(public)).verify(assertion)
    assert str(caller.client_id) == client.id
    assert str(caller.organisation_id) == client.organisation_id
    assert set(caller.standing) == {"commissioner"}
    assert caller.scopes == scopes_of(ROWS, "budget") != scopes_of(ROWS)
    claims = jwt.decode(assertion, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] <= 60
    with pytest.raises(Exception, match="assertion"):
        AssertionVerifier("contracts", ISSUER, lambda: read_key_set(public)).verify(assertion)


async def test_an_assertion_is_used_again_while_it_is_good(client, behind):
    behind["budget"].does(answering({}))
    for _ in range(3):
        await client.visit.get(f"/v1/journals/{uuid.uuid4()}")
    assert len({each.headers["X-Caller-Assertion"] for each in behind["budget"].heard}) == 1


def outside_token(kid="login-1", key=RSA_KEY, **changes):
    now = int(time.time())
    good = {
        "iss": "https://login.council.example/",
        "aud": "api://commissioning",
        "azp": "finance",
        "iat": now,
        "exp": now + 600,
    }
    claims = {name: value for name, value in (good | changes).items() if value is not ...}
    return jwt.encode(claims, key, "RS256", headers={"kid": kid})


def registration(council, client, **changes):
    return {
        "owner_organisation_id": council,
        "issuer": "https://login.council.example/",
        "audience": "api://commissioning",
        "algorithm": "RS256",
        "keys": [public_jwk(RSA_KEY, "login-1")],
        "client_claim": "azp",
        "clients": {"finance": client.id},
        **changes,
    }


async def status_of(gateway, token) -> int:
    async with Visit(gateway, token) as visit:
        return (await visit.get("/v1/me")).status_code


async def test_a_token_of_the_council_s_own_provider_stands_for_its_client(
    gateway, operator, council, client
):
    issuer = f"/v1/issuers/{uuid.uuid4()}"
    made = await operator.visit.put(issuer, json=registration(council, client))
    assert made.status_code == 201, made.text
    since = time.monotonic()
    while await status_of(gateway, outside_token()) != 200:
        assert time.monotonic() - since < BANNED_WITHIN_SECONDS
        await asyncio.sleep(0.1)
    async with Visit(gateway, outside_token()) as visit:
        assert (await visit.get("/v1/me")).json()["client_id"] == client.id
    for wrong in (
        outside_token(key=STRANGER_RSA),
        outside_token(kid="login-2"),
        outside_token(aud="api://other"),
        outside_token(azp="payroll"),
        outside_token(iss="https://login.council.example"),
        outside_token(exp=...),
        outside_token(exp=int(time.time()) + 7200),
        outside_token(exp=int(time.time()) - 1),
    ):
        assert await status_of(gateway, wrong) == 401
    used = outside_token(jti="used")
    assert await status_of(gateway, used) == 200
    off = await operator.visit.patch(issuer, version=1, json={"enabled": False})
    assert off.status_code == 200
    since = time.monotonic()
    fresh = [outside_token(jti=str(n)) for n in range(60)]
    while 200 in (await status_of(gateway, used), await status_of(gateway, fresh.pop())):
        assert time.monotonic() - since < BANNED_WITHIN_SECONDS
        await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"issuer": "http://login.council.example/"}, "issuer_unreadable"),
        ({"issuer": "https://user@login.council.example/"}, "issuer_unreadable"),
        ({"issuer": "https://["}, "issuer_unreadable"),
        ({"issuer": "https://login.council.example/#x"}, "issuer_unreadable"),
        ({"clients": {"finance": str(uuid.uuid4())}}, "issuer_client_unknown"),
        ({"keys": [public_jwk(RSA_KEY, "a"), public_jwk(RSA_KEY, "a")]}, "issuer_key_twice"),
        ({"clients": {"a\u202eb": str(uuid.uuid4())}}, "issuer_claim_unreadable"),
        ({"clients": {"": str(uuid.uuid4())}}, "issuer_claim_unreadable"),
        ({"algorithm": "ES256"}, "key_algorithm"),
        ({"algorithm": "HS256"}, "enum"),
        ({"owner_organisation_id": str(uuid.uuid4())}, "client_owner_unknown"),
    ],
)
async def test_what_cannot_be_an_outside_issuer_is_refused(operator, council, client, wrong, code):
    answer = await operator.visit.put(
        f"/v1/issuers/{uuid.uuid4()}", json=registration(council, client, **wrong)
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == code


async def test_an_issuer_cannot_stand_for_another_organisation_s_client(operator, council, client):
    other = await operator.organisation()
    theirs = await operator.client(other)
    answer = await operator.visit.put(f"/v1/issuers/{uuid.uuid4()}", json=registration(council, theirs))
    assert (answer.status_code, answer.json()["code"]) == (422, "issuer_client_unknown")
    manager = await operator.client(other)
    answer = await manager.visit.put(f"/v1/issuers/{uuid.uuid4()}", json=registration(council, client))
    assert (answer.status_code, answer.json()["code"]) == (422, "client_owner_unknown")


async def test_tokens_of_before_a_rotation_hold_and_new_ones_have_the_new_key(
    stack, behind, tmp_path, operator, council, client
):
    folder = tmp_path / "keys"
    assert keys.main([str(folder)]) == 0
    (tmp_path / "openapi").mkdir()
    async with running_gateway(stack, behind, folder, tmp_path / "openapi") as app:
        before = (await token_for(app, client.id, client.secret)).json()["access_token"]
        assert await status_of(app, before) == 200
        assert keys.main([str(folder), "--rotate", "token"]) == 0
        assert keys.main([str(folder), "--rotate", "assertion"]) == 0
        await asyncio.sleep(1.1)
        after = (await token_for(app, client.id, client.secret)).json()["access_token"]
        kids = [jwt.get_unverified_header(token)["kid"] for token in (before, after)]
        assert kids[0] != kids[1]
        assert await status_of(app, before) == await status_of(app, after) == 200
        async with Visit(app) as visit:
            published = (await visit.get("/.well-known/jwks.json")).json()["keys"]
        assert [each["kid"] for each in published] == [kids[1], kids[0]]
        # A gateway that starts after the overlap knows only the new key.
    assert keys.main([str(folder), "--overlap-hours", "0"]) == 0
    async with running_gateway(stack, behind, folder, tmp_path / "openapi") as app:
        assert await status_of(app, before) == 401
        assert await status_of(app, after) == 200
