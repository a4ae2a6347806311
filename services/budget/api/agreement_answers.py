"""What agreements and their versions look like on the wire when they come back."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.budget.api.agreement_bodies import KnownAsBody, MatterBody, PartyBody, StageBody
from services.budget.rules.agreement import AgreementType, State
from services.budget.rules.agreement_end import Cause
from services.budget.rules.agreement_version import VersionStage
from services.budget.rules.approval import Awaiting
from services.budget.rules.decision import Outcome
from services.budget.rules.section_75 import PartnershipArrangement
from shared.web.fields import Day, Out


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
    known_as: list[KnownAsBody]
    review_on: Day | None
    trial_ends_on: Day | None


class BodyApprovalOut(Out):
    """Where the approval of one party's body stands; `awaiting` says what it still needs to count."""

    organisation_id: UUID
    body: str = Field(examples=["Cabinet"])
    decision_id: UUID | None
    outcome: Outcome | None
    decided_on: Day | None
    counts_from: Day | None
    awaiting: Awaiting | None


class SignatoryOut(Out):
    """For which party, in which office and on which day somebody signed. Never a person's name."""

    organisation_id: UUID
    office: str = Field(examples=["Director for People"])
    signed_on: Day


class CommencingOut(Out):
    """From which day one party says that the text holds."""

    organisation_id: UUID
    commenced_on: Day


class EndingOut(Out):
    """Why an agreement ended; for a notice, when and by what it was given."""

    cause: Cause
    notice_given_on: Day | None
    notice: str | None


class FinalAccountOut(Out):
    """The final account and who has signed it so far."""

    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    location: str = Field(examples=["Council archive, box 12"])
    signatories: list[SignatoryOut]


class AgreementOut(Out):
    """An agreement and where it stands. `missing` lists what the law or the field still asks of its text.

    `commenced_on` is when it first came into force, `holds_from` since when its present text holds, and
    `candidates` are organisations that would join by a version on its way.
    """

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
    signatories: list[SignatoryOut]
    commencing: list[CommencingOut]
    commenced_on: Day | None
    holds_from: Day | None
    ended_on: Day | None
    ending: EndingOut | None
    final_account: FinalAccountOut | None
    closed_on: Day | None
    candidates: list[UUID]
    shadow_consents: list[UUID]
    missing: list[str] = Field(examples=[["pool_manager"]])


class AgreementsOut(Out):
    """A page of agreements."""

    items: list[AgreementOut]
    next: str | None


class VersionOut(Out):
    """One text of an agreement, by edition. It held, or holds, from `holds_from` to `held_until`.

    `signer_ids` are those whose bodies approve and who sign: the parties of this text and of the one it replaces.
    """

    agreement_id: UUID
    edition: int
    partnership_id: UUID
    owner_organisation_id: UUID
    type: AgreementType
    terms: TermsOut
    reason: str | None
    signer_ids: list[UUID]
    stage: VersionStage
    version: int
    approvals: list[BodyApprovalOut]
    approved_from: Day | None
    signed_on: Day | None
    signatories: list[SignatoryOut]
    commencing: list[CommencingOut]
    holds_from: Day | None
    held_until: Day | None
    missing: list[str] = Field(examples=[["pool_manager"]])


class VersionsOut(Out):
    """A page of versions, the oldest first."""

    items: list[VersionOut]
    next: str | None
