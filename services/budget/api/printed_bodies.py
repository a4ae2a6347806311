"""Bodies of figures as a paper prints them, and of what an audit of them finds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.budget.rules.appraisal import MOST_YEARS, Timing
from services.budget.rules.printed import (
    Capped,
    LikelyCause,
    Part,
    Printed,
    PrintedVerdict,
    Returns,
    Scaled,
    Sum,
)
from shared.money import Scale
from shared.web.fields import Body, Measure, Out, Pence, Title

_MOST = 50
_Count = Annotated[int, Field(ge=0, le=1_000)]


class PrintedReturnsIn(Body):
    """A block of return-on-investment figures as printed, in the scale that its heading claims."""

    label: Title = Field(examples=["Return on investment"])
    scale: Scale
    savings: Measure = Field(examples=["1060000"])
    expenditure: Measure = Field(examples=["340000"])
    years: Annotated[int, Field(ge=1, le=MOST_YEARS)] = Field(examples=[3])
    net: Measure | None = Field(default=None, examples=["1400000"])
    roi_percent: Measure | None = Field(default=None, examples=["211.8"])
    discounted_roi_percent: Measure | None = Field(default=None, examples=["339.2"])
    average_roi_percent: Measure | None = Field(default=None, examples=["113.1"])
    npv: Measure | None = Field(default=None, examples=["652367"])
    discount_percent: Measure | None = Field(default=None, examples=["4.5"])
    irr_percent: Measure | None = Field(default=None, examples=["619.7"])
    payback_year: _Count | None = Field(default=None, examples=[1])
    first_year_savings: Measure | None = Field(default=None, examples=["300000"])
    first_year_cost: Measure | None = Field(default=None, examples=["340000"])
    spending_pence: Pence | None = Field(
        default=None, description="What is spent in a year on what the project is about."
    )


class PartIn(Body):
    """A part printed as per cent of a whole, and how the same part is printed elsewhere."""

    label: Title = Field(examples=["Budget gap"])
    part_pence: Pence = Field(examples=[6450000000])
    percent: Measure = Field(examples=["30"])
    whole_pence: Pence | None = None
    also_printed_pence: Pence | None = Field(default=None, examples=[6500000000])
    partners_named: _Count | None = None
    partners_meant: _Count | None = None


class SumIn(Body):
    """Parts beside the whole that another place prints for them."""

    label: Title = Field(examples=["Savings of 2014/15"])
    parts_pence: list[Pence] = Field(min_length=1, max_length=200, examples=[[10000000, 20000000]])
    whole_pence: Pence = Field(examples=[32500000])


class ScaledIn(Body):
    """A figure beside the same figure in another place. Part-pennies come of a wrong unit, so it is a decimal."""

    label: Title = Field(examples=["Children's baseline"])
    printed_pence: Measure = Field(examples=["2241.7"])
    reference_pence: Pence = Field(examples=[2241731500])


class CappedIn(Body):
    """An amount beside the most that a paper's own rate allows on a base."""

    label: Title = Field(examples=["Restructure"])
    amount_pence: Pence = Field(examples=[10000000])
    base_pence: Pence = Field(examples=[162900000])
    most_percent: Measure = Field(examples=["5"])


class PrintedIn(Body):
    """Everything that an audit is to look at."""

    returns: list[PrintedReturnsIn] = Field(default_factory=list, max_length=_MOST)
    parts: list[PartIn] = Field(default_factory=list, max_length=_MOST)
    sums: list[SumIn] = Field(default_factory=list, max_length=_MOST)
    scaled: list[ScaledIn] = Field(default_factory=list, max_length=_MOST)
    capped: list[CappedIn] = Field(default_factory=list, max_length=_MOST)

    def to_printed(self) -> Printed:
        return Printed(
            tuple(Returns(**dict(each)) for each in self.returns),
            tuple(Part(**dict(each)) for each in self.parts),
            tuple(Sum(each.label, tuple(each.parts_pence), each.whole_pence) for each in self.sums),
            tuple(Scaled(**dict(each)) for each in self.scaled),
            tuple(Capped(**dict(each)) for each in self.capped),
        )


class PrintedReturnsOut(Out):
    """A block of return-on-investment figures as printed."""

    label: str
    scale: Scale
    savings: str
    expenditure: str
    years: int
    net: str | None
    roi_percent: str | None
    discounted_roi_percent: str | None
    average_roi_percent: str | None
    npv: str | None
    discount_percent: str | None
    irr_percent: str | None
    payback_year: int | None
    first_year_savings: str | None
    first_year_cost: str | None
    spending_pence: int | None


class PartOut(Out):
    """A part printed as per cent of a whole."""

    label: str
    part_pence: int
    percent: str
    whole_pence: int | None
    also_printed_pence: int | None
    partners_named: int | None
    partners_meant: int | None


class SumOut(Out):
    """Parts beside their whole."""

    label: str
    parts_pence: list[int]
    whole_pence: int


class ScaledOut(Out):
    """A figure beside the same figure in another place."""

    label: str
    printed_pence: str
    reference_pence: int


class CappedOut(Out):
    """An amount beside the most that a rate allows."""

    label: str
    amount_pence: int
    base_pence: int
    most_percent: str


class PrintedOut(Out):
    """The printed figures as they were given."""

    returns: list[PrintedReturnsOut]
    parts: list[PartOut]
    sums: list[SumOut]
    scaled: list[ScaledOut]
    capped: list[CappedOut]


class PrintedFindingOut(Out):
    """One printed figure held against what it should be, in the unit named, with the likely cause of a difference."""

    claim: str = Field(examples=["Return on investment"])
    figure: str = Field(examples=["roi"])
    unit: str = Field(examples=["percent"])
    printed: str = Field(examples=["211.8"])
    recomputed: str | None
    verdict: PrintedVerdict
    cause: LikelyCause | None
    explanation: str = Field(examples=["Net £720,000 over cost £340,000 is 211.76 %."])


class FitOut(Out):
    """Yearly flows that agree with some of the printed figures; there are others, so they prove nothing alone."""

    agrees_with: list[str] = Field(examples=[["first_year", "net", "irr"]])
    flows_pence: list[int]
    npv_start_pence: int
    npv_mid_pence: int
    npv_end_pence: int
    nearest_timing: Timing
    nearest_off_percent: str = Field(examples=["0.3"])


class AuditOut(Out):
    """What was found, figure by figure, and the flows that show what is not unique."""

    findings: list[PrintedFindingOut]
    fits: list[FitOut]
