"""What a decision on an agreement moves: its draft, or the version that is on its way while the old text holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules import agreement as rules
from services.budget.rules import agreement_version
from services.budget.store import agreement_versions, agreements, decisions
from shared.db import Transaction


@dataclass(frozen=True, slots=True)
class DecidedText:
    """An agreement under its lock, and its version on the way, if there is one."""

    agreement: rules.Agreement
    on_its_way: agreement_version.AgreementVersion | None
    latest_edition: int

    @property
    def readers(self) -> tuple[UUID, ...]:
        return (*rules.party_ids(self.agreement.terms), *self.agreement.candidates)


async def lock(tx: Transaction, agreement_id: UUID) -> DecidedText:
    """Lock the agreement for a decision of a party, or of an organisation that is about to join."""
    agreement = await agreements.lock(tx, agreement_id, joining=True)
    versions = await agreement_versions.every(tx, agreement_id)
    latest = agreement_version.latest_edition(agreement, versions)
    return DecidedText(agreement, agreement_versions.on_its_way(versions), latest)


async def settle(tx: Transaction, text: DecidedText, day: date) -> str:
    """Approve what the decisions on record approve by now, and keep it. Answers with the state it is in."""
    on_it = await decisions.on_subject(tx, text.agreement.id)
    if text.on_its_way is not None:
        version = agreement_version.settle(text.on_its_way, text.agreement, on_it, day)
        if version is not text.on_its_way:
            await agreement_versions.save(tx, version)
        return version.stage.value
    settled = rules.settle_approval(text.agreement, on_it, day)
    if settled is not text.agreement:
        await agreements.save(tx, settled)
    return settled.state.value
