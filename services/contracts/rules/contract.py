"""A contract: who buys what from whom, from when to when, for how much, out of which pools."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.activity import ActivityLine, check_activity
from services.contracts.rules.classification import (
    AgreementForm,
    Category,
    Regime,
    TenderType,
    ValueBasis,
    check_award_basis,
)
from services.contracts.rules.extension_option import (
    ExtensionOption,
    check_options,
    extended_by,
    options_left,
)
from services.contracts.rules.funding import FundingLine, check_funding
from services.contracts.rules.notice import Notice, NoticePeriod
from services.contracts.rules.party import Party, Role, check_parties, of_role
from services.contracts.rules.site import Site, StaffTransfer, check_sites
from services.contracts.rules.state import BEFORE_AWARD, FIRST, State
from services.contracts.rules.stated_date import DateConflict, StatedDate, check_stated, conflicts
from shared.errors import Kind, reason
from shared.money import NOT_STATED, Money
from shared.text import fold_key

FIRST_STATE = reason(
    "contract_first_state",
    Kind.INVALID,
    "A contract is recorded first as pipeline, procurement, standstill, awarded or recorded_as_active.",
)
ENDS_BEFORE_START = reason("contract_ends_before_start", Kind.INVALID, "The contract ends before it starts.")
EXTENDS_BEFORE_END = reason(
    "contract_extends_before_end", Kind.INVALID, "The latest end, with all extensions, lies before the end."
)
END_STATUS_MISMATCH = reason(
    "contract_end_status",
    Kind.INVALID,
    "Give an end date with the status stated, or no date with another status.",
)
VALUE_NEGATIVE = reason("contract_value_negative", Kind.INVALID, "The value of a contract is not negative.")
PROVIDER_MISSING = reason(
    "contract_provider_missing", Kind.INVALID, "From its award on a contract names at least one provider."
)
REFERENCE_USED = reason(
    "contract_reference_used", Kind.CONFLICT, "Your organisation has another contract under this reference."
)
RELATED_TO_ITSELF = reason("contract_related_to_itself", Kind.INVALID, "A contract cannot point at itself.")


class EndStatus(StrEnum):
    """Whether the end is known. `open_ended` has none; `not_stated` and `tbc` have one that nobody said."""

    STATED = "stated"
    NOT_STATED = "not_stated"
    OPEN_ENDED = "open_ended"
    TBC = "tbc"


class Origin(StrEnum):
    """How a contract came into the register."""

    REGISTERED = "registered"
    REGISTER_IMPORT = "register_import"


class View(StrEnum):
    """How much of a contract an answer shows: says which of three shapes it has."""

    WHOLE = "whole"
    PROVIDER = "provider"
    PUBLISHED = "published"


class Relation(StrEnum):
    """Why a contract points at another one, named as OCDS has it where it has a name."""

    REPLACES = "replaces"
    UNSUCCESSFUL_PROCESS = "unsuccessful_process"
    TIMED_WITH = "timed_with"
    FRAMEWORK = "framework"
    CONSOLIDATES = "consolidates"
    SPLIT_FROM = "split_from"
    TRANSFERRED_FROM = "transferred_from"


@dataclass(frozen=True, slots=True)
class Related:
    """Another contract that this one points at."""

    relation: Relation
    contract_id: UUID


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as its commissioners see it. Its owner is the lead commissioner.

    `occurrence` is 1, or counts on where a register uses one reference for several contracts. `carried_over`: it goes on
    from another record by a transfer, consolidation or split, and was awarded as that one.
    """

    id: UUID
    owner_organisation_id: UUID
    reference: str
    title: str
    state: State
    parties: tuple[Party, ...]
    partnership_id: UUID | None = None
    occurrence: int = 1
    description: str | None = None
    category: Category | None = None
    service: str | None = None
    procurement_category: str | None = None
    department: str | None = None
    agreement_form: AgreementForm = AgreementForm.NOT_STATED
    award_regime: Regime | None = None
    award_basis: str | None = None
    modification_regime: Regime | None = None
    tender_type: TenderType = TenderType.NOT_STATED
    start_date: date | None = None
    end_date: date | None = None
    end_status: EndStatus = EndStatus.NOT_STATED
    max_end_date: date | None = None
    extension_options: tuple[ExtensionOption, ...] = ()
    notice_period: NoticePeriod | None = None
    review_date: date | None = None
    responsible_post: str | None = None
    value: Money = NOT_STATED
    value_basis: ValueBasis = ValueBasis.TOTAL
    irrecoverable_vat: Money = NOT_STATED
    scope: str | None = None
    activity_plan: tuple[ActivityLine, ...] = ()
    funding: tuple[FundingLine, ...] = ()
    indicator_ids: tuple[UUID, ...] = ()
    no_indicator_reason: str | None = None
    related: tuple[Related, ...] = ()
    stated_dates: tuple[StatedDate, ...] = ()
    date_conflicts: tuple[DateConflict, ...] = ()
    sites: tuple[Site, ...] = ()
    staff_transfers: tuple[StaffTransfer, ...] = ()
    awarded_on: date | None = None
    standstill_ends_on: date | None = None
    active_from: date | None = None
    ended_on: date | None = None
    carried_over: bool = False
    notice: Notice | None = None
    origin: Origin = Origin.REGISTERED
    version: int = 1
    recorded_at: datetime | None = None
    changed_at: datetime | None = None
    view: View = View.WHOLE

    @property
    def ends_on(self) -> date | None:
        """The day on which it ended, or ends as things stand: by notice, or else as agreed."""
        if self.ended_on is not None:
            return self.ended_on
        return self.notice.ends_on if self.notice is not None else self.end_date

    @property
    def runs_until(self) -> date | None:
        """The last day on which it may have run: the day it ended, none while it is held over, or else its end."""
        if self.ended_on is not None:
            return self.ended_on
        return None if self.state is State.HELD_OVER else self.end_date

    @property
    def disclosed(self) -> bool:
        """Whether an award is known: before it neither a provider nor the public sees anything."""
        return self.state not in {*BEFORE_AWARD, State.ABANDONED} or self.awarded_on is not None

    @property
    def associate_ids(self) -> tuple[UUID, ...]:
        return _ids(of_role(self.parties, Role.ASSOCIATE_COMMISSIONER))

    @property
    def provider_ids(self) -> tuple[UUID, ...]:
        return _ids(of_role(self.parties, Role.PROVIDER))


def _ids(parties: Iterable[Party]) -> tuple[UUID, ...]:
    return tuple(party.organisation_id for party in parties if party.organisation_id is not None)


def reference_key(reference: str) -> str:
    """The key under which two spellings of a reference are one."""
    return fold_key(reference)


def register(contract: Contract) -> Contract:
    """A contract as it is first recorded, or a refusal with what is wrong."""
    if contract.state not in FIRST:
        raise FIRST_STATE("/state")
    if contract.value.amount_pence is not None and contract.value.amount_pence < 0:
        raise VALUE_NEGATIVE("/value")
    return checked(contract)


def checked(contract: Contract) -> Contract:
    """The contract with what follows from it worked out, or a refusal: what holds in every state."""
    check_parties(contract.parties)
    if contract.state not in BEFORE_AWARD and not of_role(contract.parties, Role.PROVIDER):
        raise PROVIDER_MISSING("/parties")
    check_funding(contract.funding)
    check_award_basis(contract.award_regime, contract.award_basis)
    _check_dates(contract)
    check_stated(contract.stated_dates)
    check_sites(contract.sites, contract.provider_ids)
    check_activity(contract.activity_plan)
    check_options(contract.extension_options, contract.end_date, contract.max_end_date)
    if any(each.contract_id == contract.id for each in contract.related):
        raise RELATED_TO_ITSELF("/related")
    return replace(
        contract, date_conflicts=conflicts(contract.stated_dates), max_end_date=_latest_end(contract)
    )


def _latest_end(contract: Contract) -> date | None:
    """The day past which the contract never goes; where nobody said it, the end with every option that is left."""
    left = options_left(contract.extension_options)
    if contract.max_end_date is not None or contract.end_date is None or not left:
        return contract.max_end_date
    latest = contract.end_date
    for option in left:
        latest = extended_by(latest, option.months)
    return latest


def _check_dates(contract: Contract) -> None:
    start, end = contract.start_date, contract.end_date
    if (end is not None) != (contract.end_status is EndStatus.STATED):
        raise END_STATUS_MISMATCH("/end_status")
    if start is not None and end is not None and end < start:
        raise ENDS_BEFORE_START("/end_date", start_date=start.isoformat(), end_date=end.isoformat())
    latest = contract.max_end_date
    if latest is not None and latest < (end or start or latest):
        raise EXTENDS_BEFORE_END("/max_end_date")
