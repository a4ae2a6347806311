"""Make a change that several services make together, step by step, so that whoever repeats it finishes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.gateway.clients.errands import Declined, Errands, Told
from services.gateway.rules import joint_change as rules
from services.gateway.rules.joint_change import ChangeKind, JointChange
from services.gateway.store import joint_changes
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Relayed, Sent, find, finish, tell


@dataclass(frozen=True, slots=True)
class Work:
    """One change being driven: where it is kept, in whose name the services hear of it, and the ways to them."""

    db: Database
    caller: Caller
    driver: Caller
    errands: Errands

    async def keep(self, change: JointChange) -> JointChange:
        """Keep how far the change has come, before anything more is asked of anybody."""
        async with self.db.begin(self.caller, write=True) as tx:
            await joint_changes.save(tx, change)
        return change

    async def decline(self, change: JointChange, why: Declined) -> None:
        """Keep that a service refused the change for good. What only passes leaves it under way."""
        if why.for_good:
            await self.keep(rules.declined(change, why.problem))


Check = Callable[[Errands], Awaitable[dict[str, Any]]]
Drive = Callable[[Work, JointChange], Awaitable[tuple[JointChange, Told]]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change that is asked for: how it is checked before anything is kept, and the steps that make it."""

    kind: ChangeKind
    thing_id: UUID
    thing_version: int
    asked: dict[str, Any]
    check: Check
    drive: Drive


async def change_jointly(
    db: Database, caller: Caller, sent: Sent, wanted: Wanted, errands: Errands
) -> Answer:
    """Begin the change, or go on with it where it was left; a repeat of what is done gets the first answer."""
    change_id = rules.change_id(wanted.kind, caller.organisation_id, wanted.thing_id, wanted.thing_version)
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        change = await joint_changes.find(tx, change_id)
    if not rules.goes_on(change, sent.digest):
        plan = await wanted.check(errands)
        change = await _begin(db, caller, change, _begun(change_id, caller, sent, wanted, plan))
    assert change is not None
    return await _finish(db, caller, sent, wanted.drive, change, errands)


async def resume_jointly(
    db: Database,
    caller: Caller,
    sent: Sent,
    change_id: UUID,
    drive: Callable[[ChangeKind], Drive],
    errands: Errands,
) -> Answer:
    """Go on with a change that was left half done, as it was asked for."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        change = rules.resume(await joint_changes.get(tx, change_id))
    return await _finish(db, caller, sent, drive(change.kind), change, errands)


def _begun(change_id: UUID, caller: Caller, sent: Sent, wanted: Wanted, plan: dict[str, Any]) -> JointChange:
    partnership = plan.get("partnership_id")
    return JointChange(
        change_id,
        wanted.kind,
        wanted.thing_id,
        wanted.thing_version,
        caller.organisation_id,
        None if partnership is None else UUID(partnership),
        caller.client_id,
        caller.person,
        wanted.asked,
        sent.digest,
        plan=plan,
    )


async def _begin(db: Database, caller: Caller, found: JointChange | None, begun: JointChange) -> JointChange:
    async with db.begin(caller, write=True) as tx:
        if found is None:
            change = begun
            await joint_changes.add(tx, change)
        else:
            change = rules.again(found, begun)
            await joint_changes.save(tx, change)
        await tell(tx, [_told("joint_change_begun", change)])
    return change


async def _finish(
    db: Database, caller: Caller, sent: Sent, drive: Drive, change: JointChange, errands: Errands
) -> Answer:
    """Drive the steps that are left, and keep the last service's answer as the answer to it all."""
    driver = replace(caller, client_id=change.client_id, person=change.person)
    change, told = await drive(Work(db, caller, driver, errands), change)
    ended = rules.done(change)
    async with db.begin(caller, write=True) as tx:
        await joint_changes.save(tx, ended)
        relayed = Relayed(told.body, told.said.get("version"))
        return await finish(tx, sent, _told("joint_change_done", ended), relayed, status=200)


def _told(what: str, change: JointChange) -> Change:
    return Change(
        what=what,
        thing="joint_change",
        thing_id=change.id,
        owner_organisation_id=change.owner_organisation_id,
        partnership_id=change.partnership_id,
        readers=(),
        facts={
            "kind": change.kind.value,
            "thing_id": str(change.thing_id),
            "steps": [each.value for each in change.steps],
        },
    )
