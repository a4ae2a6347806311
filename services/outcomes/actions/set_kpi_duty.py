"""Set on which KPIs a contract is rated."""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.rules.keeper import check_commissioner
from services.outcomes.rules.kpi_rating import KpiDuty, check_duty, is_statutory
from services.outcomes.store import kpi_duties
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def set_kpi_duty(db: Database, caller: Caller, sent: Sent, asked: KpiDuty) -> Answer:
    """Set on which KPIs a contract is rated."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_commissioner(asked.partnership_id, caller.partnerships("commissioner", "host"))
        statutory = is_statutory(asked.award_regime, asked.value_pence, asked.framework_or_concession)
        reported = await kpi_duties.reported(tx, asked.partnership_id, asked.contract_id)
        made = check_duty(replace(asked, statutory=statutory), reported)
        made = replace(made, recorded_at=await kpi_duties.add(tx, made))
        change = Change(
            what="kpi_duty_set",
            thing="kpi_duty",
            thing_id=made.id,
            owner_organisation_id=made.owner_organisation_id,
            partnership_id=made.partnership_id,
            facts={"contract_id": str(made.contract_id), "statutory": made.statutory},
        )
        return await finish(tx, sent, change, made)
