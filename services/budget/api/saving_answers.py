"""How lines of savings are answered: terms, figures by year, and the history of their delivery."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.budget.rules.saving_line import Delivery, SavingColour
from services.budget.rules.saving_terms import ArisesIn, SavingType
from shared.web.fields import Day, MoneyOut, Out, TotalOut


class SavingBaseOut(Out):
    """One organisation's spending in the base year."""

    organisation_id: UUID
    amount: MoneyOut


class YearRatesOut(Out):
    """What part of the bases is saved in a year."""

    financial_year: str
    lower: str
    higher: str


class SavingRatesOut(Out):
    """The rates by year, as assumed from a day on."""

    effective_from: Day
    rates: list[YearRatesOut]


class YearAmountOut(Out):
    """A saving of a year between two ends."""

    financial_year: str
    lower: MoneyOut
    higher: MoneyOut


class YearPriceOut(Out):
    """What a contract costs in a year."""

    financial_year: str
    price_pence: int


class TaperOut(Out):
    """A contract's price before an investment, and after it."""

    price_before_pence: int
    prices: list[YearPriceOut]


class SavingTermsOut(Out):
    """What is saved, of what kind, and on which assumptions."""

    type: SavingType
    arises_in: ArisesIn
    service: str | None
    base_year: str | None
    bases: list[SavingBaseOut]
    versions: list[SavingRatesOut]
    amounts: list[YearAmountOut]
    taper: TaperOut | None
    optimism_bias_percent: str = Field(examples=["15"])


class SavingYearOut(Out):
    """A year's saving between two ends, gross and with optimism bias taken off."""

    financial_year: str
    lower: TotalOut
    higher: TotalOut
    lower_after_bias: TotalOut
    higher_after_bias: TotalOut


class RatesOut(Out):
    """A lower and a higher rate."""

    lower: str = Field(examples=["0.25"])
    higher: str = Field(examples=["0.50"])


class RatesChangeOut(Out):
    """A year whose rates the latest version changed."""

    financial_year: str
    before: RatesOut | None
    after: RatesOut | None


class DeliveredOut(Out):
    """What a year brought."""

    financial_year: str
    base_pence: int
    actual_pence: int
    demand_growth_pence: int


class SavingMoveOut(Out):
    """One change of how delivery stands."""

    from_status: Delivery
    to_status: Delivery
    on_day: Day
    explanation: str
    slipped_to: str | None
    delivered: DeliveredOut | None


class SavingOut(Out):
    """A line of savings with its figures worked out, who is credited, and how its delivery stands."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    benefit_id: str
    title: str
    programme: str
    terms: SavingTermsOut
    status: Delivery
    colour: SavingColour
    credited_to: str = Field(examples=["CCO"])
    years: list[SavingYearOut]
    changed_by_latest_version: list[RatesChangeOut]
    delivered_pence: int | None
    history: list[SavingMoveOut]
    version: int


class SavingsOut(Out):
    """A page of lines of savings."""

    items: list[SavingOut]
    next: str | None
