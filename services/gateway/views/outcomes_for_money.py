"""Outcomes for money: what was spent for each contract, what a unit cost and what it achieved, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from services.gateway.clients.contract_spends import SpentForContract, SpentForContracts, contract_spend
from services.gateway.clients.pages import WholeList
from services.gateway.clients.priced_contracts import PricedContract, priced_contracts
from services.gateway.clients.reading import Reader
from services.gateway.clients.scorecards import Card, CardAsked, CardLine, whole_card
from services.gateway.rules.partnership import Role
from services.gateway.rules.rating_count import RatingCount, rating_counts
from services.gateway.rules.view import WithheldContributor
from services.gateway.views.contract_value import ContractForMoney, Joined, contract_for_money
from services.gateway.views.contributor import MissingContributor, left_out, merged
from services.gateway.views.question import ViewAsked, sources_of
from services.gateway.views.source import ViewSource, ask
from shared.caller import Caller
from shared.db import Database
from shared.text import fold_key

SECONDS = 4.0
SOURCES = {"budget": "getContractSpend", "contracts": "listContracts", "outcomes": "getScorecard"}


@dataclass(frozen=True, slots=True)
class ServiceForMoney:
    """A service over its contracts (null: none is stated). `spend_pence` is null where none of it is known.

    `spend_whole` is false where anybody's spend for one of them may be missing.
    """

    service: str | None
    contract_ids: tuple[UUID, ...]
    spend_pence: int | None
    spend_whole: bool
    ratings: RatingCount


@dataclass(frozen=True, slots=True)
class OutcomesForMoney:
    """Spend, unit cost and outcome side by side. `complete` is false while anything is missing, unknown or withheld.

    The spend of all contracts and `without_contract_pence` come to `seen_pence`, all spending that you see: pooled
    and open shadow money, and your own aligned. Contracts are shown as they stand now, money and outcomes as asked.
    """

    partnership_id: UUID
    financial_year: str
    as_at: date
    as_recorded: datetime | None
    seen_as: tuple[Role, ...]
    complete: bool
    sources: tuple[ViewSource, ...]
    missing_contributors: tuple[MissingContributor, ...]
    withheld_contributors: tuple[WithheldContributor, ...]
    seen_pence: int | None
    without_contract_pence: int | None
    outcomes_without_contract: int | None
    services: tuple[ServiceForMoney, ...]
    contracts: tuple[ContractForMoney, ...]


async def outcomes_for_money(
    db: Database, caller: Caller, readers: Mapping[str, Reader], asked: ViewAsked
) -> OutcomesForMoney:
    """Ask the three services that are open at the same time, and join what they say by contract."""
    place, closed, now = asked.partnership_id, asked.closed, asked.now
    when = (asked.as_at, asked.as_recorded)
    money = partial(contract_spend, readers["budget"], place, asked.last.slug, when, SECONDS)
    register = partial(priced_contracts, readers["contracts"], place, SECONDS)
    card = partial(whole_card, readers["outcomes"], CardAsked(place, *when), SECONDS)
    async with asyncio.TaskGroup() as group:
        spending = group.create_task(ask("budget", closed.get("getContractSpend"), money, now))
        listing = group.create_task(ask("contracts", closed.get("listContracts"), register, now))
        achieving = group.create_task(ask("outcomes", closed.get("getScorecard"), card, now))
    spent, listed, achieved = spending.result(), listing.result(), achieving.result()
    sources = sources_of([spent, listed, achieved], asked.mode)
    told = [
        WithheldContributor("budget", each.organisation_id, each.because)
        for each in (spent.found.withheld_contributors if spent.found else ())
    ]
    withheld = await left_out(db, caller, place, asked.sights, sources, told)
    return _put_together(asked, sources, withheld, spent.found, listed.found, achieved.found)


def _put_together(
    asked: ViewAsked,
    sources: tuple[ViewSource, ...],
    withheld: tuple[WithheldContributor, ...],
    spent: SpentForContracts | None,
    listed: WholeList[PricedContract] | None,
    card: Card | None,
) -> OutcomesForMoney:
    contracts = _contracts(asked, spent, listed, card)
    return OutcomesForMoney(
        partnership_id=asked.partnership_id,
        financial_year=asked.last.label,
        as_at=asked.as_at,
        as_recorded=asked.as_recorded,
        seen_as=asked.seen_as,
        complete=not withheld and _complete(spent, listed, card, contracts),
        sources=sources,
        missing_contributors=_missing(spent, listed, card),
        withheld_contributors=withheld,
        seen_pence=spent.seen_pence if spent else None,
        without_contract_pence=spent.without_contract_pence if spent else None,
        outcomes_without_contract=sum(each.contract_id is None for each in card.lines) if card else None,
        services=_services(contracts),
        contracts=contracts,
    )


def _contracts(
    asked: ViewAsked,
    spent: SpentForContracts | None,
    listed: WholeList[PricedContract] | None,
    card: Card | None,
) -> tuple[ContractForMoney, ...]:
    """Every contract of which any of the three knows: those of the register by reference, then the others."""
    register = {each.id: each for each in (listed.items if listed else ())}
    money = {each.contract_id: each for each in (spent.contracts if spent else ())}
    lines: dict[UUID, list[CardLine]] = {}
    for line in card.lines if card else ():
        if line.contract_id is not None:
            lines.setdefault(line.contract_id, []).append(line)
    found = [
        contract_for_money(
            each,
            Joined(
                asked.last.label,
                register.get(each),
                _spend_of(each, spent, money),
                spent is not None and spent.complete,
                lines.get(each, []) if card else None,
            ),
        )
        for each in {*register, *money, *lines}
    ]
    return tuple(
        sorted(found, key=lambda each: (each.reference is None, each.reference or "", each.contract_id))
    )


def _spend_of(
    contract: UUID, spent: SpentForContracts | None, money: Mapping[UUID, SpentForContract]
) -> SpentForContract | None:
    """What was spent for a contract: a nil only where the whole of the spending is seen, and each penny of it is for
    another. What no entry says the contract of may have been for one that nothing was booked to; for the others what is
    booked to them is what they cost, as their finance officers say."""
    if contract in money:
        return money[contract]
    whole = spent is not None and spent.complete and spent.seen_pence is not None
    known = whole and spent is not None and not spent.without_contract_pence
    return SpentForContract(contract, 0, None, None, None) if known else None


def _services(contracts: Sequence[ContractForMoney]) -> tuple[ServiceForMoney, ...]:
    groups: dict[str | None, list[ContractForMoney]] = {}
    for each in contracts:
        groups.setdefault(fold_key(each.service) if each.service else None, []).append(each)
    return tuple(_service(groups[key]) for key in sorted(groups, key=lambda each: (each is None, each or "")))


def _service(contracts: Sequence[ContractForMoney]) -> ServiceForMoney:
    known = [each.spend_pence for each in contracts if each.spend_pence is not None]
    rated = [(None, line.rating) for each in contracts for line in each.outcomes or ()]
    return ServiceForMoney(
        service=contracts[0].service,
        contract_ids=tuple(each.contract_id for each in contracts),
        spend_pence=sum(known) if known else None,
        spend_whole=len(known) == len(contracts) and all(each.spend_whole for each in contracts),
        ratings=next(iter(rating_counts(rated)), RatingCount(None, 0, 0, 0, 0)),
    )


def _complete(
    spent: SpentForContracts | None,
    listed: WholeList[PricedContract] | None,
    card: Card | None,
    contracts: Iterable[ContractForMoney],
) -> bool:
    return (
        spent is not None
        and spent.complete
        and spent.seen_pence is not None
        and listed is not None
        and listed.whole
        and card is not None
        and card.complete
        and all(each.reference is not None and each.spend_pence is not None for each in contracts)
    )


def _missing(
    spent: SpentForContracts | None, listed: WholeList[PricedContract] | None, card: Card | None
) -> tuple[MissingContributor, ...]:
    """Whose figures are not known: of the budget's what was spent, of a contract what it is worth, of a line its outcome."""
    found = [
        (each.organisation_id, figure)
        for each in (spent.missing_contributors if spent else ())
        for figure in each.figures
        if figure == "actual"
    ]
    found += [
        (each.owner_organisation_id, "contract_value")
        for each in (listed.items if listed else ())
        if each.value.amount_pence is None
    ]
    found += [(each, "outcome") for each in (card.missing_contributors if card else ())]
    return merged(found)
