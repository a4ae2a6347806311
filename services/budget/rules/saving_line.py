"""A line of savings as it is kept: the benefit that it claims, who is credited, and how its delivery stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules.saving import Rates
from services.budget.rules.saving_terms import (
    CREDITED_TO,
    Terms,
    Version,
    after_bias,
    check_rates,
    last_change,
    ranges,
)
from shared.errors import Kind, reason
from shared.money import Total

ASSUMPTION_ORDER = reason(
    "saving_assumption_order",
    Kind.CONFLICT,
    "A new version of the rates takes effect after the one that stands.",
)
NOT_BY_RATES = reason("saving_not_by_rates", Kind.CONFLICT, "This saving is not one by rates on a base.")
NO_SUCH_MOVE = reason(
    "saving_move_refused",
    Kind.CONFLICT,
    "The delivery of the saving cannot move that way from where it stands.",
)
SLIPPED_TO_NEEDED = reason(
    "saving_slipped_to_needed",
    Kind.INVALID,
    "Say the year to which a saving slips; only one that slips has it.",
)
DELIVERED_NEEDED = reason(
    "saving_delivered_needed",
    Kind.INVALID,
    "A delivered saving says its year, its base, what was spent and how demand grew; no other has it.",
)
OWNER_ONLY = reason(
    "saving_owner_only", Kind.CONFLICT, "Only the organisation that keeps a saving changes it."
)


class Delivery(StrEnum):
    PLANNED = "planned"
    IN_DELIVERY = "in_delivery"
    DELIVERED = "delivered"
    SLIPPED = "slipped"
    REMOVED = "removed"


MOVES: dict[Delivery, frozenset[Delivery]] = {
    Delivery.PLANNED: frozenset({Delivery.IN_DELIVERY, Delivery.SLIPPED, Delivery.REMOVED}),
    Delivery.IN_DELIVERY: frozenset({Delivery.DELIVERED, Delivery.SLIPPED, Delivery.REMOVED}),
    Delivery.SLIPPED: frozenset({Delivery.IN_DELIVERY, Delivery.SLIPPED, Delivery.REMOVED}),
    Delivery.DELIVERED: frozenset(),
    Delivery.REMOVED: frozenset(),
}


class SavingColour(StrEnum):
    RED = "red"
    AMBER = "amber"
    GREEN = "green"


COLOURS = {
    Delivery.PLANNED: SavingColour.AMBER,
    Delivery.IN_DELIVERY: SavingColour.AMBER,
    Delivery.DELIVERED: SavingColour.GREEN,
    Delivery.SLIPPED: SavingColour.RED,
    Delivery.REMOVED: SavingColour.RED,
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a year brought: base less actual spending, after what growth in demand added to it (S1-B14)."""

    financial_year: str
    base_pence: int
    actual_pence: int
    demand_growth_pence: int

    @property
    def saved_pence(self) -> int:
        return self.base_pence - (self.actual_pence - self.demand_growth_pence)


@dataclass(frozen=True, slots=True)
class Move:
    """One change of how delivery stands."""

    from_status: Delivery
    to_status: Delivery
    on_day: date
    explanation: str
    slipped_to: str | None = None
    delivered: Delivered | None = None


@dataclass(frozen=True, slots=True)
class Saving:
    """A line of savings as it is kept. `benefit_id` names the benefit that it claims, maybe with other lines."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    benefit_id: str
    title: str
    programme: str
    terms: Terms
    status: Delivery = Delivery.PLANNED
    history: tuple[Move, ...] = ()
    version: int = 1


def assume(saving: Saving, organisation: UUID, version: Version) -> Saving:
    """The saving with rates that take effect from a later day; the former ones stay on record (S1-B13)."""
    require_owner(saving, organisation)
    if not saving.terms.versions:
        raise NOT_BY_RATES()
    check_rates(version)
    latest = max(each.effective_from for each in saving.terms.versions)
    if version.effective_from <= latest:
        raise ASSUMPTION_ORDER("/effective_from", latest=latest)
    terms = replace(saving.terms, versions=(*saving.terms.versions, version))
    return replace(saving, terms=terms, version=saving.version + 1)


def move(saving: Saving, organisation: UUID, to: Move) -> Saving:
    """The saving with its delivery moved on (S1-B17)."""
    require_owner(saving, organisation)
    if to.to_status not in MOVES[saving.status]:
        raise NO_SUCH_MOVE("/status", status=saving.status, allowed=sorted(MOVES[saving.status]))
    if (to.to_status is Delivery.SLIPPED) != (to.slipped_to is not None):
        raise SLIPPED_TO_NEEDED("/slipped_to")
    if (to.to_status is Delivery.DELIVERED) != (to.delivered is not None):
        raise DELIVERED_NEEDED("/delivered")
    made = replace(to, from_status=saving.status)
    return replace(saving, status=to.to_status, history=(*saving.history, made), version=saving.version + 1)


def require_owner(saving: Saving, organisation: UUID) -> None:
    if organisation != saving.owner_organisation_id:
        raise OWNER_ONLY()


def credited_to(saving: Saving) -> str:
    """Who is credited, by the type of what is saved and not by where the saving was found (S1-B15, S4-B09)."""
    return CREDITED_TO.get(saving.terms.arises_in) or saving.terms.service or ""


@dataclass(frozen=True, slots=True)
class YearFigures:
    """A year's saving between two ends, gross and with optimism bias taken off."""

    financial_year: str
    lower: Total
    higher: Total
    lower_after_bias: Total
    higher_after_bias: Total


@dataclass(frozen=True, slots=True)
class RatesChange:
    """A year whose rates the latest version changed."""

    financial_year: str
    before: Rates | None
    after: Rates | None


@dataclass(frozen=True, slots=True)
class SavingView:
    """A line of savings with its figures worked out, who is credited, and how its delivery stands."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    benefit_id: str
    title: str
    programme: str
    terms: Terms
    status: Delivery
    colour: SavingColour
    credited_to: str
    years: tuple[YearFigures, ...]
    changed_by_latest_version: tuple[RatesChange, ...]
    delivered_pence: int | None
    history: tuple[Move, ...]
    version: int


def view(saving: Saving, day: date | None = None) -> SavingView:
    """The line with its figures, on the rates in effect on a day; on the latest where none is named."""
    bias = saving.terms.optimism_bias_percent
    delivered = [each.delivered.saved_pence for each in saving.history if each.delivered is not None]
    return SavingView(
        saving.id,
        saving.partnership_id,
        saving.owner_organisation_id,
        saving.benefit_id,
        saving.title,
        saving.programme,
        saving.terms,
        saving.status,
        COLOURS[saving.status],
        credited_to(saving),
        tuple(
            YearFigures(
                each.financial_year,
                each.lower,
                each.higher,
                after_bias(each.lower, bias),
                after_bias(each.higher, bias),
            )
            for each in ranges(saving.terms, saving.owner_organisation_id, day)
        ),
        tuple(RatesChange(year, *pair) for year, pair in last_change(saving.terms).items()),
        delivered[-1] if delivered else None,
        saving.history,
        saving.version,
    )
