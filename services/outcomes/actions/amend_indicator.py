"""Amend how an indicator is worded, and where it stands in frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.outcomes.rules.indicator_definition import check_parts_named, check_placings
from services.outcomes.rules.indicator_wording import reword
from services.outcomes.rules.keeper import check_kept
from services.outcomes.store import frameworks, indicators
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def amend_indicator(
    db: Database,
    caller: Caller,
    sent: Sent,
    indicator_id: UUID,
    version: int,
    words: Mapping[str, Any],
    reason: str,
) -> Answer:
    """Take other words or placings for the indicator, with the reason. Its keeper alone does; what they replace is kept."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = check_kept(await indicators.get(tx, indicator_id), caller.organisations)
        check_version(found.version, version)
        changed = check_parts_named(reword(found, words, reason))
        if placed_anew := "frameworks" in words:
            ids = [each.framework_id for each in changed.frameworks]
            changed = check_placings(changed, await frameworks.known(tx, changed.partnership_id, ids))
        changed = await indicators.reword(tx, changed, placed_anew=placed_anew)
        change = Change(
            what="indicator_amended",
            thing="indicator",
            thing_id=indicator_id,
            owner_organisation_id=changed.owner_organisation_id,
            partnership_id=changed.partnership_id,
            facts={"code": changed.code, "version": changed.version, "words": sorted(words)},
        )
        return await finish(tx, sent, change, changed, status=200)
