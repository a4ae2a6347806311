"""One view of a partnership: its money, its contracts and its outcomes, from three services at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from services.gateway.clients.contract_summaries import ContractPicture, contract_summary
from services.gateway.clients.positions import FundPosition, FundTotal, position
from services.gateway.clients.reading import Reader
from services.gateway.clients.scorecards import OutcomePicture, scorecard
from services.gateway.rules.partnership import Role
from services.gateway.rules.view import Sight, WithheldBecause, WithheldContributor, figures_withheld
from services.gateway.views.contributor import MissingContributor, left_out, merged
from services.gateway.views.source import ViewMode, ViewSource, ask, require_all
from shared.calendar import FinancialYear
from shared.caller import Caller
from shared.db import Database

SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class OverviewTotals:
    """Figures of all that is shown. What needs a source that is missing, or a figure that is not known, is null.

    `not_under_contract_pence` is the adjusted budget less the yearly value of the running contracts; null also
    where anybody's part of either is withheld. `outcomes_red` is null while nothing is rated.
    """

    budget: FundTotal | None
    actual: FundTotal | None
    contracted_a_year_pence: int | None
    not_under_contract_pence: int | None
    contracts_running: int | None
    outcomes_red: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """A partnership in one view. `complete` is false while anything in it is missing, unknown or withheld.

    `seen_as` are your roles in the partnership that open what is shown, none where the year is not in your audit.
    """

    partnership_id: UUID
    financial_year: str
    as_at: date
    seen_as: tuple[Role, ...]
    complete: bool
    sources: tuple[ViewSource, ...]
    missing_contributors: tuple[MissingContributor, ...]
    withheld_contributors: tuple[WithheldContributor, ...]
    totals: OverviewTotals
    fund: FundPosition | None
    contracts: ContractPicture | None
    scorecard: OutcomePicture | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which view, and for whom: `sight` is as whom the caller sees it, `closed` the services that are not for it."""

    partnership_id: UUID
    year: FinancialYear
    as_at: date
    mode: ViewMode
    now: datetime
    sight: Sight
    closed: Mapping[str, WithheldBecause]


async def overview(db: Database, caller: Caller, readers: Mapping[str, Reader], asked: Asked) -> Overview:
    """Ask the services that are open at the same time, each for at most two seconds, and put the answers together."""
    place, day, closed, now = asked.partnership_id, asked.as_at, asked.closed, asked.now
    money = partial(position, readers["budget"], place, asked.year.slug, day, SECONDS)
    register = partial(contract_summary, readers["contracts"], place, day, SECONDS)
    card = partial(scorecard, readers["outcomes"], place, day, SECONDS)
    async with asyncio.TaskGroup() as group:
        funded = group.create_task(ask("budget", closed.get("budget"), money, now))
        contracted = group.create_task(ask("contracts", closed.get("contracts"), register, now))
        achieved = group.create_task(ask("outcomes", closed.get("outcomes"), card, now))
    fund, contracts, outcomes = funded.result(), contracted.result(), achieved.result()
    sources = (fund.source, contracts.source, outcomes.source)
    require_all(sources, asked.mode)
    told = [
        WithheldContributor("budget", each.organisation_id, each.because)
        for each in (fund.found.withheld_contributors if fund.found else ())
    ]
    withheld = await left_out(db, caller, place, {asked.year: asked.sight}, sources, told)
    return _put_together(asked, sources, withheld, fund.found, contracts.found, outcomes.found)


def _put_together(
    asked: Asked,
    sources: tuple[ViewSource, ...],
    withheld: tuple[WithheldContributor, ...],
    fund: FundPosition | None,
    contracts: ContractPicture | None,
    outcomes: OutcomePicture | None,
) -> Overview:
    return Overview(
        partnership_id=asked.partnership_id,
        financial_year=asked.year.label,
        as_at=asked.as_at,
        seen_as=asked.sight.roles,
        complete=not figures_withheld(withheld) and _complete(fund, contracts, outcomes),
        sources=sources,
        missing_contributors=_missing(fund, contracts, outcomes),
        withheld_contributors=withheld,
        totals=_totals(fund, contracts, outcomes, withheld),
        fund=fund,
        contracts=contracts,
        scorecard=outcomes,
    )


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
    found = [
        (each.organisation_id, figure)
        for each in (fund.missing_contributors if fund else ())
        for figure in each.figures
    ]
    if contracts:
        unstated = (*contracts.total.missing_contributors, *contracts.annual.missing_contributors)
        found += [(organisation, "contract_value") for organisation in unstated]
    found += [(each, "outcome") for each in (outcomes.missing_contributors if outcomes else ())]
    return merged(found)


def _totals(
    fund: FundPosition | None,
    contracts: ContractPicture | None,
    outcomes: OutcomePicture | None,
    withheld: Sequence[WithheldContributor],
) -> OverviewTotals:
    budget = fund.totals.whole.budget_adjusted if fund else None
    contracted = _contracted_a_year(contracts) if contracts else None
    parts = figures_withheld(each for each in withheld if each.service in {"budget", "contracts"})
    return OverviewTotals(
        budget=budget,
        actual=fund.totals.whole.actual if fund else None,
        contracted_a_year_pence=contracted,
        not_under_contract_pence=None if parts else _less(budget, contracted),
        contracts_running=contracts.running if contracts else None,
        outcomes_red=_red(outcomes) if outcomes else None,
    )


def _contracted_a_year(contracts: ContractPicture) -> int | None:
    """What the running contracts cost a year. Null while one states no value, or one for its whole term, or none runs."""
    if not contracts.annual.complete or contracts.total.contracts:
        return None
    return contracts.annual.known_pence


def _less(budget: FundTotal | None, contracted_pence: int | None) -> int | None:
    """What is left of a budget. Null unless the whole of both is known."""
    if budget is None or not budget.complete or budget.known_pence is None or contracted_pence is None:
        return None
    return budget.known_pence - contracted_pence


def _red(outcomes: OutcomePicture) -> int | None:
    """How many lines are red; null where none has a rating, since nobody knows then."""
    rated = outcomes.ratings.red + outcomes.ratings.amber + outcomes.ratings.green
    return outcomes.ratings.red if rated else None
