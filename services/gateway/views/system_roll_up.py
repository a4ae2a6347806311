"""A system rolled up: every partnership in which one body commissions, side by side and together, nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from services.gateway.clients.contract_summaries import ContractPicture, ContractValue, contract_summary
from services.gateway.clients.positions import (
    FundFigures,
    FundPosition,
    FundTotals,
    PositionAsked,
    position_as,
)
from services.gateway.clients.reading import Reader
from services.gateway.clients.scorecards import Card, CardAsked, CardLine, whole_card
from services.gateway.clients.shown_texts import PartnershipName
from services.gateway.rules.partnership import Role
from services.gateway.rules.rating_count import RatingCount, rating_counts
from services.gateway.rules.roll_up import RolledUp, counted_once, less, rolled_up
from services.gateway.rules.view import WithheldContributor, figures_withheld
from services.gateway.views.contributor import MissingContributor, left_out
from services.gateway.views.question import ViewAsked
from services.gateway.views.reported_once import numbered
from services.gateway.views.source import (
    Answered,
    SourceStatus,
    ViewMode,
    ViewSource,
    ask,
    require_all,
    require_settled,
)
from services.gateway.views.three_parts import all_known, missing_of
from shared.caller import Caller
from shared.db import Database

SECONDS = 4.0
MOST_PARTNERSHIPS = 12
SOURCES = {"budget": "getPosition", "contracts": "getContractSummary", "outcomes": "getScorecard"}


@dataclass(frozen=True, slots=True)
class RolledUpFund:
    """Money of one arrangement over the partnerships. `variance_pence` is null unless budget and actual are whole."""

    budget_adjusted: RolledUp
    actual: RolledUp
    contributions_due: RolledUp
    variance_pence: int | None


@dataclass(frozen=True, slots=True)
class RolledUpFunds:
    """Pooled, aligned and shadow money apart, and the whole of them together."""

    pooled: RolledUpFund
    aligned: RolledUpFund
    shadow: RolledUpFund
    whole: RolledUpFund


@dataclass(frozen=True, slots=True)
class RolledUpPartner:
    """One body's money over the partnerships in which it has any; a body that was succeeded counts as its successor."""

    organisation_id: UUID
    partnerships: tuple[UUID, ...]
    fund: RolledUpFund


@dataclass(frozen=True, slots=True)
class PlaceOfSystem:
    """One partnership of the system. What its source did not answer, or does not show you, is null."""

    partnership_id: UUID
    name: PartnershipName
    seen_as: tuple[Role, ...]
    complete: bool
    sources: tuple[ViewSource, ...]
    missing_contributors: tuple[MissingContributor, ...]
    withheld_contributors: tuple[WithheldContributor, ...]
    fund: FundTotals | None
    contracts_running: int | None
    contracts_total: ContractValue | None
    contracts_annual: ContractValue | None
    ratings: RatingCount | None


@dataclass(frozen=True, slots=True)
class SystemRollUp:
    """The partnerships in which the body commissions and of which you are a member, and all of them together.

    `ratings` counts once what a provider reports alike to several partnerships; `reported_again` are the lines left
    out for that. `by_partner` is null where it is not shown for every partnership.
    """

    organisation_id: UUID
    financial_year: str
    as_at: date
    as_recorded: datetime | None
    complete: bool
    sources: tuple[ViewSource, ...]
    funds: RolledUpFunds
    by_partner: tuple[RolledUpPartner, ...] | None
    contracts_running: int | None
    contracts_total: RolledUp
    contracts_annual: RolledUp
    ratings: RatingCount | None
    reported_again: int | None
    partnerships: tuple[PlaceOfSystem, ...]


@dataclass(frozen=True, slots=True)
class PlaceAsked:
    """One partnership of the system, by its name, and the question to it."""

    name: str
    question: ViewAsked


@dataclass(frozen=True, slots=True)
class _Read:
    asked: PlaceAsked
    fund: Answered[FundPosition]
    contracts: Answered[ContractPicture]
    card: Answered[Card]

    @property
    def answers(self) -> tuple[Answered[FundPosition], Answered[ContractPicture], Answered[Card]]:
        return (self.fund, self.contracts, self.card)


async def system_roll_up(
    db: Database,
    caller: Caller,
    readers: Mapping[str, Reader],
    organisation_id: UUID,
    places: Sequence[PlaceAsked],
    mode: ViewMode,
) -> SystemRollUp:
    """Ask each service for each of the few partnerships, all at the same time."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_read(readers, each)) for each in places]
    read = [each.result() for each in tasks]
    answers = [answer for each in read for answer in each.answers]
    require_settled(answers)
    sources = _worst(each.source for each in answers)
    require_all(sources, mode)
    shown = [await _place(db, caller, each) for each in read]
    first = places[0].question
    kept, again = _lines(read)
    return SystemRollUp(
        organisation_id=organisation_id,
        financial_year=first.last.label,
        as_at=first.as_at,
        as_recorded=first.as_recorded,
        complete=all(each.complete for each in shown),
        sources=sources,
        funds=_funds(read),
        by_partner=_by_partner(read),
        contracts_running=_running(shown),
        contracts_total=rolled_up(each.contracts_total for each in shown),
        contracts_annual=rolled_up(each.contracts_annual for each in shown),
        ratings=None if kept is None else _ratings(kept),
        reported_again=again,
        partnerships=tuple(shown),
    )


async def _read(readers: Mapping[str, Reader], of: PlaceAsked) -> _Read:
    asked = of.question
    place, day, closed, now = asked.partnership_id, asked.as_at, asked.closed, asked.now
    position = PositionAsked(place, asked.last.slug, day, asked.as_recorded, under="successors")
    money = partial(position_as, readers["budget"], position, SECONDS)
    register = partial(contract_summary, readers["contracts"], place, day, SECONDS)
    card = partial(whole_card, readers["outcomes"], CardAsked(place, day, asked.as_recorded), SECONDS)
    async with asyncio.TaskGroup() as group:
        funded = group.create_task(ask("budget", closed.get("getPosition"), money, now))
        contracted = group.create_task(ask("contracts", closed.get("getContractSummary"), register, now))
        achieved = group.create_task(ask("outcomes", closed.get("getScorecard"), card, now))
    return _Read(of, funded.result(), contracted.result(), achieved.result())


async def _place(db: Database, caller: Caller, read: _Read) -> PlaceOfSystem:
    asked, fund, contracts, card = read.asked.question, read.fund.found, read.contracts.found, read.card.found
    sources = tuple(each.source for each in read.answers)
    told = [
        WithheldContributor("budget", each.organisation_id, each.because)
        for each in (fund.withheld_contributors if fund else ())
    ]
    withheld = await left_out(db, caller, asked.partnership_id, asked.sights, sources, told)
    return PlaceOfSystem(
        partnership_id=asked.partnership_id,
        name=read.asked.name,
        seen_as=asked.seen_as,
        complete=all_known(fund, contracts, card) and not figures_withheld(withheld),
        sources=sources,
        missing_contributors=missing_of(fund, contracts, card),
        withheld_contributors=withheld,
        fund=fund.totals if fund else None,
        contracts_running=contracts.running if contracts else None,
        contracts_total=contracts.total if contracts else None,
        contracts_annual=contracts.annual if contracts else None,
        ratings=_ratings(card.lines) if card else None,
    )


def _funds(read: Sequence[_Read]) -> RolledUpFunds:
    totals = [each.fund.found.totals if each.fund.found else None for each in read]
    return RolledUpFunds(
        _fund([each.pooled if each else None for each in totals]),
        _fund([each.aligned if each else None for each in totals]),
        _fund([each.shadow if each else None for each in totals]),
        _fund([each.whole if each else None for each in totals]),
    )


def _fund(parts: Sequence[FundFigures | None]) -> RolledUpFund:
    budget = rolled_up(each.budget_adjusted if each else None for each in parts)
    actual = rolled_up(each.actual if each else None for each in parts)
    due = rolled_up(each.contributions_due if each else None for each in parts)
    return RolledUpFund(budget, actual, due, less(budget, actual))


def _by_partner(read: Sequence[_Read]) -> tuple[RolledUpPartner, ...] | None:
    """Each body's money over the partnerships; None where one of them shows no partners, as to an observer."""
    found: dict[UUID, list[tuple[UUID, FundFigures]]] = {}
    for each in read:
        fund = each.fund.found
        if fund is None or (not fund.by_partner and _any_known(fund.totals.whole)):
            return None
        for partner in fund.by_partner:
            place = each.asked.question.partnership_id
            found.setdefault(partner.organisation_id, []).append((place, partner.figures))
    return tuple(
        RolledUpPartner(
            body, tuple(place for place, _ in found[body]), _fund([figures for _, figures in found[body]])
        )
        for body in sorted(found)
    )


def _any_known(figures: FundFigures) -> bool:
    """Whether there is money that somebody's must be."""
    told = (figures.budget_adjusted, figures.actual, figures.contributions_due)
    return any(each.known_pence is not None for each in told)


def _running(shown: Sequence[PlaceOfSystem]) -> int | None:
    known = [each.contracts_running for each in shown]
    return None if None in known else sum(each for each in known if each is not None)


def _lines(read: Sequence[_Read]) -> tuple[Sequence[CardLine] | None, int | None]:
    """The lines of all partnerships, once where a provider reports one thing to several; None where some are not known."""
    cards = [each.card.found for each in read]
    if any(each is None for each in cards):
        return None, None
    return counted_once(each for card in cards if card for each in numbered(card.lines))


def _ratings(lines: Iterable[CardLine]) -> RatingCount:
    counted = rating_counts((None, each.rating) for each in lines)
    return counted[0] if counted else RatingCount(None, 0, 0, 0, 0)


_WORST = {SourceStatus.UNAVAILABLE: 2, SourceStatus.WITHHELD: 1, SourceStatus.OK: 0}


def _worst(sources: Iterable[ViewSource]) -> tuple[ViewSource, ...]:
    """A service is as well as the worst of what was asked of it."""
    found: dict[str, ViewSource] = {}
    for each in sources:
        known = found.get(each.service)
        if known is None or _WORST[each.status] > _WORST[known.status]:
            found[each.service] = each
    return tuple(found[service] for service in sorted(found))
