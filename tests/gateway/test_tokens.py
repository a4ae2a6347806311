"""The token endpoint: who gets a token, how, and that every failure to prove oneself looks alike."""

from __future__ import annotations

import asyncio
import time
import uuid
from base64 import b64encode
from urllib.parse import quote_plus

import jwt
import pytest

from services.gateway.rules.token_request import ASSERTION_TYPE
from tests.gateway.forge import KEYS, Forger
from tests.gateway.forged_assertions import forged_assertions
from tests.gateway.people import ISSUER, Visit


@pytest.fixture(scope="module")
async def client(operator):
    return await operator.client(await operator.organisation("Council of tokens"), keys=True)


@pytest.fixture(scope="module")
async def door(gateway):
    async with Visit(gateway) as visit:
        yield visit


def form(assertion: str, **more: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        **more,
    }


@pytest.mark.parametrize("kid", KEYS)
async def test_an_assertion_of_each_algorithm_gets_a_token_that_anybody_can_verify(door, client, kid):
    answer = await door.post("/oauth2/token", data=form(client.forger.sign(kid)))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 300)
    keys = jwt.PyJWKSet.from_dict((await door.get("/.well-known/jwks.json")).json())
    header = jwt.get_unverified_header(told["access_token"])
    assert (header["typ"], header["alg"]) == ("at+jwt", "ES256")
    claims = jwt.decode(
        told["access_token"],
        keys[header["kid"]].key,
        algorithms=["ES256"],
        audience=f"{ISSUER}/v1",
        issuer=ISSUER,
        options={"require": ["iss", "sub", "aud", "exp", "iat", "jti", "client_id"]},
    )
    assert claims["sub"] == claims["client_id"] == client.id
    assert claims["org"] == client.organisation_id
    assert claims["scope"] == told["scope"]
    assert claims["exp"] - claims["iat"] == 300


async def test_the_metadata_says_where_tokens_come_from(door):
    told = (await door.get("/.well-known/oauth-authorization-server")).json()
    assert told["issuer"] == ISSUER
    assert told["token_endpoint"] == f"{ISSUER}/oauth2/token"
    assert told["token_endpoint_auth_signing_alg_values_supported"] == ["RS512", "PS256", "ES256"]
    assert (await door.get(told["jwks_uri"].removeprefix(ISSUER))).json()["keys"]


async def test_the_published_keys_hold_nothing_private(door):
    for key in (await door.get("/.well-known/jwks.json")).json()["keys"]:
        assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}


async def test_a_secret_may_come_by_http_basic_or_in_the_form(door, client):
    pair = b64encode(f"{client.id}:{quote_plus(client.secret)}".encode()).decode()
    basic = await door.post(
        "/oauth2/token", data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {pair}"}
    )
    posted = await door.post(
        "/oauth2/token",
        data={"grant_type": "client_credentials", "client_id": client.id, "client_secret": client.secret},
    )
    assert basic.status_code == posted.status_code == 200


async def test_a_token_can_be_asked_for_with_fewer_scopes_and_not_with_more(door, client):
    fewer = await door.post("/oauth2/token", data=form(client.forger.sign(), scope="budget:read"))
    assert fewer.json()["scope"] == "budget:read"
    for more in ("budget:read directory:write", "everything", "", "budget:read  directory:read"):
        answer = await door.post("/oauth2/token", data=form(client.forger.sign(), scope=more))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


async def test_every_forged_assertion_is_refused_with_the_same_bytes(door, client):
    bodies = set()
    forged = forged_assertions(client.forger)
    assert len(forged) >= 60
    for name, token, _why in forged:
        answer = await door.post("/oauth2/token", data=form(token))
        assert answer.status_code == 401, (name, answer.text)
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        bodies.add(answer.content)
    stranger = await door.post("/oauth2/token", data=form(Forger().sign()))
    named_otherwise = await door.post(
        "/oauth2/token", data=form(client.forger.sign(), client_id=str(uuid.uuid4()))
    )
    wrong_secret = await door.post(
        "/oauth2/token",
        data={"grant_type": "client_credentials", "client_id": client.id, "client_secret": "ics_wrong"},
    )
    no_client = await door.post(
        "/oauth2/token",
        data={"grant_type": "client_credentials", "client_id": "admin", "client_secret": client.secret},
    )
    bad_basic = await door.post(
        "/oauth2/token", data={"grant_type": "client_credentials"}, headers={"Authorization": "Basic %%%"}
    )
    for answer in (stranger, named_otherwise, wrong_secret, no_client, bad_basic):
        assert answer.status_code == 401
        bodies.add(answer.content)
    assert len(bodies) == 1


async def test_an_assertion_sent_a_hundred_times_at_once_gets_one_token(door, client):
    assertion = client.forger.sign()
    answers = await asyncio.gather(
        *(door.post("/oauth2/token", data=form(assertion)) for _ in range(100)), return_exceptions=False
    )
    statuses = [each.status_code for each in answers]
    assert statuses.count(200) == 1
    # A crowd may find the database's door full: then nothing was given out, and the sender is told so.
    assert set(statuses) <= {200, 401, 503}
    assert statuses.count(401) >= 1
    later = await door.post("/oauth2/token", data=form(assertion))
    assert later.status_code == 401


async def test_an_id_used_by_one_client_is_free_for_another(door, operator, client):
    other = await operator.client(client.organisation_id, keys=True)
    jti = uuid.uuid4().hex
    for each in (client, other):
        assert (await door.post("/oauth2/token", data=form(each.forger.sign(jti=jti)))).status_code == 200
    assert (await door.post("/oauth2/token", data=form(client.forger.sign(jti=jti)))).status_code == 401


async def test_a_refused_assertion_does_not_use_up_its_id(door, client):
    jti = uuid.uuid4().hex
    wrong = client.forger.sign(jti=jti, aud="https://evil.example")
    assert (await door.post("/oauth2/token", data=form(wrong))).status_code == 401
    assert (await door.post("/oauth2/token", data=form(client.forger.sign(jti=jti)))).status_code == 200


async def test_ids_that_can_no_longer_be_used_are_forgotten(door, client, stack):
    connection = await stack.superuser()
    try:
        await connection.execute(
            "insert into gateway.used_assertion_ids select $1, 'old-' || n, now() - interval '1 hour'"
            " from generate_series(1, 30) n",
            uuid.UUID(client.id),
        )
        for _ in range(3):
            assert (await door.post("/oauth2/token", data=form(client.forger.sign()))).status_code == 200
        left = "select count(*) from gateway.used_assertion_ids where forget_at < now()"
        assert await connection.fetchval(left) == 0
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_assertion": "x"}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_secret": "x"}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_assertion": "x", "client_assertion_type": "jwt"},
         "invalid_request"),
        ({"grant_type": "client_credentials", "client_assertion": "x", "client_assertion_type": ASSERTION_TYPE,
          "client_id": "a", "client_secret": "b"}, "invalid_request"),
    ],
)  # fmt: skip
async def test_what_is_no_request_for_a_token_is_refused_as_oauth_says(door, sent, error):
    answer = await door.post("/oauth2/token", data=sent or {"x": "y"})
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        b"grant_type=client_credentials&grant_type=client_credentials",
        b"grant_type=client_credentials&client_id=a&client_id=b&client_secret=c",
        b"grant_type",
        b"&".join(b"a%d=1" % n for n in range(30)),
        b"grant_type=\xff",
        b"",
    ],
)
async def test_a_form_that_can_be_read_in_two_ways_is_refused(door, body):
    answer = await door.post(
        "/oauth2/token", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_only_a_form_is_taken_and_only_by_post(door):
    wrong = await door.post("/oauth2/token", json={"grant_type": "client_credentials"})
    assert (wrong.status_code, wrong.json()["code"]) == (415, "media_type_unsupported")
    got = await door.get("/oauth2/token")
    assert (got.status_code, got.headers["Allow"]) == (405, "POST")
    large = await door.post("/oauth2/token", data={"grant_type": "x" * 20000})
    assert large.status_code == 413


async def test_a_disabled_client_gets_no_token_and_a_wrong_secret_takes_as_long_as_no_client(door, operator):
    client = await operator.client(await operator.organisation(), keys=True)
    stopped = await operator.visit.post(
        f"/v1/clients/{client.id}/disablement", version=1, key=f"stop-{client.id}"
    )
    assert stopped.json()["disabled_at"]
    assert (await door.post("/oauth2/token", data=form(client.forger.sign()))).status_code == 401

    async def seconds(client_id: str) -> float:
        started = time.perf_counter()
        wrong = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": "wrong"}
        answer = await door.post("/oauth2/token", data=wrong)
        assert answer.status_code == 401
        return time.perf_counter() - started

    # By turns, and the fastest of each: what else the machine does makes both slow, and neither fast.
    pairs = [(await seconds(client.id), await seconds(str(uuid.uuid4()))) for _ in range(20)]
    known, unknown = (min(each) for each in zip(*pairs, strict=True))
    assert 0.3 < known / unknown < 3
