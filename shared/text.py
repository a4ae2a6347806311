"""Text that people and machines send: what is refused in it, and how look-alike letters are folded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from shared.name_words import GIVEN_NAMES, LINKS, NOT_NAMES, PARTICLES, SMALL_WORDS

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


_DIGIT = re.compile(r"\d")
_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Characters that print nothing although Unicode calls them letters or symbols, and letters that no rule takes apart.
_UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0")
_PLAINER = str.maketrans(
    {
        **dict.fromkeys("\u2044\u2215\u29f8\u2571\u3001", "/"),
        **dict.fromkeys("\u2018\u2019\u02bc\u2032\u00b4", "'"),
        "\u2212": "-",
        "\u00d7": "*",
        "\u3002": ".",
    }
    | {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th"}
    | {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ß": "ss"}
)
# Marks that stand between the digits of one number, in any grouping. A list is written with the others, `12, 15, 18`,
# so with these only the groups in which a number is written count.
_TIGHT = r"[^0-9A-Za-z,;:/|£$€]{0,4}"
_LOOSE = r"[^0-9A-Za-z£$€]{0,5}"
_EACH = r"[^0-9A-Za-z£$€]{1,5}"
# Every place at which ten digits may begin, since those in front may belong to something else.
_DIGITS = re.compile(rf"(?<!\d)(?=(\d(?:{_TIGHT}\d){{9}})(?!\d))", re.ASCII)
_GROUPS = re.compile(
    rf"(?<!\d)(?=([34679]\d\d{_LOOSE}(?:\d{{3}}{_LOOSE}\d{{4}}|\d{{4}}{_LOOSE}\d{{3}})|[34679]\d{{4}}{_LOOSE}\d{{5}}"
    rf"|[34679]\d{{3}}{_LOOSE}\d{{3}}{_LOOSE}\d{{3}}|[34679](?:{_EACH}\d){{9}})(?!\d))",
    re.ASCII,
)
_PREFIX = r"(?<![A-Z0-9])(?P<prefix>[A-CEGHJ-PR-TW-Z]{0}[A-CEGHJ-NPR-TW-Z]|Q{0}Q)"
_SUFFIX = r"(?P<suffix>[A-D])(?![A-Z0-9])"
_INSURANCE = tuple(
    re.compile(
        _PREFIX.replace("{0}", between) + between + digits + between + _SUFFIX, re.ASCII | re.IGNORECASE
    )
    for between, digits in (
        (_TIGHT, rf"\d(?:{_TIGHT}\d){{5}}"),
        (_LOOSE, rf"(?:\d{{6}}|\d\d(?:{_LOOSE}\d\d){{2}}|\d(?:{_LOOSE}\d){{5}})"),
    )
)
_PLAIN_INSURANCE = re.compile(
    _PREFIX.replace("{0}", "") + r" ?\d\d ?\d\d ?\d\d ?" + _SUFFIX, re.ASCII | re.IGNORECASE
)
_MONEY = re.compile(
    r"[£$€] ?\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?(?!\d)|(?<![\d,])\d{1,3}(?:,\d{3})+\.\d\d(?!\d)", re.ASCII
)
_MONTH = (
    r"(?:january|february|march|april|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)"
)
_APART = r"(?: ?[./:_\\-] ?| )"
_YEAR = r"(?:19|20)?\d{2}"
_DATE = (
    rf"(?:\d{{1,2}} ?(?:st|nd|rd|th)?[\s./,_-]{{0,3}}(?:of )?{_MONTH}[\s.,/_'-]{{0,3}}{_YEAR}"
    rf"|\d{{1,2}}{_APART}\d{{1,2}}{_APART}{_YEAR}"
    rf"|(?:19|20)\d{{2}}{_APART}(?:\d{{1,2}}|{_MONTH}){_APART}\d{{1,2}}"
    rf"|{_MONTH}[ .]{{1,2}}\d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d{{2}})(?!\d)"
)
_DATES = re.compile(rf"(?<!\d)(?<!\d[./]){_DATE}", re.IGNORECASE | re.ASCII)
_WHOLE_DATES = re.compile(
    r"(?<!\d)(?:(?:19|20)\d{2}([./-])[01]?\d\1[0-3]?\d|[0-3]?\d([./-])[01]?\d\2(?:19|20)\d{2})(?!\d)",
    re.ASCII,
)
_LETTER = r"[^\W\d_]"
_WORD = rf"{_LETTER}(?:{_LETTER}|['-](?={_LETTER}))*"
_CALLED = r"(?<![a-z])(?:d[\W_]{0,2}o[\W_]{0,2}b|dates?[\W_]{0,2}of[\W_]{0,2}births?|births?[\W_]?da(?:te|y)s?)(?![a-z])"
_WHOSE = rf"(?:(?:is|was|on|the|of|for|his|her|client|patient|(?-i:[A-Z])\.?|(?-i:[A-Z]){_WORD})(?!{_LETTER})[\W_]{{1,3}})"
_BORN = re.compile(
    rf"(?:{_CALLED}[\W_]{{0,4}}{_WHOSE}{{0,6}}"
    rf"|(?<![a-z])born\b\W{{0,3}}(?:(?:on|in|at|near|{_WHOSE})\W{{0,3}}){{0,5}})(?:{_DATE}|(?:\d{{6}}|\d{{8}})(?!\d))"
    rf"|{_DATE}\W{{0,4}}{_CALLED}",
    re.IGNORECASE,
)
_BORN_SHORT = re.compile(rf"(?<![\w.])b(?:\. ?| )(?={_DATE})", re.IGNORECASE)
_LISTED = re.compile(r"(?<![\w.])[ac][.)] ?\S", re.IGNORECASE)
_TITLED = re.compile(
    rf"\b(mr|mrs|ms|miss|mx|master|dr|sir|lady|prof|rev|cllr)\b[. ]{{1,3}}"
    rf"({_LETTER}(?:{_LETTER}|['. -]){{0,60}})[\W_]{{1,5}}{_DATE}",
    re.IGNORECASE,
)
_OTHER_WORDS = frozenset({"master", "rev"})  # titles that are also something else
_BEFORE = re.compile(rf"(?<![^\W_])((?:{_WORD}(?!{_LETTER})\.?,? ?)+)[\W_]{{0,5}}$")
_PERIOD = re.compile(
    rf"\W{{0,3}}(?:-|\bto\b|\buntil\b)\W{{0,3}}{_DATE}", re.IGNORECASE | re.ASCII
)  # no birth
_AFTER = re.compile(rf"[^\w.]{{1,5}}((?:{_WORD}(?!{_LETTER})(?:, | |\. ?|(?=\W|$)))+)")


def personal_number(text: str) -> str | None:
    """`nhs_number` or `national_insurance_number` where free text holds one, in any spelling; else None.

    An NHS number is ten digits with a check digit (NHS Data Dictionary): 11 less the remainder, by 11, of
    the first nine weighted 10 to 2. About 7 in 100 other ten-digit numbers pass it too, so references have
    fields of their own, which do not ask. Digits of any script count, and so do those with marks between them
    or with characters that nobody sees. Dates, and money with its thousands apart, are no part of a number.
    """
    return None if _holds_no_digit(text) else _number_in(_seen(text))


def personal_detail(text: str) -> str | None:
    """What of one person free text holds: a number as `personal_number` says, or `date_of_birth`; else None.

    A date of birth is a date that is called one, or one that stands beside a name: behind a title, or behind
    two or more words with capitals of which none is a word of bodies, papers or the calendar. A given name that
    is common in England makes a name of what stands with it in small letters too, and of what follows the date.
    """
    plain = "" if _holds_no_digit(text) else _seen(text)
    return _number_in(plain) or _birth_in(plain)


def personal_reference(text: str) -> str | None:
    """As `personal_detail`, of a reference: a body's own numbers are of any ten digits, and of letters with six in any parts."""
    plain = "" if _holds_no_digit(text) else _seen(text)
    found = _PLAIN_INSURANCE.search(plain)
    return _birth_in(plain) if found is None else "national_insurance_number"


def _birth_in(plain: str) -> str | None:
    short = _BORN_SHORT.search(plain) and not _LISTED.search(plain)
    if short or _BORN.search(plain) or any(map(_bears_title, _TITLED.finditer(plain))):
        return "date_of_birth"
    return "date_of_birth" if any(_beside_a_name(plain, each) for each in _DATES.finditer(plain)) else None


def holds_given_name(text: str) -> bool:
    """Whether one of its words is a given name that is common in England."""
    return not GIVEN_NAMES.isdisjoint(re.findall(r"[a-z]+", _seen(text).casefold()))


def _holds_no_digit(text: str) -> bool:
    return _DIGIT.search(text) is None if text.isascii() else not any(map(str.isdigit, text))


def _number_in(plain: str) -> str | None:
    plain = _IDS.sub("", plain)  # an id of a record may hold any digits
    bare = _MONEY.sub(" x ", _WHOLE_DATES.sub(" x ", plain))
    if any(_checks(found) for found in (*_DIGITS.findall(bare), *_GROUPS.findall(bare))):
        return "nhs_number"
    found = (each for pattern in _INSURANCE for each in pattern.finditer(plain))
    return "national_insurance_number" if any(map(_is_insurance, found)) else None


def _checks(found: str) -> bool:
    digits = [int(each) for each in found if each.isdigit()]
    check = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check % 11 == digits[9] and check != 10


def _is_insurance(found: re.Match[str]) -> bool:
    """Not `on 12/04/15 a meeting`, nor `by 123456 a year`: words in small letters around a figure."""
    whole, prefix = found[0], found["prefix"]
    in_words = prefix.casefold() in SMALL_WORDS and prefix != prefix.upper()
    an_article = (
        found["suffix"] == "a" and not whole[-2].isalnum() and re.match(r" \w", found.string[found.end() :])
    )
    return not in_words and not (an_article and prefix == prefix.upper())


def _bears_title(found: re.Match[str]) -> bool:
    words = re.findall(r"[a-z]+", found[2].casefold())
    return found[1].casefold() not in _OTHER_WORDS or NOT_NAMES.isdisjoint(words)


def _beside_a_name(plain: str, date: re.Match[str]) -> bool:
    before = _BEFORE.search(plain[max(0, date.start() - 90) : date.start()])
    if before is not None:
        words = re.findall(_WORD, before[1])
        period = _PERIOD.match(plain, date.end()) is not None
        if (not period and _is_name(_last_run(words))) or any(
            _has_given_name(words[-count:]) for count in (2, 3)
        ):
            return True
    after = _AFTER.match(plain[date.end() : date.end() + 90])
    if after is None:
        return False
    words = re.findall(_WORD, after[1])
    alone = date.start() == 0 and date.end() + after.end() == len(plain)
    return (alone and _is_name(words)) or any(_has_given_name(words[:count]) for count in (2, 3))


def _capital(word: str) -> bool:
    """`Smith`, `O'Brien`, `MÜLLER`, or a word of a script without capitals; an acronym of two or three letters is none."""
    whole = word[:1].isupper() and (not word.isupper() or len(word) > 3)
    caseless = not (word.islower() or word[:1].isupper())
    return (len(word) > 1 and whole) or caseless


def _last_run(words: Sequence[str]) -> list[str]:
    """The words at the end that may be parts of one name: with capitals, initials, particles between."""
    run: list[str] = []
    for word in reversed(words):
        if not (_capital(word) or (len(word) == 1 and word.isupper()) or (run and word in PARTICLES)):
            break
        run.insert(0, word)
    return run


def _is_name(words: Sequence[str]) -> bool:
    return (
        2 <= len(words) <= 5
        and any(map(_capital, words))
        and len(_last_run(words)) == len(words)
        and NOT_NAMES.isdisjoint(_parts(words))
    )


def _has_given_name(words: Sequence[str]) -> bool:
    """Two or three words, one of them a given name, none of a body, and none of them only a link of a sentence."""
    parts = _parts(words)
    return (
        len(words) >= 2
        and not GIVEN_NAMES.isdisjoint(parts)
        and NOT_NAMES.isdisjoint(parts)
        and not (parts[0] == "st" or LINKS.intersection(parts))
    )


def _parts(words: Sequence[str]) -> list[str]:
    return [part for word in words for part in re.findall(rf"{_LETTER}+", word.casefold())]


def _seen(text: str) -> str:
    """`fold` without accents and what prints nothing, digits of any script as ours, and each kind of dash as `-`."""
    if text.isascii():
        return fold(text)
    apart = unicodedata.normalize("NFKD", text)
    shown = "".join(
        each for each in apart if unicodedata.category(each) not in _NOT_SEEN and each not in _UNSEEN
    )
    return "".join(
        "-"
        if unicodedata.category(each) == "Pd"
        else str(unicodedata.digit(each))
        if each.isdigit() and not each.isascii()
        else each
        for each in fold(shown).translate(_PLAINER)
    )


_NOT_SEEN = frozenset({"Cf", "Mn", "Me"})  # format characters, accents, and what is drawn around a digit
