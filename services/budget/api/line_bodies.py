"""Bodies of budget lines: what is sent to open one, and what is shown of it."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.budget.api.agreement_bodies import Tag
from services.budget.rules.category import Category, read_category
from services.budget.rules.funding_source import CORE_BUDGET
from services.budget.rules.line import Arrangement, LegalBasis, Legality, Line
from services.budget.rules.line_nature import (
    AllocationBasis,
    Coverage,
    DeliveryMode,
    Nature,
    PersonalBudget,
    Purpose,
    Recurrence,
    Spending,
)
from services.budget.rules.ring_fence import GrantCondition, RingFence, Unspent
from shared.web.fields import Body, Code, Day, FinancialYearField, MoneyIn, MoneyOut, Out, Paragraph, Title
from shared.web.fields import Line as LineOfText


class LegalityIn(Body):
    """Why the line is held the way it is, and when that was tested."""

    basis: LegalBasis
    assessed_on: Day
    note: Paragraph | None = None

    def to_legality(self) -> Legality:
        return Legality(self.basis, self.assessed_on, self.note)


class GrantConditionIn(Body):
    """One thing that a grant demands of whoever spends it."""

    code: Tag = Field(examples=["hwb_sign_off"])
    demands: Paragraph = Field(examples=["The Health and Wellbeing Board has signed the plan off."])
    before_spend: bool = Field(default=True, description="Whether nothing is spent until it is met.")


class RingFenceIn(Body):
    """The grant that fences the line: what it demands, and for seed money the last day on which it is spent."""

    grant: Title = Field(examples=["Transformation fund"])
    conditions: list[GrantConditionIn] = Field(default_factory=list, max_length=50)
    spend_until: Day | None = Field(default=None, examples=["2017-03-31"])
    unspent: Unspent | None = None

    def to_ring_fence(self) -> RingFence:
        conditions = [GrantCondition(each.code, each.demands, each.before_spend) for each in self.conditions]
        return RingFence(self.grant, tuple(conditions), self.spend_until, self.unspent)


class NatureIn(Body):
    """What kind of money the line is. Leave out what nobody said: it is kept as unknown."""

    funding_source: Title = Field(
        default=CORE_BUDGET, description="A code, or a name known for one.", examples=["bcf"]
    )
    recurrence: Recurrence | None = None
    spending: Spending | None = Field(
        default=None, description="Revenue or capital; limits of delegation ask about it."
    )
    allocation_basis: AllocationBasis | None = None
    delivery_mode: DeliveryMode | None = None
    personal_budget: PersonalBudget | None = None
    coverage: Coverage | None = None
    purpose: Purpose = Purpose.SERVICE
    priority: Title | None = Field(default=None, examples=["Fewer emergency admissions of people over 65"])
    ring_fence: RingFenceIn | None = None

    def to_nature(self) -> Nature:
        plain = {name: getattr(self, name) for name in _PLAIN}
        ring_fence = None if self.ring_fence is None else self.ring_fence.to_ring_fence()
        return Nature(**plain, ring_fence=ring_fence)


_PLAIN = (
    "funding_source",
    "recurrence",
    "spending",
    "allocation_basis",
    "delivery_mode",
    "personal_budget",
    "coverage",
    "purpose",
    "priority",
)


class LineIn(Body):
    """A line of your own money for one year. An aligned line names no pool; the others stand in one."""

    partnership_id: UUID
    pool_id: UUID | None = Field(default=None, examples=["fd1668f4-12b7-5f3d-b584-6a907e34f813"])
    name: Title = Field(examples=["Residential care"])
    category: LineOfText = Field(
        description="A category, or a name known for one.", examples=["complex_bed_based"]
    )
    arrangement: Arrangement
    financial_year: FinancialYearField
    budget: MoneyIn
    legality: LegalityIn
    criteria_version: Code | None = Field(
        default=None,
        description="The edition of the partners' criteria by which the legality was tested.",
        examples=["2016-10"],
    )
    tags: list[Tag] = Field(default_factory=list, max_length=50, examples=[["care_homes"]])
    functions: list[Tag] = Field(default_factory=list, max_length=50, examples=[["community_nursing"]])
    nature: NatureIn = Field(default_factory=NatureIn)
    continues_line_id: UUID | None = Field(
        default=None, description="Your line of the year before that this one goes on with."
    )

    def to_line(self, line_id: UUID, owner: UUID) -> Line:
        return Line(
            id=line_id,
            partnership_id=self.partnership_id,
            owner_organisation_id=owner,
            pool_id=self.pool_id,
            name=self.name,
            category=read_category(self.category),
            arrangement=self.arrangement,
            financial_year=self.financial_year.label,
            budget=self.budget.to_money("/budget"),
            legality=self.legality.to_legality(),
            criteria_version=self.criteria_version,
            tags=tuple(self.tags),
            functions=tuple(self.functions),
            nature=self.nature.to_nature(),
            continues_line_id=self.continues_line_id,
        )


class LegalityOut(Out):
    """Why the line is held the way it is, and when that was tested."""

    basis: LegalBasis
    assessed_on: Day
    note: str | None


class GrantConditionOut(Out):
    """One thing that a grant demands of whoever spends it."""

    code: str
    demands: str
    before_spend: bool


class RingFenceOut(Out):
    """The grant that fences a line."""

    grant: str
    conditions: list[GrantConditionOut]
    spend_until: Day | None
    unspent: Unspent | None


class NatureOut(Out):
    """What kind of money a line is; null where nobody said."""

    funding_source: str
    recurrence: Recurrence | None
    spending: Spending | None
    allocation_basis: AllocationBasis | None
    delivery_mode: DeliveryMode | None
    personal_budget: PersonalBudget | None
    coverage: Coverage | None
    purpose: Purpose
    priority: str | None
    ring_fence: RingFenceOut | None


class LineOut(Out):
    """A budget line of one year. Its owner is the organisation whose money it is.

    `budget` is the figure that it opened with; later ones are among its budgets. `waits_for` lists what its
    grant demands before anything is spent. A line with `ended_on` counts no longer from that day: the lines that
    its last move made count instead.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID | None
    name: str
    category: Category
    arrangement: Arrangement
    financial_year: str
    budget: MoneyOut
    legality: LegalityOut
    criteria_version: str | None
    tags: list[str]
    functions: list[str]
    nature: NatureOut
    waits_for: list[str] = Field(examples=[["hwb_sign_off"]])
    continues_line_id: UUID | None
    counts_from: Day | None
    ended_on: Day | None
    made_by_move_id: UUID | None
    succeeds_line_id: UUID | None = Field(description="The predecessor's line that it takes over from.")
    ended_by_move_id: UUID | None
    version: int


class LinesOut(Out):
    """A page of lines."""

    items: list[LineOut]
    next: str | None
