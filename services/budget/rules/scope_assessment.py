"""Whether a service's spend belongs in the partners' common scope, by the three-plus-three criteria, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules.line_nature import DeliveryMode
from shared.errors import Kind, reason

CONTESTED = reason(
    "scope_contested",
    Kind.INVALID,
    "Some answers speak for common scope and some against it. Say in `outcome` which weighs more, and why.",
)
UNANSWERED = reason(
    "scope_unanswered", Kind.INVALID, "None of the criteria is met. Answer at least one of the six with yes."
)
AGAINST_ANSWERS = reason(
    "scope_against_answers",
    Kind.INVALID,
    "The outcome does not follow from the answers. Change the answers, or leave the outcome out.",
)
AGREED_INCOMPLETE = reason(
    "scope_agreed_incomplete",
    Kind.INVALID,
    "Name the board that agreed together with the day on which it did.",
)
NOT_THE_SAME = reason(
    "scope_assessment_differs",
    Kind.CONFLICT,
    "An assessment takes the place of one of your own, of the same service, and holds from a later or the same day.",
)
ASSESSED_ALREADY = reason(
    "scope_assessment_replaced", Kind.CONFLICT, "That assessment has been replaced before."
)
ASSESSMENT_UNKNOWN = reason(
    "scope_assessment_unknown", Kind.INVALID, "There is no such assessment to replace."
)
ENDS_BEFORE_IT_HOLDS = reason(
    "scope_assessment_dates", Kind.INVALID, "An assessment is made before or on the day from which it holds."
)


class ScopeOutcome(StrEnum):
    """In common scope, or left to each partner."""

    IN_SCOPE = "in_scope"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Answers:
    """The six criteria (S2-B19): the first three speak for common scope, the others against it."""

    outcomes_shared: bool
    needs_two_or_more: bool
    one_party_but_users_overlap: bool
    outcomes_aligned_not_dependent: bool
    operates_independently: bool
    limited_overlap: bool

    @property
    def speak_for(self) -> bool:
        return self.outcomes_shared or self.needs_two_or_more or self.one_party_but_users_overlap

    @property
    def speak_against(self) -> bool:
        return self.outcomes_aligned_not_dependent or self.operates_independently or self.limited_overlap


@dataclass(frozen=True, slots=True)
class ScopeAssessment:
    """One version of an assessment. `agreed_by` is the board to whose agreement it is subject, None until it agreed.

    `reason_code` says what brought it about: a first look, or a change such as delegated commissioning (S3-B07).
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    service: str
    delivery_mode: DeliveryMode | None
    line_id: UUID | None
    answers: Answers
    outcome: ScopeOutcome | None
    reason: str
    reason_code: str
    assessed_on: date
    effective_from: date
    agreed_by: str | None = None
    agreed_on: date | None = None
    replaces_assessment_id: UUID | None = None
    edition: int = 1
    version: int = 1


def assess(asked: ScopeAssessment, former: ScopeAssessment | None) -> ScopeAssessment:
    """The assessment with the outcome that follows from its answers, or that weighs them where they disagree."""
    if (asked.agreed_by is None) != (asked.agreed_on is None):
        raise AGREED_INCOMPLETE("/agreed_by")
    if asked.effective_from < asked.assessed_on:
        raise ENDS_BEFORE_IT_HOLDS("/effective_from")
    if asked.replaces_assessment_id is not None:
        if former is None:
            raise ASSESSMENT_UNKNOWN("/replaces_assessment_id")
        if _subject(former) != _subject(asked) or asked.effective_from < former.effective_from:
            raise NOT_THE_SAME("/replaces_assessment_id")
        asked = replace(asked, edition=former.edition + 1)
    return replace(asked, outcome=_outcome(asked))


def _subject(one: ScopeAssessment) -> tuple[object, ...]:
    return one.owner_organisation_id, one.partnership_id, one.service, one.delivery_mode, one.line_id


def _outcome(asked: ScopeAssessment) -> ScopeOutcome:
    answers = asked.answers
    if answers.speak_for and answers.speak_against:
        if asked.outcome is None:
            raise CONTESTED("/outcome")
        return asked.outcome
    if not answers.speak_for and not answers.speak_against:
        raise UNANSWERED("/answers")
    follows = ScopeOutcome.IN_SCOPE if answers.speak_for else ScopeOutcome.OUT_OF_SCOPE
    if asked.outcome not in (None, follows):
        raise AGAINST_ANSWERS("/outcome", follows=follows)
    return follows
