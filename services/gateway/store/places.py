"""What a governance record may refer to: a partnership's boards, members and programme, read under its lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select

from services.gateway.rules.board import MOST_BOARDS, Board, Known
from services.gateway.rules.governance import require_commissioner
from services.gateway.rules.programme_part import MOST_PARTS, ProgrammePart
from services.gateway.store import members
from services.gateway.store.governance_registers import boards, programme_parts
from services.gateway.store.registers import TODAY
from shared.db import Transaction, prepare

_TAKE_TURNS = prepare(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("place", type_=Text), 0)), TODAY)
)


@dataclass(frozen=True, slots=True)
class Place:
    """A partnership as its governance records see it, on the day in England. Who writes one waits for others there."""

    today: date
    members: frozenset[UUID]
    boards: Mapping[UUID, Board]
    parts: Mapping[UUID, ProgrammePart]

    @property
    def known(self) -> Known:
        return Known(self.boards, self.members)


async def hold(tx: Transaction, partnership_id: UUID) -> Place:
    """The partnership, for a commissioner that writes there; until the transaction ends nobody else does."""
    require_commissioner(tx.caller, partnership_id)
    today: date = (await tx.one(_TAKE_TURNS, place=f"governance {partnership_id}"))["today"]
    found = await members.of(tx, partnership_id)
    all_boards = await boards.all(tx, partnership_id, MOST_BOARDS + 1)
    parts = await programme_parts.all(tx, partnership_id, MOST_PARTS + 1)
    return Place(
        today,
        frozenset(each.organisation_id for each in found),
        {each.id: each for each in all_boards},
        {each.id: each for each in parts},
    )
