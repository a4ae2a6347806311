"""Record a payment against a contract: scheduled, or as it was invoiced."""

from __future__ import annotations

from datetime import date

from services.contracts.rules import payment as rules
from services.contracts.rules.payment import PaymentEntry
from services.contracts.rules.payment_day import require_come
from services.contracts.store import contracts, payments
from services.contracts.store.payments import Entry
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_payment(
    db: Database, caller: Caller, sent: Sent, draft: rules.Payment, entry: Entry, today: date
) -> Answer:
    """Record the draft, or give back what was answered when it was recorded before. `today` is England's day."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        if draft.invoiced_on is not None:
            require_come(draft.invoiced_on, today, "/invoiced_on")
        contract = await contracts.maybe(tx, draft.contract_id)
        payment = await payments.add(tx, rules.register(draft, contract, caller.organisations), entry)
        scheduled = entry.entry is PaymentEntry.SCHEDULE
        what = "payment_scheduled" if scheduled else "payment_invoiced"
        return await finish(tx, sent, told_of_payment(what, payment), payment)


def told_of_payment(what: str, payment: rules.Payment) -> Change:
    """What is told of a payment: to who pays and who is paid."""
    return Change(
        what=what,
        thing="payment",
        thing_id=payment.id,
        owner_organisation_id=payment.owner_organisation_id,
        partnership_id=payment.partnership_id,
        readers=(payment.provider_organisation_id,),
        facts={"state": payment.state.value, "version": payment.version},
    )
