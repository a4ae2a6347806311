"""Say something in a report beside its figures: activity, whether a condition is met, or who signed it off."""

from __future__ import annotations

from services.budget.rules.pool import POOL_UNKNOWN
from services.budget.rules.report_statement import DECISION_NOT_HERE, Statement, state
from services.budget.store import decisions, pools, report_statements
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, find, finish


async def make_report_statement(db: Database, caller: Caller, sent: Sent, asked: Statement) -> Answer:
    """Keep it. The last that a partner said on a section counts."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        statement = state(asked)
        await _check_pool(tx, statement)
        await _check_decision(tx, statement)
        await report_statements.add(tx, statement)
        change = Change(
            what="report_statement_made",
            thing="report_statement",
            thing_id=statement.id,
            owner_organisation_id=statement.owner_organisation_id,
            partnership_id=statement.partnership_id,
            facts={"report": statement.report.value, "section": statement.section},
        )
        return await finish(tx, sent, change, statement)


async def _check_pool(tx: Transaction, statement: Statement) -> None:
    if statement.pool_id is None:
        return
    pool = await pools.maybe(tx, statement.pool_id)
    if pool is None or pool.partnership_id != statement.partnership_id:
        raise POOL_UNKNOWN("/pool_id")


async def _check_decision(tx: Transaction, statement: Statement) -> None:
    if statement.decision_id is None:
        return
    try:
        decision = await decisions.get(tx, statement.decision_id)
    except Refusal as refusal:
        raise (DECISION_NOT_HERE("/decision_id") if refusal.reason is NOT_FOUND else refusal) from None
    mine = decision.owner_organisation_id == statement.owner_organisation_id
    if not mine or decision.partnership_id != statement.partnership_id:
        raise DECISION_NOT_HERE("/decision_id")
