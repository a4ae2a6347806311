"""Who writes governance records of a partnership, and who changes one."""

from __future__ import annotations

from uuid import UUID

from shared.caller import Caller
from shared.errors import Kind, reason

GOVERNED_ELSEWHERE = reason(
    "governance_partnership_unknown",
    Kind.INVALID,
    "There is no such partnership, or your organisation commissions nothing in it.",
)
GOVERNED_BY_ANOTHER = reason(
    "governance_of_another",
    Kind.CONFLICT,
    "Only the organisation that entered this record changes it. Ask it to, or enter one of your own.",
)


def require_commissioner(caller: Caller, partnership_id: UUID) -> None:
    """Refuse to write in a partnership in which the caller's organisation is no commissioner."""
    if not caller.holds(partnership_id, "commissioner", "host"):
        raise GOVERNED_ELSEWHERE("/partnership_id")


def require_own(caller: Caller, owner: UUID) -> None:
    """Refuse to change another partner's record, though it can be read."""
    if owner not in caller.organisations:
        raise GOVERNED_BY_ANOTHER()
