"""Ledger codes of an organisation's own, map by map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Uuid, any_, bindparam, insert, select

from services.budget.rules.ledger_code_map import Coding, LedgerCode, LedgerCodeMap, coding
from services.budget.store.report_tables import ledger_code_maps
from services.budget.store.visibility import scope, to_owner
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_T = ledger_code_maps.c
_NAMES = tuple(column.name for column in _T if column.name != "recorded_at")
_VISIBLE = select(*(_T[name] for name in _NAMES)).where(to_owner(ledger_code_maps))
_GET = prepare(_VISIBLE.where(_T.id == bindparam("id", type_=Uuid)))
_PLACE = _T.partnership_id == bindparam("partnership", type_=Uuid)
_PAGES = Pages(_VISIBLE.where(_PLACE), _T.financial_year, _T.id, _T.recorded_at)
_OWN = prepare(
    _VISIBLE.where(_PLACE, _T.owner_organisation_id == any_(bindparam("owners", type_=ARRAY(Uuid)))).order_by(
        _T.recorded_at, _T.id
    )
)
_ADD = prepare(
    insert(ledger_code_maps).values({name: bindparam(name, type_=_T[name].type) for name in _NAMES})
)
# Of the ids that a map names: the lines of one's own, and the pools, that there are in the partnership.
_NAMED = Prepared(
    "select l.id, true as is_line from lines l where l.partnership_id = $1::uuid and l.id = any ($2::uuid[])"
    " and l.owner_organisation_id = any ($4::uuid[])"
    " union all select p.id, false from pools p where p.partnership_id = $1 and p.id = any ($3::uuid[])",
    ("partnership", "lines", "pools", "owners"),
    {},
)


async def named(tx: Transaction, asked: LedgerCodeMap) -> tuple[set[UUID], set[UUID]]:
    """Of the lines and pools that a map names, those of the caller's own and those of the partnership."""
    rows = await tx.all(
        _NAMED,
        partnership=asked.partnership_id,
        lines=[each.line_id for each in asked.codes if each.line_id],
        pools=[each.pool_id for each in asked.codes if each.pool_id],
        owners=list(tx.caller.organisations),
    )
    return {row["id"] for row in rows if row["is_line"]}, {row["id"] for row in rows if not row["is_line"]}


async def get(tx: Transaction, map_id: UUID) -> LedgerCodeMap:
    return _map(await tx.one(_GET, id=map_id, **scope(tx)))


async def add(tx: Transaction, made: LedgerCodeMap) -> None:
    values = {name: getattr(made, name) for name in _NAMES}
    await tx.do(_ADD, **{**values, "codes": list(made.codes)})


async def standing(tx: Transaction, partnership_id: UUID) -> Coding | None:
    """The caller's own codes, all maps together."""
    owners = list(tx.caller.organisations)
    rows = await tx.all(_OWN, partnership=partnership_id, owners=owners, **scope(tx))
    return coding([_map(row) for row in rows])


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[LedgerCodeMap]:
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **scope(tx))
    return [_map(row) for row in rows]


def _map(row: Mapping[str, Any]) -> LedgerCodeMap:
    return LedgerCodeMap(**{**row, "codes": msgspec.convert(row["codes"], tuple[LedgerCode, ...])})
