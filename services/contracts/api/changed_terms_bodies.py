"""What the gateway is answered about a change of terms before it is made."""

from __future__ import annotations

from uuid import UUID

import msgspec
from pydantic import Field

from services.contracts.api.contract_answers import FundingLineOut
from services.contracts.rules.changed_terms import ChangedTerms
from shared.idempotency import Answer
from shared.web.fields import Day, Out


class ChangedYearOut(Out):
    """What the change does to one financial year; null where it cannot be said."""

    financial_year: str = Field(examples=["2015/16"])
    before_pence: int | None
    after_pence: int | None
    change_pence: int | None


class ChangedTermsOut(Out):
    """What a change of terms does to what the contract is worth, by year, and to who pays for it."""

    id: UUID
    decided_on_id: UUID = Field(
        description="What the bodies of its funding partners decide on: the variation, or this very change."
    )
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str = Field(examples=["NEW-COMMUNITY"])
    title: str = Field(examples=["Community health services in Plymouth"])
    day: Day
    worth_before_pence: int | None
    worth_after_pence: int | None
    years: list[ChangedYearOut]
    funding_before: list[FundingLineOut]
    funding: list[FundingLineOut]
    version: int


def said(found: ChangedTerms) -> Answer:
    return Answer(200, msgspec.json.encode(found), f'"{found.version}"')
