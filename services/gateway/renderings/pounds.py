"""Cells of tables that people read: money in pounds as numbers, days as dates, what is not known as empty."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

# Text is made safe and numbers are written as they are by whoever writes the file.
Cell = str | int | Decimal | date | bool | None
Row = tuple[Cell, ...]


def pounds(pence: int | None) -> Decimal | None:
    """Pence as pounds with two places; what is not known stays empty, never 0."""
    return None if pence is None else Decimal(pence).scaleb(-2)
