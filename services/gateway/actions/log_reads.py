"""Record a batch of reads, and in the audit what the batch holds, so that no read can be changed unseen."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID, uuid4

from services.gateway.rules.read_batch import lines_of
from services.gateway.store import reads
from services.gateway.store.admissions import NOBODY
from services.gateway.store.reads import Read
from shared.audit import Change
from shared.db import Database
from shared.idempotency import tell


async def log_reads(db: Database, batch: Sequence[Read]) -> UUID:
    """Record reads of several organisations as one batch. Returns its id."""
    made = uuid4()
    async with db.begin(NOBODY, write=True) as tx:
        await reads.add(tx, made, batch)
        change = Change(
            what="reads_logged",
            thing="read_batch",
            thing_id=made,
            owner_organisation_id=NOBODY.organisation_id,
            facts={"reads": len(batch), "sha256": sha256(lines_of(batch).encode()).hexdigest()},
        )
        await tell(tx, [change])
    return made
