"""The bodies of commitments and their limits, asked and answered."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from services.budget.rules.commitment import Level, MoveKind, Reservation
from services.budget.rules.headroom import LimitBasis
from services.budget.rules.line import Arrangement
from shared.web.fields import Body, Day, MoneyOut, Out, Paragraph, Pence, Title

_ID = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a01"
_LINE = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a02"
_OTHER = "0b7f0c52-5c3e-4e0a-9a53-2f6c2f9f5a03"
_Above = Annotated[Pence, Field(gt=0)]


def _example(**body: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [body]})


class CommitmentIn(Body):
    """Budget of a line to set aside, for a service's contract or for one package of care."""

    model_config = _example(
        partnership_id=_ID,
        line_id=_LINE,
        level="service",
        contract_id=_OTHER,
        description="Domiciliary care, lot 2",
        amount_pence=12000000,
        effective_date="2015-04-01",
    )

    partnership_id: UUID
    line_id: UUID
    level: Level
    contract_id: UUID | None = None
    placement_id: UUID | None = Field(default=None, description="Of a package; it names nobody.")
    description: Title
    amount_pence: _Above
    effective_date: Day

    def to_reservation(self, commitment_id: UUID) -> Reservation:
        return Reservation(id=commitment_id, **dict(self))


class CommitmentVariationIn(Body):
    """The whole amount that is to be reserved from now on."""

    model_config = _example(
        amount_pence=13500000, effective_date="2015-10-01", reason="Two more hours a week from October"
    )

    amount_pence: _Above
    effective_date: Day
    reason: Paragraph


class ReleaseIn(Body):
    """What is given back to the line; null for all that is left."""

    model_config = _example(amount_pence=None, effective_date="2016-02-01", reason="The package has ended")

    amount_pence: _Above | None = None
    effective_date: Day
    reason: Paragraph


class DrawDownIn(Body):
    """The journal that paid. No amount: all that it charged to the line. Above the rest only where you say so."""

    model_config = _example(journal_id=_OTHER, amount_pence=1000000, beyond_rest=False)

    journal_id: UUID
    amount_pence: _Above | None = None
    beyond_rest: bool = False


class FundsOut(Out):
    """What the line has: permitted budget, spent, committed, left. Null where the budget is not known."""

    line_id: UUID
    budget_adjusted: MoneyOut
    actual_pence: int | None
    committed_pence: int
    available_pence: int | None
    overspend_pence: int | None
    commitment_limit_pence: int | None


class _CommitmentFields(Out):
    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    line_id: UUID
    made_by_organisation_id: UUID
    level: Level
    contract_id: UUID | None
    placement_id: UUID | None = Field(
        description="Of a package that your own organisation commissions; null for others."
    )
    description: str = Field(examples=["Six step-down beds until March 2016"])
    reserved_pence: int
    drawn_pence: int
    released_pence: int
    version: int


class CommitmentOut(_CommitmentFields):
    """A commitment, what is left of it, and what its line has."""

    rest_pence: int
    continues_commitment_id: UUID | None = Field(
        description="The commitment of a predecessor, or of a line before this one, that it goes on with."
    )
    line: FundsOut


class ListedCommitmentOut(_CommitmentFields):
    """A commitment in a list. What is left of it: reserved less drawn down less released."""


class CommitmentsOut(Out):
    """A page of commitments."""

    items: list[ListedCommitmentOut]
    next: str | None


class CommitmentMoveOut(Out):
    """One thing that happened; `amount_pence` is what it added to the rest."""

    kind: MoveKind
    amount_pence: int
    effective_date: Day
    reason: str | None
    journal_id: UUID | None
    paid_pence: int | None


class CommitmentMovesOut(Out):
    """The whole history of a commitment."""

    items: list[CommitmentMoveOut]
    next: str | None


class CommitmentLimitIn(Body):
    """What spent and committed together may not pass on a line of your own."""

    model_config = _example(
        partnership_id=_ID, line_id=_LINE, basis="adjusted_budget", reason="Costs must not exceed estimates"
    )

    partnership_id: UUID
    line_id: UUID
    basis: LimitBasis
    limit_pence: Annotated[Pence, Field(ge=0)] | None = None
    reason: Paragraph


class CommitmentLimitOut(Out):
    """A limit as it was set. The last one set for a line stands."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    arrangement: Arrangement
    financial_year: str
    line_id: UUID
    basis: LimitBasis
    limit_pence: int | None
    reason: str = Field(examples=["Agreed by the board in April 2015"])
    version: int


class CommitmentLimitsOut(Out):
    """A page of limits."""

    items: list[CommitmentLimitOut]
    next: str | None
