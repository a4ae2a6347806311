"""The published Python client's own part: when it signs in, what it sends again, and how it walks through lists."""

import sys
import time
import types
from collections.abc import Iterator
from importlib import import_module

import httpx
import jwt as pyjwt
import pytest
from joserfc.jwk import ECKey

from deploy.clients.python.publish import HERE, PACKAGE

URL = "https://commissioning.example"


@pytest.fixture(scope="module")
def partner() -> Iterator[types.SimpleNamespace]:
    """The modules of the partner package under the name that they are published by, without the generated ones."""
    package = types.ModuleType(PACKAGE)
    package.__path__ = [str(HERE)]

    class AuthenticatedClient:
        def __init__(self, **options) -> None:
            self.options = options

        def set_httpx_client(self, client):
            self.http = client
            return self

        def set_async_httpx_client(self, client):
            self.async_http = client
            return self

    package.__dict__["AuthenticatedClient"] = AuthenticatedClient
    sys.modules[PACKAGE] = package
    try:
        made = import_module(f"{PACKAGE}.partner")
        yield types.SimpleNamespace(all=made, tokens=made.tokens, repeats=made.repeats)
    finally:
        for name in [each for each in sys.modules if each.split(".")[0] == PACKAGE]:
            del sys.modules[name]


class Door:
    """A system that answers as it is told: a status, or an exception, for each request that is no token's."""

    def __init__(self, *answers, expires_in=300, token_answers=()) -> None:
        self.answers, self.token_answers = list(answers), list(token_answers)
        self.expires_in = expires_in
        self.seen: list[httpx.Request] = []
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/token":
            form = dict(pair.split("=", 1) for pair in request.content.decode().split("&"))
            self.asked.append(form)
            if self.token_answers and (status := self.token_answers.pop(0)) != 200:
                return httpx.Response(status, text="not now", headers={"Retry-After": "0"})
            token = f"token-{len(self.asked)}"
            return httpx.Response(200, json={"access_token": token, "expires_in": self.expires_in})
        self.seen.append(request)
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        return httpx.Response(status, json={}, headers={"Retry-After": "0"} | headers)


def client_at(partner, door, transport=httpx.MockTransport, **options):
    auth = partner.tokens.ClientCredentials(
        f"{URL}/oauth2/token", "finance", **(options or {"client_secret": "s3cret"})
    )
    return partner.repeats.RepeatingClient(
        partner.repeats.Repeats(first_wait_seconds=0.001),
        base_url=URL,
        auth=auth,
        transport=transport(door),
    )


WRITE = {"json": {"amount_pence": 1}}
KEYED = {**WRITE, "headers": {"Idempotency-Key": "k" * 16}}
MATCHED = {**WRITE, "headers": {"If-Match": '"1"'}}
LOST = httpx.ReadTimeout("no answer")
DOWN = httpx.ConnectError("nobody listens")


@pytest.mark.parametrize(
    ("method", "options", "outcome", "sent"),
    [
        ("GET", {}, LOST, 2),
        ("GET", {}, 503, 2),
        ("PUT", WRITE, LOST, 2),
        ("PUT", WRITE, 504, 2),
        ("PATCH", MATCHED, 502, 2),
        ("PATCH", WRITE, 502, 1),
        ("POST", KEYED, LOST, 2),
        ("POST", KEYED, 503, 2),
        ("POST", KEYED, 409, 2),
        ("POST", WRITE, LOST, 1),
        ("POST", WRITE, 503, 1),
        ("POST", WRITE, 409, 1),
        # These cannot have counted.
        ("POST", WRITE, DOWN, 2),
        ("POST", WRITE, 429, 2),
        ("GET", {}, 404, 1),
        ("PUT", WRITE, 422, 1),
        ("PUT", WRITE, 412, 1),
        ("GET", {}, 500, 1),
    ],
)
def test_only_what_counts_once_or_cannot_have_counted_is_sent_again(partner, method, options, outcome, sent):
    door = Door(outcome)
    with client_at(partner, door) as client:
        if sent == 1 and isinstance(outcome, Exception):
            with pytest.raises(type(outcome)):
                client.request(method, "/v1/things", **options)
        else:
            status = client.request(method, "/v1/things", **options).status_code
            assert status == (200 if sent == 2 else outcome)
    assert len(door.seen) == sent
    assert {(each.content, each.headers.get("Idempotency-Key")) for each in door.seen} == {
        (door.seen[0].content, door.seen[0].headers.get("Idempotency-Key"))
    }


def test_a_conflict_that_is_no_race_is_an_answer(partner):
    door = Door((409, {"Retry-After": ""}))

    def without(request):
        answer = door(request)
        answer.headers.pop("Retry-After", None)
        return answer

    with client_at(partner, without) as client:
        assert client.request("POST", "/v1/things", **KEYED).status_code == 409
    assert len(door.seen) == 1


def test_it_gives_up_after_four_tries_with_the_last_answer(partner):
    door = Door(503, 503, 503, 503, 200)
    with client_at(partner, door) as client:
        assert client.get("/v1/things").status_code == 503
    assert len(door.seen) == 4


class Wire(httpx.BaseTransport):
    """Takes a body as a connection does: it is gone once it was sent."""

    def __init__(self, door: Door) -> None:
        self.door = door

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        sent = b"".join(request.stream)
        return self.door(httpx.Request(request.method, request.url, headers=request.headers, content=sent))


def test_a_file_that_is_read_while_it_is_sent_is_sent_once(partner):
    door = Door(503)
    with client_at(partner, door, Wire) as client:
        answer = client.post("/v1/imports", content=iter([b"a,b"]), headers={"Idempotency-Key": "k" * 16})
    assert (answer.status_code, len(door.seen)) == (503, 1)


def test_waits_are_what_the_system_says_within_bounds_and_else_grow(partner):
    repeats = partner.repeats.Repeats(first_wait_seconds=1, longest_wait_seconds=5)
    assert repeats.wait(1, "3") == 3
    assert repeats.wait(1, "3600") == 5
    for attempt, longest in ((1, 1), (2, 2), (3, 4), (4, 5)):
        for said in (None, "soon", "Wed, 21 Oct 2026 07:28:00 GMT"):
            assert longest / 2 <= repeats.wait(attempt, said) <= longest


def test_a_token_is_fetched_once_and_anew_before_it_ends(partner, monkeypatch):
    door, now = Door(), [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with client_at(partner, door) as client:
        for seconds in (0, 100, 169, 1, 1):
            now[0] += seconds
            client.get("/v1/things")
    assert door.asked[0] == {
        "grant_type": "client_credentials",
        "client_id": "finance",
        "client_secret": "s3cret",
    }
    assert [each.headers["Authorization"] for each in door.seen] == [
        f"Bearer token-{number}" for number in (1, 1, 1, 2, 2)
    ]


def test_a_refused_token_is_replaced_once(partner):
    door = Door(401, 200, 401, 401)
    with client_at(partner, door) as client:
        assert client.get("/v1/things").status_code == 200
        assert client.get("/v1/things").status_code == 401
    assert (len(door.asked), len(door.seen)) == (3, 4)


def test_a_busy_token_endpoint_is_asked_again_and_one_that_refuses_is_not(partner):
    door = Door(token_answers=[503, 429, 200])
    with client_at(partner, door) as client:
        assert client.request("POST", "/v1/things", **WRITE).status_code == 200
    assert (len(door.asked), len(door.seen)) == (3, 1)
    door = Door(token_answers=[401])
    with client_at(partner, door) as client, pytest.raises(partner.all.NoTokenError, match="401 not now"):
        client.get("/v1/things")
    assert (len(door.asked), door.seen) == (1, [])


@pytest.mark.parametrize("as_pem", [False, True])
def test_an_assertion_is_signed_for_the_token_endpoint_and_good_once(partner, as_pem):
    private = ECKey.generate_key("P-256", {"kid": "2026-1"})
    material = private.as_pem(private=True) if as_pem else private.as_dict(private=True)
    key = partner.all.PrivateKey(material, kid="2026-1")
    door = Door(401, 200)
    with client_at(partner, door, private_key=key, scope="return:read") as client:
        client.get("/v1/things")
    public = pyjwt.PyJWK(private.as_dict(private=False), "ES256")
    claims = [
        pyjwt.decode(each["client_assertion"], public, algorithms=["ES256"], audience=f"{URL}/oauth2/token")
        for each in door.asked
    ]
    assert [each["iss"] == each["sub"] == "finance" for each in claims] == [True, True]
    assert [each["exp"] - each["iat"] for each in claims] == [120, 120]
    assert claims[0]["jti"] != claims[1]["jti"]
    assert pyjwt.get_unverified_header(door.asked[0]["client_assertion"])["kid"] == "2026-1"
    assert {each["scope"] for each in door.asked} == {"return%3Aread"}
    assert not any("client_secret" in each for each in door.asked)


def test_who_gives_no_proof_or_two_is_told(partner):
    key = partner.all.PrivateKey("", kid="x")
    for proofs in ({}, {"client_secret": "x", "private_key": key}):
        with pytest.raises(ValueError, match="one of the two"):
            partner.all.connect(URL, "finance", **proofs)


async def test_async_code_signs_in_and_repeats_as_well(partner):
    door = Door(503, LOST, 200)
    auth = partner.tokens.ClientCredentials(f"{URL}/oauth2/token", "finance", client_secret="s3cret")
    repeats = partner.repeats.Repeats(first_wait_seconds=0.001)
    async with partner.repeats.AsyncRepeatingClient(
        repeats, base_url=URL, auth=auth, transport=httpx.MockTransport(door)
    ) as client:
        assert (await client.put("/v1/things/1", json={})).status_code == 200
        door.answers = [LOST]
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/v1/things", json={})
    assert (len(door.seen), len(door.asked)) == (4, 1)


def test_a_connection_has_both_clients_and_says_for_whom(partner):
    made = partner.all.connect(f"{URL}/", "finance", client_secret="x", on_behalf_of="J. Doe")
    assert made.options["base_url"] == URL
    for client in (made.http, made.async_http):
        assert client.headers["X-On-Behalf-Of"] == "J. Doe"
        assert str(client.base_url).rstrip("/") == URL


def test_every_item_of_a_list_comes_once_and_a_refusal_is_raised(partner):
    pages = {None: ([1, 2], "/v1/things?limit=2&cursor=WzJd"), "WzJd": ([3], None)}

    def page(*, limit, cursor=None):
        items, following = pages[cursor]
        return types.SimpleNamespace(items=items, next_=following)

    assert list(partner.all.every(page, limit=2)) == [1, 2, 3]
    problem = types.SimpleNamespace(detail="Ask for at most 200.")
    with pytest.raises(partner.all.NotListedError, match="at most 200") as refused:
        list(partner.all.every(lambda **_: problem))
    assert refused.value.problem is problem


def test_a_private_key_stands_in_no_log(partner):
    key = partner.all.PrivateKey({"kty": "EC", "d": "the-secret-part"}, kid="2026-1")
    assert "the-secret-part" not in f"{key!r} {key} {[key]}"
    assert "2026-1" in repr(key)
