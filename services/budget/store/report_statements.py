"""What partners say in reports beside the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.report_period import Report, ReportAsked
from services.budget.rules.report_statement import Statement, latest
from services.budget.store.report_tables import report_statements
from services.budget.store.visibility import scope, to_partners_by_year
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_T = report_statements.c
_NAMES = tuple(column.name for column in _T if column.name != "recorded_at")
_VISIBLE = select(*(_T[name] for name in _NAMES)).where(to_partners_by_year(report_statements))
_GET = prepare(_VISIBLE.where(_T.id == bindparam("id", type_=Uuid)))
_YEAR = bindparam("of_year", type_=_T.financial_year.type)
_PLACE = _T.partnership_id == bindparam("partnership", type_=Uuid)
_RECORDED = bindparam("recorded", type_=_T.recorded_at.type)
_QUARTER = bindparam("of_quarter", type_=_T.quarter.type)
_PAGES = Pages(
    _VISIBLE.where(_PLACE, _YEAR.is_(None) | (_T.financial_year == _YEAR)),
    _T.financial_year,
    _T.id,
    _T.recorded_at,
)
_OF_REPORT = prepare(
    _VISIBLE.where(
        _PLACE,
        _T.financial_year == _YEAR,
        _T.report == bindparam("of_report"),
        _T.quarter.is_not_distinct_from(_QUARTER),
        _RECORDED.is_(None) | (_T.recorded_at <= _RECORDED),
    ).order_by(_T.recorded_at, _T.id)
)
_ADD = prepare(
    insert(report_statements).values({name: bindparam(name, type_=_T[name].type) for name in _NAMES})
)


async def get(tx: Transaction, statement_id: UUID) -> Statement:
    return _statement(await tx.one(_GET, id=statement_id, **scope(tx)))


async def add(tx: Transaction, statement: Statement) -> None:
    values = {name: getattr(statement, name) for name in _NAMES}
    await tx.do(_ADD, **{**values, "report": statement.report.value})


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Statement]:
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, of_year=financial_year, **scope(tx)
    )
    return [_statement(row) for row in rows]


async def of_report(tx: Transaction, report: Report, asked: ReportAsked) -> tuple[Statement, ...]:
    """What each partner said last in this very report, as recorded up to the instant."""
    rows = await tx.all(
        _OF_REPORT,
        partnership=asked.partnership_id,
        of_year=asked.financial_year,
        of_report=report.value,
        of_quarter=asked.quarter,
        recorded=asked.as_recorded,
        **scope(tx),
    )
    return latest(_statement(row) for row in rows)


def _statement(row: Mapping[str, Any]) -> Statement:
    return Statement(**{**row, "report": Report(row["report"])})
