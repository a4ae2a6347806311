"""What is sent and answered about consolidations and splits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.contracts.rules.consolidation import NewContract, Regrouping, RegroupingKind
from shared.web.fields import Body, Day, Measure, Out, Paragraph, Reference, Title

MOST_CONTRACTS = 50


class ConsolidationIn(Body):
    """Contracts with one provider that become one from a day on."""

    source_contract_ids: list[UUID] = Field(min_length=1, max_length=MOST_CONTRACTS)
    contract_id: UUID = Field(description="The id of the one that goes on.")
    reference: Reference = Field(examples=["LWSW-INTEGRATED"])
    title: Title = Field(examples=["Integrated community health and social care"])
    effective_on: Day = Field(examples=["2019-04-01"])
    end_date: Day | None = Field(
        default=None,
        description="Left out: the latest end of the contracts. Where the values are for a year, all end on one day.",
    )
    reason: Paragraph = Field(examples=["Two separate contracts are brought together in one"])

    def to_things(self, id_: UUID, owner: UUID) -> tuple[Regrouping, NewContract]:
        new = NewContract(self.contract_id, self.reference, self.title, end_date=self.end_date)
        made = Regrouping(
            id=id_,
            kind=RegroupingKind.CONSOLIDATION,
            owner_organisation_id=owner,
            partnership_id=None,
            effective_on=self.effective_on,
            reason=self.reason,
            source_contract_ids=tuple(self.source_contract_ids),
            contract_ids=(self.contract_id,),
        )
        return made, new


class ContractSplitPartIn(Body):
    """A contract that comes out of a split. Left out, it goes on with all indicators, or to the same end."""

    contract_id: UUID
    reference: Reference = Field(examples=["NEW-COMMUNITY-A"])
    title: Title = Field(examples=["Community nursing"])
    share_percent: Measure = Field(examples=["62.5"])
    indicator_ids: list[UUID] | None = Field(default=None, max_length=100)
    end_date: Day | None = None

    def to_thing(self) -> NewContract:
        linked = None if self.indicator_ids is None else tuple(self.indicator_ids)
        return NewContract(
            self.contract_id, self.reference, self.title, self.share_percent, linked, self.end_date
        )


class ContractSplitIn(Body):
    """A contract that goes on as several from a day on; shares of what is left of its value come to 100 percent."""

    source_contract_id: UUID
    parts: list[ContractSplitPartIn] = Field(min_length=1, max_length=MOST_CONTRACTS)
    effective_on: Day = Field(examples=["2019-04-01"])
    reason: Paragraph = Field(examples=["Nursing and therapy are commissioned apart"])

    def to_things(self, id_: UUID, owner: UUID) -> tuple[Regrouping, tuple[NewContract, ...]]:
        made = Regrouping(
            id=id_,
            kind=RegroupingKind.SPLIT,
            owner_organisation_id=owner,
            partnership_id=None,
            effective_on=self.effective_on,
            reason=self.reason,
            source_contract_ids=(self.source_contract_id,),
            contract_ids=tuple(each.contract_id for each in self.parts),
        )
        return made, tuple(each.to_thing() for each in self.parts)


class YearValueOut(Out):
    """The part of a value that falls into a financial year; null where it is not known."""

    financial_year: str
    amount_pence: int | None


class RegroupingOut(Out):
    """A consolidation or split, with the proof: what was left before is what goes on."""

    id: UUID
    kind: RegroupingKind
    owner_organisation_id: UUID
    partnership_id: UUID | None
    effective_on: Day
    reason: str = Field(examples=["Two separate contracts are brought together in one"])
    source_contract_ids: list[UUID]
    contract_ids: list[UUID]
    value_before_pence: int | None = Field(
        description="What was left of the contracts that ended, from the day on."
    )
    value_after_pence: int | None = Field(description="What those that go on are worth.")
    ended: list[YearValueOut] = Field(description="By year, what stays with the contracts that ended.")
    going_on: list[YearValueOut] = Field(description="By year, what was left of them from the day on.")
    recorded_at: datetime


class RegroupingsOut(Out):
    """A page of consolidations or splits."""

    items: list[RegroupingOut]
    next: str | None
