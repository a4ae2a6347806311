"""What a record that goes on as another was first awarded as: rules on changes count from the award, whatever record it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from services.contracts.rules.contract import Contract
from services.contracts.rules.modification import Measured
from services.contracts.rules.variation import Variation, VariationState
from services.contracts.rules.variation_move import original
from services.contracts.rules.yearly_value import YearEffect, lifetime_pence
from shared.money import allocate


@dataclass(frozen=True, slots=True)
class FirstAward:
    """The value and the longest term at the award, and what variations in effect have changed since. None: not known."""

    value_pence: int | None
    changed_pence: int | None
    starts_on: date | None
    last_day: date | None


# Of a record that went on before it was kept what it had been awarded as: nothing can be said, and nothing is assumed.
UNKNOWN = FirstAward(None, None, None, None)


def first_award(contract: Contract, found: Sequence[Variation], kept: FirstAward | None) -> FirstAward:
    """What a contract was awarded as, with all that took effect since. `found` are the variations of this record,
    `kept` what is on record of those before it.

    Sources: Public Contracts Regulations 2015 reg 72(5), Procurement Act 2023 Schedule 8 and Provider Selection Regime
    Regulations 2023 reg 13 count modifications of a contract together; a change of party or of record is itself a
    modification, and begins no count anew.
    """
    in_effect = [each for each in found if each.state is VariationState.IN_EFFECT]
    changed = summed([effect for each in in_effect for effect in each.yearly])
    if contract.carried_over:
        kept = kept or UNKNOWN
        return FirstAward(
            kept.value_pence, together([kept.changed_pence, changed]), kept.starts_on, kept.last_day
        )
    first = original(contract, in_effect)
    return FirstAward(lifetime_pence(first), changed, first.start_date, first.max_end_date or first.end_date)


def joined(awards: Sequence[FirstAward]) -> FirstAward:
    """What contracts that become one were awarded as together: from the first day to the last."""
    starts = [each.starts_on for each in awards if each.starts_on is not None]
    lasts = [each.last_day for each in awards if each.last_day is not None]
    return FirstAward(
        together([each.value_pence for each in awards]),
        together([each.changed_pence for each in awards]),
        min(starts) if len(starts) == len(awards) else None,
        max(lasts) if len(lasts) == len(awards) else None,
    )


def shared(award: FirstAward, shares: Sequence[Decimal]) -> tuple[FirstAward, ...]:
    """What the parts of a split were awarded as: each its share of the value and of its changes, for the whole term."""
    values, changes = (
        [None] * len(shares) if pence is None else allocate(pence, shares)
        for pence in (award.value_pence, award.changed_pence)
    )
    return tuple(
        FirstAward(value, change, award.starts_on, award.last_day)
        for value, change in zip(values, changes, strict=True)
    )


def summed(yearly: Sequence[YearEffect]) -> int | None:
    """What changes do to all years; None where that of one is not known."""
    return together([each.change_pence for each in yearly])


def together(pence: Sequence[int | None]) -> int | None:
    known = [each for each in pence if each is not None]
    return sum(known) if len(known) == len(pence) else None


def measure(award: FirstAward, yearly: Sequence[YearEffect], after: Contract) -> Measured:
    """How large a change is: `yearly` is what it does to each year, and `award` has what those in effect did before it.

    All of it is held against the contract as it was first awarded, on whatever record.
    """
    first, change = award.value_pence, summed(yearly)
    cumulative = together([change, award.changed_pence])
    return Measured(first, change, cumulative, together([first, cumulative]), _term_change(award, after))


def _term_change(award: FirstAward, after: Contract) -> Fraction | None:
    """The change of the longest term, in percent of the longest term at the award. By days, both ends included. A record
    that goes on from another began with that one."""
    starts, last = award.starts_on, after.max_end_date or after.end_date
    begins = starts if after.carried_over else after.start_date
    if starts is None or begins is None or award.last_day is None or last is None:
        return None
    old, new = (award.last_day - starts).days + 1, (last - begins).days + 1
    return Fraction((new - old) * 100, old)
