"""What is asked of reports: when each is due and which conditions it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.report_period import Report, ReportAsked
from services.budget.rules.report_requirement import AskedCondition, ReportRequirement, in_force
from services.budget.store.report_tables import report_requirements
from services.budget.store.visibility import scope, to_partners_by_year
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_T = report_requirements.c
_NAMES = tuple(column.name for column in _T if column.name != "recorded_at")
_VISIBLE = select(*(_T[name] for name in _NAMES)).where(to_partners_by_year(report_requirements))
_GET = prepare(_VISIBLE.where(_T.id == bindparam("id", type_=Uuid)))
_YEAR = bindparam("of_year", type_=_T.financial_year.type)
_PLACE = _T.partnership_id == bindparam("partnership", type_=Uuid)
_RECORDED = bindparam("recorded", type_=_T.recorded_at.type)
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
        _RECORDED.is_(None) | (_T.recorded_at <= _RECORDED),
    ).order_by(_T.recorded_at, _T.id)
)
_ADD = prepare(
    insert(report_requirements).values({name: bindparam(name, type_=_T[name].type) for name in _NAMES})
)


async def get(tx: Transaction, requirement_id: UUID) -> ReportRequirement:
    return _requirement(await tx.one(_GET, id=requirement_id, **scope(tx)))


async def add(tx: Transaction, requirement: ReportRequirement) -> None:
    values = {name: getattr(requirement, name) for name in _NAMES}
    coded = {"report": requirement.report.value, "conditions": list(requirement.conditions)}
    await tx.do(_ADD, **{**values, **coded})


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[ReportRequirement]:
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, of_year=financial_year, **scope(tx)
    )
    return [_requirement(row) for row in rows]


async def of_report(tx: Transaction, report: Report, asked: ReportAsked) -> ReportRequirement | None:
    """What was asked of this very report, as recorded up to the instant."""
    rows = await tx.all(
        _OF_REPORT,
        partnership=asked.partnership_id,
        of_year=asked.financial_year,
        of_report=report.value,
        recorded=asked.as_recorded,
        **scope(tx),
    )
    return in_force([_requirement(row) for row in rows], asked.quarter)


def _requirement(row: Mapping[str, Any]) -> ReportRequirement:
    conditions = msgspec.convert(row["conditions"], tuple[AskedCondition, ...])
    return ReportRequirement(**{**row, "report": Report(row["report"]), "conditions": conditions})
