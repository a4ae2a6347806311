"""Lay down how a line's year falls over its months or quarters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from services.budget.rules import profile as rules
from services.budget.rules.line_budget import at_last, require_living
from services.budget.store import line_budgets, line_changes, line_profiles, lines
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


@dataclass(frozen=True, slots=True)
class ProfileAsked:
    """A profile as it is asked for: by weights, by the amounts themselves, or even."""

    id: UUID
    interval: rules.Interval
    weights: Sequence[Decimal] | None
    amounts_pence: Sequence[int] | None


async def lay_down_profile(
    db: Database, caller: Caller, sent: Sent, line_id: UUID, expected_version: int, asked: ProfileAsked
) -> Answer:
    """Keep the profile of the budget that is approved for the year as a whole, and turn the line's version."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        line = await lines.lock(tx, line_id)
        check_version(line.version, expected_version)
        require_living(line)
        approved = at_last(line, await line_budgets.history(tx, line.id))
        number = await line_profiles.next_number(tx, line.id)
        profile = rules.lay_down(
            line, approved, asked.id, number, asked.interval, asked.weights, asked.amounts_pence
        )
        await lines.turn(tx, replace(line, version=line.version + 1))
        recorded = replace(profile, recorded_at=await line_profiles.add(tx, line, profile))
        told = await line_changes.told(tx, "line_profile_laid_down", line, {"number": number})
        return await finish(tx, sent, told, recorded)
