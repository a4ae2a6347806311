"""Members of partnerships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, insert, or_, select, update
from sqlalchemy.dialects.postgresql import BOOLEAN

from services.gateway.rules.partnership import Member, Role
from services.gateway.store.organisations import of_members, scope
from services.gateway.store.tables import members
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_SEEN = or_(bindparam("operator", type_=BOOLEAN), of_members())
_OF = select(members).where(_SEEN, members.c.partnership_id == bindparam("partnership", type_=Uuid))
_GET = prepare(_OF.where(members.c.id == bindparam("id", type_=Uuid)))
_ALL = prepare(_OF.order_by(members.c.recorded_at, members.c.id))
_OF_BODIES = members.c.partnership_id.in_(
    select(members.c.partnership_id).where(
        members.c.organisation_id == any_(bindparam("bodies", type_=ARRAY(Uuid)))
    )
)
_WITH_ANY = prepare(select(members).where(_SEEN, _OF_BODIES).order_by(members.c.recorded_at, members.c.id))
_PAGES = Pages(_OF, members.c.recorded_at, members.c.id, members.c.updated_at)
_NEW = (
    "id",
    "partnership_id",
    "organisation_id",
    "role",
    "from_date",
    "to_date",
    "audited_organisation_ids",
    "financial_years",
)
_ADD = prepare(insert(members).values({name: bindparam(name, type_=members.c[name].type) for name in _NEW}))
_END = prepare(
    update(members)
    .where(members.c.id == bindparam("id", type_=Uuid))
    .values(
        to_date=bindparam("new_to_date", type_=members.c.to_date.type),
        version=bindparam("new_version", type_=members.c.version.type),
    )
)


async def get(tx: Transaction, partnership_id: UUID, member_id: UUID) -> Member:
    return _member(await tx.one(_GET, id=member_id, partnership=partnership_id, **scope(tx.caller)))


async def of(tx: Transaction, partnership_id: UUID) -> list[Member]:
    """Every membership of a partnership, past and present, in the order in which they were recorded."""
    return [_member(row) for row in await tx.all(_ALL, partnership=partnership_id, **scope(tx.caller))]


async def with_any(tx: Transaction, bodies: Sequence[UUID]) -> list[Member]:
    """Every membership, past and present, of the partnerships to which any of these bodies belongs or belonged."""
    return [_member(row) for row in await tx.all(_WITH_ANY, bodies=list(bodies), **scope(tx.caller))]


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within
) -> list[tuple[Member, datetime]]:
    """At most `limit + 1` memberships of a partnership with the instant each was recorded, in that order."""
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **scope(tx.caller))
    return [(_member(row), row["recorded_at"]) for row in rows]


async def add(tx: Transaction, member: Member) -> None:
    await tx.do(
        _ADD,
        **{
            **{name: getattr(member, name) for name in _NEW},
            "role": member.role.value,
            "audited_organisation_ids": list(member.audited_organisation_ids),
            "financial_years": list(member.financial_years),
        },
    )


async def save(tx: Transaction, member: Member) -> None:
    await tx.do(_END, id=member.id, new_to_date=member.to_date, new_version=member.version)


def _member(row: Mapping[str, Any]) -> Member:
    return Member(
        **{
            **{name: row[name] for name in (*_NEW, "version")},
            "role": Role(row["role"]),
            "audited_organisation_ids": tuple(row["audited_organisation_ids"]),
            "financial_years": tuple(row["financial_years"]),
        }
    )
