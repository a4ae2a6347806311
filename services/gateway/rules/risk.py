"""Risks and issues: how they are rated now and should be, what brings them down, and where they are taken to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.gateway.rules.board import Board, require_boards
from shared.errors import Kind, reason

RATING_HALF = reason(
    "risk_rating_half",
    Kind.INVALID,
    "A rating is likelihood and impact together, each from 1 to 5. Leave both out where none is known.",
)
TARGET_ABOVE_CURRENT = reason(
    "risk_target_above_current", Kind.INVALID, "The target is rated worse than where the risk stands now."
)
RISK_REFERENCE_TAKEN = reason(
    "risk_reference_taken",
    Kind.CONFLICT,
    "Your organisation has a risk or issue of this reference in the partnership. Choose another.",
)
RISK_CLOSED = reason("risk_closed", Kind.CONFLICT, "It is closed. Record another if it has come up again.")
RISK_DAY_TO_COME = reason(
    "risk_day_to_come", Kind.INVALID, "Record what happened to a risk once the day has come."
)
RISK_DAY_BACKWARDS = reason(
    "risk_day_backwards", Kind.INVALID, "The day is before the last thing that happened to this risk."
)
ROUTE_TWICE = reason("risk_route_twice", Kind.INVALID, "A board stands once on the way up.")
ROUTE_ENDS = reason(
    "risk_route_ends", Kind.CONFLICT, "It has been taken to the last board of its route. There is none above."
)
ACTION_DONE_EARLY = reason(
    "risk_action_done_to_come", Kind.INVALID, "An action is done once the day has come."
)
RISK_RATED_OFTEN = reason(
    "risk_rated_too_often",
    Kind.CONFLICT,
    "One record takes at most 200 steps. Close it, and record another for what comes next.",
)
MOST_STEPS = 200  # beyond them it is still taken up its route, and closed


class RiskKind(StrEnum):
    """A risk may come; an issue has come."""

    RISK = "risk"
    ISSUE = "issue"


class RiskState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class RiskMove(StrEnum):
    RATED = "rated"
    ESCALATED = "escalated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class RiskAction:
    """What is done to bring the rating down to the target, by which post and when."""

    action: str
    post: str
    due_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class RiskStep:
    """Something that happened: rated anew (with the score then, null where unknown), escalated, or closed."""

    what: RiskMove
    on: date
    reason: str
    score: int | None = None
    board_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk or issue on a board's register. Scores are likelihood x impact (1 to 25), null where none is known.

    `route` are the boards to which it is taken, in their order: the first in the first instance (S5-G08).
    `stands_with_board_id` is where it has been taken to. `overdue_actions` are counted on the day of reading.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    kind: RiskKind
    reference: str
    title: str
    board_id: UUID
    owner_post: str
    raised_on: date
    current_likelihood: int | None
    current_impact: int | None
    target_likelihood: int | None
    target_impact: int | None
    actions: tuple[RiskAction, ...]
    route: tuple[UUID, ...]
    escalated_to: UUID | None = None
    steps: tuple[RiskStep, ...] = ()
    state: RiskState = RiskState.OPEN
    closed_on: date | None = None
    current_score: int | None = None
    target_score: int | None = None
    above_target: bool | None = None
    stands_with_board_id: UUID | None = None
    overdue_actions: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class RiskRating:
    """How a risk is rated anew, with the actions as they stand then."""

    on: date
    reason: str
    current_likelihood: int | None
    current_impact: int | None
    target_likelihood: int | None
    target_impact: int | None
    actions: tuple[RiskAction, ...]


def record(risk: Risk, boards: Mapping[UUID, Board], today: date) -> Risk:
    """A new risk. A rating that nobody gave stays unknown, and is not read as low (S1-G14)."""
    require_boards([("/board_id", risk.board_id)], boards)
    require_boards([(f"/route/{at}", each) for at, each in enumerate(risk.route)], boards)
    if len(set(risk.route)) != len(risk.route):
        raise ROUTE_TWICE("/route")
    if risk.raised_on > today:
        raise RISK_DAY_TO_COME("/raised_on", today=today)
    _check_rating(risk)
    _check_actions(risk.actions, today)
    return risk


def rate(risk: Risk, rating: RiskRating, today: date) -> Risk:
    """The risk as it is rated from a day on. How it was rated before stays in its steps."""
    _check_move(risk, rating.on, today)
    if len(risk.steps) >= MOST_STEPS:
        raise RISK_RATED_OFTEN()
    after = replace(
        risk,
        current_likelihood=rating.current_likelihood,
        current_impact=rating.current_impact,
        target_likelihood=rating.target_likelihood,
        target_impact=rating.target_impact,
        actions=rating.actions,
    )
    _check_rating(after)
    _check_actions(after.actions, today)
    score = _score(after.current_likelihood, after.current_impact)
    return _moved(after, RiskStep(RiskMove.RATED, rating.on, rating.reason, score=score))


def escalate(risk: Risk, on: date, why: str, today: date) -> Risk:
    """Up to the next board of its route, which is the first where it has not been taken up yet."""
    _check_move(risk, on, today)
    taken = 0 if risk.escalated_to is None else risk.route.index(risk.escalated_to) + 1
    if taken >= len(risk.route):
        raise ROUTE_ENDS(boards=len(risk.route))
    board = risk.route[taken]
    return _moved(replace(risk, escalated_to=board), RiskStep(RiskMove.ESCALATED, on, why, board_id=board))


def close(risk: Risk, on: date, why: str, today: date) -> Risk:
    _check_move(risk, on, today)
    closed = replace(risk, state=RiskState.CLOSED, closed_on=on)
    return _moved(closed, RiskStep(RiskMove.CLOSED, on, why))


def as_on(risk: Risk, day: date) -> Risk:
    """The risk with what follows from what is on record, on a day."""
    current = _score(risk.current_likelihood, risk.current_impact)
    target = _score(risk.target_likelihood, risk.target_impact)
    late = sum(
        each.done_on is None and each.due_on is not None and each.due_on < day for each in risk.actions
    )
    return replace(
        risk,
        current_score=current,
        target_score=target,
        above_target=None if current is None or target is None else current > target,
        stands_with_board_id=risk.escalated_to or risk.board_id,
        overdue_actions=late if risk.state is RiskState.OPEN else 0,
    )


def _score(likelihood: int | None, impact: int | None) -> int | None:
    return None if likelihood is None or impact is None else likelihood * impact


def _check_rating(risk: Risk) -> None:
    if (risk.current_likelihood is None) != (risk.current_impact is None):
        raise RATING_HALF("/current_impact")
    if (risk.target_likelihood is None) != (risk.target_impact is None):
        raise RATING_HALF("/target_impact")
    current = _score(risk.current_likelihood, risk.current_impact)
    target = _score(risk.target_likelihood, risk.target_impact)
    if current is not None and target is not None and target > current:
        raise TARGET_ABOVE_CURRENT("/target_impact", current_score=current, target_score=target)


def _check_actions(actions: tuple[RiskAction, ...], today: date) -> None:
    for at, each in enumerate(actions):
        if each.done_on is not None and each.done_on > today:
            raise ACTION_DONE_EARLY(f"/actions/{at}/done_on", today=today)


def _check_move(risk: Risk, on: date, today: date) -> None:
    if risk.state is RiskState.CLOSED:
        raise RISK_CLOSED()
    if on > today:
        raise RISK_DAY_TO_COME("/on", today=today)
    last = risk.steps[-1].on if risk.steps else risk.raised_on
    if on < last:
        raise RISK_DAY_BACKWARDS("/on", last=last)


def _moved(risk: Risk, step: RiskStep) -> Risk:
    return replace(risk, steps=(*risk.steps, step), version=risk.version + 1)
