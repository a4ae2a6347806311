"""The figure of an area for one period: as reported for it, and as its parts come to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.outcomes.rules.roll_up import RolledUp


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """`reported` is what providers report for the area itself, `rolled_up` what `areas` in it come to."""

    indicator_id: UUID
    hierarchy_id: UUID
    area_code: str
    area_name: str
    period: str
    financial_year: str | None
    financial_quarter: int | None
    reported: RolledUp | None
    rolled_up: RolledUp | None
    areas: tuple[str, ...]
