"""Client assertions: the checklist, each check by a forged token that only it catches."""

from __future__ import annotations

import statistics
import time
from uuid import uuid4

import pytest
from joserfc.jwk import KeySet

from services.gateway.rules.client_assertion import (
    RegisteredKey,
    named_client,
    spend_as_much,
    verify_assertion,
)
from services.gateway.rules.signed_token import Unsound, read, verify
from tests.gateway.forge import KEYS, Forger, public_jwk
from tests.gateway.forged_assertions import forged_assertions

FORGER = Forger()
ISSUER = "http://127.0.0.1:8000"
AUDIENCES = (FORGER.audience, ISSUER)
REGISTERED = [
    RegisteredKey(kid, algorithm, KeySet.import_key_set({"keys": [public_jwk(key, kid)]}).keys[0])
    for kid, (algorithm, key) in KEYS.items()
]
MADE_AT = int(time.time())
FORGED = forged_assertions(FORGER)


def admit(token: str, now: int | None = None) -> str:
    """What the token endpoint does with an assertion, up to the database. The one-time id, or Unsound."""
    unverified = read(token)
    if named_client(unverified) != FORGER.client_id:
        raise Unsound("unknown client")
    return verify_assertion(unverified, REGISTERED, AUDIENCES, now or int(time.time())).jti


@pytest.mark.parametrize("kid", KEYS)
def test_a_good_assertion_of_each_algorithm_is_taken(kid):
    jti = str(uuid4())
    assert admit(FORGER.sign(kid, jti=jti)) == jti


def test_the_issuer_is_an_audience_too_and_issue_time_and_type_may_be_left_out():
    assert admit(FORGER.sign(aud=ISSUER, iat=..., header={"typ": None}))
    assert admit(FORGER.sign(header={"typ": "client-authentication+jwt"}))


def test_a_hand_made_assertion_is_as_good_as_the_library_s():
    assert admit(FORGER.hand())


def test_clocks_may_differ_by_a_minute():
    now = int(time.time())
    assert admit(FORGER.sign(iat=now + 58, nbf=now + 58))


@pytest.mark.parametrize(("name", "token", "why"), FORGED, ids=[row[0] for row in FORGED])
def test_a_forged_assertion_is_refused_by_the_check_made_for_it(name, token, why):
    with pytest.raises(Unsound) as refused:
        admit(token, MADE_AT)
    assert refused.value.why == why


def test_the_table_is_long_and_its_rows_differ():
    assert len(FORGED) >= 60
    assert len({row[0] for row in FORGED}) == len({row[1] for row in FORGED}) == len(FORGED)


def test_a_one_time_id_is_remembered_until_the_assertion_could_no_longer_be_sent():
    now = int(time.time())
    used = verify_assertion(read(FORGER.sign(exp=now + 300)), REGISTERED, AUDIENCES, now)
    assert used.remembered_until == now + 360


@pytest.mark.parametrize("kid", KEYS)
def test_an_unknown_key_takes_as_long_as_a_wrong_signature(kid):
    """Medians within noise, not constant time: what is looked for is work that was left out."""
    algorithm, _ = KEYS[kid]
    registered = next(each for each in REGISTERED if each.kid == kid)
    token = read(FORGER.sign(kid)[:-8] + "AAAAAAAA")

    def wrong_signature():
        with pytest.raises(Unsound):
            verify(token, registered.key, algorithm)

    wrong = statistics.median(_timed(wrong_signature) for _ in range(200))
    unknown = statistics.median(_timed(lambda: spend_as_much(algorithm)) for _ in range(200))
    assert 0.3 < unknown / wrong < 3


def _timed(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
