"""Questions about what was on record at an instant: only of a past that can no longer change."""

from __future__ import annotations

from datetime import datetime

from shared.errors import Kind, reason

NOT_SETTLED = reason(
    "as_recorded_not_settled",
    Kind.CONFLICT,
    "The records of that instant are not settled yet. Ask again in a moment, or for an earlier instant.",
)


def require_settled(instant: datetime, settled_until: datetime) -> None:
    """Refuse an instant at which something may still be recorded, so that an answer never changes later."""
    if instant > settled_until:
        raise NOT_SETTLED("?as_recorded", retry_after=1, settled_until=settled_until)
