"""A dispute of a settlement: a party contests some steps within a time to answer, and says how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from services.budget.rules.settlement import (
    NO_SUCH_MOVE,
    Dispute,
    Settlement,
    SettlementDisputeOutcome,
    SettlementState,
    moved,
    posted_steps,
    require_party,
    waiting,
)
from shared.errors import Kind, reason

ANSWER_WITHIN = timedelta(days=20)

STEP_UNKNOWN = reason(
    "settlement_step_unknown", Kind.INVALID, "The settlement has no step with this number to dispute."
)
STEP_POSTED = reason(
    "settlement_step_posted", Kind.CONFLICT, "This step is in the books: have its journal reversed."
)
RESOLVED_ALREADY = reason(
    "settlement_dispute_resolved", Kind.CONFLICT, "This dispute has been resolved before."
)
RAISER_RESOLVES = reason(
    "settlement_dispute_of_another",
    Kind.CONFLICT,
    "The partner that raised a dispute records how it was resolved.",
)


def dispute(
    settlement: Settlement,
    organisation: UUID,
    dispute_id: UUID,
    steps: Iterable[int],
    grounds: str,
    today: date,
) -> Settlement:
    """A party contests some steps that are not posted yet."""
    require_party(settlement, organisation)
    if settlement.state not in {
        SettlementState.PROPOSED,
        SettlementState.APPROVED,
        SettlementState.PART_POSTED,
    }:
        raise NO_SUCH_MOVE(state=settlement.state)
    known, posted = {each.number for each in settlement.outcome.steps}, posted_steps(settlement)
    contested = tuple(sorted(set(steps)))
    for step in contested:
        if step not in known:
            raise STEP_UNKNOWN("/steps", step=step)
        if step in posted:
            raise STEP_POSTED("/steps", step=step)
    disputes = (
        *settlement.disputes,
        Dispute(dispute_id, organisation, contested, grounds, today + ANSWER_WITHIN),
    )
    return replace(settlement, disputes=disputes, version=settlement.version + 1)


def resolve(
    settlement: Settlement,
    dispute_id: UUID,
    organisation: UUID,
    outcome: SettlementDisputeOutcome,
    explanation: str,
) -> Settlement:
    """The partner that raised a dispute says how it ended. Steps that stand can be posted then."""
    found = next(each for each in settlement.disputes if each.id == dispute_id)
    if found.organisation_id != organisation:
        raise RAISER_RESOLVES()
    if found.outcome is not None:
        raise RESOLVED_ALREADY()
    resolved = replace(found, outcome=outcome, explanation=explanation, version=found.version + 1)
    disputes = tuple(resolved if each.id == dispute_id else each for each in settlement.disputes)
    ended = replace(settlement, disputes=disputes)
    done = ended.state is SettlementState.PART_POSTED and not waiting(ended)
    return moved(ended, SettlementState.POSTED if done else ended.state)
