"""Which return is due from whom: a provider's duty to report indicators of a contract, period by period."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.outcomes.rules.dimension import ALL, Dimensions
from services.outcomes.rules.indicator import Frequency, Indicator
from services.outcomes.rules.reporting_period import period_on, periods_between
from shared.calendar import FinancialYear, financial_year_of
from shared.errors import Fault, Kind, reason

LONGEST_YEARS = 25  # a contract of 15 years with every extension fits; more is a slip of the hand

TITLE_TAKEN = reason(
    "obligation_title_taken", Kind.CONFLICT, "There is another return of this title on the contract."
)
OBLIGATION_DATES = reason(
    "obligation_dates_crossed",
    Kind.INVALID,
    "The duty to report must end after it begins, and within 25 years. Check the two dates.",
)
TERM_UNCHANGED = reason(
    "obligation_term_unchanged", Kind.INVALID, "The duty to report ends on this day already."
)
NO_INDICATORS = reason(
    "obligation_no_indicators", Kind.INVALID, "Name at least one indicator that the provider has to report."
)
INDICATOR_UNKNOWN = reason(
    "obligation_indicator_unknown",
    Kind.INVALID,
    "This indicator is not on record in the partnership. Record the indicator first.",
)
INDICATOR_TWICE = reason(
    "obligation_indicator_twice", Kind.INVALID, "An indicator stands once on a form. Take one of the two out."
)
CODE_TWICE = reason(
    "obligation_code_twice",
    Kind.INVALID,
    "Two organisations' indicators of one code cannot stand on one form: files and checks name a figure by its code. "
    "Put one of them on a return of its own.",
)
FREQUENCY_DIFFERS = reason(
    "obligation_frequency_differs",
    Kind.INVALID,
    "This indicator is made at another frequency than the return. Put it on a return of its own frequency.",
)
PARTIES_OVERLAP = reason(
    "obligation_parties_overlap",
    Kind.INVALID,
    "The lead, the associates and the provider of a return are different organisations, each named once.",
)
NOT_LEAD = reason(
    "obligation_not_lead",
    Kind.FORBIDDEN,
    "Only the lead commissioner of a contract sets what its provider has to report.",
)


@dataclass(frozen=True, slots=True)
class AskedIndicator:
    """An indicator on the form. Where it is not compulsory it may be left blank."""

    indicator_id: UUID
    compulsory: bool


@dataclass(frozen=True, slots=True)
class ObligationTerm:
    """A change of the last day of an obligation: to which day, why, by whom and when."""

    ends_on: date
    reason: str
    set_by_organisation_id: UUID
    set_by_client_id: UUID
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ObligationSettings:
    """When returns are due and input closes, in days, for periods that begin on or after a day.

    `due_days` count from the last day of the period, `input_days` from the due day (None: input never closes).
    """

    effective_from: date
    due_days: int
    input_days: int | None
    silence_days: int | None
    reason: str
    set_by_organisation_id: UUID
    set_by_client_id: UUID
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Obligation:
    """A provider's duty to report. The owner is the lead commissioner, who alone accepts or returns.

    A return is due `due_days` after the last day of each period that has a day between `begins_on` and `ends_on`.
    An associate that says nothing for `silence_days` after acceptance counts as accepting; None: silence says nothing.
    `ends_on` is the day that holds; `terms` are its changes, the oldest first. `dimensions`: of which place, site or
    group all its figures are. `settings`: what holds from a day on in place of the days said here, the oldest first.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    contract_id: UUID
    lead_organisation_id: UUID
    provider_organisation_id: UUID
    associate_organisation_ids: tuple[UUID, ...]
    title: str
    frequency: Frequency
    begins_on: date
    ends_on: date
    due_days: int
    indicators: tuple[AskedIndicator, ...]
    recorded_at: datetime | None = None
    silence_days: int | None = None
    dimensions: Dimensions = ALL
    terms: tuple[ObligationTerm, ...] = ()
    settings: tuple[ObligationSettings, ...] = ()
    version: int = 1

    def reach(self) -> dict[str, Any]:
        """Which kind of period it asks for, and the first and last, as facts for who named another one."""
        first, last = (period_on(self.frequency, each).id for each in (self.begins_on, self.ends_on))
        return {"frequency": self.frequency.value, "first_period": first, "last_period": last}


@dataclass(frozen=True, slots=True)
class DueReturn:
    """A return that is owed: for which period (DHIS2 id), and by when. The year is that of the last day."""

    period: str
    first_day: date
    last_day: date
    financial_year: str
    due_on: date


def due_returns(obligation: Obligation) -> tuple[DueReturn, ...]:
    """Every return that the obligation asks for, in order of time."""
    return tuple(
        DueReturn(
            period=period.id,
            first_day=period.first_day,
            last_day=period.last_day,
            financial_year=financial_year_of(period.last_day).label,
            due_on=period.last_day + timedelta(days=obligation.due_days),
        )
        for period in periods_between(obligation.frequency, obligation.begins_on, obligation.ends_on)
    )


def change_term(obligation: Obligation, term: ObligationTerm) -> tuple[Obligation, tuple[DueReturn, ...]]:
    """The obligation with another last day, and every return that is due under it.

    A return whose period begins after the last day is no longer due; one that was sent stays.
    """
    begins = obligation.begins_on
    if term.ends_on < begins or term.ends_on > FinancialYear(begins.year + LONGEST_YEARS).last_day:
        raise OBLIGATION_DATES("/ends_on")
    if term.ends_on == obligation.ends_on:
        raise TERM_UNCHANGED("/ends_on")
    changed = replace(
        obligation,
        ends_on=term.ends_on,
        terms=(*obligation.terms, term),
        version=obligation.version + 1,
    )
    return changed, due_returns(changed)


def silence_for(obligation: Obligation, first_day: date) -> int | None:
    """How many days of silence count as an associate's acceptance, for a period that begins on a day."""
    held = [each for each in obligation.settings if each.effective_from <= first_day]
    return held[-1].silence_days if held else obligation.silence_days


def check_leads(obligation: Obligation, organisations: Collection[UUID]) -> None:
    """Refuse who does not lead the contract."""
    if obligation.lead_organisation_id not in organisations:
        raise NOT_LEAD()


def financial_years(obligation: Obligation) -> tuple[str, ...]:
    """The financial years of which the obligation asks returns, for auditors of named years."""
    years = {each.financial_year for each in due_returns(obligation)}
    return tuple(sorted(years))


def days_late(due_on: date, sent_on: date) -> int:
    """How many days after its due day something was sent; 0 where it was in time."""
    return max(0, (sent_on - due_on).days)


def overdue(due_on: date, as_at: date, sent: bool) -> bool:
    """Whether a return that has not been sent should have been."""
    return not sent and as_at > due_on


def check_obligation(
    obligation: Obligation, indicators: Mapping[UUID, Indicator], organisations: Collection[UUID]
) -> Obligation:
    """Give the obligation back, or refuse it. `indicators` are those asked for that are on record.

    `organisations` are the caller's own and those that it succeeded: one of them leads the contract.
    """
    if obligation.lead_organisation_id not in organisations:
        raise NOT_LEAD("/lead_organisation_id")
    begins, ends = obligation.begins_on, obligation.ends_on
    if ends < begins or ends > FinancialYear(begins.year + LONGEST_YEARS).last_day:
        raise OBLIGATION_DATES("/ends_on")
    check_parties(obligation)
    if not obligation.indicators:
        raise NO_INDICATORS("/indicators")
    _check_indicators(obligation, indicators)
    return obligation


def check_parties(obligation: Obligation) -> None:
    seen = {obligation.lead_organisation_id}
    if obligation.provider_organisation_id in seen:
        raise PARTIES_OVERLAP("/provider_organisation_id")
    seen.add(obligation.provider_organisation_id)
    for index, associate in enumerate(obligation.associate_organisation_ids):
        if associate in seen:
            raise PARTIES_OVERLAP(f"/associate_organisation_ids/{index}")
        seen.add(associate)


def _check_indicators(obligation: Obligation, indicators: Mapping[UUID, Indicator]) -> None:
    seen: set[UUID] = set()
    codes: set[str] = set()
    faults: list[Fault] = []
    for index, asked in enumerate(obligation.indicators):
        pointer = f"/indicators/{index}/indicator_id"
        found = indicators.get(asked.indicator_id)
        if asked.indicator_id in seen:
            faults.append(Fault(pointer, INDICATOR_TWICE.code, INDICATOR_TWICE.sentence))
        elif found is None or found.partnership_id != obligation.partnership_id:
            faults.append(Fault(pointer, INDICATOR_UNKNOWN.code, INDICATOR_UNKNOWN.sentence))
        elif found.frequency is not obligation.frequency:
            faults.append(Fault(pointer, FREQUENCY_DIFFERS.code, FREQUENCY_DIFFERS.sentence))
        elif found.code in codes:
            faults.append(Fault(pointer, CODE_TWICE.code, CODE_TWICE.sentence))
        seen.add(asked.indicator_id)
        codes |= set() if found is None else {found.code}
    if faults:
        reasons = (INDICATOR_TWICE, INDICATOR_UNKNOWN, FREQUENCY_DIFFERS, CODE_TWICE)
        first = next(each for each in reasons if each.code == faults[0].code)
        raise first(faults=faults)
