"""Payments: read, locked, added and saved, each change with the entry that proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Date, Uuid, bindparam, exists, func, insert, select, update

from services.contracts.rules.payment import Payment, PaymentEntry, settled
from services.contracts.store.payment_tables import PAYMENT_STATE, payment_entries, payments
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import audited_on, ours, scope
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done to a payment on a day, with how many pence, and why."""

    entry: PaymentEntry
    on: date
    pence: int | None = None
    reason: str | None = None


def _owned() -> ColumnElement[bool]:
    return ours(payments)


def _seen() -> ColumnElement[bool]:
    """The caller's own payments, those to it once the contract is awarded, and those of the bodies and years it audits."""
    disclosed = exists().where(contracts.c.id == payments.c.contract_id, contracts.c.disclosed)
    day = func.coalesce(payments.c.due_on, payments.c.invoiced_on)
    return _owned() | (ours(payments, "provider_organisation_id") & disclosed) | audited_on(payments, day)


_CLOCKED = ("recorded_at", "changed_at")
_FIXED = ("id", "contract_id", "partnership_id", "owner_organisation_id", "provider_organisation_id",
          "period_start", "period_end")  # fmt: skip
_WRITTEN = [each.name for each in payments.c if each.name not in _CLOCKED]
_VALUES = {name: bindparam(name, type_=payments.c[name].type) for name in _WRITTEN}
_ADD = prepare(insert(payments).values(_VALUES))
_ENTRY = [each.name for each in payment_entries.c if each.name not in _CLOCKED]
_ADD_ENTRY = prepare(
    insert(payment_entries).values(
        {name: bindparam(name, type_=payment_entries.c[name].type) for name in _ENTRY}
    )
)
_SAVE = prepare(
    update(payments)
    .where(payments.c.id == bindparam("which", type_=Uuid), _owned())
    .values(
        {
            **{name: value for name, value in _VALUES.items() if name not in _FIXED},
            "changed_at": func.clock_timestamp(),
        }
    )
)
_ID = payments.c.id == bindparam("id", type_=Uuid)
_GET = prepare(select(payments).where(_ID, _seen()))
_LOCK = prepare(select(payments).where(_ID, _owned()).with_for_update())
_FILTERS: Mapping[str, Any] = {
    "contract_id": lambda: payments.c.contract_id == bindparam("contract_id", type_=Uuid),
    "provider_id": lambda: payments.c.provider_organisation_id == bindparam("provider_id", type_=Uuid),
    "state": lambda: payments.c.state == bindparam("state", type_=PAYMENT_STATE),
    "contested": lambda: (payments.c.contested_pence > 0) == bindparam("contested"),
    "due_before": lambda: payments.c.due_on < bindparam("due_before", type_=Date),
}


@cache
def _pages(filters: frozenset[str]) -> Pages:
    asked = select(payments).where(_seen(), *(_FILTERS[name]() for name in sorted(filters)))
    return Pages(asked, payments.c.changed_at, payments.c.id, updated=payments.c.changed_at)


async def get(tx: Transaction, payment_id: UUID) -> Payment:
    return _of(await tx.one(_GET, id=payment_id, **scope(tx)))


async def lock(tx: Transaction, payment_id: UUID) -> Payment:
    """A payment of the caller's own, locked until the end; to anybody else there is no such payment."""
    return _of(await tx.one(_LOCK, id=payment_id, **scope(tx)))


async def page(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[Payment]:
    """At most `limit + 1` payments in the order in which they last changed."""
    rows = await _pages(frozenset(filters)).read(tx, limit, after, within, **filters, **scope(tx))
    return [_of(row) for row in rows]


async def add(tx: Transaction, payment: Payment, entry: Entry) -> Payment:
    await tx.do(_ADD, **_row(payment))
    await _enter(tx, payment, entry)
    return await get(tx, payment.id)


async def save(tx: Transaction, before: Payment, after: Payment, entry: Entry) -> Payment:
    """Save a changed payment under its next version, with its entry."""
    row = {**_row(after), "version": before.version + 1}
    await tx.do(_SAVE, which=before.id, organisations=list(tx.caller.organisations), **row)
    await _enter(tx, replace(after, version=before.version + 1), entry)
    return await get(tx, before.id)


async def _enter(tx: Transaction, payment: Payment, entry: Entry) -> None:
    caller = tx.caller
    await tx.do(
        _ADD_ENTRY,
        payment_id=payment.id,
        version=payment.version,
        owner_organisation_id=payment.owner_organisation_id,
        entry=entry.entry.value,
        holds_from=entry.on,
        pence=entry.pence,
        reason=entry.reason,
        organisation_id=caller.organisation_id,
        client_id=caller.client_id,
        person=caller.person,
    )


def _row(payment: Payment) -> dict[str, Any]:
    row = {name: getattr(payment, name, None) for name in _WRITTEN}
    money = payment.amount
    return {
        **row,
        "amount_pence": money.amount_pence,
        "amount_status": money.status.value,
        "amount_qualifier": None if money.qualifier is None else money.qualifier.value,
        "state": payment.state.value,
    }


def _of(row: Mapping[str, Any]) -> Payment:
    amount = {
        "amount_pence": row["amount_pence"],
        "status": row["amount_status"],
        "qualifier": row["amount_qualifier"],
    }
    return settled(msgspec.convert({**dict(row.items()), "amount": amount}, Payment))
