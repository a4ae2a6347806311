"""What stood behind a contract when it came into force: approvals, a commitment in budget, and its indicators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.contract import Contract
from services.contracts.rules.funding import FundingLine
from shared.errors import Kind, reason
from shared.money import Money

PARTNERSHIP_MISSING = reason(
    "activation_partnership_missing",
    Kind.CONFLICT,
    "The contract is in no partnership, so no budget can be set aside for it. Register it in the one that funds it.",
)
NOTHING_COMMITTED = reason(
    "activation_nothing_committed",
    Kind.CONFLICT,
    "A contract comes into force once budget was set aside for it. Name the lines that bear it.",
)
INDICATORS_DIFFER = reason(
    "activation_indicators_differ",
    Kind.CONFLICT,
    "The contract's indicators are not those that were looked up. Read the contract again and try anew.",
)


@dataclass(frozen=True, slots=True)
class Approval:
    """How one funding partner's limits were kept: by an officer's own limit, or by a body's decision that counted."""

    organisation_id: UUID
    amount_pence: int
    limit_id: UUID
    within_officer_limit: bool
    body: str | None
    decision_id: UUID | None
    counts_from: date | None


@dataclass(frozen=True, slots=True)
class Committed:
    """Budget that was set aside on one line."""

    commitment_id: UUID
    line_id: UUID
    pool_id: UUID | None
    financial_year: str
    amount_pence: int


@dataclass(frozen=True, slots=True)
class Backing:
    """What the gateway saw in budgets and outcomes before the contract came into force.

    `own_commitments` is on how many lines of its own books the lead set budget aside; which and how much is its own.
    """

    approvals: tuple[Approval, ...] = ()
    commitments: tuple[Committed, ...] = ()
    indicator_ids: tuple[UUID, ...] = ()
    own_commitments: int = 0


@dataclass(frozen=True, slots=True)
class Activation:
    """A coming into force as it is kept: from which day, at which version of the contract, and what stood behind it."""

    contract_id: UUID
    version: int
    partnership_id: UUID | None
    owner_organisation_id: UUID
    active_from: date
    backing: Backing
    no_indicator_reason: str | None


@dataclass(frozen=True, slots=True)
class Readiness:
    """What others must know of a contract that could move: its funding, its worth and its indicators.

    `priced_at` is since when it asks its funding partners for that, where they are about to be asked.
    """

    id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str
    title: str
    value: Money
    worth_pence: int | None
    funding: tuple[FundingLine, ...]
    indicator_ids: tuple[UUID, ...]
    version: int
    priced_at: datetime | None = None


def require_partnership(ready: Readiness) -> None:
    """Without a partnership nobody could set budget aside for it."""
    if ready.partnership_id is None:
        raise PARTNERSHIP_MISSING()


def ready(contract: Contract) -> Readiness:
    """The contract as others must know it. The worth is its whole value, None where that is not known."""
    worth = contract.value.amount_pence if contract.value_basis is ValueBasis.TOTAL else None
    return Readiness(
        contract.id,
        contract.partnership_id,
        contract.owner_organisation_id,
        contract.reference,
        contract.title,
        contract.value,
        worth,
        contract.funding,
        contract.indicator_ids,
        contract.version,
    )


def back(contract: Contract, active_from: date, backing: Backing) -> Activation:
    """The activation, if what was seen is what the contract asks for (S5-C01)."""
    if contract.partnership_id is None:
        raise PARTNERSHIP_MISSING()
    if not backing.commitments and not backing.own_commitments:
        raise NOTHING_COMMITTED("/commitments")
    if set(backing.indicator_ids) != set(contract.indicator_ids):
        raise INDICATORS_DIFFER("/indicator_ids")
    return Activation(
        contract.id,
        contract.version + 1,
        contract.partnership_id,
        contract.owner_organisation_id,
        active_from,
        backing,
        contract.no_indicator_reason,
    )
