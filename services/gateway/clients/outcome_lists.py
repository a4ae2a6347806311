"""Lists of the outcomes service that views join: what returns are owed, what waits for a decision, obligations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.gateway.clients.pages import WholeList, every
from services.gateway.clients.reading import Reader

OWED = "/v1/completeness"
OBLIGATIONS = "/v1/obligations"
RETURNS = "/v1/returns"


@dataclass(frozen=True, slots=True)
class OwedReturn:
    """A return that has not come, or was sent back."""

    obligation_id: UUID
    title: str
    contract_id: UUID
    provider_organisation_id: UUID
    period: str
    due_on: date
    overdue: bool
    state: str | None


@dataclass(frozen=True, slots=True)
class OwedPage:
    items: tuple[OwedReturn, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ListedObligation:
    """What a provider owes for a contract, and until when."""

    id: UUID
    contract_id: UUID
    lead_organisation_id: UUID
    title: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class ObligationPage:
    items: tuple[ListedObligation, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class SubmittedReturn:
    """A return that waits for the lead commissioner."""

    id: UUID
    obligation_id: UUID
    contract_id: UUID
    lead_organisation_id: UUID
    period: str
    due_on: date
    revision: int


@dataclass(frozen=True, slots=True)
class SubmittedPage:
    items: tuple[SubmittedReturn, ...]
    next: str | None


async def owed_returns(
    reader: Reader, partnership_id: UUID, as_at: date, seconds: float
) -> WholeList[OwedReturn]:
    """Returns of ended periods that have not come, or were sent back."""

    async def page(following: dict[str, str]) -> OwedPage:
        asked = {"partnership_id": str(partnership_id), "as_at": as_at.isoformat(), "outstanding": "true"}
        return await reader.read(OwedPage, OWED, {**asked, **following}, seconds)

    return await every(page)


async def obligations(reader: Reader, partnership_id: UUID, seconds: float) -> WholeList[ListedObligation]:
    """What providers owe in the partnership."""

    async def page(following: dict[str, str]) -> ObligationPage:
        query = {"partnership_id": str(partnership_id), **following}
        return await reader.read(ObligationPage, OBLIGATIONS, query, seconds)

    return await every(page)


async def returns_in_state(
    reader: Reader, partnership_id: UUID, state: str, seconds: float
) -> WholeList[SubmittedReturn]:
    """Returns in one state of their life: `submitted` and `validated` ones wait for the lead."""

    async def page(following: dict[str, str]) -> SubmittedPage:
        query = {"partnership_id": str(partnership_id), "state": state, **following}
        return await reader.read(SubmittedPage, RETURNS, query, seconds)

    return await every(page)
