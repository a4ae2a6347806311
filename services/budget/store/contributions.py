"""What partners promised to pools, year by year. A later promise replaces an earlier one and both stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, column, func, insert, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.budget.rules.contribution import Contribution, Form
from services.budget.rules.funding_requirement import FundingAsked
from services.budget.rules.instalment import Instalment
from services.budget.rules.line import Arrangement
from services.budget.store.contribution_tables import instalments
from services.budget.store.lines import money_of
from services.budget.store.tables import contributions
from services.budget.store.visibility import scope, to_money
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(column.name for column in contributions.c if column.name != "recorded_at")
_PART = func.json_build_array(instalments.c.number, instalments.c.due_on, instalments.c.amount_pence)
_PARTS = (
    select(func.jsonb_agg(aggregate_order_by(_PART, instalments.c.number)))
    .where(instalments.c.contribution_id == contributions.c.id)
    .correlate(contributions)
    .scalar_subquery()
    .label("instalments")
)
_VISIBLE = select(*(contributions.c[name] for name in _NAMES), _PARTS).where(to_money(contributions))
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


_ADD_PARTS = prepare(
    insert(instalments).values(
        {
            each.name: bindparam(each.name, type_=each.type)
            for each in instalments.c
            if each.name != "recorded_at"
        }
    )
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
        effective_from=contribution.effective_from,
        succession_id=contribution.succession_id,
    )
    of_contribution = {
        "contribution_id": contribution.id,
        "partnership_id": contribution.partnership_id,
        "owner_organisation_id": contribution.owner_organisation_id,
        "arrangement": contribution.arrangement.value,
        "financial_year": contribution.financial_year,
    }
    parts = [
        {"number": each.number, "due_on": each.due_on, "amount_pence": each.amount_pence, **of_contribution}
        for each in contribution.instalments
    ]
    if parts:
        await tx.many(_ADD_PARTS, parts)


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


_YEAR_ASKED = bindparam("year", type_=contributions.c.financial_year.type)
_PLACE = bindparam("partnership", type_=Uuid)
_RECORDED = bindparam("recorded", type_=contributions.c.recorded_at.type)
_AT = func.contributions_at(
    _PLACE,
    _YEAR_ASKED,
    bindparam("as_at", type_=Date),
    func.coalesce(_RECORDED, literal_column("'infinity'::timestamptz")),
).table_valued(column("id", Uuid))
_STANDING = prepare(
    _VISIBLE.where(
        contributions.c.partnership_id == _PLACE,
        contributions.c.financial_year == _YEAR_ASKED,
        _POOL.is_(None) | (contributions.c.pool_id == _POOL),
        contributions.c.id.in_(select(_AT.c.id)),
    ).order_by(contributions.c.id)
)


async def standing(tx: Transaction, asked: FundingAsked) -> list[Contribution]:
    """The contributions that stand at a day, as recorded up to an instant."""
    rows = await tx.all(
        _STANDING,
        partnership=asked.partnership_id,
        year=asked.financial_year,
        of_pool=asked.pool_id,
        as_at=asked.as_at,
        recorded=asked.as_recorded,
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
        effective_from=row["effective_from"],
        instalments=tuple(
            Instalment(number, date.fromisoformat(due_on), pence)
            for number, due_on, pence in row["instalments"] or ()
        ),
        succession_id=row["succession_id"],
    )
