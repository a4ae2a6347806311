"""Which signing keys are kept when a new one takes over: the old ones, until nothing they signed is alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

OVERLAP_SECONDS = 24 * 3600
AUDIT_KEYS_SECONDS = 1000 * 366 * 24 * 3600  # never: what partners kept is checked with the keys of its time


@dataclass(frozen=True, slots=True)
class RingKey:
    """One key of a ring by its id and the second (Unix time) in which it was made."""

    kid: str
    created: int


def kept(ring: Sequence[RingKey], now: int, overlap_seconds: int = OVERLAP_SECONDS) -> tuple[RingKey, ...]:
    """The keys to keep, in order: the first, which signs, and each whose successor is young.

    A key is retired when the next newer one was made, not when it was made itself: a key that signed for a
    year and is replaced today still has a day in which what it signed is believed.
    """
    followed = zip(ring[1:], ring, strict=False)
    return tuple(ring[:1]) + tuple(key for key, newer in followed if now - newer.created < overlap_seconds)
