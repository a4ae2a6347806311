"""Areas nest as deep as a system has tiers."""

from __future__ import annotations

import uuid

import pytest

from tests.outcomes.plymouth import put
from tests.outcomes.test_places import devon_areas, read


@pytest.mark.row("S5-G10")
async def test_areas_nest_five_deep_from_the_combined_authority_to_the_neighbourhood(clients, plymouth):
    council = clients["council"]
    names = (
        ("gm", "Greater Manchester Combined Authority"),
        ("ne", "North East Sector"),
        ("E08000002", "Bury"),
        ("radcliffe", "Radcliffe township"),
        ("black-lane", "Black Lane neighbourhood"),
        ("street", "Street of the neighbourhood"),
    )
    areas = [
        {"code": code, "name": name, "kind": "tier", "parent_codes": [names[at - 1][0]] if at else []}
        for at, (code, name) in enumerate(names)
    ]
    body = {**devon_areas(plymouth), "name": "Greater Manchester", "areas": areas, "changes": []}
    made = await put(council, "area-hierarchies", body)
    kept = await read(council, f"area-hierarchies/{made['id']}")
    over = {each["code"]: each["parent_codes"] for each in kept["areas"]}
    chain, code = [], "street"
    while over[code]:
        [code] = over[code]
        chain.append(code)
    assert chain == ["black-lane", "radcliffe", "E08000002", "ne", "gm"]
    circle = [{**areas[0], "parent_codes": ["street"]}, *areas[1:]]
    again = {**body, "areas": circle, "edition": uuid.uuid4().hex[:8]}
    refused = await council.put(f"/v1/area-hierarchies/{uuid.uuid4()}", json=again)
    assert (refused.status_code, refused.json()["code"]) == (422, "area_loop")
