"""What associates decided about returns, and where each stands today."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, cast, func, select

from services.outcomes.rules.associate_decision import (
    AssociateDecision,
    AssociateStanding,
    Decision,
    standings,
)
from services.outcomes.rules.kpi_return import Return
from services.outcomes.rules.obligation import silence_for
from services.outcomes.store import obligations
from services.outcomes.store.return_life_tables import associate_decisions
from services.outcomes.store.return_tables import return_moves
from services.outcomes.store.revisions import below_return, parties
from services.outcomes.store.rows import adding
from services.outcomes.store.scopes import scope, sent
from shared.db import Transaction, prepare

_A, _M = associate_decisions, return_moves
_OF_RETURN = bindparam("return_id", type_=Uuid)
_ADD = adding(_A)
_SAID = prepare(
    select(_A.c.associate_organisation_id, _A.c.revision, _A.c.decision, _A.c.recorded_at).where(
        sent(_A), _A.c.return_id == _OF_RETURN
    )
)
_ACCEPTED = prepare(
    select(cast(func.timezone("Europe/London", func.max(_M.c.moved_at)), Date).label("accepted_on")).where(
        sent(_M),
        _M.c.return_id == _OF_RETURN,
        _M.c.to_state == "accepted",
        _M.c.revision == bindparam("revision", type_=_M.c.revision.type),
    )
)


async def standing(tx: Transaction, found: Return, today: date) -> tuple[AssociateStanding, ...]:
    """Where each associate stands on the revision of a return that holds."""
    said = await tx.all(_SAID, return_id=found.id, **scope(tx))
    accepted = await tx.one(_ACCEPTED, return_id=found.id, revision=found.accepted_revision or 0, **scope(tx))
    decisions = [
        AssociateDecision(
            row["associate_organisation_id"], row["revision"], Decision(row["decision"]), row["recorded_at"]
        )
        for row in said
    ]
    silence = silence_for(await obligations.get(tx, found.obligation_id), found.first_day)
    return standings(found, accepted["accepted_on"], silence, decisions, today)


async def add(tx: Transaction, found: Return, associate: UUID, decision: Decision) -> None:
    """Keep what an associate said of the revision that holds."""
    below = below_return(found, parties(found)) | {"revision": found.accepted_revision}
    await tx.one(
        _ADD,
        associate_organisation_id=associate,
        decision=decision,
        organisation_id=tx.caller.organisation_id,
        client_id=tx.caller.client_id,
        **below,
    )
