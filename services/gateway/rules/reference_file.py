"""Published lists of bodies, as the NHS and the statistical office print them: rows in, bodies of the directory out."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from services.gateway.rules.identifier import FORMS, Identifier, Scheme, crossed
from services.gateway.rules.organisation import NameKind, Organisation, OrganisationKind, OrganisationName
from shared.errors import Kind, reason

LAYOUT_DIFFERS = reason(
    "reference_file_layout",
    Kind.INVALID,
    "The file is not of the layout that was named: its first row is another one.",
)
MOST_ROWS = 5000
TOO_MANY_ROWS = reason(
    "reference_file_too_long", Kind.TOO_LARGE, "A list of bodies has at most 5,000 rows. Split it."
)
# Ids follow from the code, so that a list that is sent again, or to another system, means the same bodies.
_NAMESPACE = UUID("6f0e9a52-3c0f-4b43-8d2e-6f6a3a8d1c77")


class ListLayout(StrEnum):
    """Which list it is."""

    ODS_CCGS = "ods_ccgs"  # eccg: clinical commissioning groups, no headings
    ODS_TRUSTS = "ods_trusts"  # etr: NHS trusts, no headings
    ONS_LOCAL_AUTHORITIES = "ons_local_authorities"
    ICBS = "icbs"  # integrated care boards, with both codes


class Outcome(StrEnum):
    """What a row led to."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class _Shape:
    kind: OrganisationKind
    role: str | None
    columns: Mapping[str, int]
    heading: re.Pattern[str] | None


BOARDS_FROM = date(2022, 7, 1)
PLACE_ROLE = "sub_icb_location"
_PLACE_IN_BOARD = re.compile(r"\bICB - [A-Z0-9]{3,5}$")
_ODS = {"ods": 0, "name": 1, "opened": 10, "closed": 11}
_SHAPES = {
    ListLayout.ODS_CCGS: _Shape(OrganisationKind.NHS_COMMISSIONER, "ccg", _ODS, None),
    ListLayout.ODS_TRUSTS: _Shape(OrganisationKind.NHS_PROVIDER, "trust", _ODS, None),
    ListLayout.ONS_LOCAL_AUTHORITIES: _Shape(
        OrganisationKind.LOCAL_AUTHORITY, None, {"gss": 0, "name": 1}, re.compile(r"LAD\d{2}CD")
    ),
    ListLayout.ICBS: _Shape(
        OrganisationKind.NHS_COMMISSIONER, "icb", {"gss": 0, "ods": 1, "name": 2}, re.compile(r"ICB\d{2}CD")
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a row: where, what was read, and why it was left."""

    line: int
    column: int
    read: str
    detail: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A body as a list has it, with the line on which it stands."""

    line: int
    body: Organisation


def read_list(text: str, layout: ListLayout) -> tuple[list[Listed], list[Finding]]:
    """The bodies of a list, and what was left with its reason."""
    shape = _SHAPES[layout]
    found: list[Listed] = []
    left: list[Finding] = []
    seen: dict[tuple[Scheme, str, str | None, date | None], int] = {}
    for line, cells in _rows(text, shape):
        listed = _body(line, cells, shape)
        if isinstance(listed, Finding):
            left.append(listed)
            continue
        key = key_of(listed.body)
        if key in seen:
            detail = f"This body stands on line {seen[key]} already."
            left.append(Finding(line, 1, key[1], detail))
            continue
        seen[key] = line
        found.append(listed)
    return found, left


def key_of(body: Organisation) -> tuple[Scheme, str, str | None, date | None]:
    """By which code a listed body is known again: its first, in its role, from its first day."""
    first = body.identifiers[0]
    return first.scheme, first.code, first.role, first.from_date


def _rows(text: str, shape: _Shape) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(text.splitlines())
    count = 0
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count == 1 and shape.heading is not None:
            if not shape.heading.fullmatch(cells[0].strip()):
                raise LAYOUT_DIFFERS(read=cells[0][:40])
            continue
        if count == 1 and len(cells) <= max(shape.columns.values()):
            raise LAYOUT_DIFFERS(read=cells[0][:40], columns=len(cells))
        if count > MOST_ROWS:
            raise TOO_MANY_ROWS()
        yield reader.line_num, cells


def _body(line: int, cells: Sequence[str], shape: _Shape) -> Listed | Finding:
    if len(cells) <= max(shape.columns.values()):
        return Finding(line, len(cells), "", "The row has fewer columns than the list.")
    picked = {name: cells[at].strip() for name, at in shape.columns.items()}
    dates: dict[str, date | None] = {}
    for name in ("opened", "closed"):
        read = picked.get(name, "")
        try:
            dates[name] = date.fromisoformat(read) if read else None
        except ValueError:
            return Finding(line, shape.columns[name] + 1, read[:40], "This is not a date like 20190401.")
    if crossed(dates["opened"], dates["closed"]):
        return Finding(
            line, shape.columns["closed"] + 1, picked["closed"], "The body closes before it opens."
        )
    codes = [
        role
        for scheme in (Scheme.ODS, Scheme.GSS)
        if scheme.value in picked
        for role in _roles(
            Identifier(scheme, picked[scheme.value], shape.role, dates["opened"], dates["closed"]),
            picked["name"],
        )
    ]
    for code in codes:
        if not FORMS[code.scheme].fullmatch(code.code):
            column = shape.columns[code.scheme.value] + 1
            return Finding(line, column, code.code[:40], "This is not a code of its register.")
    if not picked["name"] or len(picked["name"]) > 200:
        return Finding(
            line, shape.columns["name"] + 1, picked["name"][:40], "The name is missing or too long."
        )
    first = codes[0]
    made = uuid5(_NAMESPACE, f"{first.scheme}/{first.code}/{first.role or ''}/{first.from_date or ''}")
    return Listed(line, Organisation(made, picked["name"], shape.kind, None, tuple(codes), ()))


def _roles(code: Identifier, name: str) -> list[Identifier]:
    """A group's code that lives on as a place within an integrated care board has two roles, one after the other.

    The Health and Care Act 2022 abolished the groups on 1 July 2022; the list shows what their codes mean now.
    """
    if code.role != "ccg" or not _PLACE_IN_BOARD.search(name) or code.from_date is None:
        return [code]
    if code.from_date >= BOARDS_FROM:
        return [replace(code, role=PLACE_ROLE)]
    return [
        replace(code, to_date=BOARDS_FROM - timedelta(days=1)),
        replace(code, role=PLACE_ROLE, from_date=BOARDS_FROM),
    ]


def take_over(listed: Organisation, known: Organisation | None) -> tuple[Outcome, Organisation]:
    """What a listed body makes of the one that is known under its code: nothing of what is known is lost.

    A new name is taken over and the one before kept as a former name; a last day is taken over, and never taken away.
    """
    if known is None:
        return Outcome.ADDED, listed
    ends = {(each.scheme, each.code, each.role, each.from_date): each.to_date for each in listed.identifiers}
    identifiers = tuple(
        replace(
            each, to_date=each.to_date or ends.pop((each.scheme, each.code, each.role, each.from_date), None)
        )
        for each in known.identifiers
    )
    there = {(each.scheme, each.code, each.role) for each in known.identifiers}
    added = tuple(each for each in listed.identifiers if (each.scheme, each.code, each.role) not in there)
    names = known.names
    if listed.name != known.name and not any(each.name == listed.name for each in names):
        names = (*names, OrganisationName(known.name, NameKind.FORMER))
        known = replace(known, name=listed.name)
    after = replace(known, identifiers=(*identifiers, *added), names=names)
    if (after.identifiers, after.names, after.name) == (known.identifiers, known.names, known.name) and (
        names == known.names
    ):
        return Outcome.UNCHANGED, known
    return Outcome.CHANGED, replace(after, version=known.version + 1)
