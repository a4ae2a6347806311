"""How contracts are documented as they are answered: whole, to a provider, as published, and in lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.contracts.rules.classification import AgreementForm, Category, Regime, TenderType, ValueBasis
from services.contracts.rules.contract import EndStatus, Origin, Relation, View
from services.contracts.rules.notice import NoticeUnit, ServedBy
from services.contracts.rules.party import ProviderKind, Role
from services.contracts.rules.publication import Exemption, WithheldField
from services.contracts.rules.state import State
from services.contracts.rules.stated_date import Precision, StatedKind
from shared.web.fields import Day, MoneyOut, Out


class IdentifierOut(Out):
    """An organisation's id in a scheme."""

    scheme: str
    id: str


class ContractPartyOut(Out):
    """One organisation in one role."""

    role: Role
    organisation_id: UUID | None
    name: str | None
    identifiers: list[IdentifierOut]
    kind: ProviderKind | None
    sme: bool | None
    vcse: bool | None
    share_percent: str | None


class PublishedProviderOut(Out):
    """A provider as it is published; an individual without the name."""

    organisation_id: UUID | None
    name: str | None
    identifiers: list[IdentifierOut]
    kind: ProviderKind | None
    sme: bool | None
    vcse: bool | None


class FundingLineOut(Out):
    """A share of the cost."""

    pool_id: UUID | None = Field(description="Null: lines of the body's own books.")
    organisation_id: UUID
    share_percent: str
    funding_source: str | None


class ExtensionOptionOut(Out):
    """An option to extend; exercised or left."""

    months: int = Field(examples=[12])
    decide_by: Day | None
    exercised_on: Day | None


class ActivityLineOut(Out):
    """How much of a measure is planned in a financial year."""

    measure: str = Field(examples=["Emergency bed days"])
    unit: str = Field(examples=["days"])
    financial_year: str
    planned: str = Field(examples=["9800"])


class NoticePeriodOut(Out):
    """How much notice a contract asks for."""

    count: int
    unit: NoticeUnit


class NoticeOut(Out):
    """A notice that was served."""

    id: UUID
    served_on: Day
    served_by: ServedBy
    ends_on: Day
    reason: str
    consultation: str


class RelatedContractOut(Out):
    """Another contract that this one points at."""

    relation: Relation
    contract_id: UUID


class StatedDateOut(Out):
    """A date as a document states it."""

    kind: StatedKind
    on: Day
    precision: Precision
    source: str
    words: str | None


class DateConflictOut(Out):
    """Documents state different dates for one thing; the earliest is kept to."""

    kind: StatedKind
    earliest: Day
    stated: list[StatedDateOut]


class SiteOut(Out):
    """A place where the service is given."""

    name: str
    operated_by_organisation_id: UUID
    code: str | None


class StaffTransferOut(Out):
    """A headcount of staff who moved with a service."""

    headcount: int
    on: Day
    from_organisation_id: UUID
    to_organisation_id: UUID
    under: str


class _PublishedFields(Out):
    """What every view of a contract has."""

    id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str = Field(examples=["PCC-0142"])
    occurrence: int
    title: str = Field(examples=["Community health services"])
    description: str | None
    category: Category | None
    service: str | None
    procurement_category: str | None
    department: str | None
    state: State
    agreement_form: AgreementForm
    award_regime: Regime | None
    tender_type: TenderType
    start_date: Day | None
    end_date: Day | None
    end_status: EndStatus
    max_end_date: Day | None
    ended_on: Day | None = Field(description="The last day, once it is over.")
    review_date: Day | None
    value: MoneyOut
    value_basis: ValueBasis
    irrecoverable_vat: MoneyOut
    version: int


class WithheldFieldOut(Out):
    """A field that is not published, with exemption and decider."""

    field: WithheldField
    exemption: Exemption
    decided_by: str = Field(examples=["Head of Legal Services"])
    decided_on: Day
    until: Day | None


class PublishedContractOut(_PublishedFields):
    """A contract as the public register has it. What is withheld reads as if nobody had stated it."""

    withheld: list[WithheldFieldOut]
    providers: list[PublishedProviderOut]
    view: Literal[View.PUBLISHED]


class _PartiesFields(_PublishedFields):
    """What all parties know."""

    parties: list[ContractPartyOut]
    modification_regime: Regime | None
    extension_options: list[ExtensionOptionOut]
    scope: str | None
    activity_plan: list[ActivityLineOut]
    notice_period: NoticePeriodOut | None
    responsible_post: str | None
    indicator_ids: list[UUID]
    sites: list[SiteOut]
    staff_transfers: list[StaffTransferOut]
    awarded_on: Day | None
    active_from: Day | None
    notice: NoticeOut | None
    origin: Origin
    recorded_at: datetime
    changed_at: datetime


class ProviderContractOut(_PartiesFields):
    """A contract as its provider sees it: with each commissioner's share, without pools, sources and plans."""

    view: Literal[View.PROVIDER]


class ContractOut(_PartiesFields):
    """A contract as its commissioners see it. An associate sees its own funding lines only."""

    award_basis: str | None
    funding: list[FundingLineOut]
    no_indicator_reason: str | None
    related: list[RelatedContractOut]
    stated_dates: list[StatedDateOut]
    date_conflicts: list[DateConflictOut]
    standstill_ends_on: Day | None
    carried_over: bool = Field(
        description="Whether it goes on from another contract by a transfer, a consolidation or a split, and was awarded as"
        " that one."
    )
    view: Literal[View.WHOLE]


AnyContractOut = Annotated[
    ContractOut | ProviderContractOut | PublishedContractOut, Field(discriminator="view")
]


class ListedContractOut(Out):
    """A contract in a list: the same for every role, but for what is not published."""

    id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    associate_organisation_ids: list[UUID]
    reference: str = Field(examples=["PCC-0142"])
    occurrence: int
    title: str = Field(examples=["Community health services"])
    category: Category | None
    service: str | None
    procurement_category: str | None
    state: State
    start_date: Day | None
    end_date: Day | None
    end_status: EndStatus
    ends_on: Day | None = Field(
        description="The day on which it ends as things stand: by notice, or else as agreed."
    )
    review_date: Day | None
    value: MoneyOut
    value_basis: ValueBasis
    providers: list[PublishedProviderOut]
    origin: Origin
    version: int
    changed_at: datetime


class ListedContractsOut(Out):
    """A page of contracts."""

    items: list[ListedContractOut]
    next: str | None
