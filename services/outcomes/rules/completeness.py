"""What is owed and what has come: one line for each return that is due, with the form to fill in if asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.outcomes.rules.indicator import Frequency, Indicator, Polarity, ValueType, bounds
from services.outcomes.rules.kpi_return import FieldReason, ReturnState


@dataclass(frozen=True, slots=True)
class FormField:
    """One figure that a form asks for, with everything that is needed to give it.

    `previous` is the last accepted value and `previous_period` its period.
    """

    indicator_id: UUID
    code: str
    title: str
    definition: str
    numerator: str | None
    denominator: str | None
    unit: str | None
    value_type: ValueType
    multiplier: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None
    polarity: Polarity
    compulsory: bool
    previous: Decimal | None
    previous_period: str | None


@dataclass(frozen=True, slots=True)
class DueItem:
    """A return that is due for a period that has ended. Without a return that the caller may see, `state` is None.

    `overdue`: it has not come, or was sent back, and its due day has passed; one reopened has come. `form` is None
    unless asked for.
    """

    obligation_id: UUID
    title: str
    partnership_id: UUID
    contract_id: UUID
    lead_organisation_id: UUID
    provider_organisation_id: UUID
    frequency: Frequency
    period: str
    financial_year: str
    financial_quarter: int | None
    first_day: date
    last_day: date
    due_on: date
    closes_on: date | None
    overdue: bool
    return_id: UUID | None
    state: ReturnState | None
    revision: int | None
    days_late: int | None
    version: int | None
    reasons: tuple[FieldReason, ...]
    form: tuple[FormField, ...] | None


def form_field(
    indicator: Indicator, compulsory: bool, previous: Decimal | None, previous_period: str | None
) -> FormField:
    """The line of a form that asks for an indicator, its scale worked out."""
    lowest, highest = bounds(indicator)
    return FormField(
        indicator_id=indicator.id,
        code=indicator.code,
        title=indicator.title,
        definition=indicator.definition,
        numerator=indicator.numerator,
        denominator=indicator.denominator,
        unit=indicator.unit,
        value_type=indicator.value_type,
        multiplier=indicator.multiplier,
        lowest=lowest,
        highest=highest,
        polarity=indicator.polarity,
        compulsory=compulsory,
        previous=previous,
        previous_period=previous_period,
    )


def has_come(state: ReturnState | None, accepted_revision: int | None) -> bool:
    """Whether a return is with the commissioners: a draft and one that was sent back are not.

    One that was reopened for a correction has come: what was accepted of it holds.
    """
    sent = state is not None and state is not ReturnState.DRAFT and state is not ReturnState.RETURNED
    return sent or accepted_revision is not None
