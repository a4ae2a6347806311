"""Proof over the log of reads: each batch is still what the audit said of it when it was logged."""

from __future__ import annotations

from hashlib import sha256
from itertools import groupby

from services.gateway.rules.read_batch import lines_of
from services.gateway.store.reads import Read
from shared.chain_proof import Proof, proof
from shared.db import Prepared, Row, Transaction

_SAID = Prepared("select thing_id, facts from audit_events where what = 'reads_logged'", (), {})
_READS = Prepared("select * from reads order by batch_id", (), {})
NAME = "every batch of logged reads is what the audit says"


async def prove_reads(tx: Transaction) -> list[Proof]:
    """One proof: batches that are gone, that nobody announced, or in which a read was changed, added or dropped."""
    said = {row["thing_id"]: row["facts"]["sha256"] for row in await tx.all(_SAID)}
    found = {
        batch: sha256(lines_of(map(_read, rows)).encode()).hexdigest()
        for batch, rows in groupby(await tx.all(_READS), key=lambda row: row["batch_id"])
    }
    return [
        proof(
            NAME,
            [
                f"{batch}: {'changed' if batch in said and batch in found else 'gone or never announced'}"
                for batch in sorted({*said, *found})
                if said.get(batch) != found.get(batch)
            ],
        )
    ]


def _read(row: Row) -> Read:
    return Read(**{name: row[name] for name in Read.__dataclass_fields__})
