"""What a change of terms does to what a contract is worth and who pays for it, as others must know it beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID, uuid5

from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.contract import Contract
from services.contracts.rules.extension_option import options_left
from services.contracts.rules.funding import FundingLine
from services.contracts.rules.yearly_value import YearEffect, effects, lifetime_pence
from shared.calendar import FinancialYear, financial_year_of

# Of an open-ended contract the years are looked at for which anybody can have set budget aside.
YEARS_AHEAD = 10


class ChangeMade(StrEnum):
    """Changes of terms that are no records of their own, as a variation is."""

    EXTENSION = "extension"
    PART_TERMINATION = "part_termination"


@dataclass(frozen=True, slots=True)
class ChangedTerms:
    """A contract whose terms would change from `day` on. Worths are None where they cannot be said.

    `decided_on_id` is what the bodies of its funding partners decide on: the variation, or this very change."""

    id: UUID
    decided_on_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str
    title: str
    day: date
    worth_before_pence: int | None
    worth_after_pence: int | None
    years: tuple[YearEffect, ...]
    funding_before: tuple[FundingLine, ...]
    funding: tuple[FundingLine, ...]
    version: int


def changed_terms(
    before: Contract, after: Contract, day: date, from_day: date, decided_on: UUID | ChangeMade
) -> ChangedTerms:
    """What changes on `day`, with what a day is worth changing from `from_day` on. A contract that is open at its end
    is looked at for the years ahead. `decided_on`: the variation, or which change it is that has no id of its own."""
    years = effects(_closed(before, from_day), _closed(after, from_day), from_day)
    worth = lifetime_pence(before)
    return ChangedTerms(
        before.id,
        decided_on
        if isinstance(decided_on, UUID)
        else own_subject(decided_on, before, after, from_day, years),
        before.partnership_id,
        before.owner_organisation_id,
        before.reference,
        before.title,
        day,
        worth,
        _worth_after(worth, after, years),
        years,
        before.funding,
        after.funding,
        before.version,
    )


def own_subject(
    what: ChangeMade, before: Contract, after: Contract, from_day: date, years: Sequence[YearEffect]
) -> UUID:
    """The id under which bodies decide on a change that has no record of its own.

    It follows from the contract, from what changes (days, options, what each year costs more or less) and from whose
    money it is: an approval of the contract, of another change, or of this one at another cost is none of it.
    """
    parts = [
        what.value,
        f"from {from_day}",
        f"ends {before.end_date} {after.end_date}",
        f"options {len(options_left(before.extension_options))} {len(options_left(after.extension_options))}",
        *(f"{each.financial_year} {each.change_pence}" for each in years),
        *sorted(
            f"{each.pool_id} {each.organisation_id} {each.funding_source} {each.share_percent.normalize()}"
            for each in after.funding
        ),
    ]
    return uuid5(before.id, "\n".join(parts))


def _worth_after(worth: int | None, after: Contract, years: Sequence[YearEffect]) -> int | None:
    """Years that are over keep what they were worth, so that the change is that of the years."""
    changes = [each.change_pence for each in years]
    known = [each for each in changes if each is not None]
    if worth is None or len(known) < len(changes):
        return lifetime_pence(after)
    return worth + sum(known) if years else lifetime_pence(after)


def _closed(contract: Contract, day: date) -> Contract:
    if contract.end_date is not None or contract.value_basis is not ValueBasis.ANNUAL:
        return contract
    first = financial_year_of(max(day, contract.start_date or day))
    return replace(contract, end_date=FinancialYear(first.start_year + YEARS_AHEAD).last_day)
