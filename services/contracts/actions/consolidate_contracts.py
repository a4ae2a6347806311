"""Consolidate contracts of one provider into one, or split one into several, with the proof of what went on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.contracts.actions.register_contract import require_own, told
from services.contracts.rules import consolidation as rules
from services.contracts.rules.carry_over import check_ready
from services.contracts.rules.contract import Contract
from services.contracts.rules.first_award import FirstAward, first_award, joined
from services.contracts.rules.step import Move, Step
from services.contracts.store import contracts, first_awards, regroupings, variations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import Kind, reason
from shared.idempotency import Answer, Sent, find, finish, tell

SOURCES_UNKNOWN = reason(
    "consolidation_sources_unknown",
    Kind.INVALID,
    "Some of these contracts are not there, or your organisation does not lead them.",
)


async def consolidate_contracts(
    db: Database,
    caller: Caller,
    sent: Sent,
    made: rules.Regrouping,
    new: rules.NewContract,
    today: date,
) -> Answer:
    """Bring contracts together: all that the caller leads, with one provider, running (S1-C09, S3-C01)."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        sources = await sources_of(tx, made.source_contract_ids)
        awards = await ready(tx, sources, made.effective_on, today)
        ended, going = rules.consolidate(sources, new, made.effective_on)
        made = rules.proven(made, sources, ended, [going])
        made = await keep_regrouping(tx, caller, made, sources, ended, [going], Move.CONSOLIDATION)
        await first_awards.add_all(tx, [(going, joined(awards))])
        return await finish(tx, sent, regrouped(made), made)


async def sources_of(tx: Transaction, ids: Sequence[UUID]) -> list[Contract]:
    """These contracts, locked, or a refusal that names those that the caller does not lead."""
    return led(await contracts.lock_all(tx, ids), ids)


async def ready(tx: Transaction, sources: Sequence[Contract], on: date, today: date) -> list[FirstAward]:
    """What these contracts were first awarded as, or a refusal where they cannot end on that day yet."""
    found = await variations.of_contracts(tx, [each.id for each in sources])
    check_ready(on, today, found)
    return [
        first_award(
            each,
            [one for one in found if one.contract_id == each.id],
            await first_awards.of(tx, each),
        )
        for each in sources
    ]


def led(found: Mapping[UUID, Contract], ids: Sequence[UUID]) -> list[Contract]:
    """These contracts in this order, or a refusal that names those that were not found."""
    if absent := [str(each) for each in ids if each not in found]:
        raise SOURCES_UNKNOWN("/source_contract_ids", contract_ids=absent)
    return [found[each] for each in ids]


async def keep_regrouping(
    tx: Transaction,
    caller: Caller,
    made: rules.Regrouping,
    sources: Sequence[Contract],
    ended: Sequence[Contract],
    going: Sequence[Contract],
    move: Move,
) -> rules.Regrouping:
    """Save the contracts that end, add those that go on, and keep the record of it."""
    step = Step(move, on=made.effective_on, note=made.reason)
    await contracts.save_all(tx, list(zip(sources, ended, strict=True)), {each.id: step for each in ended})
    for each in going:
        require_own(each, caller)
    await contracts.add_all(tx, going, step)
    await tell(
        tx, [told("contract_regrouped", each, regrouping_id=str(made.id)) for each in (*ended, *going)]
    )
    return await regroupings.add(tx, made)


def regrouped(made: rules.Regrouping) -> Change:
    """What is told of a consolidation or split."""
    return Change(
        what=f"contracts_{made.kind.value}",
        thing="regrouping",
        thing_id=made.id,
        owner_organisation_id=made.owner_organisation_id,
        partnership_id=made.partnership_id,
        facts={
            "from": [str(each) for each in made.source_contract_ids],
            "to": [str(each) for each in made.contract_ids],
        },
    )
