"""The limits of each organisation's scheme of delegation, which its partners may read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, insert, select, update

from services.budget.rules.body_type import BodyType
from services.budget.rules.delegation_limit import CountedOver, Limit, LimitSubject, Nature, Permanence
from services.budget.store.commitment_tables import delegation_limits
from services.budget.store.visibility import scope, to_partners_of_body
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(c.name for c in delegation_limits.c if c.name not in {"recorded_at", "updated_at"})
_VISIBLE = select(*(delegation_limits.c[name] for name in _NAMES)).where(
    to_partners_of_body(delegation_limits)
)
_ID = delegation_limits.c.id == bindparam("id", type_=Uuid)
_GET = prepare(_VISIBLE.where(_ID))
_LOCK = prepare(_VISIBLE.where(_ID).with_for_update())
_PLACE = delegation_limits.c.partnership_id == bindparam("partnership", type_=Uuid)
_SUBJECT = bindparam("of_subject", type_=Text)
_OWNER = bindparam("of_owner", type_=Uuid)
_DAY = bindparam("day", type_=delegation_limits.c.in_force_from.type)
_IN_FORCE = prepare(
    _VISIBLE.where(
        _PLACE,
        delegation_limits.c.subject == _SUBJECT,
        delegation_limits.c.in_force_from <= _DAY,
        delegation_limits.c.in_force_to.is_(None) | (delegation_limits.c.in_force_to >= _DAY),
    ).order_by(delegation_limits.c.id)
)
_PAGES = Pages(
    _VISIBLE.where(
        _PLACE,
        _SUBJECT.is_(None) | (delegation_limits.c.subject == _SUBJECT),
        _OWNER.is_(None) | (delegation_limits.c.owner_organisation_id == _OWNER),
    ),
    delegation_limits.c.in_force_from,
    delegation_limits.c.id,
    delegation_limits.c.updated_at,
)
_ADD = prepare(
    insert(delegation_limits).values(
        {name: bindparam(name, type_=delegation_limits.c[name].type) for name in _NAMES}
    )
)
_END = prepare(
    update(delegation_limits)
    .where(delegation_limits.c.id == bindparam("which", type_=Uuid))
    .values(
        in_force_to=bindparam("in_force_to", type_=delegation_limits.c.in_force_to.type),
        version=bindparam("version", type_=delegation_limits.c.version.type),
    )
)


async def get(tx: Transaction, limit_id: UUID) -> Limit:
    return _limit(await tx.one(_GET, id=limit_id, **scope(tx)))


async def lock(tx: Transaction, limit_id: UUID) -> Limit | None:
    """The limit, locked; None where it is another organisation's."""
    row = await tx.maybe(_LOCK, id=limit_id, **scope(tx))
    return None if row is None else _limit(row)


async def in_force(tx: Transaction, partnership_id: UUID, subject: LimitSubject, day: date) -> list[Limit]:
    """The limits of all organisations of a partnership that stand on a day."""
    rows = await tx.all(_IN_FORCE, partnership=partnership_id, of_subject=subject.value, day=day, **scope(tx))
    return [_limit(row) for row in rows]


async def add(tx: Transaction, limit: Limit) -> None:
    await tx.do(_ADD, **{name: getattr(limit, name) for name in _NAMES})


async def end(tx: Transaction, limit: Limit) -> None:
    await tx.do(_END, which=limit.id, in_force_to=limit.in_force_to, version=limit.version)


async def page(
    tx: Transaction,
    partnership_id: UUID,
    subject: LimitSubject | None,
    owner: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Limit]:
    rows = await _PAGES.read(
        tx,
        limit,
        after,
        within,
        partnership=partnership_id,
        of_subject=None if subject is None else subject.value,
        of_owner=owner,
        **scope(tx),
    )
    return [_limit(row) for row in rows]


def _limit(row: Mapping[str, Any]) -> Limit:
    return Limit(
        **{
            **row,
            "subject": LimitSubject(row["subject"]),
            "decider_type": BodyType(row["decider_type"]),
            "nature": row["nature"] and Nature(row["nature"]),
            "permanence": row["permanence"] and Permanence(row["permanence"]),
            "counted_over": CountedOver(row["counted_over"]),
        }
    )
