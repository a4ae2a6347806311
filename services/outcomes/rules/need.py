"""A need of people in an area, as the joint strategic needs assessment states it, and the indicators that answer it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.outcomes.rules.indicator import ValueType
from shared.errors import Kind, reason
from shared.money import Qualifier

NEED_TAKEN = reason(
    "need_taken", Kind.CONFLICT, "Your organisation has another need under this reference in the partnership."
)
NEED_FIGURE = reason(
    "need_figure_half_given",
    Kind.INVALID,
    "Say of the figure what kind of number it is (a count of people, a rate), or leave both out.",
)
NEED_NOT_WHOLE = reason(
    "need_count_not_whole",
    Kind.INVALID,
    "A count of people is a whole number; a rate is another kind of number.",
)
NEED_INDICATOR_UNKNOWN = reason(
    "need_indicator_unknown",
    Kind.INVALID,
    "This indicator is not on record in the partnership, or is named twice.",
)


@dataclass(frozen=True, slots=True)
class NeedIndicator:
    """An indicator that answers a need, and the contracts under which it is reported."""

    indicator_id: UUID
    code: str
    contract_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """A need with its source. A figure («about 10,200 children in poverty») keeps its kind and its qualifier."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    reference: str
    title: str
    description: str
    source: str
    area_code: str | None
    value_type: ValueType | None
    value: Decimal | None
    qualifier: Qualifier | None
    indicators: tuple[NeedIndicator, ...] = ()
    recorded_at: datetime | None = None


def check_need(need: Need, asked: Collection[UUID], known: Collection[UUID]) -> Need:
    """Give the need back, or refuse a figure without its kind and an indicator that is not on record."""
    if (need.value is None) is not (need.value_type is None):
        raise NEED_FIGURE("/value_type" if need.value_type is None else "/value")
    if need.value_type is ValueType.COUNT and need.value is not None and need.value != int(need.value):
        raise NEED_NOT_WHOLE("/value")
    seen: set[UUID] = set()
    for index, each in enumerate(asked):
        if each not in known or each in seen:
            raise NEED_INDICATOR_UNKNOWN(f"/indicator_ids/{index}")
        seen.add(each)
    return need
