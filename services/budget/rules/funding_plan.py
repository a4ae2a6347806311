"""A plan of how a pressure is funded: what is needed, the sources in order, and the approvals that some of them need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.budget.rules.decision import Decision, counts_from
from services.budget.rules.part_year import Convention, part_year
from services.budget.rules.waterfall import Funding, Source, fund
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import Money, allocate_by_name

MOST_SOURCES = 20

NO_SOURCES = reason(
    "waterfall_no_sources", Kind.INVALID, "Name at least one source, in the order of drawing."
)
SOURCE_TWICE = reason("waterfall_source_twice", Kind.INVALID, "Name each source once.")
BEGINS_OUTSIDE_YEAR = reason(
    "waterfall_begins_outside_year", Kind.INVALID, "A part-year cost begins on a day of its financial year."
)
CONVENTION_NEEDED = reason(
    "waterfall_convention_needed",
    Kind.INVALID,
    "A part-year cost says from which day and by which convention: by twelfths or by days.",
)
SHARE_OUT_OF_RANGE = reason(
    "waterfall_share_out_of_range",
    Kind.INVALID,
    "A share of the cost is more than 0 and at most 100 per cent.",
)
NEED_NEGATIVE = reason(
    "waterfall_cost_negative", Kind.INVALID, "The annual cost of a pressure is more than nothing."
)
AVAILABLE_NEGATIVE = reason(
    "waterfall_available_negative",
    Kind.INVALID,
    "No source has less than nothing to give. Leave an overdrawn one out.",
)
APPROVED_BEFOREHAND = reason(
    "waterfall_source_not_for_approval", Kind.CONFLICT, "This source needs no approval, or has it already."
)
SOURCE_UNKNOWN = reason("waterfall_source_unknown", Kind.INVALID, "The plan has no source of this name.")
DECISION_UNKNOWN = reason(
    "waterfall_decision_unknown",
    Kind.INVALID,
    "There is no such decision of your organisation on this plan. Record it with subject budget and the plan's id.",
)
DECISION_COUNTS_NOT = reason(
    "waterfall_decision_not_in_effect",
    Kind.CONFLICT,
    "The decision approves nothing yet: call-in is open, a condition is not met, or it was not an approval.",
)
OWNER_APPROVES = reason(
    "waterfall_owner_approves",
    Kind.CONFLICT,
    "Only the organisation whose money it is approves the use of a source.",
)


@dataclass(frozen=True, slots=True)
class Need:
    """What has to be funded: a cost for a full year, from a day on, and what part of it is the owner's.

    Without a day the cost is for the whole year. `share_percent` is whole per cent: 50 where two partners halve it.
    """

    annual_pence: int
    begins_on: date | None = None
    convention: Convention | None = None
    share_percent: int = 100


@dataclass(frozen=True, slots=True)
class PlannedSource:
    """A source in its order. One that needs approval is drawn once `decision_id` names the decision that gives it."""

    name: str
    available: Money
    needs_approval: bool = False
    decision_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FundingPlan:
    """A plan as it is kept."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    financial_year: str
    need: Need
    sources: tuple[PlannedSource, ...]
    version: int = 1


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A plan with what it comes to: the need in pence, what each source gives, and what no source meets."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    financial_year: str
    need: Need
    sources: tuple[PlannedSource, ...]
    need_pence: int
    funding: Funding
    version: int


def plan(asked: FundingPlan) -> FundingPlan:
    """The plan, if its figures and its dates hold together."""
    year = read_financial_year(asked.financial_year)
    need = asked.need
    if need.annual_pence <= 0:
        raise NEED_NEGATIVE("/need/annual_pence")
    if (need.begins_on is None) != (need.convention is None):
        raise CONVENTION_NEEDED("/need/convention")
    if need.begins_on is not None and need.begins_on not in year:
        raise BEGINS_OUTSIDE_YEAR("/need/begins_on", first_day=year.first_day, last_day=year.last_day)
    if not 0 < need.share_percent <= 100:
        raise SHARE_OUT_OF_RANGE("/need/share_percent")
    if not asked.sources:
        raise NO_SOURCES("/sources")
    names = [each.name for each in asked.sources]
    for index, each in enumerate(asked.sources):
        if each.name in names[:index]:
            raise SOURCE_TWICE(f"/sources/{index}/name")
        if (each.available.amount_pence or 0) < 0:
            raise AVAILABLE_NEGATIVE(f"/sources/{index}/available/amount_pence")
    return asked


def need_pence(need: Need) -> int:
    """The owner's share of the year's cost, then the part of the year, each rounded once (S4-B07)."""
    rest = 100 - need.share_percent
    share = allocate_by_name(need.annual_pence, {"owner": need.share_percent, "others": rest})["owner"]
    if need.begins_on is None or need.convention is None:
        return share
    return part_year(share, need.begins_on, need.convention)


def draw(planned: FundingPlan) -> Waterfall:
    """Each source in turn, the next only when the former is exhausted."""
    needed = need_pence(planned.need)
    sources = [
        Source(each.name, each.available, each.needs_approval, approved=each.decision_id is not None)
        for each in planned.sources
    ]
    return Waterfall(
        planned.id,
        planned.partnership_id,
        planned.owner_organisation_id,
        planned.title,
        planned.financial_year,
        planned.need,
        planned.sources,
        needed,
        fund(needed, sources),
        planned.version,
    )


def approve(
    planned: FundingPlan, organisation: UUID, source: str, decision: Decision, today: date
) -> FundingPlan:
    """The plan with the approval of one source, by a decision of its owner on this very plan."""
    if organisation != planned.owner_organisation_id:
        raise OWNER_APPROVES()
    found = next((each for each in planned.sources if each.name == source), None)
    if found is None:
        raise SOURCE_UNKNOWN("/source")
    if not found.needs_approval or found.decision_id is not None:
        raise APPROVED_BEFOREHAND("/source")
    if decision.subject_id != planned.id or decision.owner_organisation_id != organisation:
        raise DECISION_UNKNOWN("/decision_id")
    begins = counts_from(decision)
    if begins is None or begins > today:
        raise DECISION_COUNTS_NOT("/decision_id", counts_from=begins)
    sources = tuple(
        replace(each, decision_id=decision.id) if each.name == source else each for each in planned.sources
    )
    return replace(planned, sources=sources, version=planned.version + 1)
