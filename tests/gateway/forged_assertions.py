"""The table of forged client assertions: what is wrong with each, and the check that must catch it."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Iterator
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.gateway.forge import (
    EC_KEY,
    PSS_KEY,
    RSA_KEY,
    STRANGER,
    STRANGER_RSA,
    Forger,
    b64,
    by_hand,
    der,
    es256,
    hs,
    pem,
    public_jwk,
    unb64,
)

Forged = tuple[str, str, str]  # name, token, why it is refused


def forged_assertions(of: Forger) -> list[Forged]:
    """Every forged assertion in the name of this client."""
    return [
        *_form(of),
        *_json(of),
        *_header(of),
        *_algorithm(of),
        *_key(of),
        *_signature(of),
        *_who(of),
        *_when(of),
    ]


def _form(of: Forger) -> Iterator[Forged]:
    good = of.sign()
    head, body, signature = good.split(".")
    yield "empty", "", "form"
    yield "one part", "abc", "form"
    yield "two parts", f"{head}.{body}", "form"
    yield "no signature", f"{head}.{body}.", "form"
    yield "four parts", f"{good}.{signature}", "form"
    yield "five parts, as if encrypted", f"{head}.{body}.{signature}.{body}.{signature}", "form"
    yield "padding kept", f"{head}=.{body}.{signature}", "form"
    yield "space before", f" {good}", "form"
    yield "line end after", f"{good}\n", "form"
    yield "line end within", f"{head}.{body[:9]}\n{body[9:]}.{signature}", "form"
    yield (
        "standard alphabet",
        f"{head}.{body}.{b64encode(bytes(range(190, 254))).decode().rstrip('=')}",
        "form",
    )
    yield "letters of another script", good.replace("e", "\u0435"), "form"
    yield "JSON form", json.dumps({"protected": head, "payload": body, "signature": signature}), "form"
    yield "second spelling of the signature", f"{head}.{body}.{_respelled(signature)}", "form"
    yield "a dot alone", "..", "form"
    yield "too long", of.sign(padding="x" * 9000), "size"
    yield "header too long", of.hand(header={"kid": "k" * 600}), "size"


def _respelled(part: str) -> str:
    """The same bytes spelt with other unused bits at the end, where there are such bits."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = letters.index(part[-1])
    respelled = part[:-1] + letters[last ^ 1]
    assert unb64(respelled) == unb64(part)
    return respelled


def _json(of: Forger) -> Iterator[Forged]:
    header, claims = json.dumps(of.header()), json.dumps(of.claims())
    yield "header is a list", by_hand("[]", claims), "json"
    yield "header is text", by_hand('"ES256"', claims), "json"
    yield "claims are a list", by_hand(header, [of.claims()]), "json"
    yield "claims are null", by_hand(header, "null"), "json"
    yield "claims are no JSON", by_hand(header, "{'iss': 1}"), "json"
    yield "claims in UTF-16", _signed(header.encode(), claims.encode("utf-16")), "json"
    yield "claims with a byte order mark", _signed(header.encode(), b"\xef\xbb\xbf" + claims.encode()), "json"
    yield "claims not in UTF-8", _signed(header.encode(), b'{"iss": "\xff"}'), "json"
    yield "algorithm named twice", by_hand(header[:-1] + ', "alg": "ES256"}', claims), "json"
    yield "key named twice", by_hand(header[:-1] + ', "kid": "ec"}', claims), "json"
    yield "audience named twice", by_hand(header, claims[:-1] + f', "aud": "{of.audience}"}}'), "json"
    yield "subject named twice", by_hand(header, claims[:-1] + f', "sub": "{of.client_id}"}}'), "json"
    yield "member twice further in", by_hand(header, claims[:-1] + ', "x": {"a": 1, "a": 2}}'), "json"
    yield "expiry is NaN", by_hand(header, claims[:-1] + ', "x": NaN}'), "json"
    yield "expiry is Infinity", by_hand(header, claims[:-1] + ', "x": -Infinity}'), "json"
    yield "very deep", by_hand(header, "[" * 5900), "json"
    yield "a number of 5000 digits", by_hand(header, claims[:-1] + f', "x": {"9" * 5000}}}'), "json"


def _signed(header: bytes, claims: bytes) -> str:
    message = f"{b64(header)}.{b64(claims)}"
    return f"{message}.{b64(es256(message.encode()))}"


def _header(of: Forger) -> Iterator[Forged]:
    own = public_jwk(STRANGER, "ec")
    stranger = lambda message: es256(message, STRANGER)  # noqa: E731 a signer that fits on one line
    yield "brings its own key", of.hand({"jwk": own}, stranger), "header"
    yield "brings the right key", of.hand({"jwk": public_jwk(EC_KEY, "ec")}), "header"
    yield "says where its key is", of.hand({"jku": "https://evil.example/jwks.json"}, stranger), "header"
    yield "says where its certificate is", of.hand({"x5u": "https://evil.example/c.pem"}, stranger), "header"
    yield "brings its certificate", of.hand({"x5c": ["MIIB"]}, stranger), "header"
    yield "critical extension", of.hand({"crit": ["exp"]}), "header"
    yield "critical, empty", of.hand({"crit": []}), "header"
    yield "payload not encoded", of.hand({"b64": False, "crit": ["b64"]}), "header"
    yield "payload said to be encoded", of.hand({"b64": True}), "header"
    yield "compressed", of.hand({"zip": "DEF"}), "header"
    yield "encrypted", of.hand({"enc": "A128GCM"}), "header"
    yield "claims in the header", of.hand({"iss": str(of.client_id)}), "header"
    yield "a member nobody knows", of.hand({"x": 1}), "header"
    yield "content type", of.hand({"cty": "JWT"}), "header"


def _algorithm(of: Forger) -> Iterator[Forged]:
    for name in ("none", "None", "NONE", "nOnE"):
        yield f"{name}, with a signature", of.hand({"alg": name}), "alg"
        yield f"{name}, key unknown", of.hand({"alg": name, "kid": "x"}), "kid"
    head, body, _ = of.hand({"alg": "none"}).split(".")
    yield "none, without a signature", f"{head}.{body}.", "form"
    yield "no algorithm", of.hand({"alg": ...}), "alg"
    yield "algorithm is null", of.hand({"alg": None}), "alg"
    yield "algorithm is a list", of.hand({"alg": ["ES256"]}), "alg"
    yield "algorithm in small letters", of.hand({"alg": "es256"}), "alg"
    for kid, key in (("rs", RSA_KEY), ("ec", EC_KEY)):
        yield f"HS256 with {kid} as PEM", of.hand({"alg": "HS256", "kid": kid}, hs(pem(key))), "alg"
        yield f"HS256 with {kid} as DER", of.hand({"alg": "HS256", "kid": kid}, hs(der(key))), "alg"
        yield f"HS512 with {kid} as PEM", of.hand({"alg": "HS512", "kid": kid}, hs(pem(key), "sha512")), "alg"
    yield "HS256 with an empty secret", of.hand({"alg": "HS256"}, hs(b"")), "alg"
    for algorithm in ("RS256", "RS384", "PS256", "PS512"):
        token = jwt.encode(of.claims(), RSA_KEY, algorithm, headers={"kid": "rs"})
        yield f"{algorithm} with the RS512 key", token, "alg"
    yield "RS512 with the PS256 key", jwt.encode(of.claims(), PSS_KEY, "RS512", headers={"kid": "ps"}), "alg"
    yield "ES384 in name only", of.hand({"alg": "ES384"}), "alg"
    yield "EdDSA in name only", of.hand({"alg": "EdDSA"}), "alg"
    yield "ES256 under the RS512 key's id", of.hand({"kid": "rs"}), "alg"
    yield (
        "RS512 under the ES256 key's id",
        jwt.encode(of.claims(), RSA_KEY, "RS512", headers={"kid": "ec"}),
        "alg",
    )


def _key(of: Forger) -> Iterator[Forged]:
    yield "no key id", of.hand({"kid": ...}), "kid"
    yield "key id is null", of.hand({"kid": None}), "kid"
    yield "key id is a number", of.hand({"kid": 1}), "kid"
    yield "key id is a list", of.hand({"kid": ["ec"]}), "kid"
    for name in (
        "",
        "EC",
        "ec ",
        "../../../dev/null",
        "ec' or '1'='1",
        "ec\x00",
        "https://evil.example/key",
        "*",
        "%",
    ):
        yield f"key id {name!r}", of.hand({"kid": name}), "kid"


def _signature(of: Forger) -> Iterator[Forged]:
    head, body, signature = of.sign().split(".")
    stranger = lambda message: es256(message, STRANGER)  # noqa: E731 a signer that fits on one line
    yield "another's ES256 key", of.hand(sign=stranger), "signature"
    yield (
        "another's RS512 key",
        jwt.encode(of.claims(), STRANGER_RSA, "RS512", headers={"kid": "rs"}),
        "signature",
    )
    yield (
        "another's PS256 key",
        jwt.encode(of.claims(), STRANGER_RSA, "PS256", headers={"kid": "ps"}),
        "signature",
    )
    yield "claims changed", f"{head}.{b64(json.dumps(of.claims()))}.{signature}", "signature"
    yield "header changed", f"{b64(json.dumps(of.header(x5t='a')))}.{body}.{signature}", "signature"
    yield "a bit of it changed", of.hand(sign=lambda m: bytes([es256(m)[0] ^ 1]) + es256(m)[1:]), "signature"
    yield "cut short", of.hand(sign=lambda m: es256(m)[:63]), "signature"
    yield "one byte longer", of.hand(sign=lambda m: es256(m) + b"\x00"), "signature"
    yield "all zero", of.hand(sign=lambda m: bytes(64)), "signature"
    yield "r is the group's order", of.hand(sign=lambda m: _ORDER + _ORDER), "signature"
    yield "in DER", of.hand(sign=lambda m: EC_KEY.sign(m, ec.ECDSA(hashes.SHA256()))), "signature"
    yield "over another hash", of.hand(sign=_over_sha512), "signature"
    yield "RSA, all zero", of.hand({"alg": "RS512", "kid": "rs"}, lambda m: bytes(256)), "signature"
    yield "RSA, of another length", of.hand({"alg": "RS512", "kid": "rs"}, lambda m: bytes(128)), "signature"


_ORDER = (0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551).to_bytes(32, "big")


def _over_sha512(message: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(EC_KEY.sign(message, ec.ECDSA(hashes.SHA512())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _who(of: Forger) -> Iterator[Forged]:
    other = str(uuid4())
    yield "no issuer", of.sign(iss=...), "sub"
    yield "no subject", of.hand(sub=...), "sub"
    yield "issuer is somebody else", of.sign(iss=other), "sub"
    yield "subject is somebody else", of.sign(sub=other), "sub"
    yield "in capitals", of.sign(iss=str(of.client_id).upper(), sub=str(of.client_id).upper()), "sub"
    yield "in braces", of.sign(iss=f"{{{of.client_id}}}", sub=f"{{{of.client_id}}}"), "sub"
    yield "as URN", of.sign(iss=of.client_id.urn, sub=of.client_id.urn), "sub"
    yield "no id", of.sign(iss="admin", sub="admin"), "sub"
    yield "a number", of.hand(iss=1, sub=1), "sub"
    yield "a list", of.hand(iss=[str(of.client_id)], sub=[str(of.client_id)]), "sub"
    yield "type of an access token", of.hand({"typ": "at+jwt"}), "typ"
    yield "type of a caller assertion", of.hand({"typ": "caller+jwt"}), "typ"
    yield "type is a number", of.hand({"typ": 1}), "typ"
    yield "no audience", of.sign(aud=...), "aud"
    yield "a list of our audience", of.sign(aud=[of.audience]), "aud"
    yield "a list with ours and another", of.sign(aud=[of.audience, "https://evil.example"]), "aud"
    yield "a longer audience", of.sign(aud=of.audience + "/"), "aud"
    yield "audience in capitals", of.sign(aud=of.audience.upper()), "aud"
    yield "another's audience", of.sign(aud="https://evil.example/oauth2/token"), "aud"
    yield "audience is null", of.hand(aud=None), "aud"
    yield "audience is an object", of.hand(aud={of.audience: 1}), "aud"


def _when(of: Forger) -> Iterator[Forged]:
    now = int(time.time())
    yield "never expires", of.sign(exp=...), "exp"
    yield "expired", of.sign(exp=now - 1), "exp"
    yield "expired long ago", of.sign(exp=now - 86400, iat=now - 86500), "exp"
    yield "lives too long", of.sign(exp=now + 330), "exp"
    yield "lives a day", of.sign(exp=now + 86400), "exp"
    yield "expiry is text", of.hand(exp=str(now + 100)), "exp"
    yield "expiry is a fraction", of.hand(exp=now + 100.5), "exp"
    yield "expiry is true", of.hand(exp=True), "exp"
    yield "expiry is null", of.hand(exp=None), "exp"
    yield "expiry is negative", of.hand(exp=-1), "exp"
    yield "expiry is beyond every clock", of.hand(exp=2**63), "exp"
    yield "issued in the future", of.sign(iat=now + 120), "iat"
    yield "issued long ago", of.sign(iat=now - 3600), "iat"
    yield "issued is text", of.hand(iat=str(now)), "iat"
    yield "issued is null", of.hand(iat=None), "iat"
    yield "not yet valid", of.sign(nbf=now + 120), "nbf"
    yield "not before is text", of.hand(nbf="now"), "nbf"
    yield "no one-time id", of.sign(jti=...), "jti"
    yield "one-time id too short", of.sign(jti="a" * 15), "jti"
    yield "one-time id too long", of.sign(jti="a" * 65), "jti"
    yield "one-time id is a number", of.hand(jti=1234567890123456), "jti"
    yield "one-time id with a space", of.sign(jti="0123456789 123456"), "jti"
    yield "one-time id with NUL", of.sign(jti="0123456789\x00123456"), "jti"
    yield "one-time id with a line end", of.sign(jti="0123456789123456\n"), "jti"
    yield "one-time id in another script", of.sign(jti="٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦"), "jti"
