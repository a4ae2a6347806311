"""Caller assertions: the one that the gateway signed is taken, for its minute, by its service; every forgery is refused."""

import base64
import hmac
import json
import time
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, KeySet, RSAKey

from shared import caller as subject
from shared.caller import ASSERTION_TYPE, Audit, Caller, Grant, Share, from_claims, mint_assertion, to_claims
from shared.errors import Refusal
from tests.stack import a_caller

ISSUER = "http://127.0.0.1:8000"
KEY = ECKey.generate_key("P-256", {"kid": "one"})
OTHER = ECKey.generate_key("P-256", {"kid": "one"})
WIDER = ECKey.generate_key("P-384", {"kid": "one"})
RSA = RSAKey.generate_key(2048, {"kid": "one"})
KEYS = KeySet([KEY])
PUBLIC = KeySet.import_key_set(KEYS.as_dict(private=False))
CALLER = a_caller(
    scopes="budget:read budget:post",
    commissioner=[uuid.uuid4(), uuid.uuid4()],
    provider=uuid.uuid4(),
    audits=(Audit(uuid.uuid4(), (uuid.uuid4(),), ("2014/15",)),),
    grants=(Grant("placement", uuid.uuid4(), (uuid.uuid4(), uuid.uuid4())),),
    shares=(Share(uuid.uuid4(), uuid.uuid4(), ("placements", "aligned_line_detail")),),
)
NOW = int(time.time())
HEADER = {"alg": "ES256", "typ": ASSERTION_TYPE, "kid": "one"}


@pytest.fixture(autouse=True)
def _a_minute_that_has_just_begun(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: float(NOW))


def claims(**changes: object) -> dict[str, object]:
    """The right claims of a minute that has just begun, some changed; `...` leaves one out."""
    whole = {**to_claims(CALLER), "iss": ISSUER, "aud": "budget", "iat": NOW, "exp": NOW + 60, **changes}
    return {name: value for name, value in whole.items() if value is not ...}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def text_of(value: object) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def signed(body: object = None, header: object = None, key: ECKey | RSAKey = KEY, name: str = "ES256") -> str:
    """A token signed over whatever header and body, as a forger with a key of his own would write it."""
    head = b64(text_of(HEADER if header is None else header))
    whole = f"{head}.{b64(text_of(claims() if body is None else body))}"
    algorithm = jws.JWSRegistry.algorithms[name]
    return f"{whole}.{b64(algorithm.sign(whole.encode(), key))}"


def with_hmac(secret: bytes) -> str:
    """A token signed with a secret that everybody knows, for a reader that lets the token choose."""
    whole = f"{b64(text_of(header(alg='HS256')))}.{b64(text_of(claims()))}"
    return f"{whole}.{b64(hmac.digest(secret, whole.encode(), 'sha256'))}"


def header(**changes: object) -> dict[str, object]:
    return {name: value for name, value in {**HEADER, **changes}.items() if value is not ...}


def a_verifier(audience: str = "budget", read=lambda: PUBLIC) -> subject.AssertionVerifier:
    return subject.AssertionVerifier(audience, ISSUER, read)


def test_the_gateways_assertion_gives_the_same_caller():
    token = mint_assertion(CALLER, "budget", ISSUER, KEYS, NOW)
    verifier = a_verifier()
    assert verifier.verify(token) == verifier.verify(token) == CALLER
    assert verifier.verify(signed()) == CALLER


def resigned(part: int, old: bytes, new: bytes) -> str:
    """The right token with something replaced in its header (0) or body (1), under the old signature."""
    parts = signed().split(".")
    data = base64.urlsafe_b64decode(parts[part] + "==")
    assert old in data
    parts[part] = b64(data.replace(old, new))
    return ".".join(parts)


HEAD, BODY, SIGNATURE = signed().split(".")
UNSIGNED = {
    "nothing": "",
    "no dots": "abc",
    "only dots": "..",
    "five parts": f"{HEAD}.{BODY}.{BODY}.{BODY}.{SIGNATURE}",
    "no signature": f"{HEAD}.{BODY}.",
    "half a signature": f"{HEAD}.{BODY}.{SIGNATURE[:43]}",
    "zeros as a signature": f"{HEAD}.{BODY}.{b64(bytes(64))}",
    "another's signature": f"{HEAD}.{BODY}.{signed(claims(sub=str(uuid.uuid4()))).rpartition('.')[2]}",
    "a changed organisation": resigned(1, CALLER.organisation_id.hex[:8].encode(), b"00000000"),
    "a longer life": resigned(1, str(NOW + 60).encode(), str(NOW + 59).encode()),
    "a further scope": resigned(1, b"budget:read", b"budget:wipe"),
    "a body that is not base64": f"{HEAD}.{BODY}!.{SIGNATURE}",
    "a line end behind it": signed() + "\n",
    "a second token behind it": signed() + " " + signed(),
    "alg none": f"{b64(text_of(header(alg='none')))}.{BODY}.",
    "alg None": f"{b64(text_of(header(alg='None')))}.{BODY}.",
    "alg list": f"{b64(text_of(header(alg=['ES256'])))}.{BODY}.{SIGNATURE}",
    "no alg": f"{b64(text_of(header(alg=...)))}.{BODY}.{SIGNATURE}",
    "a header that is a list": f"{b64(b'[]')}.{BODY}.{SIGNATURE}",
    "a header that is no JSON": f"{b64(b'{')}.{BODY}.{SIGNATURE}",
    "a header nested deep": f"{b64(b'[' * 30_000)}.{BODY}.{SIGNATURE}",
    "longer than any assertion": signed(claims(filler="x" * 70_000)),
    "letters that are no base64": "é" + signed(),
}
BY_ANOTHER_KEY = {
    "another key of the same name": signed(key=OTHER),
    "another key, brought along": signed(header=header(jwk=OTHER.as_dict(private=False)), key=OTHER),
    "another key, at an address": signed(header=header(jku="http://127.0.0.1:1/jwks.json"), key=OTHER),
    "a wider curve": signed(header=header(alg="ES384"), key=WIDER, name="ES384"),
    "RSA": signed(header=header(alg="RS256"), key=RSA, name="RS256"),
    "HMAC with the public PEM": with_hmac(KEY.as_pem(private=False)),
    "HMAC with the public DER": with_hmac(KEY.as_der(private=False)),
    "HMAC with the public JWK": with_hmac(json.dumps(KEY.as_dict(private=False)).encode()),
    "HMAC with nothing": with_hmac(b""),
}
SIGNED_AND_WRONG = {
    "no key named": signed(header=header(kid=...)),
    "an unknown key": signed(header=header(kid="two")),
    "a key named by a list": signed(header=header(kid=["one"])),
    "a key named by a number": signed(header=header(kid=1)),
    "no type": signed(header=header(typ=...)),
    "an access token's type": signed(header=header(typ="at+jwt")),
    "the type in other letters": signed(header=header(typ=ASSERTION_TYPE.upper())),
    "a critical header that is not known": signed(header=header(crit=["x"], x=1)),
    "a body outside base64": signed(header=header(crit=["b64"], b64=False)),
    "another service's": signed(claims(aud="contracts")),
    "for two services": signed(claims(aud=["budget", "contracts"])),
    "for a list of one": signed(claims(aud=["budget"])),
    "for nobody": signed(claims(aud=...)),
    "for a longer name": signed(claims(aud="budgets")),
    "another issuer's": signed(claims(iss="http://127.0.0.1:8001")),
    "an issuer with a slash": signed(claims(iss=ISSUER + "/")),
    "no issuer": signed(claims(iss=...)),
    "expired": signed(claims(iat=NOW - 61, exp=NOW - 1)),
    "expired this second": signed(claims(iat=NOW - 60, exp=NOW)),
    "no expiry": signed(claims(exp=...)),
    "no issue": signed(claims(iat=...)),
    "longer than a minute": signed(claims(exp=NOW + 61)),
    "from the future": signed(claims(iat=NOW + 30, exp=NOW + 60)),
    "expiry as text": signed(claims(exp=str(NOW + 60))),
    "expiry as a fraction": signed(claims(exp=NOW + 60.0)),
    "expiry without end": signed(text_of(claims()).replace(str(NOW + 60).encode(), b"1e999")),
    "issue true": signed(claims(iat=True)),
    "issue long ago": signed(claims(iat=-(10**30))),
    "expiry null": signed(claims(exp=None)),
    "no client": signed(claims(sub=...)),
    "a client that is no id": signed(claims(sub="admin")),
    "a client that is a number": signed(claims(sub=7)),
    "no organisation": signed(claims(org=...)),
    "organisations as text": signed(claims(orgs="abc")),
    "organisations null": signed(claims(orgs=None)),
    "no scope": signed(claims(scope=...)),
    "no standing": signed(claims(standing=...)),
    "standing as a list": signed(claims(standing=[])),
    "standing in what is no id": signed(claims(standing={"commissioner": ["all"]})),
    "audits that are no triples": signed(claims(audits=[1])),
    "a body that is a list": signed([1, 2]),
    "a body that is no JSON": signed(b"{"),
    "an empty body": signed({}),
}
FORGED = {**UNSIGNED, **BY_ANOTHER_KEY, **SIGNED_AND_WRONG}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_a_forgery_is_refused_and_not_remembered(token):
    verifier = a_verifier()
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            verifier.verify(token)
        assert refused.value.code == "caller_unverified"
        assert refused.value.facts == {}
    assert not verifier._known


def test_the_last_of_two_claims_of_one_name_counts_only_where_the_gateway_signed_it():
    body = json.dumps(claims()).replace('"aud": "budget"', '"aud": "budget", "aud": "contracts"').encode()
    with pytest.raises(Refusal):
        a_verifier().verify(signed(body))


def test_an_assertion_is_good_for_one_service_only():
    token = mint_assertion(CALLER, "budget", ISSUER, KEYS, NOW)
    for service in ("contracts", "outcomes", "gateway"):
        with pytest.raises(Refusal):
            a_verifier(service).verify(token)


def test_a_remembered_assertion_ends_with_its_minute(monkeypatch):
    verifier, clock = a_verifier(), [float(NOW)]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    token = mint_assertion(CALLER, "budget", ISSUER, KEYS, NOW)
    assert verifier.verify(token) == CALLER
    clock[0] = NOW + 59.9
    assert verifier.verify(token) == CALLER
    clock[0] = NOW + 60
    with pytest.raises(Refusal):
        verifier.verify(token)


def test_only_so_many_are_remembered():
    verifier = subject.AssertionVerifier("budget", ISSUER, lambda: PUBLIC, remembered=3)
    for _ in range(10):
        verifier.verify(mint_assertion(replace(CALLER, client_id=uuid.uuid4()), "budget", ISSUER, KEYS, NOW))
    assert len(verifier._known) == 3


def test_a_new_key_is_found_and_an_unreadable_file_changes_nothing(monkeypatch):
    clock, reads = [1000.0], []
    files: list[KeySet | Exception] = [PUBLIC]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def read() -> KeySet:
        reads.append(clock[0])
        if isinstance(files[-1], Exception):
            raise files[-1]
        return files[-1]

    verifier = a_verifier(read=read)
    new = ECKey.generate_key("P-256", {"kid": "two"})
    token = mint_assertion(CALLER, "budget", ISSUER, KeySet([new]), NOW)
    for broken in (FileNotFoundError("gone"), ValueError("half written"), KeyError("keys")):
        files.append(broken)
        clock[0] += 2
        with pytest.raises(Refusal):
            verifier.verify(token)
    files.append(KeySet([new, KEY]))
    for _ in range(20):
        with pytest.raises(Refusal):
            verifier.verify(token)
    assert len(reads) == 4, "forged names of keys make it read at most once a second"
    clock[0] += 2
    assert verifier.verify(token) == CALLER
    assert verifier.verify(mint_assertion(CALLER, "budget", ISSUER, KEYS, NOW)) == CALLER


IDS = st.uuids()
CALLERS = st.builds(
    Caller,
    client_id=IDS,
    organisation_id=IDS,
    organisations=st.lists(IDS, max_size=3).map(tuple),
    scopes=st.frozensets(st.sampled_from(["budget:read", "budget:post", "outcome:read"])),
    standing=st.dictionaries(
        st.sampled_from(["commissioner", "host", "provider"]), st.lists(IDS, max_size=3).map(tuple)
    ),
    audits=st.lists(
        st.builds(Audit, IDS, st.lists(IDS, max_size=2).map(tuple), st.just(("2014/15", "2015/16"))),
        max_size=2,
    ).map(tuple),
    sub_unit_id=st.none() | IDS,
    operator=st.booleans(),
)


@given(CALLERS)
def test_claims_give_back_the_caller(caller):
    assert from_claims(json.loads(json.dumps(to_claims(caller)))) == caller


@given(CALLERS)
def test_scopes_and_standing_are_what_was_given(caller):
    for scope in ("budget:read", "budget:post", "outcome:read"):
        if scope in caller.scopes:
            caller.require(scope)
        else:
            with pytest.raises(Refusal, match="does not hold the scope"):
                caller.require(scope)
    everywhere = {each for ids in caller.standing.values() for each in ids}
    assert set(caller.partnerships("commissioner", "host", "provider")) == everywhere
    assert not caller.holds(uuid.uuid4(), "commissioner", "host", "provider")
    assert all(caller.holds(each, "host") for each in caller.standing.get("host", ()))


def test_the_person_is_never_in_the_assertion():
    token = mint_assertion(replace(CALLER, person="A. Officer"), "budget", ISSUER, KEYS, NOW)
    assert a_verifier().verify(token).person is None
    assert "operator" not in to_claims(CALLER)
    assert a_verifier().verify(signed(claims(operator="yes"))).operator is False
