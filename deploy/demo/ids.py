"""Ids of the demonstration: made from names, so that loading it again finds everything in its place."""

from __future__ import annotations

import uuid

_PLYMOUTH = uuid.UUID("5f1e7d5c-0f3b-5d0a-9a3e-2014040115a7")


def id_of(*words: str) -> uuid.UUID:
    """The id of a thing, the same on every machine."""
    return uuid.uuid5(_PLYMOUTH, "/".join(words))


def key_of(*words: str) -> str:
    """The idempotency key of a step of the story."""
    return f"plymouth-{id_of('key', *words)}"
