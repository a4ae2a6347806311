"""Whether what a decision is on exists, for what this service keeps."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules.decision import Subject
from shared.db import Prepared, Transaction


def _asked(*tables: str) -> Prepared:
    there = " or ".join(
        f"exists (select from {table} where id = $1 and partnership_id = $2)" for table in tables
    )
    return Prepared(f"select {there} as there", ("id", "partnership_id"), {})


# The gateway asks the contracts service after contracts and variations; a business case is nobody's record.
_ASKED = {
    Subject.AGREEMENT: _asked("agreements"),
    Subject.VIREMENT: _asked("virements"),
    Subject.SETTLEMENT: _asked("settlements"),
}


async def exists(tx: Transaction, subject: Subject, subject_id: UUID, partnership_id: UUID) -> bool:
    """Whether it is there and the caller may see it; true for what another service keeps."""
    asked = _ASKED.get(subject)
    if asked is None:
        return True
    row = await tx.one(asked, id=subject_id, partnership_id=partnership_id)
    return bool(row["there"])
