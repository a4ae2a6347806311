"""What partners assessed and worked out, kept as it was: scope, attributions, posts and addressable spend."""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Table, Uuid, bindparam, insert, select

from services.budget.rules.attribution_record import AttributionRecord
from services.budget.rules.post_record import PostRecord
from services.budget.rules.reference_figure import ReferenceFigure
from services.budget.rules.scope_assessment import ScopeAssessment
from services.budget.rules.spend_record import SpendRecord
from services.budget.store.assessment_tables import addressable_spends as spend_table
from services.budget.store.assessment_tables import attributions as attribution_table
from services.budget.store.assessment_tables import posts as post_table
from services.budget.store.assessment_tables import reference_figures as reference_table
from services.budget.store.assessment_tables import scope_assessments as scope_table
from services.budget.store.visibility import scope, to_partners
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within


class Kept(Protocol):
    """A record of a partnership that an organisation keeps."""

    @property
    def id(self) -> UUID: ...
    @property
    def partnership_id(self) -> UUID: ...
    @property
    def owner_organisation_id(self) -> UUID: ...


K = TypeVar("K", bound=Kept)


class Records(Generic[K]):
    """The records of one table: add, get, and page by name."""

    def __init__(self, table: Table, kind: type[K], *more: str) -> None:
        self._kind = kind
        self._more = more
        visible = select(table.c.record).where(to_partners(table))
        self._get = prepare(visible.where(table.c.id == bindparam("id", type_=Uuid)))
        of_place = table.c.partnership_id == bindparam("partnership", type_=Uuid)
        named = select(table.c.record, table.c.name).where(to_partners(table), of_place)
        self._pages = Pages(named, table.c.name, table.c.id, table.c.recorded_at)
        names = ("id", "partnership_id", "owner_organisation_id", "name", "record", *more)
        self._add = prepare(
            insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in names})
        )

    async def add(self, tx: Transaction, name: str, record: K) -> None:
        await tx.do(
            self._add,
            id=record.id,
            partnership_id=record.partnership_id,
            owner_organisation_id=record.owner_organisation_id,
            name=name,
            record=record,
            **{each: getattr(record, each) for each in self._more},
        )

    async def get(self, tx: Transaction, record_id: UUID) -> K:
        return self._read(await tx.one(self._get, id=record_id, **scope(tx)))

    async def maybe(self, tx: Transaction, record_id: UUID) -> K | None:
        row = await tx.maybe(self._get, id=record_id, **scope(tx))
        return None if row is None else self._read(row)

    async def page(
        self, tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within = WHENEVER
    ) -> list[K]:
        rows = await self._pages.read(tx, limit, after, within, partnership=partnership_id, **scope(tx))
        return [self._read(row) for row in rows]

    def _read(self, row: Any) -> K:
        return msgspec.convert(row["record"], self._kind)


attributions = Records(attribution_table, AttributionRecord)
posts = Records(post_table, PostRecord)
addressable_spends = Records(spend_table, SpendRecord)
reference_figures = Records(reference_table, ReferenceFigure)
scope_assessments = Records(scope_table, ScopeAssessment, "line_id", "replaces_assessment_id")
