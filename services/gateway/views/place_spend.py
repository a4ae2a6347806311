"""The money of a whole place over years, whoever spends it, and how it is balanced between the categories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

from services.gateway.clients.positions import FundMissing, FundWithheld
from services.gateway.clients.reading import Reader
from services.gateway.clients.whole_places import (
    Balance,
    Place,
    PlaceYear,
    ShareYear,
    YearsAsked,
    balance_of_spend,
    whole_place,
)
from services.gateway.rules.partnership import Role
from services.gateway.rules.view import WithheldContributor, figures_withheld
from services.gateway.views.contributor import MissingContributor, left_out, merged
from services.gateway.views.question import ViewAsked, sources_of
from services.gateway.views.source import ViewSource, ask
from shared.caller import Caller
from shared.db import Database

SECONDS = 8.0  # ten years are read
PLACE_SOURCES = {"budget": "getWholePlace"}
BALANCE_SOURCES = {"budget": "getBalanceOfSpend"}


class SpendBasis(StrEnum):
    """Which figures are balanced."""

    ACTUAL = "actual"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class WholePlace:
    """All public money of a place. `complete` is false while anything in it is missing, unknown or withheld.

    `years` and `balance` are null where the budget service did not answer or is not for you. `balance` says of each
    year what share each category has of it.
    """

    partnership_id: UUID
    as_at: date
    as_recorded: datetime | None
    seen_as: tuple[Role, ...]
    complete: bool
    sources: tuple[ViewSource, ...]
    missing_contributors: tuple[MissingContributor, ...]
    withheld_contributors: tuple[WithheldContributor, ...]
    years: tuple[PlaceYear, ...] | None
    balance: tuple[ShareYear, ...] | None


@dataclass(frozen=True, slots=True)
class SpendBalance:
    """The balance of spend over years. `years` is null where the budget service did not answer or is not for you."""

    partnership_id: UUID
    basis: SpendBasis
    as_at: date
    as_recorded: datetime | None
    seen_as: tuple[Role, ...]
    complete: bool
    sources: tuple[ViewSource, ...]
    missing_contributors: tuple[MissingContributor, ...]
    withheld_contributors: tuple[WithheldContributor, ...]
    years: tuple[ShareYear, ...] | None


async def place_spend(
    db: Database, caller: Caller, readers: Mapping[str, Reader], asked: ViewAsked
) -> WholePlace:
    """Pooled, aligned and shadow money by partner and category, as the budget service shows it to this caller."""
    reading = partial(whole_place, readers["budget"], _years(asked), SECONDS)
    answer = await ask("budget", asked.closed.get("getWholePlace"), reading, asked.now)
    sources = sources_of([answer], asked.mode)
    found: Place | None = answer.found
    withheld = await left_out(db, caller, asked.partnership_id, asked.sights, sources, _told(found))
    return WholePlace(
        partnership_id=asked.partnership_id,
        as_at=asked.as_at,
        as_recorded=asked.as_recorded,
        seen_as=asked.seen_as,
        complete=found is not None and found.complete and not figures_withheld(withheld),
        sources=sources,
        missing_contributors=_missing(found),
        withheld_contributors=withheld,
        years=found.years if found else None,
        balance=found.balance if found else None,
    )


async def spend_balance(
    db: Database, caller: Caller, readers: Mapping[str, Reader], asked: ViewAsked, basis: SpendBasis
) -> SpendBalance:
    """Each category's share year by year, and whether it moves from complex care to community and wellness."""
    reading = partial(balance_of_spend, readers["budget"], _years(asked), basis.value, SECONDS)
    answer = await ask("budget", asked.closed.get("getBalanceOfSpend"), reading, asked.now)
    sources = sources_of([answer], asked.mode)
    found: Balance | None = answer.found
    withheld = await left_out(db, caller, asked.partnership_id, asked.sights, sources, _told(found))
    known = found is not None and all(each.spend.complete for each in found.years)
    return SpendBalance(
        partnership_id=asked.partnership_id,
        basis=basis,
        as_at=asked.as_at,
        as_recorded=asked.as_recorded,
        seen_as=asked.seen_as,
        complete=found is not None and found.complete and known and not figures_withheld(withheld),
        sources=sources,
        missing_contributors=_missing(found),
        withheld_contributors=withheld,
        years=found.years if found else None,
    )


def _years(asked: ViewAsked) -> YearsAsked:
    return YearsAsked(asked.partnership_id, asked.first.slug, asked.last.slug, asked.as_at, asked.as_recorded)


def _told(found: Place | Balance | None) -> list[WithheldContributor]:
    said: Iterable[FundWithheld] = found.withheld_contributors if found else ()
    return [WithheldContributor("budget", each.organisation_id, each.because) for each in said]


def _missing(found: Place | Balance | None) -> tuple[MissingContributor, ...]:
    said: Iterable[FundMissing] = found.missing_contributors if found else ()
    return merged((each.organisation_id, figure) for each in said for figure in each.figures)
