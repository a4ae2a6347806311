"""The two places of the matrix, each with an agreement in force, and one record of every collection for each owner."""

from __future__ import annotations

import uuid

from tests.authorisation.people import BODIES, People
from tests.authorisation.records import OWNERS, RECORDS, World
from tests.budget.place import Place

FELLOWS = {
    "council_a": "nhs_a",
    "nhs_a": "council_a",
    "council_b": "nhs_b",
}  # the other commissioner of the place


async def make_world(people: People) -> World:
    """Every record of RECORDS. What could not be made is in `failed`, and why."""
    world = World(people)
    for place in ("a", "b"):
        agreement = await _agreement(people, place)
        for owner in OWNERS:
            if BODIES[owner][0] == place:
                own = people.organisations[owner]
                world.names[owner] = {
                    "partnership_id": people.partnerships[place],
                    "agreement_id": agreement,
                    "subject_id": agreement,
                    "organisation_id": own,
                    "owner_organisation_id": own,
                    "lead_organisation_id": own,
                    "fellow_organisation_id": people.organisations[FELLOWS[owner]],
                    "provider_organisation_id": people.organisations[f"provider_{place}"],
                    "host_organisation_id": people.organisations[f"council_{place}"],
                }
                for collection, record_id in (
                    ("agreements", agreement),
                    ("organisations", own),
                    ("partnerships", people.partnerships[place]),
                    ("clients", people.clients[owner]),
                ):
                    world.records.setdefault(collection, {})[owner] = record_id
    for record in RECORDS:
        await world.make(record)
    return world


async def _agreement(people: People, place: str) -> str:
    """An agreement in force between the council and the NHS body of a place."""
    made = Place(
        partnership=uuid.UUID(people.partnerships[place]),
        council=uuid.UUID(people.organisations[f"council_{place}"]),
        nhs=uuid.UUID(people.organisations[f"nhs_{place}"]),
    )
    made.pcc, made.ccg = people.visits[f"council_{place}"], people.visits[f"nhs_{place}"]  # type: ignore[assignment]
    await made.bring_into_force()
    return str(made.agreement)
