"""Text: which characters no record may hold, and spellings that are one under `fold_key`."""
# ruff: noqa: RUF001 the look-alikes are what is tested

import sys
import time
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
        ("QQ 12 34 56 C", "national_insurance_number"),  # never issued, but people write it for one
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


NHS_NUMBERS = [
    "943/476/5919", "943,476,5919", "943, 476, 5919", "943:476:5919", "(943) 476 5919", "943 / 476 / 5919",
    "943|476|5919", "943~476~5919", "943*476*5919", "94347/65919", "943;4765919", "9434/765/919", "9,4,3,4,7,6,5,9,1,9",
    "NHS no 943 – 476 – 5919 (new)", "⑨④③④⑦⑥⑤⑨①⑨", "⁹⁴³⁴⁷⁶⁵⁹¹⁹", "➈④③④⑦⑥⑤⑨①⑨", "𝟿𝟺𝟹𝟺𝟽𝟼𝟻𝟿𝟷𝟿", "⑼⑷⑶⑷⑺⑹⑸⑼⑴⑼",
    "9️⃣4️⃣3️⃣4️⃣7️⃣6️⃣5️⃣9️⃣1️⃣9️⃣", "943\u034f476\u034f5919", "943\ufe0f4765919",
    "943\u115f476\u115f5919", "943\u3164476\u31645919", "943\uffa0476\uffa05919", "943\u2800476\u28005919",
    "943\u00ad476\u00ad5919", "9\u03324\u03323\u03324765919", "943\n476\n5919", "№9434765919",
]  # fmt: skip
INSURANCE_NUMBERS = [
    "AB/12/34/56/C", "AB,123456,C", "AB, 12, 34, 56, C", "A.B. 12.34.56 C", "QQ123456C", "qq 12 34 56 c", "AB:123456:C",
    "AB|12|34|56|C", "ＡＢ１２３４５６Ｃ", "AB\u034f123456\u3164C", "NINO (AB) 123456 (C)", "ab 12 34 56 a was hers",
    "Ref AB 12–34–56 C",
]  # fmt: skip
BIRTHS = [
    "John Smith 1950/02/01", "John Smith: 01/02/1950", "John Smith; 01/02/1950", "John Smith | 01/02/1950",
    "John Smith – 01/02/1950", "John Smith — 01/02/1950", "John Smith 01–02–1950", "John Smith 01\u204402\u20441950",
    "01/02/1950 John Smith", "01/02/1950, Zbigniew Kowalski", "1950-02-01 - John Smith lives at the home",
    "J Smith 01/02/1950", "J.A. Smith 01/02/1950", "John A Smith 01/02/1950", "John A. Smith, 1 Feb 1950", "Smith J 01/02/1950",
    "john smith 01/02/1950", "package for john smith, 01.02.1950", "José García 01/02/1950", "Seán O'Brien 01/02/1950",
    "Seán O’Brien 01/02/1950", "Zoë Müller 1 February 1950", "Łukasz Nowak 01/02/1950", "Иван Петров 01/02/1950",
    "李 小龙 01/02/1950", "Maria de la Cruz 01/02/1950", "AMY LEE 01/02/1950", "Contract John Smith 01/02/1950",
    "b. 01/02/1950", "b 1 February 1950", "birthday 01/02/1950", "born in Plymouth on 1 February 1950", "born: 01/02/50",
    "DoB (John Smith): 01/02/1950", "date of birth of John Smith is 01/02/1950", "date-of-birth 01/02/1950",
    "date_of_birth 01/02/1950", "dateofbirth 01/02/1950", "DateOfBirth=1950-02-01", "d/o/b 01/02/1950", "birth date – 01/02/1950",
    "01/02/1950 (dob)", "Miss.Jones 01/02/1950", "Mx Alex Jones 01/02/1950", "Cllr Smith: 01/02/1950", "Mr Church | 1 Feb 1950",
    "John Smith 1950-Feb-01", "John Smith 1st, February 1950", "John Smith\u034f 01/02/1950",
]  # fmt: skip
ORDINARY = [
    "£9,434,765,919 over ten years", "£94,347,659.19 in all", "Turnover 94,347,659.19", "Invoices of £943,476 and £5,919",
    "Counts by month: 12, 15, 18, 22, 30, 31, 28, 19, 22, 14, 18, 20", "2014/15, 2015/16, 2016/17, 2017/18, 2018/19",
    "01/04/2015 - 31/03/2016, 01/04/2016 - 31/03/2017", "01752 668000", "Tel. (01752) 668 000", "0300 123 1113",
    "Call 943 476 5918 for it", "Reference 9434765918", "ISO 9001:2015, 27001:2013", "10:30-11:30, 12:00-13:30",
    "120, 340, 1500 visits", "CPV 85312000-9, 85311300-5", "company SC123456 a Scottish firm", "by £123,456 a year",
    "by 123456 a year", "on 12/04/15 a meeting was held", "On 12/04/15, A Smith agreed", "as at 2014/15 (b) and (c)",
    "at 2015/16 a share of 45%", "postcode PL1 2AA", "W11 and W12, 13, 14", "contract AB/12/345/C",
    "Start Date: 01/04/2015", "Go Live: 01/04/2015", "Payment Due 01/04/2015", "Contract Award – 01/04/2015",
    "Supported Living Framework – 01/04/2015", "Lot A 01/04/2015", "Appendix B, 01/04/2015", "Section 75 Agreement 2015/04/01",
    "a. 01/04/2015 b. 01/05/2015", "01/04/2015 Finance Team agreed the rate", "1 April 2015. New Devon CCG took over",
    "Children born on or after 1 September 2011", "Date of birth is no longer collected from 1 April 2015",
    "Master Services Agreement 01/04/2015", "Rev B draft 01/04/2015", "St John Ambulance 01/04/2015", "Variation 3, 1 May 2016",
    "Expires: 31 March 2016", "30 September 2015 | Home Care Framework", "Mount Gould Hospital; 01/04/2015",
    "On 1 April 2015 John left", "Housing Related Support, 1st April 2015", "NHS Devon 01/07/2022",
    "Elm Tower 05/01/2017-30/03/2017", "Acc: KS86222C Electricity 01/05/17", "254-524, 746-1,682, 1,887-2,823",
    "ward a 01/04/2015",
]  # fmt: skip


@pytest.mark.parametrize("text", NHS_NUMBERS)
def test_an_nhs_number_is_found_with_any_marks_and_figures(text):
    assert personal_detail(text) == "nhs_number"


@pytest.mark.parametrize("text", INSURANCE_NUMBERS)
def test_a_national_insurance_number_is_found_with_any_marks(text):
    assert personal_detail(text) == "national_insurance_number"


@pytest.mark.parametrize("text", BIRTHS)
def test_a_name_with_its_date_of_birth_is_found_however_it_is_written(text):
    assert personal_detail(text) == "date_of_birth"


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_sentences_money_and_references_are_let_through(text):
    assert personal_detail(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "a" * 4000 + " 1",
        "Ab-" * 1300 + "1/2/15",
        "1 " * 2000,
        "mr a " * 800 + "1",
        "born B " * 570 + "1",
        "1 jan " * 660,
    ],
)
def test_no_text_of_full_length_takes_long(text):
    began = time.perf_counter()
    personal_detail(text)
    assert time.perf_counter() - began < 0.5
