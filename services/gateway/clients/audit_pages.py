"""Pages of each service's audit, and the ends of their chains, for the gateway's views over all of them."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.clients.reading import Reader
from shared.audit_trail import AuditEvent, Head

BUDGET, CONTRACTS, OUTCOMES = (
    "/v1/audit-events/budget",
    "/v1/audit-events/contracts",
    "/v1/audit-events/outcomes",
)
BUDGET_HEAD, CONTRACTS_HEAD, OUTCOMES_HEAD = (
    "/v1/audit-heads/budget",
    "/v1/audit-heads/contracts",
    "/v1/audit-heads/outcomes",
)


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of a service's audit, the oldest row first."""

    items: tuple[AuditEvent, ...]
    next: str | None


async def of_budget(reader: Reader, query: dict[str, str], seconds: float) -> AuditPage:
    return await reader.read(AuditPage, BUDGET, query, seconds)


async def of_contracts(reader: Reader, query: dict[str, str], seconds: float) -> AuditPage:
    return await reader.read(AuditPage, CONTRACTS, query, seconds)


async def of_outcomes(reader: Reader, query: dict[str, str], seconds: float) -> AuditPage:
    return await reader.read(AuditPage, OUTCOMES, query, seconds)


async def head_of_budget(reader: Reader, seconds: float) -> Head:
    return await reader.read(Head, BUDGET_HEAD, {}, seconds)


async def head_of_contracts(reader: Reader, seconds: float) -> Head:
    return await reader.read(Head, CONTRACTS_HEAD, {}, seconds)


async def head_of_outcomes(reader: Reader, seconds: float) -> Head:
    return await reader.read(Head, OUTCOMES_HEAD, {}, seconds)


PAGES = {"budget": of_budget, "contracts": of_contracts, "outcomes": of_outcomes}
HEADS = {"budget": head_of_budget, "contracts": head_of_contracts, "outcomes": head_of_outcomes}
