"""Open an account of the ledger."""

from __future__ import annotations

from services.budget.actions.open_line import pool_and_agreement
from services.budget.rules import account as rules
from services.budget.rules.line import LINE_UNKNOWN, Arrangement, Line
from services.budget.rules.sight import readers
from services.budget.store import accounts, lines
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, find, finish


async def open_account(db: Database, caller: Caller, sent: Sent, asked: rules.AccountAsked) -> Answer:
    """Open it in the host's books for pooled money, and in one's own for the rest."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        pool, agreement = None, None
        if asked.pool_id is not None:
            pool, agreement = await pool_and_agreement(tx, asked.pool_id)
        parties = [party.organisation_id for party in agreement.terms.parties] if agreement else []
        account = rules.open_account(asked, pool, await _line(tx, asked), parties)
        await accounts.add(tx, account)
        change = Change(
            what="account_opened",
            thing="account",
            thing_id=account.id,
            owner_organisation_id=account.owner_organisation_id,
            partnership_id=account.partnership_id,
            readers=readers(Arrangement(account.arrangement), account.owner_organisation_id, agreement),
            facts={"kind": account.kind.value, "arrangement": account.arrangement},
        )
        return await finish(tx, sent, change, account)


async def _line(tx: Transaction, asked: rules.AccountAsked) -> Line | None:
    if asked.line_id is None:
        return None
    try:
        return await lines.get(tx, asked.line_id)
    except Refusal as refusal:
        if refusal.reason is not NOT_FOUND:
            raise
        raise LINE_UNKNOWN("/line_id") from None
