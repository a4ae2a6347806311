"""What an overview and scrutiny committee is given: a frozen, dated set of views, with what is withheld named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Protocol, TypeVar
from uuid import UUID

from shared.calendar import FinancialYear
from shared.errors import Kind, reason

PACK_OF_THE_FUTURE = reason(
    "scrutiny_pack_future", Kind.INVALID, "A pack shows what is on record. It cannot be of a day to come."
)
# A pack is kept for good, so it holds no more than a committee reads.
PACK_TOO_LARGE = reason(
    "scrutiny_pack_too_large",
    Kind.CONFLICT,
    "This pack would hold more than is kept of one. Give the committee the views one by one.",
)
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ScrutinyPack:
    """A pack as it was drawn up. `content` is JSON, byte by byte as it was then; `sha256` is of these bytes."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    financial_year: str
    as_at: date
    content: bytes = b""
    sha256: str = ""
    recorded_at: datetime | None = None


class Decided(Protocol):
    """A decision: when it was made, and whether the public may read it."""

    @property
    def decided_on(self) -> date: ...

    @property
    def part(self) -> str: ...

    @property
    def exemption_paragraph(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class ExemptDecisions:
    """How many decisions of the year are exempt under a paragraph of LGA 1972, Schedule 12A. Nothing else is told."""

    exemption_paragraph: int | None
    decisions: int


def keep(pack: ScrutinyPack, content: bytes, today: date) -> ScrutinyPack:
    """The pack with what was read for it, frozen: its digest says later whether it is still the same."""
    if pack.as_at > today:
        raise PACK_OF_THE_FUTURE("/as_at", today=today)
    if len(content) > MOST_BYTES:
        raise PACK_TOO_LARGE(bytes=len(content), most_bytes=MOST_BYTES)
    return replace(pack, content=content, sha256=sha256(content).hexdigest())


D = TypeVar("D", bound=Decided)


def published(
    decisions: Iterable[D], year: FinancialYear, as_at: date
) -> tuple[tuple[D, ...], tuple[ExemptDecisions, ...]]:
    """The decisions of Part I of the year up to a day, and of Part II how many there are by paragraph."""
    made = [each for each in decisions if each.decided_on in year and each.decided_on <= as_at]
    exempt = Counter(each.exemption_paragraph for each in made if each.part != "part_1")
    return (
        tuple(each for each in made if each.part == "part_1"),
        tuple(
            ExemptDecisions(paragraph, exempt[paragraph])
            for paragraph in sorted(exempt, key=lambda one: one or 0)
        ),
    )


def finding_counts(found: Iterable[tuple[str, UUID]]) -> Mapping[str, int]:
    """Of pairs of kind and contract, how many contracts there are by kind, in the order of the kinds."""
    counted = Counter(kind for kind, _ in set(found))
    return {kind: counted[kind] for kind in sorted(counted)}
