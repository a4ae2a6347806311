"""What boards and their seats look like on the wire."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.gateway.rules.board import Board, BoardKind, Seat, SitsAs, Voice
from shared.web.examples import COUNCIL
from shared.web.fields import Body, Day, Out, Paragraph, Title

Quorum = Annotated[int, Field(strict=True, ge=1, le=100)]


class SeatIn(Body):
    """A post on the board, of the organisation that employs whoever holds it. Name the post, not the person."""

    post: Title = Field(examples=["Director of Public Health"])
    organisation_id: UUID = Field(examples=[COUNCIL])
    sits_as: SitsAs = Field(examples=["attendee"])
    voice: Voice = Field(examples=["officer"])
    from_date: Day = Field(examples=["2019-04-01"])
    to_date: Day | None = None
    rotates: bool = Field(default=False, description="Whether organisations hold this post in turn.")

    def to_seat(self) -> Seat:
        return Seat(**self.model_dump())


class BoardIn(Body):
    """A board with its seats. Leave `organisation_id` out where it is a meeting of several and no body in law."""

    partnership_id: UUID
    organisation_id: UUID | None = None
    kind: BoardKind = Field(examples=["health_and_wellbeing_board"])
    name: Title = Field(examples=["Health and Wellbeing Board"])
    short_name: Title | None = Field(default=None, examples=["HWB"])
    reports_to_board_id: UUID | None = None
    terms_of_reference: Paragraph | None = Field(default=None, examples=["To agree the joint strategy."])
    quorum: Quorum | None = None
    from_date: Day = Field(examples=["2013-04-01"])
    to_date: Day | None = None
    seats: list[SeatIn] = Field(default_factory=list, max_length=100)

    def to_board(self, board_id: UUID, owner: UUID) -> Board:
        values = {name: getattr(self, name) for name in BoardIn.model_fields if name != "seats"}
        seats = tuple(each.to_seat() for each in self.seats)
        return Board(id=board_id, owner_organisation_id=owner, seats=seats, **values)


class BoardChange(Body):
    """What changes; what is left out stays. `seats` replaces the list: seats are ended and added, never left out."""

    name: Title = Field(default="", examples=["One Plymouth Board"])
    short_name: Title | None = None
    reports_to_board_id: UUID | None = None
    terms_of_reference: Paragraph | None = None
    quorum: Quorum | None = None
    to_date: Day | None = None
    seats: list[SeatIn] = Field(default_factory=list, max_length=100)

    def to_changes(self) -> dict[str, Any]:
        changes = {name: getattr(self, name) for name in sorted(self.model_fields_set)}
        if "seats" in changes:
            changes["seats"] = tuple(each.to_seat() for each in self.seats)
        return changes


class SeatOut(Out):
    """A post on the board."""

    post: str
    organisation_id: UUID
    sits_as: SitsAs
    voice: Voice
    from_date: Day
    to_date: Day | None
    rotates: bool


class BoardOut(Out):
    """A board. Members who vote and attendees are counted on the day on which it is read."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    organisation_id: UUID | None
    kind: BoardKind
    name: str
    short_name: str | None
    reports_to_board_id: UUID | None
    terms_of_reference: str | None
    quorum: int | None
    from_date: Day
    to_date: Day | None
    seats: list[SeatOut]
    voting_members: int
    attendees: int
    version: int


class BoardsOut(Out):
    """A page of boards."""

    items: list[BoardOut]
    next: str | None
