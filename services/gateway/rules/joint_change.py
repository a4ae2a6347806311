"""A change that several services make together: how far it has come, who may go on with it, and what undoes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from shared.errors import Kind, reason

UNDER_WAY_OTHERWISE = reason(
    "joint_change_under_way",
    Kind.CONFLICT,
    "Somebody is making this change already, with other content, and part of it is done. Let it be finished first:"
    " send the same content, or resume the joint change.",
)
OVERTAKEN = reason(
    "joint_change_overtaken",
    Kind.CONFLICT,
    "Somebody else is making this very change at this moment. Read it in a moment and see how it ended.",
)
MOVED_ON = reason(
    "joint_change_moved_on",
    Kind.STALE,
    "This change was made already at the version you sent. Read the record again and decide anew.",
)
CONTRACT_BUSY = reason(
    "joint_change_contract_busy",
    Kind.CONFLICT,
    "Another change of this contract and its budget is half done. Let it be finished first, or resume it.",
)
NOT_UNDER_WAY = reason(
    "joint_change_not_under_way",
    Kind.CONFLICT,
    "This change is not half done, so there is nothing to resume.",
)


class ChangeKind(StrEnum):
    """What is changed together: contracts with the budget that is set aside for them."""

    ACTIVATION = "activation"
    TERMINATION = "termination"
    COMPLETION = "completion"
    VARIATION = "variation"
    EXTENSION = "extension"
    PART_TERMINATION = "part_termination"
    NOVATION = "novation"
    STATUTORY_TRANSFER = "statutory_transfer"
    CONSOLIDATION = "consolidation"
    SPLIT = "split"


# What these make is new, and answered so.
MAKES = frozenset({ChangeKind.CONSOLIDATION, ChangeKind.SPLIT})


class ChangeState(StrEnum):
    """`under_way` longer than a minute is half done; `declined` left everything as it was."""

    UNDER_WAY = "under_way"
    DONE = "done"
    DECLINED = "declined"


class Step(StrEnum):
    """What has been done so far."""

    CHECKED = "checked"
    BUDGET_SET_ASIDE = "budget_set_aside"
    CONTRACT_MOVED = "contract_moved"
    BUDGET_RELEASED = "budget_released"
    BUDGET_HANDED_OVER = "budget_handed_over"
    OBLIGATIONS_HANDED_OVER = "obligations_handed_over"
    REFUSED = "refused"  # for good, by a later service: what was done before is being taken back


@dataclass(frozen=True, slots=True)
class JointChange:
    """A change of one thing at one of its versions. Its id follows from them, so that it can be made only once.

    `contract_ids` are the contracts that it touches, so that no two changes of one contract are made at once.
    `asked` is what was sent; `plan` what was found when it was checked; `seen` what the first service answered, for
    the second to keep. Every service hears of it in the name of the client that began it, whoever goes on with it.
    A change that was declined can be begun anew: as a further attempt, with other ids in the services.
    `left_half_done_at` is when it was found half done as it stands, None where it was not, or has moved since.
    """

    id: UUID
    kind: ChangeKind
    thing_id: UUID
    thing_version: int
    owner_organisation_id: UUID
    partnership_id: UUID | None
    client_id: UUID
    person: str | None
    asked: dict[str, Any]
    digest: bytes
    contract_ids: tuple[UUID, ...] = ()
    attempt: int = 1
    plan: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, Any] | None = None
    steps: tuple[Step, ...] = (Step.CHECKED,)
    state: ChangeState = ChangeState.UNDER_WAY
    why: dict[str, Any] | None = None
    version: int = 1
    recorded_at: datetime | None = None
    updated_at: datetime | None = None
    left_half_done_at: datetime | None = None

    @property
    def attempt_id(self) -> UUID:
        """The id under which this attempt is known to the services: a repeat finds what was done before."""
        return uuid5(self.id, str(self.attempt))

    def has(self, step: Step) -> bool:
        return step in self.steps


def change_id(kind: ChangeKind, owner_organisation_id: UUID, thing_id: UUID, thing_version: int) -> UUID:
    """Nobody but the owner can come by it, so nobody takes it before the owner does."""
    return uuid5(owner_organisation_id, f"{kind.value}/{thing_id}/{thing_version}")


def contracts_in(thing_id: UUID, plan: Mapping[str, Any]) -> tuple[UUID, ...]:
    """The contracts that a change touches, as its check found them; the thing itself where that says nothing."""
    found = plan.get("contract_ids") or [plan.get("id", thing_id)]
    return tuple(UUID(str(each)) for each in found)


def require_free(others: Sequence[UUID]) -> None:
    """Refuse a change of contracts that other changes are at."""
    if others:
        raise CONTRACT_BUSY(joint_change_ids=sorted(str(each) for each in others))


def goes_on(found: JointChange | None, digest: bytes) -> bool:
    """Whether a change that was begun is to be gone on with: by anybody of the organisation, with the same content.

    A change that was declined is begun anew. One that is done cannot be made again, and one that is half done is
    finished first.
    """
    if found is None or found.state is ChangeState.DECLINED:
        return False
    if found.state is ChangeState.DONE:
        raise MOVED_ON(sent_version=found.thing_version)
    if found.digest != digest:
        raise UNDER_WAY_OTHERWISE(joint_change_id=str(found.id), steps=[each.value for each in found.steps])
    return True


def again(found: JointChange, begun: JointChange) -> JointChange:
    """A further attempt at a change that was declined."""
    return replace(begun, attempt=found.attempt + 1, version=found.version + 1)


def resume(change: JointChange) -> JointChange:
    if change.state is not ChangeState.UNDER_WAY:
        raise NOT_UNDER_WAY(state=change.state.value)
    return change


def after(change: JointChange, step: Step, **found: Any) -> JointChange:
    """The change with one step more, and what was found in it."""
    return replace(change, steps=(*change.steps, step), version=change.version + 1, **found)


# Longer than the deadlines of all steps together.
HALF_DONE_AFTER = timedelta(minutes=1)


def half_done(change: JointChange, now: datetime, age: timedelta = HALF_DONE_AFTER) -> bool:
    """Whether a change is under way and nobody has moved it on for so long."""
    moved = change.updated_at
    return change.state is ChangeState.UNDER_WAY and moved is not None and moved < now - age


def with_last(change: JointChange, step: Step) -> JointChange:
    """The change with its last step, which is kept together with the answer."""
    return replace(change, steps=(*change.steps, step))


def done(change: JointChange) -> JointChange:
    return replace(change, state=ChangeState.DONE, version=change.version + 1)


def declined(change: JointChange, why: dict[str, Any]) -> JointChange:
    """The change that a service refused for good. `why` is the refusal as it went to the caller."""
    return replace(change, state=ChangeState.DECLINED, why=why, version=change.version + 1)


def refused(change: JointChange, service: str, status: int, problem: dict[str, Any]) -> JointChange:
    """The change that is being taken back. Kept first, so that whoever goes on takes it back too, and never on."""
    kept = {"service": service, "status": status, "problem": problem}
    return after(change, Step.REFUSED, seen={**(change.seen or {}), "refused": kept})


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change as its organisation sees it."""

    id: UUID
    kind: ChangeKind
    thing_id: UUID
    thing_version: int
    contract_ids: tuple[UUID, ...]
    partnership_id: UUID | None
    owner_organisation_id: UUID
    client_id: UUID
    person: str | None
    attempt: int
    steps: tuple[Step, ...]
    state: ChangeState
    why_code: str | None
    why: str | None
    version: int
    recorded_at: datetime | None
    updated_at: datetime | None
    left_half_done_at: datetime | None


def shown_of(change: JointChange) -> ShownChange:
    plain = {name: getattr(change, name) for name in ShownChange.__slots__ if name not in {"why", "why_code"}}
    why = change.why or {}
    return ShownChange(**plain, why_code=why.get("code"), why=why.get("detail"))
