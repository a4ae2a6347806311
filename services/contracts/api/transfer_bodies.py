"""What is sent and answered about novations and statutory transfers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.contracts.actions.consent_to_transfer import Given
from services.contracts.actions.take_over_contract import TakenOver
from services.contracts.api.contract_bodies import MOST_LINES, FundingLineIn
from services.contracts.rules.transfer import Instrument, Transfer, TransferKind, TransferRole, TransferState
from shared.web.fields import Body, Day, Out, Paragraph, Reference, Title

NOBODY = UUID(int=0)


class NovationIn(Body):
    """A novation to propose: who goes, who comes, and from which day. The day may be past."""

    contract_id: UUID
    new_contract_id: UUID = Field(description="The id of the record that goes on.")
    role: TransferRole = Field(examples=["provider"])
    outgoing_organisation_id: UUID
    incoming_organisation_id: UUID
    effective_on: Day = Field(examples=["2015-04-01"])
    reason: Paragraph = Field(examples=["The service passes to the new community trust"])

    def to_transfer(self, transfer_id: UUID) -> Transfer:
        fields = {name: getattr(self, name) for name in NovationIn.model_fields}
        return Transfer(id=transfer_id, kind=TransferKind.NOVATION, owner_organisation_id=NOBODY, **fields)


class InstrumentIn(Body):
    """The act, order or scheme that transfers by law."""

    title: Title = Field(examples=["The Health and Care (Transfer of Contracts) Scheme 2019"])
    made_on: Day | None = None
    reference: Reference | None = None


class StatutoryTransferIn(NovationIn):
    """A transfer by law, which nobody is asked to consent to."""

    instrument: InstrumentIn

    def to_transfer(self, transfer_id: UUID) -> Transfer:
        fields = {name: getattr(self, name) for name in NovationIn.model_fields}
        return Transfer(
            id=transfer_id,
            kind=TransferKind.STATUTORY_TRANSFER,
            owner_organisation_id=NOBODY,
            instrument=Instrument(self.instrument.title, self.instrument.made_on, self.instrument.reference),
            **fields,
        )


class ConsentIn(Body):
    """A consent of your own organisation; with another's id, what the lead records from its signed letter."""

    on: Day = Field(examples=["2015-03-20"])
    note: Paragraph | None = None
    organisation_id: UUID | None = None

    def to_given(self, agreed: bool) -> Given:
        return Given(agreed, self.on, self.note, self.organisation_id)


class ConsentRefusalIn(ConsentIn):
    """A refusal with its reason."""

    note: Paragraph = Field(examples=["The incoming body is not known to us"])


class TakeOverIn(Body):
    """What the incoming lead gives of its own: its reference, its partnership, its money."""

    reference: Reference | None = None
    partnership_id: UUID | None = None
    funding: list[FundingLineIn] = Field(default=[], max_length=MOST_LINES)

    def to_taken(self) -> TakenOver:
        return TakenOver(tuple(each.to_thing() for each in self.funding), self.reference, self.partnership_id)


class InstrumentOut(Out):
    """The act, order or scheme that transfers by law."""

    title: str = Field(examples=["The Transfer of Contracts Scheme 2019"])
    made_on: Day | None
    reference: str | None


class ConsentOut(Out):
    """An organisation's consent or refusal, and who put it on record."""

    organisation_id: UUID
    agreed: bool
    on: Day
    note: str | None
    recorded_by_organisation_id: UUID
    client_id: UUID
    person: str | None
    recorded_at: datetime | None


class TransferOut(Out):
    """A novation or statutory transfer, with whose consent it needs and has."""

    id: UUID
    contract_id: UUID
    new_contract_id: UUID
    kind: TransferKind
    role: TransferRole
    outgoing_organisation_id: UUID
    incoming_organisation_id: UUID
    effective_on: Day
    reason: str = Field(examples=["The service passes to the new community trust"])
    owner_organisation_id: UUID
    partnership_id: UUID | None
    instrument: InstrumentOut | None
    needed: list[UUID]
    readers: list[UUID]
    state: TransferState
    consents: list[ConsentOut]
    version: int
    recorded_at: datetime
    changed_at: datetime


class TransfersOut(Out):
    """A page of transfers."""

    items: list[TransferOut]
    next: str | None
