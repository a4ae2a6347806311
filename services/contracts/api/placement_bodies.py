"""What is sent about a placement, and how placements and their steps are answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from services.contracts.rules.placement import NO_SITE, FundingType, Placement, ProviderSite, RateUnit
from services.contracts.rules.placement_life import (
    PlacementEndReason,
    PlacementMove,
    PlacementState,
    PlacementSuspensionReason,
    ReviewOutcome,
)
from shared.money import NOT_STATED
from shared.web.fields import Body, Code, Day, Measure, MoneyIn, MoneyOut, Out, Paragraph, Title

MOST_OUTCOMES = 20
_UNKNOWN_COST = MoneyIn(amount_pence=None, status=NOT_STATED.status)


def _area(code: str) -> str:
    if len(code) != 9 or not (
        code[0].isalpha() and code[0].isupper() and code[1:].isascii() and code[1:].isdigit()
    ):
        raise ValueError(
            "Write the area's nine-character code of the Office for National Statistics, like E06000026."
        )
    return code


AreaCode = Annotated[str, Field(max_length=9, examples=["E06000026"]), AfterValidator(_area)]


class ProviderSiteIn(Body):
    """Where the care is given, and in which area that is."""

    name: Title | None = None
    area_code: AreaCode | None = None

    def to_thing(self) -> ProviderSite:
        return ProviderSite(self.name, self.area_code)


def _without_defaults(schema: dict[str, Any]) -> None:
    """What is left out stays as it is, so the document names no default that a client would send."""
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class PlacementChange(Body):
    """What changes; what is left out stays. A list that is sent replaces the list that is there."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    reference: Code = Field(default="", examples=["PL-2015-0042"])
    person_reference: Code = Field(
        default="", examples=["P-7F3A"], description="Your pseudonym for the person, and never a name."
    )
    service: Title = Field(default="", examples=["Residential care, older people"])
    unit: RateUnit = Field(default=RateUnit.WEEK, examples=["week"])
    unit_rate: Measure | None = Field(default=None, description="Pounds for one unit.", examples=["812.50"])
    units_per_week: Measure | None = Field(default=None, examples=["1"])
    weekly_cost: MoneyIn = Field(
        default=_UNKNOWN_COST, description="Left out: rate times units a week, where both are known."
    )
    funding_type: FundingType = Field(default=FundingType.NOT_STATED, examples=["joint"])
    start_date: Day | None = Field(default=None, examples=["2015-04-06"])
    review_date: Day | None = Field(default=None, examples=["2015-10-06"])
    end_date: Day | None = Field(default=None, examples=["2016-04-05"])
    outcomes_expected: list[Paragraph] = Field(
        default=[], max_length=MOST_OUTCOMES, examples=[["Lives in a home of one's own"]]
    )
    provider_site: ProviderSiteIn = Field(default=ProviderSiteIn())
    responsible_area_code: AreaCode | None = None
    keep_until: Day = Field(
        default=date(2199, 12, 31), examples=["2022-04-05"], description="The last day of retention."
    )

    def to_changes(self) -> dict[str, Any]:
        """The fields that were sent, as the rules know them."""
        return {name: self._thing(name) for name in self.model_fields_set}

    def _thing(self, name: str) -> Any:
        value = getattr(self, name)
        if name == "weekly_cost":
            return value.to_money("/weekly_cost")
        if name == "provider_site":
            return value.to_thing()
        return tuple(value) if name == "outcomes_expected" else value


class PlacementIn(PlacementChange):
    """A placement to record: planned, or active where it runs already."""

    contract_id: UUID
    provider_organisation_id: UUID
    reference: Code = Field(examples=["PL-2015-0042"])
    person_reference: Code = Field(
        examples=["P-7F3A"], description="Your pseudonym for the person, and never a name."
    )
    service: Title = Field(examples=["Residential care, older people"])
    unit: RateUnit = Field(examples=["week"])
    keep_until: Day = Field(examples=["2022-04-05"], description="The last day of retention.")
    state: PlacementState = Field(default=PlacementState.PLANNED, description="planned or active")

    def to_draft(self, placement_id: UUID, owner: UUID) -> Placement:
        made = {"provider_site": NO_SITE, **self.to_changes()}
        return Placement(id=placement_id, owner_organisation_id=owner, **made)


class PlacementActivationIn(Body):
    """The care begins `on` a day."""

    on: Day = Field(examples=["2015-04-06"])


class PlacementReviewIn(Body):
    """The placement was reviewed `on` a day."""

    on: Day = Field(examples=["2015-10-06"])
    outcome: ReviewOutcome = Field(examples=["continues"])
    next_review: Day = Field(examples=["2016-04-06"])


class PlacementSuspensionIn(Body):
    """The placement rests from a day."""

    on: Day = Field(examples=["2015-11-01"])
    reason: PlacementSuspensionReason = Field(examples=["in_hospital"])


class PlacementResumptionIn(Body):
    """The placement goes on from a day."""

    on: Day = Field(examples=["2015-11-15"])


class PlacementEndIn(Body):
    """The placement is over. `on` is its last day."""

    on: Day = Field(examples=["2016-03-31"])
    reason: PlacementEndReason = Field(examples=["outcomes_met"])


class ProviderSiteOut(Out):
    """Where the care is given."""

    name: str | None
    area_code: str | None


class PlacementOut(Out):
    """A placement, to its commissioner and, once it began, to its provider."""

    id: UUID
    contract_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    controller_organisation_id: UUID = Field(description="Who answers for what is kept of the person.")
    provider_organisation_id: UUID
    reference: str | None = Field(description="Null once it was disposed of.")
    person_reference: str | None
    service: str = Field(examples=["Residential care, older people"])
    unit: RateUnit
    unit_rate: str | None = Field(examples=["812.50"])
    units_per_week: str | None = Field(examples=["1"])
    weekly_cost: MoneyOut
    funding_type: FundingType
    start_date: Day | None
    review_date: Day | None
    end_date: Day | None
    outcomes_expected: list[str] = Field(examples=[["Lives in a home of one's own"]])
    provider_site: ProviderSiteOut
    responsible_area_code: str | None
    out_of_area: bool | None = Field(description="Null where the two areas cannot tell.")
    keep_until: Day
    state: PlacementState
    reviewed_on: Day | None
    ended_on: Day | None
    end_reason: str | None
    disposed_on: Day | None
    missing: list[str] = Field(
        description="The parts of a full placement that are not on record.", examples=[["review_date"]]
    )
    version: int
    recorded_at: datetime
    changed_at: datetime


class PlacementsOut(Out):
    """A page of placements."""

    items: list[PlacementOut]
    next: str | None


class PlacementStepOut(Out):
    """A move in a placement's life, and who recorded it when."""

    placement_id: UUID
    version: int = Field(description="The placement's version after this move.")
    owner_organisation_id: UUID
    move: PlacementMove
    from_state: PlacementState | None
    to_state: PlacementState
    on: Day | None
    reason: str | None
    next_review: Day | None
    client_id: UUID
    person: str | None = Field(description="For whom the client said that it acts.")
    recorded_at: datetime


class PersonRecordsOut(Out):
    """All that is kept under one pseudonym by its controller."""

    controller_organisation_id: UUID
    person_reference: str = Field(examples=["P-7F3A"])
    placements: list[PlacementOut]
    steps: list[PlacementStepOut]
