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
_SUSPECT = re.compile("[^\t\n\r -~\u00a0-\u061b]")  # what may be refused; most text holds nothing of it


def forbidden_character(text: str) -> str | None:
    """The first character that no record may hold, as `U+0000`, or None.

    Refused: NUL and other C0 and C1 controls (tab and line ends are kept), lone surrogates,
    direction overrides, and the byte order mark. They break files, logs and what a reader sees.
    """
    if _SUSPECT.search(text) is None:
        return None
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
    if text.isascii():  # nothing to normalise, and no letter of another script
        return " ".join(text.split())
    latin = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKES)
    # Once more: a letter that has become Latin may now join with the accent that follows it.
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", latin)).strip()


def fold_key(text: str) -> str:
    """`fold`, without regard to case: the key under which two spellings are one."""
    return fold(text).casefold()


_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_BETWEEN = r"[\s.\-\u2010-\u2015\u2212_\u00b7\u2022]{0,3}"
# Every place at which ten digits may begin, since those in front may belong to something else.
_DIGITS = re.compile(rf"(?<!\d)(?=(\d(?:{_BETWEEN}\d){{9}})(?!\d))", re.ASCII)
_INSURANCE = re.compile(
    rf"(?<![A-Z0-9])[A-CEGHJ-PR-TW-Z]{_BETWEEN}[A-CEGHJ-NPR-TW-Z](?:{_BETWEEN}\d){{6}}{_BETWEEN}[A-D](?![A-Z0-9])",
    re.ASCII,
)
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec"
    r"|january|february|march|april|june|july|august|september|october|november|december)"
)
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?[\s./-]{{0,2}}(?:of )?{_MONTH}[\s.,/-]{{0,2}}(?:19|20)?\d{{2}}"
    r"|\d{1,2}[\s./-]{1,2}\d{1,2}[\s./-]{1,2}(?:19|20)?\d{2}"
    rf"|(?:19|20)\d{{2}}-\d{{2}}-\d{{2}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d{{2}})(?!\d)"
)
_ISO_DATES = re.compile(r"(?<!\d)(?:19|20)\d{2}-[01]\d-[0-3]\d(?!\d)", re.ASCII)
_BORN = re.compile(
    rf"\b(?:d\W{{0,2}}o\W{{0,2}}b|dates? of births?|birth ?dates?|born(?: on)?)"
    rf"\b\W{{0,4}}(?:(?:is|was|on|the)\b\W{{0,3}}){{0,2}}(?:{_DATE}|\d{{6}}|\d{{8}})"
    rf"|{_DATE}\W{{0,4}}(?:d\W{{0,2}}o\W{{0,2}}b|date of birth)\b",
    re.IGNORECASE | re.ASCII,
)
_TITLED = re.compile(
    rf"\b(?:mr|mrs|ms|miss|mx|master|dr|sir|lady|prof|rev)\b\.? [a-z][a-z'. -]{{1,60}}[,;:(\s-]{{1,4}}{_DATE}",
    re.IGNORECASE | re.ASCII,
)
_NAME = r"\b[A-Z](?:[a-z][A-Za-z'-]{0,30}|'[A-Za-z]{2,30}|[A-Z'-]{3,30})"
_NAMED = re.compile(rf"((?:{_NAME},? ){{1,2}}{_NAME}),? ?(?:[(\[-] ?)?(?i:{_DATE})", re.ASCII)
_DIGIT = re.compile(r"\d")
# Words of bodies, papers and calendars: with one of them a line like `Care Homes Framework 01/04/2015` names nobody.
_NOT_NAMES = frozenset(
    """
    checked completed effective issued last next printed published received recorded reported retrieved signed submitted
    viewed visited
    accessed agreement agreements amended and annual approved april association august award board bridge
    british care centre centres
    charity children cic clinical college commission commissioning community company contract contracts council
    county dated day december devon end ended ends enterprise february first for foundation framework from funding
    grant group groups health home homes hospice hospital hospitals house housing integrated january july june
    limited livewell living local lodge lot lots ltd march may meeting mental mind national nhs north northeast
    northwest november nursing october of on partnership payment pct period phase plan plc plymouth practice
    primary procurement programme project provider providers rate rates residential respite review revised road
    scheme schemes school schools september service services since social south southeast southwest start started starting
    starts street support supported surgery systems team tender term the to transport trust university until
    update version west with works year
    """.split()  # noqa: SIM905 a list of words is read as words
)


def personal_number(text: str) -> str | None:
    """`nhs_number` or `national_insurance_number` where free text holds one, in any spelling; else None.

    An NHS number is ten digits with a check digit (NHS Data Dictionary): 11 less the remainder, by 11, of
    the first nine weighted 10 to 2. About 7 in 100 other ten-digit numbers pass it too, so references have
    fields of their own, which do not ask. Digits of any script count, and so do those with marks between them
    or with characters that nobody sees.
    """
    if _DIGIT.search(text) is None:
        return None
    plain = _IDS.sub("", _seen(text))  # an id of a record may hold any digits
    for found in _DIGITS.findall(_ISO_DATES.sub(" / ", plain)):
        digits = [int(each) for each in found if each.isdigit()]
        check = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
        if check % 11 == digits[9] and check != 10:
            return "nhs_number"
    return "national_insurance_number" if _INSURANCE.search(plain.upper()) else None


def personal_detail(text: str) -> str | None:
    """What of one person free text holds: a number as `personal_number` says, or `date_of_birth`; else None.

    A date of birth is a date that is called one, or one that stands right behind a name: behind a title, or behind
    two or three words with capitals of which none is a word of bodies, papers or the calendar.
    """
    if (number := personal_number(text)) is not None:
        return number
    if _DIGIT.search(text) is None:
        return None
    plain = _seen(text)
    if _BORN.search(plain) or _TITLED.search(plain):
        return "date_of_birth"
    for found in _NAMED.finditer(plain):
        if not _NOT_NAMES.intersection(re.findall(r"[a-z]+", found[1].casefold())):
            return "date_of_birth"
    return None


def _seen(text: str) -> str:
    """`fold` without characters that print nothing, and digits of any script as ours."""
    if text.isascii():
        return fold(text)
    shown = "".join(each for each in text if unicodedata.category(each) != "Cf")
    return "".join(
        str(unicodedata.digit(each)) if each.isdigit() and not each.isascii() else each
        for each in fold(shown)
    )
