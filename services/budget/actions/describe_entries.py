"""Say what entries of a journal were for, also long after it was posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.budget.rules import dimension as rules
from services.budget.store import accounts, entry_dimensions, journals
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def describe_entries(
    db: Database,
    caller: Caller,
    sent: Sent,
    journal_id: UUID,
    expected_version: int,
    changes: Sequence[tuple[int, Mapping[str, Any]]],
) -> Answer:
    """Add what is said now. What was said before stays on record; amounts and balances do not move."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        journal = await journals.get(tx, journal_id)
        keepers = await accounts.keepers(tx, [entry.account_id for entry in journal.entries])
        rules.require_describer(keepers, journal.posted_by_organisation_id, caller.organisation_id)
        standing = rules.description(journal_id, await entry_dimensions.said(tx, journal_id))
        check_version(standing.version, expected_version)
        rows = rules.describe(standing, changes, len(journal.entries), caller.organisation_id)
        await entry_dimensions.add(tx, journal, rows)
        described = rules.description(journal_id, await entry_dimensions.said(tx, journal_id))
        change = Change(
            what="journal_described",
            thing="journal",
            thing_id=journal.id,
            owner_organisation_id=journal.owner_organisation_id,
            partnership_id=journal.partnership_id,
            facts={"version": described.version, "entries": len(rows)},
        )
        return await finish(tx, sent, change, described)
