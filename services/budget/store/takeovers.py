"""All steps of a succession in the books, in their order: agreements first, since the rest stands under them."""

from __future__ import annotations

from services.budget.rules.succession import SUCCEEDED_ALREADY, Succession
from services.budget.rules.succession_report import LIMITS_END, NAMES_PREDECESSOR, STILL_OPEN, Tally
from services.budget.store import successions, taken_accounts, taken_agreements, taken_lines, taken_promises
from shared.db import Transaction

_REMARKS = {
    "virement": STILL_OPEN,
    "settlement": STILL_OPEN,
    "risk_share": NAMES_PREDECESSOR,
    "delegation_limit": LIMITS_END,
}


async def take_over(tx: Transaction, succession: Succession) -> Tally:
    """Apply it in every partnership in which a predecessor has anything."""
    tally = Tally()
    partnerships = tx.caller.partnerships("commissioner", "host")
    if await successions.succeeded_before(tx, partnerships, succession.predecessors):
        raise SUCCEEDED_ALREADY("/moves")
    places = {
        predecessor: await successions.places_of(tx, predecessor, partnerships)
        for predecessor in succession.predecessors
    }
    for place in sorted({place for some in places.values() for place in some}):
        here = [each for each in succession.predecessors if place in places[each]]
        for predecessor in here:
            await successions.add(tx, succession, place, succession.of(predecessor))
        for predecessor in here:
            await taken_agreements.take(tx, succession, place, predecessor, tally)
        for predecessor in here:
            await taken_accounts.take(tx, succession, place, predecessor, tally)
            await taken_lines.take(tx, succession, place, predecessor, tally)
            day = succession.effective_on
            tally.remarks.extend(await successions.open_matters(tx, place, predecessor, day, _REMARKS))
        await taken_promises.take(tx, succession, place, tally)
    return tally
