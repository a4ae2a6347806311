"""Move a payment: invoice, pay, contest, resolve or cancel it, each with the entry that proves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.contracts.actions.record_payment import told_of_payment
from services.contracts.rules.payment import Payment
from services.contracts.rules.payment_day import require_come
from services.contracts.store import payments
from services.contracts.store.payments import Entry
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


@dataclass(frozen=True, slots=True)
class AskedPayment:
    """What is asked for: what is told of it, its entry, and the rule that makes or refuses it. `today` is England's day."""

    what: str
    entry: Entry
    rule: Callable[[Payment], Payment]
    today: date


async def move_payment(
    db: Database, caller: Caller, sent: Sent, payment_id: UUID, expected_version: int, asked: AskedPayment
) -> Answer:
    """Make the move with a payment of the caller's own that is still at the version it was decided on."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await payments.lock(tx, payment_id)
        check_version(before.version, expected_version)
        require_come(asked.entry.on, asked.today)
        after = await payments.save(tx, before, asked.rule(before), asked.entry)
        return await finish(tx, sent, told_of_payment(asked.what, after), after, status=200)
