"""Set budget aside for a contract that comes into force: all of it or none, and only with the approvals it needs."""

from __future__ import annotations

from dataclasses import replace

from services.budget.rules import commitment as commitment_rules
from services.budget.rules import contract_reservation as rules
from services.budget.rules.contract_approval import approved
from services.budget.rules.delegation_limit import LimitSubject
from services.budget.rules.headroom import LineFunds, require_usable
from services.budget.rules.line import LINE_UNKNOWN
from services.budget.store import commitments, decisions, delegation_limits, line_funds, own_shares
from services.budget.store.clock import today
from services.budget.store.commitment_events import told
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.calendar import financial_year_of
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import Refusal
from shared.idempotency import Answer, Sent, find, finish, tell


async def reserve_for_contract(
    db: Database, caller: Caller, sent: Sent, asked: rules.ContractReservation
) -> Answer:
    """Reserve on every line under the locks of all of them, so that activations at once never pass a limit."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        wanted = rules.reservations(asked)
        found = await line_funds.lock(tx, [each.line_id for each in wanted])
        lines = [
            _line(found.get(each.line_id), asked, caller, f"/commitments/{at}")
            for at, each in enumerate(wanted)
        ]
        split = rules.check_split(asked, lines, caller.organisation_id)
        rules.check_own_shares(await own_shares.lacking(tx, asked, split.own_shares))
        limits = await delegation_limits.in_force(tx, asked.partnership_id, LimitSubject.CONTRACT, asked.day)
        on_it = await decisions.on_subject(tx, asked.contract_id)
        late = await decisions.recorded_before(tx, asked.contract_id, asked.priced_at)
        year = financial_year_of(asked.day).label
        before = await commitments.for_other_contracts(tx, asked.partnership_id, year, asked.contract_id)
        approvals = approved(rules.to_approve(asked, split), limits, on_it, await today(tx), before, late)
        made, changes = [], []
        for at, (each, line) in enumerate(zip(wanted, lines, strict=True)):
            one, change = await _reserve(tx, each, line, at)
            made.append(one)
            changes.append(change)
        await tell(tx, changes[:-1])
        thing = rules.ContractReserved(asked.id, asked.contract_id, approvals, tuple(made))
        return await finish(tx, sent, changes[-1], thing)


def _line(
    line: LineFunds | None, asked: rules.ContractReservation, caller: Caller, pointer: str
) -> LineFunds:
    usable = require_usable(line, caller.organisation_id, f"{pointer}/line_id")
    if usable.partnership_id != asked.partnership_id:
        raise LINE_UNKNOWN(f"{pointer}/line_id")
    return usable


async def _reserve(
    tx: Transaction, asked: commitment_rules.Reservation, line: LineFunds, at: int
) -> tuple[rules.Reserved, Change]:
    try:
        on_line = rules.from_its_day(asked, line)
        commitment, move = commitment_rules.reserve(on_line, line, tx.caller.organisation_id)
    except Refusal as refusal:
        pointer = refusal.faults[0].pointer if refusal.faults else ""
        raise refusal.reason(f"/commitments/{at}{pointer}", **refusal.facts) from None
    await commitments.add(tx, commitment, move)
    reserved = rules.Reserved(
        commitment.id, line.line_id, line.pool_id, line.financial_year, asked.amount_pence
    )
    after = replace(line, committed_pence=line.committed_pence + move.amount_pence)
    return reserved, told(commitment, move, after)
