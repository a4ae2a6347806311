"""Which pools and own lines pay for a contract, and in what shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from shared.errors import Kind, reason

FUNDING_NOT_WHOLE = reason(
    "funding_not_whole",
    Kind.INVALID,
    "The shares of the pools and own lines that fund a contract must come to 100 percent.",
)
FUNDING_SHARE_RANGE = reason(
    "funding_share_range", Kind.INVALID, "A share of a contract is above 0 and at most 100 percent."
)
FUNDING_TWICE = reason(
    "funding_twice",
    Kind.INVALID,
    "This pool or these own lines, this body and funding source stand twice. Add their shares up in one line.",
)

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class FundingLine:
    """A share of a contract's cost that a pool bears, or a body from lines of its own books, which are in no pool.
    `organisation_id` is the body whose money it is."""

    pool_id: UUID | None
    organisation_id: UUID
    share_percent: Decimal
    funding_source: str | None = None


def check_funding(lines: Sequence[FundingLine]) -> None:
    """No lines, or lines that come to exactly 100 percent (S1-C06): a single budget pays for the whole."""
    seen: set[tuple[UUID | None, UUID, str | None]] = set()
    for at, line in enumerate(lines):
        if not 0 < line.share_percent <= WHOLE:
            raise FUNDING_SHARE_RANGE(f"/funding/{at}/share_percent")
        key = (line.pool_id, line.organisation_id, line.funding_source)
        if key in seen:
            raise FUNDING_TWICE(f"/funding/{at}")
        seen.add(key)
    whole = sum((line.share_percent for line in lines), Decimal(0))
    if lines and whole != WHOLE:
        raise FUNDING_NOT_WHOLE("/funding", sum_percent=str(whole), out_by_percent=str(whole - WHOLE))
