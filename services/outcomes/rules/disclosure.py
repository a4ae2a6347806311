"""What of a figure about people may be shown to those who see accepted values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from services.outcomes.rules.baseline import Baseline
from services.outcomes.rules.disclosure_sum import told
from services.outcomes.rules.indicator import Indicator, ValueType
from services.outcomes.rules.measure import Measure, MeasureStatus
from shared.errors import Kind, reason

BASELINE_DISCLOSED = reason(
    "baseline_disclosed",
    Kind.INVALID,
    "A baseline that rests on a few people cannot be shown to observers. Leave its figure to the system.",
)


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """Counts from 1 to the threshold are suppressed, other counts rounded to the nearest `rounding`."""

    threshold: int
    rounding: int


# The rule of NHS England's published sub-national tables (HES): 1 to 7 suppressed, others to the nearest 5.
DEFAULT = DisclosureRule(threshold=7, rounding=5)
_SUPPRESSED = Measure(None, MeasureStatus.SUPPRESSED)


def controlled(measure: Measure, indicator: Indicator, rule: DisclosureRule = DEFAULT) -> Measure:
    """The figure as it may be published: never its parts; nothing that rests on a small count of people.

    For indicators that do not count people the value stands as it is. Of the others a count speaks for itself;
    a percentage, rate, ratio, mean or score rests on its numerator and denominator. Where one of the two was not
    sent (or was itself suppressed) nobody can tell how many people it rests on, and it is suppressed.
    """
    if measure.value is None:
        return Measure(None, measure.status)
    value = measure.value
    if indicator.counts_people:
        counts = _counts(measure, indicator)
        if counts is None or any(_small(each, rule) for each in counts):
            return _SUPPRESSED
        value = _rounded(value, rule) if _is_count(indicator) else value
    return Measure(value, measure.status, qualifier=measure.qualifier)


def baseline_shown(baseline: Baseline, indicator: Indicator) -> Baseline:
    """The baseline as observers may see it: suppressed where it rests on a small count of people, and without its parts."""
    measure = controlled(baseline.measure, indicator)
    return replace(
        baseline,
        value=measure.value,
        status=measure.status,
        numerator=None,
        denominator=None,
        qualifier=measure.qualifier if measure.value is not None else None,
    )


def controlled_together(
    measures: Mapping[UUID, Measure], indicators: Mapping[UUID, Indicator], rule: DisclosureRule = DEFAULT
) -> dict[UUID, Measure]:
    """The figures of one return as they may be published side by side, by indicator.

    What is a part of a count of people counts people, and is suppressed where its whole is. Counts are rounded, so
    that taking one from another finds no small count; other figures are exact, so a part is suppressed where all
    but a few people of its whole are in it, and the parts of one whole are shown all or none.
    """
    people = {
        each: replace(indicators[each], counts_people=_of_people(each, indicators)) for each in measures
    }
    shown = {each: controlled(measure, people[each], rule) for each, measure in measures.items()}
    wholes = {
        each: whole
        for each, indicator in people.items()
        if indicator.counts_people and (whole := _whole_of(indicator)) is not None and whole in measures
    }
    withheld = {each for each in measures if _withheld(measures[each], shown[each])}
    before = -1
    while before != len(withheld):
        before = len(withheld)
        torn = {whole for part, whole in wholes.items() if part in withheld and not _is_count(people[part])}
        withheld |= {
            part
            for part, whole in wholes.items()
            if measures[part].value is not None
            and (whole in withheld | torn or _leaves_few(measures[part], measures[whole], people[part], rule))
        }
    _withhold_what_tells(withheld, shown, wholes, people, rule)
    return {each: _SUPPRESSED if each in withheld else figure for each, figure in shown.items()}


def _withhold_what_tells(
    withheld: set[UUID],
    shown: Mapping[UUID, Measure],
    wholes: Mapping[UUID, UUID],
    people: Mapping[UUID, Indicator],
    rule: DisclosureRule,
) -> None:
    """Withhold further counts, the smallest first, until no suppressed one can be told from sums of those shown."""
    counts = {each for each, indicator in people.items() if indicator.counts_people and _is_count(indicator)}
    while True:
        published = {
            each: None if each in withheld else shown[each].value
            for each in counts
            if each in withheld or shown[each].value is not None
        }
        found = told(published, wholes, rule.threshold, rule.rounding)
        beside = {
            each
            for each, value in published.items()
            if value and any(_related(each, other, wholes) for other in found)
        }
        if not beside:
            return
        withheld.add(min(beside, key=lambda each: (published[each] or 0, each)))


def _related(one: UUID, other: UUID, wholes: Mapping[UUID, UUID]) -> bool:
    """Whether two counts stand in one sum: parts of one whole, or a whole and its part."""
    return (
        wholes.get(one) == other
        or wholes.get(other) == one
        or (one in wholes and wholes.get(one) == wholes.get(other))
    )


def _whole_of(indicator: Indicator) -> UUID | None:
    """What an indicator is a part of, or a category of: either way the rest can be told from the two."""
    return indicator.part_of_indicator_id or indicator.breakdown_of_indicator_id


def _of_people(indicator_id: UUID, indicators: Mapping[UUID, Indicator]) -> bool:
    """Whether an indicator, or one of those that it is a part of, counts people. A part is recorded after its whole."""
    found = indicators.get(indicator_id)
    while found is not None and not found.counts_people and (whole := _whole_of(found)) is not None:
        found = indicators.get(whole)
    return found is not None and found.counts_people


def _withheld(measure: Measure, shown: Measure) -> bool:
    return measure.value is not None and shown.value is None


def _leaves_few(part: Measure, whole: Measure, indicator: Indicator, rule: DisclosureRule) -> bool:
    if _is_count(indicator) or part.numerator is None or whole.numerator is None:
        return False
    return _small(whole.numerator - part.numerator, rule)


def _is_count(indicator: Indicator) -> bool:
    return indicator.value_type is ValueType.COUNT


def _counts(measure: Measure, indicator: Indicator) -> tuple[Decimal, ...] | None:
    """The counts of people from which a known figure is made; None where they were not all sent."""
    if measure.value is not None and _is_count(indicator):
        return (measure.value,)
    if measure.numerator is None or measure.denominator is None:
        return None
    # The numerator of a share is some of the denominator's people, so the others can be told from it.
    share = indicator.is_percentage is not False or indicator.value_type is ValueType.RATE
    others = (measure.denominator - measure.numerator,) if share else ()
    return (measure.numerator, measure.denominator, *others)


def _small(count: Decimal, rule: DisclosureRule) -> bool:
    return 0 < count <= rule.threshold


def _rounded(count: Decimal, rule: DisclosureRule) -> Decimal:
    step = Decimal(rule.rounding)
    return (count / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
