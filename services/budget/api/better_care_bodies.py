"""How a Better Care Fund return looks outside."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.budget.api.funding_requirements import FundingTestOut
from services.budget.api.positions import LineFiguresOut, MissingOut, WithheldOut
from services.budget.api.report_requirements import AskedConditionOut
from services.budget.rules.decision import Outcome
from services.budget.rules.return_section import SectionName, Standing
from shared.web.fields import Day, Out, TotalOut


class LackingOut(Out):
    """One thing that is missing, and whose it is where it is one partner's."""

    what: str = Field(examples=["actual"])
    organisation_id: UUID | None
    line_id: UUID | None


class ReturnSectionOut(Out):
    """One section of the return: complete, or incomplete with what is missing."""

    name: SectionName
    standing: Standing
    missing: list[LackingOut]


class SchemeConditionOut(Out):
    """What the grant behind a scheme demands, and whether it was met by the day."""

    code: str = Field(examples=["hwb_sign_off"])
    demands: str = Field(examples=["The Health and Wellbeing Board has signed the plan off."])
    met: bool


class BetterCareSchemeOut(Out):
    """One scheme: a line of a pool, and the conditions of its grant."""

    line: LineFiguresOut
    conditions: list[SchemeConditionOut]
    planned_by_then_pence: int | None = Field(
        description="What of the year's plan falls up to the day, by the line's profile, or by twelfths without one."
    )


class SourceSpendOut(Out):
    """One source: promised from it, planned and spent. A grant stands apart."""

    funding_source: str = Field(examples=["dfg"])
    grant: bool
    contributions: TotalOut
    plan: TotalOut
    plan_to_date: TotalOut
    spend: TotalOut
    schemes: list[BetterCareSchemeOut]


class PartnerAnswerOut(Out):
    """What one partner answered."""

    organisation_id: UUID
    met: bool | None
    text: str | None


class ConditionAnswerOut(Out):
    """A national condition and its answers. `met` is null until one is given, false once one partner says no."""

    condition: AskedConditionOut
    met: bool | None
    answers: list[PartnerAnswerOut]


class SignOffOut(Out):
    """A sign-off, by the decision that gave it; `signed` once that decision counts. Null: you may not see the decision."""

    section: str = Field(examples=["hwb_sign_off"])
    organisation_id: UUID
    decision_id: UUID
    body: str | None = Field(examples=["Health and Wellbeing Board"])
    decided_on: Day | None
    outcome: Outcome | None
    signed: bool


class BetterCareReturnOut(Out):
    """A return with its checker. `due_on` is null where nobody recorded when it is due."""

    partnership_id: UUID
    pool_id: UUID | None
    financial_year: str = Field(examples=["2015/16"])
    quarter: int | None
    as_at: Day
    as_recorded: datetime | None
    due_on: Day | None
    due_source: str | None = Field(examples=["Better Care Fund planning requirements"])
    complete: bool
    missing_contributors: list[MissingOut]
    withheld_contributors: list[WithheldOut]
    sections: list[ReturnSectionOut]
    sources: list[SourceSpendOut]
    minimums: list[FundingTestOut]
    conditions: list[ConditionAnswerOut]
    sign_offs: list[SignOffOut]
