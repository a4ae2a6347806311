"""Dispose of what is kept of persons whose placements are over: with a certificate, and no total moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from services.contracts.rules import placement_disposal as rules
from services.contracts.rules.placement_disposal import DisposalBasis
from services.contracts.rules.placement_life import PlacementMove, PlacementStep
from services.contracts.store import placement_disposals, placements
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.errors import Kind, reason
from shared.idempotency import Answer, Sent, find, finish

NOTHING_DUE = reason(
    "disposal_nothing_due",
    Kind.CONFLICT,
    "No placement of yours has ended and is past its retention by that day.",
)


@dataclass(frozen=True, slots=True)
class AskedDisposal:
    """What is to go: placements by id, or all whose retention was over before `as_at`. `today` is England's day."""

    basis: DisposalBasis
    as_at: date
    today: date
    placement_ids: Sequence[UUID] = ()


async def dispose_placements(db: Database, caller: Caller, sent: Sent, asked: AskedDisposal) -> Answer:
    """Take away what stands for a person, keep the certificate, and tell the owner.

    A successor disposes of what its predecessors placed, since nobody writes for them any more; the certificate is its
    own. Whoever takes a contract over by novation does not: the outgoing body is there still, and stays controller.
    """
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        if asked.as_at > asked.today:
            raise rules.AS_AT_AHEAD("/as_at")
        if asked.placement_ids:
            before = await placement_disposals.named(tx, asked.placement_ids)
            if len(before) < len(set(asked.placement_ids)):
                raise rules.PLACEMENTS_UNKNOWN("/placement_ids")
        elif asked.basis is DisposalBasis.ERASURE:
            raise rules.ERASURE_UNNAMED("/placement_ids")
        else:
            before = await placement_disposals.due(tx, asked.as_at, rules.MOST_AT_ONCE + 1)
            if not before:
                raise NOTHING_DUE("/as_at")
        more, before = len(before) > rules.MOST_AT_ONCE, before[: rules.MOST_AT_ONCE]
        step = PlacementStep(PlacementMove.DISPOSAL, asked.as_at, asked.basis.value)
        after = [
            await placements.save(tx, each, rules.dispose(each, asked.basis, asked.as_at), step)
            for each in before
        ]
        made = rules.certificate(
            (uuid4(), caller.organisation_id), asked.basis, (asked.as_at, asked.today), before, after
        )
        made = await placement_disposals.add(tx, replace(made, more=more))
        change = Change(
            what="placements_disposed",
            thing="placement_disposal",
            thing_id=made.id,
            owner_organisation_id=made.owner_organisation_id,
            facts={"placements": made.placements, "basis": made.basis.value},
        )
        return await finish(tx, sent, change, made)
