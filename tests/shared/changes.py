"""Changes that tests of the feed and the audit write, as an action would: audit row and event in one transaction."""

import asyncio
import random
import uuid

from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import tell


def a_change(owner: uuid.UUID, what: str = "planted", thing: str = "plant", **more) -> Change:
    return Change(what, thing, more.pop("thing_id", None) or uuid.uuid4(), owner, **more)


async def write(db: Database, caller: Caller, *changes: Change) -> None:
    async with db.begin(caller, write=True) as tx:
        await tell(tx, changes)


class Late(Exception):
    """What makes a transaction roll back on purpose."""


async def write_many(db: Database, caller: Caller, total: int, chance: random.Random) -> list[uuid.UUID]:
    """Write so many changes in transactions of all sizes, some slow to commit, some rolled back. The things' ids."""
    told: list[uuid.UUID] = []
    while len(told) < total:
        size = min(chance.choice((1, 1, 2, 5, 40)), total - len(told))
        changes = [a_change(caller.organisation_id) for _ in range(size)]
        try:
            async with db.begin(caller, write=True) as tx:
                await tell(tx, changes[: size // 2])
                if chance.random() < 0.1:  # recorded early, committed late
                    await asyncio.sleep(chance.random() * 0.05)
                await tell(tx, changes[size // 2 :])
                if chance.random() < 0.05:
                    raise Late
        except Late:
            continue
        told += [each.thing_id for each in changes]
    return told
