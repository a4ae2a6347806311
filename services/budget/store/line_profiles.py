"""How lines' years fall over their months or quarters, as laid down one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, insert, select

from services.budget.rules.line import Line
from services.budget.rules.profile import Interval, Profile, parts_of
from services.budget.store.line_tables import line_profiles
from services.budget.store.visibility import scope, to_money
from shared.calendar import read_financial_year
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_OF_LINE = line_profiles.c.line_id == bindparam("line", type_=Uuid)
_VISIBLE = select(line_profiles).where(to_money(line_profiles, aligned_open=True), _OF_LINE)
_PAGES = Pages(_VISIBLE, line_profiles.c.number, line_profiles.c.id, line_profiles.c.recorded_at)
_LAST = prepare(_VISIBLE.order_by(line_profiles.c.number.desc()).limit(1))
_NEXT = prepare(select(func.coalesce(func.max(line_profiles.c.number), 0).label("last")).where(_OF_LINE))
_NAMES = tuple(column.name for column in line_profiles.c if column.name != "recorded_at")
_ADD = prepare(
    insert(line_profiles)
    .values({name: bindparam(name, type_=line_profiles.c[name].type) for name in _NAMES})
    .returning(line_profiles.c.recorded_at)
)
# A line and those that it continues or that continue it, in the order of their years.
_YEARS = Prepared(
    """
with recursive former as (
    select id, continues_line_id, financial_year from lines where id = $1
    union select l.id, l.continues_line_id, l.financial_year from lines l join former on l.id = former.continues_line_id),
later as (
    select id, financial_year from lines where id = $1
    union select l.id, l.financial_year from lines l join later on l.continues_line_id = later.id)
select id from (select id, financial_year from former union select id, financial_year from later) either
 order by financial_year, id
""",
    ("line",),
    {},
)


async def following(tx: Transaction, line_id: UUID) -> list[UUID]:
    """The lines of a line of several years, by year."""
    return [row["id"] for row in await tx.all(_YEARS, line=line_id)]


async def next_number(tx: Transaction, line_id: UUID) -> int:
    last: int = (await tx.one(_NEXT, line=line_id))["last"]
    return last + 1


async def last(tx: Transaction, line_id: UUID) -> Profile | None:
    row = await tx.maybe(_LAST, line=line_id, **scope(tx))
    return None if row is None else _profile(row)


async def add(tx: Transaction, line: Line, profile: Profile) -> datetime:
    """Add a profile. Returns the instant at which it was recorded."""
    row = await tx.one(
        _ADD,
        id=profile.id,
        number=profile.number,
        interval=profile.interval.value,
        budget_pence=profile.budget_pence,
        amounts_pence=[each.amount_pence for each in profile.parts],
        line_id=line.id,
        partnership_id=line.partnership_id,
        owner_organisation_id=line.owner_organisation_id,
        arrangement=line.arrangement.value,
        financial_year=line.financial_year,
    )
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


async def page(
    tx: Transaction, line_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[Profile]:
    return [_profile(row) for row in await _PAGES.read(tx, limit, after, within, line=line_id, **scope(tx))]


def _profile(row: Mapping[str, Any]) -> Profile:
    interval = Interval(row["interval"])
    year = read_financial_year(row["financial_year"])
    return Profile(
        row["id"],
        row["line_id"],
        row["number"],
        row["financial_year"],
        interval,
        row["budget_pence"],
        parts_of(year, interval, row["amounts_pence"]),
        recorded_at=row["recorded_at"],
    )
