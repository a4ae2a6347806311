"""How variations are answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.contracts.api.contract_answers import (
    ActivityLineOut,
    ContractPartyOut,
    ExtensionOptionOut,
    FundingLineOut,
    NoticePeriodOut,
)
from services.contracts.rules.classification import Regime, ValueBasis
from services.contracts.rules.contract import EndStatus
from services.contracts.rules.modification import Ground, ModificationOutcome, NoticeDue
from services.contracts.rules.variation import VariationKind, VariationReason, VariationState
from services.contracts.rules.variation_side import VariationSide
from shared.web.fields import Day, MoneyOut, Out


class ContractTermsOut(Out):
    """Terms before or after; null is not part of the change, or was not there before."""

    value: MoneyOut | None
    value_basis: ValueBasis | None
    start_date: Day | None
    end_date: Day | None
    end_status: EndStatus | None
    max_end_date: Day | None
    extension_options: list[ExtensionOptionOut] | None
    notice_period: NoticePeriodOut | None
    review_date: Day | None
    scope: str | None
    parties: list[ContractPartyOut] | None
    activity_plan: list[ActivityLineOut] | None


class RateChangeOut(Out):
    """A price per unit before and after."""

    service: str
    unit: str
    rate_before: str | None
    rate_after: str | None


class YearEffectOut(Out):
    """What the change does to one financial year."""

    financial_year: str
    before_pence: int | None
    after_pence: int | None
    change_pence: int | None


class VariationAnswerOut(Out):
    """An answer of one side, and who put it on record."""

    side: VariationSide
    organisation_id: UUID | None
    agreed: bool
    on: Day
    note: str | None
    recorded_by_organisation_id: UUID
    client_id: UUID
    person: str | None
    recorded_at: datetime | None


class DeclaredOut(Out):
    """What the commissioner said of the change."""

    ground: Ground | None
    different_in_character: bool | None
    threshold_pence: int | None


class ModificationOut(Out):
    """What the modification test of the contract's rules said. For commissioners."""

    regime: Regime | None
    declared: DeclaredOut
    outcome: ModificationOutcome
    because: list[str] = Field(examples=[["All changes together are not below the threshold."]])
    source: str = Field(examples=["Provider Selection Regime Regulations 2023 reg 13"])
    original_value_pence: int | None
    change_pence: int | None
    cumulative_change_pence: int | None
    cumulative_change_percent: str | None
    term_change_percent: str | None
    notice: NoticeDue


class VariationOut(Out):
    """A variation. A provider sees no funding and no test."""

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    partnership_id: UUID | None
    kind: VariationKind
    reason: VariationReason
    description: str
    effective_on: Day
    signed_on: Day | None
    before: ContractTermsOut
    after: ContractTermsOut
    rates: list[RateChangeOut]
    yearly: list[YearEffectOut]
    state: VariationState
    answers: list[VariationAnswerOut]
    funding_before: list[FundingLineOut] | None
    funding_after: list[FundingLineOut] | None
    modification: ModificationOut | None
    despite_test: str | None
    version: int
    recorded_at: datetime
    changed_at: datetime


class VariationsOut(Out):
    """A page of variations."""

    items: list[VariationOut]
    next: str | None
