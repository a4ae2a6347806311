"""Put a successor in the places of its predecessors in all contracts that they lead."""

from __future__ import annotations

from dataclasses import replace

from services.contracts.actions.register_contract import told
from services.contracts.rules.step import Move, Step
from services.contracts.rules.succession import Succeeded, succeed_in_all
from services.contracts.store import contracts, successions
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish, tell
from shared.succession import Succession, SuccessionReport


async def apply_succession(db: Database, caller: Caller, sent: Sent, asked: Succession) -> Answer:
    """Change every contract that runs on the day or later; sent again, it gives the first answer."""
    async with db.begin(in_the_heirs_name(caller, asked), write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        made = await worked_out(tx, asked)
        step = Step(
            Move.STATUTORY_TRANSFER, on=asked.effective_on, reason="succession", note=asked.instrument
        )
        await contracts.save_all(tx, made.pairs, {after.id: step for _, after in made.pairs}, owners=True)
        await successions.move_entries(tx, [after.id for _, after in made.pairs])
        await tell(tx, [told("contract_succeeded", after) for _, after in made.pairs])
        report = made.report(asked.id)
        return await finish(tx, sent, _told(asked, report), report)


def in_the_heirs_name(caller: Caller, asked: Succession) -> Caller:
    """The caller acting for the successor: history names who took over, not who keeps the directory."""
    return replace(caller, organisation_id=asked.heir)


async def worked_out(tx: Transaction, asked: Succession) -> Succeeded:
    """What the succession changes and what it leaves, from the contracts as they are now, locked if they are led."""
    caller = tx.caller
    ids = await successions.contracts_of(tx, asked.predecessors, asked.effective_on)
    led = await contracts.lock_all(tx, ids)
    others = await contracts.get_all(tx, [each for each in ids if each not in led])
    found = [each for id_ in ids if (each := led.get(id_) or others.get(id_)) is not None]
    return succeed_in_all(
        found,
        asked,
        caller.organisations,
        caller.partnerships("commissioner", "host"),
        await successions.last_occurrences(tx, asked.successors),
    )


def _told(asked: Succession, report: SuccessionReport) -> Change:
    return Change(
        what="contracts_succeeded",
        thing="succession_part",
        thing_id=asked.id,
        owner_organisation_id=asked.heir,
        readers=asked.successors,
        facts={"effective_on": str(asked.effective_on), **report.counts},
    )
