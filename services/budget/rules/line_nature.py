"""What kind of money a line is: its source, whom it serves, how it is delivered, and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from services.budget.rules.funding_source import CORE_BUDGET, read_funding_source
from services.budget.rules.ring_fence import RingFence, fence


class AllocationBasis(StrEnum):
    """For whose needs the money was allocated (S5-B07): a practice's patients, or who lives in the area."""

    REGISTERED = "registered_population"
    RESIDENT = "resident_population"


class Recurrence(StrEnum):
    """Whether the money comes again next year (S4-B08)."""

    RECURRENT = "recurrent"
    ONE_OFF = "one_off"


class Spending(StrEnum):
    """Money for running services, or for what lasts. Limits of delegation ask about it."""

    REVENUE = "revenue"
    CAPITAL = "capital"


class DeliveryMode(StrEnum):
    """Bought from others, or done by the owner's own staff (S1-C12)."""

    COMMISSIONED = "commissioned"
    IN_HOUSE = "in_house"


class PersonalBudget(StrEnum):
    """Money that a person directs (S5-B11)."""

    PERSONAL_HEALTH_BUDGET = "personal_health_budget"
    PERSONAL_SOCIAL_CARE_BUDGET = "personal_social_care_budget"
    INTEGRATED = "integrated_personal_budget"


class Coverage(StrEnum):
    """Whether finance, business support and commissioning support are in the figure (S2-B20)."""

    FULL = "full"
    OVERHEADS_NOT_INCLUDED = "overheads_not_yet_included"


class Purpose(StrEnum):
    """What the money is set aside for (S3-B04)."""

    SERVICE = "service"
    PRIORITY = "priority_allocation"
    INCENTIVE = "incentive"


@dataclass(frozen=True, slots=True)
class Nature:
    """A line's kind of money. What nobody said is None, and is not guessed.

    `priority` names what a priority allocation or an incentive is for.
    """

    funding_source: str = CORE_BUDGET
    recurrence: Recurrence | None = None
    spending: Spending | None = None
    allocation_basis: AllocationBasis | None = None
    delivery_mode: DeliveryMode | None = None
    personal_budget: PersonalBudget | None = None
    coverage: Coverage | None = None
    purpose: Purpose = Purpose.SERVICE
    priority: str | None = None
    ring_fence: RingFence | None = None


PLAIN = Nature()


def read_nature(nature: Nature) -> Nature:
    """The nature with its source as a known code and with what that source's grant demands."""
    source = read_funding_source(nature.funding_source)
    return replace(nature, funding_source=source, ring_fence=fence(source, nature.ring_fence))
