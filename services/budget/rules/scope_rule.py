"""What a particular agreement leaves out of its pools, besides what the law leaves out of every pool."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.budget.rules.category import Category
from shared.errors import Kind, reason

OUT_OF_SCOPE = reason(
    "line_out_of_scope",
    Kind.CONFLICT,
    "The agreement leaves this service out of its pools. Keep the line outside, or vary the agreement.",
)


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """Services with this tag are left out of this category's pools (None: of every pool), from a date.

    Plymouth 2014: acute care belongs to complex_bed_based, and is not pooled (S1-B02, S1-B03).
    """

    tag: str
    category: Category | None
    reason: str
    effective_from: date | None = None
    effective_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )


def leaving_out(
    rules: Iterable[ScopeRule], category: Category, tags: Iterable[str], day: date
) -> ScopeRule | None:
    """The rule that leaves such a service out on that day, or None."""
    carried = set(tags)
    for rule in rules:
        if rule.tag in carried and rule.category in (None, category) and rule.holds_on(day):
            return rule
    return None


def require_in_scope(rules: Iterable[ScopeRule], category: Category, tags: Iterable[str], day: date) -> None:
    """Refuse a pooled or shadow line for a service that the agreement leaves out."""
    rule = leaving_out(rules, category, tags, day)
    if rule is not None:
        raise OUT_OF_SCOPE("/tags", tag=rule.tag, category=category, because=rule.reason)
