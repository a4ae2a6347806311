"""What is sent and answered about variations and extensions."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.contracts.actions.answer_variation import Given
from services.contracts.api.contract_bodies import (
    MOST_LINES,
    MOST_PARTIES,
    ActivityLineIn,
    ExtensionOptionIn,
    FundingLineIn,
    NoticePeriodIn,
    PartyIn,
)
from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.contract import EndStatus
from services.contracts.rules.extension import Extension
from services.contracts.rules.modification import Declared, Ground
from services.contracts.rules.terms import Terms
from services.contracts.rules.variation import RateChange, Variation, VariationKind, VariationReason
from shared.web.fields import Body, Day, Measure, MoneyIn, Paragraph, Title

NOBODY = UUID(int=0)


class ExtensionIn(Body):
    """A decision to extend: the next option, or so many together, in full or to an earlier day."""

    decided_on: Day = Field(examples=["2015-09-30"])
    options: Annotated[int, Field(strict=True, ge=1, le=20)] = Field(
        default=1, description="How many of the options that are left are exercised together."
    )
    ends_on: Day | None = Field(default=None, description="Left out: as far as the options reach.")
    note: Paragraph | None = None

    def to_decision(self) -> Extension:
        return Extension(self.decided_on, self.options, self.ends_on)


class TermsIn(Body):
    """What is otherwise from the effective date on. What is left out stays as it is."""

    value: MoneyIn | None = Field(default=None, examples=[{"amount_pence": 130000000, "status": "actual"}])
    value_basis: ValueBasis | None = None
    end_date: Day | None = None
    end_status: EndStatus | None = None
    max_end_date: Day | None = None
    extension_options: list[ExtensionOptionIn] | None = Field(default=None, max_length=20)
    notice_period: NoticePeriodIn | None = None
    review_date: Day | None = None
    scope: Paragraph | None = None
    parties: list[PartyIn] | None = Field(default=None, max_length=MOST_PARTIES)
    activity_plan: list[ActivityLineIn] | None = Field(default=None, max_length=MOST_LINES)

    def to_terms(self) -> Terms:
        made: dict[str, Any] = {}
        for name in type(self).model_fields:
            sent = getattr(self, name)
            if isinstance(sent, MoneyIn):
                made[name] = sent.to_money(f"/after/{name}")
            elif isinstance(sent, list):
                made[name] = tuple(each.to_thing() for each in sent)
            else:
                made[name] = sent.to_thing() if hasattr(sent, "to_thing") else sent
        return Terms(**made)


class RateChangeIn(Body):
    """A price per unit before and after."""

    service: Title = Field(examples=["Home care, weekday"])
    unit: Title = Field(examples=["HUR"])
    rate_before: Measure | None = None
    rate_after: Measure | None = None

    def to_thing(self) -> RateChange:
        return RateChange(self.service, self.unit, self.rate_before, self.rate_after)


class VariationIn(Body):
    """A variation to propose: what changes from which day, why, and on what ground without a new procurement."""

    contract_id: UUID
    kind: VariationKind = VariationKind.LOCAL
    reason: VariationReason = Field(examples=["price"])
    description: Paragraph = Field(examples=["Price uplift for 2015/16 as agreed in March 2015"])
    effective_on: Day = Field(examples=["2015-04-01"])
    signed_on: Day | None = None
    after: TermsIn = Field(default_factory=TermsIn)
    rates: list[RateChangeIn] = Field(default=[], max_length=MOST_LINES)
    funding_after: list[FundingLineIn] | None = Field(default=None, max_length=MOST_LINES)
    ground: Ground | None = Field(default=None, examples=["provided_for"])
    different_in_character: bool | None = Field(
        default=None,
        examples=[False],
        description="Whether the change makes it another contract than was awarded.",
    )
    threshold_pence: Annotated[int, Field(strict=True, gt=0)] | None = Field(
        default=None, description="The threshold that applied on that day, for a change below it."
    )
    despite_test: Paragraph | None = Field(
        default=None, description="The advice on which the change is made though the test does not permit it."
    )

    def to_proposal(self, variation_id: UUID) -> Variation:
        funding = self.funding_after
        return Variation(
            id=variation_id,
            contract_id=self.contract_id,
            owner_organisation_id=NOBODY,
            partnership_id=None,
            kind=self.kind,
            reason=self.reason,
            description=self.description,
            effective_on=self.effective_on,
            signed_on=self.signed_on,
            before=Terms(),
            after=self.after.to_terms(),
            rates=tuple(each.to_thing() for each in self.rates),
            funding_after=None if funding is None else tuple(each.to_thing() for each in funding),
            despite_test=self.despite_test,
        )

    def to_declared(self) -> Declared:
        return Declared(self.ground, self.different_in_character, self.threshold_pence)


class VariationAnswerIn(Body):
    """An answer for your own side; or, by letter, what a provider signed, recorded by the lead."""

    on: Day = Field(examples=["2015-03-20"], description="The day on which that side agreed or refused.")
    note: Paragraph | None = None
    by_letter: bool = False
    provider_organisation_id: UUID | None = None

    def to_given(self, agreed: bool) -> Given:
        return Given(agreed, self.on, self.note, self.provider_organisation_id, self.by_letter)


class VariationRefusalIn(VariationAnswerIn):
    """A refusal, with its reason."""

    note: Paragraph = Field(examples=["The price does not cover the new duties"])
