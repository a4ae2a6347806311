"""What a succession did to the books: how many of each thing went over, and what a person should look at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that the succession left as it was, or that needs a person's eye."""

    thing: str
    thing_id: UUID
    detail: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts and remarks, which fill while a succession is applied."""

    counts: Counter[str] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SuccessionReport:
    """What was done; `succession_id` is null for a preview."""

    succession_id: UUID | None
    counts: dict[str, int]
    remarks: tuple[Remark, ...]


COUNTED = ("agreements", "pools", "accounts", "lines", "contributions", "commitments", "journals")
STILL_SIGNING = "It was not yet signed by all parties, so its parties were left. Amend it, or withdraw it and draft it anew."
ONE_PARTY_LEFT = "All its parties have become one body, so its parties were left. Wind it up."
STILL_OPEN = "It names a predecessor and is not posted. Withdraw it and propose it for the successor."
NAMES_PREDECESSOR = "It names a predecessor. Record the scheme of the pool anew, from the succession on."
LIMITS_END = "Limits of delegation of a predecessor do not bind its successor. Set the successor's own."


def report(succession_id: UUID | None, tally: Tally) -> SuccessionReport:
    counts = {name: tally.counts[name] for name in COUNTED}
    return SuccessionReport(succession_id, counts, tuple(tally.remarks))
