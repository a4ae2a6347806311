"""The day of what was done to a payment: it is recorded once it has come."""

from __future__ import annotations

from datetime import date

from shared.errors import Kind, reason

PAYMENT_AHEAD = reason(
    "payment_day_to_come",
    Kind.INVALID,
    "That day is still to come. Record an invoice, a payment or a dispute once it has happened; what is to be paid later"
    " is scheduled with the day on which it is due.",
)


def require_come(day: date, today: date, pointer: str = "/on") -> None:
    """Refuse what is said to have been done on a day that has not come. `today` is England's day."""
    if day > today:
        raise PAYMENT_AHEAD(pointer, today=today.isoformat())
