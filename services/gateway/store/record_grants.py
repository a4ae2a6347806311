"""Records that their owner opens to scrutiny or an auditor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Date, Text, Uuid, any_, bindparam, cast, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.gateway.rules.record_grant import GrantPurpose, GrantState, NamedRecord, RecordGrant
from services.gateway.store.record_grant_tables import record_grants
from shared.caller import Caller
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_T = record_grants
_NAMES = tuple(column.name for column in _T.c if column.name not in {"recorded_at", "updated_at"})
_OURS = bindparam("organisations", type_=ARRAY(Uuid))
_PURPOSE = _T.c.purpose == bindparam("purpose", type_=Text)
_WHOLE = select(_T).where(
    _PURPOSE, or_(_T.c.owner_organisation_id == any_(_OURS), _T.c.grantee_organisation_id == any_(_OURS))
)
_ONE = _WHOLE.where(_T.c.id == bindparam("id", type_=Uuid))
_GET = prepare(_ONE)
_LOCK = prepare(_ONE.where(_T.c.owner_organisation_id == bindparam("own", type_=Uuid)).with_for_update())
_PLACE = bindparam("partnership", type_=Uuid)
_PAGES = Pages(
    _WHOLE.where(or_(_PLACE.is_(None), _T.c.partnership_id == _PLACE)),
    _T.c.recorded_at,
    _T.c.id,
    _T.c.updated_at,
)
_TODAY = cast(func.timezone("Europe/London", func.clock_timestamp()), Date)
_OPEN = prepare(
    select(
        func.coalesce(func.sum(func.jsonb_array_length(_T.c.records)), func.length("")).label("open")
    ).where(
        _T.c.owner_organisation_id == bindparam("own", type_=Uuid),
        _T.c.grantee_organisation_id == bindparam("grantee", type_=Uuid),
        _T.c.state == bindparam("granted", GrantState.GRANTED.value, type_=Text),
        _T.c.to_date >= _TODAY,
    )
)
_ONE_AT_A_TIME = prepare(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("pair", type_=Text), 0)))
)
_ADD = prepare(insert(_T).values({name: bindparam(name, type_=_T.c[name].type) for name in _NAMES}))
_CHANGING = ("state", "decision_reason", "from_date", "to_date", "version")
_SAVE = prepare(
    update(_T)
    .where(_T.c.id == bindparam("id", type_=Uuid))
    .values({name: bindparam(f"new_{name}", type_=_T.c[name].type) for name in _CHANGING})
)
_DAY = prepare(select(_TODAY.label("today")))


def _scope(caller: Caller, purpose: GrantPurpose) -> dict[str, Any]:
    """The first wall: who asks or was given, and whose records they are. A sub-unit's client is neither."""
    return {
        "organisations": [] if caller.sub_unit_id else list(caller.organisations),
        "purpose": purpose.value,
    }


async def today(tx: Transaction) -> date:
    """The day in England by the database's clock."""
    day: date = (await tx.one(_DAY))["today"]
    return day


async def get(tx: Transaction, purpose: GrantPurpose, grant_id: UUID) -> RecordGrant:
    return _grant(await tx.one(_GET, id=grant_id, **_scope(tx.caller, purpose)))


async def lock(tx: Transaction, purpose: GrantPurpose, grant_id: UUID) -> RecordGrant:
    """What the caller's organisation is asked to open, or opened; held until the transaction ends."""
    scope = _scope(tx.caller, purpose)
    return _grant(await tx.one(_LOCK, id=grant_id, own=tx.caller.organisation_id, **scope))


async def already_open(tx: Transaction, grantee: UUID) -> int:
    """How many of the caller's records that body has open, now or later; nobody opens it more until the end."""
    await tx.one(_ONE_AT_A_TIME, pair=f"record grants {tx.caller.organisation_id} {grantee}")
    return int((await tx.one(_OPEN, own=tx.caller.organisation_id, grantee=grantee))["open"])


async def page(
    tx: Transaction,
    purpose: GrantPurpose,
    partnership_id: UUID | None,
    limit: int,
    after: After,
    within: Within,
) -> list[tuple[RecordGrant, datetime]]:
    """At most `limit + 1` grants with the instant each was recorded, in that order."""
    scope = _scope(tx.caller, purpose)
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **scope)
    return [(_grant(row), row["recorded_at"]) for row in rows]


async def add(tx: Transaction, grant: RecordGrant) -> None:
    values = {name: getattr(grant, name) for name in _NAMES}
    records = [{"thing": each.thing.value, "id": str(each.id)} for each in grant.records]
    await tx.do(
        _ADD, **{**values, "purpose": grant.purpose.value, "state": grant.state.value, "records": records}
    )


async def save(tx: Transaction, grant: RecordGrant) -> None:
    values = {f"new_{name}": getattr(grant, name) for name in _CHANGING}
    await tx.do(_SAVE, id=grant.id, **{**values, "new_state": grant.state.value})


def _grant(row: Mapping[str, Any]) -> RecordGrant:
    return RecordGrant(
        **{
            **{name: row[name] for name in _NAMES},
            "purpose": GrantPurpose(row["purpose"]),
            "state": GrantState(row["state"]),
            "records": msgspec.convert(row["records"], tuple[NamedRecord, ...]),
        }
    )
