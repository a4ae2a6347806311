"""Propose a virement or a supplementary estimate, and find out who must approve it."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import virement as rules
from services.budget.rules.delegation_limit import Case, who_decides
from services.budget.rules.estimate_source import require_in_reserve
from services.budget.rules.headroom import LineFunds, adjusted, require_usable
from services.budget.rules.ledger_account import Account
from services.budget.rules.virement_approval import Maker
from services.budget.rules.virement_kind import check_kind
from services.budget.store import accounts, delegation_limits, line_funds, virements
from services.budget.store.clock import today
from services.budget.store.virement_events import told
from services.budget.store.visibility import require_commissioner
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, find, finish


async def propose_virement(db: Database, caller: Caller, sent: Sent, asked: rules.Proposal) -> Answer:
    """Keep the proposal under the locks of its lines, so that a split proposal counts what came before it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        rules.check_proposal(asked)
        ids = [each for each in (asked.from_line_id, asked.to_line_id) if each is not None]
        found = await line_funds.lock(tx, ids)
        own = caller.organisation_id
        source = None
        if asked.from_line_id is not None:
            source = require_usable(found.get(asked.from_line_id), own, "/from_line_id")
        target = require_usable(found.get(asked.to_line_id), own, "/to_line_id")
        if asked.from_account_id is not None:
            giving = rules.check_account(await _account(tx, asked.from_account_id), target)
            require_in_reserve(giving, await accounts.reserve_free(tx, giving.id), asked.amount_pence)
        types = check_kind(asked, source, target)
        case = await _case(tx, asked, source or target, types)
        limits = await delegation_limits.in_force(tx, asked.partnership_id, asked.subject, case.day)
        concerned = target.party_ids | {target.owner_organisation_id}
        needed = who_decides([each for each in limits if each.owner_organisation_id in concerned], case)
        virement = rules.propose(asked, own, source, target, needed)
        await virements.add(tx, virement, Maker(caller.client_id, caller.person))
        return await finish(tx, sent, told("virement_proposed", virement), virement)


async def _account(tx: Transaction, account_id: UUID) -> Account | None:
    try:
        return await accounts.get(tx, account_id)
    except Refusal as refusal:
        if refusal.reason is not NOT_FOUND:
            raise
        return None


async def _case(tx: Transaction, asked: rules.Proposal, line: LineFunds, types: frozenset[str]) -> Case:
    ids = [each for each in (asked.from_line_id, asked.to_line_id) if each is not None]
    return Case(
        asked.subject,
        asked.amount_pence,
        await today(tx),
        asked.nature,
        asked.permanence,
        asked.budget_type,
        await virements.before_pence(tx, ids),
        adjusted(line).amount_pence,
        types,
    )
