"""Placements as tests of care need them: a contract that runs, and what is sent to place somebody under it."""

import uuid
from dataclasses import replace

from tests.contracts.register import Place, a_key, backing, registered

CARE = "contract:read contract:write placement:read placement:write"


def carer(place: Place, role: str):
    """The caller of a role with the scopes of care."""
    caller = place.caller(role)
    return replace(caller, scopes=frozenset(CARE.split()))


async def running(client, place: Place, lead: str = "ccg", provider: str = "pch", **changes) -> str:
    """The id of a contract that was registered and brought into force."""
    made = await registered(client, place.contract(lead, provider, **changes))
    url = f"/v1/contracts/{made['id']}"
    answer = await client.post(
        f"{url}/activation",
        json={"active_from": "2013-04-01"},
        key=a_key(),
        version=made["version"],
        seen=backing(made),
    )
    assert answer.status_code == 200, answer.text
    return made["id"]


def joined(place: Place, *providers: str) -> dict:
    """Parties of a contract that the CCG leads and Kernow joins, with these providers."""
    return {
        "parties": [
            {"role": "lead_commissioner", "organisation_id": str(place.ccg)},
            {"role": "associate_commissioner", "organisation_id": str(place.kernow)},
            *(
                {"role": "provider", "organisation_id": str(getattr(place, each))}
                for each in providers or ("pch",)
            ),
        ]
    }


def a_placement(contract_id: str, provider: uuid.UUID, **changes) -> dict:
    """A full placement: a week in a home in Plymouth, for which Plymouth is responsible."""
    return {
        "contract_id": contract_id,
        "provider_organisation_id": str(provider),
        "reference": f"PL-{uuid.uuid4().hex[:10]}",
        "person_reference": f"P-{uuid.uuid4().hex[:10]}",
        "service": "Residential care, older people",
        "unit": "week",
        "unit_rate": "812.50",
        "funding_type": "joint",
        "start_date": "2014-04-07",
        "review_date": "2014-10-07",
        "end_date": "2015-04-06",
        "outcomes_expected": ["Keeps in touch with family"],
        "provider_site": {"name": "The Lodge", "area_code": "E06000026"},
        "responsible_area_code": "E06000026",
        "keep_until": "2021-04-06",
        "state": "active",
        **changes,
    }


async def placed(client, contract_id: str, provider: uuid.UUID, **changes) -> dict:
    """Record a placement under a new id; its answer."""
    body = a_placement(contract_id, provider, **changes)
    answer = await client.put(f"/v1/placements/{uuid.uuid4()}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def moved(client, placement: dict, move: str, **body) -> dict:
    """Move a placement; its answer."""
    url = f"/v1/placements/{placement['id']}/{move}"
    answer = await client.post(url, json=body, key=a_key(), version=placement["version"])
    assert answer.status_code == 200, answer.text
    return answer.json()
