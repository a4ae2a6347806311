"""Text: which characters no record may hold, and spellings that are one under `fold_key`."""
# ruff: noqa: RUF001 the look-alikes are what is tested

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import fold, fold_key, forbidden_character, personal_detail, personal_number


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
        ("٩٤٣٤٧٦٥٩١٩", "nhs_number"),
        ("943\u200b4765919", "nhs_number"),
        ("9 4 3 4 7 6 5 9 1 9", "nhs_number"),
        ("943 – 476 – 5919", "nhs_number"),
        ("943.476_5919", "nhs_number"),
        ("in 2014 943 476 5919 came", "nhs_number"),
        ("2014-04-01 2015-03-31 2014-04-01", None),
        ("AB-12-34-56-C", "national_insurance_number"),
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("943 476 5919", "nhs_number"),
        ("John Smith 12/03/1950", "date_of_birth"),
        ("JOHN SMITH (12 March 1950)", "date_of_birth"),
        ("Smith, John 12.3.50", "date_of_birth"),
        ("Jane Mary O'Neil, 1950-03-12", "date_of_birth"),
        ("Mr A Smith, 12/03/1950", "date_of_birth"),
        ("JS, D.O.B. 12-03-50", "date_of_birth"),
        ("dob 12031950", "date_of_birth"),
        ("FOUR SEASONS 2000 LTD", None),
        ("RESETTLEMENT SCHEMES DATED 01.10.05", None),
        ("she was born on 3rd of May 1961", "date_of_birth"),
        ("date of birth: \uff11\uff12/03/1950", "date_of_birth"),
        ("Care Homes Framework 01/04/2015", None),
        ("Falls in older people, Last Accessed 03/04/2015", None),
        ("Livewell Southwest, 1 April 2015", None),
        ("Review with Derriford Hospital on 12/03/2015", None),
        ("Dates of birth are not kept here", None),
        ("from 1 April 2015", None),
    ],
)
def test_a_date_of_birth_is_found_and_the_date_of_a_paper_is_not(text, found):
    assert personal_detail(text) == found
