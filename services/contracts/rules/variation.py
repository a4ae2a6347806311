"""A variation: what both sides of a contract agree to change, from which day, why, and on what ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.funding import FundingLine
from services.contracts.rules.modification import Modification
from services.contracts.rules.terms import NAMES, Terms
from services.contracts.rules.variation_side import Answered
from services.contracts.rules.yearly_value import YearEffect


class VariationKind(StrEnum):
    """`local`: agreed between the parties. `national`: of the national terms, taken or not taken (GC13)."""

    LOCAL = "local"
    NATIONAL = "national"


class VariationReason(StrEnum):
    """Why a contract is varied: kinds of grounds as public registers type them, and those of health and care."""

    VOLUME = "volume"
    PRICE = "price"
    INDEXATION = "indexation"
    TERM = "term"
    SCOPE = "scope"
    QUALITY_IMPROVEMENT = "quality_improvement"
    SAVING = "saving"
    TAPERING = "tapering"
    TAX = "tax"
    LEGISLATION = "legislation"
    PARTIES = "parties"
    SETTLEMENT = "settlement"
    NATIONAL_VARIATION = "national_variation"
    CORRECTION = "correction"
    OTHER = "other"


class VariationState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    NOT_ACCEPTED = "not_accepted"  # a national variation: notice follows
    WITHDRAWN = "withdrawn"
    IN_EFFECT = "in_effect"


# What can still take effect.
OPEN = frozenset({VariationState.PROPOSED, VariationState.AGREED})


@dataclass(frozen=True, slots=True)
class RateChange:
    """A price per unit before and after. None before: it is new; None after: it is no longer bought."""

    service: str
    unit: str
    rate_before: Decimal | None = None
    rate_after: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Variation:
    """A variation with what it changes. `funding` and what the test said are for commissioners only."""

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    partnership_id: UUID | None
    kind: VariationKind
    reason: VariationReason
    description: str
    effective_on: date
    before: Terms
    after: Terms
    rates: tuple[RateChange, ...] = ()
    yearly: tuple[YearEffect, ...] = ()
    signed_on: date | None = None
    state: VariationState = VariationState.PROPOSED
    answers: tuple[Answered, ...] = ()
    funding_before: tuple[FundingLine, ...] | None = None
    funding_after: tuple[FundingLine, ...] | None = None
    modification: Modification | None = None
    despite_test: str | None = None
    version: int = 1
    recorded_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """What it changes, so that two variations of one thing are found."""
        found = [name for name in NAMES if getattr(self.after, name) is not None]
        return tuple(
            sorted([*found, *["funding"] * (self.funding_after is not None), *["rates"] * bool(self.rates)])
        )


@dataclass(frozen=True, slots=True)
class Version:
    """A variation that holds or is agreed, as far as another one can overlap it."""

    id: UUID
    effective_on: date
    fields: tuple[str, ...]
