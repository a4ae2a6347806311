"""What the gateway is answered about contracts that would go on as others."""

from __future__ import annotations

from uuid import UUID

import msgspec
from pydantic import Field

from services.contracts.rules.passing_on import PassingOn
from shared.idempotency import Answer
from shared.web.fields import Day, Out


class GoesOnOut(Out):
    """A contract that goes on, what share of what is left of the one before is its own, and what it answers for."""

    contract_id: UUID
    title: str = Field(examples=["Community health services in Plymouth"])
    share_percent: str = Field(examples=["100"])
    indicator_ids: list[UUID] | None


class PassedOnOut(Out):
    """A contract that ends, and those that go on for it; none where another lead takes over with its own money."""

    contract_id: UUID
    heirs: list[GoesOnOut]


class PassingOnOut(Out):
    """All contracts that end and go on in one move."""

    contract_ids: list[UUID]
    partnership_id: UUID | None
    owner_organisation_id: UUID
    day: Day
    passed_on: list[PassedOnOut]
    outgoing_organisation_id: UUID | None
    incoming_organisation_id: UUID | None


def said(found: PassingOn) -> Answer:
    return Answer(200, msgspec.json.encode(found))
