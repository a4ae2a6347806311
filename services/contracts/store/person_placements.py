"""All that a controller keeps under one pseudonym: placements and their history, however many."""

from __future__ import annotations

from sqlalchemy import Text, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.placement import Placement
from services.contracts.rules.placement_life import KeptPlacementStep
from services.contracts.store.placement_tables import placement_steps, placements
from services.contracts.store.placements import own_care, owned, placement_of, step_of
from shared.db import Transaction, prepare

_OURS = bindparam("organisations", type_=ARRAY(Uuid))
_PERSON = owned() & (placements.c.person_reference == bindparam("person_reference", type_=Text))
_BY_CHANGE = (placements.c.changed_at, placements.c.id)
_OF_PERSON = prepare(select(placements).where(_PERSON).order_by(*_BY_CHANGE))
_STEPS_OF_PERSON = prepare(
    select(placement_steps)
    .join(placements, placements.c.id == placement_steps.c.placement_id)
    .where(_PERSON, placement_steps.c.owner_organisation_id == any_(_OURS))
    .order_by(*_BY_CHANGE, placement_steps.c.version)
)


async def of_person(tx: Transaction, person_reference: str) -> list[Placement]:
    """All placements of the caller's own under a pseudonym, however many, in the order in which they last changed."""
    rows = await tx.all(_OF_PERSON, person_reference=person_reference, **own_care(tx))
    return [placement_of(row) for row in rows]


async def steps_of_person(tx: Transaction, person_reference: str) -> list[KeptPlacementStep]:
    """The whole history of each placement of the caller's own under a pseudonym, placement by placement."""
    rows = await tx.all(_STEPS_OF_PERSON, person_reference=person_reference, **own_care(tx))
    return [step_of(row) for row in rows]
