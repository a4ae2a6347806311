"""Bodies of lines of savings: terms, versions of rates, and moves of delivery."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.budget.rules.saving_line import Delivered, Delivery, Move, Saving
from services.budget.rules.saving_terms import (
    ArisesIn,
    Base,
    SavingType,
    Taper,
    Terms,
    Version,
    YearAmount,
    YearPrice,
    YearRates,
)
from shared.web.fields import Body, Code, Day, FinancialYearField, Measure, MoneyIn, Paragraph, Pence, Title

_MOST_YEARS = 30


class SavingBaseIn(Body):
    """One organisation's spending in the base year; `tbc` where it is still to be confirmed."""

    organisation_id: UUID
    amount: MoneyIn


class YearRatesIn(Body):
    """What part of the bases is saved in a year: 0.02 is 2 per cent."""

    financial_year: FinancialYearField
    lower: Measure = Field(examples=["0.02"])
    higher: Measure = Field(examples=["0.05"])


class SavingRatesIn(Body):
    """The rates by year, as assumed from a day on."""

    effective_from: Day = Field(examples=["2014-07-16"])
    rates: list[YearRatesIn] = Field(min_length=1, max_length=_MOST_YEARS)

    def to_version(self) -> Version:
        rates = (YearRates(each.financial_year.label, each.lower, each.higher) for each in self.rates)
        return Version(self.effective_from, tuple(rates))


class YearAmountIn(Body):
    """A saving of a year as an amount between two ends."""

    financial_year: FinancialYearField
    lower: MoneyIn
    higher: MoneyIn


class YearPriceIn(Body):
    """What a contract costs in a year once its price tapers."""

    financial_year: FinancialYearField
    price_pence: Pence = Field(examples=[80000000])


class TaperIn(Body):
    """A contract's yearly price before an investment, and after it year by year."""

    price_before_pence: Pence = Field(examples=[100000000])
    prices: list[YearPriceIn] = Field(min_length=1, max_length=_MOST_YEARS)


class SavingIn(Body):
    """A line of your organisation's savings: rates on frozen bases, or amounts, or a taper."""

    partnership_id: UUID
    benefit_id: Code = Field(
        examples=["CYP-450"], description="Lines that claim one benefit carry one id; it counts once."
    )
    title: Title = Field(examples=["Maximise resources"])
    programme: Title = Field(examples=["Integrated commissioning"])
    type: SavingType
    arises_in: ArisesIn
    service: Title | None = Field(default=None, examples=["Children's services"])
    base_year: FinancialYearField | None = None
    bases: list[SavingBaseIn] = Field(default_factory=list, max_length=50)
    assumption: SavingRatesIn | None = None
    amounts: list[YearAmountIn] = Field(default_factory=list, max_length=_MOST_YEARS)
    taper: TaperIn | None = None
    optimism_bias_percent: Measure = Field(default="0", validate_default=True, examples=["10"])

    def to_saving(self, saving_id: UUID, owner: UUID) -> Saving:
        return Saving(
            saving_id,
            self.partnership_id,
            owner,
            self.benefit_id,
            self.title,
            self.programme,
            Terms(
                self.type,
                self.arises_in,
                self.service,
                None if self.base_year is None else self.base_year.label,
                tuple(
                    Base(each.organisation_id, each.amount.to_money(f"/bases/{n}/amount"))
                    for n, each in enumerate(self.bases)
                ),
                () if self.assumption is None else (self.assumption.to_version(),),
                self._amounts(),
                self._taper(),
                self.optimism_bias_percent,
            ),
        )

    def _amounts(self) -> tuple[YearAmount, ...]:
        return tuple(
            YearAmount(
                each.financial_year.label,
                each.lower.to_money(f"/amounts/{n}/lower"),
                each.higher.to_money(f"/amounts/{n}/higher"),
            )
            for n, each in enumerate(self.amounts)
        )

    def _taper(self) -> Taper | None:
        if self.taper is None:
            return None
        prices = (YearPrice(each.financial_year.label, each.price_pence) for each in self.taper.prices)
        return Taper(self.taper.price_before_pence, tuple(prices))


class DeliveredIn(Body):
    """What a year brought: base less actual spending, after what growth in demand added to it."""

    financial_year: FinancialYearField
    base_pence: Pence = Field(examples=[162900000])
    actual_pence: Pence = Field(examples=[160000000])
    demand_growth_pence: Pence = Field(examples=[2000000])


class SavingMoveIn(Body):
    """How the delivery of a saving stands from a day on."""

    status: Delivery
    on_day: Day = Field(examples=["2014-11-01"])
    explanation: Paragraph = Field(examples=["The restructure was consulted on a quarter late."])
    slipped_to: FinancialYearField | None = None
    delivered: DeliveredIn | None = None

    def to_move(self) -> Move:
        found = self.delivered
        return Move(
            Delivery.PLANNED,  # until the line says from where it moves
            self.status,
            self.on_day,
            self.explanation,
            None if self.slipped_to is None else self.slipped_to.label,
            None
            if found is None
            else Delivered(
                found.financial_year.label, found.base_pence, found.actual_pence, found.demand_growth_pence
            ),
        )
