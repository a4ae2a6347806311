"""What was spent for each contract, as the budget service answers it and views show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.gateway.clients.positions import FundMissing, FundWithheld
from services.gateway.clients.reading import Reader

PATH = "/v1/reports/contract-spend"


@dataclass(frozen=True, slots=True)
class SpentForContract:
    """What was spent for a contract in pence, and under which arrangement; null where nothing was."""

    contract_id: UUID
    spend_pence: int
    pooled_pence: int | None
    aligned_pence: int | None
    shadow_pence: int | None


@dataclass(frozen=True, slots=True)
class SpentForContracts:
    """The contracts and `without_contract_pence` come to `seen_pence`, all of it that the caller sees."""

    complete: bool
    missing_contributors: tuple[FundMissing, ...]
    withheld_contributors: tuple[FundWithheld, ...]
    seen_pence: int | None
    without_contract_pence: int | None
    contracts: tuple[SpentForContract, ...]


async def contract_spend(
    reader: Reader,
    partnership_id: UUID,
    financial_year: str,
    when: tuple[date, datetime | None],
    seconds: float,
) -> SpentForContracts:
    """Spending by contract; `financial_year` is written 2014-15, `when` is as at and as recorded."""
    as_at, as_recorded = when
    query = {
        "partnership_id": str(partnership_id),
        "financial_year": financial_year,
        "as_at": as_at.isoformat(),
    }
    if as_recorded is not None:
        query["as_recorded"] = as_recorded.isoformat()
    return await reader.read(SpentForContracts, PATH, query, seconds)
