"""What is sent to move a contract in its life, and how its history and expiries are answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.contracts.api.variation_answers import ContractTermsOut
from services.contracts.rules.life import (
    AbandonmentReason,
    CompletionReason,
    HoldOverReason,
    SuspensionReason,
    TerminationReason,
)
from services.contracts.rules.state import State
from services.contracts.rules.step import Move, Step, require_come
from shared.money import Money
from shared.web.fields import Body, Day, MoneyIn, MoneyOut, Out, Paragraph
from shared.web.today import today_in_england


class _MoveIn(Body):
    """A day from which the move holds, and what else is to be known of it."""

    on: Day = Field(examples=["2015-03-31"], description="The day from which this holds.")
    note: Paragraph | None = Field(
        default=None, description="All parties read it, once the contract is awarded."
    )


class ProcurementIn(_MoveIn):
    """The procurement begins."""


class StandstillIn(_MoveIn):
    """The intended award was made known `on` a day, and nothing is awarded until the standstill has ended."""

    ends_on: Day = Field(examples=["2015-04-10"])


class SuspensionIn(_MoveIn):
    """Delivery is suspended."""

    reason: SuspensionReason = Field(examples=["quality"])


class ResumptionIn(_MoveIn):
    """Delivery goes on."""


class NoticeWithdrawalIn(_MoveIn):
    """A notice is taken back."""

    note: Paragraph = Field(
        examples=["Both sides agreed by letter"], description="How the other side agreed."
    )


class PartTerminationIn(_MoveIn):
    """A part of the contract ends."""

    reason: TerminationReason = Field(examples=["agreed"])
    note: Paragraph = Field(examples=["Podiatry"], description="Which part ends.")
    value: MoneyIn | None = Field(
        default=None, description="What the whole contract is worth without that part."
    )

    def to_value(self) -> Money | None:
        return None if self.value is None else self.value.to_money("/value")


class TerminationIn(_MoveIn):
    """The contract ends before its term. `on` is its last day."""

    reason: TerminationReason = Field(examples=["agreed"])


class CompletionIn(_MoveIn):
    """The contract is over at the end of its term. `on` is its last day."""

    reason: CompletionReason = Field(examples=["term_ended"])


class HoldOverIn(_MoveIn):
    """The contract is over and still delivered since a day."""

    reason: HoldOverReason = Field(examples=["procurement_late"])


class AbandonmentIn(_MoveIn):
    """The contract will not come into force."""

    reason: AbandonmentReason = Field(examples=["no_tenders"])


def step_of(move: Move, body: _MoveIn) -> Step:
    """The facts of a move as they were sent, once its day has come."""
    require_come(body.on, today_in_england())
    reason = getattr(body, "reason", None)
    return Step(move, body.on, None if reason is None else reason.value, body.note)


class ContractStepOut(Out):
    """A move in a contract's life: from what to what, from which day, and who recorded it when."""

    contract_id: UUID
    version: int = Field(description="The contract's version after this move.")
    partnership_id: UUID | None
    owner_organisation_id: UUID
    move: Move
    from_state: State | None
    to_state: State
    on: Day | None
    reason: str | None
    note: str | None
    value_before: MoneyOut | None
    value_after: MoneyOut | None
    terms_before: ContractTermsOut | None
    terms_after: ContractTermsOut | None
    organisation_id: UUID
    client_id: UUID
    person: str | None = Field(description="For whom the client said that it acts.")
    recorded_at: datetime


class ContractStepsOut(Out):
    """A page of steps."""

    items: list[ContractStepOut]
    next: str | None


class ExpiryIn(Body):
    """Ends every contract that your organisation leads and whose last day lies before a day."""

    as_at: Day = Field(examples=["2016-04-01"])
    partnership_id: UUID | None = None


class ExpiryOut(Out):
    """What ended. With `more`, send it again under another key: as many ended as one call ends."""

    id: UUID
    as_at: Day
    expired: list[UUID] = Field(description="Ended by their term.")
    terminated: list[UUID] = Field(description="Ended by notice.")
    more: bool
