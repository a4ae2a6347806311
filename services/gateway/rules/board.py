"""Boards: the bodies in which partners meet, decide, advise, scrutinise or work, who sits on them, to whom they report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.gateway.rules.identifier import DATES_CROSSED, crossed, overlap
from shared.errors import Kind, reason

MOST_BOARDS = 500  # of one partnership

BOARD_ABOVE_UNKNOWN = reason(
    "board_above_unknown", Kind.INVALID, "The board to which this one reports is not in this partnership."
)
BOARD_UNKNOWN = reason("board_unknown", Kind.INVALID, "There is no such board in this partnership.")
BOARDS_IN_A_CIRCLE = reason(
    "boards_in_a_circle",
    Kind.INVALID,
    "Following the boards above this one leads back to it. Check which reports to which.",
)
BOARD_NAMED = reason(
    "board_named_already", Kind.CONFLICT, "Your organisation has entered a board of this name and first day."
)
BOARDS_TOO_MANY = reason(
    "boards_too_many", Kind.CONFLICT, "A partnership has at most 500 boards on record, those that ended too."
)
SEAT_EMPLOYER_UNKNOWN = reason(
    "seat_employer_unknown",
    Kind.INVALID,
    "Whoever holds a seat belongs to a member of the partnership, and stays with it. Name that organisation.",
)
SEAT_TWICE = reason(
    "seat_twice",
    Kind.INVALID,
    "A post that rotates is held by one organisation at a time, and any other stands once for the same days.",
)
SEAT_KEPT = reason(
    "seat_kept",
    Kind.INVALID,
    "A recorded seat is kept, since what was decided then rests on it. Give it a last day instead of leaving it out.",
)
QUORUM_TOO_LARGE = reason(
    "quorum_too_large", Kind.INVALID, "The quorum is larger than the number of members who have a vote."
)


class BoardKind(StrEnum):
    """What kind of body it is. An executive meeting and a joint team hold no power of their own (S3-G02)."""

    CABINET = "cabinet"
    FULL_COUNCIL = "full_council"
    GOVERNING_BODY = "governing_body"
    COMMITTEE = "committee"
    SCRUTINY_COMMITTEE = "scrutiny_committee"
    HEALTH_AND_WELLBEING_BOARD = "health_and_wellbeing_board"
    SYSTEM_BOARD = "system_board"
    LOCALITY_BOARD = "locality_board"
    LEADERSHIP_BOARD = "leadership_board"
    PROGRAMME_BOARD = "programme_board"
    EXECUTIVE_MEETING = "executive_meeting"
    MANAGEMENT_TEAM = "management_team"
    PROJECT_GROUP = "project_group"
    JOINT_TEAM = "joint_team"
    ASSURANCE_BODY = "assurance_body"
    OFFICE = "office"


class SitsAs(StrEnum):
    """An attendee has no vote. A holder fills an office, or works in a team."""

    CHAIR = "chair"
    MEMBER = "member"
    ATTENDEE = "attendee"
    HOLDER = "holder"


class Voice(StrEnum):
    """From which side somebody decides (S5-G07): as a clinician, an elected politician, an officer, or a lay member."""

    CLINICAL = "clinical"
    POLITICAL = "political"
    OFFICER = "officer"
    LAY = "lay"


_VOTES = frozenset({SitsAs.CHAIR, SitsAs.MEMBER})


@dataclass(frozen=True, slots=True)
class Seat:
    """A post on a board, and the organisation that employs whoever holds it. `rotates`: organisations take turns."""

    post: str
    organisation_id: UUID
    sits_as: SitsAs
    voice: Voice
    from_date: date
    to_date: date | None = None
    rotates: bool = False

    def held_on(self, day: date) -> bool:
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)


@dataclass(frozen=True, slots=True)
class Board:
    """A board of a partnership. `organisation_id` is whose body it is in law: null for a meeting of several.

    `reports_to_board_id` is its place in the line of management, which need not follow the law (S5-G01).
    `voting_members` and `attendees` are counted on the day on which it was read.
    """

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
    from_date: date
    to_date: date | None
    seats: tuple[Seat, ...] = ()
    voting_members: int = 0
    attendees: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class Known:
    """What a board may refer to: the partnership's boards by id, and its members past and present."""

    boards: Mapping[UUID, Board]
    members: Collection[UUID]


def enter(board: Board, known: Known) -> Board:
    """A new board, if its dates, seats, quorum and line of reporting hold together."""
    if len(known.boards) >= MOST_BOARDS:
        raise BOARDS_TOO_MANY()
    _check(board, known)
    return board


def change(before: Board, changes: Mapping[str, Any], known: Known) -> Board:
    """Take over what changes. Seats are ended and added, and never left out."""
    after = replace(before, **changes, version=before.version + 1)
    kept = {(each.post, each.organisation_id, each.from_date) for each in after.seats}
    for each in before.seats:
        if (each.post, each.organisation_id, each.from_date) not in kept:
            raise SEAT_KEPT("/seats", post=each.post)
    _check(after, known)
    return after


def as_on(board: Board, day: date) -> Board:
    """The board with its members counted on a day."""
    held = [each for each in board.seats if each.held_on(day)]
    return replace(
        board,
        voting_members=sum(each.sits_as in _VOTES for each in held),
        attendees=sum(each.sits_as is SitsAs.ATTENDEE for each in held),
    )


def require_boards(ids: Iterable[tuple[str, UUID | None]], boards: Mapping[UUID, Board]) -> None:
    """Refuse a board of elsewhere; each id comes with the pointer to where it stands."""
    for pointer, board_id in ids:
        if board_id is not None and board_id not in boards:
            raise BOARD_UNKNOWN(pointer)


def _check(board: Board, known: Known) -> None:
    if crossed(board.from_date, board.to_date):
        raise DATES_CROSSED("/to_date")
    _check_line(board, known.boards)
    if board.organisation_id is not None and board.organisation_id not in known.members:
        raise SEAT_EMPLOYER_UNKNOWN("/organisation_id")
    for at, seat in enumerate(board.seats):
        if seat.organisation_id not in known.members:
            raise SEAT_EMPLOYER_UNKNOWN(f"/seats/{at}/organisation_id")
        if crossed(seat.from_date, seat.to_date):
            raise DATES_CROSSED(f"/seats/{at}/to_date")
        for other in board.seats[:at]:
            _check_apart(seat, other, at)
    voters = sum(each.sits_as in _VOTES for each in board.seats)
    if board.quorum is not None and board.quorum > voters:
        raise QUORUM_TOO_LARGE("/quorum", voting_members=voters)


def _check_apart(seat: Seat, other: Seat, at: int) -> None:
    if seat.post != other.post or not overlap(seat.from_date, seat.to_date, other.from_date, other.to_date):
        return
    if seat.organisation_id == other.organisation_id or seat.rotates or other.rotates:
        raise SEAT_TWICE(f"/seats/{at}")


def _check_line(board: Board, boards: Mapping[UUID, Board]) -> None:
    above, seen = board.reports_to_board_id, 0
    if above is not None and above != board.id and above not in boards:
        raise BOARD_ABOVE_UNKNOWN("/reports_to_board_id")
    while above is not None and seen <= len(boards):
        if above == board.id:
            raise BOARDS_IN_A_CIRCLE("/reports_to_board_id")
        above, seen = boards[above].reports_to_board_id, seen + 1
