"""Set aside what a contract whose terms change costs more: all of it or none, and only with the approvals it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from services.budget.rules import contract_revision as rules
from services.budget.rules.commitment import Commitment, Level, Move, Reservation, reserve, vary
from services.budget.rules.contract_approval import PartnerApproval, approved
from services.budget.rules.headroom import LineFunds, day_on, require_living, require_usable
from services.budget.rules.line import LINE_UNKNOWN
from services.budget.rules.revision_plan import plan
from services.budget.store import commitments, decisions, delegation_limits, line_funds
from services.budget.store.clock import today
from services.budget.store.commitment_events import told
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import Refusal
from shared.idempotency import Answer, Sent, find, finish, finish_unchanged, tell


async def revise_for_contract(
    db: Database, caller: Caller, sent: Sent, asked: rules.ContractRevision
) -> Answer:
    """Raise commitments under the locks of all their lines. What is to be lowered is said, and done once the contract
    has changed, so that a contract in force is covered at every moment."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        lines, held = await _held(tx, asked)
        planned = plan(asked, held, lines, caller.organisation_id)
        approvals = await _approvals(tx, asked, planned)
        made = rules.ContractRevised(
            asked.id, asked.contract_id, approvals, rules.raised(planned), rules.to_lower(planned)
        )
        changes = await _raise(tx, asked, made, {each.id: each for each in held}, dict(lines))
        if not changes:
            return await finish_unchanged(tx, sent, made)
        await tell(tx, changes[:-1])
        return await finish(tx, sent, changes[-1], made, status=200)


async def _held(
    tx: Transaction, asked: rules.ContractRevision
) -> tuple[Mapping[UUID, LineFunds], list[Commitment]]:
    """The lines that bear the contract or are named, as far as the caller may use them, and what they hold for it."""
    require_commissioner(tx, asked.partnership_id)
    standing = await commitments.lines_of_contract(tx, asked.contract_id)
    found = await line_funds.lock(tx, [*standing, *(each.line_id for each in asked.changes)])
    for at, each in enumerate(asked.changes):
        line = require_usable(
            found.get(each.line_id), tx.caller.organisation_id, f"/commitments/{at}/line_id"
        )
        if line.partnership_id != asked.partnership_id:
            raise LINE_UNKNOWN(f"/commitments/{at}/line_id")
    return usable_lines(found, tx.caller.organisation_id), await commitments.lock_of_contract(
        tx, asked.contract_id
    )


def usable_lines(found: Mapping[UUID, LineFunds], organisation_id: UUID) -> Mapping[UUID, LineFunds]:
    """Those that an organisation may commit; what stands on others' lines is theirs."""
    return {id_: line for id_, line in found.items() if _usable(line, organisation_id)}


def _usable(line: LineFunds, organisation_id: UUID) -> bool:
    try:
        require_usable(line, organisation_id)
    except Refusal as refusal:
        if refusal.reason is not LINE_UNKNOWN:
            raise
        return False
    return True


async def _approvals(
    tx: Transaction, asked: rules.ContractRevision, planned: tuple[rules.Adjustment, ...]
) -> tuple[PartnerApproval, ...]:
    wanted = rules.to_approve(asked, planned)
    if wanted is None:
        return ()
    limits = await delegation_limits.in_force(tx, asked.partnership_id, wanted.limit, wanted.day)
    on_it = await decisions.on_subject(tx, asked.decided_on_id)
    return approved(wanted, limits, on_it, await today(tx))


async def _raise(
    tx: Transaction,
    asked: rules.ContractRevision,
    made: rules.ContractRevised,
    held: Mapping[UUID, Commitment],
    lines: dict[UUID, LineFunds],
) -> list[Change]:
    changes = []
    for each in made.raised:
        line = lines[each.line_id]
        commitment, move = _raised(asked, each, held.get(each.commitment_id), line, tx.caller.organisation_id)
        await (commitments.add if each.made else commitments.save)(tx, commitment, move)
        lines[each.line_id] = replace(line, committed_pence=line.committed_pence + move.amount_pence)
        changes.append(told(commitment, move, lines[each.line_id]))
    return changes


def _raised(
    asked: rules.ContractRevision,
    each: rules.Adjustment,
    held: Commitment | None,
    line: LineFunds,
    organisation_id: UUID,
) -> tuple[Commitment, Move]:
    """The commitment with the difference, within the limit of its line. A refusal says which line."""
    day = day_on(line, asked.day)
    try:
        if held is not None:
            require_living(line)
            return vary(held, line, held.reserved_pence + each.change_pence, day, asked.reason)
        wanted = Reservation(
            each.commitment_id,
            asked.partnership_id,
            line.line_id,
            Level.SERVICE,
            asked.contract_id,
            None,
            asked.title,
            each.change_pence,
            day,
        )
        return reserve(wanted, line, organisation_id)
    except Refusal as refusal:
        at = "/commitments" if each.named_at is None else f"/commitments/{each.named_at}/change_pence"
        facts = {"line_id": str(line.line_id), "change_pence": each.change_pence, **refusal.facts}
        raise refusal.reason(at, **facts) from None
