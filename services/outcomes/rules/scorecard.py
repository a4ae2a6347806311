"""The scorecard of a partnership at one date: how its lines are rated, and how they stand against England."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from services.outcomes.rules.comparator import Benchmark, ComparatorKind, benchmark
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.rating import Colour, RatingReason
from services.outcomes.rules.scorecard_line import Facts, ScorecardLine, line
from shared.errors import Kind, reason

NOT_SETTLED = reason(
    "scorecard_not_settled",
    Kind.CONFLICT,
    "What was on record at that instant can still change. Ask again in a moment, or for an earlier one.",
)


@dataclass(frozen=True, slots=True)
class RatingCounts:
    """How many lines have each rating."""

    red: int
    amber: int
    green: int
    unrated: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A partnership's outcomes at a date. `complete` is False while any line has no figure that the caller may know.

    `missing_contributors` are the providers that owe a line and have told no figure in it. One that is suppressed was
    told: its line is unknown, and nobody is to be asked for it. One that is not applicable leaves nothing to be known.
    `against_england` counts the lines that stand worse than England in the same period.
    """

    partnership_id: UUID
    as_at: date
    as_recorded: datetime | None
    complete: bool
    missing_contributors: tuple[UUID, ...]
    ratings: RatingCounts
    against_england: Benchmark
    lines: tuple[ScorecardLine, ...]


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line in short, for a view that shows other things as well."""

    indicator_id: UUID
    code: str
    title: str
    unit: str | None
    provider_organisation_id: UUID | None
    period: str | None
    value: Decimal | None
    status: MeasureStatus | None
    target_value: Decimal | None
    rating: Colour
    reason: RatingReason


@dataclass(frozen=True, slots=True)
class ScorecardSummary:
    """The scorecard in short: the same counts, each line's figure, target and rating."""

    partnership_id: UUID
    as_at: date
    as_recorded: datetime | None
    complete: bool
    missing_contributors: tuple[UUID, ...]
    ratings: RatingCounts
    against_england: Benchmark
    lines: tuple[SummaryLine, ...]


def scorecard(
    partnership_id: UUID,
    as_at: date,
    facts: Iterable[Facts],
    framework_id: UUID | None = None,
    as_recorded: datetime | None = None,
) -> Scorecard:
    """The scorecard of what is on record. What is not known is None and makes the card incomplete, never 0."""
    lines = tuple(line(each, framework_id, as_at) for each in facts)
    unknown = [each for each in lines if _unknown(each)]
    missing = {
        each.provider_organisation_id
        for each in unknown
        if each.provider_organisation_id is not None and not _suppressed(each)
    }
    return Scorecard(
        partnership_id=partnership_id,
        as_at=as_at,
        as_recorded=as_recorded,
        complete=not unknown,
        missing_contributors=tuple(sorted(missing)),
        ratings=counted(lines),
        against_england=_against_england(lines),
        lines=lines,
    )


def _unknown(each: ScorecardLine) -> bool:
    if each.latest is None:
        return True
    return each.latest.value is None and each.latest.status is not MeasureStatus.NOT_APPLICABLE


def _suppressed(each: ScorecardLine) -> bool:
    return each.latest is not None and each.latest.status is MeasureStatus.SUPPRESSED


def counted(lines: Iterable[ScorecardLine]) -> RatingCounts:
    """How many of these lines have each rating."""
    colours = [each.rating for each in lines]
    return RatingCounts(
        *(colours.count(each) for each in (Colour.RED, Colour.AMBER, Colour.GREEN, Colour.UNRATED))
    )


def _against_england(lines: Sequence[ScorecardLine]) -> Benchmark:
    measures = {}
    for number, each in enumerate(lines):
        england = next((found for found in each.comparators if found.kind is ComparatorKind.ENGLAND), None)
        own = None if each.latest is None else each.latest.value
        measures[f"{each.code}\n{number}"] = (own, None if england is None else england.value, each.polarity)
    counted = benchmark(measures)
    names = tuple(dict.fromkeys(name.partition("\n")[0] for name in counted.not_compared))
    return Benchmark(
        counted.worse, counted.better, counted.same, counted.compared, counted.worse_percent, names
    )


def summary(card: Scorecard) -> ScorecardSummary:
    """The same scorecard in short."""
    return ScorecardSummary(
        partnership_id=card.partnership_id,
        as_at=card.as_at,
        as_recorded=card.as_recorded,
        complete=card.complete,
        missing_contributors=card.missing_contributors,
        ratings=card.ratings,
        against_england=card.against_england,
        lines=tuple(in_short(each) for each in card.lines),
    )


def in_short(each: ScorecardLine) -> SummaryLine:
    """One line in short."""
    return SummaryLine(
        indicator_id=each.indicator_id,
        code=each.code,
        title=each.title,
        unit=each.unit,
        provider_organisation_id=each.provider_organisation_id,
        period=None if each.latest is None else each.latest.period,
        value=None if each.latest is None else each.latest.value,
        status=None if each.latest is None else each.latest.status,
        target_value=None if each.target is None else each.target.value,
        rating=each.rating,
        reason=each.reason,
    )
