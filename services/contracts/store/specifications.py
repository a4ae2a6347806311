"""Versions of specifications, for the commissioners of their partnership; which of them contracts name, for the parties."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Date, Text, Uuid, any_, bindparam, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.specification import ContractSpecification, Specification
from services.contracts.store.specification_tables import contract_specifications, specifications
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import commissioning, ours, provided, scope
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within
from shared.text import fold_key

_S, _N = specifications, contract_specifications
_CLOCKED = ("recorded_at", "changed_at")


def _adding(table: Any) -> Any:
    columns = [each for each in table.c if each.name not in _CLOCKED]
    return prepare(
        insert(table).values({each.name: bindparam(each.name, type_=each.type) for each in columns})
    )


_ADD, _ADD_NAMED = _adding(_S), _adding(_N)
_SEEN = select(*(each for each in _S.c if each.name != "code_key")).where(
    _S.c.partnership_id == any_(bindparam("commissioned", type_=ARRAY(Uuid)))
)
_GET = prepare(_SEEN.where(_S.c.id == bindparam("id", type_=Uuid)))
_OF = prepare(
    select(*(each for each in _S.c if each.name != "code_key"))
    .where(
        ours(_S),
        _S.c.partnership_id == bindparam("partnership_id", type_=Uuid),
        _S.c.code_key == bindparam("code", type_=Text),
    )
    .order_by(_S.c.holds_from)
    .with_for_update()
)
_END = prepare(
    update(_S)
    .where(_S.c.id == bindparam("which", type_=Uuid), ours(_S))
    .values(holds_until=bindparam("holds_until", type_=Date), changed_at=func.clock_timestamp())
)


def _of_its_contract() -> ColumnElement[bool]:
    seen: ColumnElement[bool] = exists().where(
        contracts.c.id == _N.c.contract_id, commissioning() | provided()
    )
    return seen


_NAMED = select(_N).where(_of_its_contract())
_GET_NAMED = prepare(_NAMED.where(_N.c.id == bindparam("id", type_=Uuid)))
_NAMING = prepare(_NAMED.where(_N.c.specification_id == bindparam("specification_id", type_=Uuid)))
_FILTERS: Mapping[str, Any] = {
    "partnership_id": lambda table: table.c.partnership_id == bindparam("partnership_id", type_=Uuid),
    "contract_id": lambda table: table.c.contract_id == bindparam("contract_id", type_=Uuid),
    "specification_id": lambda table: table.c.specification_id == bindparam("specification_id", type_=Uuid),
    "code": lambda table: table.c.code_key == bindparam("code", type_=Text),
    "on": lambda table: bindparam("on", type_=Date).between(
        table.c.holds_from, func.coalesce(table.c.holds_until, bindparam("on", type_=Date))
    ),
}


@cache
def _pages(filters: frozenset[str]) -> Pages:
    asked = _SEEN.where(*(_FILTERS[name](_S) for name in sorted(filters)))
    return Pages(asked, _S.c.changed_at, _S.c.id, updated=_S.c.changed_at)


@cache
def _pages_named(filters: frozenset[str]) -> Pages:
    asked = _NAMED.where(*(_FILTERS[name](_N) for name in sorted(filters)))
    return Pages(asked, _N.c.recorded_at, _N.c.id, updated=_N.c.recorded_at)


async def get(tx: Transaction, specification_id: UUID) -> Specification:
    """A version in a partnership that the caller commissions."""
    return msgspec.convert(dict(await tx.one(_GET, id=specification_id, **scope(tx))), Specification)


async def maybe(tx: Transaction, specification_id: UUID) -> Specification | None:
    row = await tx.maybe(_GET, id=specification_id, **scope(tx))
    return None if row is None else msgspec.convert(dict(row), Specification)


async def of_code(tx: Transaction, partnership_id: UUID, code: str) -> list[Specification]:
    """The caller's own versions of a specification in a partnership, locked, in the order in which they hold."""
    rows = await tx.all(_OF, partnership_id=partnership_id, code=fold_key(code), **scope(tx))
    return [msgspec.convert(dict(row), Specification) for row in rows]


async def add(tx: Transaction, version: Specification) -> Specification:
    names = [each.name for each in _S.c if each.name not in (*_CLOCKED, "code_key")]
    values = {name: getattr(version, name) for name in names}
    await tx.do(_ADD, **values, code_key=fold_key(version.code))
    return await get(tx, version.id)


async def naming(tx: Transaction, specification_id: UUID) -> list[ContractSpecification]:
    """What contracts that the caller may see name of a version."""
    rows = await tx.all(_NAMING, specification_id=specification_id, **scope(tx))
    return [msgspec.convert(dict(row), ContractSpecification) for row in rows]


async def end(tx: Transaction, version: Specification) -> None:
    """Keep the last day of a version that had none."""
    await tx.do(_END, which=version.id, holds_until=version.holds_until, **scope(tx))


async def page(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[Specification]:
    """At most `limit + 1` versions in the order in which they last changed."""
    rows = await _pages(frozenset(filters)).read(tx, limit, after, within, **filters, **scope(tx))
    return [msgspec.convert(dict(row), Specification) for row in rows]


async def get_named(tx: Transaction, named_id: UUID) -> ContractSpecification:
    """What a contract names, for its commissioners, providers and auditors."""
    return msgspec.convert(dict(await tx.one(_GET_NAMED, id=named_id, **scope(tx))), ContractSpecification)


async def add_named(tx: Transaction, named: ContractSpecification) -> ContractSpecification:
    names = [each.name for each in _N.c if each.name not in _CLOCKED]
    await tx.do(_ADD_NAMED, **{name: getattr(named, name) for name in names})
    return await get_named(tx, named.id)


async def page_named(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[ContractSpecification]:
    """At most `limit + 1` of what contracts name, in the order in which it was recorded."""
    rows = await _pages_named(frozenset(filters)).read(tx, limit, after, within, **filters, **scope(tx))
    return [msgspec.convert(dict(row), ContractSpecification) for row in rows]
