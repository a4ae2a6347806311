"""Numbers of recommendations, which reports print in one way and refer to in another."""

from __future__ import annotations

import re

from shared.errors import Kind, reason

NUMERAL_UNREADABLE = reason(
    "recommendation_unreadable", Kind.INVALID, "Write a recommendation's number like 3 or III."
)

_ROMAN = {"I": 1, "V": 5, "X": 10}


def read_recommendation(text: str) -> int:
    """`3` and `III` are the same recommendation: reports number one way and refer the other (S1-G02)."""
    cell = text.strip().rstrip(".").upper()
    if re.fullmatch(r"[1-9]\d?", cell):
        return int(cell)
    if not re.fullmatch(r"(?=[IVX])X{0,3}(IX|IV|V?I{0,3})", cell):
        raise NUMERAL_UNREADABLE(read=text[:20])
    values = [_ROMAN[letter] for letter in cell]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)
