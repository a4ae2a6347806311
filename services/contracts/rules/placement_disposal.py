"""Disposal of what is kept of persons: what goes, what stays, and the certificate (UK GDPR article 5(1)(e), 17, 30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.placement import NO_SITE, Placement
from services.contracts.rules.placement_life import PlacementState
from shared.errors import Kind, reason

MOST_AT_ONCE = 200
COPIES_DAYS = 90  # how long an answer is kept for a repeat (shared/idempotency.py)

NOT_ENDED = reason(
    "disposal_not_ended",
    Kind.CONFLICT,
    "Only what has ended is disposed of. End the placement first.",
)
DISPOSED_ALREADY = reason(
    "disposal_done", Kind.CONFLICT, "This was disposed of already; read its certificate."
)
KEPT_STILL = reason(
    "disposal_kept_still",
    Kind.CONFLICT,
    "The record is to be kept longer. Wait until its retention is over, or dispose of it on the ground of erasure.",
)
RETENTION_UNSET = reason(
    "disposal_retention_unset",
    Kind.CONFLICT,
    "The record has no retention beyond the end of care, so none is over. Name it in a disposal on the ground of erasure.",
)
AS_AT_AHEAD = reason("disposal_ahead", Kind.INVALID, "A disposal is made for today or a day that is past.")
ERASURE_UNNAMED = reason(
    "disposal_erasure_unnamed", Kind.INVALID, "For an erasure name the placements that are to go."
)
PLACEMENTS_UNKNOWN = reason(
    "disposal_placements_unknown", Kind.INVALID, "One of these placements is not there, or is not your own."
)
TOTALS_MOVED = reason(
    "disposal_moved_totals", Kind.CONFLICT, "The disposal would change a total, so nothing was disposed of."
)


class DisposalBasis(StrEnum):
    """Why records go: their retention is over, or the controller decided to erase them."""

    RETENTION_OVER = "retention_over"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True)
class PlacementDisposal:
    """The certificate: which placements no longer stand for a person, on what ground, and that their sums stay.

    `copies_gone_by` is the day by which the last answer kept for a repeat, which may hold a copy, is forgotten.
    """

    id: UUID
    owner_organisation_id: UUID
    as_at: date
    basis: DisposalBasis
    placement_ids: tuple[UUID, ...]
    placements: int
    weekly_cost_known_pence: int
    weekly_cost_unknown: int
    copies_gone_by: date
    more: bool = False
    organisation_id: UUID | None = None
    client_id: UUID | None = None
    person: str | None = None
    recorded_at: datetime | None = None


def dispose(placement: Placement, basis: DisposalBasis, as_at: date) -> Placement:
    """The placement without what stands for a person or where he or she lives; cost, service and dates stay."""
    if placement.disposed_on is not None:
        raise DISPOSED_ALREADY(placement_id=str(placement.id))
    if placement.state is not PlacementState.ENDED:
        raise NOT_ENDED(placement_id=str(placement.id), state=placement.state.value)
    if basis is DisposalBasis.RETENTION_OVER and placement.keep_until >= as_at:
        raise KEPT_STILL(placement_id=str(placement.id), keep_until=placement.keep_until.isoformat())
    if basis is DisposalBasis.RETENTION_OVER and placement.keep_until <= (placement.ended_on or date.max):
        raise RETENTION_UNSET(placement_id=str(placement.id), keep_until=placement.keep_until.isoformat())
    return replace(
        placement,
        reference=None,
        person_reference=None,
        outcomes_expected=(),
        provider_site=NO_SITE,
        responsible_area_code=None,
        disposed_on=as_at,
    )


def certificate(
    made: tuple[UUID, UUID],
    basis: DisposalBasis,
    days: tuple[date, date],
    before: Sequence[Placement],
    after: Sequence[Placement],
) -> PlacementDisposal:
    """The certificate of a disposal, or a refusal where a sum is not what it was.

    `made`: its id, and who disposes: the controller of today. `days`: as at, and today.
    """
    if _sums(before) != _sums(after) or any(each.disposed_on is None for each in after):
        raise TOTALS_MOVED()
    known, unknown = _sums(after)
    as_at, today = days
    disposal_id, controller = made
    return PlacementDisposal(
        id=disposal_id,
        owner_organisation_id=controller,
        as_at=as_at,
        basis=basis,
        placement_ids=tuple(each.id for each in after),
        placements=len(after),
        weekly_cost_known_pence=known,
        weekly_cost_unknown=unknown,
        copies_gone_by=today + timedelta(days=COPIES_DAYS),
    )


def _sums(placements: Sequence[Placement]) -> tuple[int, int]:
    known = [each.weekly_cost.amount_pence for each in placements]
    return sum(pence or 0 for pence in known), sum(pence is None for pence in known)
