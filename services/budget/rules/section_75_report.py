"""The pool manager's report on pooled funds to the partners: quarterly, and for the year.

Source: NHS Bodies and Local Authorities Partnership Arrangements Regulations 2000 (SI 2000/617). Regulation 7(4) makes
the host responsible for the fund's accounts and audit and has it appoint the pool manager; regulation 7(5) has the
manager manage the fund and send the partners quarterly reports and an annual return on income and expenditure, with
what they need to monitor how the arrangement works. Regulation 9(4) asks for quarterly and annual reports where a local
authority exercises NHS functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.budget.rules.category import Category
from services.budget.rules.contribution_standing import PartnerStanding
from services.budget.rules.figures import Figures, figures
from services.budget.rules.position import (
    LineFigures,
    Measure,
    Missing,
    Position,
    Withheld,
    name_missing,
    without_figures,
)
from services.budget.rules.report_period import ReportAsked
from services.budget.rules.report_requirement import ReportRequirement
from services.budget.rules.report_statement import ACTIVITY, Statement


@dataclass(frozen=True, slots=True)
class ReportedPool:
    """What stands on record of a pool besides its money. `pool_manager` is the one the agreement names, or None."""

    pool_id: UUID
    name: str
    category: Category
    host_organisation_id: UUID
    agreement_id: UUID
    agreement_reference: str
    pool_manager: str | None


@dataclass(frozen=True, slots=True)
class Activity:
    """What a partner said of activity. Nothing is written for a partner that said nothing."""

    organisation_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class PoolReport:
    """One pool: figures to the day, contributions due and received, and its lines."""

    pool: ReportedPool
    figures: Figures
    contributions: tuple[PartnerStanding, ...]
    lines: tuple[LineFigures, ...]
    activity: tuple[Activity, ...]


@dataclass(frozen=True, slots=True)
class Section75Report:
    """The report. `due_on` and `due_source` are None where nobody recorded when it is due."""

    partnership_id: UUID
    financial_year: str
    quarter: int | None
    as_at: date
    as_recorded: datetime | None
    due_on: date | None
    due_source: str | None
    complete: bool
    missing_contributors: tuple[Missing, ...]
    withheld_contributors: tuple[Withheld, ...]
    pools: tuple[PoolReport, ...]


def report(
    asked: ReportAsked,
    position: Position,
    pools: Sequence[ReportedPool],
    standings: Sequence[PartnerStanding],
    statements: Iterable[Statement],
    requirement: ReportRequirement | None,
) -> Section75Report:
    """Put the report together. It is complete where no figure of a pool is unknown or withheld."""
    said = tuple(statements)
    found = {each.pool_id: each.figures for each in position.by_pool}
    reports = tuple(_pool(pool, found, position, standings, said) for pool in pools)
    missing = _missing(reports)
    return Section75Report(
        asked.partnership_id,
        asked.financial_year,
        asked.quarter,
        asked.as_at,
        asked.as_recorded,
        requirement.due_on if requirement else None,
        requirement.source if requirement else None,
        not missing and not without_figures(position.withheld_contributors),
        missing,
        position.withheld_contributors,
        reports,
    )


def _pool(
    pool: ReportedPool,
    found: Mapping[UUID, Figures],
    position: Position,
    standings: Sequence[PartnerStanding],
    said: Sequence[Statement],
) -> PoolReport:
    return PoolReport(
        pool,
        found.get(pool.pool_id) or figures([]),
        tuple(each for each in standings if each.pool_id == pool.pool_id),
        tuple(each for each in position.lines if each.pool_id == pool.pool_id),
        tuple(
            Activity(each.owner_organisation_id, each.text)
            for each in said
            if each.section == ACTIVITY and each.pool_id == pool.pool_id and each.text is not None
        ),
    )


def _missing(reports: Iterable[PoolReport]) -> tuple[Missing, ...]:
    """Whose budget, actual or contribution to one of these pools is unknown."""
    return name_missing(
        (UUID(name), measure)
        for each in reports
        for measure, whole in (
            (Measure.BUDGET, each.figures.budget_approved),
            (Measure.ACTUAL, each.figures.actual),
            (Measure.CONTRIBUTION, each.figures.contributions_due),
        )
        for name in whole.missing_contributors
    )
