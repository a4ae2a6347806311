"""High-cost packages: from which weekly cost an organisation reviews a package apart, since when (S1-C05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.errors import Kind, reason

THRESHOLD_USED = reason(
    "high_cost_threshold_used",
    Kind.CONFLICT,
    "Your organisation has a threshold from this day on already. Give another day.",
)


@dataclass(frozen=True, slots=True)
class HighCostThreshold:
    """From `holds_from` on a package of this weekly cost or more is high cost, until the next threshold holds."""

    id: UUID
    owner_organisation_id: UUID
    holds_from: date
    weekly_cost_pence: int
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HighCostPlacement:
    """A package in care at or above the threshold, with its review. `review_overdue`: due before the day asked for.

    A package whose review nobody dated is on the list as one whose review is missing, and not as one in time.
    """

    placement_id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    provider_organisation_id: UUID
    reference: str
    service: str
    weekly_cost_pence: int
    threshold_pence: int
    out_of_area: bool | None
    review_date: date | None
    review_missing: bool
    review_overdue: bool
