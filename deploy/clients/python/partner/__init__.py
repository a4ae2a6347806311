"""What a partner's program needs besides the generated operations: sign-in, safe repeats, and whole lists."""

from __future__ import annotations

from integrated_commissioning.partner.connecting import connect, etag, new_key
from integrated_commissioning.partner.lists import NotListedError, every
from integrated_commissioning.partner.repeats import Repeats
from integrated_commissioning.partner.tokens import NoTokenError, PrivateKey

__all__ = [
    "NoTokenError",
    "NotListedError",
    "PrivateKey",
    "Repeats",
    "connect",
    "etag",
    "every",
    "new_key",
]
