"""Text: which characters no record may hold, and spellings that are one under `fold_key`."""
# ruff: noqa: RUF001 the look-alikes are what is tested

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import fold, fold_key, forbidden_character, personal_number


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x07",
        "\x0b",
        "\x1b",
        "\x7f",
        "\x85",
        "\x9f",
        "\u061c",
        "\u200f",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\uffff",
        "\ud800",
    ],
)
def test_a_character_that_breaks_files_or_misleads_readers_is_named(character):
    assert forbidden_character(f"a{character}b") == f"U+{ord(character):04X}"


@pytest.mark.parametrize(
    "text", ["", "Plymouth", "a\tb\r\nc", "naïve £5 €7 – “quoted”", "Ceredigion ŵŷ", "日本", "😀", "\u00a0"]
)
def test_what_people_write_is_let_through(text):
    assert forbidden_character(text) is None


def test_every_control_and_surrogate_is_refused_and_every_letter_taken():
    """Over all of Unicode, so that the quick way through the first 1,564 characters agrees with the slow one."""
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        kind = unicodedata.category(character)
        refused = forbidden_character(character) is not None
        if kind in {"Cc", "Cs"}:
            assert refused == (character not in "\t\n\r"), f"U+{number:04X}"
        elif kind[0] in "LNMPS" or kind == "Zs":
            assert not refused, f"U+{number:04X}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ТВС", "tbc"),
        ("РМО", "PMO"),
        ("HWB", "НWВ"),
        ("  North\u00a0 Devon ", "north devon"),
        ("ＣＣＧ", "ccg"),
        ("ﬁnance", "finance"),
        ("а\u0301", "á"),
        ("STRASSE", "straße"),
    ],
)
def test_spellings_that_look_alike_are_one(one, other):
    assert fold_key(one) == fold_key(other)


@pytest.mark.parametrize(("one", "other"), [("Devon", "Dover"), ("A1", "Al"), ("é", "e")])
def test_other_words_stay_apart(one, other):
    assert fold_key(one) != fold_key(other)


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)
    assert fold(text) == fold(text).strip()
    assert "  " not in fold(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("about 943 476 5919 yesterday", "nhs_number"),
        ("9434765919", "nhs_number"),
        ("943-476-5919.", "nhs_number"),
        ("９４３ ４７６ ５９１９", "nhs_number"),
        ("9434765918", None),
        ("94347659190", None),
        ("invoice 1234567890", None),
        ("ab 12 34 56 c", "national_insurance_number"),
        ("AB123456C", "national_insurance_number"),
        ("QQ123456C", None),
        ("see 94347659-19ab-4c1e-9f5e-0d2f1b6c8a11 for it", None),
        ("Second quarter of 2015/16, £1,234.00", None),
    ],
)
def test_numbers_that_stand_for_one_person_are_found_in_any_spelling(text, found):
    assert personal_number(text) == found
