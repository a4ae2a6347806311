"""How the section 75 report looks outside, and how reports are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field

from services.budget.api.funding_requirements import PartnerStandingOut
from services.budget.api.positions import FiguresOut, LineFiguresOut, MissingOut, WithheldOut
from services.budget.api.years import YearQuery, year_of
from services.budget.rules.category import Category
from services.budget.rules.report_period import ReportAsked, ask_report
from shared.web.fields import Day, Instant, Out


async def _asked(
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery,
    quarter: Annotated[
        int | None,
        Query(ge=1, le=4, description="1 to 4, counted from April; left out for the year's report."),
    ] = None,
    pool_id: Annotated[UUID | None, Query(description="Only this pool.")] = None,
    as_at: Annotated[
        Day | None, Query(description="Effective up to this day; else the last of the quarter or year.")
    ] = None,
    as_recorded: Annotated[
        Instant | None,
        Query(
            description="As it was on record at this instant. The same question later has the same answer."
        ),
    ] = None,
) -> ReportAsked:
    return ask_report(partnership_id, pool_id, year_of(financial_year), quarter, as_at, as_recorded)


Asked = Annotated[ReportAsked, Depends(_asked)]


class ReportedPoolOut(Out):
    """A pool as its agreement and its host have it. `pool_manager` is null where the agreement names none."""

    pool_id: UUID
    name: str = Field(examples=["Wellness"])
    category: Category
    host_organisation_id: UUID
    agreement_id: UUID
    agreement_reference: str = Field(examples=["S75-2015-01"])
    pool_manager: str | None = Field(examples=["Assistant Director, Integrated Commissioning"])


class ActivityOut(Out):
    """What a partner said of activity, in its own words."""

    organisation_id: UUID
    text: str = Field(examples=["Reablement took 412 referrals, 38 more than planned."])


class PoolReportOut(Out):
    """One pool: its figures to the day, contributions due and received, and its lines."""

    pool: ReportedPoolOut
    figures: FiguresOut
    contributions: list[PartnerStandingOut]
    lines: list[LineFiguresOut]
    activity: list[ActivityOut]


class Section75ReportOut(Out):
    """The pool manager's report. `due_on` is null where nobody recorded when it is due."""

    partnership_id: UUID
    financial_year: str = Field(examples=["2015/16"])
    quarter: int | None
    as_at: Day
    as_recorded: datetime | None
    due_on: Day | None
    due_source: str | None = Field(examples=["Section 75 agreement, schedule 4"])
    complete: bool
    missing_contributors: list[MissingOut]
    withheld_contributors: list[WithheldOut]
    pools: list[PoolReportOut]
