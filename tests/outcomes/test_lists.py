"""Lists of definitions: what was recorded in a window of time, so that a copy elsewhere can follow."""

import pytest

from tests.outcomes.plymouth import Plymouth, put

KINDS = ("frameworks", "indicators", "baselines", "targets", "comparators", "populations", "obligations")


@pytest.fixture(scope="module")
def alone():
    return Plymouth()


@pytest.fixture(scope="module")
async def keeper(client_for, alone):
    return await client_for("outcomes", alone.callers["council"])


@pytest.fixture(scope="module")
async def recorded(keeper, alone):
    """Of each kind two, by kind, in the order in which they were recorded."""
    found: dict[str, list[dict]] = {kind: [] for kind in KINDS}
    where = {"partnership_id": str(alone.partnership)}
    place = {**where, "area_code": "E06000026", "area_name": "Plymouth", "basis": "resident", "count": 260000}
    for name in ("one", "two"):
        indicator = await put(keeper, "indicators", alone.indicator(name))
        of = {"indicator_id": indicator["id"]}
        found["indicators"].append(indicator)
        series = {**of, "kind": "england", "name": "England", "area_code": "E92000001", "source": name}
        for kind, body in {
            "frameworks": {**where, "name": name, "edition": "1"},
            "baselines": {**of, "period": "2013Q2", "value": "1", "source": name},
            "targets": {**of, "kind": "absolute", "value": "1"},
            "comparators": {**series, "values": [{"period": "2013Q2", "value": "1"}]},
            "populations": {**place, "at": "2014-06-30", "vintage": name, "source": name},
            "obligations": alone.obligation(indicator["id"]),
        }.items():
            found[kind].append(await put(keeper, kind, body))
    return found


async def listed(keeper, alone, kind, **window) -> list[str]:
    asked = {"partnership_id": str(alone.partnership), **window}
    answer = await keeper.get(f"/v1/{kind}", params=asked)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


@pytest.mark.parametrize("kind", [each for each in KINDS if each != "comparators"])
async def test_a_list_names_what_was_recorded_in_a_window(keeper, alone, recorded, kind):
    first, second = recorded[kind]
    since = second["recorded_at"]
    assert await listed(keeper, alone, kind) == [first["id"], second["id"]]
    assert await listed(keeper, alone, kind, updated_from=since) == [second["id"]]
    assert await listed(keeper, alone, kind, updated_to=since) == [first["id"]]
    assert await listed(keeper, alone, kind, updated_from=since, updated_to=since) == []


async def test_a_page_of_a_window_leads_to_the_next_of_the_same_window(keeper, alone, recorded):
    first, second = recorded["frameworks"]
    asked = {"partnership_id": str(alone.partnership), "updated_from": first["recorded_at"], "limit": "1"}
    page = (await keeper.get("/v1/frameworks", params=asked)).json()
    assert [each["id"] for each in page["items"]] == [first["id"]]
    rest = (await keeper.get(page["next"])).json()
    assert ([each["id"] for each in rest["items"]], rest["next"]) == ([second["id"]], None)


async def test_a_comparator_series_is_updated_by_its_figures(keeper, alone, recorded):
    first, second = recorded["comparators"]
    body = {"values": [{"period": "2013Q3", "value": "2"}]}
    added = await keeper.post(f"/v1/comparators/{first['id']}/values", json=body, key="figures-of-a-quarter")
    assert added.status_code == 201, added.text
    since = (await put(keeper, "frameworks", _later(alone)))["recorded_at"]
    assert await listed(keeper, alone, "comparators", updated_from=second["recorded_at"]) == [
        first["id"],
        second["id"],
    ]
    assert await listed(keeper, alone, "comparators", updated_from=since) == []


def _later(alone) -> dict:
    return {"partnership_id": str(alone.partnership), "name": "later", "edition": "1"}


async def test_a_window_is_of_instants(keeper, alone):
    asked = {"partnership_id": str(alone.partnership), "updated_from": "2014"}
    refused = await keeper.get("/v1/frameworks", params=asked)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?updated_from")
