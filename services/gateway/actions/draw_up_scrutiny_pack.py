"""Draw up a pack for scrutiny: read once, and kept as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.gateway.rules import scrutiny_pack as rules
from services.gateway.store import scrutiny_packs
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


@dataclass(frozen=True, slots=True)
class DrawnUp:
    """What is answered of a pack: all but its content, which is read at its address."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    financial_year: str
    as_at: date
    sha256: str
    recorded_at: datetime | None


async def draw_up_scrutiny_pack(
    db: Database, caller: Caller, sent: Sent, pack: rules.ScrutinyPack, today: date, content: bytes
) -> Answer:
    """Keep what was read of the services, or give back what was answered before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        made = await scrutiny_packs.add(tx, rules.keep(pack, content, today))
        change = Change(
            what="scrutiny_pack_drawn_up",
            thing="scrutiny_pack",
            thing_id=made.id,
            owner_organisation_id=made.owner_organisation_id,
            partnership_id=made.partnership_id,
            facts={"financial_year": made.financial_year, "sha256": made.sha256},
        )
        told = DrawnUp(
            made.id,
            made.partnership_id,
            made.owner_organisation_id,
            made.financial_year,
            made.as_at,
            made.sha256,
            made.recorded_at,
        )
        return await finish(tx, sent, change, told)
