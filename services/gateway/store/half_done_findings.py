"""Changes that were found half done: who has to be told, and that it was told."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.gateway.rules.joint_change import JointChange
from shared.db import Prepared, Transaction

_LOOK = Prepared("select joint_change_id, begun_by from half_done_changes($1, $2)", ("age", "most"), {})
_ADD = Prepared(
    "insert into half_done_findings (joint_change_id, change_version, owner_organisation_id) values ($1, $2, $3)"
    " on conflict do nothing",
    ("change", "version", "owner"),
    {},
)


async def look(tx: Transaction, age: timedelta, most: int) -> list[tuple[UUID, UUID]]:
    """Changes of all organisations that nobody has moved on for so long and of which nobody was told, with who began
    each; the oldest first."""
    return [(row["joint_change_id"], row["begun_by"]) for row in await tx.all(_LOOK, age=age, most=most)]


async def add(tx: Transaction, change: JointChange) -> bool:
    """Keep that a change was found at this version. False where it was found before."""
    values = {"change": change.id, "version": change.version, "owner": change.owner_organisation_id}
    return await tx.do(_ADD, **values) > 0
