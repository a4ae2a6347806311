"""Category: one code for every name that the papers use."""

import pytest

from services.budget.rules.category import CATEGORY_UNKNOWN, Category, read_category
from shared.errors import Refusal


@pytest.mark.row("S1-B02")
@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Wellness", Category.WELLNESS),
        ("wellbeing", Category.WELLNESS),
        ("Community Based Care", Category.COMMUNITY_INTERVENTION),
        ("Community intervention", Category.COMMUNITY_INTERVENTION),
        ("Complex / Bed Based Care (excluding acute)", Category.COMPLEX_BED_BASED),
        ("  COMPLEX  and bed based care ", Category.COMPLEX_BED_BASED),
        ("complex_bed_based", Category.COMPLEX_BED_BASED),
        ("Соmmunity", Category.COMMUNITY_INTERVENTION),  # noqa: RUF001 a Cyrillic Es and o
    ],
)
def test_the_names_of_the_papers_fold_to_three_codes(name, category):
    assert read_category(name) is category


def test_an_unknown_name_is_refused_with_the_known_codes():
    with pytest.raises(Refusal) as refused:
        read_category("acute")
    assert refused.value.reason is CATEGORY_UNKNOWN
    assert refused.value.facts["known"] == ["wellness", "community_intervention", "complex_bed_based"]
