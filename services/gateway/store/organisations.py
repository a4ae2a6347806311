"""Organisations and their codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Date, Select, Uuid, and_, any_, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.gateway.rules.identifier import Identifier, Scheme
from services.gateway.rules.organisation import Organisation, OrganisationKind, OrganisationName
from services.gateway.store.tables import IDENTIFIER_SCHEME, members, organisation_identifiers, organisations
from shared.caller import Caller
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_codes = organisation_identifiers
Known = tuple[Scheme, str, str | None, date | None]


def of_members() -> Any:
    """Memberships that a caller sees: of its partnerships, where it is a provider alone without the other providers."""
    return or_(
        members.c.partnership_id == any_(bindparam("beyond_provider", type_=ARRAY(Uuid))),
        (members.c.partnership_id == any_(bindparam("partnerships", type_=ARRAY(Uuid))))
        & (
            (members.c.role != bindparam("provider", "provider", type_=members.c.role.type))
            | (members.c.organisation_id == any_(bindparam("own", type_=ARRAY(Uuid))))
        ),
    )


def _seen() -> Any:
    """The scoped query, the first wall: itself, its sub-units, and whose memberships it sees."""
    together = select(members.c.organisation_id).where(of_members())
    return or_(
        bindparam("operator", type_=postgresql.BOOLEAN),
        organisations.c.id == any_(bindparam("own", type_=ARRAY(Uuid))),
        organisations.c.parent_id == any_(bindparam("own", type_=ARRAY(Uuid))),
        organisations.c.id.in_(together),
        organisations.c.parent_id.in_(together),
    )


def scope(caller: Caller) -> dict[str, Any]:
    """The arguments of the scoped query for this caller."""
    return {
        "operator": caller.operator,
        "own": list(caller.organisations),
        "partnerships": sorted({each for ids in caller.standing.values() for each in ids}),
        "beyond_provider": sorted(
            {each for role, ids in caller.standing.items() if role != "provider" for each in ids}
        ),
    }


def _whole() -> Select[Any]:
    code = func.jsonb_build_object(
        *(
            part
            for name in ("scheme", "code", "role", "from_date", "to_date")
            for part in (name, _codes.c[name])
        )
    )
    folded = (
        select(
            func.coalesce(
                func.jsonb_agg(aggregate_order_by(code, _codes.c.position)), func.jsonb_build_array()
            )
        )
        .where(_codes.c.organisation_id == organisations.c.id)
        .scalar_subquery()
        .label("identifiers")
    )
    columns = (each for each in organisations.c if each.name != "is_body")
    return select(*columns, folded).where(_seen())


_GET = prepare(_whole().where(organisations.c.id == bindparam("id", type_=Uuid)))
_KNOWN = prepare(
    select(organisations.c.id).where(_seen(), organisations.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
)
_LOCK = prepare(
    select(organisations.c.id).where(organisations.c.id == bindparam("id", type_=Uuid)).with_for_update()
)
# The day on which the code is to mean the body; None: on any.
_DAY = bindparam("day", type_=Date)
_CODED = organisations.c.id.in_(
    select(_codes.c.organisation_id).where(
        _codes.c.scheme == bindparam("scheme", type_=IDENTIFIER_SCHEME),
        _codes.c.code == bindparam("code"),
        or_(
            _DAY.is_(None),
            and_(
                func.coalesce(_codes.c.from_date, _DAY) <= _DAY, func.coalesce(_codes.c.to_date, _DAY) >= _DAY
            ),
        ),
    )
)


def _pages(asked: Select[Any]) -> Pages:
    return Pages(asked, organisations.c.recorded_at, organisations.c.id, organisations.c.updated_at)


_EVERY = _pages(_whole())
_WITH_CODE = _pages(_whole().where(_CODED))
_ADD = prepare(
    insert(organisations).values(
        {
            name: bindparam(name, type_=organisations.c[name].type)
            for name in ("id", "name", "kind", "parent_id", "names")
        }
    )
)
_SAVE = prepare(
    update(organisations)
    .where(organisations.c.id == bindparam("id", type_=Uuid))
    .values(
        {
            name: bindparam(f"new_{name}", type_=organisations.c[name].type)
            for name in ("name", "names", "version")
        }
    )
)
_insert_code = postgresql.insert(_codes).values(
    {each.name: bindparam(each.name, type_=each.type) for each in _codes.c}
)
_SAVE_CODE = prepare(
    _insert_code.on_conflict_do_update(
        constraint="organisation_identifiers_once",
        set_={"to_date": _insert_code.excluded.to_date, "position": _insert_code.excluded.position},
    )
)
_WITH_CODES = prepare(
    _whole().where(
        organisations.c.id.in_(
            select(_codes.c.organisation_id).where(
                _codes.c.scheme == bindparam("scheme", type_=IDENTIFIER_SCHEME),
                _codes.c.code == any_(bindparam("codes", type_=ARRAY(_codes.c.code.type))),
            )
        )
    )
)
_OPERATOR = prepare(_whole().where(organisations.c.kind == OrganisationKind.OPERATOR.value))


async def known(tx: Transaction, asked: Collection[UUID]) -> frozenset[UUID]:
    """Those of these organisations that the caller sees."""
    rows = await tx.all(_KNOWN, ids=list(asked), **scope(tx.caller))
    return frozenset(row["id"] for row in rows)


async def get(tx: Transaction, organisation_id: UUID) -> Organisation:
    return _organisation(await tx.one(_GET, id=organisation_id, **scope(tx.caller)))


async def find(tx: Transaction, organisation_id: UUID) -> Organisation | None:
    row = await tx.maybe(_GET, id=organisation_id, **scope(tx.caller))
    return None if row is None else _organisation(row)


async def lock(tx: Transaction, organisation_id: UUID) -> Organisation:
    """The organisation, held until the transaction ends."""
    await tx.one(_LOCK, id=organisation_id)
    return await get(tx, organisation_id)


async def operator(tx: Transaction) -> Organisation | None:
    """The operator's own organisation, if there is one yet."""
    row = await tx.maybe(_OPERATOR, **scope(tx.caller))
    return None if row is None else _organisation(row)


async def page(
    tx: Transaction,
    limit: int,
    after: After,
    within: Within,
    identifier: tuple[Scheme, str] | None,
    day: date | None = None,
) -> list[tuple[Organisation, datetime]]:
    """At most `limit + 1` organisations with the instant each was recorded, in that order.

    With an identifier those that have or had it; with a day, that it meant on that day.
    """
    if identifier is None:
        rows = await _EVERY.read(tx, limit, after, within, **scope(tx.caller))
    else:
        coded = {"scheme": identifier[0].value, "code": identifier[1], "day": day}
        rows = await _WITH_CODE.read(tx, limit, after, within, **coded, **scope(tx.caller))
    return [(_organisation(row), row["recorded_at"]) for row in rows]


async def with_codes(tx: Transaction, codes: Sequence[Identifier]) -> dict[Known, Organisation]:
    """The bodies that have one of these codes, of one scheme, by each code in its role from its first day."""
    if not codes:
        return {}
    asked = {"scheme": codes[0].scheme.value, "codes": [each.code for each in codes]}
    found = [_organisation(row) for row in await tx.all(_WITH_CODES, **asked, **scope(tx.caller))]
    return {
        (each.scheme, each.code, each.role, each.from_date): body
        for body in found
        for each in body.identifiers
    }


async def add(tx: Transaction, organisation: Organisation) -> None:
    await tx.do(
        _ADD,
        id=organisation.id,
        name=organisation.name,
        kind=organisation.kind.value,
        parent_id=organisation.parent_id,
        names=organisation.names,
    )
    await _save_codes(tx, organisation)


async def save(tx: Transaction, organisation: Organisation) -> None:
    await tx.do(
        _SAVE,
        id=organisation.id,
        new_name=organisation.name,
        new_names=organisation.names,
        new_version=organisation.version,
    )
    await _save_codes(tx, organisation)


async def _save_codes(tx: Transaction, organisation: Organisation) -> None:
    await tx.many(
        _SAVE_CODE,
        [
            {
                "organisation_id": organisation.id,
                "position": position,
                "scheme": each.scheme.value,
                "code": each.code,
                "role": each.role,
                "from_date": each.from_date,
                "to_date": each.to_date,
            }
            for position, each in enumerate(organisation.identifiers)
        ],
    )


def _organisation(row: Mapping[str, Any]) -> Organisation:
    return Organisation(
        id=row["id"],
        name=row["name"],
        kind=OrganisationKind(row["kind"]),
        parent_id=row["parent_id"],
        identifiers=msgspec.convert(row["identifiers"], tuple[Identifier, ...]),
        names=msgspec.convert(row["names"], tuple[OrganisationName, ...]),
        version=row["version"],
    )
