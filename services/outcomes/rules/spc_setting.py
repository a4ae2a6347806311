"""How the chart of a series is to be read: from which days new limits hold and why, and on which points they rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.reporting_period import period_on
from services.outcomes.rules.spc import FEWEST_FROZEN, MOST_POINTS
from shared.errors import Kind, reason

SETTINGS_STALE = reason(
    "spc_settings_stale",
    Kind.CONFLICT,
    "Other settings hold for this chart by now. Read them, and name them as those that yours replace.",
)
REBASINGS_DISORDERED = reason(
    "spc_rebasings_disordered", Kind.INVALID, "Put the days of rebasing in order of time, each named once."
)
REBASE_NOT_FIRST_DAY = reason(
    "spc_rebase_not_first_day",
    Kind.INVALID,
    "New limits hold from the first day of a period of this indicator. Name that day.",
)
FREEZE_OUT_OF_RANGE = reason(
    "spc_freeze_out_of_range",
    Kind.INVALID,
    "Limits can be frozen on the first 12 to 500 points of a stretch.",
)


class BreakKind(StrEnum):
    """Why figures before and after a day are not of one process."""

    PROCESS_CHANGE = "process_change"
    BOUNDARY_CHANGE = "boundary_change"
    ORGANISATION_CHANGE = "organisation_change"
    DEFINITION_CHANGE = "definition_change"


@dataclass(frozen=True, slots=True)
class Rebasing:
    """A day from which new limits hold: the first day of a period, what happened, and the reason in words."""

    on: date
    kind: BreakKind
    reason: str


@dataclass(frozen=True, slots=True)
class SpcSettings:
    """One edition of the settings of a chart; an edition stays as it was set, and the newest holds.

    Without a contract they hold for the indicator throughout the partnership. `frozen_after` counts the points of
    a stretch on which its limits rest; None: all. `reason` says why the settings are as they are.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    indicator_id: UUID
    contract_id: UUID | None
    edition: int
    replaces_id: UUID | None
    rebasings: tuple[Rebasing, ...]
    frozen_after: int | None
    reason: str
    set_by_organisation_id: UUID
    set_by_client_id: UUID
    recorded_at: datetime | None = None


def check_settings(asked: SpcSettings, indicator: Indicator) -> None:
    """Refuse settings that no chart of the indicator could follow."""
    for index, each in enumerate(asked.rebasings):
        first = period_on(indicator.frequency, each.on).first_day
        if each.on != first:
            raise REBASE_NOT_FIRST_DAY(f"/rebasings/{index}/on", first_day=first)
    for index, (earlier, later) in enumerate(pairwise(asked.rebasings)):
        if later.on <= earlier.on:
            raise REBASINGS_DISORDERED(f"/rebasings/{index + 1}/on")
    frozen = asked.frozen_after
    if frozen is not None and not FEWEST_FROZEN <= frozen <= MOST_POINTS:
        raise FREEZE_OUT_OF_RANGE("/frozen_after", fewest=FEWEST_FROZEN, most=MOST_POINTS)


def next_edition(replaces_id: UUID | None, holding: SpcSettings | None) -> int:
    """The number of the next edition; refuses one that was decided on others than those that hold."""
    current = None if holding is None else holding.id
    if replaces_id != current:
        raise SETTINGS_STALE("/replaces_id", holding_id=None if current is None else str(current))
    return 1 if holding is None else holding.edition + 1


def settings_in_force(found: Collection[SpcSettings], contracts: Collection[UUID]) -> SpcSettings | None:
    """Of the newest edition of each series the one that holds: of the contract alone that is charted, or of all."""
    own = [each for each in found if len(contracts) == 1 and each.contract_id in contracts]
    return _newest(own) or _newest([each for each in found if each.contract_id is None])


def _newest(found: Sequence[SpcSettings]) -> SpcSettings | None:
    return max(found, key=lambda each: each.edition, default=None)
