"""The bodies of virements, asked and answered."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from services.budget.api.agreement_bodies import Tag
from services.budget.api.delegations import DeciderOut
from services.budget.rules.delegation_limit import Nature, Permanence
from services.budget.rules.line import Arrangement
from services.budget.rules.virement import (
    Given,
    Proposal,
    Verdict,
    VirementKind,
    VirementReason,
    VirementState,
)
from shared.calendar import LedgerPeriod, read_ledger_period
from shared.errors import Refusal
from shared.web.fields import Body, Day, Out, Paragraph, Pence, Title

_ID = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a01"


def _example(**body: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [body]})


def _period(text: str | None) -> LedgerPeriod | None:
    try:
        return None if text is None else read_ledger_period(text)
    except Refusal as refusal:
        raise refusal.reason("/posting_period", **refusal.facts) from None


class VirementIn(Body):
    """Budget to move, from a line to a line; or, as a supplementary estimate, from an account into a line."""

    model_config = _example(
        partnership_id=_ID,
        kind="virement",
        from_line_id="0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a02",
        to_line_id="0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a03",
        amount_pence=2500000,
        nature="revenue",
        permanence="one_off",
        budget_type="placements",
        reason="refocused_on_need",
        outcome="More people at home after 91 days, for those most in need",
        effective_date="2015-09-01",
    )

    partnership_id: UUID
    kind: VirementKind = VirementKind.VIREMENT
    from_line_id: UUID | None = None
    from_account_id: UUID | None = None
    to_line_id: UUID
    amount_pence: Annotated[Pence, Field(gt=0)]
    nature: Nature = Nature.REVENUE
    permanence: Permanence
    budget_type: Tag | None = None
    reason: VirementReason
    outcome: Paragraph | None = Field(
        default=None, description="What the money is moved for; needed where one use gives way to another."
    )
    indicator_id: UUID | None = Field(default=None, description="The indicator that shows that outcome.")
    effective_date: Day
    posting_period: str | None = Field(default=None, examples=["2015-16-M06"])

    def to_proposal(self, virement_id: UUID) -> Proposal:
        period = _period(self.posting_period)
        return Proposal(
            id=virement_id, **{**dict(self), "posting_period": None if period is None else period.label}
        )


class VirementApprovalIn(Body):
    """Your organisation's approval. `decider` as your limits name it; a body's needs its recorded decision."""

    model_config = _example(decider="Chief officer with the section 151 officer", note="Within the limit.")

    decider: Title | None = None
    decision_id: UUID | None = None
    note: Paragraph | None = None
    posting_period: str | None = Field(
        default=None,
        examples=["2015-16-M07"],
        description="A later period, where the first is closed by now.",
    )

    def to_given(self, organisation_id: UUID) -> Given:
        return Given(organisation_id, Verdict.APPROVED, self.decider, self.decision_id, self.note)

    def to_period(self) -> LedgerPeriod | None:
        return _period(self.posting_period)


class VirementRefusalIn(Body):
    """Your organisation's refusal, and why."""

    model_config = _example(decider="Cabinet", note="The money is needed where it is.")

    decider: Title | None = None
    note: Paragraph

    def to_given(self, organisation_id: UUID) -> Given:
        return Given(organisation_id, Verdict.REFUSED, self.decider, None, self.note)


class VirementAskedOut(Out):
    """An organisation that must approve, and who of it may. None named: it has no limit on record for it."""

    organisation_id: UUID
    may_decide: list[DeciderOut]


class VirementVerdictOut(Out):
    """What an organisation decided."""

    organisation_id: UUID
    outcome: Verdict
    decider: str | None
    decision_id: UUID | None
    note: str | None


class VirementOut(Out):
    """Budget moved or to be moved, who must approve it, and who has."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    kind: VirementKind
    from_line_id: UUID | None
    from_account_id: UUID | None
    to_line_id: UUID
    amount_pence: int
    nature: Nature
    permanence: Permanence
    budget_type: str | None
    reason: VirementReason
    outcome: str | None
    indicator_id: UUID | None
    effective_date: Day
    posting_period: str | None
    asked: list[VirementAskedOut]
    given: list[VirementVerdictOut]
    state: VirementState
    journal_id: UUID | None
    version: int


class VirementsOut(Out):
    """A page of virements."""

    items: list[VirementOut]
    next: str | None
