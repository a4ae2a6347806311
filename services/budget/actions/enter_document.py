"""Enter a document that stands behind an agreement or a decision."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from services.budget.rules import document as rules
from services.budget.rules.agreement import party_ids, require_party
from services.budget.rules.decision import require_own
from services.budget.store import agreements, decisions, documents
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish


async def enter_document(
    db: Database,
    caller: Caller,
    sent: Sent,
    subject: rules.DocumentSubject,
    subject_id: UUID,
    make: Callable[[UUID, UUID], rules.KeptDocument],
) -> Answer:
    """Any party for an agreement, the deciding organisation for its decision. `make` takes partnership and owner."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        partnership_id, readers = await _behind(tx, subject, subject_id)
        document = rules.enter(make(partnership_id, caller.organisation_id))
        await documents.add(tx, document)
        change = Change(
            what="document_entered",
            thing="document",
            thing_id=document.id,
            owner_organisation_id=document.owner_organisation_id,
            partnership_id=partnership_id,
            readers=readers,
            facts={"subject": subject.value, "subject_id": str(subject_id), "kind": document.kind.value},
        )
        return await finish(tx, sent, change, document)


async def _behind(
    tx: Transaction, subject: rules.DocumentSubject, subject_id: UUID
) -> tuple[UUID, tuple[UUID, ...]]:
    if subject is rules.DocumentSubject.DECISION:
        decision = await decisions.get(tx, subject_id)
        require_own(decision, tx.caller.organisations)
        return decision.partnership_id, ()
    agreement = await agreements.get(tx, subject_id)
    require_party(agreement, tx.caller.organisation_id)
    return agreement.partnership_id, party_ids(agreement.terms)
