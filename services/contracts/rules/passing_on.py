"""Contracts that go on as others, as budgets and outcomes must know it beforehand: who goes on for whom, from when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.contracts.rules.consolidation import NewContract
from services.contracts.rules.contract import Contract
from services.contracts.rules.transfer import Transfer, leads

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class GoesOn:
    """A contract that goes on, and what share of what is left of the one before is its own. `indicator_ids`: it
    answers for these of the former's alone; None for all."""

    contract_id: UUID
    title: str
    share_percent: Decimal
    indicator_ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A contract that ends, and those that go on for it. None: another lead takes over, with its own money."""

    contract_id: UUID
    heirs: tuple[GoesOn, ...]


@dataclass(frozen=True, slots=True)
class PassingOn:
    """All contracts that end and go on in one move, and the party that changes, if one does."""

    contract_ids: tuple[UUID, ...]
    partnership_id: UUID | None
    owner_organisation_id: UUID
    day: date
    passed_on: tuple[PassedOn, ...]
    outgoing_organisation_id: UUID | None = None
    incoming_organisation_id: UUID | None = None


def by_transfer(contract: Contract, going: Contract, transfer: Transfer) -> PassingOn:
    """By a novation or a statutory transfer. What an outgoing lead set aside goes to nobody."""
    heirs = () if leads(transfer) else (GoesOn(going.id, going.title, WHOLE),)
    return PassingOn(
        (contract.id, going.id),
        contract.partnership_id,
        contract.owner_organisation_id,
        transfer.effective_on,
        (PassedOn(contract.id, heirs),),
        transfer.outgoing_organisation_id,
        transfer.incoming_organisation_id,
    )


def by_consolidation(sources: Sequence[Contract], going: Contract, day: date) -> PassingOn:
    heirs = (GoesOn(going.id, going.title, WHOLE),)
    return PassingOn(
        (*(each.id for each in sources), going.id),
        going.partnership_id,
        going.owner_organisation_id,
        day,
        tuple(PassedOn(each.id, heirs) for each in sources),
    )


def by_split(
    source: Contract, parts: Sequence[NewContract], going: Sequence[Contract], day: date
) -> PassingOn:
    """By a split: each part has the share of the budget that it has of the value."""
    heirs = tuple(
        GoesOn(each.id, each.title, part.share_percent or Decimal(0), each.indicator_ids)
        for part, each in zip(parts, going, strict=True)
    )
    return PassingOn(
        (source.id, *(each.id for each in parts)),
        source.partnership_id,
        source.owner_organisation_id,
        day,
        (PassedOn(source.id, heirs),),
    )
