"""The pipeline: contracts that are not awarded yet, and those that run and are to be procured again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Date, Text, Uuid, bindparam, cast, func, literal_column, select

from services.contracts.rules.due_date import DueKind
from services.contracts.rules.pipeline_entry import PipelineEntry, kind_of, torn
from services.contracts.rules.state import BEFORE_AWARD, State
from services.contracts.store.tables import contract_plans, contracts, due_dates
from services.contracts.store.visibility import commissioning, reachable, scope
from shared.db import Transaction
from shared.keyset import WHENEVER, After, Pages, Within

_KIND: ColumnElement[str] = literal_column(f"'{DueKind.RECOMMISSION_BY.value}'")
_TARGET = func.coalesce(due_dates.c.due_on, contracts.c.start_date, literal_column("'infinity'::date", Date))
_PLANNED = cast(contracts.c.state, Text).in_(
    [literal_column(f"'{each.value}'") for each in sorted(BEFORE_AWARD)]
)


@cache
def _pages(placed: bool) -> Pages:
    asked = (
        select(
            contracts.c.id.label("contract_id"),
            contracts.c.partnership_id,
            contracts.c.owner_organisation_id,
            contracts.c.reference,
            contracts.c.title,
            contracts.c.service,
            contracts.c.state,
            func.nullif(_TARGET, literal_column("'infinity'::date", Date)).label("target_on"),
            contract_plans.c.stated_dates,
            contract_plans.c.related,
        )
        .join(contract_plans, contract_plans.c.contract_id == contracts.c.id)
        .outerjoin(
            due_dates, (due_dates.c.contract_id == contracts.c.id) & (cast(due_dates.c.kind, Text) == _KIND)
        )
        .where(commissioning(), _PLANNED | due_dates.c.due_on.is_not(None))
    )
    narrowed = (
        contracts.c.partnership_id == bindparam("partnership_id", type_=Uuid) if placed else reachable()
    )
    return Pages(asked.where(narrowed), _TARGET, contracts.c.id, updated=contracts.c.changed_at)


async def page(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[PipelineEntry]:
    """At most `limit + 1` entries, those whose day comes first."""
    rows = await _pages(bool(filters)).read(tx, limit, after, within, **filters, **scope(tx))
    return [_entry(row) for row in rows]


def _entry(row: Mapping[str, Any]) -> PipelineEntry:
    made = {**row, "kind": kind_of(State(row["state"])), "date_conflicts": ()}
    entry = msgspec.convert(made, PipelineEntry)
    return replace(entry, date_conflicts=torn(entry.stated_dates))


def keys_of(entry: PipelineEntry) -> tuple[date, Any]:
    """The sort keys of an entry, for the cursor."""
    return entry.target_on or date.max, entry.contract_id
