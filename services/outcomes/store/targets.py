"""Targets with their milestones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.outcomes.rules.target import Milestone, Target
from services.outcomes.store.rows import adding, figure, folded, if_given, only, read, values_of, written
from services.outcomes.store.scopes import defined_for_contract, scope
from services.outcomes.store.tables import target_milestones, targets
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_ADD = adding(targets)
_ADD_MILESTONE = adding(target_milestones)


def with_milestones() -> Select[Any]:
    """Every target that the caller may see, its milestones folded into one column."""
    m = target_milestones
    each = folded(m.c.period, written(m.c.value))
    milestones = (
        select(func.jsonb_agg(aggregate_order_by(each, m.c.position)))
        .where(m.c.target_id == targets.c.id)
        .scalar_subquery()
        .label("milestones")
    )
    return select(targets, milestones).where(defined_for_contract(targets))


_GET = prepare(with_milestones().where(targets.c.id == bindparam("id", type_=Uuid)))
_PAGES = Pages(
    with_milestones().where(
        targets.c.partnership_id == bindparam("partnership", type_=Uuid), if_given(targets.c.indicator_id)
    ),
    targets.c.recorded_at,
    targets.c.id,
    targets.c.recorded_at,
)


async def add(tx: Transaction, target: Target) -> datetime:
    """Add a target with its milestones. Returns when it was recorded."""
    row = await tx.one(_ADD, **values_of(target))
    if target.milestones:
        await tx.many(
            _ADD_MILESTONE,
            (
                values_of(
                    milestone,
                    target_id=target.id,
                    position=position,
                    indicator_id=target.indicator_id,
                    partnership_id=target.partnership_id,
                    owner_organisation_id=target.owner_organisation_id,
                    contract_id=target.contract_id,
                )
                for position, milestone in enumerate(target.milestones)
            ),
        )
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


async def get(tx: Transaction, target_id: UUID) -> Target:
    return read_target(await tx.one(_GET, id=target_id, **scope(tx)))


async def page(
    tx: Transaction, partnership_id: UUID, indicator_id: UUID | None, limit: int, after: After, within: Within
) -> list[Target]:
    """At most `limit + 1` targets of a partnership, of one indicator where it is named."""
    asked = {"partnership": partnership_id, **only(indicator_id=indicator_id)}
    rows = await _PAGES.read(tx, limit, after, within, **asked, **scope(tx))
    return [read_target(row) for row in rows]


def read_milestones(folded_rows: Iterable[Any] | None) -> tuple[Milestone, ...]:
    """Milestones from rows that were folded into JSON."""
    return tuple(Milestone(period, figure(value)) for period, value in folded_rows or ())


def read_target(row: Mapping[str, Any]) -> Target:
    """A target from its row."""
    return read(row, Target, milestones=read_milestones(row["milestones"]))
