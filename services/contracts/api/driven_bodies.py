"""What the gateway sends when it brings a contract into force, and what it and commissioners are answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from pydantic import Field

from services.contracts.api.contract_answers import FundingLineOut
from services.contracts.rules.activation import Backing
from services.contracts.rules.contract import Contract
from services.contracts.rules.life import TERMINATION_REASON, TerminationReason, complete, terminate
from services.contracts.rules.step import require_come
from shared.caller import CALLER_UNVERIFIED
from shared.web.fields import Body, Day, Line, MoneyOut, Out
from shared.web.today import today_in_england


class InForceIn(Body):
    """From which day the contract is in force."""

    active_from: Day = Field(examples=["2013-04-01"])


class EndingKind(StrEnum):
    TERMINATION = "termination"
    COMPLETION = "completion"


class EndingIn(Body):
    """How and when the contract is to end."""

    kind: EndingKind = Field(examples=["termination"])
    on: Day = Field(examples=["2015-03-31"])
    reason: Line = Field(examples=["agreed"])

    def rule(self) -> Callable[[Contract], Contract]:
        require_come(self.on, today_in_england())
        if self.kind is EndingKind.COMPLETION:
            return lambda contract: complete(contract, self.on)
        try:
            why = TerminationReason(self.reason)
        except ValueError:
            raise TERMINATION_REASON("/reason", reasons=[each.value for each in TerminationReason]) from None
        return lambda contract: terminate(contract, self.on, why)


class ReadinessOut(Out):
    """What others must know of a contract that could come into force, or end."""

    id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str = Field(examples=["NEW-COMMUNITY"])
    title: str = Field(examples=["Community health services in Plymouth"])
    value: MoneyOut
    worth_pence: int | None
    funding: list[FundingLineOut]
    indicator_ids: list[UUID]
    version: int
    priced_at: datetime | None = Field(description="Since when it asks its funding partners for that.")


class BackingApprovalOut(Out):
    """How one funding partner's limits were kept."""

    organisation_id: UUID
    amount_pence: int
    limit_id: UUID
    within_officer_limit: bool
    body: str | None = Field(examples=["Cabinet"])
    decision_id: UUID | None
    counts_from: Day | None


class CommittedOut(Out):
    """Budget that was set aside on one line."""

    commitment_id: UUID
    line_id: UUID
    pool_id: UUID | None
    financial_year: str = Field(examples=["2015/16"])
    amount_pence: int


class BackingOut(Out):
    """What was seen in budgets and outcomes before the contract came into force."""

    approvals: list[BackingApprovalOut]
    commitments: list[CommittedOut] = Field(description="On lines of pools.")
    indicator_ids: list[UUID]
    own_commitments: int = Field(
        description="On how many lines of its own books the lead set budget aside. What they hold is its own to see."
    )


class ActivationOut(Out):
    """A coming into force: from which day, at which version, and what stood behind it."""

    contract_id: UUID
    version: int
    partnership_id: UUID
    owner_organisation_id: UUID
    active_from: Day
    backing: BackingOut
    no_indicator_reason: str | None


def backing_of(seen: dict[str, Any]) -> Backing:
    """What the gateway saw, as it says under its signature. Another shape is no word of the gateway's."""
    try:
        return msgspec.convert(seen, Backing)
    except msgspec.ValidationError:
        raise CALLER_UNVERIFIED() from None
