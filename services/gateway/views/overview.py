"""One view of a partnership: its money, its contracts and its outcomes, from three services at once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from services.gateway.clients.contract_summaries import ContractPicture, contract_summary
from services.gateway.clients.positions import FundPosition, FundTotal, FundWithheld, position
from services.gateway.clients.reading import Reader
from services.gateway.clients.scorecards import OutcomePicture, scorecard
from shared.calendar import FinancialYear
from shared.errors import Kind, Refusal, reason
from shared.logs import log

SECONDS = 2.0
SOURCES_MISSING = reason(
    "sources_missing",
    Kind.UNAVAILABLE,
    "Not every service answered, and the strict view shows all or nothing. Try again shortly, or ask for partial.",
)

T = TypeVar("T")


class Mode(StrEnum):
    """What to do while a service does not answer: show the rest, or refuse."""

    PARTIAL = "partial"
    STRICT = "strict"


class SourceStatus(StrEnum):
    """Whether a service answered."""

    OK = "ok"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Source:
    """One service that the view is made from, and when it was read; null where it was not."""

    service: str
    status: SourceStatus
    as_at: datetime | None


@dataclass(frozen=True, slots=True)
class MissingContributor:
    """An organisation whose figures are not known, and which: budget, actual, contribution, contract_value, outcome."""

    organisation_id: UUID
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverviewTotals:
    """Figures of the whole. What needs a source that is missing, or a figure that is not known, is null.

    `not_under_contract_pence` is the adjusted budget less the yearly value of the running contracts.
    """

    budget: FundTotal | None
    actual: FundTotal | None
    contracted_a_year_pence: int | None
    not_under_contract_pence: int | None
    contracts_running: int | None
    outcomes_red: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """A partnership in one view. `complete` is false while anything in it is missing, unknown or withheld."""

    partnership_id: UUID
    financial_year: str
    as_at: date
    complete: bool
    sources: tuple[Source, ...]
    missing_contributors: tuple[MissingContributor, ...]
    withheld_contributors: tuple[FundWithheld, ...]
    totals: OverviewTotals
    fund: FundPosition | None
    contracts: ContractPicture | None
    scorecard: OutcomePicture | None


async def overview(
    readers: Mapping[str, Reader],
    partnership_id: UUID,
    year: FinancialYear,
    as_at: date,
    mode: Mode,
    now: datetime,
) -> Overview:
    """Ask the three services at the same time, each for at most two seconds, and put together what they answer."""
    async with asyncio.TaskGroup() as group:
        asked = (
            group.create_task(
                _answer(position(readers["budget"], partnership_id, year.slug, as_at, SECONDS), "budget")
            ),
            group.create_task(
                _answer(contract_summary(readers["contracts"], partnership_id, as_at, SECONDS), "contracts")
            ),
            group.create_task(
                _answer(scorecard(readers["outcomes"], partnership_id, as_at, SECONDS), "outcomes")
            ),
        )
    fund, contracts, outcomes = asked[0].result(), asked[1].result(), asked[2].result()
    sources = tuple(
        Source(service, SourceStatus.UNAVAILABLE, None)
        if found is None
        else Source(service, SourceStatus.OK, now)
        for service, found in (("budget", fund), ("contracts", contracts), ("outcomes", outcomes))
    )
    missing = [each.service for each in sources if each.status is SourceStatus.UNAVAILABLE]
    if missing and mode is Mode.STRICT:
        raise SOURCES_MISSING(retry_after=2, sources=missing)
    return Overview(
        partnership_id=partnership_id,
        financial_year=year.label,
        as_at=as_at,
        complete=_complete(fund, contracts, outcomes),
        sources=sources,
        missing_contributors=_missing(fund, contracts, outcomes),
        withheld_contributors=fund.withheld_contributors if fund else (),
        totals=_totals(fund, contracts, outcomes),
        fund=fund,
        contracts=contracts,
        scorecard=outcomes,
    )


async def _answer(asking: Coroutine[Any, Any, T], service: str) -> T | None:
    """What the service answers, or None with a line in the log."""
    try:
        return await asking
    except Refusal as refusal:
        log("gateway").warning("source_missing", source=service, why=refusal.code, facts=refusal.facts)
        return None


def _complete(
    fund: FundPosition | None, contracts: ContractPicture | None, outcomes: OutcomePicture | None
) -> bool:
    return (
        fund is not None
        and fund.complete
        and contracts is not None
        and contracts.total.complete
        and contracts.annual.complete
        and outcomes is not None
        and outcomes.complete
    )


def _missing(
    fund: FundPosition | None, contracts: ContractPicture | None, outcomes: OutcomePicture | None
) -> tuple[MissingContributor, ...]:
    """Whose figures are not known, over all sources that answered, each organisation once."""
    found: dict[UUID, list[str]] = {}
    for each in fund.missing_contributors if fund else ():
        found.setdefault(each.organisation_id, []).extend(each.figures)
    if contracts:
        for organisation in {*contracts.total.missing_contributors, *contracts.annual.missing_contributors}:
            found.setdefault(organisation, []).append("contract_value")
    for organisation in outcomes.missing_contributors if outcomes else ():
        found.setdefault(organisation, []).append("outcome")
    return tuple(
        MissingContributor(organisation, tuple(found[organisation])) for organisation in sorted(found)
    )


def _totals(
    fund: FundPosition | None, contracts: ContractPicture | None, outcomes: OutcomePicture | None
) -> OverviewTotals:
    budget = fund.totals.whole.budget_adjusted if fund else None
    contracted = _contracted_a_year(contracts) if contracts else None
    return OverviewTotals(
        budget=budget,
        actual=fund.totals.whole.actual if fund else None,
        contracted_a_year_pence=contracted,
        not_under_contract_pence=_less(budget, contracted),
        contracts_running=contracts.running if contracts else None,
        outcomes_red=outcomes.ratings.red if outcomes else None,
    )


def _contracted_a_year(contracts: ContractPicture) -> int | None:
    """What all running contracts cost a year. Null while one of them states no value, or one for its whole term."""
    if not contracts.annual.complete or contracts.total.contracts:
        return None
    return contracts.annual.known_pence


def _less(budget: FundTotal | None, contracted_pence: int | None) -> int | None:
    """What is left of a budget. Null unless the whole of both is known."""
    if budget is None or not budget.complete or budget.known_pence is None or contracted_pence is None:
        return None
    return budget.known_pence - contracted_pence
