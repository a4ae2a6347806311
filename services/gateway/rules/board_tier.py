"""Two hierarchies of a partnership's boards: the line of management, and whose bodies they are in law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.gateway.rules.board import Board, BoardKind


class Hierarchy(StrEnum):
    """`management`: who reports to whom. `law`: whose body it is, whoever it reports to (S5-G01)."""

    MANAGEMENT = "management"
    LAW = "law"


@dataclass(frozen=True, slots=True)
class BoardTier:
    """Where a board stands in one hierarchy on a day. Tier 1 is the top; `above` are the boards over it, nearest first.

    In law every board is in the first tier of its organisation, and a meeting of several has none.
    """

    board_id: UUID
    name: str
    kind: BoardKind
    organisation_id: UUID | None
    tier: int
    above: tuple[UUID, ...]


def tiers(boards: Iterable[Board], hierarchy: Hierarchy, day: date) -> tuple[BoardTier, ...]:
    """The boards of a day, from the top; a board whose superior has ended stands at the top itself."""
    there = {
        each.id: each
        for each in boards
        if each.from_date <= day and (each.to_date is None or day <= each.to_date)
    }
    placed = [_placed(each, there, hierarchy) for each in there.values()]
    return tuple(sorted(placed, key=lambda each: (each.tier, each.name, each.board_id)))


def _placed(board: Board, there: Mapping[UUID, Board], hierarchy: Hierarchy) -> BoardTier:
    above: list[UUID] = []
    if hierarchy is Hierarchy.LAW:
        tier = 1 if board.organisation_id is not None else 0
    else:
        over = board.reports_to_board_id
        while over is not None and over in there and over not in above:
            above.append(over)
            over = there[over].reports_to_board_id
        tier = len(above) + 1
    return BoardTier(board.id, board.name, board.kind, board.organisation_id, tier, tuple(above))
