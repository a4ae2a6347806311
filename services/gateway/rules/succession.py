"""Succession: organisations become one, several, or another one, on a day and by an instrument of law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.gateway.rules.organisation import Organisation, OrganisationKind
from shared.errors import Kind, reason

SHAPE_WRONG = reason(
    "succession_shape",
    Kind.INVALID,
    "A merger brings two bodies or more into one, a division one into several, a transfer one into one other.",
)
SHARES_WRONG = reason(
    "succession_shares",
    Kind.INVALID,
    "What each body leaves goes over whole: the shares of its successors come to 1, each above nil.",
)
MOVE_TWICE = reason(
    "succession_move_twice", Kind.INVALID, "The same body goes over to the same successor twice."
)
BODY_UNKNOWN = reason(
    "succession_body_unknown",
    Kind.INVALID,
    "There is no such body in the directory. Enter it first; a sub-unit and the operator have no successor.",
)
SUCCEEDS_ITSELF = reason(
    "succession_of_itself",
    Kind.INVALID,
    "A body that ends by this succession cannot take over in it. A change of name is a dated name.",
)
SUCCEEDED_ALREADY = reason(
    "succession_succeeded_already",
    Kind.CONFLICT,
    "This body has a successor already, so nothing of it goes over on this day.",
)
TAKES_OVER_LATER = reason(
    "succession_takes_over_later",
    Kind.CONFLICT,
    "This body takes over from another one on this day or later, so it cannot end now.",
)
NOT_RECORDED = reason(
    "succession_not_recorded", Kind.CONFLICT, "The succession was approved or withdrawn before."
)
RECORDER_APPROVES = reason(
    "succession_recorder_and_approver",
    Kind.CONFLICT,
    "Whoever recorded a succession does not approve it: use another client, for another person.",
)
NOT_APPROVED = reason(
    "succession_not_approved",
    Kind.CONFLICT,
    "A succession is applied once another client than its recorder has approved it.",
)
DAY_TO_COME = reason(
    "succession_day_to_come",
    Kind.CONFLICT,
    "The succession takes effect on a later day. Apply it from that day on.",
)
PART_MISSING = reason(
    "succession_part_missing",
    Kind.CONFLICT,
    "A service has no part in successions yet, so this one cannot be completed. What was applied before stays.",
)


class SuccessionKind(StrEnum):
    """Several into one, one into several by stated shares, or one into another."""

    MERGER = "merger"
    DIVISION = "division"
    TRANSFER = "transfer"


class SuccessionState(StrEnum):
    """`approved` with steps that are missing is half done: it can be applied further."""

    RECORDED = "recorded"
    APPROVED = "approved"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"


class SuccessionPart(StrEnum):
    """Who applies it, in this order: the directory, then each service."""

    DIRECTORY = "directory"
    BUDGET = "budget"
    CONTRACTS = "contracts"
    OUTCOMES = "outcomes"


@dataclass(frozen=True, slots=True)
class SuccessionMove:
    """One body's things to one successor, with the share of what can only be divided."""

    predecessor_id: UUID
    successor_id: UUID
    share: Decimal


@dataclass(frozen=True, slots=True)
class Maker:
    """Which client did something, and for whom it says that it did."""

    client_id: UUID
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Succession:
    """One event: what goes over to whom, by which instrument, and how far it has been applied.

    `parts` holds what each part answered, by its name.
    """

    id: UUID
    kind: SuccessionKind
    effective_date: date
    instrument: str
    moves: tuple[SuccessionMove, ...]
    recorded_by: Maker
    approved_by: Maker | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)
    state: SuccessionState = SuccessionState.RECORDED
    version: int = 1
    recorded_at: datetime | None = None

    @property
    def predecessors(self) -> tuple[UUID, ...]:
        return tuple(sorted({each.predecessor_id for each in self.moves}))

    @property
    def successors(self) -> tuple[UUID, ...]:
        return tuple(sorted({each.successor_id for each in self.moves}))

    @property
    def waiting(self) -> tuple[SuccessionPart, ...]:
        """The parts that have not been applied yet, in order."""
        return tuple(part for part in SuccessionPart if part.value not in self.parts)


def record(
    succession: Succession, bodies: Mapping[UUID, Organisation], others: Iterable[Succession]
) -> Succession:
    """The succession, if it holds together. `bodies` are those of its organisations that the directory knows."""
    _check_moves(succession.moves)
    _check_shape(succession)
    for index, move in enumerate(succession.moves):
        for name, organisation_id in (
            ("predecessor_id", move.predecessor_id),
            ("successor_id", move.successor_id),
        ):
            body = bodies.get(organisation_id)
            if body is None or body.parent_id is not None or body.kind is OrganisationKind.OPERATOR:
                raise BODY_UNKNOWN(f"/moves/{index}/{name}")
    _check_once(succession, others)
    return succession


def _check_moves(moves: Sequence[SuccessionMove]) -> None:
    shares: dict[UUID, Decimal] = {}
    seen: set[tuple[UUID, UUID]] = set()
    for index, move in enumerate(moves):
        if (move.predecessor_id, move.successor_id) in seen:
            raise MOVE_TWICE(f"/moves/{index}")
        seen.add((move.predecessor_id, move.successor_id))
        if not 0 < move.share <= 1:
            raise SHARES_WRONG(f"/moves/{index}/share")
        shares[move.predecessor_id] = shares.get(move.predecessor_id, Decimal(0)) + move.share
    for predecessor, share in shares.items():
        if share != 1:
            raise SHARES_WRONG("/moves", predecessor_id=str(predecessor), sum_of_shares=str(share))


def _check_shape(succession: Succession) -> None:
    before, after = succession.predecessors, succession.successors
    if set(before) & set(after):
        raise SUCCEEDS_ITSELF("/moves")
    right = {
        SuccessionKind.MERGER: len(before) > 1 and len(after) == 1,
        SuccessionKind.DIVISION: len(before) == 1 and len(after) > 1,
        SuccessionKind.TRANSFER: len(before) == len(after) == 1,
    }
    if not right[succession.kind]:
        raise SHAPE_WRONG("/kind", predecessors=len(before), successors=len(after))


def _check_once(succession: Succession, others: Iterable[Succession]) -> None:
    """A body ends once; and who ended before cannot take over, whichever of the two is recorded first."""
    ended = {
        predecessor: other.effective_date
        for other in _standing(succession, others)
        for predecessor in other.predecessors
    }
    took_over = {
        successor: other.effective_date
        for other in sorted(_standing(succession, others), key=lambda each: each.effective_date)
        for successor in other.successors
    }
    for index, move in enumerate(succession.moves):
        if move.predecessor_id in ended:
            raise SUCCEEDED_ALREADY(f"/moves/{index}/predecessor_id")
        taken = took_over.get(move.predecessor_id)
        if taken is not None and succession.effective_date <= taken:
            raise TAKES_OVER_LATER(f"/moves/{index}/predecessor_id", takes_over_on=taken.isoformat())
        if move.successor_id in ended and ended[move.successor_id] <= succession.effective_date:
            raise SUCCEEDED_ALREADY(f"/moves/{index}/successor_id")


def _standing(succession: Succession, others: Iterable[Succession]) -> list[Succession]:
    return [
        each for each in others if each.state is not SuccessionState.WITHDRAWN and each.id != succession.id
    ]


def approve(succession: Succession, approver: Maker) -> Succession:
    """Approved by another client, and by another person where both are said."""
    if succession.state is not SuccessionState.RECORDED:
        raise NOT_RECORDED(state=succession.state.value)
    recorder = succession.recorded_by
    same_person = (
        recorder.person is not None
        and approver.person is not None
        and recorder.person.strip().casefold() == approver.person.strip().casefold()
    )
    if recorder.client_id == approver.client_id or same_person:
        raise RECORDER_APPROVES()
    return replace(
        succession,
        state=SuccessionState.APPROVED,
        approved_by=approver,
        version=succession.version + 1,
    )


def withdraw(succession: Succession) -> Succession:
    """Taken back before it was approved."""
    if succession.state is not SuccessionState.RECORDED:
        raise NOT_RECORDED(state=succession.state.value)
    return replace(succession, state=SuccessionState.WITHDRAWN, version=succession.version + 1)


def require_applicable(succession: Succession, today: date) -> None:
    if succession.state not in (SuccessionState.APPROVED, SuccessionState.APPLIED):
        raise NOT_APPROVED(state=succession.state.value)
    if succession.effective_date > today:
        raise DAY_TO_COME(effective_date=succession.effective_date.isoformat())


def applied(succession: Succession, part: SuccessionPart, answer: Mapping[str, Any]) -> Succession:
    """The succession with one part more. With the last one it is applied."""
    parts = {**succession.parts, part.value: dict(answer)}
    whole = all(each.value in parts for each in SuccessionPart)
    state = SuccessionState.APPLIED if whole else succession.state
    return replace(succession, parts=parts, state=state, version=succession.version + 1)


def body_of(succession: Succession) -> dict[str, Any]:
    """What every service is sent, to try it and to apply it."""
    return {
        "effective_date": succession.effective_date.isoformat(),
        "kind": succession.kind.value,
        "instrument": succession.instrument,
        "moves": [
            {
                "predecessor_id": str(each.predecessor_id),
                "successor_id": str(each.successor_id),
                "share": str(each.share),
            }
            for each in succession.moves
        ],
    }


def is_reading(scope: str) -> bool:
    """Whether a scope is of the kind that a body which has been succeeded keeps: to read its history."""
    return scope.endswith(":read")


def kept_by_predecessor(scopes: Iterable[str]) -> frozenset[str]:
    return frozenset(scope for scope in scopes if is_reading(scope))
