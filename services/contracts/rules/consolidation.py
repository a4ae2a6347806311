"""Consolidation and split: many contracts become one, or one many; value, funding, indicators and lineage are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.contracts.rules.carry_over import cut, next_record
from services.contracts.rules.contract import (
    EXTENDS_BEFORE_END,
    Contract,
    EndStatus,
    Related,
    Relation,
    checked,
)
from services.contracts.rules.joined_share import joined_funding, joined_parties
from services.contracts.rules.joining import check_ends, check_joinable
from services.contracts.rules.state import State
from services.contracts.rules.yearly_value import YearValue, by_year
from shared.calendar import FinancialYear
from shared.errors import Kind, reason
from shared.money import Money, Qualifier, Status, allocate

SPLIT_NEEDS_TWO = reason(
    "split_needs_two", Kind.INVALID, "A split makes at least two different contracts out of one."
)
SPLIT_SHARES = reason(
    "split_shares_not_whole",
    Kind.INVALID,
    "The shares of the parts must each be above 0 and come to 100 percent.",
)
SPLIT_INDICATORS = reason(
    "split_indicators_lost",
    Kind.INVALID,
    "Every indicator of the contract goes on in one of the parts, and no part takes one that it did not have.",
)

REGROUPING_LOSES_VALUE = reason(
    "regrouping_loses_value",
    Kind.CONFLICT,
    "What goes on is not worth what was left of the contracts before.",
)


class RegroupingKind(StrEnum):
    CONSOLIDATION = "consolidation"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class NewContract:
    """What the contract that comes out is called. `share_percent` and indicators are for a part of a split."""

    id: UUID
    reference: str
    title: str
    share_percent: Decimal | None = None
    indicator_ids: tuple[UUID, ...] | None = None
    end_date: date | None = None


@dataclass(frozen=True, slots=True)
class Regrouping:
    """A consolidation or a split as it is kept, with the proof: what went in and came out in each financial year."""

    id: UUID
    kind: RegroupingKind
    owner_organisation_id: UUID
    partnership_id: UUID | None
    effective_on: date
    reason: str
    source_contract_ids: tuple[UUID, ...]
    contract_ids: tuple[UUID, ...]
    value_before_pence: int | None = None
    value_after_pence: int | None = None
    ended: tuple[YearValue, ...] = ()
    going_on: tuple[YearValue, ...] = ()
    recorded_at: datetime | None = None


def consolidate(
    sources: Sequence[Contract], new: NewContract, on: date
) -> tuple[tuple[Contract, ...], Contract]:
    """The contracts that end and the one that goes on (S1-C09, S3-C01): what was left of each value is in it whole.

    A value for a year stays one only where all end on one day, since it would last longer or shorter otherwise.
    """
    check_joinable(sources)
    first = sources[0]
    cuts = [cut(each, on, State.CONSOLIDATED) for each in sources]
    values = [left for _, left in cuts]
    going = next_record(first, new.id, on, _summed(values), Relation.CONSOLIDATES)
    weights = [each.amount_pence for each in values]
    going = replace(
        going,
        reference=new.reference,
        title=new.title,
        irrecoverable_vat=_summed([each.irrecoverable_vat for each in remaining(sources, on)]),
        state=State.ACTIVE
        if all(each.state is not State.RECORDED_AS_ACTIVE for each in sources)
        else State.RECORDED_AS_ACTIVE,
        parties=joined_parties(sources, weights),
        funding=joined_funding(sources, weights),
        indicator_ids=tuple(dict.fromkeys(one for each in sources for one in each.indicator_ids)),
        related=tuple(Related(Relation.CONSOLIDATES, each.id) for each in sources),
        sites=tuple(dict.fromkeys(one for each in sources for one in each.sites)),
        staff_transfers=tuple(one for each in sources for one in each.staff_transfers),
        activity_plan=(),
        extension_options=(),
        **_term(sources, new),
    )
    check_ends(sources, [going])
    return tuple(ended for ended, _ in cuts), checked(going)


def split(source: Contract, parts: Sequence[NewContract], on: date) -> tuple[Contract, tuple[Contract, ...]]:
    """The contract that ends and those that go on, whose values come to what was left of it, to the penny."""
    if len({each.id for each in parts}) < max(2, len(parts)):
        raise SPLIT_NEEDS_TWO("/parts")
    shares = [each.share_percent or Decimal(0) for each in parts]
    if min(shares) <= 0 or sum(shares) != 100:
        raise SPLIT_SHARES("/parts", sum_percent=str(sum(shares)))
    indicators = [
        source.indicator_ids if each.indicator_ids is None else each.indicator_ids for each in parts
    ]
    if {one for each in indicators for one in each} != set(source.indicator_ids):
        raise SPLIT_INDICATORS("/parts")
    reach = source.max_end_date or source.end_date
    for at, part in enumerate(parts):
        if part.end_date is not None and reach is not None and part.end_date > reach:
            raise EXTENDS_BEFORE_END(f"/parts/{at}/end_date", latest_end=reach.isoformat())
    ended, left = cut(source, on, State.TERMINATED)
    whole = next_record(source, source.id, on, left, Relation.SPLIT_FROM)
    amounts, vats = _shared(left, shares), _shared(whole.irrecoverable_vat, shares)
    made = tuple(
        checked(
            replace(
                next_record(source, part.id, on, amount, Relation.SPLIT_FROM),
                irrecoverable_vat=vat,
                reference=part.reference,
                title=part.title,
                indicator_ids=linked,
                no_indicator_reason=source.no_indicator_reason
                if linked
                else "Its indicators went to another part.",
                activity_plan=(),
                end_date=part.end_date or source.end_date,
                end_status=EndStatus.STATED if part.end_date else source.end_status,
            )
        )
        for part, amount, vat, linked in zip(parts, amounts, vats, indicators, strict=True)
    )
    check_ends([source], made)
    return ended, made


def remaining(sources: Sequence[Contract], on: date) -> tuple[Contract, ...]:
    """What is left of contracts from a day on, each with its own value and term."""
    return tuple(
        next_record(each, each.id, on, cut(each, on, State.NOVATED)[1], Relation.CONSOLIDATES)
        for each in sources
    )


def together_pence(contracts: Sequence[Contract]) -> int | None:
    """The values of contracts added up; None where one is not known."""
    pence = [each.value.amount_pence for each in contracts]
    known = [each for each in pence if each is not None]
    return sum(known) if len(known) == len(pence) else None


def proven(
    made: Regrouping, sources: Sequence[Contract], ended: Sequence[Contract], going: Sequence[Contract]
) -> Regrouping:
    """The record of it with the proof, or a refusal: what was left before is what goes on, to the penny."""
    rest = remaining(sources, made.effective_on)
    before, after = together_pence(rest), together_pence(going)
    if before != after:
        raise REGROUPING_LOSES_VALUE(before_pence=before, after_pence=after)
    return replace(
        made,
        owner_organisation_id=sources[0].owner_organisation_id,
        partnership_id=sources[0].partnership_id,
        contract_ids=tuple(each.id for each in going),
        value_before_pence=before,
        value_after_pence=after,
        ended=years_of([replace(each, end_date=each.ended_on) for each in ended]),
        going_on=years_of(rest),
    )


def years_of(contracts: Sequence[Contract]) -> tuple[YearValue, ...]:
    """The values of contracts together, by financial year; None in a year where one of them is not known."""
    together: dict[FinancialYear, int | None] = {}
    for contract in contracts:
        for year, pence in by_year(contract).items():
            known = together.get(year, 0)
            together[year] = None if known is None or pence is None else known + pence
    return tuple(YearValue(year.label, together[year]) for year in sorted(together))


def _shared(money: Money, shares: Sequence[Decimal]) -> list[Money]:
    """An amount shared out to the penny; one that is not known is known of no part."""
    pence = money.amount_pence
    if pence is None:
        return [money] * len(shares)
    return [replace(money, amount_pence=each) for each in allocate(pence, shares)]


def _summed(values: Sequence[Money]) -> Money:
    """Amounts added up: unknown where one is, an estimate where they differ; a word before a figure stays with it."""
    if any(each.amount_pence is None for each in values):
        return next(each for each in values if each.amount_pence is None)
    statuses = {each.status for each in values}
    status = statuses.pop() if len(statuses) == 1 else Status.ESTIMATE
    said = {each.qualifier for each in values if each.qualifier is not None}
    qualifier = said.pop() if len(said) == 1 else (Qualifier.APPROXIMATELY if said else None)
    return Money(sum(each.amount_pence or 0 for each in values), status, qualifier)


def _term(sources: Sequence[Contract], new: NewContract) -> dict[str, Any]:
    """The term of the one: to the day that is asked for, or to the latest end of the sources; and never past the
    latest that any of them could reach."""
    ends = [each.end_date for each in sources]
    furthest = [each.max_end_date or each.end_date for each in sources]
    known = [each for each in ends if each is not None]
    end = new.end_date or (max(known) if len(known) == len(ends) else None)
    reach = [each for each in furthest if each is not None]
    return {
        "end_date": end,
        "end_status": EndStatus.STATED if end is not None else sources[ends.index(None)].end_status,
        "max_end_date": max(reach) if len(reach) == len(furthest) else None,
    }
