"""Which of several figures may be joined: one of everybody is never added to those of its own categories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from services.outcomes.rules.dimension import Dimension, Dimensions
from services.outcomes.rules.indicator import Indicator
from services.outcomes.rules.roll_up import Contribution, topmost

# Places and sites lie beside each other and are joined. Age bands, cohorts and themes may lie in one another
# («65+» and «75+») or leave people out, so that what they come to together is no figure of everybody.
_WHERE = (Dimension.AREA, Dimension.SUB_AREA, Dimension.PROVIDER_SITE)
_WHOM = (Dimension.AGE_BAND, Dimension.DEPRIVATION_QUINTILE, Dimension.COHORT)

Near = Callable[[Dimensions, Dimensions], bool]


def is_narrower(each: Contribution, indicator: Indicator, along: Dimension | None = None) -> bool:
    """Whether a figure is of some of the people only that the indicator is of (of the category, where one is read).

    A theme narrows a breakdown. Of an obligation it says which theme its figures serve, and nothing of whom they are.
    """
    whom = _WHOM if each.indicator_id == indicator.id else (*_WHOM, Dimension.THEME)
    return any(
        dimension is not along
        and each.dimensions.along(dimension) not in (None, indicator.dimensions.along(dimension))
        for dimension in whom
    )


def untold(narrower: Iterable[Contribution], whole: Sequence[Contribution], near: Near) -> list[Contribution]:
    """A gap, without a figure, for each provider that tells parts of a contract alone, and of them no whole near by.

    Its whole is not known from its parts, so it is missing in what is joined.
    """
    gaps = {
        (each.provider_organisation_id, each.contract_id, each.dimensions.place): each
        for each in narrower
        if not any(_same_service(each, other) and near(each.dimensions, other.dimensions) for other in whole)
    }
    return [
        replace(each, value=None, status=None, numerator=None, denominator=None) for each in gaps.values()
    ]


def counted_once(indicator: Indicator, found: Sequence[Contribution]) -> list[Contribution]:
    """The figures without those that lie in another of them: a township in its council, a site in its provider's all."""
    return [each for each in found if not any(_lies_in(each, other, indicator) for other in found)]


def along_category(
    indicator: Indicator, found: Sequence[Contribution], along: Dimension
) -> list[Contribution]:
    """Of the figures that name a category, those that are the category's, each person counted once; gaps included."""
    narrower = [each for each in found if is_narrower(each, indicator, along)]
    whole = [each for each in found if not is_narrower(each, indicator, along)]
    return [*counted_once(indicator, whole), *untold(narrower, whole, _may_meet)]


def of_area(
    indicator: Indicator, found: Iterable[Contribution], inside: Mapping[str, frozenset[str]], area_code: str
) -> tuple[list[Contribution], list[Contribution]]:
    """The figures told for the area itself, and those of what lies in it, each person counted once; gaps included.

    `inside` are the areas in it with the areas over each, as `area.within` gives them.
    """
    here = [each for each in found if each.dimensions.place in inside]
    narrower = [each for each in here if is_narrower(each, indicator)]
    own, below = topmost([each for each in here if not is_narrower(each, indicator)], inside, area_code)
    own_narrower = [each for each in narrower if each.dimensions.place == area_code]
    below_narrower = [each for each in narrower if each.dimensions.place != area_code]

    def one_in_the_other(one: Dimensions, other: Dimensions) -> bool:
        a, b = one.place or "", other.place or ""
        return a == b or a in inside[b] or b in inside[a]

    return (
        [*counted_once(indicator, own), *untold(own_narrower, own, one_in_the_other)],
        [*counted_once(indicator, below), *untold(below_narrower, below, one_in_the_other)],
    )


def _lies_in(each: Contribution, other: Contribution, indicator: Indicator) -> bool:
    inner, outer = each.dimensions, other.dimensions
    further = [where for where in _WHERE if inner.along(where) != outer.along(where)]
    if not further:
        twice = each.indicator_id != indicator.id and other.indicator_id == indicator.id
        return twice and _same_service(each, other)
    if any(outer.along(where) is not None for where in further):
        return False
    townships = further == [Dimension.SUB_AREA] and outer.area is not None
    return townships or _same_service(each, other)


def _may_meet(one: Dimensions, other: Dimensions) -> bool:
    """Whether nothing that both say sets them apart."""
    return all(
        one.along(where) is None or other.along(where) is None or one.along(where) == other.along(where)
        for where in _WHERE
    )


def _same_service(one: Contribution, other: Contribution) -> bool:
    return (one.provider_organisation_id, one.contract_id) == (
        other.provider_organisation_id,
        other.contract_id,
    )
