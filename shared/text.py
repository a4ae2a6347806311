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


_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DIGITS = re.compile(r"(?<!\d)\d(?:[\s.-]?\d){9}(?!\d)", re.ASCII)
_INSURANCE = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[\s.-]?\d){6}[\s.-]?[A-D]\b", re.ASCII)


def personal_number(text: str) -> str | None:
    """`nhs_number` or `national_insurance_number` where free text holds one, in any spelling; else None.

    An NHS number is ten digits with a check digit (NHS Data Dictionary): 11 less the remainder, by 11, of
    the first nine weighted 10 to 2. About 7 in 100 other ten-digit numbers pass it too, so references have
    fields of their own, which do not ask.
    """
    plain = _IDS.sub("", fold(text))  # an id of a record may hold any digits
    for found in _DIGITS.findall(plain):
        digits = [int(each) for each in found if each.isdigit()]
        check = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
        if check % 11 == digits[9] and check != 10:
            return "nhs_number"
    return "national_insurance_number" if _INSURANCE.search(plain.upper()) else None
