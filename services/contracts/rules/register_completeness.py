"""How complete a register is: of how many running contracts each operational detail is on record (S5-C09)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID


class Area(StrEnum):
    """What kind of detail: who looks after it, the contract itself, what it costs, what systems match it by."""

    STAFFING = "staffing"
    CONTRACTS = "contracts"
    COSTS = "costs"
    SYSTEMS = "systems"


# Every detail with its area. Known is not the same as agreed: `tbc` and `not_stated` count as missing.
DETAILS: dict[str, Area] = {
    "responsible_post": Area.STAFFING,
    "review_date": Area.STAFFING,
    "start_date": Area.CONTRACTS,
    "end_known": Area.CONTRACTS,
    "notice_period": Area.CONTRACTS,
    "modification_regime": Area.CONTRACTS,
    "category": Area.CONTRACTS,
    "indicator": Area.CONTRACTS,
    "value": Area.COSTS,
    "funding": Area.COSTS,
    "provider_in_directory": Area.SYSTEMS,
    "provider_public_number": Area.SYSTEMS,
}


@dataclass(frozen=True, slots=True)
class Detail:
    """One detail: on record for `known` of the contracts. `percent` is to one place, None where there are none."""

    name: str
    area: Area
    known: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class RegisterCompleteness:
    """The register's completeness, by detail and by area. `complete` contracts have every detail."""

    partnership_id: UUID
    contracts: int
    complete: int
    details: tuple[Detail, ...]
    areas: Mapping[Area, Decimal | None]


def measure(
    partnership_id: UUID, contracts: int, complete: int, known: Mapping[str, int]
) -> RegisterCompleteness:
    """The completeness from counts. An area's figure is the mean of its details."""
    details = tuple(
        Detail(name, area, known[name], _percent(known[name], contracts)) for name, area in DETAILS.items()
    )
    areas = {}
    for area in Area:
        of_area = [each.known for each in details if each.area is area]
        areas[area] = _percent(sum(of_area), contracts * len(of_area))
    return RegisterCompleteness(partnership_id, contracts, complete, details, areas)


def _percent(part: int, whole: int) -> Decimal | None:
    if whole == 0:
        return None
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
