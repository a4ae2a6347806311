"""What partners promised to pools, year by year. A later promise replaces an earlier one and both stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.contribution import Contribution, Form
from services.budget.rules.line import Arrangement
from services.budget.store.lines import money_of
from services.budget.store.tables import contributions
from services.budget.store.visibility import scope, to_money
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(column.name for column in contributions.c if column.name != "recorded_at")
_VISIBLE = select(*(contributions.c[name] for name in _NAMES)).where(to_money(contributions))
_GET = prepare(_VISIBLE.where(contributions.c.id == bindparam("id", type_=Uuid)))
_YEAR = bindparam("of_year", type_=contributions.c.financial_year.type)
_POOL = bindparam("of_pool", type_=Uuid)
_PAGES = Pages(
    _VISIBLE.where(
        contributions.c.partnership_id == bindparam("partnership", type_=Uuid),
        _YEAR.is_(None) | (contributions.c.financial_year == _YEAR),
        _POOL.is_(None) | (contributions.c.pool_id == _POOL),
    ),
    contributions.c.financial_year,
    contributions.c.id,
    contributions.c.recorded_at,
)
_ADD = prepare(
    insert(contributions).values({name: bindparam(name, type_=contributions.c[name].type) for name in _NAMES})
)


async def get(tx: Transaction, contribution_id: UUID) -> Contribution:
    return _contribution(await tx.one(_GET, id=contribution_id, **scope(tx)))


async def add(tx: Transaction, contribution: Contribution) -> None:
    await tx.do(
        _ADD,
        id=contribution.id,
        partnership_id=contribution.partnership_id,
        owner_organisation_id=contribution.owner_organisation_id,
        pool_id=contribution.pool_id,
        arrangement=contribution.arrangement.value,
        financial_year=contribution.financial_year,
        amount_pence=contribution.amount.amount_pence,
        amount_status=contribution.amount.status.value,
        amount_qualifier=contribution.amount.qualifier,
        form=contribution.form.value,
        funding_source=contribution.funding_source,
        replaces_contribution_id=contribution.replaces_contribution_id,
    )


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    pool_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Contribution]:
    rows = await _PAGES.read(
        tx,
        limit,
        after,
        within,
        partnership=partnership_id,
        of_year=financial_year,
        of_pool=pool_id,
        **scope(tx),
    )
    return [_contribution(row) for row in rows]


def _contribution(row: Mapping[str, Any]) -> Contribution:
    return Contribution(
        id=row["id"],
        partnership_id=row["partnership_id"],
        owner_organisation_id=row["owner_organisation_id"],
        pool_id=row["pool_id"],
        arrangement=Arrangement(row["arrangement"]),
        financial_year=row["financial_year"],
        amount=money_of(row, "amount"),
        form=Form(row["form"]),
        funding_source=row["funding_source"],
        replaces_contribution_id=row["replaces_contribution_id"],
    )
