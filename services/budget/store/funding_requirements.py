"""What a year's money is held against, and the lines that count towards it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.contribution_standing import Received
from services.budget.rules.funding_requirement import (
    CountedLine,
    FundingAsked,
    FundingRequirement,
    RequirementKind,
)
from services.budget.store.contribution_tables import funding_requirements
from services.budget.store.lines import money_of
from services.budget.store.visibility import scope, scoped_sql, to_partners
from shared.calendar import read_financial_year
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_T = funding_requirements.c
_NAMES = tuple(column.name for column in _T if column.name != "recorded_at")
_VISIBLE = select(*(_T[name] for name in _NAMES)).where(to_partners(funding_requirements))
_GET = prepare(_VISIBLE.where(_T.id == bindparam("id", type_=Uuid)))
_LATER = funding_requirements.alias("later")
_YEAR = bindparam("of_year", type_=_T.financial_year.type)
_OF_PLACE = _T.partnership_id == bindparam("partnership", type_=Uuid)
_PAGES = Pages(
    _VISIBLE.where(_OF_PLACE, _YEAR.is_(None) | (_T.financial_year == _YEAR)),
    _T.financial_year,
    _T.id,
    _T.recorded_at,
)
_POOL = bindparam("of_pool", type_=Uuid)
_RECORDED = bindparam("recorded", type_=_T.recorded_at.type)
_STANDING = prepare(
    _VISIBLE.where(
        _OF_PLACE,
        _T.financial_year == _YEAR,
        _POOL.is_(None) | (_T.pool_id == _POOL),
        _RECORDED.is_(None) | (_T.recorded_at <= _RECORDED),
        ~select(_LATER.c.id)
        .where(
            _LATER.c.replaces_requirement_id == _T.id,
            _RECORDED.is_(None) | (_LATER.c.recorded_at <= _RECORDED),
        )
        .correlate(funding_requirements)
        .exists(),
    ).order_by(_T.kind, _T.name, _T.id)
)
_ADD = prepare(
    insert(funding_requirements).values({name: bindparam(name, type_=_T[name].type) for name in _NAMES})
)
_SCOPED = ("partnership", "year", "recorded", "pool", "partner", "organisations", "audits", "as_at")
_RECORDED_BY = "coalesce($3::timestamptz, 'infinity')"
_LINES = Prepared(
    f"""
select l.owner_organisation_id, l.pool_id, l.budget_pence, l.budget_status, l.budget_qualifier, l.tags,
       coalesce(l.nature ->> 'funding_source', 'core_budget') as funding_source
  from lines_at($1, $2, $8, {_RECORDED_BY}) l
 where ($4::uuid is null or l.pool_id = $4)
   and ({scoped_sql("l", "l.owner_organisation_id")}
        or (l.arrangement = 'aligned' and $5
            and l.partnership_id::text || '/' || l.owner_organisation_id::text
                = any ((select budget.open_aligned_lines_at({_RECORDED_BY}))::text[])))
""",  # noqa: S608 fixed pieces; every value is bound
    _SCOPED,
    {},
)
# Whose aligned lines are not shown one by one.
_UNSEEN = Prepared(
    "select distinct owner_organisation_id from aligned_totals($1::uuid, $2::text, $3::date, $4::date,"
    " coalesce($5::timestamptz, 'infinity')) where line_id is null",
    ("partnership", "year", "first_day", "as_at", "recorded"),
    {},
)
# What came in from each partner into each pool, as in a position, and what of it in kind or by settlements.
_RECEIVED = Prepared(
    f"""
select a.organisation_id, a.pool_id, -sum(s.amount_pence)::bigint as whole_pence,
       coalesce(sum(given.pence), 0)::bigint as in_kind_pence, coalesce(sum(settled.pence), 0)::bigint as settled_pence
  from ledger_sums($1, $9, $8, {_RECORDED_BY}) s
  join accounts a on a.id = s.account_id
  left join receipts_of_kind($1, $9, $8, {_RECORDED_BY}, 'in_kind') given on given.account_id = a.id
  left join receipts_of_kind($1, $9, $8, {_RECORDED_BY}, 'risk_share_adjustment') settled on settled.account_id = a.id
 where a.kind = 'contribution' and s.book = 'actual' and ($4::uuid is null or a.pool_id = $4)
   and {scoped_sql("a", "a.owner_organisation_id")}
 group by a.organisation_id, a.pool_id
""",  # noqa: S608 fixed pieces; every value is bound
    (*_SCOPED, "first_day"),
    {},
)


async def get(tx: Transaction, requirement_id: UUID) -> FundingRequirement:
    return _requirement(await tx.one(_GET, id=requirement_id, **scope(tx)))


async def maybe(tx: Transaction, requirement_id: UUID) -> FundingRequirement | None:
    row = await tx.maybe(_GET, id=requirement_id, **scope(tx))
    return None if row is None else _requirement(row)


async def add(tx: Transaction, requirement: FundingRequirement) -> None:
    values = {name: getattr(requirement, name) for name in _NAMES}
    await tx.do(_ADD, **{**values, "kind": requirement.kind.value})


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[FundingRequirement]:
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, of_year=financial_year, **scope(tx)
    )
    return [_requirement(row) for row in rows]


async def standing(tx: Transaction, asked: FundingAsked) -> list[FundingRequirement]:
    """The requirements of a year that nothing has replaced, as recorded up to an instant."""
    rows = await tx.all(
        _STANDING,
        partnership=asked.partnership_id,
        of_year=asked.financial_year,
        of_pool=asked.pool_id,
        recorded=asked.as_recorded,
        **scope(tx),
    )
    return [_requirement(row) for row in rows]


async def counted(tx: Transaction, asked: FundingAsked) -> list[CountedLine]:
    """The lines of a year with what is approved for them at a day."""
    return [
        CountedLine(
            row["owner_organisation_id"],
            row["pool_id"],
            money_of(row, "budget"),
            frozenset(row["tags"]),
            row["funding_source"],
        )
        for row in await tx.all(_LINES, **_scoped(tx, asked))
    ]


async def unseen(tx: Transaction, asked: FundingAsked) -> list[UUID]:
    """The other partners that have aligned lines in the year which are not open one by one."""
    rows = await tx.all(
        _UNSEEN,
        partnership=asked.partnership_id,
        year=asked.financial_year,
        first_day=read_financial_year(asked.financial_year).first_day,
        as_at=asked.as_at,
        recorded=asked.as_recorded,
    )
    return [row["owner_organisation_id"] for row in rows]


async def received(tx: Transaction, asked: FundingAsked) -> dict[tuple[UUID, UUID], Received]:
    """What each partner paid and gave into each pool by a day, and what settlements moved."""
    first_day = read_financial_year(asked.financial_year).first_day
    rows = await tx.all(_RECEIVED, first_day=first_day, **_scoped(tx, asked))
    return {(row["organisation_id"], row["pool_id"]): _received(row) for row in rows}


def _received(row: Mapping[str, Any]) -> Received:
    given, settled = row["in_kind_pence"], row["settled_pence"]
    return Received(row["whole_pence"] - given - settled, given, settled)


def _scoped(tx: Transaction, asked: FundingAsked) -> dict[str, Any]:
    return {
        "partnership": asked.partnership_id,
        "year": asked.financial_year,
        "recorded": asked.as_recorded,
        "pool": asked.pool_id,
        "partner": tx.caller.holds(asked.partnership_id, "commissioner", "host"),
        "organisations": scope(tx)["organisations"],
        "audits": scope(tx)["audits"],
        "as_at": asked.as_at,
    }


def _requirement(row: Mapping[str, Any]) -> FundingRequirement:
    return FundingRequirement(**{**row, "kind": RequirementKind(row["kind"])})
