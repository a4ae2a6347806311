"""Every list by window: what was recorded, or changed since, between two instants, so that a copy can follow."""

from datetime import UTC, datetime

import pytest

from tests.budget.place import Place, key, made

CHANGING = ("agreements", "pools", "decisions")
FIXED = ("lines", "contributions", "accounts", "journals")
CONDITION = {"number": 1, "text": "Subject to the finance schedule."}


def now() -> str:
    return datetime.now(UTC).isoformat()


@pytest.fixture(scope="module")
async def told(client_for):
    """A partnership, what was put into it between `start` and `middle`, and what changed before `end`."""
    place = await Place().enter(client_for)
    start = now()
    await place.draft()
    pool = await place.pool()
    line = await place.line(place.pcc, pool)
    made(await place.promise(place.pcc, pool, 100_00))
    journal = await place.spend(place.pcc, line, 50_00, pool=pool)
    conditional = {"outcome": "approved_subject_to", "conditions": [CONDITION]}
    decision = made(await place.decide(place.pcc, "Cabinet", "2015-02-10", **conditional))
    middle = now()
    met = {"number": 1, "met_on": "2015-03-02", "evidence": "Minute 112"}
    path = f"/v1/decisions/{decision['id']}/met-conditions"
    made(await place.pcc.post(path, json=met, key=key(), version=1))
    made(await place.decide(place.ccg, "Governing Body", "2015-02-25"))
    await place.sign()
    await place.commence()
    ids = {"pools": str(pool), "lines": str(line), "journals": journal["id"], "decisions": decision["id"]}
    ids |= {"agreements": str(place.agreement)}
    return place, ids, (start, middle, now())


async def listed(place: Place, kind: str, since: str | None = None, until: str | None = None) -> set[str]:
    window = {"updated_from": since, "updated_to": until}
    asked = {name: each for name, each in window.items() if each is not None}
    answer = await place.pcc.get(f"/v1/{kind}", params={"partnership_id": str(place.partnership), **asked})
    return {each["id"] for each in made(answer)["items"]}


@pytest.mark.parametrize("kind", [*CHANGING, *FIXED])
async def test_a_list_names_what_was_recorded_or_changed_in_a_window(told, kind):
    place, ids, (start, middle, end) = told
    everything = await listed(place, kind)
    assert {ids[kind]} <= everything if kind in ids else everything
    early, late = await listed(place, kind, start, middle), await listed(place, kind, middle, end)
    assert await listed(place, kind, until=start) == await listed(place, kind, end) == set()
    assert (early | late, early & late) == (everything, set())
    assert late == (everything if kind in CHANGING else set())


@pytest.mark.parametrize("kind", [*CHANGING, *FIXED])
async def test_a_window_of_no_instant_is_refused(told, kind):
    place, _, _ = told
    asked = {"partnership_id": str(place.partnership), "updated_to": "yesterday"}
    refused = await place.pcc.get(f"/v1/{kind}", params=asked)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?updated_to")
