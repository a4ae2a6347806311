"""How far two commissioners have come together, as dated stages from working side by side to one new body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from shared.errors import Kind, reason

STAGES_OUT_OF_ORDER = reason(
    "integration_stages_out_of_order",
    Kind.INVALID,
    "List the integration stages in the order in which they begin, each later than the one before.",
)


class IntegrationStage(StrEnum):
    """The options of the 2014 business case: the minimum, then options 1, 2 and 3 (S1-B05)."""

    ALIGNED_MANAGEMENT = "aligned_management"  # shared line management, budgets stay separate
    POOLED_SAME_EMPLOYERS = "pooled_same_employers"  # option 1
    POOLED_ONE_EMPLOYER = "pooled_one_employer"  # option 2
    NEW_ENTITY = "new_entity"  # option 3


@dataclass(frozen=True, slots=True)
class StageFrom:
    """A stage and the day on which it begins. Planned dates are as good as past ones."""

    stage: IntegrationStage
    begins_on: date


def plan(stages: Sequence[StageFrom]) -> tuple[StageFrom, ...]:
    """The stages, if their dates rise. A step back to an earlier stage is allowed: partnerships do unwind."""
    days = [each.begins_on for each in stages]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise STAGES_OUT_OF_ORDER("/terms/stages")
    return tuple(stages)


def stage_on(stages: Sequence[StageFrom], day: date) -> IntegrationStage | None:
    """The stage that holds on a day; None before the first begins."""
    begun = [each.stage for each in stages if each.begins_on <= day]
    return begun[-1] if begun else None
