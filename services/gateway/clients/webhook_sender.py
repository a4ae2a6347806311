"""Sending to an outside address: checked, resolved once, pinned to what was checked, bounded in time and size."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from standardwebhooks.webhooks import Webhook as Signer

from services.gateway.rules.webhook import Outcome
from services.gateway.rules.webhook_address import check_url, is_public
from shared.errors import Refusal

SECONDS = 15.0
CONNECT_SECONDS = 5.0
LARGEST_ANSWER = 64 * 1024
_AGENT = "Integrated-Commissioning-Webhooks/1"


class InsideAddress(OSError):
    """A host name that leads to an address which no webhook may reach."""


class Resolver(Protocol):
    """Finds the addresses of a host name."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> Any: ...


class PublicResolver(AbstractResolver):
    """Resolves a name once for a connection and lets it through only if every address is public.

    The connection is made to exactly these addresses, so a name that answers otherwise the next time gains nothing.
    """

    def __init__(self, asked: Resolver | None = None, *, local: bool = False) -> None:
        self._asked = asked or aiohttp.ThreadedResolver()
        self._local = local

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found: list[ResolveResult] = await self._asked.resolve(host, port, family)
        if self._local and host in {"localhost", "127.0.0.1"}:
            return found
        inside = [each["host"] for each in found if not is_public(each["host"])]
        if inside or not found:
            raise InsideAddress(f"{host} does not lead to a public address")
        return found

    async def close(self) -> None:
        return None


class WebhookSender:
    """Sends what is signed. Nothing is kept between two deliveries: no connection, no cookie, no address."""

    def __init__(
        self, *, local: bool = False, resolver: Resolver | None = None, seconds: float = SECONDS
    ) -> None:
        self._local = local
        self._resolver = resolver
        self._seconds = seconds

    async def send(
        self, url: str, message_id: str, body: bytes, secrets: Sequence[bytes], *, read: bool = False
    ) -> tuple[Outcome, bytes]:
        """Post a body with the headers of the Standard Webhooks specification, one signature for each secret.

        Returns what came of it, and with `read` what was answered, as far as 64 KiB.
        """
        try:
            check_url(url, local=self._local)
            async with asyncio.timeout(self._seconds):
                return await self._post(url, _headers(message_id, body, secrets), body, read)
        except (Refusal, TimeoutError, aiohttp.ClientError, OSError, ValueError) as failure:
            return Outcome(None, _why(failure)), b""

    async def _post(
        self, url: str, headers: dict[str, str], body: bytes, read: bool
    ) -> tuple[Outcome, bytes]:
        connector = aiohttp.TCPConnector(
            resolver=PublicResolver(self._resolver, local=self._local),
            use_dns_cache=False,
            force_close=True,
            limit=1,
        )
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=self._seconds, sock_connect=CONNECT_SECONDS),
                max_line_size=8190,
                max_field_size=8190,
            ) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as response,
        ):
            answered = await response.content.read(LARGEST_ANSWER) if read else b""
            response.close()  # whatever else it says is not waited for
            error = "redirected" if 300 <= response.status < 400 else None
            return Outcome(response.status, error), answered


def _why(failure: BaseException) -> str:
    """Why there was no answer, in a word for the list of deliveries: nothing of what is inside."""
    match failure:
        case Refusal() | InsideAddress():
            return "address_not_allowed"
        case TimeoutError():
            return "too_slow"
        case aiohttp.ClientConnectorDNSError(os_error=InsideAddress()):
            return "address_not_allowed"
        case aiohttp.ClientConnectorDNSError():
            return "name_unknown"
        case aiohttp.ClientSSLError():
            return "certificate_not_valid"
    return "not_reached"


def _headers(message_id: str, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    now = datetime.now(UTC)
    signatures = [Signer(secret).sign(message_id, now, body.decode()) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": _AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def answered_challenge(answer: bytes) -> str | None:
    """The challenge that an answer repeats; None where it repeats none."""
    try:
        found = msgspec.json.decode(answer)
    except msgspec.MsgspecError:
        return None
    challenge = found.get("challenge") if isinstance(found, dict) else None
    return challenge if isinstance(challenge, str) else None
