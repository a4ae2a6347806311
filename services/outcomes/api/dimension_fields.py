"""The dimensions of a figure, as several bodies show them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.outcomes.api.figure_fields import Label
from services.outcomes.rules.dimension import Dimensions
from shared.web.fields import Body, Code, Out

Quintile = Annotated[str, Field(pattern=r"^[1-5]$", examples=["1"])]


class FigureDimensionsIn(Body):
    """Of which category a figure is, in each dimension; what is left out is of all of it."""

    area: Code | None = Field(
        default=None, examples=["E08000002"], description="A code of an area hierarchy."
    )
    sub_area: Code | None = Field(default=None, description="A township, ward or locality within the area.")
    provider_site: Label | None = None
    age_band: Code | None = Field(default=None, examples=["65+"], pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/+-]*$")
    deprivation_quintile: Quintile | None = Field(default=None, description="1 is the most deprived fifth.")
    cohort: Label | None = Field(default=None, description="A group of people by risk; never one person.")
    theme: Label | None = Field(default=None, description="The theme of outcomes that it serves.")

    def to_dimensions(self) -> Dimensions:
        return Dimensions(**dict(self))


class FigureDimensionsOut(Out):
    """Of which category a figure is, in each dimension; null where it is of all of it."""

    area: str | None = Field(examples=["E08000002"])
    sub_area: str | None = Field(examples=["bury-east"])
    provider_site: str | None = Field(examples=["Fairfield General Hospital"])
    age_band: str | None = Field(examples=["65-74"])
    deprivation_quintile: str | None = Field(examples=["1"])
    cohort: str | None = Field(examples=["Very high risk"])
    theme: str | None = Field(examples=["Prevention and positive lives"])
