"""Bodies of risk shares: the steps of a scheme over an overspend and over an underspend."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.budget.rules.risk_share import MOST_STEPS, Cap, RiskShare, Scheme, Share, Step, StepKind
from shared.web.fields import Body, Day, Measure, Out, Pence, Title

MOST_PARTNERS = 50


class StepShareIn(Body):
    """What one partner bears or receives of a step, in per cent. The shares of a step add up to 100."""

    organisation_id: UUID
    percent: Measure = Field(examples=["60"])


class CapIn(Body):
    """The most that one partner bears or receives in a step. What is above it goes on to the next step."""

    organisation_id: UUID
    amount_pence: Pence = Field(examples=[10000000])


class StepIn(Body):
    """One step of a scheme. Which parts it takes depends on its kind."""

    kind: StepKind
    pool_ids: list[UUID] = Field(default_factory=list, max_length=MOST_PARTNERS)
    organisation_id: UUID | None = None
    limit_pence: Pence | None = Field(default=None, examples=[5000000])
    shares: list[StepShareIn] = Field(default_factory=list, max_length=MOST_PARTNERS)
    caps: list[CapIn] = Field(default_factory=list, max_length=MOST_PARTNERS)

    def to_step(self) -> Step:
        return Step(
            self.kind,
            tuple(self.pool_ids),
            self.organisation_id,
            self.limit_pence,
            tuple(Share(each.organisation_id, each.percent) for each in self.shares),
            tuple(Cap(each.organisation_id, each.amount_pence) for each in self.caps),
        )


class RiskShareIn(Body):
    """A version of a pool's risk and benefit share, as the named clause of its agreement has it."""

    partnership_id: UUID
    pool_id: UUID
    effective_from: Day = Field(examples=["2015-04-01"])
    clause: Title = Field(examples=["Schedule 3, part 2"])
    overspend: list[StepIn] = Field(max_length=MOST_STEPS + 1)
    underspend: list[StepIn] = Field(max_length=MOST_STEPS + 1)

    def to_risk_share(self, risk_share_id: UUID, owner: UUID) -> RiskShare:
        """As asked: the agreement and the edition come from the pool."""
        overspend = tuple(each.to_step() for each in self.overspend)
        scheme = Scheme(overspend, tuple(each.to_step() for each in self.underspend))
        return RiskShare(
            risk_share_id,
            self.partnership_id,
            owner,
            self.pool_id,
            agreement_id=self.pool_id,
            edition=0,
            effective_from=self.effective_from,
            clause=self.clause,
            scheme=scheme,
        )


class StepShareOut(Out):
    """What one partner bears or receives of a step."""

    organisation_id: UUID
    percent: str


class CapOut(Out):
    """The most that one partner bears or receives in a step."""

    organisation_id: UUID
    amount_pence: int


class StepOut(Out):
    """One step of a scheme."""

    kind: StepKind
    pool_ids: list[UUID]
    organisation_id: UUID | None
    limit_pence: int | None
    shares: list[StepShareOut]
    caps: list[CapOut]


class SchemeOut(Out):
    """The steps over an overspend and over an underspend, in their order."""

    overspend: list[StepOut]
    underspend: list[StepOut]


class RiskShareOut(Out):
    """A version of a pool's risk and benefit share. `edition` counts the pool's versions."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    agreement_id: UUID
    edition: int
    effective_from: Day
    clause: str
    scheme: SchemeOut
    version: int


class RiskSharesOut(Out):
    """A page of risk shares."""

    items: list[RiskShareOut]
    next: str | None
