"""What decisions look like on the wire: as they are sent and as they come back."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.budget.rules.body_type import BodyType
from services.budget.rules.decision import Condition, Decision, Outcome, Part, Subject
from services.budget.rules.decision_paper import (
    ActionType,
    Clearance,
    Consultation,
    Document,
    DocumentVersion,
)
from services.budget.rules.delegation import Authority, Delegation
from services.budget.rules.numeral import read_recommendation
from shared.errors import Refusal
from shared.web.fields import Body, Code, Day, Line, Out, Paragraph, Title


class ConditionIn(Body):
    """What an approval is subject to. Recommendations may be numbered `3` or `III`, as the report has them."""

    number: int = Field(ge=1, le=100)
    text: Paragraph = Field(examples=["The finance schedule is agreed by both bodies."])
    recommendations: list[Title] = Field(default_factory=list, max_length=50, examples=[["III", "IV"]])

    def to_condition(self, index: int) -> Condition:
        try:
            held_back = tuple(read_recommendation(each) for each in self.recommendations)
        except Refusal as refusal:
            raise refusal.reason(f"/conditions/{index}/recommendations", **refusal.facts) from None
        return Condition(self.number, self.text, held_back)


class DelegationBody(Body):
    """Power given to one officer, to be used after consulting the people named."""

    officer: Title = Field(examples=["Head of Legal, HR and Democratic Services"])
    purpose: Paragraph = Field(examples=["To finalise and sign the agreement"])
    after_consulting: list[Title] = Field(
        default_factory=list, max_length=20, examples=[["Portfolio holder for health"]]
    )

    def to_delegation(self) -> Delegation:
        return Delegation(self.officer, self.purpose, tuple(self.after_consulting))


class AuthorityBody(Body):
    """Under which decision an officer decided, and who was consulted."""

    decision_id: UUID
    consulted: list[Title] = Field(default_factory=list, max_length=20)

    def to_authority(self) -> Authority:
        return Authority(self.decision_id, tuple(self.consulted))


class ClearanceBody(Body):
    """That an officer of a discipline cleared the paper, under which reference and when."""

    discipline: Title = Field(examples=["Finance"])
    reference: Line = Field(examples=["mc14 15.21"])
    cleared_on: Day | None = None

    def to_clearance(self) -> Clearance:
        return Clearance(self.discipline, self.reference, self.cleared_on)


class DocumentVersionBody(Body):
    """One line of a paper's version history."""

    version: Code = Field(examples=["0.4"])
    dated_on: Day


class DocumentBody(Body):
    """The paper that was before the body: version and date of its title block, and its version history."""

    version: Code = Field(examples=["0.4"])
    dated_on: Day = Field(examples=["2014-06-18"])
    history: list[DocumentVersionBody] = Field(default_factory=list, max_length=100)

    def to_document(self) -> Document:
        history = (DocumentVersion(each.version, each.dated_on) for each in self.history)
        return Document(self.version, self.dated_on, tuple(history))


class ConsultationBody(Body):
    """From when to when people were asked; both days count."""

    opens_on: Day = Field(examples=["2013-07-26"])
    closes_on: Day = Field(examples=["2013-08-30"])

    def to_consultation(self) -> Consultation:
        return Consultation(self.opens_on, self.closes_on)


class DecisionIn(Body):
    """A decision of one of your organisation's bodies. For an agreement, say which edition was before it."""

    id: UUID
    partnership_id: UUID
    subject: Subject
    subject_id: UUID
    subject_title: Title = Field(examples=["Section 75 agreement"])
    edition: int | None = Field(default=None, ge=1, examples=[1])
    body: Title = Field(examples=["Cabinet"])
    body_type: BodyType
    decided_on: Day = Field(examples=["2014-07-15"])
    outcome: Outcome
    conditions: list[ConditionIn] = Field(default_factory=list, max_length=100)
    delegates: DelegationBody | None = None
    authority: AuthorityBody | None = None
    key_decision: bool = False
    part: Part = Part.PART_1
    exemption_paragraph: int | None = None
    call_in_ends_on: Day | None = None
    reference: Line | None = None
    ratify_by: Day | None = Field(
        default=None, description="Of an urgent decision: the day by which the body ratifies it."
    )
    ratifies_decision_id: UUID | None = None
    at_meeting_id: UUID | None = Field(
        default=None, description="The note of the executive meeting at which the officer decided."
    )
    action_type: ActionType | None = None
    affects_other_localities: bool = False
    clearances: list[ClearanceBody] = Field(default_factory=list, max_length=20)
    document: DocumentBody | None = None
    consultation: ConsultationBody | None = None

    def to_decision(self, owner: UUID) -> Decision:
        return Decision(
            id=self.id,
            owner_organisation_id=owner,
            partnership_id=self.partnership_id,
            subject=self.subject,
            subject_id=self.subject_id,
            subject_title=self.subject_title,
            edition=self.edition,
            body=self.body,
            body_type=self.body_type,
            decided_on=self.decided_on,
            outcome=self.outcome,
            conditions=tuple(each.to_condition(index) for index, each in enumerate(self.conditions)),
            delegates=self.delegates.to_delegation() if self.delegates else None,
            authority=self.authority.to_authority() if self.authority else None,
            key_decision=self.key_decision,
            part=self.part,
            exemption_paragraph=self.exemption_paragraph,
            call_in_ends_on=self.call_in_ends_on,
            reference=self.reference,
            ratify_by=self.ratify_by,
            ratifies_decision_id=self.ratifies_decision_id,
            at_meeting_id=self.at_meeting_id,
            action_type=self.action_type,
            affects_other_localities=self.affects_other_localities,
            clearances=tuple(each.to_clearance() for each in self.clearances),
            document=self.document.to_document() if self.document else None,
            consultation=self.consultation.to_consultation() if self.consultation else None,
        )


class MetConditionIn(Body):
    """That a condition was met, when, and by what evidence."""

    number: int = Field(ge=1, le=100, examples=[1])
    met_on: Day = Field(examples=["2015-03-10"])
    evidence: Paragraph = Field(examples=["Governing Body minutes of 10 March 2015, item 7"])


class ConditionOut(Out):
    """A condition, and when it was met."""

    number: int
    text: str
    recommendations: list[int] = Field(examples=[[3, 4]])
    met_on: Day | None
    evidence: str | None


class DecisionOut(Out):
    """A decision as it was recorded, with the conditions that were met since.

    `ratified` is null while that of an urgent decision is open, and for decisions that need none.
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
    decided_on: Day
    outcome: Outcome
    conditions: list[ConditionOut]
    delegates: DelegationBody | None
    authority: AuthorityBody | None
    key_decision: bool
    part: Part
    exemption_paragraph: int | None
    call_in_ends_on: Day | None
    reference: str | None
    ratify_by: Day | None
    ratifies_decision_id: UUID | None
    ratified: bool | None
    at_meeting_id: UUID | None
    action_type: ActionType | None
    affects_other_localities: bool
    clearances: list[ClearanceBody]
    document: DocumentBody | None
    consultation: ConsultationBody | None
    version: int


class DecisionsOut(Out):
    """A page of decisions."""

    items: list[DecisionOut]
    next: str | None
