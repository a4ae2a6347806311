"""Transfers of contracts: kept, consented to, moved and read by the bodies that stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Uuid, any_, bindparam, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

from services.contracts.rules.contract import Contract
from services.contracts.rules.first_award import FirstAward
from services.contracts.rules.transfer import Consent, Transfer, TransferKind
from services.contracts.store.transfer_tables import (
    TRANSFER_KIND,
    TRANSFER_STATE,
    transfer_consents,
    transfers,
)
from services.contracts.store.visibility import scope
from shared.db import Transaction, prepare
from shared.errors import NOT_FOUND
from shared.keyset import WHENEVER, After, Pages, Within


@dataclass(frozen=True, slots=True)
class Handed:
    """The terms that an outgoing lead hands over, and what they were first awarded as. Without it where it was not kept."""

    contract: Contract
    award: FirstAward | None


_ID = bindparam("id", type_=Uuid)
_OURS = bindparam("organisations", type_=ARRAY(Uuid))
_HANDED = ("handed", "handed_award")
_CLOCKED = ("recorded_at", "changed_at", *_HANDED)
_SEEN = (
    (transfers.c.owner_organisation_id == any_(_OURS))
    | (transfers.c.incoming_organisation_id == any_(_OURS))
    | transfers.c.readers.overlap(_OURS)
    | (transfers.c.partnership_id == any_(bindparam("commissioned", type_=ARRAY(Uuid))))
)


def _consents() -> Any:
    kept = transfer_consents.c
    one = func.jsonb_build_object(
        literal_column("'organisation_id'"), kept.organisation_id,
        literal_column("'agreed'"), kept.agreed,
        literal_column("'on'"), kept.given_on,
        literal_column("'note'"), kept.note,
        literal_column("'recorded_by_organisation_id'"), kept.recorded_by_organisation_id,
        literal_column("'client_id'"), kept.client_id,
        literal_column("'person'"), kept.person,
        literal_column("'recorded_at'"), kept.recorded_at,
    )  # fmt: skip
    rows = func.jsonb_agg(aggregate_order_by(one, kept.recorded_at, kept.organisation_id))
    return (
        select(func.coalesce(rows, literal_column("'[]'::jsonb")))
        .where(kept.transfer_id == transfers.c.id)
        .correlate(transfers)
        .scalar_subquery()
        .label("consents")
    )


def _whole() -> Select[Any]:
    """What every body that stands in it may know; the terms handed over are for the action that takes them over."""
    return select(*(each for each in transfers.c if each.name not in _HANDED), _consents()).where(_SEEN)


_GET = prepare(_whole().where(transfers.c.id == _ID))
_LOCK = prepare(
    select(transfers.c.handed, transfers.c.handed_award).where(transfers.c.id == _ID, _SEEN).with_for_update()
)
_ADD = prepare(
    insert(transfers).values(
        {
            each.name: bindparam(each.name, type_=each.type)
            for each in transfers.c
            if each.name not in _CLOCKED
        }
    )
)
_CONSENT = prepare(
    insert(transfer_consents).values(
        {
            each.name: bindparam(each.name, type_=each.type)
            for each in transfer_consents.c
            if each.name != "recorded_at"
        }
    )
)
_MOVE = prepare(
    update(transfers)
    .where(transfers.c.id == _ID)
    .values(
        state=bindparam("state", type_=TRANSFER_STATE),
        **{name: func.coalesce(bindparam(name, type_=JSONB), transfers.c[name]) for name in _HANDED},
        version=transfers.c.version + 1,
        changed_at=func.clock_timestamp(),
    )
)
_FILTERS: Mapping[str, Any] = {
    "kind": lambda: transfers.c.kind == bindparam("kind", type_=TRANSFER_KIND),
    "contract_id": lambda: transfers.c.contract_id == bindparam("contract_id", type_=Uuid),
    "state": lambda: transfers.c.state == bindparam("state", type_=TRANSFER_STATE),
}


@cache
def _pages(filters: frozenset[str]) -> Pages:
    asked = _whole().where(*(_FILTERS[name]() for name in sorted(filters)))
    return Pages(asked, transfers.c.effective_on, transfers.c.id, updated=transfers.c.changed_at)


async def get(tx: Transaction, transfer_id: UUID, kind: TransferKind | None = None) -> Transfer:
    """A transfer (of one kind) in which the caller stands."""
    found = _transfer(await tx.one(_GET, id=transfer_id, **scope(tx)))
    if kind not in (None, found.kind):
        raise NOT_FOUND()
    return found


async def lock(tx: Transaction, transfer_id: UUID) -> tuple[Transfer, Handed | None]:
    """The same, locked until the end, and the terms that were handed over."""
    row = await tx.one(_LOCK, id=transfer_id, **scope(tx))
    handed = None
    if row["handed"] is not None:
        handed = Handed(
            msgspec.convert(row["handed"], Contract), msgspec.convert(row["handed_award"], FirstAward | None)
        )
    return await get(tx, transfer_id), handed


async def add(tx: Transaction, transfer: Transfer) -> Transfer:
    """Add a transfer; gives it back with the database's times."""
    names = [each.name for each in transfers.c if each.name not in _CLOCKED]
    values = {name: getattr(transfer, name) for name in names}
    await tx.do(_ADD, **{**values, "needed": list(transfer.needed), "readers": list(transfer.readers)})
    return await get(tx, transfer.id)


async def consent(tx: Transaction, transfer: Transfer, given: Consent) -> None:
    """Keep a consent or a refusal, which is never taken back."""
    await tx.do(
        _CONSENT,
        transfer_id=transfer.id,
        organisation_id=given.organisation_id,
        agreed=given.agreed,
        given_on=given.on,
        note=given.note,
        recorded_by_organisation_id=given.recorded_by_organisation_id,
        client_id=given.client_id,
        person=given.person,
    )


async def move(tx: Transaction, after: Transfer, handed: Handed | None = None) -> Transfer:
    """Save where a transfer stands under its next version, with the terms that are handed over."""
    terms, award = (None, None) if handed is None else (handed.contract, handed.award)
    await tx.do(_MOVE, id=after.id, state=after.state, handed=terms, handed_award=award)
    return await get(tx, after.id)


async def page(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[Transfer]:
    """At most `limit + 1` transfers in the order of the days from which they hold."""
    rows = await _pages(frozenset(filters)).read(tx, limit, after, within, **filters, **scope(tx))
    return [_transfer(row) for row in rows]


def _transfer(row: Mapping[str, Any]) -> Transfer:
    return msgspec.convert({name: value for name, value in row.items() if value is not None}, Transfer)
