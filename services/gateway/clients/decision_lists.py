"""Decisions and findings as lists of the services have them, for what scrutiny is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.clients.pages import WholeList, every
from services.gateway.clients.reading import Reader

DECISIONS = "/v1/decisions"


@dataclass(frozen=True, slots=True)
class ConditionOfDecision:
    """What an approval is subject to, and when it was met; null while it is not."""

    number: int
    text: Annotated[str, Field(examples=["Both bodies agree the finance schedule."])]
    met_on: date | None


@dataclass(frozen=True, slots=True)
class ListedDecision:
    """A decision of a named body, as far as it is published with Part I."""

    id: UUID
    owner_organisation_id: UUID
    subject: Annotated[str, Field(examples=["agreement"])]
    subject_title: Annotated[str, Field(examples=["Section 75 agreement"])]
    body: Annotated[str, Field(examples=["Cabinet"])]
    decided_on: date
    outcome: Annotated[str, Field(examples=["approved"])]
    conditions: tuple[ConditionOfDecision, ...]
    key_decision: bool
    part: Annotated[str, Field(examples=["part_1"])]
    exemption_paragraph: int | None
    call_in_ends_on: date | None
    reference: str | None
    ratified: bool | None


@dataclass(frozen=True, slots=True)
class DecisionPage:
    items: tuple[ListedDecision, ...]
    next: str | None


async def listed_decisions(reader: Reader, partnership_id: UUID, seconds: float) -> WholeList[ListedDecision]:
    """Every decision of the partnership that the caller may see, by the day on which it was made."""

    async def page(following: dict[str, str]) -> DecisionPage:
        query = {"partnership_id": str(partnership_id), **following}
        return await reader.read(DecisionPage, DECISIONS, query, seconds)

    return await every(page)
