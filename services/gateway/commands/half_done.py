"""List changes that several services make together and that were left half done, of all organisations.

`GATEWAY_BACKUP_URL=... python -m services.gateway.commands.half_done` prints them as JSON, oldest first.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.gateway.rules.joint_change import HALF_DONE_AFTER
from services.gateway.store import joint_changes
from shared.caller import Caller
from shared.db import Database
from shared.errors import Refusal

ADDRESS = "GATEWAY_BACKUP_URL"
FINE, HALF_DONE, NOT_DONE = 0, 1, 2
# The look is nobody's: it is made on a role that sees every row and may change none.
_NOBODY = Caller(UUID(int=0), UUID(int=0), (), frozenset())


def main() -> int:
    """Answers 0, or 1 where something is half done, or 2 where nobody could look."""
    address = os.environ.get(ADDRESS, "")
    if not address:
        print(f"Set {ADDRESS} to the address of the role gateway_backup.", file=sys.stderr)
        return NOT_DONE
    try:
        found = asyncio.run(half_done(address))
    except (OSError, Refusal) as error:
        print(f"The database cannot be asked: {error}.", file=sys.stderr)
        return NOT_DONE
    print(json.dumps({"half_done": found}, indent=2))
    return HALF_DONE if found else FINE


async def half_done(address: str, age: timedelta = HALF_DONE_AFTER) -> list[dict[str, Any]]:
    """Each with what was done of it. To finish one, its organisation sends it again or resumes it."""
    db = await Database.open(address, "gateway", size=1)
    try:
        async with db.begin(_NOBODY, snapshot=True) as tx:
            rows = await joint_changes.half_done(tx, await joint_changes.now(tx) - age)
    finally:
        await db.close()
    return [
        {
            "joint_change_id": str(each.id),
            "kind": each.kind.value,
            "thing_id": str(each.thing_id),
            "owner_organisation_id": str(each.owner_organisation_id),
            "steps": [step.value for step in each.steps],
            "since": None if each.updated_at is None else each.updated_at.isoformat(),
        }
        for each in rows
    ]


if __name__ == "__main__":
    sys.exit(main())
