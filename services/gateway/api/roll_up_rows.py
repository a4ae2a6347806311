"""A system rolled up as a table for people: together, by partner, and each partnership, in pounds."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.clients.positions import FundFigures
from services.gateway.renderings.pounds import Row, pounds
from services.gateway.rules.rating_count import RatingCount
from services.gateway.views.system_roll_up import PlaceOfSystem, RolledUpFund, SystemRollUp

HEADINGS: Row = (
    "Row", "Partnership", "Name", "Organisation", "Arrangement", "Budget (£)", "Actual (£)", "Variance (£)",
    "Contracts running", "Contracts a year (£)", "Red", "Amber", "Green", "Unrated", "Complete", "Service", "Because",
)  # fmt: skip
_NO_RATINGS: Row = (None,) * 4
_ARRANGEMENTS = ("pooled", "aligned", "shadow", "whole")


def roll_up_rows(view: SystemRollUp) -> Iterator[Row]:
    """The system by arrangement and by partner, then each partnership, and last who withholds what. Empty: not known."""
    yield HEADINGS
    for name in _ARRANGEMENTS:
        held: RolledUpFund = getattr(view.funds, name)
        contracts: Row = (None, None)
        ratings = _NO_RATINGS
        if name == "whole":
            annual = view.contracts_annual
            contracts = (view.contracts_running, pounds(annual.known_pence if annual.complete else None))
            ratings = _ratings(view.ratings)
        yield (
            "system",
            None,
            None,
            None,
            name,
            *_rolled_up(held),
            *contracts,
            *ratings,
            _whole(held),
            None,
            None,
        )
    for partner in view.by_partner or ():
        money = _rolled_up(partner.fund)
        whose = str(partner.organisation_id)
        yield ("partner", None, None, whose, None, *money, *(None,) * 6, _whole(partner.fund), None, None)
    for place in view.partnerships:
        yield from _place(place)
    if not view.complete:
        yield ("Not complete: something is missing, unknown or withheld.",)


def _place(place: PlaceOfSystem) -> Iterator[Row]:
    start: Row = ("partnership", str(place.partnership_id), place.name, None)
    annual = place.contracts_annual
    contracts: Row = (
        place.contracts_running,
        pounds(annual.known_pence) if annual and annual.complete else None,
    )
    if place.fund is None:
        yield (
            *start,
            "whole",
            None,
            None,
            None,
            *contracts,
            *_ratings(place.ratings),
            place.complete,
            None,
            None,
        )
    for name in _ARRANGEMENTS if place.fund else ():
        held: FundFigures = getattr(place.fund, name)
        whole = name == "whole"
        also = (*contracts, *_ratings(place.ratings)) if whole else (None,) * 6
        yield (*start, name, *_figures(held), *also, _known(held), None, None)
    for each in place.withheld_contributors:
        body = str(each.organisation_id)
        yield (
            "withheld",
            str(place.partnership_id),
            place.name,
            body,
            *(None,) * 11,
            each.service,
            each.because,
        )


def _rolled_up(held: RolledUpFund) -> Row:
    return (
        pounds(held.budget_adjusted.known_pence),
        pounds(held.actual.known_pence),
        pounds(held.variance_pence),
    )


def _figures(held: FundFigures) -> Row:
    return (
        pounds(held.budget_adjusted.known_pence),
        pounds(held.actual.known_pence),
        pounds(held.variance_pence),
    )


def _whole(held: RolledUpFund) -> bool:
    return held.budget_adjusted.complete and held.actual.complete


def _known(held: FundFigures) -> bool:
    return held.budget_adjusted.complete and held.actual.complete


def _ratings(counted: RatingCount | None) -> Row:
    return _NO_RATINGS if counted is None else (counted.red, counted.amber, counted.green, counted.unrated)
