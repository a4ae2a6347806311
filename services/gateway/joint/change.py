"""A change that several services make together, driven step by step, so that whoever repeats it finishes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, NoReturn
from uuid import UUID

from services.gateway.actions.begin_joint_change import begin_joint_change
from services.gateway.actions.finish_joint_change import finish_joint_change
from services.gateway.actions.keep_joint_change import keep_joint_change
from services.gateway.actions.take_up_joint_change import take_up_joint_change
from services.gateway.clients.errands import Declined, Errands, Told
from services.gateway.rules import joint_change as rules
from services.gateway.rules.joint_change import ChangeKind, JointChange
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND
from shared.idempotency import Answer, Relayed, Sent


@dataclass(frozen=True, slots=True)
class Work:
    """One change being driven: where it is kept, in whose name the services hear of it, and the ways to them."""

    db: Database
    caller: Caller
    driver: Caller
    errands: Errands

    async def keep(self, change: JointChange) -> JointChange:
        """Keep how far the change has come, before anything more is asked of anybody."""
        return await keep_joint_change(self.db, self.caller, change)

    async def decline(
        self, change: JointChange, why: Declined, give_back: GiveBack | None = None
    ) -> NoReturn:
        """Keep that a service refused the change for good, and take back what was done. What only passes leaves it
        under way."""
        if not why.for_good:
            raise why
        if give_back is not None:
            change = await self.keep(rules.refused(change, why.service, why.status, why.problem))
            await give_back(self, change)
        await self.keep(rules.declined(change, why.problem))
        raise why

    async def take_back(self, change: JointChange, give_back: GiveBack) -> NoReturn:
        """Go on with taking back what was refused, and give the refusal."""
        assert change.seen is not None
        why = Declined(**change.seen["refused"])
        await give_back(self, change)
        await self.keep(rules.declined(change, why.problem))
        raise why


GiveBack = Callable[[Work, JointChange], Awaitable[None]]
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
    found = await take_up_joint_change(db, caller, sent, change_id)
    if isinstance(found, Answer):
        return found
    if found is None or not rules.goes_on(found, sent.digest):
        plan = await wanted.check(errands)
        found = await begin_joint_change(db, caller, found, _begun(change_id, caller, sent, wanted, plan))
    return await _drive(Work(db, caller, _driver(caller, found), errands), sent, wanted.drive, found)


async def resume_jointly(
    db: Database,
    caller: Caller,
    sent: Sent,
    change_id: UUID,
    drive: Callable[[ChangeKind], Drive],
    errands: Errands,
) -> Answer:
    """Go on with a change that was left half done, as it was asked for. The answer is the change."""
    found = await take_up_joint_change(db, caller, sent, change_id)
    if isinstance(found, Answer):
        return found
    if found is None:
        raise NOT_FOUND()
    change = rules.resume(found)
    work = Work(db, caller, _driver(caller, change), errands)
    change, _ = await drive(change.kind)(work, change)
    return await finish_joint_change(db, caller, sent, change, None)


def _driver(caller: Caller, change: JointChange) -> Caller:
    """In whose name the services hear of it: the client that began it, so that a repeat finds its first answer."""
    return replace(caller, client_id=change.client_id, person=change.person)


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
        rules.contracts_in(wanted.thing_id, plan),
        plan=plan,
    )


async def _drive(work: Work, sent: Sent, drive: Drive, change: JointChange) -> Answer:
    """Drive the steps that are left, and keep the last service's answer as the answer to it all."""
    change, told = await drive(work, change)
    last_word = Relayed(told.body, told.said.get("version"))
    return await finish_joint_change(work.db, work.caller, sent, change, last_word)
