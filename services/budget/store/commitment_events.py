"""What a commitment's moves tell, and to whom."""

from __future__ import annotations

from services.budget.rules.commitment import Commitment, Move
from services.budget.rules.headroom import LineFunds
from services.budget.rules.line import Arrangement
from shared.audit import Change


def told(commitment: Commitment, move: Move, line: LineFunds) -> Change:
    """To the parties of the pool, where the line is pooled; to its owner alone where it is not."""
    return Change(
        what=f"commitment_{move.kind.value}",
        thing="commitment",
        thing_id=commitment.id,
        owner_organisation_id=commitment.owner_organisation_id,
        partnership_id=commitment.partnership_id,
        readers=tuple(sorted(line.party_ids)) if line.arrangement is Arrangement.POOLED else (),
        facts={"line_id": str(commitment.line_id), "level": commitment.level.value},
    )
