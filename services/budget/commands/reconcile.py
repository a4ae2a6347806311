"""Prove that the ledger holds together: `BUDGET_BACKUP_URL=... python -m services.budget.commands.reconcile`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import asdict
from uuid import UUID

from services.budget.rules.reconciliation import Report, report
from services.budget.store.reconciliation import check_all, sees_all
from shared.caller import Caller
from shared.db import Database
from shared.errors import Refusal

ADDRESS = "BUDGET_BACKUP_URL"
FINE, BROKEN, NOT_DONE = 0, 1, 2
# The proof is nobody's: it is made on a role that sees every row and may change none.
_NOBODY = Caller(UUID(int=0), UUID(int=0), (), frozenset())


class CannotReconcile(Exception):
    """Why no proof could be made, in one sentence for the person who runs the command."""


def main() -> int:
    """Print the report as JSON. Answers 0, or 1 where something is broken, or 2 where nothing could be proved."""
    try:
        made = asyncio.run(reconcile(os.environ.get(ADDRESS, "")))
    except CannotReconcile as error:
        print(error, file=sys.stderr)
        return NOT_DONE
    print(json.dumps(asdict(made), indent=2))
    return BROKEN if made.breaks else FINE


async def reconcile(address: str) -> Report:
    """Make every proof, in one snapshot."""
    if not address:
        raise CannotReconcile(f"Set {ADDRESS} to the address of the role budget_backup.")
    try:
        db = await Database.open(address, "budget", size=1)
    except OSError as error:
        raise CannotReconcile(f"The database cannot be reached: {error}.") from None
    try:
        async with db.begin(_NOBODY, snapshot=True) as tx:
            if not await sees_all(tx):
                raise CannotReconcile(
                    "This role does not see every row, so its proof would be worth nothing: use budget_backup."
                )
            return report(await check_all(tx))
    except Refusal as refusal:
        raise CannotReconcile(refusal.reason.sentence) from None
    finally:
        await db.close()


if __name__ == "__main__":
    sys.exit(main())
