"""A forger of tokens that shares no code with the gateway: PyJWT, and tokens put together by hand."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PSS_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGER = ec.generate_private_key(ec.SECP256R1())
STRANGER_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS: dict[str, tuple[str, Any]] = {
    "rs": ("RS512", RSA_KEY),
    "ps": ("PS256", PSS_KEY),
    "ec": ("ES256", EC_KEY),
}


def public_jwk(key: Any, kid: str) -> dict[str, Any]:
    """The public part of a private key as JWK, made by PyJWT."""
    algorithm = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    jwk = json.loads(algorithm.to_jwk(key.public_key()))
    return {name: value for name, value in jwk.items() if name not in ("key_ops", "alg", "use")} | {
        "kid": kid
    }


def b64(content: bytes | str) -> str:
    return urlsafe_b64encode(content.encode() if isinstance(content, str) else content).rstrip(b"=").decode()


def unb64(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def dump(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def es256(message: bytes, key: ec.EllipticCurvePrivateKey = EC_KEY) -> bytes:
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def by_hand(
    header: Mapping[str, Any] | str,
    claims: Mapping[str, Any] | str | list[Any],
    sign: Callable[[bytes], bytes] = es256,
) -> str:
    """A token of any header and claims, also such as no library would write, really signed."""
    message = f"{b64(dump(header))}.{b64(dump(claims))}"
    return f"{message}.{b64(sign(message.encode()))}"


def pem(key: Any) -> bytes:
    return key.public_key().public_bytes(  # type: ignore[no-any-return]
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def der(key: Any) -> bytes:
    return key.public_key().public_bytes(  # type: ignore[no-any-return]
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def hs(secret: bytes, hash_name: str = "sha256") -> Callable[[bytes], bytes]:
    """The classic confusion: a public key taken for a shared secret."""
    import hmac

    return lambda message: hmac.new(secret, message, hash_name).digest()


@dataclass(frozen=True)
class Forger:
    """One client with keys `rs` (RS512), `ps` (PS256) and `ec` (ES256), and an audience."""

    client_id: UUID = field(default_factory=uuid4)
    audience: str = "http://127.0.0.1:8000/oauth2/token"

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Good claims, changed. `...` takes a claim out."""
        now = int(time.time())
        good = {
            "iss": str(self.client_id),
            "sub": str(self.client_id),
            "aud": self.audience,
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + 240,
        }
        return {name: value for name, value in (good | changes).items() if value is not ...}

    def sign(self, kid: str = "ec", header: Mapping[str, Any] | None = None, **changes: Any) -> str:
        """A token signed by PyJWT with one of the client's keys."""
        algorithm, key = KEYS[kid]
        return jwt.encode(self.claims(**changes), key, algorithm, headers={"kid": kid} | dict(header or {}))

    def header(self, **changes: Any) -> dict[str, Any]:
        good = {"alg": "ES256", "typ": "JWT", "kid": "ec"}
        return {name: value for name, value in (good | changes).items() if value is not ...}

    def hand(
        self, header: Mapping[str, Any] | None = None, sign: Callable[[bytes], bytes] = es256, **changes: Any
    ) -> str:
        """A token signed by hand with the client's ES256 key."""
        return by_hand(self.header(**(header or {})), self.claims(**changes), sign)
