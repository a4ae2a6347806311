"""Codes by which the field knows a body: scheme, form, role, and the days on which a code means that body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.errors import Kind, reason


class Scheme(StrEnum):
    """Who gives the code out. In brackets: the prefix of the same scheme in the org-id register."""

    ODS = "ods"  # Organisation Data Service of the NHS (GB-NHS)
    GSS = "gss"  # Government Statistical Service, nine characters
    COMPANY = "company"  # Companies House (GB-COH)
    CHARITY = "charity"  # Charity Commission for England and Wales (GB-CHC)
    PPON = "ppon"  # the public procurement number of the central digital platform (GB-PPON)


CODE_MALFORMED = reason(
    "identifier_malformed",
    Kind.INVALID,
    "This is not a code of its scheme. Write it in capitals and without spaces, as its register prints it.",
)
DATES_CROSSED = reason("dates_crossed", Kind.INVALID, "The last day is before the first day.")
CODE_TWICE = reason(
    "identifier_twice", Kind.INVALID, "The same code is named twice, in one role, for days that overlap."
)
CODE_TAKEN = reason(
    "identifier_taken",
    Kind.CONFLICT,
    "This code means another body on some of these days. Give that one a last day, or this one another role.",
)
CODE_KEPT = reason(
    "identifier_kept",
    Kind.INVALID,
    "A recorded code is kept, since history answers under it. Give it a last day instead of leaving it out.",
)

FORMS: dict[Scheme, re.Pattern[str]] = {
    # Three characters for trusts, commissioners and boards (RK9, 99P, QJK), up to ten for sites below them.
    Scheme.ODS: re.compile(r"[A-Z0-9]{3,10}", re.ASCII),
    Scheme.GSS: re.compile(r"[EWSNK]\d{8}", re.ASCII),
    Scheme.COMPANY: re.compile(r"\d{8}|[A-Z]{2}\d{6}|[A-Z]{2}\d{5}[A-Z]", re.ASCII),
    Scheme.CHARITY: re.compile(r"\d{6,7}(-\d{1,3})?", re.ASCII),
    Scheme.PPON: re.compile(r"[A-Z]{4}-\d{4}-[A-Z]{4}", re.ASCII),
}


@dataclass(frozen=True, slots=True)
class Identifier:
    """A code of a body in one role of that body, from a first to a last day (both inclusive, null: open).

    A role and dates, since a code can live on with another meaning: 15N was a commissioning group and is now
    a place within a board.
    """

    scheme: Scheme
    code: str
    role: str | None = None
    from_date: date | None = None
    to_date: date | None = None


def check_identifiers(identifiers: Sequence[Identifier]) -> None:
    """Refuse codes that are not of their scheme's form, dates that cross, and one code twice at a time."""
    for index, each in enumerate(identifiers):
        if not FORMS[each.scheme].fullmatch(each.code):
            raise CODE_MALFORMED(f"/identifiers/{index}/code", scheme=each.scheme)
        if crossed(each.from_date, each.to_date):
            raise DATES_CROSSED(f"/identifiers/{index}/to_date")
        if any(_same(each, other) for other in identifiers[:index]):
            raise CODE_TWICE(f"/identifiers/{index}/code")


def check_kept(before: Iterable[Identifier], after: Iterable[Identifier]) -> None:
    """Refuse a change that loses a code: it may get a last day, and nothing else of it may change."""
    still = {(each.scheme, each.code, each.role, each.from_date) for each in after}
    lost = [each.code for each in before if (each.scheme, each.code, each.role, each.from_date) not in still]
    if lost:
        raise CODE_KEPT("/identifiers", missing=lost)


def crossed(first: date | None, last: date | None) -> bool:
    return first is not None and last is not None and last < first


def overlap(first: date | None, last: date | None, other_first: date | None, other_last: date | None) -> bool:
    """Whether two spans of days, both ends inclusive and null for open, share a day."""
    return (last or date.max) >= (other_first or date.min) and (other_last or date.max) >= (first or date.min)


def _same(one: Identifier, other: Identifier) -> bool:
    return (one.scheme, one.code, one.role) == (other.scheme, other.code, other.role) and overlap(
        one.from_date, one.to_date, other.from_date, other.to_date
    )
