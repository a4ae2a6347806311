"""Commit budget of a line to a contract or a package, under the line's lock."""

from __future__ import annotations

from dataclasses import replace

from services.budget.rules import commitment as rules
from services.budget.rules.delegation_limit import Case, LimitSubject
from services.budget.rules.headroom import require_usable, shown
from services.budget.rules.line import LINE_UNKNOWN
from services.budget.rules.own_limit import require_decided
from services.budget.store import commitments, decisions, delegation_limits, line_funds
from services.budget.store.clock import today
from services.budget.store.commitment_events import told
from services.budget.store.visibility import require_commissioner
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish


async def reserve_commitment(db: Database, caller: Caller, sent: Sent, asked: rules.Reservation) -> Answer:
    """Reserve it. Of any number of reservations at once, exactly those that fit a line's limit are taken."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        found = (await line_funds.lock(tx, [asked.line_id])).get(asked.line_id)
        line = require_usable(found, caller.organisation_id)
        if line.partnership_id != asked.partnership_id:
            raise LINE_UNKNOWN("/line_id")
        commitment, move = rules.reserve(asked, line, caller.organisation_id)
        await require_within(tx, commitment, commitment.reserved_pence)
        await commitments.add(tx, commitment, move)
        after = replace(line, committed_pence=line.committed_pence + move.amount_pence)
        return await finish(tx, sent, told(commitment, move, line), rules.shown(commitment, shown(after)))


async def require_within(tx: Transaction, commitment: rules.Commitment, added_pence: int) -> None:
    """Within the officer's limit of whoever commits, or decided on by a body of it: on the commitment or its contract."""
    own, day = tx.caller.organisation_id, await today(tx)
    before = await commitments.before_pence(tx, commitment, own)
    case = Case(LimitSubject.COMMITMENT, added_pence, day, before_pence=before)
    limits = await delegation_limits.in_force(tx, commitment.partnership_id, case.subject, day)
    if not any(each.owner_organisation_id == own for each in limits):
        return
    on_it = await decisions.on_subject(tx, commitment.id)
    if commitment.contract_id is not None:
        on_it += await decisions.on_subject(tx, commitment.contract_id)
    require_decided(own, limits, case, on_it, day)
