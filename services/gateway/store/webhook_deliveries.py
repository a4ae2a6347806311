"""Deliveries to webhooks: what is on its way, and how far each webhook was told of each feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, or_, select

from services.gateway.rules.webhook import Delivery, DeliveryState, Webhook
from services.gateway.store.webhook_tables import webhook_deliveries as table
from shared.db import Prepared, Row, Transaction, prepare
from shared.keyset import After, Pages, Within

_COLUMNS = tuple(Delivery.__dataclass_fields__)
_OF = (
    table.c.webhook_id == bindparam("webhook_id", type_=Uuid),
    table.c.owner_organisation_id == bindparam("own", type_=Uuid),
)
_SELECT = select(*(table.c[name] for name in _COLUMNS)).where(*_OF)
_STATE = bindparam("state", type_=Text)
_PAGES = Pages(
    _SELECT.where(or_(_STATE.is_(None), table.c.state == _STATE)),
    table.c.recorded_at,
    table.c.id,
    updated=table.c.updated_at,
)
_LOCK = prepare(_SELECT.where(table.c.id == bindparam("id", type_=Uuid)).with_for_update())
_GET = prepare(_SELECT.where(table.c.id == bindparam("id", type_=Uuid)))
_SAVE = Prepared(
    "update webhook_deliveries set state = $2, attempts = $3, last_status = $4, last_error = $5, version = $6,"
    " queued = $7, attempted_at = case when $8 then clock_timestamp() else attempted_at end where id = $1",
    ("id", "state", "attempts", "last_status", "last_error", "version", "queued", "attempted"),
    {},
)
_PLACE = Prepared(
    "select position from webhook_places where webhook_id = $1 and service = $2",
    ("webhook_id", "service"),
    {},
)
_START = Prepared(
    "insert into webhook_places (webhook_id, service, owner_organisation_id, position) values ($1, $2, $3, $4)"
    " on conflict (webhook_id, service) do nothing",
    ("webhook_id", "service", "own", "position"),
    {},
)
# Whoever dispatched from the same place before has moved it, and then nothing is added a second time.
_GO_ON = Prepared(
    "update webhook_places set position = $4 where webhook_id = $1 and service = $2 and position = $3",
    ("webhook_id", "service", "place", "position"),
    {},
)
_ADD = Prepared(
    "insert into webhook_deliveries (webhook_id, owner_organisation_id, service, position, type)"
    " select $1, $2, $3, one.* from unnest($4::bigint[], $5::text[]) one",
    ("webhook_id", "own", "service", "positions", "types"),
    {},
)
_TO_MAKE = Prepared("select webhook_id, told_client_id from delivery_to_make($1)", ("id",), {})


async def page(
    tx: Transaction, webhook_id: UUID, state: str | None, within: Within, limit: int, after: After
) -> list[Delivery]:
    rows = await _PAGES.read(
        tx, limit, after, within, webhook_id=webhook_id, own=tx.caller.organisation_id, state=state
    )
    return [_delivery(row) for row in rows]


async def lock(tx: Transaction, webhook_id: UUID, delivery_id: UUID) -> Delivery:
    row = await tx.one(_LOCK, webhook_id=webhook_id, own=tx.caller.organisation_id, id=delivery_id)
    return _delivery(row)


async def get(tx: Transaction, webhook_id: UUID, delivery_id: UUID) -> Delivery:
    row = await tx.one(_GET, webhook_id=webhook_id, own=tx.caller.organisation_id, id=delivery_id)
    return _delivery(row)


async def save(tx: Transaction, delivery: Delivery, *, queued: bool, attempted: bool) -> None:
    """The delivery as it stands; `attempted` stamps the time, and one that is not `queued` is queued anew."""
    await tx.do(
        _SAVE,
        id=delivery.id,
        state=delivery.state.value,
        attempts=delivery.attempts,
        last_status=delivery.last_status,
        last_error=delivery.last_error,
        version=delivery.version,
        queued=queued,
        attempted=attempted,
    )


async def place(tx: Transaction, webhook_id: UUID, service: str) -> int | None:
    """How far a webhook was told of a feed; None where it was not begun."""
    row = await tx.maybe(_PLACE, webhook_id=webhook_id, service=service)
    return None if row is None else int(row["position"])


async def start(tx: Transaction, webhook: Webhook, service: str, position: int) -> None:
    """From here on. What was before is not told."""
    own = webhook.owner_organisation_id
    await tx.do(_START, webhook_id=webhook.id, service=service, own=own, position=position)


async def dispatch(
    tx: Transaction,
    webhook: Webhook,
    service: str,
    places: tuple[int, int],
    events: Sequence[tuple[int, str]],
) -> bool:
    """Add a delivery for each event and go on from one place to another; False where somebody else already did."""
    moved = await tx.do(_GO_ON, webhook_id=webhook.id, service=service, place=places[0], position=places[1])
    if moved and events:
        await tx.do(
            _ADD,
            webhook_id=webhook.id,
            own=webhook.owner_organisation_id,
            service=service,
            positions=[position for position, _ in events],
            types=[type_ for _, type_ in events],
        )
    return bool(moved)


async def to_make(tx: Transaction, delivery_id: UUID) -> tuple[UUID, UUID] | None:
    """The webhook of a delivery and the client in whose name it is made."""
    row = await tx.maybe(_TO_MAKE, id=delivery_id)
    return None if row is None else (row["webhook_id"], row["told_client_id"])


def recorded(delivery: Delivery) -> tuple[datetime, UUID]:
    return delivery.recorded_at, delivery.id


def _delivery(row: Row) -> Delivery:
    values = {name: row[name] for name in _COLUMNS}
    return Delivery(**{**values, "state": DeliveryState(row["state"])})
