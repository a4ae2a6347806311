"""The annual summary of the Provider Selection Regime as a table: paragraph, what it counts, and the figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

HEADINGS = ("Paragraph", "Count", "Figure")
_COUNTS: Sequence[tuple[str, str, str]] = (
    ("a", "Contracts awarded by a direct award process", "direct_award"),
    ("a", "of these by Direct Award Process A", "direct_award_a"),
    ("a", "of these by Direct Award Process B", "direct_award_b"),
    ("a", "of these by Direct Award Process C", "direct_award_c"),
    ("b", "Contracts awarded by the Most Suitable Provider Process", "most_suitable_provider"),
    ("c", "Contracts awarded by the Competitive Process", "competitive"),
    ("d", "Framework agreements concluded", "frameworks_concluded"),
    ("e", "Contracts awarded from a framework agreement", "awarded_from_framework"),
    ("f", "Urgent awards and modifications (regulation 14)", "urgent_awards_and_modifications"),
    ("g", "New providers", "new_providers"),
    ("h", "Providers of the year before that hold no contract any more", "providers_no_longer_held"),
    ("i", "Written representations in standstills", "representations"),
)


def rows(summary: Any) -> Iterator[tuple[str, str, str | int]]:
    """The table with its headings; a row of its own for each summary, and for what is not on record."""
    yield HEADINGS
    for paragraph, what, name in _COUNTS:
        yield paragraph, what, getattr(summary, name)
    for words in summary.representation_summaries:
        yield "i", "Nature and impact", words
    for each in summary.left_open:
        yield "", f"Not on record: {each.missing}", each.reference
