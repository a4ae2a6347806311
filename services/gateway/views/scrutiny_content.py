"""What stands in a pack for scrutiny: as an observer of the partnership may have it, whoever draws it up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from services.gateway.clients.contract_lists import FoundOnContract, found_on_contracts
from services.gateway.clients.contract_summaries import ContractPicture, contract_summary
from services.gateway.clients.decision_lists import ListedDecision, listed_decisions
from services.gateway.clients.pages import WholeList
from services.gateway.clients.positions import FundPosition, FundTotals, position
from services.gateway.clients.reading import Reader
from services.gateway.clients.scorecards import Card, CardAsked, whole_card
from services.gateway.clients.shown_texts import FindingKind
from services.gateway.rules.scrutiny_pack import ExemptDecisions, finding_counts, published
from services.gateway.rules.view import WithheldContributor, figures_withheld
from services.gateway.views.contributor import MissingContributor
from services.gateway.views.question import ViewAsked
from services.gateway.views.source import Answered, SourceStatus, ViewMode, ViewSource, ask, require_all
from services.gateway.views.three_parts import all_known, missing_of

SECONDS = 4.0
# Read as an observer; decisions and findings, which no observer reads, as the commissioner who draws the pack up.
OBSERVED = {"budget": "getPosition", "contracts": "getContractSummary", "outcomes": "getScorecard"}
OWN = {"budget": "listDecisions", "contracts": "listContractFindings"}


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many contracts have a finding of this kind; which ones is not published."""

    kind: FindingKind
    contracts: int


@dataclass(frozen=True, slots=True)
class ScrutinyContent:
    """Decisions of Part I, the fund's totals, the scorecard as published, contracts and what ends next, and findings.

    `complete` is false while anything in it is missing, unknown or withheld; of exempt decisions the number alone.
    """

    partnership_id: UUID
    financial_year: str
    as_at: date
    complete: bool
    sources: tuple[ViewSource, ...]
    missing_contributors: tuple[MissingContributor, ...]
    withheld_contributors: tuple[WithheldContributor, ...]
    decisions: tuple[ListedDecision, ...]
    exempt_decisions: tuple[ExemptDecisions, ...]
    fund: FundTotals | None
    contracts: ContractPicture | None
    findings: tuple[FindingCount, ...]
    scorecard: Card | None


async def scrutiny_content(
    own: Mapping[str, Reader], observing: Mapping[str, Reader], asked: ViewAsked
) -> ScrutinyContent:
    """Ask everything at the same time. A pack is whole or not made: a service that is out refuses it."""
    place, day, now = asked.partnership_id, asked.as_at, asked.now
    money = partial(position, observing["budget"], place, asked.last.slug, day, SECONDS)
    register = partial(contract_summary, observing["contracts"], place, day, SECONDS)
    card = partial(whole_card, observing["outcomes"], CardAsked(place, day, None), SECONDS)
    decisions = partial(listed_decisions, own["budget"], place, SECONDS)
    findings = partial(found_on_contracts, own["contracts"], place, day, SECONDS)
    async with asyncio.TaskGroup() as group:
        funded = group.create_task(ask("budget", None, money, now))
        contracted = group.create_task(ask("contracts", None, register, now))
        achieved = group.create_task(ask("outcomes", None, card, now))
        decided = group.create_task(ask("budget", None, decisions, now))
        unfit = group.create_task(ask("contracts", None, findings, now))
    fund, contracts, outcomes = funded.result(), contracted.result(), achieved.result()
    sources = tuple(each.source for each in (fund, contracts, outcomes))
    require_all([*sources, decided.result().source, unfit.result().source], ViewMode.STRICT)
    return _content(asked, sources, (fund, contracts, outcomes), decided.result(), unfit.result())


def _content(
    asked: ViewAsked,
    sources: tuple[ViewSource, ...],
    read: tuple[Answered[FundPosition], Answered[ContractPicture], Answered[Card]],
    decided: Answered[WholeList[ListedDecision]],
    unfit: Answered[WholeList[FoundOnContract]],
) -> ScrutinyContent:
    fund, contracts, card = read[0].found, read[1].found, read[2].found
    shown, exempt = published(decided.found.items if decided.found else (), asked.last, asked.as_at)
    withheld = tuple(
        WithheldContributor("budget", each.organisation_id, each.because)
        for each in (fund.withheld_contributors if fund else ())
    )
    whole = all(each is not None and each.whole for each in (decided.found, unfit.found))
    return ScrutinyContent(
        partnership_id=asked.partnership_id,
        financial_year=asked.last.label,
        as_at=asked.as_at,
        complete=whole
        and not exempt
        and not figures_withheld(withheld)
        and all(each.status is SourceStatus.OK for each in sources)
        and all_known(fund, contracts, card),
        sources=sources,
        missing_contributors=missing_of(fund, contracts, card),
        withheld_contributors=withheld,
        decisions=shown,
        exempt_decisions=exempt,
        fund=fund.totals if fund else None,
        contracts=contracts,
        findings=tuple(
            FindingCount(kind, contracts)
            for kind, contracts in finding_counts(
                (each.kind, each.contract_id) for each in (unfit.found.items if unfit.found else ())
            ).items()
        ),
        scorecard=card,
    )
