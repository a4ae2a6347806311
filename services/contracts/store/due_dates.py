"""Due dates: what falls due on the contracts that the caller may see, in the order of the days."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Text, Uuid, bindparam, cast, exists, literal_column, select

from services.contracts.rules.due_date import TO_PUBLISH, DueDate, DueKind
from services.contracts.store.published_notice_tables import published_notices
from services.contracts.store.tables import DUE_KIND, contracts, due_dates
from services.contracts.store.visibility import commissioning, inside, reachable, scope
from shared.db import Transaction
from shared.keyset import After, Pages

# What was published is due no more. Only kinds of notices are asked for, so that nothing is looked up for the others.
_PUBLISHED = due_dates.c.kind.in_([literal_column(f"'{each.value}'") for each in sorted(TO_PUBLISH)]) & (
    exists()
    .where(
        published_notices.c.contract_id == due_dates.c.contract_id,
        published_notices.c.kind == cast(due_dates.c.kind, Text),
    )
    .correlate(due_dates)
)


def _due() -> Select[Any]:
    """What only commissioners know is left out for a provider; an observer is told nothing here."""
    return (
        select(
            due_dates.c.kind,
            due_dates.c.due_on,
            due_dates.c.because,
            contracts.c.id.label("contract_id"),
            contracts.c.partnership_id,
            contracts.c.owner_organisation_id,
            contracts.c.reference,
            contracts.c.title,
        )
        .join(contracts, contracts.c.id == due_dates.c.contract_id)
        .where(
            (commissioning() | (inside() & ~due_dates.c.private)),
            ~_PUBLISHED,
            due_dates.c.due_on >= bindparam("since", type_=Date),
            due_dates.c.due_on <= bindparam("until", type_=Date),
        )
    )


_PARTNERSHIP = due_dates.c.partnership_id == bindparam("partnership_id", type_=Uuid)
_KIND = due_dates.c.kind == bindparam("kind", type_=DUE_KIND)
_PAGES = {
    (placed, kind): Pages(
        _due().where(_PARTNERSHIP if placed else reachable(), *([_KIND] * kind)),
        due_dates.c.due_on,
        due_dates.c.contract_id,
        then=cast(due_dates.c.kind, Text),
    )
    for placed in (False, True)
    for kind in (False, True)
}


async def page(
    tx: Transaction,
    asked: tuple[UUID | None, DueKind | None],
    days: tuple[date, date, date],
    limit: int,
    after: After,
) -> list[DueDate]:
    """At most `limit + 1` due dates. `asked`: partnership and kind or None. `days`: since, until, today."""
    partnership_id, kind = asked
    since, until, today = days
    values: dict[str, Any] = {"since": since, "until": until, **scope(tx)}
    if partnership_id is not None:
        values["partnership_id"] = partnership_id
    if kind is not None:
        values["kind"] = kind
    pages = _PAGES[partnership_id is not None, kind is not None]
    return [
        DueDate(
            kind=DueKind(row["kind"]),
            on=row["due_on"],
            because=row["because"],
            overdue=row["due_on"] < today,
            contract_id=row["contract_id"],
            partnership_id=row["partnership_id"],
            owner_organisation_id=row["owner_organisation_id"],
            reference=row["reference"],
            title=row["title"],
        )
        for row in await pages.read(tx, limit, after, **values)
    ]
