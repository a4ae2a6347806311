"""Move an act of contract management: answered, a step done, shared, closed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from services.contracts.actions.take_management_action import told_of_action
from services.contracts.rules.management_action import ManagementAction
from services.contracts.store import management_actions
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def move_management_action(
    db: Database,
    caller: Caller,
    sent: Sent,
    asked: tuple[UUID, int, str],
    rule: Callable[[ManagementAction], ManagementAction],
) -> Answer:
    """Make the move. `asked`: which action, at what version it was decided on, and what is told of it."""
    action_id, expected_version, what = asked
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await management_actions.lock(tx, action_id)
        check_version(before.version, expected_version)
        after = await management_actions.save(tx, before, rule(before))
        return await finish(tx, sent, told_of_action(what, after), after, status=200)
