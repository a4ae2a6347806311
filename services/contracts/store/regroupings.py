"""Consolidations and splits as they are kept, with the proof that nothing was lost."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Uuid, any_, bindparam, exists, func, insert, select

from services.contracts.rules.consolidation import Regrouping, RegroupingKind
from services.contracts.store.tables import contracts
from services.contracts.store.transfer_tables import REGROUPING_KIND, regroupings
from services.contracts.store.visibility import inside, scope
from shared.db import Transaction, prepare
from shared.errors import NOT_FOUND
from shared.keyset import WHENEVER, After, Pages, Within


def _seen() -> Select[Any]:
    """To whoever sees every contract in it: of what a party of some would be told, the others' worth can be worked out."""
    parts = func.unnest(regroupings.c.source_contract_ids.concat(regroupings.c.contract_ids))
    part = parts.table_valued("id", name="part").render_derived()
    seen = exists().where(contracts.c.id == part.c.id, inside())
    return select(regroupings).where(~exists(select(part.c.id).where(~seen)))


_GET = prepare(_seen().where(regroupings.c.id == bindparam("id", type_=Uuid)))
_ADD = prepare(
    insert(regroupings).values(
        {
            each.name: bindparam(each.name, type_=each.type)
            for each in regroupings.c
            if each.name != "recorded_at"
        }
    )
)


@cache
def _pages(filters: frozenset[str]) -> Pages:
    asked = _seen().where(regroupings.c.kind == bindparam("kind", type_=REGROUPING_KIND))
    if "contract_id" in filters:
        contract = bindparam("contract_id", type_=Uuid)
        asked = asked.where(
            (contract == any_(regroupings.c.source_contract_ids))
            | (contract == any_(regroupings.c.contract_ids))
        )
    return Pages(asked, regroupings.c.effective_on, regroupings.c.id, updated=regroupings.c.recorded_at)


async def get(tx: Transaction, regrouping_id: UUID, kind: RegroupingKind | None = None) -> Regrouping:
    """A consolidation or split (of one kind) of contracts that the caller is a party to."""
    found = _regrouping(await tx.one(_GET, id=regrouping_id, **scope(tx)))
    if kind not in (None, found.kind):
        raise NOT_FOUND()
    return found


async def add(tx: Transaction, made: Regrouping) -> Regrouping:
    """Keep it; gives it back with the database's time."""
    values = {each.name: getattr(made, each.name) for each in regroupings.c}
    lists = {name: list(values[name]) for name in ("source_contract_ids", "contract_ids")}
    await tx.do(_ADD, **{**values, **lists})
    return await get(tx, made.id)


async def page(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[Regrouping]:
    """At most `limit + 1` of one kind in the order of the days from which they hold."""
    rows = await _pages(frozenset(filters)).read(tx, limit, after, within, **filters, **scope(tx))
    return [_regrouping(row) for row in rows]


def _regrouping(row: Mapping[str, Any]) -> Regrouping:
    kept = {name: value for name, value in row.items() if value is not None}
    return msgspec.convert({**kept, "partnership_id": row["partnership_id"]}, Regrouping)
