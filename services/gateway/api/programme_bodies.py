"""What programmes, projects and areas look like on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from services.gateway.rules.programme_part import (
    Dependency,
    DependencyType,
    PartKind,
    Placed,
    PlacedThing,
    ProgrammePart,
)
from shared.web.fields import Body, Day, Out, Title


class DependencyIn(Body):
    """Something to wait for: another programme or project, an organisation, or the project's own delivery."""

    type: DependencyType = Field(examples=["organisation"])
    on: Title = Field(examples=["Devon County Council"])
    part_id: UUID | None = None


class PlacedIn(Body):
    """A record that belongs here."""

    thing: PlacedThing = Field(examples=["line"])
    id: UUID


class ProgrammePartIn(Body):
    """A programme, or a project or area of one."""

    partnership_id: UUID
    kind: PartKind = Field(examples=["programme"])
    name: Title = Field(examples=["Integrated health and wellbeing"])
    part_of_id: UUID | None = None
    board_id: UUID | None = Field(default=None, description="The board to which it answers.")
    from_date: Day = Field(examples=["2014-07-16"])
    to_date: Day | None = None
    source: Title = Field(examples=["Transformation programme summary, 2014"])
    dependencies: list[DependencyIn] = Field(default_factory=list, max_length=50)
    things: list[PlacedIn] = Field(default_factory=list, max_length=100)

    def to_part(self, part_id: UUID, owner: UUID) -> ProgrammePart:
        lists = {"dependencies", "things"}
        values = {name: getattr(self, name) for name in ProgrammePartIn.model_fields if name not in lists}
        return ProgrammePart(
            id=part_id,
            owner_organisation_id=owner,
            dependencies=_dependencies(self.dependencies),
            things=_things(self.things),
            **values,
        )


class ProgrammePartChange(Body):
    """What changes; what is left out stays. Lists replace the list that was there."""

    name: Title = Field(default="", examples=["Integrated commissioning"])
    to_date: Day | None = None
    dependencies: list[DependencyIn] = Field(default_factory=list, max_length=50)
    things: list[PlacedIn] = Field(default_factory=list, max_length=100)

    def to_changes(self) -> dict[str, Any]:
        everything: dict[str, Any] = {
            "name": self.name,
            "to_date": self.to_date,
            "dependencies": _dependencies(self.dependencies),
            "things": _things(self.things),
        }
        return {name: value for name, value in everything.items() if name in self.model_fields_set}


def _dependencies(those: list[DependencyIn]) -> tuple[Dependency, ...]:
    return tuple(Dependency(**each.model_dump()) for each in those)


def _things(those: list[PlacedIn]) -> tuple[Placed, ...]:
    return tuple(Placed(**each.model_dump()) for each in those)


class DependencyOut(Out):
    """Something to wait for."""

    type: DependencyType
    on: str
    part_id: UUID | None


class PlacedOut(Out):
    """A record that belongs here."""

    thing: PlacedThing
    id: UUID


class ProgrammePartOut(Out):
    """A programme, or a project or area of one."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    kind: PartKind
    name: str
    part_of_id: UUID | None
    board_id: UUID | None
    from_date: Day
    to_date: Day | None
    source: str
    dependencies: list[DependencyOut]
    things: list[PlacedOut]
    version: int


class ProgrammePartsOut(Out):
    """A page of programmes, projects and areas."""

    items: list[ProgrammePartOut]
    next: str | None
