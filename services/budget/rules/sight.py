"""Which partners may hear of a partner's money besides its owner."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules.agreement import Agreement, State
from services.budget.rules.line import Arrangement

BINDING = frozenset({State.IN_FORCE, State.WINDING_UP, State.CLOSED})


def readers(arrangement: Arrangement, owner: UUID, agreement: Agreement | None) -> tuple[UUID, ...]:
    """The parties, for pooled money and for shadow that its owner opened or the agreement in force opens.

    An aligned line is heard of by nobody else.
    """
    if agreement is None or arrangement is Arrangement.ALIGNED:
        return ()
    opened = owner in agreement.shadow_consents or agreement.state in BINDING
    if arrangement is Arrangement.SHADOW and not opened:
        return ()
    return tuple(party.organisation_id for party in agreement.terms.parties)
