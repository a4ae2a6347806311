"""The annual summary of the Provider Selection Regime: its nine counts, and what stands in the way of their being whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.contracts.rules.classification import AgreementForm
from services.contracts.rules.published_notice import SelectionProcess
from shared.calendar import FinancialYear


@dataclass(frozen=True, slots=True)
class HealthContract:
    """What the summary asks of a contract for relevant health care services.

    `awarded_under_psr`: it was awarded under these rules, as itself: a record that goes on from another was not.
    `awarded_on` is None where it was awarded under other rules, or on no day that is known. `providers` are keys:
    ids of the directory, or else numbers of public registers, or else names. `process`: as the last notice of its
    award has it.
    """

    id: UUID
    reference: str
    agreement_form: AgreementForm
    from_framework: bool
    awarded_on: date | None
    awarded_under_psr: bool
    held_from: date | None
    held_until: date | None
    providers: frozenset[str]
    process: SelectionProcess | None
    urgent: bool


@dataclass(frozen=True, slots=True)
class Representation:
    """Written representations that a notice counts, and the words on their nature and impact."""

    published_on: date
    received: int
    summary: str


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A contract of which something is not on record that a count turns on."""

    contract_id: UUID
    reference: str
    missing: str


@dataclass(frozen=True, slots=True)
class PsrSummary:
    """SI 2023/1348 reg 25(2)(a) to (i), in its order; (a) also by process. `complete`: nothing is left open."""

    owner_organisation_id: UUID
    financial_year: str
    direct_award: int
    direct_award_a: int
    direct_award_b: int
    direct_award_c: int
    most_suitable_provider: int
    competitive: int
    frameworks_concluded: int
    awarded_from_framework: int
    urgent_awards_and_modifications: int
    new_providers: int
    providers_no_longer_held: int
    representations: int
    representation_summaries: tuple[str, ...]
    complete: bool
    left_open: tuple[LeftOpen, ...]


def summarise(
    owner: UUID,
    year: FinancialYear,
    contracts: Sequence[HealthContract],
    urgent_modifications: int,
    representations: Iterable[Representation],
) -> PsrSummary:
    """The summary of a year. A framework is counted as one, and not as a contract that was awarded.

    A provider is new if it held no such contract before the year; one that held one in the year before and none in
    this year has gone. A contract whose process nobody recorded is in none of the counts, and is named.
    """
    awarded = [each for each in contracts if each.awarded_under_psr and _within(each.awarded_on, year)]
    frameworks = [each for each in awarded if each.agreement_form is AgreementForm.FRAMEWORK]
    made = [each for each in awarded if each.agreement_form is not AgreementForm.FRAMEWORK]
    by = {process: sum(each.process is process for each in made) for process in SelectionProcess}
    before = _holders(contracts, date.min, _before(year).last_day)
    last_year = _holders(contracts, _before(year).first_day, _before(year).last_day)
    now = _holders(contracts, year.first_day, year.last_day)
    gained = {key for each in made for key in each.providers} - before
    told = [each for each in representations if _within(each.published_on, year)]
    left_open = (
        *(LeftOpen(each.id, each.reference, "process") for each in made if each.process is None),
        *(
            LeftOpen(each.id, each.reference, "awarded_on")
            for each in contracts
            if each.awarded_under_psr and each.awarded_on is None
        ),
    )
    direct = (
        SelectionProcess.DIRECT_AWARD_A,
        SelectionProcess.DIRECT_AWARD_B,
        SelectionProcess.DIRECT_AWARD_C,
    )
    return PsrSummary(
        owner_organisation_id=owner,
        financial_year=year.label,
        direct_award=sum(by[each] for each in direct),
        direct_award_a=by[SelectionProcess.DIRECT_AWARD_A],
        direct_award_b=by[SelectionProcess.DIRECT_AWARD_B],
        direct_award_c=by[SelectionProcess.DIRECT_AWARD_C],
        most_suitable_provider=by[SelectionProcess.MOST_SUITABLE_PROVIDER],
        competitive=by[SelectionProcess.COMPETITIVE],
        frameworks_concluded=len(frameworks),
        awarded_from_framework=sum(
            each.from_framework or each.process is SelectionProcess.FRAMEWORK_CALL_OFF for each in made
        ),
        urgent_awards_and_modifications=sum(each.urgent for each in made) + urgent_modifications,
        new_providers=len(gained),
        providers_no_longer_held=len(last_year - now),
        representations=sum(each.received for each in told),
        representation_summaries=tuple(each.summary for each in told),
        complete=not left_open,
        left_open=left_open,
    )


def _before(year: FinancialYear) -> FinancialYear:
    return FinancialYear(year.start_year - 1)


def _within(day: date | None, year: FinancialYear) -> bool:
    return day is not None and year.first_day <= day <= year.last_day


def _holders(contracts: Iterable[HealthContract], first: date, last: date) -> set[str]:
    """Who held a contract on any day from the first to the last. A side that is not known is open."""
    return {
        key
        for each in contracts
        if (each.held_from or date.min) <= last and (each.held_until or date.max) >= first
        for key in each.providers
    }
