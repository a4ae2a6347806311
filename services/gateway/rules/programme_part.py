"""Programmes, their projects and areas: what they are made of, what they wait for, and which records belong to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.gateway.rules.board import Board, require_boards
from services.gateway.rules.identifier import DATES_CROSSED, crossed
from shared.errors import Kind, reason

MOST_PARTS = 500  # of one partnership

PART_OF_UNKNOWN = reason(
    "programme_unknown",
    Kind.INVALID,
    "A project or an area is part of a programme of this partnership; a programme is part of nothing.",
)
PART_NAMED = reason(
    "programme_part_named_already",
    Kind.CONFLICT,
    "Your organisation has a programme, project or area of this name and first day.",
)
PARTS_TOO_MANY = reason(
    "programme_parts_too_many", Kind.CONFLICT, "A partnership has at most 500 programmes, projects and areas."
)
THING_TWICE = reason("programme_thing_twice", Kind.INVALID, "The same record is named twice.")
THING_PLACED = reason(
    "programme_thing_placed",
    Kind.CONFLICT,
    "This record belongs to another project of the programme. A record belongs to one of them.",
)
DEPENDS_ON_ITSELF = reason(
    "programme_depends_on_itself", Kind.INVALID, "Nothing depends on itself. Name another part, or none."
)
DEPENDENCY_MISMATCH = reason(
    "programme_dependency_mismatch",
    Kind.INVALID,
    "A part of a programme is named where the dependency is on a programme or project, and nowhere else.",
)


class PartKind(StrEnum):
    PROGRAMME = "programme"
    PROJECT = "project"
    AREA = "area"


class DependencyType(StrEnum):
    """On what something depends: another programme or project, an organisation, or the project's own delivery (S2-G02)."""

    PROGRAMME_OR_PROJECT = "programme_or_project"
    ORGANISATION = "organisation"
    PROJECT_DELIVERY = "project_delivery"


class PlacedThing(StrEnum):
    """Kinds of records that belong to a programme."""

    POOL = "pool"
    LINE = "line"
    CONTRACT = "contract"
    INDICATOR = "indicator"


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something to wait for, in the paper's words. `part_id` where that is on record here too."""

    type: DependencyType
    on: str
    part_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A record of another service that belongs here."""

    thing: PlacedThing
    id: UUID


@dataclass(frozen=True, slots=True)
class ProgrammePart:
    """A programme, or a project or area of one. The list is data: one more is entered, one less is ended (S3-G11)."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    kind: PartKind
    name: str
    part_of_id: UUID | None
    board_id: UUID | None
    from_date: date
    to_date: date | None
    source: str
    dependencies: tuple[Dependency, ...] = ()
    things: tuple[Placed, ...] = ()
    version: int = 1


Parts = Mapping[UUID, ProgrammePart]


def enter(part: ProgrammePart, parts: Parts, boards: Mapping[UUID, Board]) -> ProgrammePart:
    """A new part, if it hangs where it says and what belongs to it belongs to no other project beside it."""
    if len(parts) >= MOST_PARTS:
        raise PARTS_TOO_MANY()
    over = None if part.part_of_id is None else parts.get(part.part_of_id)
    right = over is not None and over.kind is PartKind.PROGRAMME
    if (part.kind is PartKind.PROGRAMME) != (part.part_of_id is None) or (
        part.part_of_id is not None and not right
    ):
        raise PART_OF_UNKNOWN("/part_of_id")
    require_boards([("/board_id", part.board_id)], boards)
    _check(part, parts)
    return part


def change(before: ProgrammePart, changes: Mapping[str, Any], parts: Parts) -> ProgrammePart:
    """Take over a new name, last day, dependencies or records."""
    after = replace(before, **changes, version=before.version + 1)
    _check(after, parts)
    return after


def _check(part: ProgrammePart, parts: Parts) -> None:
    if crossed(part.from_date, part.to_date):
        raise DATES_CROSSED("/to_date")
    for at, each in enumerate(part.dependencies):
        if each.part_id is None:
            continue
        if each.type is not DependencyType.PROGRAMME_OR_PROJECT or (
            each.part_id not in parts and each.part_id != part.id
        ):
            raise DEPENDENCY_MISMATCH(f"/dependencies/{at}/part_id")
        if each.part_id == part.id:
            raise DEPENDS_ON_ITSELF(f"/dependencies/{at}/part_id")
    taken = _beside(part, parts)
    for at, placed in enumerate(part.things):
        if placed in part.things[:at]:
            raise THING_TWICE(f"/things/{at}")
        if placed in taken:
            raise THING_PLACED(f"/things/{at}", project_id=taken[placed])


def _beside(part: ProgrammePart, parts: Parts) -> dict[Placed, UUID]:
    """What belongs to the other projects of the same programme."""
    if part.kind is not PartKind.PROJECT:
        return {}
    return {
        placed: other.id
        for other in parts.values()
        if other.kind is PartKind.PROJECT and other.part_of_id == part.part_of_id and other.id != part.id
        for placed in other.things
    }
