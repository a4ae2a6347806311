"""Figures of several places, sites or contracts joined into one, with the weighting said and nobody counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from uuid import UUID

from services.outcomes.rules.confidence import Confidence, confidence
from services.outcomes.rules.dimension import Dimensions
from services.outcomes.rules.indicator import Indicator, ValueType
from services.outcomes.rules.measure import MeasureStatus, cut
from shared.errors import Kind, reason

WEIGHTING_UNFIT = reason(
    "roll_up_weighting_unfit",
    Kind.INVALID,
    "Counts are added up; rates, shares, means and scores are not. Choose a weighting that fits the indicator.",
)


class Weighting(StrEnum):
    """How figures are joined: added, numerators over denominators, by people living there, or each alike."""

    SUM = "sum"
    DENOMINATOR = "denominator"
    POPULATION = "population"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One provider's figure of one indicator for one period. `raw` is False for who sees published values only.

    `status` is None where nothing has been accepted. `share` is the part of it that counts (a split area's).
    """

    obligation_id: UUID
    indicator_id: UUID
    provider_organisation_id: UUID
    dimensions: Dimensions
    value: Decimal | None = None
    status: MeasureStatus | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    raw: bool = True
    share: Decimal = Decimal(1)
    contract_id: UUID | None = None


class NoValue(StrEnum):
    """Why joined figures have no value: one is withheld, none is known, or those that are weigh nothing together."""

    WITHHELD = "withheld"
    NOTHING_KNOWN = "nothing_known"
    NO_WEIGHT = "no_weight"


@dataclass(frozen=True, slots=True)
class RolledUp:
    """Figures joined. `complete` is False where a provider's figure is missing; `value` is then of the others.

    Where a figure may not be shown to the caller, or not be weighed by what the caller may see, its provider is
    withheld and there is no value: it could be told from the others.
    """

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    weighting: Weighting
    contributions: int
    complete: bool
    missing_contributors: tuple[UUID, ...]
    withheld_contributors: tuple[UUID, ...]
    confidence: Confidence | None
    no_value_because: NoValue | None = None


def usual(indicator: Indicator) -> Weighting:
    """Counts are added; what has a denominator is weighed by it."""
    return Weighting.SUM if indicator.value_type is ValueType.COUNT else Weighting.DENOMINATOR


def roll_up(
    indicator: Indicator,
    contributions: Sequence[Contribution],
    weighting: Weighting,
    people: Mapping[str, int] | None = None,
) -> RolledUp:
    """Join the figures. `people` are the populations by place, for weighting by population.

    Where a figure is not applicable there is nothing to join, and nothing is missing.
    """
    if (weighting is Weighting.SUM) is not (indicator.value_type is ValueType.COUNT):
        raise WEIGHTING_UNFIT("?weighting", value_type=indicator.value_type.value)
    contributions = [each for each in contributions if each.status is not MeasureStatus.NOT_APPLICABLE]
    missing = [each for each in contributions if _missing(each, weighting)]
    withheld = [each for each in contributions if _withheld(each, weighting)]
    if weighting is Weighting.POPULATION:
        missing += [each for each in contributions if (people or {}).get(each.dimensions.place or "") is None]
    left_out = {id(each) for each in (*missing, *withheld)}
    known = [each for each in contributions if id(each) not in left_out]
    value, numerator, denominator = None, None, None
    if known and not withheld:
        value, numerator, denominator = _joined(indicator, known, weighting, people or {})
    why = None
    if value is None:
        why = NoValue.WITHHELD if withheld else NoValue.NO_WEIGHT if known else NoValue.NOTHING_KNOWN
    return RolledUp(
        value=None if value is None else cut(value),
        numerator=numerator,
        denominator=denominator,
        weighting=weighting,
        contributions=len(known),
        complete=value is not None and not missing,
        missing_contributors=_providers(missing),
        withheld_contributors=_providers(withheld),
        confidence=confidence(indicator, numerator, denominator),
        no_value_because=why,
    )


def _missing(each: Contribution, weighting: Weighting) -> bool:
    if each.status is None or (each.value is None and each.status is not MeasureStatus.SUPPRESSED):
        return True
    unweighed = each.numerator is None or each.denominator is None
    return weighting is Weighting.DENOMINATOR and each.raw and each.value is not None and unweighed


def _withheld(each: Contribution, weighting: Weighting) -> bool:
    if each.status is MeasureStatus.SUPPRESSED:
        return True
    return weighting is Weighting.DENOMINATOR and not each.raw and each.value is not None


def _providers(found: Iterable[Contribution]) -> tuple[UUID, ...]:
    return tuple(sorted({each.provider_organisation_id for each in found}))


def _joined(
    indicator: Indicator, known: Sequence[Contribution], weighting: Weighting, people: Mapping[str, int]
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """The value, numerator and denominator; None where all that there is weighs nothing (places without people)."""
    with localcontext(prec=60):
        if weighting is Weighting.SUM:
            return sum((_of(each.value) * each.share for each in known), Decimal(0)), None, None
        if weighting is Weighting.DENOMINATOR:
            above = sum((_of(each.numerator) * each.share for each in known), Decimal(0))
            below = sum((_of(each.denominator) * each.share for each in known), Decimal(0))
            return (above * factor(indicator) / below, above, below) if below else (None, None, None)
        weights = [
            each.share * (people[each.dimensions.place or ""] if weighting is Weighting.POPULATION else 1)
            for each in known
        ]
        total = sum(weights, Decimal(0))
        weighed = sum((_of(each.value) * by for each, by in zip(known, weights, strict=True)), Decimal(0))
        return weighed / total if total else None, None, None


def factor(indicator: Indicator) -> Decimal:
    """What numerator by denominator is multiplied by, in the unit of the indicator."""
    if indicator.value_type is ValueType.PERCENTAGE or indicator.is_percentage:
        return Decimal(100)
    return indicator.multiplier or Decimal(1)


def _of(figure: Decimal | None) -> Decimal:
    assert figure is not None
    return figure


def topmost(
    contributions: Iterable[Contribution], inside: Mapping[str, frozenset[str]], area_code: str
) -> tuple[list[Contribution], list[Contribution]]:
    """Figures of the area itself, and those of what lies in it: of two, one within the other, the larger area's.

    `inside` are the areas in it with the areas over each. A figure told for a council is not added to its townships'.
    """
    own, below = [], []
    for each in contributions:
        place = each.dimensions.place
        if place == area_code:
            own.append(each)
        elif place in inside:
            below.append(each)
    told = {each.dimensions.place for each in below}
    return own, [each for each in below if not inside[each.dimensions.place or ""] & told]
