"""A provider over all its commissioners: contracts, how it reports, and what is spent with it where the caller may see."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from services.gateway.clients.contract_spends import SpentForContracts, contract_spend
from services.gateway.clients.pages import WholeList
from services.gateway.clients.provider_pictures import ContractOfProvider, ProviderPicture, provider_picture
from services.gateway.clients.reading import Reader
from services.gateway.clients.reporting_rates import PeriodReported, RatesAsked, reporting_rates
from services.gateway.clients.shown_texts import ContractReference
from services.gateway.rules.view import WithheldBecause, WithheldContributor
from services.gateway.views.contributor import MissingContributor, merged
from services.gateway.views.question import sources_of
from services.gateway.views.source import Answered, SourceStatus, ViewMode, ViewSource, ask
from shared.calendar import FinancialYear
from shared.errors import NOT_FOUND

SECONDS = 4.0
MOST_AT_ONCE = 12  # of calls to one service for one view
SOURCES = {"budget": "getContractSpend", "contracts": "getProviderView", "outcomes": "listReportingRates"}


@dataclass(frozen=True, slots=True)
class ProviderReporting:
    """Returns over all periods of the year whose due day has passed; `whole` unless there are more than are read."""

    expected: int
    received: int
    on_time: int
    accepted: int
    whole: bool
    periods: tuple[PeriodReported, ...]


@dataclass(frozen=True, slots=True)
class ProviderContractSpend:
    """What was spent for one contract of the provider, in one partnership. `joint`: it has other providers beside it."""

    contract_id: UUID
    partnership_id: UUID
    reference: ContractReference
    joint: bool
    spend_pence: int


@dataclass(frozen=True, slots=True)
class ProviderSpend:
    """What was spent with the provider in the year, where the caller commissions or audits.

    `spend_pence` is the sum of the contracts that are its alone: what joint contracts cost is nobody's share yet and
    stands in `joint_pence`. Null where nothing is known. `whole` is false where anybody's spending may be missing.
    """

    spend_pence: int | None
    joint_pence: int | None
    whole: bool
    contracts: tuple[ProviderContractSpend, ...]


@dataclass(frozen=True, slots=True)
class ProviderOverview:
    """A provider in one view. `complete` is false while anything in it is missing, unknown or withheld.

    Contracts stand as they do today; returns and spending are of the year, as at the day that was asked for. Returns that
    fall due after the end of a past year count where no day was asked for.
    """

    provider_organisation_id: UUID
    partnership_id: UUID | None
    financial_year: str
    as_at: date
    as_recorded: datetime | None
    complete: bool
    sources: tuple[ViewSource, ...]
    missing_contributors: tuple[MissingContributor, ...]
    withheld_contributors: tuple[WithheldContributor, ...]
    contracts: ProviderPicture | None
    reporting: ProviderReporting | None
    spend: ProviderSpend | None


@dataclass(frozen=True, slots=True)
class ProviderAsked:
    """Which provider, in one partnership or in all; `commissioned` are those of whose money the caller may be told.

    `returns_by` is the day by which a return of the year must have been due to count: today, unless a day is asked for.
    """

    provider_id: UUID
    partnership_id: UUID | None
    commissioned: tuple[UUID, ...]
    year: FinancialYear
    as_at: date
    returns_by: date
    as_recorded: datetime | None
    mode: ViewMode
    now: datetime
    closed: Mapping[str, WithheldBecause]


async def provider_overview(readers: Mapping[str, Reader], asked: ProviderAsked) -> ProviderOverview:
    """Ask the services at the same time. A provider of which the caller sees no contract is not there."""
    closed, now = asked.closed, asked.now
    rates = RatesAsked(asked.provider_id, asked.partnership_id, asked.year.slug, asked.returns_by)
    register = partial(
        provider_picture, readers["contracts"], asked.provider_id, asked.partnership_id, SECONDS
    )
    reports = partial(reporting_rates, readers["outcomes"], rates, SECONDS)
    money = partial(_spending, readers["budget"], asked)
    async with asyncio.TaskGroup() as group:
        spending = group.create_task(ask("budget", closed.get("getContractSpend"), money, now))
        contracting = group.create_task(ask("contracts", closed.get("getProviderView"), register, now))
        reporting = group.create_task(ask("outcomes", closed.get("listReportingRates"), reports, now))
    spent, contracted, reported = spending.result(), contracting.result(), reporting.result()
    if contracted.source.because is WithheldBecause.NOT_SHOWN:
        raise NOT_FOUND()
    sources = sources_of([spent, contracted, reported], asked.mode)
    return _put_together(asked, sources, spent, contracted.found, reported.found)


Spending = Mapping[UUID, SpentForContracts]


async def _spending(reader: Reader, asked: ProviderAsked) -> Spending:
    """What was spent by contract, in each partnership of the caller's: a call for each, and few at a time."""
    when = (asked.as_at, asked.as_recorded)
    turn = asyncio.Semaphore(MOST_AT_ONCE)

    async def spent_in(place: UUID) -> SpentForContracts:
        async with turn:
            return await contract_spend(reader, place, asked.year.slug, when, SECONDS)

    found = await asyncio.gather(*map(spent_in, asked.commissioned))
    return dict(zip(asked.commissioned, found, strict=True))


def _put_together(
    asked: ProviderAsked,
    sources: tuple[ViewSource, ...],
    spent: Answered[Spending],
    picture: ProviderPicture | None,
    reported: WholeList[PeriodReported] | None,
) -> ProviderOverview:
    spend = _spend(spent.found, picture) if spent.found is not None and picture is not None else None
    reporting = _reporting(reported) if reported is not None else None
    withheld = tuple(_withheld(spent, picture))
    return ProviderOverview(
        provider_organisation_id=asked.provider_id,
        partnership_id=asked.partnership_id,
        financial_year=asked.year.label,
        as_at=asked.as_at,
        as_recorded=asked.as_recorded,
        complete=all(each.status is SourceStatus.OK for each in sources)
        and not withheld
        and picture is not None
        and picture.complete
        and spend is not None
        and spend.whole
        and reporting is not None
        and reporting.whole,
        sources=sources,
        missing_contributors=merged(
            (each, "contract_value") for each in (picture.missing_contributors if picture else ())
        ),
        withheld_contributors=withheld,
        contracts=picture,
        reporting=reporting,
        spend=spend,
    )


def _spend(spent: Spending, picture: ProviderPicture) -> ProviderSpend:
    """The spending of the contracts that are listed. What is not listed may have been spent for as well."""
    listed = {each.id: each for each in picture.listed}
    found = tuple(
        ProviderContractSpend(
            each.contract_id,
            place,
            listed[each.contract_id].reference,
            _joint(listed[each.contract_id]),
            each.spend_pence,
        )
        for place, report in sorted(spent.items())
        for each in report.contracts
        if each.contract_id in listed
    )
    # What entries name no contract for may have been spent for any of them.
    named = not any(report.without_contract_pence for report in spent.values())
    seen = any(report.seen_pence is not None for report in spent.values()) and (named or bool(found))
    places = {each.partnership_id for each in picture.listed}
    return ProviderSpend(
        spend_pence=_sum(found, joint=False) if seen else None,
        joint_pence=_sum(found, joint=True) if seen else None,
        whole=seen
        and named
        and not picture.more_contracts
        and places <= set(spent)
        and all(report.complete for report in spent.values()),
        contracts=found,
    )


def _joint(contract: ContractOfProvider) -> bool:
    return len(contract.providers) > 1


def _sum(found: Sequence[ProviderContractSpend], *, joint: bool) -> int:
    return sum(each.spend_pence for each in found if each.joint is joint)


def _reporting(reported: WholeList[PeriodReported]) -> ProviderReporting:
    periods = reported.items
    return ProviderReporting(
        expected=sum(each.expected for each in periods),
        received=sum(each.received for each in periods),
        on_time=sum(each.on_time for each in periods),
        accepted=sum(each.accepted for each in periods),
        whole=reported.whole,
        periods=periods,
    )


def _withheld(spent: Answered[Spending], picture: ProviderPicture | None) -> list[WithheldContributor]:
    """Whose spending or placements are left out; and where money is not for the caller, every commissioner's."""
    found: dict[WithheldContributor, None] = {}
    if spent.source.because is not None:
        for buyer in picture.commissioners if picture else ():
            found[WithheldContributor("budget", buyer.organisation_id, spent.source.because)] = None
    for report in (spent.found or {}).values():
        for each in report.withheld_contributors:
            found[WithheldContributor("budget", each.organisation_id, each.because)] = None
    for organisation in picture.withheld_contributors if picture else ():
        found[WithheldContributor("contracts", organisation, "placements_withheld")] = None
    return list(found)
