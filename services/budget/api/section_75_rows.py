"""The pool manager's report as a table: a row for each pool, partner's contribution and line."""

from __future__ import annotations

from collections.abc import Iterator

from services.budget.renderings.pounds import Row, pounds
from services.budget.rules.section_75_report import PoolReport, Section75Report

HEADINGS: Row = (
    "Report",
    "Financial year",
    "Quarter",
    "As at",
    "Pool",
    "Pool manager",
    "Row",
    "Organisation",
    "Name",
    "Category",
    "Approved budget (£)",
    "Budget as adjusted (£)",
    "Actual to date (£)",
    "Committed (£)",
    "Forecast outturn (£)",
    "Variance to date (£)",
    "Forecast variance (£)",
    "Contributions due (£)",
    "Contributions received (£)",
    "Complete",
)


def rows(report: Section75Report) -> Iterator[Row]:
    """The headings, then pool by pool. Money is in pounds; an empty cell is not known, or does not apply."""
    yield HEADINGS
    for each in report.pools:
        start: Row = (
            "Section 75",
            report.financial_year,
            report.quarter,
            report.as_at,
            each.pool.name,
            each.pool.pool_manager,
        )
        yield from _pool(start, each)


def _pool(start: Row, report: PoolReport) -> Iterator[Row]:
    held = report.figures
    yield (
        *start,
        "pool",
        str(report.pool.host_organisation_id),
        report.pool.name,
        report.pool.category.value,
        pounds(held.budget_approved.known_pence),
        pounds(held.budget_adjusted.known_pence),
        pounds(held.actual.known_pence),
        pounds(held.committed_pence),
        pounds(held.forecast_outturn.known_pence),
        pounds(held.variance_pence),
        pounds(held.forecast_variance_pence),
        pounds(held.contributions_due.known_pence),
        pounds(held.contributions_received_pence),
        held.budget_approved.complete and held.actual.complete and held.contributions_due.complete,
    )
    for partner in report.contributions:
        due, received = (
            pounds(partner.due.known_pence),
            pounds(partner.received_pence + partner.received_in_kind_pence),
        )
        yield (
            *start,
            "contribution",
            str(partner.organisation_id),
            *_NONE,
            due,
            received,
            partner.due.complete,
        )
    for line in report.lines:
        yield (
            *start,
            "line",
            str(line.owner_organisation_id),
            line.name,
            line.category.value,
            pounds(line.budget_approved.amount_pence),
            pounds(line.budget_adjusted_pence),
            pounds(line.actual_pence),
            pounds(line.committed_pence),
            pounds(line.forecast_outturn_pence),
            pounds(line.variance_pence),
            pounds(line.forecast_variance_pence),
            None,
            None,
            line.budget_approved.known and line.actual_pence is not None,
        )


_NONE: Row = (None,) * 9
