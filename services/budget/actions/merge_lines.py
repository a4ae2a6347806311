"""Merge lines of one kind into one that holds what they held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules.line import LINE_UNKNOWN
from services.budget.rules.line_split import merge
from services.budget.store import line_changes, line_moves, lines
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, check_version, find, finish


@dataclass(frozen=True, slots=True)
class MergerAsked:
    """Which other lines (each with the version that was read) become one with the first, and what it is called."""

    move_id: UUID
    others: Mapping[UUID, int]
    line_id: UUID
    name: str
    merged_on: date
    reason: str


async def merge_lines(
    db: Database, caller: Caller, sent: Sent, line_id: UUID, expected_version: int, asked: MergerAsked
) -> Answer:
    """Make the one line and end the others, as recorded at one instant. Locked in id order, so none waits in a ring."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        versions = {**asked.others, line_id: expected_version}
        found = []
        for each in sorted(versions):
            try:
                line = await lines.lock(tx, each)
            except Refusal as refusal:
                if refusal.reason is not NOT_FOUND or each == line_id:
                    raise
                raise LINE_UNKNOWN("/lines", line_id=each) from None
            check_version(line.version, versions[each])
            found.append(line)
        await line_moves.hold(tx, versions)
        before = [await line_moves.before(tx, line, asked.merged_on) for line in found]
        moved = merge(before, asked.move_id, asked.merged_on, asked.reason, asked.line_id, asked.name)
        move = await line_moves.make(tx, before, moved)
        facts = {"lines": len(found), "line_id": str(asked.line_id)}
        return await finish(tx, sent, await line_changes.told(tx, "lines_merged", moved.made[0], facts), move)
