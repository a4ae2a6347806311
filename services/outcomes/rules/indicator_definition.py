"""Whether an indicator is defined so that its figures can be read later: unit, scale, frameworks, wholes, breakdowns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from services.outcomes.rules.dimension import COHORT_UNCOUNTED, DIMENSION_NOT_ONE
from services.outcomes.rules.disclosure_family import wholes_of
from services.outcomes.rules.indicator import MADE_OF_TWO, Indicator, ValueType
from shared.errors import Fault, Kind, reason

SCALE_CROSSED = reason(
    "indicator_scale_crossed", Kind.INVALID, "The lowest value of the scale must be below the highest."
)
UNIT_MISSING = reason(
    "indicator_unit_missing",
    Kind.INVALID,
    "A rate needs its multiplier (such as 100000); a ratio, a unit cost and a productivity name what is divided by what.",
)
INSTRUMENT_MISSING = reason(
    "indicator_instrument_missing",
    Kind.INVALID,
    "A survey score names the instrument and the version of it that was used: other versions do not compare.",
)
FRAMEWORK_UNKNOWN = reason(
    "indicator_framework_unknown",
    Kind.INVALID,
    "This framework is not on record in the partnership. Record the framework first.",
)
FRAMEWORK_TWICE = reason(
    "indicator_framework_twice",
    Kind.INVALID,
    "An indicator stands once in a framework. Take one of the two out.",
)
DOMAIN_UNKNOWN = reason(
    "indicator_domain_unknown",
    Kind.INVALID,
    "The framework has no domain of this code. Take one of its own.",
)
BROKEN_DOWN_UNKNOWN = reason(
    "indicator_broken_down_unknown",
    Kind.INVALID,
    "The indicator that this one breaks down is not on record, is a breakdown itself, or is not measured in the same "
    "unit and frequency. Counts and rates are never mixed.",
)
WHOLE_UNKNOWN = reason(
    "indicator_whole_unknown",
    Kind.INVALID,
    "The indicator of which this is a part is not on record, or is not measured in the same unit.",
)

PART_UNCOUNTED = reason(
    "indicator_part_uncounted",
    Kind.INVALID,
    "This is a part of an indicator that counts people: say counts_people, so that small groups are never shown.",
)


def check_indicator(
    indicator: Indicator, frameworks: Mapping[UUID, Collection[str]], wholes: Mapping[UUID, Indicator]
) -> Indicator:
    """Give the indicator back, or refuse one that could not be read later.

    `frameworks` are those on record in the partnership with the codes of their domains, `wholes` the indicators it may
    be a part or a breakdown of.
    """
    low, high = indicator.scale_low, indicator.scale_high
    if low is not None and high is not None and low >= high:
        raise SCALE_CROSSED("/scale_high", scale_low=str(low), scale_high=str(high))
    if indicator.value_type is ValueType.RATE and indicator.multiplier is None:
        raise UNIT_MISSING("/multiplier")
    check_parts_named(indicator)
    if indicator.value_type is ValueType.SURVEY_SCORE and not (
        indicator.instrument and indicator.instrument_version
    ):
        raise INSTRUMENT_MISSING("/instrument_version" if indicator.instrument else "/instrument")
    check_placings(indicator, frameworks)
    _check_whole(indicator, wholes)
    _check_breakdown(indicator, wholes)
    if not indicator.counts_people and any(wholes[each].counts_people for each in wholes_of(indicator)):
        raise PART_UNCOUNTED("/counts_people")
    return indicator


def check_parts_named(indicator: Indicator) -> Indicator:
    """Give the indicator back, or refuse one that divides and does not say what by what."""
    if indicator.value_type in MADE_OF_TWO and not (indicator.numerator and indicator.denominator):
        raise UNIT_MISSING("/denominator" if indicator.numerator else "/numerator")
    return indicator


def check_placings(indicator: Indicator, frameworks: Mapping[UUID, Collection[str]]) -> Indicator:
    """Give the indicator back, or refuse places in frameworks that are not on record, or in one twice."""
    seen: set[UUID] = set()
    faults: list[Fault] = []
    for index, placing in enumerate(indicator.frameworks):
        pointer = f"/frameworks/{index}/framework_id"
        if placing.framework_id in seen:
            raise FRAMEWORK_TWICE(pointer)
        seen.add(placing.framework_id)
        if placing.framework_id not in frameworks:
            faults.append(Fault(pointer, FRAMEWORK_UNKNOWN.code, FRAMEWORK_UNKNOWN.sentence))
        elif placing.domain is not None and placing.domain not in frameworks[placing.framework_id]:
            raise DOMAIN_UNKNOWN(f"/frameworks/{index}/domain", domain=placing.domain)
    if faults:
        raise FRAMEWORK_UNKNOWN(faults=faults)
    return indicator


def _check_whole(indicator: Indicator, wholes: Mapping[UUID, Indicator]) -> None:
    if indicator.part_of_indicator_id is None:
        return
    whole = wholes.get(indicator.part_of_indicator_id)
    if whole is None or whole.id == indicator.id or not _alike(whole, indicator):
        raise WHOLE_UNKNOWN("/part_of_indicator_id")


def _alike(one: Indicator, other: Indicator) -> bool:
    return (one.value_type, one.multiplier, one.frequency) == (
        other.value_type,
        other.multiplier,
        other.frequency,
    )


def _check_breakdown(indicator: Indicator, wholes: Mapping[UUID, Indicator]) -> None:
    """A breakdown is of one category at least, and measured as the indicator that it breaks down."""
    if indicator.dimensions.cohort is not None and not indicator.counts_people:
        raise COHORT_UNCOUNTED("/counts_people")
    if indicator.breakdown_of_indicator_id is None:
        return
    if not indicator.dimensions.kept():
        raise DIMENSION_NOT_ONE("/dimensions")
    whole = wholes.get(indicator.breakdown_of_indicator_id)
    if (
        whole is None
        or whole.id == indicator.id
        or whole.breakdown_of_indicator_id is not None
        or not _alike(whole, indicator)
    ):
        raise BROKEN_DOWN_UNKNOWN("/breakdown_of_indicator_id")
