"""The table of forged access tokens: what is wrong with each, and the check that must catch it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from tests.gateway.forge import STRANGER, STRANGER_RSA, b64, by_hand, der, es256, hs, pem, public_jwk

Forged = tuple[str, str, str]  # name, token, why it is refused


@dataclass(frozen=True)
class Mint:
    """What a forger knows who has somehow got hold of our signing key, and misuses it in one point."""

    key: ec.EllipticCurvePrivateKey
    kid: str
    good: Mapping[str, Any]

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        fresh = {"iat": now, "exp": now + 300, "jti": str(uuid4())}
        return {name: value for name, value in ({**self.good} | fresh | changes).items() if value is not ...}

    def hand(
        self,
        header: Mapping[str, Any] | None = None,
        sign: Callable[[bytes], bytes] | None = None,
        **changes: Any,
    ) -> str:
        good = {"alg": "ES256", "typ": "at+jwt", "kid": self.kid}
        chosen = {name: value for name, value in (good | dict(header or {})).items() if value is not ...}
        return by_hand(chosen, self.claims(**changes), sign or (lambda message: es256(message, self.key)))


def forged_access_tokens(mint: Mint) -> list[Forged]:
    """Every forged access token."""
    return [*_form(mint), *_header(mint), *_signature(mint), *_claims(mint), *_when(mint)]


def _form(mint: Mint) -> Iterator[Forged]:
    head, body, signature = mint.hand().split(".")
    yield "one part", "abc", "form"
    yield "no signature", f"{head}.{body}.", "form"
    yield "five parts", f"{head}.{body}.{signature}.{body}.{signature}", "form"
    yield "padded", f"{head}.{body}.{signature}==", "form"
    yield "too long", mint.hand(x="x" * 9000), "size"
    yield "claims are a list", by_hand({"alg": "ES256", "kid": mint.kid}, [1], mint_sign(mint)), "json"
    doubled = json.dumps(mint.claims())[:-1] + f', "sub": "{uuid4()}"}}'
    yield "subject named twice", by_hand({"alg": "ES256", "kid": mint.kid}, doubled, mint_sign(mint)), "json"


def mint_sign(mint: Mint) -> Callable[[bytes], bytes]:
    return lambda message: es256(message, mint.key)


def _header(mint: Mint) -> Iterator[Forged]:
    own = public_jwk(STRANGER, mint.kid)
    yield "brings its own key", mint.hand({"jwk": own}, lambda m: es256(m, STRANGER)), "header"
    yield (
        "says where its key is",
        mint.hand({"jku": "https://evil.example/"}, lambda m: es256(m, STRANGER)),
        "header",
    )
    yield "critical extension", mint.hand({"crit": ["exp"]}), "header"
    yield "type of any JWT", mint.hand({"typ": "JWT"}), "typ"
    yield "type of a caller assertion", mint.hand({"typ": "caller+jwt"}), "typ"
    yield "no type", mint.hand({"typ": ...}), "typ"
    yield "type in capitals", mint.hand({"typ": "AT+JWT"}), "typ"
    yield "no key id", mint.hand({"kid": ...}), "kid"
    yield "key id unknown", mint.hand({"kid": "x"}), "kid"
    yield "key id that climbs", mint.hand({"kid": "../assertion"}), "kid"
    for name in ("none", "None", "HS256", "RS256", "ES384", "EdDSA"):
        yield f"algorithm {name}", mint.hand({"alg": name}), "alg"
    yield "HS256 with our key as PEM", mint.hand({"alg": "HS256"}, hs(pem(mint.key))), "alg"
    yield "HS256 with our key as DER", mint.hand({"alg": "HS256"}, hs(der(mint.key))), "alg"


def _signature(mint: Mint) -> Iterator[Forged]:
    head, _, signature = mint.hand().split(".")
    yield "another's key", mint.hand(sign=lambda m: es256(m, STRANGER)), "signature"
    yield "claims changed", f"{head}.{b64(json.dumps(mint.claims()))}.{signature}", "signature"
    yield "all zero", mint.hand(sign=lambda m: bytes(64)), "signature"
    yield "cut short", mint.hand(sign=lambda m: es256(m, mint.key)[:63]), "signature"
    yield (
        "an RSA signature",
        jwt.encode(mint.claims(), STRANGER_RSA, "RS256", headers={"kid": mint.kid, "typ": "at+jwt"}),
        "alg",
    )


def _claims(mint: Mint) -> Iterator[Forged]:
    yield "no issuer", mint.hand(iss=...), "issuer"
    yield "another issuer", mint.hand(iss="https://evil.example"), "issuer"
    yield "issuer is a list", mint.hand(iss=[mint.good["iss"]]), "issuer"
    yield "no audience", mint.hand(aud=...), "aud"
    yield "for the token endpoint", mint.hand(aud=f"{mint.good['iss']}/oauth2/token"), "aud"
    yield "for a service behind", mint.hand(aud="budget"), "aud"
    yield "a list with our audience", mint.hand(aud=[mint.good["aud"], "x"]), "aud"
    yield "a list of our audience", mint.hand(aud=[mint.good["aud"]]), "aud"
    yield "no subject", mint.hand(sub=...), "sub"
    yield "subject is not the client", mint.hand(sub=str(uuid4())), "sub"
    yield "subject is no id", mint.hand(sub="admin", client_id="admin"), "sub"
    yield "scope is a list", mint.hand(scope=["budget:read"]), "sub"
    yield "no scope", mint.hand(scope=...), "sub"
    yield "no one-time id", mint.hand(jti=...), "jti"


def _when(mint: Mint) -> Iterator[Forged]:
    now = int(time.time())
    yield "expired", mint.hand(iat=now - 400, exp=now - 100), "exp"
    yield "never expires", mint.hand(exp=...), "exp"
    yield "lives an hour", mint.hand(exp=now + 3600), "exp"
    yield "lives too long, said to be issued late", mint.hand(iat=now + 50, exp=now + 3600), "exp"
    yield "expiry is text", mint.hand(exp=str(now + 60)), "exp"
    yield "expiry is true", mint.hand(exp=True), "exp"
    yield "no issue time", mint.hand(iat=...), "iat"
    yield "issued in the future", mint.hand(iat=now + 90), "iat"
    yield "not yet valid", mint.hand(nbf=now + 90), "nbf"
