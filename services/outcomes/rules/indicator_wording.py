"""How an indicator is worded and placed: both can be amended with a reason, and are kept. What is measured stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.outcomes.rules.indicator import Indicator, Placing
from shared.errors import Kind, reason

WORDING_UNCHANGED = reason(
    "indicator_wording_unchanged", Kind.INVALID, "The indicator is worded and placed like this already."
)
# Title to caveats, and the change above which a figure needs an explanation: no figure means another thing by them.
WORDS = (
    "title",
    "definition",
    "numerator",
    "denominator",
    "source",
    "rationale",
    "caveats",
    "warn_above_change_percent",
)


@dataclass(frozen=True, slots=True)
class IndicatorWording:
    """One wording of an indicator and where it then stood: why it was chosen (None: the first), from when, until when."""

    indicator_id: UUID
    version: int
    title: str
    definition: str
    numerator: str | None
    denominator: str | None
    source: str | None
    rationale: str | None
    caveats: str | None
    warn_above_change_percent: Decimal | None
    frameworks: tuple[Placing, ...]
    reason: str | None
    held_from: datetime | None
    held_until: datetime | None = None


def reword(indicator: Indicator, words: Mapping[str, Any], why: str) -> Indicator:
    """The indicator in other words or otherwise placed, as its next version; refuses what it has already."""
    if all(getattr(indicator, name) == each for name, each in words.items()):
        raise WORDING_UNCHANGED()
    return replace(indicator, **words, version=indicator.version + 1, reason=why)


def wording_of(indicator: Indicator) -> IndicatorWording:
    """The wording that holds now."""
    words = {name: getattr(indicator, name) for name in WORDS}
    return IndicatorWording(
        indicator.id,
        indicator.version,
        **words,
        frameworks=indicator.frameworks,
        reason=indicator.reason,
        held_from=indicator.updated_at,
    )


def as_worded(indicator: Indicator, wording: IndicatorWording | None) -> Indicator:
    """The indicator as it was worded at an instant; `wording` is None where it is the one that holds now."""
    if wording is None:
        return indicator
    words = {name: getattr(wording, name) for name in WORDS}
    return replace(
        indicator,
        **words,
        frameworks=wording.frameworks,
        version=wording.version,
        reason=wording.reason,
        updated_at=wording.held_from,
    )
