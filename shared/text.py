"""Text that people and machines send: what is refused in it, and how look-alike letters are folded."""

from __future__ import annotations

import re
import unicodedata

# Cyrillic and Greek capitals and smalls that print like Latin letters. Published registers carry
# TBC, PMO and HWB in Cyrillic letters.
_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухвнкмт" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",  # noqa: RUF001 the look-alikes themselves
    "ABESIJKMHOPCTYXaesijopcyxbhkmt" + "ABEZHIKMNOPTYXo",
)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ALLOWED_CONTROLS = frozenset("\t\n\r")
_SPACES = re.compile(r"\s+")


def forbidden_character(text: str) -> str | None:
    """The first character that no record may hold, as `U+0000`, or None.

    Refused: NUL and other C0 and C1 controls (tab and line ends are kept), lone surrogates,
    direction overrides, and the byte order mark. They break files, logs and what a reader sees.
    """
    for character in text:
        number = ord(character)
        if number >= 0x20 and not 0x7F <= number <= 0x9F and number < 0x061C:
            continue
        bad = (
            (number < 0x20 and character not in _ALLOWED_CONTROLS)
            or 0x7F <= number <= 0x9F
            or 0xD800 <= number <= 0xDFFF
            or character in _BIDI
            or number in (0xFEFF, 0xFFFE, 0xFFFF)
        )
        if bad:
            return f"U+{number:04X}"
    return None


def fold(text: str) -> str:
    """NFKC, look-alike letters to Latin, white space to single spaces: for comparing, never for keeping."""
    latin = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKES)
    # Once more: a letter that has become Latin may now join with the accent that follows it.
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", latin)).strip()


def fold_key(text: str) -> str:
    """`fold`, without regard to case: the key under which two spellings are one."""
    return fold(text).casefold()
