"""Record a figure in the life of a line's budget: proposed, original, revised, forecast or outturn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.budget.rules import line_budget as rules
from services.budget.rules.budget_revision import require_revisable
from services.budget.rules.decision import Outcome, counts_from
from services.budget.rules.line import Line
from services.budget.store import decisions, line_budgets, line_changes, line_funds, lines
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, check_version, find, finish


async def record_line_budget(
    db: Database, caller: Caller, sent: Sent, line_id: UUID, expected_version: int, asked: rules.BudgetAsked
) -> Answer:
    """Keep the figure beside those before it, and turn the line's version."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        line = await lines.lock(tx, line_id)
        check_version(line.version, expected_version)
        day = await today(tx)
        if asked.decision_id is not None:
            await _require_decided(tx, line, asked.decision_id, day)
        history = await line_budgets.history(tx, line.id)
        budget = rules.record_budget(line, history, asked, day)
        if (funds := await line_funds.read(tx, line.id)) is not None:
            others = await line_budgets.undecided(tx, line.id)
            require_revisable(line, history, budget, funds, others)
        await lines.turn(tx, replace(line, version=line.version + 1))
        recorded = replace(budget, recorded_at=await line_budgets.add(tx, line, budget))
        facts = {"kind": budget.kind.value, "number": budget.number}
        return await finish(
            tx, sent, await line_changes.told(tx, "line_budget_recorded", line, facts), recorded
        )


async def _require_decided(tx: Transaction, line: Line, decision_id: UUID, day: date) -> None:
    """The decision behind a figure is one of the line's owner that approved, and counts by now."""
    try:
        decision = await decisions.get(tx, decision_id)
    except Refusal as refusal:
        if refusal.reason is not NOT_FOUND:
            raise
        raise rules.DECISION_UNFIT("/decision_id") from None
    since = counts_from(decision)
    same = (decision.owner_organisation_id, decision.partnership_id)
    approved = decision.outcome in {Outcome.APPROVED, Outcome.APPROVED_SUBJECT_TO}
    if (
        same != (line.owner_organisation_id, line.partnership_id)
        or not approved
        or since is None
        or since > day
    ):
        raise rules.DECISION_UNFIT("/decision_id", outcome=decision.outcome, counts_from=since)
