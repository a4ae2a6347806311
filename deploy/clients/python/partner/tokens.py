"""Access tokens: fetched when one is needed, kept until shortly before they end, fetched anew when one is refused."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

EARLY_SECONDS = 30.0
ASSERTION_SECONDS = 120
_BY_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LATER = frozenset({429, 502, 503, 504})

Flow = Generator[httpx.Request, httpx.Response, None]


class NoTokenError(httpx.HTTPError):
    """There is no token: the message is what the system said. `later`: it may give one in `after` seconds."""

    def __init__(self, message: str, *, later: bool = False, after: str | None = None) -> None:
        super().__init__(message)
        self.later = later
        self.after = after


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key whose public half is registered for the client, as a JWK or PEM, with its `kid` and algorithm."""

    key: Mapping[str, Any] | str | bytes = field(repr=False)  # it would stand in logs and tracebacks
    kid: str
    algorithm: str = "ES256"

    def assertion(self, client_id: str, audience: str) -> str:
        """A signed statement of who asks, good once and for two minutes (RFC 7523)."""
        try:
            from joserfc import jwk, jwt  # noqa: PLC0415 an extra of the package
        except ImportError:
            raise NoTokenError(
                "To sign in by private key, install integrated-commissioning[private-key]."
            ) from None
        material = dict(self.key) if isinstance(self.key, Mapping) else self.key
        of_kind: type[jwk.ECKey] | type[jwk.RSAKey] = (
            jwk.ECKey if self.algorithm.startswith("ES") else jwk.RSAKey
        )
        private = of_kind.import_key(material)
        now = int(time.time())
        claims = {"iss": client_id, "sub": client_id, "aud": audience, "jti": uuid.uuid4().hex}
        header = {"alg": self.algorithm, "kid": self.kid}
        made: str = jwt.encode(
            header,
            {**claims, "iat": now, "exp": now + ASSERTION_SECONDS},
            private,
            algorithms=[self.algorithm],
        )
        return made


class ClientCredentials(httpx.Auth):
    """Puts an access token on every request (OAuth 2.0 client credentials)."""

    requires_response_body = True

    def __init__(
        self,
        token_url: str,
        client_id: str,
        *,
        client_secret: str | None = None,
        private_key: PrivateKey | None = None,
        scope: str | None = None,
    ) -> None:
        if (client_secret is None) is (private_key is None):
            raise ValueError("Give a client secret or a private key: one of the two.")
        self._token_url = token_url
        self._client_id = client_id
        self._secret = client_secret
        self._private_key = private_key
        self._scope = scope
        self._lock = threading.Lock()
        self._token: str | None = None
        self._until = 0.0

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Send the request with a token; once more with a new one where the token is refused."""
        token = self._valid()
        if token is None:
            token = self._keep((yield self._asking()))
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401 and isinstance(request.stream, httpx.ByteStream):
            self._forget(token)
            token = self._valid() or self._keep((yield self._asking()))
            request.headers["Authorization"] = f"Bearer {token}"
            yield request

    def _asking(self) -> httpx.Request:
        form = {"grant_type": "client_credentials", "client_id": self._client_id}
        if self._secret is not None:
            form["client_secret"] = self._secret
        if self._private_key is not None:
            form["client_assertion_type"] = _BY_ASSERTION
            form["client_assertion"] = self._private_key.assertion(self._client_id, self._token_url)
        if self._scope is not None:
            form["scope"] = self._scope
        return httpx.Request("POST", self._token_url, data=form, headers={"Accept": "application/json"})

    def _keep(self, response: httpx.Response) -> str:
        if response.is_error:
            later = response.status_code in _LATER
            said = f"No token for client {self._client_id}: {response.status_code} {response.text[:500]}"
            raise NoTokenError(said, later=later, after=response.headers.get("Retry-After"))
        given = response.json()
        with self._lock:
            self._token = str(given["access_token"])
            seconds = float(given["expires_in"])
            self._until = time.monotonic() + max(seconds - EARLY_SECONDS, seconds / 2)
            return self._token

    def _valid(self) -> str | None:
        with self._lock:
            return self._token if time.monotonic() < self._until else None

    def _forget(self, token: str) -> None:
        """Take a refused token out, unless another thread has a newer one already."""
        with self._lock:
            if self._token == token:
                self._token, self._until = None, 0.0
