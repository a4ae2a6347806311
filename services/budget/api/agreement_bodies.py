"""What agreements look like on the wire: bodies that are sent and documents that come back."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.budget.rules.agreement import Agreement, AgreementType, Signatory, State
from services.budget.rules.approval import Awaiting
from services.budget.rules.category import read_category
from services.budget.rules.decision import Outcome
from services.budget.rules.integration_stage import IntegrationStage, StageFrom
from services.budget.rules.scope_rule import ScopeRule
from services.budget.rules.section_75 import BodyKind, PartnershipArrangement, StatedMatter
from services.budget.rules.terms import Party, Terms
from shared.errors import Refusal
from shared.web.fields import Body, Code, Day, Line, Out, Paragraph

Tag = Annotated[str, Field(max_length=80, pattern=r"^[a-z0-9][a-z0-9_]*$", examples=["acute"])]


class PartyBody(Body):
    """A party, what the regulations take it for, and its body that approves."""

    organisation_id: UUID
    kind: BodyKind
    approving_body: Line = Field(examples=["Cabinet"])


class MatterBody(Body):
    """What the agreement says on a matter that the regulations require."""

    code: Tag = Field(examples=["aims_and_outcomes"])
    text: Paragraph
    clause: Line | None = None


class ScopeRuleBody(Body):
    """What this agreement leaves out of its pools: of one category, or of all where none is named."""

    tag: Tag
    category: Line | None = Field(default=None, examples=["complex_bed_based"])
    reason: Paragraph
    effective_from: Day | None = None
    effective_to: Day | None = None

    def to_rule(self, index: int) -> ScopeRule:
        try:
            category = None if self.category is None else read_category(self.category)
        except Refusal as refusal:
            raise refusal.reason(f"/terms/scope_rules/{index}/category", **refusal.facts) from None
        return ScopeRule(self.tag, category, self.reason, self.effective_from, self.effective_to)


class StageBody(Body):
    """A stage of integration and the day on which it begins."""

    stage: IntegrationStage
    begins_on: Day


class TermsBody(Body):
    """What the partners agree. A draft may lack much of it; what is missing is listed in the answer."""

    title: Line
    parties: list[PartyBody] = Field(max_length=50)
    arrangements: list[PartnershipArrangement] = Field(default_factory=list, max_length=3)
    host_organisation_id: UUID | None = None
    pool_manager: Line | None = Field(default=None, examples=["Assistant Director, Integrated Commissioning"])
    matters: list[MatterBody] = Field(default_factory=list, max_length=20)
    functions: list[Tag] = Field(default_factory=list, max_length=200)
    consultation: Paragraph | None = None
    expected_improvement: Paragraph | None = None
    scope_rules: list[ScopeRuleBody] = Field(default_factory=list, max_length=100)
    stages: list[StageBody] = Field(default_factory=list, max_length=20)
    aligned_lines_open: bool = False
    begins_on: Day | None = None
    ends_on: Day | None = None

    def to_terms(self) -> Terms:
        made = Terms(title=self.title, parties=())
        return replace(made, **_read(self, set(type(self).model_fields)))


class TermsPatch(Body):
    """Changed terms of a draft, as a merge patch: what is named is replaced, null takes an optional part away."""

    title: Line | None = None
    parties: list[PartyBody] | None = Field(default=None, max_length=50)
    arrangements: list[PartnershipArrangement] | None = Field(default=None, max_length=3)
    host_organisation_id: UUID | None = None
    pool_manager: Line | None = None
    matters: list[MatterBody] | None = Field(default=None, max_length=20)
    functions: list[Tag] | None = Field(default=None, max_length=200)
    consultation: Paragraph | None = None
    expected_improvement: Paragraph | None = None
    scope_rules: list[ScopeRuleBody] | None = Field(default=None, max_length=100)
    stages: list[StageBody] | None = Field(default=None, max_length=20)
    aligned_lines_open: bool | None = None
    begins_on: Day | None = None
    ends_on: Day | None = None

    def put_to(self, terms: Terms) -> Terms:
        return replace(terms, **_read(self, self.model_fields_set))


def _read(body: TermsBody | TermsPatch, names: set[str]) -> dict[str, Any]:
    """The named parts as the rules know them. A list that is taken away is an empty one."""
    plain = (
        "title",
        "host_organisation_id",
        "pool_manager",
        "consultation",
        "expected_improvement",
        "begins_on",
    )
    made: dict[str, Any] = {name: getattr(body, name) for name in (*plain, "ends_on") if name in names}
    if "title" in made and made["title"] is None:
        del made["title"]
    made["aligned_lines_open"] = bool(body.aligned_lines_open)
    made["arrangements"] = tuple(body.arrangements or ())
    made["functions"] = tuple(body.functions or ())
    made["parties"] = tuple(Party(p.organisation_id, p.kind, p.approving_body) for p in body.parties or ())
    made["matters"] = tuple(StatedMatter(m.code, m.text, m.clause) for m in body.matters or ())
    made["scope_rules"] = tuple(each.to_rule(index) for index, each in enumerate(body.scope_rules or ()))
    made["stages"] = tuple(StageFrom(each.stage, each.begins_on) for each in body.stages or ())
    return {name: value for name, value in made.items() if name in names}


class AgreementIn(Body):
    """A new agreement, as a draft."""

    partnership_id: UUID
    reference: Code = Field(examples=["S75-PLYMOUTH-2015"])
    type: AgreementType
    terms: TermsBody

    def to_agreement(self, agreement_id: UUID, owner: UUID) -> Agreement:
        return Agreement(
            agreement_id, self.partnership_id, owner, self.reference, self.type, self.terms.to_terms()
        )


class AgreementPatch(Body):
    """A change of a draft's terms."""

    terms: TermsPatch = Field(
        examples=[{"title": "Plymouth Section 75 agreement", "begins_on": "2015-04-01"}]
    )


class SignatoryBody(Body):
    """For which party, and in which office, somebody signed. Never a person's name."""

    organisation_id: UUID
    office: Line = Field(examples=["Director for People"])

    def to_signatory(self) -> Signatory:
        return Signatory(self.organisation_id, self.office)


_SIGNATORIES = [
    {"organisation_id": "7d1f4f0e-3c52-4f0c-8a59-5f3c2f0f6a11", "office": "Director for People"},
    {"organisation_id": "a2c4f9d8-1b7e-4c63-9d0a-6e5b8f7c3d22", "office": "Accountable Officer"},
]


class ExecutionIn(Body):
    """The signature of an agreement by all its parties."""

    signed_on: Day = Field(examples=["2015-03-27"])
    signatories: list[SignatoryBody] = Field(max_length=50, examples=[_SIGNATORIES])


class CommencementIn(Body):
    """From which day an agreement is in force. It may lie before the signature."""

    commenced_on: Day = Field(examples=["2015-04-01"])


class ScopeRuleOut(Out):
    """What this agreement leaves out of its pools."""

    tag: str
    category: str | None
    reason: str
    effective_from: Day | None
    effective_to: Day | None


class TermsOut(Out):
    """What the partners agree."""

    title: str
    parties: list[PartyBody]
    arrangements: list[PartnershipArrangement]
    host_organisation_id: UUID | None
    pool_manager: str | None
    matters: list[MatterBody]
    functions: list[str]
    consultation: str | None
    expected_improvement: str | None
    scope_rules: list[ScopeRuleOut]
    stages: list[StageBody]
    aligned_lines_open: bool
    begins_on: Day | None
    ends_on: Day | None


class BodyApprovalOut(Out):
    """Where the approval of one party's body stands; `awaiting` says what it still needs to count."""

    organisation_id: UUID
    body: str
    decision_id: UUID | None
    outcome: Outcome | None
    decided_on: Day | None
    counts_from: Day | None
    awaiting: Awaiting | None


class AgreementOut(Out):
    """An agreement and where it stands. `missing` lists what section 75 still asks for."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    reference: str
    type: AgreementType
    terms: TermsOut
    state: State
    edition: int
    version: int
    approvals: list[BodyApprovalOut]
    approved_from: Day | None
    signed_on: Day | None
    signatories: list[SignatoryBody]
    commenced_on: Day | None
    shadow_consents: list[UUID]
    missing: list[str]


class AgreementsOut(Out):
    """A page of agreements."""

    items: list[AgreementOut]
    next: str | None
