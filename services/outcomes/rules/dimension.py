"""What a figure is of, besides its indicator: place, site, age band, fifth of deprivation, cohort, theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from shared.errors import Kind, reason

SMALLEST_COHORT = 5  # people: a profile of fewer is one of persons, not of a group

DIMENSION_NOT_ONE = reason(
    "breakdown_dimension_missing",
    Kind.INVALID,
    "A breakdown says which category of a dimension it is of, such as the fifth of deprivation or the age band.",
)
COHORT_OF_PERSONS = reason(
    "cohort_of_persons",
    Kind.INVALID,
    "Risk profiles are held for groups of at least 5 people, never for a person. Join the cohort with another, or "
    "report it as suppressed.",
)
COHORT_UNCOUNTED = reason(
    "cohort_uncounted",
    Kind.INVALID,
    "An indicator about a risk cohort counts people: say counts_people, so that small groups are never shown.",
)


class Dimension(StrEnum):
    """Along what figures are read apart."""

    AREA = "area"
    SUB_AREA = "sub_area"
    PROVIDER_SITE = "provider_site"
    AGE_BAND = "age_band"
    DEPRIVATION_QUINTILE = "deprivation_quintile"
    COHORT = "cohort"
    THEME = "theme"


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The category in each dimension; None where the figure is of all of it.

    `area` and `sub_area` are codes of an area hierarchy (a GSS code; a township), `deprivation_quintile` is 1 (most
    deprived) to 5, `theme` the outcome theme that the indicator serves.
    """

    area: str | None = None
    sub_area: str | None = None
    provider_site: str | None = None
    age_band: str | None = None
    deprivation_quintile: str | None = None
    cohort: str | None = None
    theme: str | None = None

    @property
    def place(self) -> str | None:
        """The smallest area that is named."""
        return self.sub_area or self.area

    def along(self, dimension: Dimension) -> str | None:
        """The category in one dimension."""
        found: str | None = getattr(self, dimension.value)
        return found

    def over(self, other: Dimensions) -> Dimensions:
        """These categories, and the other's where these say nothing."""
        if self is ALL or other is ALL:
            return other if self is ALL else self
        return Dimensions(
            **{each.name: getattr(self, each.name) or getattr(other, each.name) for each in fields(self)}
        )

    def kept(self) -> dict[str, str]:
        """The categories that are named, as they are stored."""
        return {each.name: found for each in fields(self) if (found := getattr(self, each.name)) is not None}


ALL = Dimensions()


def read_dimensions(kept: Mapping[str, str] | None) -> Dimensions:
    """Dimensions from what `kept` gave."""
    return Dimensions(**kept) if kept else ALL
