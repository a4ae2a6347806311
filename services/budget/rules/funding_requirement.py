"""What a year's money is held against: national minimums, control totals, and what every pool must hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.budget.rules.contribution import Contribution
from services.budget.rules.funding_source import BETTER_CARE_FUND
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import NOT_STATED, Money, Total, total

AMOUNT_MISSING = reason(
    "funding_requirement_amount",
    Kind.INVALID,
    "A minimum or a control total is an amount; what a pool must hold is none.",
)
TAG_MISSING = reason(
    "funding_requirement_tag", Kind.INVALID, "Name the tag by which the lines that count are known."
)
REQUIREMENT_UNKNOWN = reason(
    "funding_requirement_unknown", Kind.INVALID, "There is no such requirement of your own to replace."
)
REQUIREMENT_REPLACED = reason(
    "funding_requirement_replaced", Kind.CONFLICT, "That requirement has been replaced before."
)
ADULT_SOCIAL_CARE = "adult_social_care"


class RequirementKind(StrEnum):
    """The Better Care Fund's two minimums (domain 4.20), a control total, an item of a pool's mandatory minimum."""

    NHS_MINIMUM = "nhs_minimum"
    ADULT_SOCIAL_CARE_MINIMUM = "adult_social_care_minimum"
    CONTROL_TOTAL = "control_total"
    MANDATORY_ITEM = "mandatory_item"


_BY_TAG = frozenset({RequirementKind.CONTROL_TOTAL, RequirementKind.MANDATORY_ITEM})


@dataclass(frozen=True, slots=True)
class FundingRequirement:
    """A requirement of a year, of one pool or of the whole partnership, with where it is laid down."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID | None
    financial_year: str
    kind: RequirementKind
    name: str
    amount_pence: int | None
    tag: str | None
    source: str
    replaces_requirement_id: UUID | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A line as the tests see it: its owner, pool, approved budget, tags and source."""

    owner_organisation_id: UUID
    pool_id: UUID | None
    budget: Money
    tags: frozenset[str]
    funding_source: str


@dataclass(frozen=True, slots=True)
class FundingAsked:
    """Which year of which partnership, or of one pool of it, as at and as recorded when."""

    partnership_id: UUID
    pool_id: UUID | None
    financial_year: str
    as_at: date
    as_recorded: datetime | None


@dataclass(frozen=True, slots=True)
class FundingTest:
    """How a requirement stands. `met` is None while what is unknown could still decide it.

    `out_by_pence`: how much is missing from a minimum, or how far a control total is passed; None where met or unknown.
    """

    requirement: FundingRequirement
    figure: Total
    met: bool | None
    out_by_pence: int | None


@dataclass(frozen=True, slots=True)
class SourceTotal:
    """What is promised from one source: grants and the disabled facilities grant stand apart."""

    funding_source: str
    contributions: Total


@dataclass(frozen=True, slots=True)
class FundingTests:
    """Every requirement of a year with how it stands at a day, and the contributions by source."""

    partnership_id: UUID
    pool_id: UUID | None
    financial_year: str
    as_at: date
    as_recorded: datetime | None
    tests: tuple[FundingTest, ...]
    by_source: tuple[SourceTotal, ...]


def require(asked: FundingRequirement) -> FundingRequirement:
    """The requirement, if it says what is held against what."""
    read_financial_year(asked.financial_year)
    if (asked.amount_pence is None) != (asked.kind is RequirementKind.MANDATORY_ITEM) or (
        asked.amount_pence or 0
    ) < 0:
        raise AMOUNT_MISSING("/amount_pence")
    if asked.kind in _BY_TAG and asked.tag is None:
        raise TAG_MISSING("/tag")
    return asked


def hold_against(
    requirement: FundingRequirement,
    lines: Sequence[CountedLine],
    promises: Sequence[Contribution],
    nhs_bodies: Collection[UUID],
    unseen: Collection[UUID] = (),
) -> FundingTest:
    """Hold a year's money against a requirement.

    The NHS minimum is what NHS bodies promise from the Better Care Fund; the adult social care minimum is what
    is budgeted from it on lines tagged so. What is known may already meet a minimum or pass a control total.
    `unseen` are organisations with aligned lines that the asker does not see: what counts outside pools is then
    not known as a whole.
    """
    pool = requirement.pool_id
    if requirement.kind is RequirementKind.NHS_MINIMUM:
        parts = [
            (str(each.owner_organisation_id), each.amount)
            for each in promises
            if each.owner_organisation_id in nhs_bodies
            and each.funding_source == BETTER_CARE_FUND
            and pool in (None, each.pool_id)
        ]
        return _judged(requirement, parts)
    parts = [
        (str(each.owner_organisation_id), each.budget)
        for each in lines
        if _counts(requirement, each) and pool in (None, each.pool_id)
    ]
    hidden = [] if pool is not None else [(str(each), NOT_STATED) for each in sorted(unseen)]
    return _judged(requirement, parts, hidden)


def by_source(promises: Iterable[Contribution]) -> tuple[SourceTotal, ...]:
    """The contributions of each source on its own."""
    groups: dict[str, list[tuple[str, Money]]] = {}
    for each in promises:
        groups.setdefault(each.funding_source, []).append((str(each.owner_organisation_id), each.amount))
    return tuple(SourceTotal(source, total(groups[source])) for source in sorted(groups))


def _counts(requirement: FundingRequirement, line: CountedLine) -> bool:
    if requirement.kind is RequirementKind.ADULT_SOCIAL_CARE_MINIMUM:
        return line.funding_source == BETTER_CARE_FUND and (requirement.tag or ADULT_SOCIAL_CARE) in line.tags
    return requirement.tag in line.tags


def _judged(
    requirement: FundingRequirement,
    parts: Sequence[tuple[str, Money]],
    hidden: Sequence[tuple[str, Money]] = (),
) -> FundingTest:
    figure = total([*parts, *hidden])
    if requirement.kind is RequirementKind.MANDATORY_ITEM:
        return FundingTest(requirement, figure, True if parts else None if hidden else False, None)
    known, wanted = figure.known_pence or 0, requirement.amount_pence or 0
    ceiling = requirement.kind is RequirementKind.CONTROL_TOTAL
    out_by = known - wanted if ceiling else wanted - known
    if figure.complete:
        met: bool | None = out_by <= 0
    else:
        decided = out_by > 0 if ceiling else out_by <= 0
        met = (not ceiling) if decided else None
    return FundingTest(requirement, figure, met, out_by if met is False else None)
