"""What a succession asks of outcomes: obligations, open returns and targets of predecessors that go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Date, Text, Uuid, any_, bindparam, cast, func, literal_column, select

from services.outcomes.rules.kpi_return import ReturnState
from services.outcomes.rules.succession import Aim, Duty
from services.outcomes.store.return_tables import obligation_terms, obligations, returns
from services.outcomes.store.scopes import defined_for_contract, owed, scope, sent
from services.outcomes.store.tables import target_milestones, targets
from shared.db import Transaction, prepare

_SETTLED = (ReturnState.ACCEPTED, ReturnState.LOCKED)
_BODIES = bindparam("bodies", type_=ARRAY(Uuid))
_ENDS = (
    select(obligation_terms.c.ends_on)
    .where(obligation_terms.c.obligation_id == obligations.c.id)
    .order_by(obligation_terms.c.edition.desc())
    .limit(1)
    .scalar_subquery()
)
_DUTIES = prepare(
    select(obligations.c.id, obligations.c.lead_organisation_id, obligations.c.provider_organisation_id)
    .where(
        owed(obligations),
        obligations.c.reader_organisation_ids.overlap(_BODIES),
        func.coalesce(_ENDS, obligations.c.ends_on) >= bindparam("since", type_=Date),
    )
    .order_by(obligations.c.id)
)
_OPEN = prepare(
    select(func.count().label("open")).where(
        sent(returns),
        returns.c.reader_organisation_ids.overlap(_BODIES),
        cast(returns.c.state, Text).not_in([literal_column(f"'{each.value}'") for each in _SETTLED]),
    )
)
_LAST_MILESTONE = (
    select(target_milestones.c.period)
    .where(target_milestones.c.target_id == targets.c.id)
    .order_by(target_milestones.c.position.desc())
    .limit(1)
    .scalar_subquery()
)
_AIMS = prepare(
    select(
        targets.c.id,
        targets.c.owner_organisation_id,
        func.coalesce(targets.c.period, _LAST_MILESTONE).label("period"),
    )
    .where(defined_for_contract(targets), targets.c.owner_organisation_id == any_(_BODIES))
    .order_by(targets.c.id)
)


async def duties(tx: Transaction, bodies: Sequence[UUID], since: date) -> list[Duty]:
    """Obligations that these bodies are a party to and that ask for returns on a day or later, in id order."""
    rows = await tx.all(_DUTIES, bodies=list(bodies), since=since, **scope(tx))
    return [Duty(**row) for row in rows]


async def open_returns(tx: Transaction, bodies: Sequence[UUID]) -> int:
    """How many returns these bodies are a party to and that are not accepted; of drafts, their own alone."""
    row = await tx.one(_OPEN, bodies=list(bodies), **scope(tx))
    return int(row["open"])


async def aims(tx: Transaction, bodies: Sequence[UUID]) -> list[Aim]:
    """Every target that these bodies set, in id order."""
    rows = await tx.all(_AIMS, bodies=list(bodies), **scope(tx))
    return [Aim(**row) for row in rows]
