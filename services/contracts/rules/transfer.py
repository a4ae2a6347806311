"""Novation and statutory transfer: another body takes a party's place in a contract, from a day that may be past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.carry_over import check_cut, check_ready, cut, next_record
from services.contracts.rules.classification import EXEMPT
from services.contracts.rules.contract import Contract, Relation, checked
from services.contracts.rules.funding import FundingLine
from services.contracts.rules.party import COMMISSIONERS, Role, of_role
from services.contracts.rules.state import State
from services.contracts.rules.succession import refunded, resited, stepped_in
from services.contracts.rules.variation import Variation
from shared.errors import Kind, reason

TRANSFER_TO_ITSELF = reason(
    "transfer_to_itself", Kind.INVALID, "A contract cannot be transferred from a body to itself."
)
TRANSFER_NOT_PARTY = reason(
    "transfer_outgoing_not_party",
    Kind.INVALID,
    "The outgoing body does not stand in the contract in that role.",
)
TRANSFER_CROSSES_SIDES = reason(
    "transfer_crosses_sides",
    Kind.INVALID,
    "The incoming body stands on the other side of this contract, and no body has a contract with itself.",
)
INSTRUMENT_MISSING = reason(
    "transfer_instrument_missing",
    Kind.INVALID,
    "A statutory transfer names the instrument that makes it. Without one it is a novation, which all parties agree.",
)
TRANSFER_NOT_OPEN = reason(
    "transfer_not_open", Kind.CONFLICT, "The transfer is not in a state in which this can be done."
)
TRANSFER_UNDER_WAY = reason(
    "transfer_under_way",
    Kind.CONFLICT,
    "Another transfer of this contract is under way. Finish or withdraw it first.",
)
CONSENTS_MISSING = reason(
    "transfer_consents_missing",
    Kind.CONFLICT,
    "Not all have consented whose consent a novation needs: the outgoing, the incoming and the remaining party.",
)
CONSENT_NOT_NEEDED = reason(
    "transfer_consent_not_needed", Kind.INVALID, "This transfer does not need that organisation's consent."
)
CONSENT_OF_OTHERS = reason(
    "transfer_consent_of_others",
    Kind.INVALID,
    "An organisation consents for itself. The lead records another's consent from its signed letter: say in the note"
    " where that is kept.",
)


class TransferKind(StrEnum):
    NOVATION = "novation"
    STATUTORY_TRANSFER = "statutory_transfer"


class TransferRole(StrEnum):
    """Whose place is taken: a commissioner's, lead or associate, or a provider's."""

    COMMISSIONER = "commissioner"
    PROVIDER = "provider"


class TransferState(StrEnum):
    """`ready`: all have consented, or the law asks nobody. `handed_over`: the outgoing lead's record has ended and
    waits for the incoming one to take it over with its own money."""

    PROPOSED = "proposed"
    READY = "ready"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Instrument:
    """The act, order or scheme that transfers by law."""

    title: str
    made_on: date | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """An organisation's consent or refusal, and who put it on record."""

    organisation_id: UUID
    agreed: bool
    on: date
    note: str | None
    recorded_by_organisation_id: UUID
    client_id: UUID
    person: str | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer of one party's place. `new_contract_id` is the record that goes on."""

    id: UUID
    contract_id: UUID
    new_contract_id: UUID
    kind: TransferKind
    role: TransferRole
    outgoing_organisation_id: UUID
    incoming_organisation_id: UUID
    effective_on: date
    reason: str
    owner_organisation_id: UUID
    partnership_id: UUID | None = None
    instrument: Instrument | None = None
    needed: tuple[UUID, ...] = ()
    readers: tuple[UUID, ...] = ()
    state: TransferState = TransferState.PROPOSED
    consents: tuple[Consent, ...] = ()
    version: int = 1
    recorded_at: datetime | None = None
    changed_at: datetime | None = None


def propose(contract: Contract, asked: Transfer) -> Transfer:
    """The transfer with whose consent it needs, or a refusal (S5-C03, S2-C05). The result is tried at once."""
    outgoing, incoming = asked.outgoing_organisation_id, asked.incoming_organisation_id
    if outgoing == incoming:
        raise TRANSFER_TO_ITSELF("/incoming_organisation_id")
    roles = COMMISSIONERS if asked.role is TransferRole.COMMISSIONER else (Role.PROVIDER,)
    if outgoing not in {each.organisation_id for each in of_role(contract.parties, *roles)}:
        raise TRANSFER_NOT_PARTY("/outgoing_organisation_id", role=asked.role.value)
    across = (Role.PROVIDER,) if asked.role is TransferRole.COMMISSIONER else COMMISSIONERS
    if incoming in {each.organisation_id for each in of_role(contract.parties, *across)}:
        raise TRANSFER_CROSSES_SIDES("/incoming_organisation_id")
    statutory = asked.kind is TransferKind.STATUTORY_TRANSFER
    if statutory != (asked.instrument is not None):
        raise INSTRUMENT_MISSING("/instrument")
    check_cut(contract, asked.effective_on)
    made = replace(
        asked,
        owner_organisation_id=contract.owner_organisation_id,
        partnership_id=contract.partnership_id,
        needed=() if statutory else _needed(contract, asked),
        readers=tuple(sorted({*contract.associate_ids, *contract.provider_ids, outgoing, incoming}, key=str)),
        state=TransferState.READY if statutory else TransferState.PROPOSED,
    )
    _next(contract, made)
    return made


def _needed(contract: Contract, asked: Transfer) -> tuple[UUID, ...]:
    """Outgoing, incoming and remaining party: the providers where a commissioner goes, else the lead."""
    other = (
        contract.provider_ids
        if asked.role is TransferRole.COMMISSIONER
        else (contract.owner_organisation_id,)
    )
    return tuple(dict.fromkeys((asked.outgoing_organisation_id, asked.incoming_organisation_id, *other)))


def consent(transfer: Transfer, given: Consent) -> Transfer:
    """The transfer with a consent more; the last one makes it ready, a refusal ends it."""
    if transfer.state is not TransferState.PROPOSED:
        raise TRANSFER_NOT_OPEN(state=transfer.state.value)
    if given.organisation_id not in transfer.needed:
        raise CONSENT_NOT_NEEDED(needed=[str(each) for each in transfer.needed])
    made = replace(transfer, consents=(*transfer.consents, given))
    if not given.agreed:
        return replace(made, state=TransferState.REFUSED)
    whole = set(transfer.needed) <= {each.organisation_id for each in made.consents if each.agreed}
    return replace(made, state=TransferState.READY) if whole else made


def whose_consent(transfer: Transfer, ours: Sequence[UUID], of: UUID | None, note: str | None) -> UUID:
    """Whose consent is given: the caller's own, or, by the lead and from a letter, another's."""
    if of is None or of in ours:
        mine = [each for each in transfer.needed if each in ours and of in (None, each)]
        if not mine:
            raise CONSENT_NOT_NEEDED(needed=[str(each) for each in transfer.needed])
        return mine[0]
    if transfer.owner_organisation_id not in ours or note is None:
        raise CONSENT_OF_OTHERS("/organisation_id")
    return of


def withdraw(transfer: Transfer) -> Transfer:
    if transfer.state not in (TransferState.PROPOSED, TransferState.READY):
        raise TRANSFER_NOT_OPEN(state=transfer.state.value)
    return replace(transfer, state=TransferState.WITHDRAWN)


def leads(transfer: Transfer) -> bool:
    """Whether the lead itself goes, so that the record passes to another organisation's hands."""
    return transfer.outgoing_organisation_id == transfer.owner_organisation_id


def complete(
    contract: Contract, transfer: Transfer, today: date, variations: Sequence[Variation]
) -> tuple[Contract, Contract, Transfer]:
    """The record that ends, the one that goes on from the effective day, and the transfer.

    The day must have come, and none of the record's `variations` may still wait to take effect. Where the lead goes,
    the second one is only handed over: its body takes it over with its own funding.
    """
    if transfer.state is TransferState.PROPOSED:
        given = {each.organisation_id for each in transfer.consents}
        raise CONSENTS_MISSING(missing=[str(each) for each in transfer.needed if each not in given])
    if transfer.state is not TransferState.READY:
        raise TRANSFER_NOT_OPEN(state=transfer.state.value)
    check_ready(transfer.effective_on, today, variations)
    ended, _ = cut(contract, transfer.effective_on, State.NOVATED)
    going = _next(contract, transfer)
    if leads(transfer):
        return ended, going, replace(transfer, state=TransferState.HANDED_OVER)
    return ended, going, replace(transfer, state=TransferState.COMPLETED)


def take_over(
    transfer: Transfer,
    handed: Contract | None,
    funding: tuple[FundingLine, ...],
    reference: str | None,
    partnership_id: UUID | None,
) -> tuple[Contract, Transfer]:
    """The record as the incoming lead takes it over: awarded, to be activated with its own money and approvals."""
    if transfer.state is not TransferState.HANDED_OVER or handed is None:
        raise TRANSFER_NOT_OPEN(state=transfer.state.value)
    made = replace(
        handed,
        funding=funding,
        reference=reference or handed.reference,
        partnership_id=partnership_id,
        carried_over=True,
    )
    return checked(made), replace(transfer, state=TransferState.COMPLETED)


def _next(contract: Contract, transfer: Transfer) -> Contract:
    on, into = (
        transfer.effective_on,
        {transfer.outgoing_organisation_id: transfer.incoming_organisation_id},
    )
    _, value = cut(contract, on, State.NOVATED)
    going = next_record(contract, transfer.new_contract_id, on, value, Relation.TRANSFERRED_FROM)
    going = replace(
        going,
        parties=stepped_in(contract.parties, into),
        funding=refunded(contract.funding, into),
        sites=resited(contract.sites, into),
    )
    if leads(transfer):
        going = replace(
            going,
            owner_organisation_id=transfer.incoming_organisation_id,
            state=State.AWARDED,
            active_from=None,
            # what the outgoing body pays from, plans and thinks is its own; the record that goes on names none of it, but
            # for the grounds without which no award is exempt
            funding=(),
            award_basis=going.award_basis if going.award_regime in EXEMPT else None,
            no_indicator_reason=None,
            standstill_ends_on=None,
            stated_dates=(),
            related=going.related[-1:],
            responsible_post=None,
        )
    return checked(going)
