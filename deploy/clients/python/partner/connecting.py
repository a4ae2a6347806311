"""Connect to the system as a client of an organisation."""

from __future__ import annotations

import ssl
import uuid

import httpx
from integrated_commissioning import AuthenticatedClient
from integrated_commissioning.partner.repeats import AsyncRepeatingClient, RepeatingClient, Repeats
from integrated_commissioning.partner.tokens import ClientCredentials, PrivateKey

_AS_USUAL = Repeats()
_SECONDS = httpx.Timeout(60, connect=10)


def connect(
    url: str,
    client_id: str,
    *,
    client_secret: str | None = None,
    private_key: PrivateKey | None = None,
    scope: str | None = None,
    on_behalf_of: str | None = None,
    repeats: Repeats = _AS_USUAL,
    timeout: httpx.Timeout = _SECONDS,
    verify: str | bool | ssl.SSLContext = True,
) -> AuthenticatedClient:
    """A client for all generated operations, in step (`sync`) and in async code (`asyncio`).

    It fetches a token when it needs one and a new one before that ends. `client_secret` or `private_key` proves who it
    is; `scope` asks for fewer scopes than the client has; `on_behalf_of` names the person whose work it is, for the audit.
    """
    base_url = url.rstrip("/")
    credentials = ClientCredentials(
        f"{base_url}/oauth2/token",
        client_id,
        client_secret=client_secret,
        private_key=private_key,
        scope=scope,
    )
    headers = {} if on_behalf_of is None else {"X-On-Behalf-Of": on_behalf_of}
    client = AuthenticatedClient(base_url=base_url, token="", raise_on_unexpected_status=True)
    return client.set_httpx_client(
        RepeatingClient(
            repeats, base_url=base_url, auth=credentials, headers=headers, timeout=timeout, verify=verify
        )
    ).set_async_httpx_client(
        AsyncRepeatingClient(
            repeats, base_url=base_url, auth=credentials, headers=headers, timeout=timeout, verify=verify
        )
    )


def new_key() -> str:
    """A new `idempotency_key`. Keep it with what you send: the same key and content again count once."""
    return uuid.uuid4().hex


def etag(version: int) -> str:
    """A version as `if_match` takes it: the change is refused if somebody else was faster."""
    return f'"{version}"'
