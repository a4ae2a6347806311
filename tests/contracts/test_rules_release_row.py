"""Releases of others, read as rows: each contract of an award, days as their publishers mean them, and nobody's person."""

from datetime import date

import pytest

from services.contracts.rules.release_row import rows_of


def process(*contracts: dict, **award) -> dict:
    made = {
        "id": "1",
        "status": "active",
        "title": "Care",
        "suppliers": [{"id": "a", "name": "A Ltd"}],
        **award,
    }
    return {
        "ocid": "ocds-x-1",
        "awards": [made],
        "contracts": [{"awardID": "1", **each} for each in contracts],
    }


def codes(row) -> set[str]:
    return {each.code for each in row.findings}


def test_each_contract_of_an_award_is_a_row():
    first, second = rows_of(
        1,
        process(
            {"id": "c1", "title": "C one", "value": {"amount": 100}},
            {"id": "c2", "title": "C two"},
            value={"amount": 300},
        ),
    )
    assert (first.reference, first.content.title, first.content.value.amount_pence) == (
        "ocds-x-1/1",
        "C one",
        10_000,
    )
    # The award's value is that of both: it is nobody's alone.
    assert (second.reference, second.content.title, second.content.value.amount_pence) == (
        "ocds-x-1/1/c2", "C two", None,
    )  # fmt: skip


def test_contracts_of_an_award_that_is_not_told_are_rows_each():
    made = process({"id": "c1", "title": "One"}, {"id": "c2", "title": "Two"})
    assert [each.reference for each in rows_of(1, {**made, "awards": []})] == ["ocds-x-1/c1", "ocds-x-1/c2"]


def test_the_only_contract_of_an_award_has_its_value():
    (row,) = rows_of(1, process({"id": "c1"}, value={"amount": 300}))
    assert row.content.value.amount_pence == 30_000


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-06-30T23:59:59Z", date(2026, 6, 30)),
        ("2027-03-31T23:59:00Z", date(2027, 3, 31)),
        ("2027-03-31T22:59:59Z", date(2027, 3, 31)),
        ("2026-06-30T23:59:59+01:00", date(2026, 6, 30)),
        ("2026-03-31T23:00:00Z", date(2026, 4, 1)),
        ("2026-12-31T23:00:00Z", date(2026, 12, 31)),
        ("2026-06-30", date(2026, 6, 30)),
    ],
)
def test_the_last_minute_of_a_day_is_that_day(written, read):
    (row,) = rows_of(1, process({"id": "c1", "period": {"endDate": written}}))
    assert row.content.end_date == read


def test_a_cancelled_contract_is_none_and_a_negative_value_is_told():
    fallen, kept = rows_of(
        1,
        process(
            {"id": "c1", "status": "cancelled", "value": {"amount": 5}}, {"id": "c2", "value": {"amount": -5}}
        ),
    )
    assert (fallen.content, codes(fallen)) == (None, {"release_contract_cancelled"})
    assert codes(kept) == {"register_value_negative"}


@pytest.mark.parametrize(
    "told",
    [
        {"title": "Care of John Smith born 01/02/1950"},
        {"title": "Care", "description": "NHS 943 476 5919"},
        {"suppliers": [{"id": "a", "name": "John Smith born 01/02/1950"}]},
        {"id": "John Smith born 01/02/1950"},
    ],
)
def test_a_release_that_holds_personal_data_is_not_taken(told):
    """As a register's row is not, and its reference is not told where it is the one that holds it."""
    (row,) = rows_of(1, {**process(**told), "contracts": []})
    assert row.content is None
    assert "register_text_personal" in codes(row)
    assert row.reference is None or "Smith" not in row.reference


def test_ten_digits_in_an_id_of_a_process_are_a_number_of_the_publishers():
    (row,) = rows_of(1, {**process(), "ocid": "ocds-x-9434765919"})
    assert row.content is not None
