"""Decide on the publication of a contract: open or not, from which stage, and what is withheld by whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.contracts.rules.publication import decide
from services.contracts.store import publications
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def decide_publication(
    db: Database, caller: Caller, sent: Sent, contract_id: UUID, version: int, changes: Mapping[str, Any]
) -> Answer:
    """Record the decision on a contract that the caller leads. Its releases go out again, under new ids."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await publications.lock(tx, contract_id)
        check_version(before.version, version)
        after = await publications.save(tx, replace(decide(before, changes), version=version + 1))
        change = Change(
            what="publication_decided",
            thing="contract",
            thing_id=contract_id,
            owner_organisation_id=after.owner_organisation_id,
            partnership_id=None,
            facts={
                "open": after.open,
                "withheld": [each.field.value for each in after.withheld],
                "version": after.version,
            },
        )
        return await finish(tx, sent, change, after, status=200)
