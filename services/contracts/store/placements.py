"""Placements: read, locked, added and saved with their steps; a person's; those of high cost; those to dispose of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.contracts.rules.placement import Placement
from services.contracts.rules.placement_life import KeptPlacementStep, PlacementStep
from services.contracts.store.placement_tables import (
    PLACEMENT_FUNDING,
    PLACEMENT_STATE,
    PLACEMENT_UNIT,
    placement_steps,
    placements,
)
from services.contracts.store.visibility import audited_while, granted, scope
from shared.db import Transaction, prepare
from shared.errors import NOT_FOUND
from shared.keyset import WHENEVER, After, Pages, Within
from shared.text import fold_key

_OURS = bindparam("organisations", type_=ARRAY(Uuid))
_SHARERS = bindparam("sharers", type_=ARRAY(Uuid))
_SHARED = bindparam("shared", type_=ARRAY(Text))
_ID = bindparam("id", type_=Uuid)
_CLOCKED = ("recorded_at", "changed_at", "disclosed")
_FIXED = ("id", "contract_id", "partnership_id", "owner_organisation_id", "provider_organisation_id")


def owned() -> ColumnElement[bool]:
    """Placements of the caller's own organisations: those of which it is the controller."""
    return placements.c.owner_organisation_id == any_(_OURS)


def wholly_seen() -> ColumnElement[bool]:
    """Placements of commissioners all of whose placements the caller may see (domain, section 2).

    Its own; once they began, those that it provides; and those of a partner that shares placements with it by a
    data-sharing agreement in force, in a partnership where it is a commissioner.
    """
    pair = cast(placements.c.partnership_id, Text) + literal_column("'/'", Text)
    pair += cast(placements.c.owner_organisation_id, Text)
    shared = (placements.c.owner_organisation_id == any_(_SHARERS)) & (pair == any_(_SHARED))
    return (
        owned() | (placements.c.disclosed & (placements.c.provider_organisation_id == any_(_OURS))) | shared
    )


def sampled() -> ColumnElement[bool]:
    """Placements that their owner opened to its auditor by name, of persons in care in a year that it audits.

    To a scrutiny body none is opened: what stands for a person is no business of it (domain, section 2).
    """
    pair = cast(placements.c.owner_organisation_id, Text) + literal_column("'/'", Text)
    pair += cast(placements.c.id, Text)
    opened = (placements.c.id == any_(bindparam("granted_ids", type_=ARRAY(Uuid)))) & (
        pair == any_(bindparam("granted", type_=ARRAY(Text)))
    )
    ended = func.coalesce(placements.c.ended_on, literal_column("'infinity'::date", Date))
    return opened & audited_while(placements, placements.c.start_date, ended)


def seen() -> ColumnElement[bool]:
    """Placements that the caller may see: as above, and an auditor's sample."""
    return wholly_seen() | sampled()


def _sent(table: Any) -> Any:
    columns = [Column(each.name, each.type) for each in table.c if each.name not in _CLOCKED]
    rows = func.jsonb_populate_recordset(
        literal_column(f"null::{table.fullname}"), bindparam("rows", type_=JSONB)
    )
    return rows.table_valued(*columns, name="sent")


def _adding(table: Any) -> Any:
    sent = _sent(table)
    return prepare(insert(table).from_select([each.name for each in sent.c], select(*sent.c)))


_ADD, _ADD_STEPS = _adding(placements), _adding(placement_steps)
_SAVED = _sent(placements)
_SAVE = prepare(
    update(placements)
    .where(placements.c.id == _SAVED.c.id, owned())
    .values(
        {
            **{each.name: each for each in _SAVED.c if each.name not in _FIXED},
            "changed_at": func.clock_timestamp(),
        }
    )
)
_GET = prepare(select(placements).where(placements.c.id == _ID, seen()))
_LOCK = prepare(select(placements).where(placements.c.id == _ID, owned()).with_for_update())
_STEPS = prepare(
    select(placement_steps)
    .where(
        placement_steps.c.placement_id == _ID,
        placement_steps.c.owner_organisation_id == any_(_OURS),
    )
    .order_by(placement_steps.c.version)
)
_FILTERS: Mapping[str, Any] = {
    "contract_id": lambda: placements.c.contract_id == bindparam("contract_id", type_=Uuid),
    "partnership_id": lambda: placements.c.partnership_id == bindparam("partnership_id", type_=Uuid),
    "provider_id": lambda: placements.c.provider_organisation_id == bindparam("provider_id", type_=Uuid),
    "state": lambda: placements.c.state == bindparam("state", type_=PLACEMENT_STATE),
    "funding_type": lambda: placements.c.funding_type == bindparam("funding_type", type_=PLACEMENT_FUNDING),
    "service": lambda: placements.c.service_key == bindparam("service", type_=Text),
    "unit": lambda: placements.c.unit == bindparam("unit", type_=PLACEMENT_UNIT),
    "out_of_area": lambda: placements.c.out_of_area == bindparam("out_of_area", type_=Boolean),
    "complete": lambda: (
        (func.cardinality(placements.c.missing) == literal_column("0"))
        == bindparam("complete", type_=Boolean)
    ),
    "weekly_cost_from_pence": lambda: (
        placements.c.weekly_cost_pence >= bindparam("weekly_cost_from_pence", type_=BigInteger)
    ),
    "review_before": lambda: placements.c.review_date < bindparam("review_before", type_=Date),
    "person_reference": lambda: placements.c.person_reference == bindparam("person_reference", type_=Text),
}


@cache
def _pages(filters: frozenset[str], own: bool) -> Pages:
    asked: Select[Any] = select(placements).where(owned() if own else seen())
    asked = asked.where(*(_FILTERS[name]() for name in sorted(filters)))
    return Pages(asked, placements.c.changed_at, placements.c.id, updated=placements.c.changed_at)


def own_care(tx: Transaction) -> dict[str, Any]:
    """The arguments of the scoped query of placements for this caller."""
    caller = tx.caller
    pairs = [
        (partnership, owner)
        for partnership, owner in caller.shared("placements")
        if caller.holds(partnership, "commissioner")
    ]
    return {
        **scope(tx),
        **granted(tx, "placement"),
        "sharers": sorted({owner for _, owner in pairs}),
        "shared": [f"{partnership}/{owner}" for partnership, owner in pairs],
    }


async def get(tx: Transaction, placement_id: UUID) -> Placement:
    """A placement that the caller may see."""
    return placement_of(await tx.one(_GET, id=placement_id, **own_care(tx)))


async def lock(tx: Transaction, placement_id: UUID) -> Placement:
    """A placement of the caller's own, locked until the end; to anybody else there is no such placement."""
    return placement_of(await tx.one(_LOCK, id=placement_id, **own_care(tx)))


async def page(
    tx: Transaction,
    filters: Mapping[str, Any],
    limit: int,
    after: After,
    within: Within = WHENEVER,
    *,
    own: bool = False,
) -> list[Placement]:
    """At most `limit + 1` placements in the order in which they last changed. `own`: not those that it provides."""
    rows = await _pages(frozenset(filters), own).read(tx, limit, after, within, **filters, **own_care(tx))
    return [placement_of(row) for row in rows]


async def steps_of(tx: Transaction, placement_id: UUID) -> list[KeptPlacementStep]:
    """The whole history of a placement of the caller's own."""
    return [step_of(row) for row in await tx.all(_STEPS, id=placement_id, **own_care(tx))]


async def add(tx: Transaction, placement: Placement, step: PlacementStep) -> Placement:
    """Add a placement with the first step of its history; gives it back with the database's times."""
    await add_all(tx, [placement], lambda _: step)
    return await get(tx, placement.id)


async def add_all(
    tx: Transaction, made: Sequence[Placement], first: Callable[[Placement], PlacementStep]
) -> None:
    """Add many placements, a table at a time, each with the first step of its history."""
    await tx.do(_ADD, rows=[row_of(each) for each in made])
    await tx.do(_ADD_STEPS, rows=[_step_row(tx, None, each, first(each)) for each in made])


async def save(
    tx: Transaction, before: Placement, after: Placement, step: PlacementStep | None = None
) -> Placement:
    """Save a changed placement under its next version; gives it back with the database's times."""
    row = {**row_of(after), "version": before.version + 1}
    if not await tx.do(_SAVE, rows=[row], **own_care(tx)):
        raise NOT_FOUND()
    if step is not None:
        made = _step_row(tx, before, after, step)
        await tx.do(_ADD_STEPS, rows=[{**made, "version": before.version + 1}])
    return await get(tx, before.id)


async def save_all(tx: Transaction, changed: Sequence[Placement]) -> None:
    """Save many placements of the caller's own, each under the version that it carries; none of them has moved."""
    if await tx.do(_SAVE, rows=[row_of(each) for each in changed], **own_care(tx)) != len(changed):
        raise NOT_FOUND()


def row_of(placement: Placement) -> dict[str, Any]:
    """The row of a placement, in the columns of its table."""
    row = {
        each.name: getattr(placement, each.name, None) for each in placements.c if each.name not in _CLOCKED
    }
    cost, site = placement.weekly_cost, placement.provider_site
    return {
        **row,
        "service_key": fold_key(placement.service),
        "weekly_cost_pence": cost.amount_pence,
        "weekly_cost_status": cost.status,
        "weekly_cost_qualifier": cost.qualifier,
        "site_name": site.name,
        "site_area_code": site.area_code,
    }


def placement_of(row: Mapping[str, Any]) -> Placement:
    made = {
        **dict(row.items()),
        "controller_organisation_id": row["owner_organisation_id"],
        "weekly_cost": {
            "amount_pence": row["weekly_cost_pence"],
            "status": row["weekly_cost_status"],
            "qualifier": row["weekly_cost_qualifier"],
        },
        "provider_site": {"name": row["site_name"], "area_code": row["site_area_code"]},
    }
    return msgspec.convert(made, Placement)


def _step_row(
    tx: Transaction, before: Placement | None, after: Placement, step: PlacementStep
) -> dict[str, Any]:
    return {
        "placement_id": after.id,
        "version": after.version,
        "owner_organisation_id": after.owner_organisation_id,
        "move": step.move,
        "from_state": None if before is None else before.state,
        "to_state": after.state,
        "holds_from": step.on,
        "reason": step.reason,
        "next_review": step.next_review,
        "organisation_id": tx.caller.organisation_id,
        "client_id": tx.caller.client_id,
        "person": tx.caller.person,
    }


def step_of(row: Mapping[str, Any]) -> KeptPlacementStep:
    made = {name: value for name, value in row.items() if name not in ("holds_from", "organisation_id")}
    return msgspec.convert({**made, "on": row["holds_from"]}, KeptPlacementStep)
