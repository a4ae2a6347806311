"""A body's decision on anything that needs one: its outcome, its conditions, and from when it counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from services.budget.rules.body_power import check_meeting, check_power
from services.budget.rules.body_type import BodyType
from services.budget.rules.decision_paper import (
    ActionType,
    Clearance,
    Consultation,
    Document,
    check_clearances,
    check_consultation,
    check_document,
)
from services.budget.rules.delegation import Authority, Delegation, check_use
from shared.errors import Kind, reason

CONDITIONS_NEEDED = reason(
    "decision_conditions_needed",
    Kind.INVALID,
    "An approval that is subject to something lists what it is subject to.",
)
CONDITIONS_UNEXPECTED = reason(
    "decision_conditions_unexpected",
    Kind.INVALID,
    "Only an approval with the outcome approved_subject_to has conditions.",
)
CONDITION_NUMBERS = reason(
    "decision_condition_numbers", Kind.INVALID, "Number the conditions 1, 2, 3 and so on, each number once."
)
CONDITION_UNKNOWN = reason(
    "condition_unknown", Kind.INVALID, "The decision has no condition with this number."
)
CONDITION_MET_ALREADY = reason(
    "condition_met_already", Kind.CONFLICT, "This condition is already recorded as met, and stays so."
)
CONDITION_MET_EARLY = reason(
    "condition_met_early", Kind.INVALID, "A condition cannot have been met before the decision that made it."
)
EXEMPTION_NEEDED = reason(
    "exemption_paragraph_needed",
    Kind.INVALID,
    "A part 2 decision names the paragraph, 1 to 7, of Schedule 12A to the Local Government Act 1972.",
)
EXEMPTION_UNEXPECTED = reason(
    "exemption_paragraph_unexpected",
    Kind.INVALID,
    "A part 1 decision is public and names no exemption paragraph.",
)
CALL_IN_BEFORE_DECISION = reason(
    "call_in_before_decision", Kind.INVALID, "The call-in period cannot end before the decision was made."
)
DELEGATION_NEEDED = reason(
    "delegation_needed",
    Kind.INVALID,
    "An officer's decision names the decision that delegated it and who was consulted first.",
)
DELEGATION_UNKNOWN = reason(
    "delegation_unknown",
    Kind.INVALID,
    "There is no such decision of your organisation on this subject that could have delegated it.",
)
SUBJECT_UNKNOWN = reason(
    "decision_subject_unknown", Kind.INVALID, "There is no such thing in this partnership to decide on."
)
RATIFY_BEFORE_DECISION = reason(
    "ratify_before_decision",
    Kind.INVALID,
    "An urgent decision names a day, not before it was made, by which its body ratifies it.",
)
EDITION_WRONG = reason(
    "decision_edition_wrong",
    Kind.INVALID,
    "A decision on an agreement says which edition was before the body; a decision on anything else says none.",
)
DECIDED_IN_FUTURE = reason(
    "decision_day_to_come",
    Kind.INVALID,
    "Record a decision, or that a condition was met, once the day has come.",
)
ANOTHER_S_DECISION = reason(
    "decision_of_another_organisation",
    Kind.CONFLICT,
    "Only the organisation whose body made the decision says that its condition was met, or enters its documents.",
)


class Outcome(StrEnum):
    APPROVED = "approved"
    APPROVED_SUBJECT_TO = "approved_subject_to"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    NOTED = "noted"
    CALLED_IN = "called_in"


APPROVALS = frozenset({Outcome.APPROVED, Outcome.APPROVED_SUBJECT_TO})


class Subject(StrEnum):
    """What is decided on."""

    AGREEMENT = "agreement"
    BUSINESS_CASE = "business_case"
    CONTRACT = "contract"
    VARIATION = "variation"
    VIREMENT = "virement"
    BUDGET = "budget"
    SETTLEMENT = "settlement"


class Part(StrEnum):
    """Public (part 1) or exempt (part 2) under Schedule 12A to the Local Government Act 1972."""

    PART_1 = "part_1"
    PART_2 = "part_2"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must happen before the approval counts. `recommendations` are those it holds back."""

    number: int
    text: str
    recommendations: tuple[int, ...] = ()
    met_on: date | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One body's decision. `edition` is the edition of the subject's text that was before the body.

    An urgent one names the day by which it is ratified; `ratified` says whether it was, None while that is open.
    `at_meeting_id` is the note of the executive meeting at which a member decided for its own organisation.
    """

    id: UUID
    owner_organisation_id: UUID
    partnership_id: UUID
    subject: Subject
    subject_id: UUID
    subject_title: str
    edition: int | None
    body: str
    body_type: BodyType
    decided_on: date
    outcome: Outcome
    conditions: tuple[Condition, ...] = ()
    delegates: Delegation | None = None
    authority: Authority | None = None
    key_decision: bool = False
    part: Part = Part.PART_1
    exemption_paragraph: int | None = None
    call_in_ends_on: date | None = None
    reference: str | None = None
    ratify_by: date | None = None
    ratifies_decision_id: UUID | None = None
    ratified: bool | None = None
    at_meeting_id: UUID | None = None
    action_type: ActionType | None = None
    affects_other_localities: bool = False
    clearances: tuple[Clearance, ...] = ()
    document: Document | None = None
    consultation: Consultation | None = None
    version: int = 1


def decide(decision: Decision) -> Decision:
    """The decision, if it holds together. Refuses one whose parts contradict each other."""
    _check_conditions(decision)
    if decision.part is Part.PART_2 and decision.exemption_paragraph not in range(1, 8):
        raise EXEMPTION_NEEDED("/exemption_paragraph")
    if decision.part is Part.PART_1 and decision.exemption_paragraph is not None:
        raise EXEMPTION_UNEXPECTED("/exemption_paragraph")
    if decision.call_in_ends_on is not None and decision.call_in_ends_on < decision.decided_on:
        raise CALL_IN_BEFORE_DECISION("/call_in_ends_on")
    if (decision.body_type is BodyType.OFFICER) != (decision.authority is not None):
        raise DELEGATION_NEEDED("/authority")
    if decision.ratify_by is not None and decision.ratify_by < decision.decided_on:
        raise RATIFY_BEFORE_DECISION("/ratify_by")
    check_power(
        decision.body_type,
        decision.outcome in APPROVALS,
        decision.outcome is Outcome.NOTED,
        decision.action_type,
        decision.affects_other_localities,
    )
    if decision.at_meeting_id is not None:
        check_meeting(decision.body_type)
    _check_paper(decision)
    return decision


def _check_paper(decision: Decision) -> None:
    check_clearances(decision.clearances, decision.decided_on)
    if decision.document is not None:
        check_document(decision.document, decision.decided_on)
    if decision.consultation is not None and decision.outcome in APPROVALS:
        check_consultation(decision.consultation, decision.decided_on)


def _check_conditions(decision: Decision) -> None:
    if decision.outcome is Outcome.APPROVED_SUBJECT_TO:
        if not decision.conditions:
            raise CONDITIONS_NEEDED("/conditions")
    elif decision.conditions:
        raise CONDITIONS_UNEXPECTED("/conditions")
    if sorted(each.number for each in decision.conditions) != list(range(1, len(decision.conditions) + 1)):
        raise CONDITION_NUMBERS("/conditions")


def require_past(day: date, today: date) -> None:
    if day > today:
        raise DECIDED_IN_FUTURE(day=day, today=today)


def require_edition(decision: Decision, latest_edition: int) -> None:
    """A decision on an agreement is on an edition that there is."""
    if decision.edition is None or not 1 <= decision.edition <= latest_edition:
        raise EDITION_WRONG("/edition", latest_edition=latest_edition)


def require_no_edition(decision: Decision) -> None:
    if decision.edition is not None:
        raise EDITION_WRONG("/edition")


def require_own(decision: Decision, organisations: Iterable[UUID]) -> None:
    if decision.owner_organisation_id not in set(organisations):
        raise ANOTHER_S_DECISION()


def check_authority(decision: Decision, delegating: Decision) -> None:
    """Refuse an officer's decision that the delegating decision does not carry."""
    assert decision.authority is not None
    check_use(
        decision.body, decision.decided_on, decision.authority, delegating.delegates, counts_from(delegating)
    )


def meet_condition(decision: Decision, number: int, met_on: date, evidence: str) -> Decision:
    """The decision with one condition met. A condition that was met stays met."""
    held = {each.number: each for each in decision.conditions}
    if number not in held:
        raise CONDITION_UNKNOWN("/number", conditions=sorted(held))
    if held[number].met_on is not None:
        raise CONDITION_MET_ALREADY("/number", met_on=held[number].met_on)
    if met_on < decision.decided_on:
        raise CONDITION_MET_EARLY("/met_on", decided_on=decision.decided_on)
    held[number] = replace(held[number], met_on=met_on, evidence=evidence)
    conditions = tuple(held[each.number] for each in decision.conditions)
    return replace(decision, conditions=conditions, version=decision.version + 1)


def counts_from(decision: Decision) -> date | None:
    """The first day on which an approval counts: call-in over and every condition met. None: not yet known.

    A call-in period ends at the close of its last day, so the approval counts from the day after. An urgent decision
    counts from its own day, and no longer once its body turned it down.
    """
    if decision.outcome not in APPROVALS or decision.ratified is False:
        return None
    days = [decision.decided_on]
    if decision.call_in_ends_on is not None:
        days.append(decision.call_in_ends_on + timedelta(days=1))
    for condition in decision.conditions:
        if condition.met_on is None:
            return None
        days.append(condition.met_on)
    return max(days)


def lapses_after(decision: Decision) -> date | None:
    """The last day on which an urgent approval counts if nobody ratifies it; None where it does not lapse."""
    return None if decision.ratified else decision.ratify_by


def publishable(decision: Decision) -> bool:
    """Whether the decision's text may be shown to the public: part 1 only (S1-G04)."""
    return decision.part is Part.PART_1


def latest(decisions: Iterable[Decision]) -> Decision | None:
    """The decision that stands: the last by its date, and among those of one day the last recorded."""
    standing: Decision | None = None
    for decision in decisions:
        if standing is None or decision.decided_on >= standing.decided_on:
            standing = decision
    return standing
