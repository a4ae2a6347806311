"""Set how the control chart of an indicator is read, as the next edition of its settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from services.outcomes.rules.keeper import check_keeper
from services.outcomes.rules.spc_setting import SpcSettings, check_settings, next_edition
from services.outcomes.store import indicators, spc_settings
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish

_NOW = datetime(9999, 1, 1, tzinfo=UTC)


async def set_spc_settings(db: Database, caller: Caller, sent: Sent, asked: SpcSettings) -> Answer:
    """Set the settings. Only the keeper of the indicator does; those before stay on record."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        indicator = check_keeper(await indicators.maybe(tx, asked.indicator_id), caller.organisations)
        check_settings(asked, indicator)
        newest = await spc_settings.newest(tx, [indicator.id], _NOW)
        holding = next((each for each in newest if each.contract_id == asked.contract_id), None)
        settings = replace(
            asked,
            edition=next_edition(asked.replaces_id, holding),
            partnership_id=indicator.partnership_id,
            owner_organisation_id=indicator.owner_organisation_id,
            set_by_organisation_id=caller.organisation_id,
            set_by_client_id=caller.client_id,
        )
        settings = replace(settings, recorded_at=await spc_settings.add(tx, settings))
        change = Change(
            what="spc_settings_set",
            thing="spc_settings",
            thing_id=settings.id,
            owner_organisation_id=settings.owner_organisation_id,
            partnership_id=settings.partnership_id,
            facts={
                "indicator_id": str(settings.indicator_id),
                "edition": settings.edition,
                "rebasings": len(settings.rebasings),
            },
        )
        return await finish(tx, sent, change, settings)
