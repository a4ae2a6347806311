"""Data-sharing agreements with their signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Date,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

from services.gateway.rules.data_sharing_agreement import (
    DataSharingAgreement,
    SharedCategory,
    SharingSignature,
    state_on,
)
from services.gateway.store.sharing_tables import data_sharing_agreements, data_sharing_signatures
from shared.caller import Caller
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_T, _S = data_sharing_agreements, data_sharing_signatures
_NAMES = tuple(column.name for column in _T.c if column.name not in {"recorded_at", "updated_at"})
_SIGNATURES = (
    select(
        func.coalesce(
            func.jsonb_agg(
                aggregate_order_by(
                    func.jsonb_build_object(
                        "organisation_id", _S.c.organisation_id,
                        "signed_on", _S.c.signed_on,
                        "signatory", _S.c.signatory,
                    ),
                    _S.c.recorded_at,
                )
            ),
            func.jsonb_build_array(),
            type_=JSONB,
        )
    )
    .where(_S.c.agreement_id == _T.c.id)
    .scalar_subquery()
    .label("signatures")
)  # fmt: skip
_TODAY = cast(func.timezone("Europe/London", func.clock_timestamp()), Date).label("today")
_PARTY = func.unnest(_T.c.party_ids).table_valued("party").render_derived()
_AUDITED = (
    select(literal_column("1"))
    .select_from(_PARTY)
    .where(
        (cast(_T.c.partnership_id, Text) + literal_column("'/'", Text) + cast(_PARTY.c.party, Text))
        == any_(bindparam("audits", type_=ARRAY(Text)))
    )
    .exists()
)
_WHOLE = select(_T, _SIGNATURES, _TODAY).where(
    or_(_T.c.party_ids.overlap(bindparam("organisations", type_=ARRAY(Uuid))), _AUDITED)
)
_ONE = _WHOLE.where(_T.c.id == bindparam("id", type_=Uuid))
_GET = prepare(_ONE)
_LOCK = prepare(
    select(_T.c.id)
    .where(_T.c.id == bindparam("id", type_=Uuid), bindparam("party", type_=Uuid) == any_(_T.c.party_ids))
    .with_for_update()
)
_PLACE = bindparam("partnership", type_=Uuid)
_PAGES = Pages(
    _WHOLE.where(or_(_PLACE.is_(None), _T.c.partnership_id == _PLACE)),
    _T.c.recorded_at,
    _T.c.id,
    _T.c.updated_at,
)
_NEW = tuple(name for name in _NAMES if name not in {"end_reason", "version"})
_ADD = prepare(insert(_T).values({name: bindparam(name, type_=_T.c[name].type) for name in _NEW}))
_SIGN = prepare(
    insert(_S).values(
        {
            name: bindparam(name, type_=_S.c[name].type)
            for name in ("agreement_id", "organisation_id", "signed_on", "signatory", "signed_by_client_id")
        }
    )
)
_CHANGING = ("to_date", "end_reason", "version")
_SAVE = prepare(
    update(_T)
    .where(_T.c.id == bindparam("id", type_=Uuid))
    .values({name: bindparam(f"new_{name}", type_=_T.c[name].type) for name in _CHANGING})
)
_DAY = prepare(select(_TODAY))


def _scope(caller: Caller) -> Mapping[str, Any]:
    """The first wall: the parties, and who audits one of them. A sub-unit's client is no party."""
    return {
        "organisations": [] if caller.sub_unit_id else list(caller.organisations),
        "audits": [
            f"{audit.partnership_id}/{body}" for audit in caller.audits for body in audit.organisation_ids
        ],
    }


async def today(tx: Transaction) -> date:
    """The day in England by the database's clock, by which an agreement is in force or not."""
    day: date = (await tx.one(_DAY))["today"]
    return day


async def get(tx: Transaction, agreement_id: UUID) -> DataSharingAgreement:
    return _agreement(await tx.one(_GET, id=agreement_id, **_scope(tx.caller)))


async def lock(tx: Transaction, agreement_id: UUID) -> DataSharingAgreement:
    """The agreement of a party, held until the transaction ends; to others it is not there."""
    await tx.one(_LOCK, id=agreement_id, party=None if tx.caller.sub_unit_id else tx.caller.organisation_id)
    return await get(tx, agreement_id)


async def page(
    tx: Transaction, partnership_id: UUID | None, limit: int, after: After, within: Within
) -> list[tuple[DataSharingAgreement, datetime]]:
    """At most `limit + 1` agreements with the instant each was recorded, in that order."""
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **_scope(tx.caller))
    return [(_agreement(row), row["recorded_at"]) for row in rows]


async def add(tx: Transaction, agreement: DataSharingAgreement) -> None:
    values = {name: getattr(agreement, name) for name in _NEW}
    await tx.do(
        _ADD,
        **{
            **values,
            "categories": [each.value for each in agreement.categories],
            "party_ids": list(agreement.party_ids),
        },
    )


async def sign(tx: Transaction, agreement: DataSharingAgreement, signature: SharingSignature) -> None:
    """Keep a signature, and the agreement's new version with it."""
    await tx.do(
        _SIGN,
        agreement_id=agreement.id,
        organisation_id=signature.organisation_id,
        signed_on=signature.signed_on,
        signatory=signature.signatory,
        signed_by_client_id=tx.caller.client_id,
    )
    await save(tx, agreement)


async def save(tx: Transaction, agreement: DataSharingAgreement) -> None:
    await tx.do(_SAVE, id=agreement.id, **{f"new_{name}": getattr(agreement, name) for name in _CHANGING})


def _agreement(row: Mapping[str, Any]) -> DataSharingAgreement:
    found = DataSharingAgreement(
        **{
            **{name: row[name] for name in _NAMES},
            "categories": tuple(SharedCategory(each) for each in row["categories"]),
            "party_ids": tuple(row["party_ids"]),
            "signatures": msgspec.convert(row["signatures"], tuple[SharingSignature, ...]),
        }
    )
    return replace(found, state=state_on(found, row["today"]))
