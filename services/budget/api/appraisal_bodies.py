"""Bodies of appraisals: a project's years, a service's costs, and their results."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.budget.api.printed_bodies import AuditOut, PrintedIn, PrintedOut
from services.budget.api.risk_share_bodies import MOST_PARTNERS
from services.budget.rules.appraisal import MOST_YEARS, Cost, NoRate, Project, Timing, Year
from services.budget.rules.appraisal_record import Appraisal, Given
from services.budget.rules.cost_recovery import Service
from shared.web.fields import Body, FinancialYearField, Measure, MoneyIn, MoneyOut, Out, Title


class CostIn(Body):
    """One cost line of a project in a year, written without a sign."""

    name: Title = Field(examples=["Project team"])
    amount: MoneyIn


class AppraisedYearIn(Body):
    """What a year costs, line by line, and what it brings."""

    financial_year: FinancialYearField
    costs: list[CostIn] = Field(default_factory=list, max_length=100)
    benefit: MoneyIn


class ProjectIn(Body):
    """A project's years in order, the yearly discount rate, and when in its year a flow counts."""

    years: list[AppraisedYearIn] = Field(max_length=MOST_YEARS)
    discount_percent: Measure = Field(examples=["3.5"])
    timing: Timing
    shared_by: list[UUID] = Field(
        default_factory=list,
        max_length=MOST_PARTNERS,
        description="The partners who bear the costs in equal parts, to the penny, if they do.",
    )

    def to_project(self) -> Project:
        years = []
        for n, year in enumerate(self.years):
            at = f"/project/years/{n}"
            costs = tuple(
                Cost(each.name, each.amount.to_money(f"{at}/costs/{number}/amount"))
                for number, each in enumerate(year.costs)
            )
            years.append(Year(year.financial_year.label, costs, year.benefit.to_money(f"{at}/benefit")))
        return Project(tuple(years), self.discount_percent, self.timing, tuple(self.shared_by))


class ServiceIn(Body):
    """A service that trades, or runs before and after a change."""

    income: MoneyIn
    direct_cost: MoneyIn
    overheads: MoneyIn
    cost_before: MoneyIn | None = None
    units_before: Measure | None = Field(default=None, examples=["1200"])
    units_after: Measure | None = Field(default=None, examples=["1350"])

    def to_service(self) -> Service:
        return Service(
            self.income.to_money("/service/income"),
            self.direct_cost.to_money("/service/direct_cost"),
            self.overheads.to_money("/service/overheads"),
            self.units_before,
            None if self.cost_before is None else self.cost_before.to_money("/service/cost_before"),
            self.units_after,
        )


class AppraisalIn(Body):
    """A project to appraise, a service to examine, printed figures to audit: one of them or more."""

    partnership_id: UUID
    title: Title = Field(examples=["Integrated commissioning, business case"])
    project: ProjectIn | None = None
    service: ServiceIn | None = None
    printed: PrintedIn | None = None

    def to_appraisal(self, appraisal_id: UUID, owner: UUID) -> Appraisal:
        given = Given(
            None if self.project is None else self.project.to_project(),
            None if self.service is None else self.service.to_service(),
            None if self.printed is None else self.printed.to_printed(),
        )
        return Appraisal(appraisal_id, self.partnership_id, owner, self.title, given)


class CostOut(Out):
    """One cost line of a project in a year."""

    name: str
    amount: MoneyOut


class AppraisedYearOut(Out):
    """What a year costs and brings."""

    financial_year: str
    costs: list[CostOut]
    benefit: MoneyOut


class ProjectOut(Out):
    """What is appraised."""

    years: list[AppraisedYearOut]
    discount_percent: str
    timing: Timing
    shared_by: list[UUID]


class ServiceOut(Out):
    """A service as it was given."""

    income: MoneyOut
    direct_cost: MoneyOut
    overheads: MoneyOut
    units_before: str | None
    cost_before: MoneyOut | None
    units_after: str | None


class GivenOut(Out):
    """What was given."""

    project: ProjectOut | None
    service: ServiceOut | None
    printed: PrintedOut | None


class YearsTotalOut(Out):
    """A sum over years: the known part, whether that is the whole, and which parts are missing."""

    known_pence: int | None
    complete: bool
    missing_contributors: list[str] = Field(examples=[["2015/16"]])


class CostShareOut(Out):
    """What one partner bears of a project's whole costs; null while they are not known."""

    organisation_id: UUID
    amount_pence: int | None


class PaybackOut(Out):
    """The first year by whose end the project has paid for itself; the first year is number 1, not 0."""

    number: int
    financial_year: str


class ProjectResultOut(Out):
    """The appraisal of a project. Null over an unknown figure; `missing` says in which years."""

    timing: Timing
    discount_percent: str = Field(examples=["3.5"])
    complete: bool
    missing: list[str] = Field(examples=[["2015/16"]])
    costs: YearsTotalOut
    benefits: YearsTotalOut
    net_pence: int | None
    roi_percent: str | None
    npv_pence: int | None
    discounted_cost_pence: int | None
    discounted_roi_percent: str | None
    irr_percent: str | None
    no_irr_because: NoRate | None
    payback: PaybackOut | None
    cumulative_pence: list[int]
    cost_shares: list[CostShareOut]


class ServiceResultOut(Out):
    """Whether income recovers full cost, and what a unit costs before and after."""

    full_cost: YearsTotalOut
    recovers: bool | None
    short_by_pence: int | None
    unit_cost_before_pence: str | None
    unit_cost_after_pence: str | None
    unit_cost_change_percent: str | None


class AppraisalOut(Out):
    """An appraisal with its results, worked out anew from what was given."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    given: GivenOut
    project: ProjectResultOut | None
    service: ServiceResultOut | None
    audit: AuditOut | None
    version: int


class AppraisalsOut(Out):
    """A page of appraisals."""

    items: list[AppraisalOut]
    next: str | None
