"""Packs for scrutiny, byte by byte as they were drawn up."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, insert, select

from services.gateway.rules.scrutiny_pack import ScrutinyPack
from services.gateway.store.scrutiny_pack_tables import scrutiny_packs
from shared.db import Transaction, prepare

# Who reads them: the partners, whoever scrutinises, and auditors. No provider and no associate.
READERS = ("commissioner", "host", "observer", "auditor")
_NAMES = tuple(each.name for each in scrutiny_packs.c if each.name != "recorded_at")
_WHICH = bindparam("which", type_=Uuid)
_LATEST = prepare(
    select(scrutiny_packs)
    .where(
        scrutiny_packs.c.partnership_id == any_(bindparam("partnerships", type_=ARRAY(Uuid))),
        scrutiny_packs.c.partnership_id == bindparam("partnership", type_=Uuid),
        _WHICH.is_(None) | (scrutiny_packs.c.id == _WHICH),
    )
    .order_by(scrutiny_packs.c.recorded_at.desc(), scrutiny_packs.c.id)
    .limit(1)
)
_ADD = prepare(
    insert(scrutiny_packs)
    .values({name: bindparam(name, type_=scrutiny_packs.c[name].type) for name in _NAMES})
    .returning(scrutiny_packs.c.recorded_at)
)


async def latest(tx: Transaction, partnership_id: UUID, pack_id: UUID | None) -> ScrutinyPack:
    """The pack of this id, or the one that was drawn up last."""
    mine = list(tx.caller.partnerships(*READERS))
    row = await tx.one(_LATEST, partnership=partnership_id, which=pack_id, partnerships=mine)
    return ScrutinyPack(**row)


async def add(tx: Transaction, pack: ScrutinyPack) -> ScrutinyPack:
    row = await tx.one(_ADD, **{name: getattr(pack, name) for name in _NAMES})
    return replace(pack, recorded_at=row["recorded_at"])
