"""Put a successor in the places of its predecessors in all contracts that they lead, or count what that would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.contracts.actions.register_contract import told
from services.contracts.rules.step import Move, Step
from services.contracts.rules.succession import Succeeded, SuccessionPart, succeed_in_all
from services.contracts.store import contracts, successions
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish, tell


@dataclass(frozen=True, slots=True)
class Asked:
    """A succession as the directory has it: who takes whose place, from which day, and by what."""

    id: UUID
    successor_organisation_id: UUID
    predecessor_organisation_ids: tuple[UUID, ...]
    effective_on: date
    instrument: str


async def apply_succession(db: Database, caller: Caller, sent: Sent, asked: Asked) -> Answer:
    """Change every contract that runs on the day or later; sent again, it gives the first answer."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        made = await worked_out(tx, asked)
        step = Step(
            Move.STATUTORY_TRANSFER, on=asked.effective_on, reason="succession", note=asked.instrument
        )
        await contracts.save_all(tx, made.pairs, {after.id: step for _, after in made.pairs}, owners=True)
        await successions.move_entries(tx, [after.id for _, after in made.pairs])
        await tell(tx, [told("contract_succeeded", after) for _, after in made.pairs])
        part = part_of(asked, made, written=True)
        return await finish(tx, sent, _told(part), part)


async def worked_out(tx: Transaction, asked: Asked) -> Succeeded:
    """What the succession changes and what it leaves, from the contracts as they are now, locked if they are led."""
    caller = tx.caller
    into = dict.fromkeys(asked.predecessor_organisation_ids, asked.successor_organisation_id)
    ids = await successions.contracts_of(tx, asked.predecessor_organisation_ids, asked.effective_on)
    led = await contracts.lock_all(tx, ids)
    others = await contracts.get_all(tx, [each for each in ids if each not in led])
    found = [each for id_ in ids if (each := led.get(id_) or others.get(id_)) is not None]
    return succeed_in_all(
        found,
        into,
        caller.organisations,
        caller.partnerships("commissioner", "host"),
        await successions.last_occurrences(tx, asked.successor_organisation_id),
    )


def part_of(asked: Asked, made: Succeeded, written: bool) -> SuccessionPart:
    """The answer: the same of a preview as of the act, but for `written`."""
    return SuccessionPart(
        id=asked.id,
        successor_organisation_id=asked.successor_organisation_id,
        predecessor_organisation_ids=asked.predecessor_organisation_ids,
        effective_on=asked.effective_on,
        instrument=asked.instrument,
        written=written,
        contracts=tuple(after.id for _, after in made.pairs),
        merged=made.merged,
        left=made.left,
    )


def _told(part: SuccessionPart) -> Change:
    return Change(
        what="contracts_succeeded",
        thing="succession_part",
        thing_id=part.id,
        owner_organisation_id=part.successor_organisation_id,
        facts={"contracts": len(part.contracts), "merged": part.merged, "left": len(part.left)},
    )
