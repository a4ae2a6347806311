"""Findings on contracts over HTTP: what each role is told, and with which measures."""

import uuid

import pytest

from tests.contracts.register import Place, a_key, registered

DAY = "2016-04-01"


@pytest.fixture(scope="module")
async def spot(client_for):
    """Five contracts of a partnership with something wrong with each, and a good one."""
    place, clients = Place(), {}
    for role in ("ccg", "council", "kernow", "pch", "scrutiny", "stranger"):
        clients[role] = await client_for("contracts", place.caller(role))
    running = {"state": "recorded_as_active", "end_date": "2019-03-31"}
    bodies: dict[str, tuple[str, dict]] = {
        "good": ("ccg", {}),
        "bare": ("ccg", {"indicator_ids": []}),
        "reasoned": ("ccg", {"indicator_ids": [], "no_indicator_reason": "A licence"}),
        "past": ("ccg", {"end_date": "2016-03-31"}),
        "held": ("ccg", {"end_date": "2015-03-31"}),
        "small": ("ccg", {"value": {"amount_pence": 4_999_999}}),
        "other": ("council", {"value": {"amount_pence": 100}}),
        "unknown": ("council", {"value": {"amount_pence": None, "status": "tbc"}}),
    }
    names = {}
    for name, (lead, changes) in bodies.items():
        made = await registered(clients[lead], place.contract(lead, title=name, **{**running, **changes}))
        names[made["id"]] = name
        if name == "held":
            body = {"on": "2015-04-01", "reason": "no_decision"}
            url = f"/v1/contracts/{made['id']}/hold-over"
            assert (await clients["ccg"].post(url, json=body, key=a_key(), version=1)).status_code == 200
    return place, clients, names


async def found(spot, role: str, **asked) -> list[tuple[str, str]]:
    place, clients, names = spot
    url, items = "/v1/contract-findings", []
    params: dict | None = {"partnership_id": str(place.partnership), "as_at": DAY, **asked}
    while url:
        answer = await clients[role].get(url, params=params)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        url, params = answer.json()["next"], None
    assert all(each["what_to_do"] for each in items)
    return [(each["kind"], names[each["contract_id"]]) for each in items]


EVERYTHING = {
    ("held_over", "held"),
    ("past_end", "past"),
    ("small_of_one_provider", "small"),
    ("small_of_one_provider", "other"),
    ("without_outcome", "bare"),
}


@pytest.mark.row("S1-C03", "S5-C01")
async def test_what_is_wrong_is_found_once_across_commissioners(spot):
    for limit in (1, 200):
        items = await found(spot, "ccg", limit=limit)
        assert (set(items), len(items)) == (EVERYTHING, 5)
    assert set(await found(spot, "council")) == EVERYTHING
    assert await found(spot, "ccg", kind="past_end", as_at="2016-03-31") == []
    assert await found(spot, "ccg", kind="small_of_one_provider", small_below_pence=4_999_999) == []
    small = await found(spot, "ccg", kind="small_of_one_provider")
    assert len(small) == 2


async def test_findings_are_for_commissioners(spot):
    for role in ("kernow", "pch", "scrutiny", "stranger"):
        assert await found(spot, role) == []
    assert await found(spot, "ccg", partnership_id=str(uuid.uuid4())) == []
