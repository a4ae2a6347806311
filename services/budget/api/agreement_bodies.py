"""What agreements look like on the wire when they are sent: terms, changes of them, and moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.budget.rules.agreement import Agreement, AgreementType
from services.budget.rules.agreement_end import Cause, Ending, FinalAccount
from services.budget.rules.category import read_category
from services.budget.rules.integration_stage import IntegrationStage, StageFrom
from services.budget.rules.scope_rule import ScopeRule
from services.budget.rules.section_75 import BodyKind, PartnershipArrangement, StatedMatter
from services.budget.rules.terms import KnownAs, Party, Terms
from shared.errors import Refusal
from shared.web.fields import Body, Code, Day, Line, Paragraph, Title

Tag = Annotated[str, Field(max_length=80, pattern=r"^[a-z0-9][a-z0-9_]*$", examples=["acute"])]

Sha256 = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]


class PartyBody(Body):
    """A party, what the regulations take it for, and its body that approves."""

    organisation_id: UUID
    kind: BodyKind
    approving_body: Title = Field(examples=["Cabinet"])


class KnownAsBody(Body):
    """Another name that the papers give the same document, and where they do."""

    name: Title = Field(examples=["Memorandum of Understanding"])
    note: Paragraph = Field(examples=["Recommendation (v); para 30 calls it a Memorandum of Agreement."])


class MatterBody(Body):
    """What the agreement says on a matter that the regulations require."""

    code: Tag = Field(examples=["aims_and_outcomes"])
    text: Paragraph = Field(examples=["The partners keep one pooled fund, hosted by the council."])
    clause: Title | None = None


class ScopeRuleBody(Body):
    """What this agreement leaves out of its pools: of one category, or of all where none is named."""

    tag: Tag
    category: Line | None = Field(default=None, examples=["complex_bed_based"])
    reason: Paragraph = Field(examples=["Left out by the business case"])
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

    title: Title = Field(examples=["Integrated commissioning in Plymouth"])
    parties: list[PartyBody] = Field(max_length=50)
    arrangements: list[PartnershipArrangement] = Field(default_factory=list, max_length=3)
    host_organisation_id: UUID | None = None
    pool_manager: Title | None = Field(
        default=None, examples=["Assistant Director, Integrated Commissioning"]
    )
    matters: list[MatterBody] = Field(default_factory=list, max_length=20)
    functions: list[Tag] = Field(default_factory=list, max_length=200, examples=[["community_nursing"]])
    consultation: Paragraph | None = None
    expected_improvement: Paragraph | None = None
    scope_rules: list[ScopeRuleBody] = Field(default_factory=list, max_length=100)
    stages: list[StageBody] = Field(default_factory=list, max_length=20)
    aligned_lines_open: bool = False
    begins_on: Day | None = None
    ends_on: Day | None = None
    known_as: list[KnownAsBody] = Field(default_factory=list, max_length=10)
    review_on: Day | None = None
    trial_ends_on: Day | None = None

    def to_terms(self) -> Terms:
        made = Terms(title=self.title, parties=())
        return replace(made, **_read(self, set(type(self).model_fields)))


class TermsPatch(Body):
    """Changed terms of a draft, as a merge patch: what is named is replaced, null takes an optional part away."""

    title: Title | None = None
    parties: list[PartyBody] | None = Field(default=None, max_length=50)
    arrangements: list[PartnershipArrangement] | None = Field(default=None, max_length=3)
    host_organisation_id: UUID | None = None
    pool_manager: Title | None = None
    matters: list[MatterBody] | None = Field(default=None, max_length=20)
    functions: list[Tag] | None = Field(default=None, max_length=200)
    consultation: Paragraph | None = None
    expected_improvement: Paragraph | None = None
    scope_rules: list[ScopeRuleBody] | None = Field(default=None, max_length=100)
    stages: list[StageBody] | None = Field(default=None, max_length=20)
    aligned_lines_open: bool | None = None
    begins_on: Day | None = None
    ends_on: Day | None = None
    known_as: list[KnownAsBody] | None = Field(default=None, max_length=10)
    review_on: Day | None = None
    trial_ends_on: Day | None = None

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
        "ends_on",
        "review_on",
        "trial_ends_on",
    )
    made: dict[str, Any] = {name: getattr(body, name) for name in plain if name in names}
    if "title" in made and made["title"] is None:
        del made["title"]
    made["aligned_lines_open"] = bool(body.aligned_lines_open)
    made["arrangements"] = tuple(body.arrangements or ())
    made["functions"] = tuple(body.functions or ())
    made["parties"] = tuple(Party(p.organisation_id, p.kind, p.approving_body) for p in body.parties or ())
    made["matters"] = tuple(StatedMatter(m.code, m.text, m.clause) for m in body.matters or ())
    made["scope_rules"] = tuple(each.to_rule(index) for index, each in enumerate(body.scope_rules or ()))
    made["known_as"] = tuple(KnownAs(each.name, each.note) for each in body.known_as or ())
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


class ExecutionIn(Body):
    """The signature of your organisation, by office. Never a person's name."""

    signed_on: Day = Field(examples=["2015-03-27"])
    office: Title = Field(examples=["Director for People"])


class CommencementIn(Body):
    """From which day an agreement is in force. It may lie before the signature."""

    commenced_on: Day = Field(examples=["2015-04-01"])


class WindingUpIn(Body):
    """The last day of an agreement, and why it ends: its term is over, or notice was given."""

    ended_on: Day = Field(examples=["2018-03-31"])
    cause: Cause = Field(examples=["expiry"])
    notice_given_on: Day | None = Field(default=None, examples=["2017-09-29"])
    notice: Title | None = Field(default=None, examples=["Letter to the Accountable Officer, ref. L/17/204"])

    def to_ending(self) -> Ending:
        return Ending(self.cause, self.notice_given_on, self.notice)


class ClosureIn(Body):
    """The final account that your organisation signed: the document, when and in which office."""

    sha256: Sha256
    location: Title = Field(examples=["Records management, box 2018/114"])
    signed_on: Day = Field(examples=["2018-06-29"])
    office: Title = Field(examples=["Section 151 officer"])

    def to_account(self) -> FinalAccount:
        return FinalAccount(self.sha256, self.location)
