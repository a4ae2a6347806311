"""Bodies of settlements: the figures they rest on, steps worked, and where a settlement stands."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.budget.api.risk_share_bodies import MOST_PARTNERS
from services.budget.rules.risk_share import MOST_STEPS, StepKind, VarianceDirection
from services.budget.rules.settled import Fact, PartnerAmount, PoolUnderspend
from services.budget.rules.settlement import SettlementDisputeOutcome, SettlementState, Source
from services.budget.rules.simulation import Basis
from shared.money import Money
from shared.web.fields import (
    Body,
    Day,
    FinancialYearField,
    MoneyIn,
    MoneyOut,
    Out,
    Paragraph,
)


class PartnerAmountIn(Body):
    """An amount of one partner's."""

    organisation_id: UUID
    amount: MoneyIn


class PoolUnderspendIn(Body):
    """What another pool is expected to have left."""

    pool_id: UUID
    amount: MoneyIn


class BasisIn(Body):
    """What to settle and on which figures: the position in the books, or a forecast that says its own variance."""

    pool_id: UUID
    financial_year: FinancialYearField
    source: Source
    as_at: Day | None = Field(
        default=None,
        examples=["2016-03-31"],
        description="A day of the year, to simulate. A settlement is as at the year's last day.",
    )
    risk_share_id: UUID | None = Field(default=None, description="A version; the one in effect by default.")
    variance: MoneyIn | None = Field(
        default=None, description="Budget less forecast: an overspend is negative."
    )
    pool_underspends: list[PoolUnderspendIn] = Field(default_factory=list, max_length=MOST_PARTNERS)
    risk_reserve: MoneyIn | None = Field(
        default=None,
        description="What the risk reserve holds for this. Left out, it is what the reserve accounts of the pool that are"
        " no partner's hold on the day of the position, and never more than that; on a forecast it is not stated.",
    )
    own_risk: list[PartnerAmountIn] = Field(
        default_factory=list,
        max_length=MOST_PARTNERS,
        description="What of the overspend stands on lines that a partner keeps at its own risk: 0 where nothing"
        " does. A partner left out is unknown.",
    )

    def to_basis(self) -> Basis:
        return Basis(
            self.pool_id,
            self.financial_year.label,
            self.source,
            self.as_at,
            self.risk_share_id,
            None if self.variance is None else self.variance.to_money("/variance"),
            tuple(
                PoolUnderspend(each.pool_id, each.amount.to_money(f"/pool_underspends/{n}/amount"))
                for n, each in enumerate(self.pool_underspends)
            ),
            self._reserve(),
            tuple(
                PartnerAmount(each.organisation_id, each.amount.to_money(f"/own_risk/{n}/amount"))
                for n, each in enumerate(self.own_risk)
            ),
        )

    def _reserve(self) -> Money | None:
        return None if self.risk_reserve is None else self.risk_reserve.to_money("/risk_reserve")


class PartnerAmountOut(Out):
    """An amount of one partner's."""

    organisation_id: UUID
    amount: MoneyOut


class PoolUnderspendOut(Out):
    """What another pool has left, or whose figures are missing to say so."""

    pool_id: UUID
    amount: MoneyOut
    missing_organisation_ids: list[UUID]
    taken_elsewhere_pence: int = Field(description="What approved settlements had taken of it before.")


class FactsOut(Out):
    """The figures that a settlement rests on. `variance` is budget less actual."""

    variance: MoneyOut
    variance_missing: list[UUID]
    contributions: list[PartnerAmountOut]
    pool_underspends: list[PoolUnderspendOut]
    risk_reserve: MoneyOut
    own_risk: list[PartnerAmountOut]
    taken_elsewhere_pence: int = Field(
        description="What approved settlements of other pools had taken of this pool; the variance is without it."
    )


class BorneOut(Out):
    """What one partner bears of an overspend, or receives of an underspend; whether a cap or limit held it."""

    organisation_id: UUID
    amount_pence: int
    capped: bool


class FromPoolOut(Out):
    """What another pool's underspend met."""

    pool_id: UUID
    amount_pence: int


class TakenOut(Out):
    """What one step did with what came to it."""

    borne: list[BorneOut]
    from_pools: list[FromPoolOut]
    from_reserve_pence: int
    retained_pence: int
    to_be_agreed_pence: int


class WorkedOut(Out):
    """One step worked: what came, what it took and from whom, what was left, and that in a sentence."""

    number: int
    kind: StepKind
    came_pence: int
    taken_pence: int
    left_pence: int
    taken: TakenOut
    explanation: str = Field(examples=["Half of the overspend of 200 pounds"])


class UnknownOut(Out):
    """A figure that is not known yet, and whose it is."""

    fact: Fact
    organisation_id: UUID | None
    pool_id: UUID | None


class OutcomeOut(Out):
    """Every step, and each partner's whole. What the steps took and what is unsettled add up to the variance."""

    direction: VarianceDirection | None
    variance_pence: int | None
    steps: list[WorkedOut]
    by_partner: list[BorneOut]
    to_be_agreed_pence: int
    unsettled_pence: int
    complete: bool
    missing: list[UnknownOut]


class SimulationOut(Out):
    """A settlement worked out. Nothing of it is kept."""

    partnership_id: UUID
    pool_id: UUID
    risk_share_id: UUID
    edition: int
    financial_year: str
    source: Source
    as_at: Day | None
    facts: FactsOut
    outcome: OutcomeOut


class ApprovalOut(Out):
    """That a party approved, and when."""

    organisation_id: UUID
    approved_at: datetime | None


class SettlementDisputeOut(Out):
    """Steps that a partner contests, by when it is to be answered, and how it ended."""

    id: UUID
    organisation_id: UUID
    steps: list[int]
    grounds: str
    answer_due_on: Day
    outcome: SettlementDisputeOutcome | None
    explanation: str | None
    version: int


class PostingOut(Out):
    """Which steps one journal put into the books."""

    journal_id: UUID
    steps: list[int]
    reversed_by_journal_id: UUID | None = Field(
        description="Reversed: its steps are not in the books any more."
    )


class SettlementOut(Out):
    """A settlement: the figures it rests on, every step, who approved, what is contested, what is in the books."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    risk_share_id: UUID
    agreement_id: UUID
    financial_year: str
    source: Source
    as_at: Day | None
    facts: FactsOut
    outcome: OutcomeOut
    party_ids: list[UUID]
    state: SettlementState
    approvals: list[ApprovalOut]
    disputes: list[SettlementDisputeOut]
    postings: list[PostingOut]
    withdrawn_because: str | None
    version: int


class SettlementsOut(Out):
    """A page of settlements."""

    items: list[SettlementOut]
    next: str | None


class WithdrawalIn(Body):
    """Why a settlement is withdrawn."""

    because: Paragraph = Field(examples=["The year-end accrual was wrong."])


class SettlementDisputeIn(Body):
    """Which steps are contested, and on what grounds, under an id that you choose."""

    id: UUID = Field(examples=["0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a11"])
    steps: list[int] = Field(min_length=1, max_length=MOST_STEPS, examples=[[2]])
    grounds: Paragraph = Field(examples=["The reserve was set aside for equipment."])


class SettlementResolutionIn(Body):
    """How a dispute ended."""

    outcome: SettlementDisputeOutcome
    explanation: Paragraph = Field(examples=["Agreed by the executive group on 12 May."])
