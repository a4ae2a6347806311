"""Rows that tests of transactions put down and look for: events, which every schema has."""

import uuid

from shared.db import Prepared, Transaction

ADD = Prepared(
    "insert into events (what, thing, thing_id, owner_organisation_id) values ('planted', $1, $2, $3)",
    ("thing", "id", "owner"),
    {},
)
MINE = Prepared("select thing_id, owner_organisation_id from events where what = 'planted'", (), {})
BY_ID = Prepared("select thing_id from events where thing_id = $1", ("id",), {})


async def add(tx: Transaction, owner: uuid.UUID, id_: uuid.UUID | None = None) -> None:
    await tx.do(ADD, thing="test", id=id_ or uuid.uuid4(), owner=owner)


def fail() -> None:
    """What goes wrong in the middle of something."""
    raise LookupError
