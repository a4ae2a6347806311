"""Raise triggers for overdue returns: `python -m services.outcomes.commands.raise_triggers 2014-07-21`.

Run it once a day, with the day in England; a day run again raises nothing new. OUTCOMES_BACKUP_URL, a role that sees every
row and changes none, says who leads contracts; OUTCOMES_DATABASE_URL is the service's own role, under which each lead's
triggers are raised behind the same walls as at a door.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.outcomes.actions.raise_overdue import raise_overdue
from services.outcomes.store import leads
from shared.caller import Caller
from shared.db import Database
from shared.errors import Refusal

LOOKING, RAISING = "OUTCOMES_BACKUP_URL", "OUTCOMES_DATABASE_URL"
DONE, NOT_DONE = 0, 2
# This command's own client in the audit trail: nobody signs in as it.
CLIENT = UUID("6d1c3b0e-7a52-4f5e-9d0b-2f7c8e4a1b95")
_NOBODY = Caller(UUID(int=0), UUID(int=0), (), frozenset())


class CannotRaise(Exception):
    """Why nothing could be raised, in one sentence for the person who runs the command."""


def main(arguments: Sequence[str]) -> int:
    """Print how many triggers were raised as JSON. Answers 0, or 2 where it could not be done."""
    try:
        (text,) = arguments
        day = date.fromisoformat(text)
    except ValueError:
        print("Name one day, like 2014-07-21.", file=sys.stderr)
        return NOT_DONE
    try:
        raised = asyncio.run(raise_triggers(os.environ.get(LOOKING, ""), os.environ.get(RAISING, ""), day))
    except CannotRaise as error:
        print(error, file=sys.stderr)
        return NOT_DONE
    print(json.dumps({"as_at": text, "raised": raised}))
    return DONE


async def raise_triggers(looking: str, raising: str, day: date) -> int:
    """Raise what is overdue on the day under the contracts of every lead, each in a transaction of its own."""
    if not looking or not raising:
        raise CannotRaise(
            f"Set {LOOKING} and {RAISING} to the addresses of outcomes_backup and outcomes_app."
        )
    try:
        found = await _leads(looking)
        db = await Database.open(raising, "outcomes", size=1)
        try:
            callers = [_as(lead, partnerships) for lead, partnerships in found.items()]
            return sum([await raise_overdue(db, each, day) for each in callers])
        finally:
            await db.close()
    except OSError as error:
        raise CannotRaise(f"The database cannot be reached: {error}.") from None
    except Refusal as refusal:
        raise CannotRaise(refusal.reason.sentence) from None


async def _leads(address: str) -> dict[UUID, list[UUID]]:
    db = await Database.open(address, "outcomes", size=1)
    try:
        async with db.begin(_NOBODY) as tx:
            return await leads.of_obligations(tx)
    finally:
        await db.close()


def _as(lead: UUID, partnerships: list[UUID]) -> Caller:
    """The command in the name of one lead, who commissions where its obligations stand."""
    standing = {"commissioner": tuple(partnerships)}
    return Caller(CLIENT, lead, (lead,), frozenset(), standing=standing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
