"""Let what is set aside for contracts go over to those that go on for them, line by line and to the penny."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from services.budget.actions.revise_for_contract import usable_lines
from services.budget.rules import contract_handover as rules
from services.budget.rules.commitment import Commitment
from services.budget.rules.headroom import LineFunds, day_on
from services.budget.store import commitments, line_funds
from services.budget.store.commitment_events import told
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish, finish_unchanged, tell


async def hand_over_for_contracts(
    db: Database, caller: Caller, sent: Sent, asked: rules.ContractHandover
) -> Answer:
    """No line has more or less set aside than before, so that no limit is asked; nothing that was paid moves."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        rules.check_heirs(asked)
        lines = await _lines(tx, asked)
        moved: list[rules.HandedOver] = []
        left: list[rules.LeftBehind] = []
        changes: list[Change] = []
        for handover in asked.handovers:
            stays: list[rules.LeftBehind] = []
            all_held = await commitments.lock_of_contract(tx, handover.contract_id)
            for held in rules.concerned(handover, all_held):
                line = lines.get(held.line_id)
                if line is None or not rules.goes_over(held, line, asked.day):
                    stays.append(
                        rules.LeftBehind(held.id, handover.contract_id, held.line_id, held.rest_pence)
                    )
                    continue
                moved += await _move(tx, asked, handover, held, line, changes)
            rules.check_left(handover, stays)
            left += stays
        thing = rules.ContractsHandedOver(asked.id, tuple(moved), tuple(left))
        if not changes:
            return await finish_unchanged(tx, sent, thing)
        await tell(tx, changes[:-1])
        return await finish(tx, sent, changes[-1], thing, status=200)


async def _lines(tx: Transaction, asked: rules.ContractHandover) -> Mapping[UUID, LineFunds]:
    """All lines that bear one of the contracts, locked together in id order, as far as the caller may use them."""
    ids: list[UUID] = []
    for each in asked.handovers:
        ids += await commitments.lines_of_contract(tx, each.contract_id)
    found = usable_lines(await line_funds.lock(tx, ids), tx.caller.organisation_id)
    return {id_: line for id_, line in found.items() if line.partnership_id == asked.partnership_id}


async def _move(
    tx: Transaction,
    asked: rules.ContractHandover,
    handover: rules.Handover,
    held: Commitment,
    line: LineFunds,
    changes: list[Change],
) -> list[rules.HandedOver]:
    (emptied, release), made = rules.hand_over(
        asked, handover, held, tx.caller.organisation_id, day_on(line, asked.day)
    )
    await commitments.save(tx, emptied, release)
    changes.append(told(emptied, release, line))
    moved = []
    for commitment, move in made:
        await commitments.add(tx, commitment, move)
        changes.append(told(commitment, move, line))
        assert commitment.contract_id is not None
        moved.append(
            rules.HandedOver(
                held.id,
                handover.contract_id,
                held.line_id,
                held.financial_year,
                commitment.id,
                commitment.contract_id,
                commitment.reserved_pence,
            )
        )
    return moved
