"""Notices of modifications that fall due: worked out from variations that are agreed or in effect, when they are read."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Date,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    literal_column,
    or_,
    select,
)

from services.contracts.rules.due_date import DueDate, DueKind
from services.contracts.rules.modification_notice import MODIFICATION_NOTICES
from services.contracts.rules.published_notice import OF_MODIFICATION
from services.contracts.store.published_notice_tables import published_notices
from services.contracts.store.tables import contracts
from services.contracts.store.variation_tables import variation_plans, variations
from services.contracts.store.visibility import commissioning, reachable, scope
from shared.db import Transaction
from shared.keyset import After, Pages

_OPEN: tuple[Any, ...] = tuple(
    literal_column(f"'{each}'::contracts.variation_state") for each in ("agreed", "in_effect")
)
_ASKED = variation_plans.c.modification.op("->>")(literal_column("'notice'"))


def _text(said: str) -> Any:
    return literal_column(f"'{said}'", Text)


def _due(placed: bool) -> Any:
    """A row for each variation with a notice to publish. Commissioners alone know of it, as of other notices."""
    found = {notice: _text(asked.value) == _ASKED for asked, notice in MODIFICATION_NOTICES.items()}
    kind = case(*((is_it, _text(notice.kind.value)) for notice, is_it in found.items()))
    days = case(*((is_it, literal_column(str(notice.days), Integer)) for notice, is_it in found.items()))
    where: list[Any] = [
        commissioning(),
        variations.c.state.in_(_OPEN),
        or_(
            *(
                and_(is_it, variations.c.effective_on >= literal_column(f"date '{notice.since}'", Date))
                for notice, is_it in found.items()
            )
        ),
        ~exists()
        .where(
            published_notices.c.variation_id == variations.c.id,
            published_notices.c.kind == kind,
        )
        .correlate(variations, variation_plans),
        variations.c.partnership_id == bindparam("partnership_id", type_=Uuid) if placed else reachable(),
    ]
    made: Select[Any] = (
        select(
            variations.c.id,
            kind.label("kind"),
            (variations.c.effective_on + days).cast(Date).label("due_on"),
            contracts.c.id.label("contract_id"),
            contracts.c.partnership_id,
            contracts.c.owner_organisation_id,
            contracts.c.reference,
            contracts.c.title,
        )
        .join(contracts, contracts.c.id == variations.c.contract_id)
        .join(variation_plans, variation_plans.c.variation_id == variations.c.id)
        .where(*where)
    )
    return made.subquery("due")


def _pages(placed: bool, of_kind: bool) -> Pages:
    due = _due(placed)
    asked = select(due).where(
        due.c.due_on >= bindparam("since", type_=Date),
        due.c.due_on <= bindparam("until", type_=Date),
        *([due.c.kind == bindparam("kind", type_=Text)] * of_kind),
    )
    return Pages(asked, due.c.due_on, due.c.id, then=due.c.kind)


_PAGES = {(placed, kind): _pages(placed, kind) for placed in (False, True) for kind in (False, True)}
_BECAUSE = {notice.kind.value: notice.because for notice in MODIFICATION_NOTICES.values()}


async def page(
    tx: Transaction,
    asked: tuple[UUID | None, DueKind | None],
    days: tuple[date, date, date],
    limit: int,
    after: After,
) -> list[DueDate]:
    """At most `limit + 1`, in the order of the days and then of the variations. `asked` and `days` as of all due dates."""
    partnership_id, kind = asked
    since, until, today = days
    if kind is not None and kind.value not in OF_MODIFICATION:
        return []
    values: dict[str, Any] = {"since": since, "until": until, **scope(tx)}
    if partnership_id is not None:
        values["partnership_id"] = partnership_id
    if kind is not None:
        values["kind"] = kind.value
    pages = _PAGES[partnership_id is not None, kind is not None]
    return [
        DueDate(
            kind=DueKind(row["kind"]),
            on=row["due_on"],
            because=_BECAUSE[row["kind"]],
            overdue=row["due_on"] < today,
            contract_id=row["contract_id"],
            partnership_id=row["partnership_id"],
            owner_organisation_id=row["owner_organisation_id"],
            reference=row["reference"],
            title=row["title"],
            variation_id=row["id"],
        )
        for row in await pages.read(tx, limit, after, **values)
    ]
