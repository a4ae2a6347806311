"""Which contracts the register of a quarter lists, and when that quarter is over."""

from datetime import UTC, date, datetime

import pytest

from services.contracts.rules.publication import Exemption, Withheld, WithheldField
from services.contracts.rules.register_entry import is_listed, read_quarter

TERM = {"start_date": "2025-04-01", "end_date": "2030-03-31", "state": "active", "value_status": "actual"}
DAY = date(2026, 10, 1)


def withheld(field: WithheldField) -> Withheld:
    return Withheld(field, Exemption.FOIA_43_COMMERCIAL, "Monitoring Officer", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("quarter", "over"),
    [
        ("2026-27-Q1", datetime(2026, 6, 30, 23, tzinfo=UTC)),
        ("2026-27-Q2", datetime(2026, 9, 30, 23, tzinfo=UTC)),
        ("2026-27-Q3", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-27-Q4", datetime(2027, 3, 31, 23, tzinfo=UTC)),
    ],
)
def test_a_quarter_is_over_at_midnight_in_england(quarter, over) -> None:
    assert read_quarter(quarter).ends_before == over


@pytest.mark.parametrize(
    ("changes", "hidden", "listed"),
    [
        ({"value_pence": 400_000, "value_basis": "annual"}, (), True),
        ({"value_pence": 100_000, "value_basis": "annual"}, (), False),
        ({"value_pence": 100_000, "value_basis": "annual", "end_date": None}, (), True),
        ({"value_pence": 100_000, "value_basis": "annual"}, (WithheldField.END,), True),
        ({"value_pence": 100_000, "value_basis": "annual"}, (WithheldField.START,), True),
        ({"value_pence": 100_000, "value_basis": "total"}, (WithheldField.VALUE,), True),
        ({"value_pence": 500_000, "value_basis": "total"}, (), False),
        ({"value_pence": 500_001, "value_basis": "total"}, (WithheldField.END,), True),
        ({"value_pence": -500_001, "value_basis": "total"}, (), True),
    ],
)
def test_what_is_worth_over_5000_over_its_term_is_listed(changes, hidden, listed) -> None:
    content = {name: value for name, value in {**TERM, **changes}.items() if value is not None}
    assert is_listed(content, tuple(map(withheld, hidden)), DAY) is listed


@pytest.mark.parametrize(
    ("changes", "listed"),
    [
        ({}, True),  # held over, or nobody said that it is over
        ({"state": "expired"}, False),
        ({"state": "expired", "ended_on": "2026-10-01"}, True),
        ({"state": "terminated", "ended_on": "2026-09-30", "end_date": "2030-03-31"}, False),
        ({"state": "awarded"}, False),
    ],
)
def test_what_still_delivers_past_its_end_is_listed_and_what_is_over_is_not(changes, listed) -> None:
    content = {**TERM, "value_pence": 500_001, "value_basis": "total", "end_date": "2026-03-31", **changes}
    assert is_listed(content, (), DAY) is listed
