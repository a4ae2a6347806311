"""What a dispute stands on: an agreement with its parties, or a journal with those of its pool's agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules.agreement import party_ids, require_party
from services.budget.rules.dispute import Dispute, DisputeStage, DisputeSubject
from services.budget.rules.journal import Journal
from services.budget.rules.terms import NOT_A_PARTY
from services.budget.store import agreements, journals
from shared.db import Prepared, Transaction
from shared.money import NOT_STATED, Money

_PARTIES = Prepared(
    """
select coalesce(array_agg(distinct party), '{}') as parties
  from entries e join accounts a on a.id = e.account_id join pools p on p.id = a.pool_id
  join agreements g on g.id = p.agreement_id cross join lateral unnest(g.party_ids) party
 where e.journal_id = $1
""",
    ("journal_id",),
    {},
)


@dataclass(frozen=True, slots=True)
class Behind:
    """The record that is disputed, and who may hear of it."""

    partnership_id: UUID
    parties: tuple[UUID, ...]
    journal: Journal | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A dispute as it is asked for; whose it is comes from the caller, where it stands from the record."""

    id: UUID
    subject: DisputeSubject
    subject_id: UUID
    matter: str
    raised_on: date
    disputed: Money
    due_on: date

    def dispute(self, partnership_id: UUID, owner: UUID) -> Dispute:
        return Dispute(
            id=self.id,
            subject=self.subject,
            subject_id=self.subject_id,
            partnership_id=partnership_id,
            owner_organisation_id=owner,
            matter=self.matter,
            raised_on=self.raised_on,
            disputed=self.disputed,
            undisputed=NOT_STATED,
            stage=DisputeStage.RAISED,
            stage_began_on=self.raised_on,
            due_on=self.due_on,
        )


async def behind(tx: Transaction, subject: DisputeSubject, subject_id: UUID) -> Behind:
    """The disputed record, if the caller sees it and is a party; not found otherwise, as everywhere."""
    if subject is DisputeSubject.AGREEMENT:
        agreement = await agreements.get(tx, subject_id)
        require_party(agreement, tx.caller.organisation_id)
        return Behind(agreement.partnership_id, party_ids(agreement.terms))
    journal = await journals.get(tx, subject_id)
    parties = tuple((await tx.one(_PARTIES, journal_id=subject_id))["parties"])
    if parties and tx.caller.organisation_id not in parties:
        raise NOT_A_PARTY(organisation_id=str(tx.caller.organisation_id))
    return Behind(journal.partnership_id, parties, journal)
