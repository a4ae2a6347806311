"""A succession, tried and applied: first in the directory, then service by service, each once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.gateway.actions.finish_succession import finish_succession
from services.gateway.actions.keep_succession_part import keep_succession_part
from services.gateway.actions.move_memberships import move_memberships
from services.gateway.clients.errands import Errands
from services.gateway.rules import succession as rules
from services.gateway.rules.internal import Internal
from services.gateway.rules.internal_table import INTERNAL
from services.gateway.rules.succession import PART_MISSING, Succession, SuccessionPart
from services.gateway.store import members, succession_plans, successions
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent

SERVICES = (SuccessionPart.BUDGET, SuccessionPart.CONTRACTS, SuccessionPart.OUTCOMES)


@dataclass(frozen=True, slots=True)
class PartPreview:
    """What one part would do, in its own counts; `missing` where a service has no part in successions yet."""

    part: SuccessionPart
    missing: bool
    counts: dict[str, int]
    remarks: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What all parts would do, as things stand now."""

    succession_id: UUID
    complete: bool
    parts: tuple[PartPreview, ...]


async def preview(db: Database, caller: Caller, succession_id: UUID, errands: Errands) -> Preview:
    """Nothing is written anywhere."""
    async with db.begin(caller, snapshot=True) as tx:
        succession = await successions.get(tx, succession_id)
        own = await succession_plans.plan(tx, succession)
        driver = await _driver(tx, caller, succession)
    remarks = tuple({**asdict(each), "thing_id": str(each.thing_id)} for each in own.remarks)
    found = [PartPreview(SuccessionPart.DIRECTORY, False, own.counts, remarks)]
    for part in SERVICES:
        operation = _part_of(part, "POST", "/v1/succession-previews")
        if operation is None:
            found.append(PartPreview(part, True, {}, ()))
            continue
        told = await errands.drive(driver, operation, operation.path, rules.body_of(succession))
        found.append(PartPreview(part, False, told.said["counts"], tuple(told.said["remarks"])))
    return Preview(succession_id, not any(each.missing for each in found), tuple(found))


async def apply(
    db: Database, caller: Caller, sent: Sent, succession_id: UUID, today: date, errands: Errands
) -> Answer:
    """Apply the parts that are left, in order. A part that refuses leaves those before it applied, and the succession
    half done: whoever applies it again goes on there."""
    async with db.begin(caller, snapshot=True) as tx:
        succession = await successions.get(tx, succession_id)
        driver = await _driver(tx, caller, succession)
    rules.require_applicable(succession, today)
    if SuccessionPart.DIRECTORY in succession.waiting:
        succession = await move_memberships(db, caller, succession_id)
    for part in SERVICES:
        if part in succession.waiting:
            answer = await _apply_in(part, driver, succession, errands)
            succession = await keep_succession_part(db, caller, succession_id, part, answer)
    return await finish_succession(db, caller, sent, succession)


async def _apply_in(
    part: SuccessionPart, driver: Caller, succession: Succession, errands: Errands
) -> dict[str, Any]:
    """Have a service apply it under the succession's own id: asked twice, it is applied once."""
    operation = _part_of(part, "PUT", "/v1/succession-parts/{id}")
    if operation is None:
        raise PART_MISSING(service=part.value, applied=sorted(succession.parts))
    target = operation.path.replace("{id}", str(succession.id))
    told = await errands.drive(driver, operation, target, rules.body_of(succession))
    return {name: told.said[name] for name in ("counts", "remarks")}


def _part_of(part: SuccessionPart, method: str, path: str) -> Internal | None:
    wanted = (part.value, method, path)
    return next((each for each in INTERNAL if (each.service, each.method, each.path) == wanted), None)


async def _driver(tx: Transaction, caller: Caller, succession: Succession) -> Caller:
    """In whose name the services hear of it: the client that approved, with the rows of all bodies concerned."""
    bodies = (*succession.predecessors, *succession.successors)
    standing: dict[str, set[UUID]] = {}
    for member in await members.with_any(tx, bodies):
        if member.organisation_id not in bodies or member.role == "auditor":
            continue
        for role in (member.role.value, *(("commissioner",) if member.role == "host" else ())):
            standing.setdefault(role, set()).add(member.partnership_id)
    approver = succession.approved_by
    return Caller(
        client_id=caller.client_id if approver is None else approver.client_id,
        organisation_id=caller.organisation_id,
        organisations=tuple(sorted(bodies)),
        scopes=frozenset(),
        standing={role: tuple(sorted(found)) for role, found in sorted(standing.items())},
        operator=caller.operator,
        person=None if approver is None else approver.person,
    )
