"""Who may set what is measured: commissioners of the partnership, and what hangs on an indicator its keeper."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from services.outcomes.rules.indicator import Indicator
from shared.errors import Kind, reason

NOT_KEEPER = reason(
    "indicator_not_kept_by_you",
    Kind.FORBIDDEN,
    "Baselines, targets and comparators are set by the organisation that keeps the indicator.",
)
NOT_COMMISSIONER = reason(
    "partnership_not_commissioned",
    Kind.INVALID,
    "Your organisation is no commissioner of this partnership, or there is no such partnership.",
)
INDICATOR_UNKNOWN = reason(
    "indicator_unknown", Kind.INVALID, "There is no such indicator, or it is not yours to see."
)


def check_commissioner(partnership_id: UUID, commissioned: Collection[UUID]) -> None:
    """Refuse who is no commissioner of the partnership that the record is to stand in."""
    if partnership_id not in commissioned:
        raise NOT_COMMISSIONER("/partnership_id")


NOT_YOURS_TO_AMEND = reason(
    "indicator_not_yours_to_amend",
    Kind.FORBIDDEN,
    "An indicator is amended by the organisation that keeps it. Ask it to, or define one of your own.",
)


def check_kept(indicator: Indicator, organisations: Collection[UUID]) -> Indicator:
    """The indicator, or a refusal: another organisation keeps it."""
    if indicator.owner_organisation_id not in organisations:
        raise NOT_YOURS_TO_AMEND(keeper_organisation_id=str(indicator.owner_organisation_id))
    return indicator


def check_keeper(indicator: Indicator | None, organisations: Collection[UUID]) -> Indicator:
    """The indicator, or a refusal: it is not on record for the caller, or another organisation keeps it."""
    if indicator is None:
        raise INDICATOR_UNKNOWN("/indicator_id")
    if indicator.owner_organisation_id not in organisations:
        raise NOT_KEEPER("/indicator_id", keeper_organisation_id=str(indicator.owner_organisation_id))
    return indicator
