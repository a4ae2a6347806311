"""An option to extend a contract: how long, decided by when, and whether it was exercised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.calendar import add_months
from shared.errors import Kind, reason

OPTION_PAST_MAXIMUM = reason(
    "extension_option_past_maximum",
    Kind.INVALID,
    "The extension options reach past the latest end of the contract. Shorten them, or move the latest end.",
)
OPTIONS_OUT_OF_ORDER = reason(
    "extension_options_out_of_order",
    Kind.INVALID,
    "Options are exercised one after the other: put those that were exercised first.",
)


@dataclass(frozen=True, slots=True)
class ExtensionOption:
    """A right to extend by so many months. `exercised_on` is the day of the decision, None while it is left."""

    months: int
    decide_by: date | None = None
    exercised_on: date | None = None


def extended_by(end: date, months: int) -> date:
    """The last day of a term that is so many months longer: six months from 30 September end on 31 March.

    Counted from the day after the end, as the extended term runs.
    """
    return add_months(end + timedelta(days=1), months) - timedelta(days=1)


def options_left(options: Sequence[ExtensionOption]) -> tuple[ExtensionOption, ...]:
    return tuple(each for each in options if each.exercised_on is None)


def check_options(
    options: Sequence[ExtensionOption], end_date: date | None, max_end_date: date | None
) -> None:
    """Refuse options out of order, or that reach past the latest end."""
    exercised = [each.exercised_on is not None for each in options]
    if exercised != sorted(exercised, reverse=True):
        raise OPTIONS_OUT_OF_ORDER("/extension_options")
    if end_date is None or max_end_date is None:
        return
    reached = end_date
    for option in options_left(options):
        reached = extended_by(reached, option.months)
    if reached > max_end_date:
        raise OPTION_PAST_MAXIMUM(
            "/extension_options", reaches=reached.isoformat(), max_end_date=max_end_date.isoformat()
        )


def decided_by(options: Sequence[ExtensionOption]) -> date | None:
    """By when the next option that is left has to be decided, where it says so."""
    left = options_left(options)
    return left[0].decide_by if left else None
