"""Where a webhook may go: to a public host by https, and to no address inside, however it is written or resolved."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from shared.errors import Kind, reason

URL_NOT_ALLOWED = reason(
    "webhook_url_not_allowed",
    Kind.INVALID,
    "A webhook goes to https:// and a public host name, on port 443, without user name or fragment.",
)
LONGEST_URL = 2000

# A name of at least two labels whose last one is letters: no number, in whatever base, is a host name.
_NAME = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_PLAIN = re.compile(r"[!-~]+", re.ASCII)
# Names that never leave a machine or a site, whatever a resolver says (RFC 6761, 6762, 8375, 9476).
_INSIDE = (
    "localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "localdomain", "home.arpa",
    "in-addr.arpa", "ip6.arpa", "onion", "alt", "test", "example", "invalid",
)  # fmt: skip
# Ranges in which an IPv4 address is wrapped, or that are routed elsewhere than they look.
_WRAPPED = tuple(
    map(
        IPv6Network,
        (
            "::/96",  # IPv4-compatible
            "::ffff:0:0/96",  # IPv4-mapped
            "::ffff:0:0:0/96",  # IPv4-translated
            "64:ff9b::/96",  # NAT64
            "64:ff9b:1::/48",  # NAT64, for local use
            "2002::/16",  # 6to4
            "2001::/32",  # Teredo
            "fec0::/10",  # site-local
            "5f00::/16",  # segment routing
            "3fff::/20",  # documentation
        ),
    )
)
# Protocol assignments and the relay of 6to4, which count as global.
_SPECIAL = IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24")


def check_url(url: str, *, local: bool = False) -> None:
    """Refuse an address that no webhook may have. `local` also lets http, any port and this machine in, for tests."""
    if not 0 < len(url) <= LONGEST_URL or not _PLAIN.fullmatch(url) or "\\" in url:
        raise URL_NOT_ALLOWED("/url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise URL_NOT_ALLOWED("/url") from None
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None or "#" in url or not host:
        raise URL_NOT_ALLOWED("/url")
    if local and parts.scheme in {"http", "https"} and host in {"127.0.0.1", "localhost"}:
        return
    if parts.scheme != "https" or port not in {None, 443} or not _is_public_name(host):
        raise URL_NOT_ALLOWED("/url")


def _is_public_name(host: str) -> bool:
    if not _NAME.fullmatch(host):
        return False
    return not any(host == each or host.endswith(f".{each}") for each in _INSIDE)


def is_public(address: str) -> bool:
    """Whether a resolved address is one of the open internet: global unicast, and not a wrapping of something else."""
    try:
        found = ip_address(address)
    except ValueError:  # with a zone, or no address at all
        return False
    if isinstance(found, IPv6Address) and any(found in each for each in _WRAPPED):
        return False
    if (
        found.is_multicast
        or found.is_reserved
        or found.is_unspecified
        or found.is_loopback
        or found.is_link_local
    ):
        return False
    if isinstance(found, IPv4Address) and any(found in each for each in _SPECIAL):
        return False
    return found.is_global
