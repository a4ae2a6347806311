"""Change, from a day on, on which KPIs a contract is rated."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.outcomes.rules.kpi_rating import KpiDutyEdition, amend_duty, check_setter
from services.outcomes.store import kpi_duties
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def amend_kpi_duty(
    db: Database,
    caller: Caller,
    sent: Sent,
    duty_id: UUID,
    version: int,
    contract_id: UUID,
    asked: KpiDutyEdition,
) -> Answer:
    """Keep what holds from its day on. Ratings as at earlier days stay as they were."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        duty = check_setter(await kpi_duties.get(tx, duty_id), contract_id, caller.organisations)
        check_version(duty.version, version)
        reported = await kpi_duties.reported(tx, duty.partnership_id, duty.contract_id)
        changed = amend_duty(duty, asked, reported)
        edition = changed.editions[-1]
        edition = replace(edition, recorded_at=await kpi_duties.add_edition(tx, duty, edition))
        changed = replace(changed, editions=(*duty.editions, edition))
        change = Change(
            what="kpi_duty_amended",
            thing="kpi_duty",
            thing_id=duty_id,
            owner_organisation_id=duty.owner_organisation_id,
            partnership_id=duty.partnership_id,
            facts={"effective_from": edition.effective_from.isoformat(), "statutory": edition.statutory},
        )
        return await finish(tx, sent, change, changed, status=200)
