"""Whether everybody whose approval is needed has approved: the decisions of several bodies taken together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules.body_type import BodyType
from services.budget.rules.decision import Decision, Outcome, counts_from, lapses_after, latest
from shared.text import fold_key


class Awaiting(StrEnum):
    """Why a body's approval does not count yet."""

    DECISION = "decision"
    CONDITIONS = "conditions"
    RECONSIDERATION = "reconsideration"


@dataclass(frozen=True, slots=True)
class Needed:
    """One approval that is needed: of which organisation, and of which of its bodies."""

    organisation_id: UUID
    body: str


@dataclass(frozen=True, slots=True)
class BodyApproval:
    """Where one needed approval stands. `counts_from` is None while something is awaited.

    An urgent approval counts until `lapses_after`, and on from there once it is ratified.
    """

    organisation_id: UUID
    body: str
    decision_id: UUID | None = None
    outcome: Outcome | None = None
    decided_on: date | None = None
    counts_from: date | None = None
    awaiting: Awaiting | None = Awaiting.DECISION
    lapses_after: date | None = None


def approvals(
    needed: Iterable[Needed], decisions: Sequence[Decision], edition: int | None
) -> tuple[BodyApproval, ...]:
    """Where each needed approval stands, on this edition of the subject (S1-G01).

    Only a decision recorded by the organisation itself counts for it, and only one on the present text.
    Decisions come in the order in which they were recorded.
    """
    by_id = {one.id: one for one in decisions}
    deciding = [one for one in decisions if one.edition == edition and _decides(one)]
    return tuple(
        _standing(
            each,
            latest(
                one
                for one in deciding
                if one.owner_organisation_id == each.organisation_id and _speaks_for(one, each.body, by_id)
            ),
        )
        for each in needed
    )


def approved_from(standing: Sequence[BodyApproval]) -> date | None:
    """The first day on which every body's approval counts; None while one is missing."""
    days = [each.counts_from for each in standing]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def lapsed(standing: Sequence[BodyApproval], today: date) -> bool:
    """Whether some urgent approval was not ratified by its day."""
    return any(each.lapses_after is not None and each.lapses_after < today for each in standing)


def _decides(decision: Decision) -> bool:
    """To note something, to hand it to an officer, or to ratify what was decided is not to decide it."""
    return (
        decision.outcome is not Outcome.NOTED
        and decision.delegates is None
        and decision.ratifies_decision_id is None
    )


def _speaks_for(decision: Decision, body: str, by_id: dict[UUID, Decision]) -> bool:
    """The body itself, or an officer to whom the body delegated."""
    if decision.body_type is BodyType.OFFICER and decision.authority is not None:
        delegating = by_id.get(decision.authority.decision_id)
        return delegating is not None and fold_key(delegating.body) == fold_key(body)
    return fold_key(decision.body) == fold_key(body)


def _standing(needed: Needed, decision: Decision | None) -> BodyApproval:
    if decision is None:
        return BodyApproval(needed.organisation_id, needed.body)
    counts = counts_from(decision)
    awaiting: Awaiting | None = None
    if counts is None:
        conditional = decision.outcome is Outcome.APPROVED_SUBJECT_TO
        awaiting = Awaiting.CONDITIONS if conditional else Awaiting.RECONSIDERATION
    return BodyApproval(
        needed.organisation_id,
        needed.body,
        decision.id,
        decision.outcome,
        decision.decided_on,
        counts,
        awaiting,
        lapses_after(decision),
    )
