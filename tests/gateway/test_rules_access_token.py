"""Access tokens: our own by a fixed checklist, and those of an organisation's own provider."""

from __future__ import annotations

import time
from dataclasses import replace
from uuid import uuid4

import jwt
import pytest

from services.gateway.rules.access_token import Grant, claims_of, verify_own
from services.gateway.rules.client_key import load_key
from services.gateway.rules.outside_token import OutsideIssuer, verify_outside
from services.gateway.rules.signed_token import Unsound, read
from tests.gateway.forge import EC_KEY, RSA_KEY, public_jwk
from tests.gateway.forged_access_tokens import Mint, forged_access_tokens

ISSUER, AUDIENCE = "http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"
CLIENT = uuid4()
KEYS = {"k1": load_key(public_jwk(EC_KEY, "k1"))}
GOOD = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": str(CLIENT),
    "client_id": str(CLIENT),
    "org": str(uuid4()),
    "scope": "budget:read contract:read",
}
MINT = Mint(EC_KEY, "k1", GOOD)
MADE_AT = int(time.time())
FORGED = forged_access_tokens(MINT)


def admit(token: str, now: int | None = None) -> Grant:
    unverified = read(token)
    if unverified.claims.get("iss") != ISSUER:
        raise Unsound("issuer")
    return verify_own(unverified, KEYS, ISSUER, AUDIENCE, now or int(time.time()))


def test_a_good_token_gives_its_client_its_scopes_until_it_expires():
    grant = admit(MINT.hand())
    assert grant.client_id == CLIENT
    assert grant.scopes == {"budget:read", "contract:read"}
    assert grant.expires == pytest.approx(time.time() + 300, abs=3)


def test_what_we_claim_is_what_we_believe():
    granted = Grant(CLIENT, frozenset({"budget:read"}), int(time.time()) + 300)
    claims = claims_of(granted, uuid4(), issuer=ISSUER, audience=AUDIENCE, jti="x" * 22)
    assert admit(jwt.encode(claims, EC_KEY, "ES256", headers={"kid": "k1", "typ": "at+jwt"})) == granted


@pytest.mark.parametrize(("name", "token", "why"), FORGED, ids=[row[0] for row in FORGED])
def test_a_forged_access_token_is_refused_by_the_check_made_for_it(name, token, why):
    with pytest.raises(Unsound) as refused:
        admit(token, MADE_AT)
    assert refused.value.why == why


OUTSIDE = OutsideIssuer(
    issuer="https://login.council.example/",
    audience="api://commissioning",
    algorithm="RS256",
    keys={"r1": load_key(public_jwk(RSA_KEY, "r1"))},
    client_claim="azp",
    clients={"finance-system": CLIENT},
    scope_claim=None,
    longest_life_seconds=3600,
)


def outside(typ="JWT", algorithm="RS256", **changes):
    now = int(time.time())
    good = {
        "iss": OUTSIDE.issuer,
        "aud": OUTSIDE.audience,
        "azp": "finance-system",
        "scope": "budget:read",
        "iat": now,
        "exp": now + 3000,
    }
    claims = {name: value for name, value in (good | changes).items() if value is not ...}
    return read(jwt.encode(claims, RSA_KEY, algorithm, headers={"kid": "r1", "typ": typ}))


def refused(issuer=OUTSIDE, **changes) -> str:
    with pytest.raises(Unsound) as found:
        verify_outside(outside(**changes), issuer, int(time.time()))
    return found.value.why


def test_an_outside_token_stands_for_the_client_that_its_claim_is_mapped_to():
    grant = verify_outside(outside(), OUTSIDE, int(time.time()))
    assert (grant.client_id, grant.scopes) == (CLIENT, None)


def test_an_outside_token_narrows_the_scopes_where_its_issuer_was_registered_so():
    issuer = replace(OUTSIDE, scope_claim="scope")
    assert verify_outside(outside(), issuer, int(time.time())).scopes == {"budget:read"}
    assert refused(issuer, scope=...) == "scope"


def test_an_outside_token_is_held_to_what_was_registered_about_its_issuer():
    assert refused(aud="api://other") == "aud"
    assert refused(aud=[OUTSIDE.audience, "api://other"]) == "aud"
    assert refused(azp="payroll") == "sub"
    assert refused(azp=...) == "sub"
    assert refused(azp=["finance-system"]) == "sub"
    assert refused(iss="https://login.other.example/") == "iss"
    assert refused(typ="caller+jwt") == "typ"
    assert refused(algorithm="RS512") == "alg"
    assert refused(exp=int(time.time()) + 4000) == "exp"
    assert refused(exp=...) == "exp"
    assert refused(iat=...) == "iat"
    assert refused(nbf=int(time.time()) + 90) == "nbf"
    assert refused(replace(OUTSIDE, keys={})) == "kid"


def test_a_list_with_our_audience_alone_is_taken_from_an_outside_issuer():
    assert verify_outside(outside(aud=[OUTSIDE.audience]), OUTSIDE, int(time.time())).client_id == CLIENT
