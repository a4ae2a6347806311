"""What entries were for: rows are only ever added, and of each entry the latest one counts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.dimension import Described
from services.budget.rules.journal import Journal
from services.budget.store.entry_tables import entry_dimensions
from services.budget.store.visibility import scope, to_money
from shared.db import Transaction, prepare

_SAID = (
    entry_dimensions.c.position,
    entry_dimensions.c.version,
    entry_dimensions.c.contract_id,
    entry_dimensions.c.provider_organisation_id,
    entry_dimensions.c.service_code,
    entry_dimensions.c.locality_code,
    entry_dimensions.c.recorded_by_organisation_id,
    entry_dimensions.c.recorded_at,
)
_OF = prepare(
    select(*_SAID)
    .where(entry_dimensions.c.journal_id == bindparam("journal", type_=Uuid), to_money(entry_dimensions))
    .order_by(entry_dimensions.c.version, entry_dimensions.c.position)
)
_NAMES = tuple(column.name for column in entry_dimensions.c if column.name != "recorded_at")
_ADD = prepare(
    insert(entry_dimensions).values(
        {name: bindparam(name, type_=entry_dimensions.c[name].type) for name in _NAMES}
    )
)


async def said(tx: Transaction, journal_id: UUID) -> list[Described]:
    """Everything that was ever said of a journal's entries."""
    return [Described(**row) for row in await tx.all(_OF, journal=journal_id, **scope(tx))]


async def add(tx: Transaction, journal: Journal, rows: Iterable[Described]) -> None:
    of_journal = {
        "journal_id": journal.id,
        "partnership_id": journal.partnership_id,
        "owner_organisation_id": journal.owner_organisation_id,
        "arrangement": journal.arrangement,
        "financial_year": journal.financial_year,
    }
    told = [{name: getattr(row, name) for name in _NAMES if name not in of_journal} for row in rows]
    await tx.many(_ADD, [{**of_journal, **each} for each in told])
