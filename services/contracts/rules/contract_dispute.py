"""A dispute on a contract: one party raises it against another, it goes from stage to stage, and stops nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.contract import Contract
from services.contracts.rules.yearly_value import lifetime_pence
from shared.errors import Kind, reason
from shared.money import Money

DISPUTE_PARTY = reason(
    "contract_dispute_party",
    Kind.CONFLICT,
    "A party of the contract disputes with another party of it: a commissioner, or a provider.",
)
DISPUTE_AGAINST = reason(
    "contract_dispute_against",
    Kind.INVALID,
    "Name another party of the contract: its lead, an associate, or a provider that is in the directory.",
)
DISPUTE_DAY = reason(
    "contract_dispute_day",
    Kind.INVALID,
    "Record what happened in a dispute once its day has come, and in order.",
)
DISPUTE_CLOCK = reason(
    "contract_dispute_clock", Kind.INVALID, "A stage is due on or after the day on which it begins."
)
DISPUTE_AMOUNT = reason(
    "contract_dispute_amount",
    Kind.INVALID,
    "What is disputed is more than nil, and at most what the contract is worth where that is known.",
)
DISPUTE_OVER = reason(
    "contract_dispute_over", Kind.CONFLICT, "This dispute on the contract is over. Raise another one."
)
DISPUTE_STAGE = reason(
    "contract_dispute_stage",
    Kind.CONFLICT,
    "A dispute on a contract goes on to a later stage, and never back.",
)
DISPUTE_RAISER = reason(
    "contract_dispute_raiser",
    Kind.CONFLICT,
    "Whoever raised the dispute on the contract accepts its outcome, or withdraws it.",
)


class ContractDisputeStage(StrEnum):
    """As the NHS Standard Contract has it (GC14): notice, negotiation, escalation, mediation, an expert's word."""

    RAISED = "raised"
    NEGOTIATION = "negotiation"
    ESCALATION = "escalation"
    MEDIATION = "mediation"
    EXPERT_DETERMINATION = "expert_determination"
    RESOLVED = "resolved"


class ContractDisputeOutcome(StrEnum):
    """What it came to, from the side of who raised it."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


_ORDER = tuple(ContractDisputeStage)


@dataclass(frozen=True, slots=True)
class ContractDispute:
    """What is disputed, between which two parties, and where that stands. `due_on`: by when the stage is to end.

    `undisputed_pence` is what nobody questions of what the contract is worth over its term; null where either is not known.
    """

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    against_organisation_id: UUID
    matter: str
    raised_on: date
    disputed: Money
    stage: ContractDisputeStage
    stage_began_on: date
    due_on: date
    partnership_id: UUID | None = None
    undisputed_pence: int | None = None
    outcome: ContractDisputeOutcome | None = None
    resolution: str | None = None
    version: int = 1
    recorded_at: datetime | None = None
    changed_at: datetime | None = None


def raise_on(
    dispute: ContractDispute, contract: Contract, own: Collection[UUID], today: date
) -> ContractDispute:
    """A new dispute, by a party of the contract against another. What is not disputed goes on."""
    parties = {contract.owner_organisation_id, *contract.associate_ids, *contract.provider_ids}
    raiser = next((each for each in own if each in parties), None)
    if raiser is None:
        raise DISPUTE_PARTY()
    if dispute.against_organisation_id not in parties - {raiser}:
        raise DISPUTE_AGAINST("/against_organisation_id")
    if dispute.raised_on > today:
        raise DISPUTE_DAY("/raised_on", today=today)
    if dispute.due_on < dispute.raised_on:
        raise DISPUTE_CLOCK("/due_on")
    pence, worth = dispute.disputed.amount_pence, lifetime_pence(contract)
    if pence is not None and (pence <= 0 or (worth is not None and pence > worth)):
        raise DISPUTE_AMOUNT("/disputed", contract_pence=worth)
    return replace(
        dispute,
        owner_organisation_id=raiser,
        partnership_id=contract.partnership_id,
        undisputed_pence=None if pence is None or worth is None else worth - pence,
    )


def advance(
    dispute: ContractDispute, stage: ContractDisputeStage, began_on: date, due_on: date, today: date
) -> ContractDispute:
    """The dispute in a later stage, with the clock of that stage. Either side may say so."""
    _require_open(dispute)
    if stage is ContractDisputeStage.RESOLVED or _ORDER.index(stage) <= _ORDER.index(dispute.stage):
        raise DISPUTE_STAGE("/stage", stage=dispute.stage)
    _require_day(dispute, began_on, "/began_on", today)
    if due_on < began_on:
        raise DISPUTE_CLOCK("/due_on")
    return replace(dispute, stage=stage, stage_began_on=began_on, due_on=due_on)


def resolve(
    dispute: ContractDispute,
    own: Collection[UUID],
    outcome: ContractDisputeOutcome,
    on: date,
    words: str,
    today: date,
) -> ContractDispute:
    """The dispute, over. What has to change of the contract is varied, and what of money is posted, as ever."""
    _require_open(dispute)
    if dispute.owner_organisation_id not in own:
        raise DISPUTE_RAISER()
    _require_day(dispute, on, "/resolved_on", today)
    return replace(
        dispute,
        stage=ContractDisputeStage.RESOLVED,
        stage_began_on=on,
        due_on=on,
        outcome=outcome,
        resolution=words,
    )


def _require_open(dispute: ContractDispute) -> None:
    if dispute.stage is ContractDisputeStage.RESOLVED:
        raise DISPUTE_OVER()


def _require_day(dispute: ContractDispute, day: date, pointer: str, today: date) -> None:
    if not dispute.stage_began_on <= day <= today:
        raise DISPUTE_DAY(pointer, stage_began_on=dispute.stage_began_on, today=today)
