"""Reading a row of a register, and its supplier."""

from datetime import date

import pytest

from services.contracts.rules.classification import AgreementForm, Regime, TenderType, ValueBasis
from services.contracts.rules.contract import EndStatus
from services.contracts.rules.party import Identifier, Party, ProviderKind, Role
from services.contracts.rules.register_row import ReadRow, RegisterContent, read_row
from services.contracts.rules.supplier import (
    WITHHELD_NAME,
    is_person,
    published_name,
    read_charity_number,
    read_company_number,
)
from shared.money import NOT_STATED, TBC, Money, Qualifier, Status

CELLS = {
    "effective_date": "28/03/2015",
    "reference": "BAN1",
    "title": "Day care",
    "supplier": "ACME CARE LIMITED",
    "supplier_id": "70063",
    "start_date": "01-Jan-2000",
    "end_date": "31/03/2017",
    "value": "1743186",
    "estimated": "Estimated",
}


def row(**cells: str) -> ReadRow:
    return read_row(2, {**CELLS, **cells})


def content(**cells: str) -> RegisterContent:
    found = row(**cells).content
    assert found is not None
    return found


def found_codes(read: ReadRow) -> set[str]:
    return {finding.code for finding in read.findings}


def test_a_row_is_read_with_its_dates_value_and_supplier() -> None:
    read = content()
    assert (read.start_date, read.end_date, read.end_status) == (
        date(2000, 1, 1),
        date(2017, 3, 31),
        "stated",
    )
    assert read.value == Money(174318600, Status.ESTIMATE)
    assert read.identifiers == (Identifier("local", "70063"),)
    assert row().effective_date == date(2015, 3, 28)


@pytest.mark.row("S1-C11")
def test_flags_and_numbers_of_the_supplier_are_kept_as_published() -> None:
    read = content(vcse="Yes", sme="no", company_number="gb/02165763", charity_number="1095666")
    assert (read.vcse, read.sme, read.supplier_kind) == (True, False, ProviderKind.VOLUNTARY_SECTOR)
    assert Identifier("GB-COH", "02165763") in read.identifiers
    assert Identifier("GB-CHC", "1095666") in read.identifiers
    assert content(vcse="").vcse is None


def test_a_blank_is_not_stated_and_never_nothing() -> None:
    read = content(end_date="", value="", estimated="Estimated", start_date="")
    assert (read.value, read.end_date, read.end_status, read.start_date) == (
        NOT_STATED,
        None,
        EndStatus.NOT_STATED,
        None,
    )


@pytest.mark.parametrize(
    ("cell", "status"),
    [("Ongoing", "open_ended"), ("until further notice", "open_ended"), ("ТВС", "tbc")],  # noqa: RUF001
)
def test_an_end_in_words_says_what_kind_of_unknown_it_is(cell, status) -> None:
    assert (content(end_date=cell).end_date, content(end_date=cell).end_status) == (None, status)


def test_a_value_keeps_its_sign_and_its_unknown() -> None:
    assert content(value="(3728)", estimated="").value == Money(-372800)
    assert "register_value_negative" in found_codes(row(value="(3728)"))
    assert content(value="TBC").value == TBC


def test_a_value_is_a_total_unless_its_basis_says_annual() -> None:
    read = {cell: content(value_basis=cell).value_basis for cell in ("", "total", "Annual")}
    assert read == {"": ValueBasis.TOTAL, "total": ValueBasis.TOTAL, "Annual": ValueBasis.ANNUAL}
    assert row(value_basis="monthly").content is None
    assert "register_value_basis_unreadable" in found_codes(row(value_basis="monthly"))


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"reference": ""}, "register_reference_missing", "reference"),
        ({"title": ""}, "register_title_missing", "title"),
        ({"supplier": ""}, "register_supplier_missing", "supplier"),
        ({"start_date": "13/13/2013"}, "register_date_unreadable", "start_date"),
        ({"end_date": "next year"}, "register_date_unreadable", "end_date"),
        ({"value": "lots"}, "register_money_unreadable", "value"),
        ({"title": "a\u202eb"}, "register_text_unfit", "title"),
        ({"title": "x" * 501}, "register_text_too_long", "title"),
        ({"end_date": "01/01/1999"}, "register_ends_before_start", "end_date"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_where(cells, code, column) -> None:
    read = row(**cells)
    assert read.content is None
    assert (column, code) in {(finding.column, finding.code) for finding in read.findings}


def test_a_shifted_row_and_columns_that_differ_are_rejected() -> None:
    assert read_row(2, CELLS, overflows=True).content is None
    assert read_row(2, CELLS, torn=("supplier",)).content is None
    assert read_row(2, CELLS, torn=("procurement_class",)).content is not None


def test_what_is_odd_is_remarked_and_taken() -> None:
    read = row(max_end_date="31/01/2016", company_number="n/k", charity_number="?", sme="perhaps")
    assert found_codes(read) == {
        "register_extension_before_end",
        "register_company_number_unreadable",
        "register_charity_number_unreadable",
        "register_answer_unreadable",
    }
    assert read.content is not None
    assert read.content.max_end_date is None


def test_a_contact_name_is_neither_kept_nor_repeated_but_part_b_is_a_regime() -> None:
    read = row(procurement_class="Jane Doe")
    assert "Jane" not in repr(read)
    assert read.content is not None
    assert read.content.award_regime is None
    assert content(procurement_class="PART B SERVICES").award_regime is Regime.PCR2006_PART_B


def test_forms_and_tenders_have_the_codes_of_the_transparency_code() -> None:
    assert content(contract_type="Framework agreement").agreement_form is AgreementForm.FRAMEWORK
    assert content(contract_type="Something").agreement_form is AgreementForm.OTHER
    assert content(tender_type="Invitation to quote").tender_type is TenderType.ITQ
    assert content(tender_type="Published invitation to tender").tender_type is TenderType.ITT
    assert content().tender_type is TenderType.NOT_STATED


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("gb/02165763", "02165763"),
        ("497029", "00497029"),
        ("75278", "00075278"),
        ("IP22981R", "IP22981R"),
        ("gb/NI022579", "NI022579"),
        ("sc 123456", "SC123456"),
        ("n/a", None),
        ("123456789", None),
        ("12", None),
    ],
)
def test_company_numbers_are_read_in_their_spellings(cell, number) -> None:
    assert read_company_number(cell) == number


def test_charity_numbers_are_read() -> None:
    assert [read_charity_number(cell) for cell in ("1095666", "SC012345", "x")] == [
        "1095666",
        "SC012345",
        None,
    ]


PERSONS = [
    "John Smith", "Jane Mary Doe", "Smith, John", "Smith J", "SMITH, J A", "José García", "Mrs J Smith Care", "Mrs A Care",
    "MRS B HOMES", "Mrs Jane Church", "MR J CARE", "Mr J Smith Childminding Services", "John Smith (childminder)",
    "Mx Alex Jones", "Cllr John Smith", "Miss.Jones", "MR.SMITH", "D Müller", "Dr. J. Group", "Zbigniew Nowak", "Paula Bloggs",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("MRS J BLOGGS T/A THE LODGE", "THE LODGE"),
        ("Mr & Mrs A Bloggs", WITHHELD_NAME),
        ("J BLOGGS", WITHHELD_NAME),
        ("A, S & C BLOGGS T/A POINT HOUSE", "POINT HOUSE"),
        ("R J & S F BLOGGS", WITHHELD_NAME),
        ("JO BLOGGS T/A MRS BLOGGS", WITHHELD_NAME),
        ("DR BLOGGS AND PARTNERS", WITHHELD_NAME),
        *((name, WITHHELD_NAME) for name in PERSONS),
    ],
)
def test_the_name_of_an_individual_is_withheld_from_what_is_published(name, published) -> None:
    assert is_person(name)
    assert published_name(Party(Role.PROVIDER, name=name, kind=ProviderKind.INDIVIDUAL)) == published
    assert "register_supplier_individual" in found_codes(row(supplier=name))
    assert all(name not in (finding.read or "") for finding in row(supplier=name).findings)


@pytest.mark.parametrize(
    "name",
    [
        "ACME CARE LIMITED",
        "BLOGGS LTD T/A THE LODGE",
        "DR BLOGGS CONVALESCENT HOME TRUST",
        "S + A CARE LTD",
        "BP",
        "SCOPE",
        "AGE UK NORFOLK",
        "Livewell Southwest",
        "Virgin Media",
        "Ernst & Young LLP",
        "Sirona care & health",
        "Dr Bloggs Hospital",
        "BARCHESTER HEALTHCARE  (ASHFIELDS)",
        "OXBOW BOOKS",
        "GRYPHON PLACE",
    ],
)
def test_a_body_keeps_its_name(name) -> None:
    assert not is_person(name)
    assert published_name(Party(Role.PROVIDER, name=name)) == name


def test_a_number_or_its_sector_or_who_says_its_kind_makes_a_body_of_two_words() -> None:
    assert is_person("Rowan Humberstone")
    assert not is_person("Rowan Humberstone", numbered=True)
    company = Party(Role.PROVIDER, name="Rowan Humberstone", identifiers=(Identifier("GB-COH", "07584107"),))
    for told in (
        company,
        Party(Role.PROVIDER, name="Rowan Humberstone", vcse=True),
        Party(Role.PROVIDER, name="Rowan Humberstone", kind=ProviderKind.VOLUNTARY_SECTOR),
    ):
        assert published_name(told) == "Rowan Humberstone"
    assert row(supplier="Rowan Humberstone", company_number="07584107").content.supplier_kind is None
    assert (
        row(supplier="Mrs J Care", company_number="07584107").content.supplier_kind is ProviderKind.INDIVIDUAL
    )


@pytest.mark.row("S4-C04")
@pytest.mark.parametrize("cell", ["Care for 943 476 5919", "AB 12 34 56 C", "John Smith (12/03/1950)"])
@pytest.mark.parametrize("column", ["title", "description", "supplier"])
def test_what_stands_for_one_person_is_refused_in_a_cell_and_not_repeated(column: str, cell: str) -> None:
    read = row(**{column: cell})
    assert read.content is None
    [finding] = [each for each in read.findings if each.code == "register_text_personal"]
    assert (finding.column, finding.read) == (column, None)
    assert row(reference="9434765919").content is not None
    assert "943" not in str(row(start_date="943 476 5919").findings)


def test_a_year_of_two_digits_says_how_it_was_read() -> None:
    said = row(start_date="1/4/12", end_date="01/04/68")
    assert said.content is not None
    assert (said.content.start_date, said.content.end_date) == (date(2012, 4, 1), date(2068, 4, 1))
    told = {each.column: (each.code, each.read) for each in said.findings}
    assert told == {
        "start_date": ("register_year_of_two_digits", "2012-04-01"),
        "end_date": ("register_year_of_two_digits", "2068-04-01"),
    }


def test_a_qualifier_of_the_publisher_stays_with_the_value() -> None:
    said = row(value="up to £5,000")
    assert said.content is not None
    assert said.content.value == Money(500_000, Status.ESTIMATE, Qualifier.UP_TO)
    assert said.findings == ()


@pytest.mark.parametrize(
    "cell",
    [
        "Alpha; Beta", "[]", "{}", '[{"identifiers": []}]', '[{"name": ""}]', '[{"name": "A", "kind": "shop"}]', "[" * 5000,
        '[{"name": "A", "sme": "yes"}]', '[{"name": "A", "identifiers": [{"scheme": "GB-COH", "id": "9434765919"}]}]',
        '[{"name": "Mrs A, 943 476 5919"}]', '[{"name": "A", "identifiers": 3}]', '["A"]', '[{"name": "A\\u0000"}]',
    ],
)  # fmt: skip
def test_suppliers_in_one_cell_are_as_an_export_writes_them_or_the_row_is_not_taken(cell) -> None:
    assert row(all_suppliers=cell).content is None
    assert "register_suppliers_unreadable" in found_codes(row(all_suppliers=cell))


def test_codes_of_an_export_go_before_the_words_of_the_scheme() -> None:
    read = content(tender_code="other", tender_type="Invitation to quote", award_regime="psr")
    assert (read.tender_type, read.award_regime) == (TenderType.OTHER, Regime.PSR)
    for cells in ({"tender_code": "Other"}, {"award_regime": "exempt_vertical"}, {"award_regime": "none"}):
        assert "register_code_unreadable" in found_codes(row(**cells))
