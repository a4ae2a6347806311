"""Rates of contracts: read by the contract's commissioners, and once agreed by the provider; changed by the lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Date,
    Text,
    Uuid,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)

from services.contracts.rules.placement_life import IN_CARE
from services.contracts.rules.rate import AtRate, Rate
from services.contracts.store.placement_tables import PLACEMENT_STATE, PLACEMENT_UNIT, placements
from services.contracts.store.rate_tables import RATE_STATE, contract_rates
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import commissioning, ours, scope
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within
from shared.text import fold_key


def _seen() -> ColumnElement[bool]:
    whole = exists().where(contracts.c.id == contract_rates.c.contract_id, commissioning())
    told = exists().where(contracts.c.id == contract_rates.c.contract_id, contracts.c.disclosed)
    agreed = contract_rates.c.state == literal_column("'agreed'", RATE_STATE)
    return whole | (told & agreed & ours(contract_rates, "provider_organisation_id"))


_WRITTEN = [each.name for each in contract_rates.c if each.name not in ("recorded_at", "changed_at")]
_VALUES = {name: bindparam(name, type_=contract_rates.c[name].type) for name in _WRITTEN}
_CHANGING = ("holds_until", "state", "decided_on", "version")
_ADD = prepare(insert(contract_rates).values(_VALUES))
_SAVE = prepare(
    update(contract_rates)
    .where(contract_rates.c.id == bindparam("which", type_=Uuid), ours(contract_rates))
    .values({**{name: _VALUES[name] for name in _CHANGING}, "changed_at": func.clock_timestamp()})
)
_ID = contract_rates.c.id == bindparam("id", type_=Uuid)
_GET = prepare(select(contract_rates).where(_ID, _seen()))
_LOCK = prepare(select(contract_rates).where(_ID, ours(contract_rates)).with_for_update())
# The lead's own placements in care at this rate: what others place under the contract stays theirs.
_AT_RATE = prepare(
    select(placements.c.units_per_week, placements.c.start_date, placements.c.end_date).where(
        ours(placements),
        placements.c.contract_id == bindparam("contract_id", type_=Uuid),
        placements.c.provider_organisation_id == bindparam("provider_id", type_=Uuid),
        placements.c.service_key == bindparam("service_key", type_=Text),
        placements.c.unit == bindparam("unit", type_=PLACEMENT_UNIT),
        placements.c.unit_rate == bindparam("unit_rate", type_=placements.c.unit_rate.type),
        placements.c.state.in_([literal_column(f"'{each}'", PLACEMENT_STATE) for each in sorted(IN_CARE)]),
    )
)
_FILTERS: Mapping[str, Any] = {
    "contract_id": lambda: contract_rates.c.contract_id == bindparam("contract_id", type_=Uuid),
    "partnership_id": lambda: contract_rates.c.partnership_id == bindparam("partnership_id", type_=Uuid),
    "provider_id": lambda: contract_rates.c.provider_organisation_id == bindparam("provider_id", type_=Uuid),
    "service": lambda: contract_rates.c.service_key == bindparam("service", type_=Text),
    "unit": lambda: contract_rates.c.unit == bindparam("unit", type_=PLACEMENT_UNIT),
    "state": lambda: contract_rates.c.state == bindparam("state", type_=RATE_STATE),
    "on": lambda: bindparam("on", type_=Date).between(
        contract_rates.c.holds_from,
        func.coalesce(contract_rates.c.holds_until, literal_column("'infinity'::date", Date)),
    ),
}


@cache
def _pages(filters: frozenset[str]) -> Pages:
    asked = select(contract_rates).where(_seen(), *(_FILTERS[name]() for name in sorted(filters)))
    return Pages(asked, contract_rates.c.changed_at, contract_rates.c.id, updated=contract_rates.c.changed_at)


async def get(tx: Transaction, rate_id: UUID) -> Rate:
    return _told(await tx.one(_GET, id=rate_id, **scope(tx)), tx)


async def lock(tx: Transaction, rate_id: UUID) -> Rate:
    """A rate of the caller's own, locked until the end; to anybody else there is no such rate."""
    return _of(await tx.one(_LOCK, id=rate_id, **scope(tx)))


async def in_care(tx: Transaction, rate: Rate) -> list[AtRate]:
    """The caller's own placements in care at this rate. A week is one unit of a weekly rate where none is stated."""
    rows = await tx.all(
        _AT_RATE,
        contract_id=rate.contract_id,
        provider_id=rate.provider_organisation_id,
        service_key=fold_key(rate.service),
        unit=rate.unit.value,
        unit_rate=rate.unit_rate,
        organisations=list(tx.caller.organisations),
    )
    found = [msgspec.convert(dict(row.items()), AtRate) for row in rows]
    if rate.unit.value != "week":
        return found
    return [replace(each, units_per_week=each.units_per_week or Decimal(1)) for each in found]


async def page(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[Rate]:
    """At most `limit + 1` rates in the order in which they last changed."""
    rows = await _pages(frozenset(filters)).read(tx, limit, after, within, **filters, **scope(tx))
    return [_told(row, tx) for row in rows]


async def add(tx: Transaction, rate: Rate) -> Rate:
    row = {name: getattr(rate, name, None) for name in _WRITTEN}
    row |= {"service_key": fold_key(rate.service), "unit": rate.unit.value, "state": rate.state.value}
    await tx.do(_ADD, **row)
    return await get(tx, rate.id)


async def save(tx: Transaction, before: Rate, after: Rate) -> Rate:
    """Save a changed rate under its next version."""
    await tx.do(
        _SAVE,
        which=before.id,
        organisations=list(tx.caller.organisations),
        holds_until=after.holds_until,
        state=after.state.value,
        decided_on=after.decided_on,
        version=before.version + 1,
    )
    return await get(tx, before.id)


def _told(row: Mapping[str, Any], tx: Transaction) -> Rate:
    """A rate as the caller may know it: what an uplift comes to is of the lead's own placements, and the lead's alone."""
    rate = _of(row)
    return rate if rate.owner_organisation_id in tx.caller.organisations else replace(rate, effect=None)


def _of(row: Mapping[str, Any]) -> Rate:
    return msgspec.convert(dict(row.items()), Rate)
