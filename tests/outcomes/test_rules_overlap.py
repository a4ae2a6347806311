"""Nobody is counted twice: figures of everybody are not added to those of their own categories."""

import uuid
from decimal import Decimal

import pytest

from services.outcomes.rules.breakdown import breakdown
from services.outcomes.rules.dimension import Dimension, Dimensions
from services.outcomes.rules.indicator import ValueType
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.overlap import of_area
from services.outcomes.rules.roll_up import Contribution, Weighting, roll_up
from tests.outcomes.figures import CONTRACT, DOWN, PROVIDER, an_indicator

COUNT = an_indicator(ValueType.COUNT, DOWN, "people")
PART = uuid.uuid4()  # a breakdown of the count
INSIDE = {
    "gm": frozenset[str](),
    "bury": frozenset({"gm"}),
    "east": frozenset({"gm", "bury"}),
    "west": frozenset({"gm", "bury"}),
}
OTHER = uuid.uuid4()


def told(value, of=COUNT.id, by=PROVIDER, contract=CONTRACT, **dimensions) -> Contribution:
    return Contribution(
        uuid.uuid4(),
        of,
        by,
        Dimensions(**dimensions),
        None if value is None else Decimal(value),
        None if value is None else MeasureStatus.ACTUAL,
        contract_id=contract,
    )


def category(found, dimension, of=COUNT):
    [period] = breakdown(of, dimension, {"2014Q2": found}).periods
    return {
        each.category: (each.value, each.complete, each.missing_contributors) for each in period.categories
    }


def rolled(found, area="bury"):
    own, below = of_area(COUNT, found, INSIDE, area)
    return tuple(roll_up(COUNT, each, Weighting.SUM) if each else None for each in (own, below))


WHOLE = {"area": "bury"}
PARTS = [
    pytest.param({"age_band": "65+"}, id="age"),
    pytest.param({"deprivation_quintile": "1"}, id="fifth"),
    pytest.param({"cohort": "Rising risk"}, id="cohort"),
    pytest.param({"theme": "Prevention"}, id="theme"),
]


@pytest.mark.parametrize("of", PARTS)
def test_a_part_is_not_added_to_its_whole(of):
    """100 people in all, 60 of them of a category: 100, and never 160."""
    found = [told("100", **WHOLE), told("60", PART, **WHOLE, **of)]
    own, _ = rolled(found)
    assert own is not None
    assert (own.value, own.complete, own.contributions) == (100, True, 1)
    _, below = rolled(found, "gm")
    assert below is not None
    assert (below.value, below.complete) == (100, True)
    assert category(found, Dimension.AREA) == {"bury": (100, True, ())}
    assert category(found[1:], Dimension(next(iter(of))))[next(iter(of.values()))] == (60, True, ())


@pytest.mark.parametrize("of", PARTS)
def test_who_tells_a_part_alone_is_missing_in_the_whole(of):
    found = [told("100", **WHOLE), told("60", PART, by=OTHER, **WHOLE, **of)]
    own, _ = rolled(found)
    assert own is not None
    assert (own.value, own.complete, own.missing_contributors) == (100, False, (OTHER,))
    assert category(found, Dimension.AREA) == {"bury": (100, False, (OTHER,))}


def test_a_part_told_for_the_council_neither_hides_the_townships_nor_is_missing_beside_them():
    found = [told("40", area="bury", sub_area="east"), told("60", area="bury", sub_area="west")]
    found.append(told("60", PART, area="bury", age_band="65+"))
    own, below = rolled(found)
    assert own is not None
    assert (own.value, own.missing_contributors) == (None, (PROVIDER,))
    assert below is not None
    assert (below.value, below.complete) == (100, True)
    _, all_of_it = rolled(found, "gm")
    assert all_of_it is not None
    assert (all_of_it.value, all_of_it.complete) == (100, True)


def test_a_theme_of_an_obligation_says_what_its_figures_serve_and_not_of_whom_they_are():
    own, _ = rolled([told("100", **WHOLE, theme="Prevention")])
    assert own is not None
    assert (own.value, own.complete) == (100, True)


def test_sites_and_places_beside_each_other_are_joined_and_not_added_to_the_provider_s_all():
    sites = [told("30", provider_site=name, **WHOLE) for name in ("Fairfield", "Radcliffe")]
    assert category(sites, Dimension.AREA)["bury"] == (60, True, ())
    whole = told("100", **WHOLE)
    own, _ = rolled([*sites, whole])
    assert own is not None
    assert own.value == 100
    assert category([*sites, whole], Dimension.AREA)["bury"] == (100, True, ())
    # Another provider's site, and another contract's, lie in no figure of this one.
    beside = [whole, told("7", by=OTHER, provider_site="Bolton", **WHOLE)]
    beside.append(told("5", contract=uuid.uuid4(), provider_site="Hospice", **WHOLE))
    assert category(beside, Dimension.AREA)["bury"] == (112, True, ())


def test_a_council_s_figure_is_not_added_to_its_townships_in_a_breakdown_either():
    found = [told("100", **WHOLE), told("40", PART, area="bury", sub_area="east")]
    assert category(found, Dimension.AREA)["bury"] == (100, True, ())
    assert category(found, Dimension.SUB_AREA) == {"east": (40, True, ())}


def test_of_a_council_and_another_provider_s_township_the_council_counts_as_in_a_roll_up():
    found = [told("100", **WHOLE), told("40", by=OTHER, area="bury", sub_area="east")]
    assert category(found, Dimension.AREA)["bury"] == (100, True, ())
    own, below = rolled(found)
    assert own is not None
    assert below is not None
    assert (own.value, below.value) == (100, 40)
    _, all_of_it = rolled(found, "gm")
    assert all_of_it is not None
    assert all_of_it.value == 100


def test_a_whole_of_another_place_does_not_make_up_for_a_part_alone():
    """Of the east the whole is told and of the west only those over 65: Bury is not whole without the west."""
    found = [
        told("40", area="bury", sub_area="east"),
        told("30", PART, area="bury", sub_area="west", age_band="65+"),
    ]
    _, below = rolled(found)
    assert below is not None
    assert (below.value, below.complete, below.missing_contributors) == (40, False, (PROVIDER,))
    assert category(found, Dimension.AREA) == {"bury": (40, False, (PROVIDER,))}


def test_one_place_told_as_an_indicator_and_as_its_breakdown_counts_once():
    assert category([told("100", **WHOLE), told("100", PART, **WHOLE)], Dimension.AREA)["bury"][0] == 100


def test_the_figure_of_a_category_is_not_added_to_a_finer_one():
    """65+ is 60, of whom 20 in the most deprived fifth: along age 60, along deprivation nobody told the fifth."""
    found = [told("60", PART, age_band="65+"), told("20", PART, age_band="65+", deprivation_quintile="1")]
    assert category(found, Dimension.AGE_BAND) == {"65+": (60, True, ())}
    assert category(found[1:], Dimension.DEPRIVATION_QUINTILE) == {"1": (None, False, (PROVIDER,))}


def test_a_breakdown_read_as_an_indicator_of_its_own_is_joined_from_place_to_place():
    older = an_indicator(ValueType.COUNT, DOWN, "people", dimensions=Dimensions(age_band="65+"))
    found = [
        told(each, older.id, area="bury", sub_area=name, age_band="65+")
        for each, name in (("4", "east"), ("6", "west"))
    ]
    _, below = of_area(older, found, INSIDE, "bury")
    assert roll_up(older, below, Weighting.SUM).value == 10
