"""The three categories of need under which pools, lines and contracts are kept, and their other names."""

from __future__ import annotations

from enum import StrEnum

from shared.errors import Kind, reason
from shared.text import fold_key

CATEGORY_UNKNOWN = reason(
    "category_unknown",
    Kind.INVALID,
    "Use the category wellness, community_intervention or complex_bed_based, or a name known for one.",
)


class Category(StrEnum):
    """What kind of need a service meets. Whether its money may be pooled is a line's arrangement."""

    WELLNESS = "wellness"
    COMMUNITY_INTERVENTION = "community_intervention"
    COMPLEX_BED_BASED = "complex_bed_based"


# The business case of 2014 uses several names for one thing within the same file (S1-B02).
SYNONYMS: dict[Category, tuple[str, ...]] = {
    Category.WELLNESS: (
        "wellness",
        "wellbeing",
        "well-being",
        "wellness services",
        "community and wellbeing",
    ),
    Category.COMMUNITY_INTERVENTION: (
        "community intervention",
        "community_intervention",
        "community based care",
        "community-based care",
        "community",
    ),
    Category.COMPLEX_BED_BASED: (
        "complex_bed_based",
        "complex / bed based care",
        "complex / bed based care (excluding acute)",
        "complex and bed based care",
        "complex and bed based care (excluding acute)",
        "complex bed based care",
        "complex",
    ),
}
_BY_NAME = {fold_key(name): category for category, names in SYNONYMS.items() for name in names}


def read_category(text: str) -> Category:
    """The category that a name stands for, whatever its case, spacing or look-alike letters."""
    category = _BY_NAME.get(fold_key(text))
    if category is None:
        raise CATEGORY_UNKNOWN("/category", known=[each.value for each in Category])
    return category
