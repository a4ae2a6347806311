"""Raising triggers within a transaction: look at the series that an acceptance changed, raise, and tell of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.outcomes.rules.kpi_return import Return
from services.outcomes.rules.obligation import Obligation
from services.outcomes.rules.trigger import Trigger
from services.outcomes.rules.trigger_finding import found_in, overdue_by
from services.outcomes.store import obligations, series, triggers
from shared.audit import Change
from shared.db import Transaction
from shared.idempotency import tell

_END = date(9999, 1, 1)


async def after_acceptance(
    tx: Transaction, obligation_id: UUID, indicator_ids: Collection[UUID]
) -> list[Trigger]:
    """Raise what the rules find in the obligation's series, of these indicators, as they stand now."""
    await triggers.one_at_a_time(tx, obligation_id)
    obligation = await obligations.get(tx, obligation_id)
    found = await series.of_indicators(tx, indicator_ids, _END, obligation_id=obligation_id)
    seen = [each for facts in found.values() for each in found_in(facts, _END)]
    return await _told(tx, obligation, await triggers.raise_found(tx, obligation, seen))


async def overdue(tx: Transaction, as_at: date) -> list[Trigger]:
    """Raise what is overdue on the day among the obligations that the caller leads."""
    raised = []
    # A return that comes meanwhile waits, or has come by the second look: no trigger outlives it.
    for obligation_id in await triggers.overdue(tx, as_at):
        await triggers.one_at_a_time(tx, obligation_id)
    for obligation_id, periods in (await triggers.overdue(tx, as_at)).items():
        obligation = await obligations.get(tx, obligation_id)
        seen = [found for owed in periods if (found := overdue_by(*owed, as_at))]
        raised += await _told(tx, obligation, await triggers.raise_found(tx, obligation, seen))
    return raised


async def received(tx: Transaction, submitted: Return) -> int:
    """Resolve the trigger that was raised because this return had not come; how many there were."""
    await triggers.one_at_a_time(tx, submitted.obligation_id)
    closed = await triggers.received(tx, submitted.obligation_id, submitted.period)
    await tell(
        tx,
        (
            Change(
                what="trigger_resolved",
                thing="trigger",
                thing_id=each.id,
                owner_organisation_id=each.owner_organisation_id,
                partnership_id=each.partnership_id,
                readers=(
                    submitted.lead_organisation_id,
                    submitted.provider_organisation_id,
                    *submitted.associate_organisation_ids,
                ),
                facts={"outcome": "return_received", "period": each.period},
            )
            for each in closed
        ),
    )
    return len(closed)


async def _told(tx: Transaction, obligation: Obligation, raised: list[Trigger]) -> list[Trigger]:
    await tell(
        tx,
        (
            Change(
                what="trigger_raised",
                thing="trigger",
                thing_id=each.id,
                owner_organisation_id=each.owner_organisation_id,
                partnership_id=each.partnership_id,
                readers=tuple(obligations.readers(obligation)),
                facts={"rule": each.rule.value, "period": each.period, "contract_id": str(each.contract_id)},
            )
            for each in raised
        ),
    )
    return raised
