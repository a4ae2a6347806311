"""Registers of governance: one way to keep, change and list the records that a partnership's partners share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from enum import EnumType
from typing import Any, Generic, Protocol, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Column,
    Date,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy import literal_column as literal
from sqlalchemy.dialects.postgresql import JSONB

from shared.audit import Change
from shared.caller import Caller
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within


class Kept(Protocol):
    """What every record of a register has."""

    @property
    def id(self) -> UUID: ...
    @property
    def partnership_id(self) -> UUID: ...
    @property
    def owner_organisation_id(self) -> UUID: ...
    @property
    def version(self) -> int: ...


T = TypeVar("T", bound=Kept)
TODAY = cast(func.timezone("Europe/London", func.clock_timestamp()), Date).label("today")
_BOOKKEEPING = frozenset({"recorded_at", "updated_at"})
_FILTER = bindparam("board", type_=Uuid)


class Register(Generic[T]):
    """The records of one table, as frozen records of one kind, listed by one of its columns.

    A record's field is kept in the column of its name. What has no column follows from the rest: `as_on` works it out
    for the day of reading. `changing` are the columns that may change later.
    """

    def __init__(
        self,
        table: Table,
        record: type[T],
        thing: str,
        by: str,
        changing: tuple[str, ...] = (),
        as_on: Callable[[T, date], T] = lambda each, _: each,
    ) -> None:
        self.thing, self.as_on, self.by = thing, as_on, by
        self._record, self._table, self._changing = record, table, (*changing, "version")
        self._names = tuple(each.name for each in table.c if each.name not in _BOOKKEEPING)
        hints = get_type_hints(record)
        kept = {each.name for each in fields(record)}  # type: ignore[arg-type]  # every record is a dataclass
        self._read = {name: _reading(table.c[name], hints[name]) for name in self._names if name in kept}
        seen = select(*(table.c[name] for name in self._names), TODAY).where(_to_partners(table))
        of_board = or_(_FILTER.is_(None), table.c.board_id == _FILTER) if "board_id" in table.c else None
        placed = seen.where(table.c.partnership_id == bindparam("partnership", type_=Uuid))
        one = seen.where(table.c.id == bindparam("id", type_=Uuid))
        self._get = prepare(one)
        self._all = prepare(placed.order_by(table.c[by], table.c.id).limit(bindparam("most")))
        self._filtered = of_board is not None
        self._pages = Pages(
            placed if of_board is None else placed.where(of_board),
            table.c[by],
            table.c.id,
            table.c.updated_at,
        )
        # A record that does not change has no policy for changes, under which alone it could be locked.
        self._lock = prepare(one.with_for_update()) if changing else None
        self._add = prepare(
            insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in self._names})
        )
        self._save = prepare(
            update(table)
            .where(table.c.id == bindparam("which", type_=Uuid))
            .values({name: bindparam(name, type_=table.c[name].type) for name in self._changing})
        )

    async def get(self, tx: Transaction, record_id: UUID) -> T:
        return self._made(await tx.one(self._get, id=record_id, **_scope(tx.caller)))

    async def lock(self, tx: Transaction, record_id: UUID) -> T:
        """The record of one who may change it, held until the transaction ends; to others it is not there."""
        assert self._lock is not None
        return self._made(await tx.one(self._lock, id=record_id, **_scope(tx.caller)))

    async def page(
        self,
        tx: Transaction,
        partnership_id: UUID,
        limit: int,
        after: After,
        within: Within,
        board_id: UUID | None = None,
    ) -> list[T]:
        """At most `limit + 1` records of a partnership, in the order of their column and then of their id."""
        asked: dict[str, Any] = {"partnership": partnership_id, **_scope(tx.caller)}
        if self._filtered:
            asked["board"] = board_id
        return [self._made(row) for row in await self._pages.read(tx, limit, after, within, **asked)]

    async def all(self, tx: Transaction, partnership_id: UUID, most: int) -> list[T]:
        """At most so many records of a partnership, as on today."""
        rows = await tx.all(self._all, partnership=partnership_id, most=most, **_scope(tx.caller))
        return [self._made(row) for row in rows]

    async def add(self, tx: Transaction, thing: T) -> None:
        await tx.do(self._add, **{name: self._written(thing, name) for name in self._names})

    async def save(self, tx: Transaction, thing: T) -> None:
        values = {name: self._written(thing, name) for name in self._changing}
        await tx.do(self._save, which=thing.id, **values)

    def told(self, what: str, thing: T) -> Change:
        return Change(
            what=f"{self.thing}_{what}",
            thing=self.thing,
            thing_id=thing.id,
            owner_organisation_id=thing.owner_organisation_id,
            partnership_id=thing.partnership_id,
            facts={"version": thing.version},
        )

    def key(self, thing: T) -> tuple[Any, UUID]:
        """Where a record stands in the list."""
        return getattr(thing, self.by), thing.id

    def _written(self, thing: T, name: str) -> Any:
        value = getattr(thing, name)
        if isinstance(self._table.c[name].type, JSONB):
            return msgspec.to_builtins(value)
        return list(value) if isinstance(value, tuple) else value

    def _made(self, row: Mapping[str, Any]) -> T:
        made = self._record(**{name: read(row[name]) for name, read in self._read.items()})
        return self.as_on(made, row["today"])


def _reading(column: Column[Any], hint: Any) -> Callable[[Any], Any]:
    """How what stands in a column becomes the value of a field of this type."""
    if isinstance(column.type, JSONB):
        return lambda value: msgspec.convert(value, hint)
    if get_origin(hint) is tuple:
        of = get_args(hint)[0]
        return lambda value: tuple(of(each) if isinstance(of, EnumType) else each for each in value)
    if isinstance(hint, EnumType):
        return hint
    return lambda value: value


def _to_partners(table: Table) -> Any:
    """The scoped query, the first wall: every commissioner of the partnership, and its auditors."""
    return or_(
        table.c.partnership_id == any_(bindparam("partnerships", type_=ARRAY(Uuid))),
        cast(table.c.partnership_id, Text) + literal("'/*/*'", Text)
        == any_(bindparam("audits", type_=ARRAY(Text))),
    )


def _scope(caller: Caller) -> Mapping[str, Any]:
    return {
        "partnerships": list(caller.partnerships("commissioner", "host")),
        "audits": [f"{audit.partnership_id}/*/*" for audit in caller.audits],
    }
