"""Draw up the journal of a period for a partner's own finance system: once, and the same again when asked again."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules.partner_journal import JournalHead, KeptJournal, draw_up
from services.budget.store import ledger_code_maps, partner_journals
from services.budget.store.horizon import settled_until
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.calendar import LedgerPeriod
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def draw_up_partner_journal(
    db: Database,
    caller: Caller,
    sent: Sent,
    journal_id: UUID,
    partnership_id: UUID,
    period: LedgerPeriod,
    suspense_code: str | None,
) -> Answer:
    """What is recorded after the settled instant, or posted late, goes into the next journal."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, partnership_id)
        await partner_journals.hold(tx, partnership_id)
        former = await partner_journals.of_period(tx, partnership_id, period.label)
        if former is not None:
            return await finish(tx, sent, _told("partner_journal_asked_again", former), former, status=200)
        head = JournalHead(
            journal_id,
            partnership_id,
            caller.organisation_id,
            await partner_journals.next_number(tx, partnership_id),
            period.label,
            period.year.label,
            await settled_until(tx),
        )
        items = await partner_journals.taken(tx, partnership_id, period.label, head.taken_until)
        codes = await ledger_code_maps.standing(tx, partnership_id)
        made = await partner_journals.keep(tx, draw_up(head, items, codes, suspense_code))
        return await finish(tx, sent, _told("partner_journal_drawn_up", made), made)


def _told(what: str, journal: KeptJournal) -> Change:
    return Change(
        what=what,
        thing="partner_journal",
        thing_id=journal.id,
        owner_organisation_id=journal.owner_organisation_id,
        partnership_id=journal.partnership_id,
        facts={"number": journal.number, "period": journal.period, "sha256": journal.sha256},
    )
