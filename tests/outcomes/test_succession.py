"""A commissioner that is succeeded in mid-year: NHS Devon CCG leads until 30 June 2022, the ICB from 1 July."""

import uuid

import pytest

from tests.outcomes.plymouth import EVERYTHING, Plymouth, drafted, move, put
from tests.outcomes.raw import acting
from tests.stack import a_caller


@pytest.fixture(scope="module")
def devon():
    """The lead is the CCG, whom the ICB succeeds; the successor's caller names both."""
    p = Plymouth()
    icb = uuid.uuid4()
    p.callers["icb"] = a_caller(
        icb, EVERYTHING, organisations=(icb, p.council), commissioner=p.partnership, host=p.partnership
    )
    return p


@pytest.fixture(scope="module")
async def parties(client_for, devon):
    return await devon.clients(client_for)


async def read(client, path, **asked):
    answer = await client.get(f"/v1/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_successor_goes_on_with_what_its_predecessor_led_and_the_series_does_not_break(
    parties, devon, stack
):
    ccg, icb, provider = parties["council"], parties["icb"], parties["community"]
    days = (await put(ccg, "indicators", devon.indicator("stay")))["id"]
    year = {"begins_on": "2022-04-01", "ends_on": "2023-03-31"}
    owed = await put(ccg, "obligations", devon.obligation(days, **year))
    before = await move(
        provider, await drafted(provider, owed, "2022Q2", {days: {"value": "8"}}), "submission"
    )
    await move(ccg, before, "acceptance", {})
    waiting = await move(
        provider, await drafted(provider, owed, "2022Q3", {days: {"value": "7"}}), "submission"
    )
    taken = await move(icb, waiting, "acceptance", {"reviewer": "ICB contract team"})
    assert (taken["state"], taken["lead_organisation_id"]) == ("accepted", str(devon.council))
    (revision,) = (await read(icb, f"returns/{taken['id']}/revisions"))["items"]
    mover = revision["moves"][-1]["organisation_id"]
    assert mover == str(devon.callers["icb"].organisation_id)  # history says who it was
    chart = await read(icb, "spc-charts", indicator_id=days)
    assert [(each["period"], each["value"]) for each in chart["points"]] == [("2022Q2", "8"), ("2022Q3", "7")]
    settings = {"effective_from": "2022-07-01", "due_days": 15, "reason": "The ICB's calendar."}
    changed = await icb.post(
        f"/v1/obligations/{owed['id']}/settings", json=settings, key=uuid.uuid4().hex, version=owed["version"]
    )
    assert changed.status_code == 200, changed.text
    asked = {"as_at": "2023-12-31", "contract_id": owed["contract_id"]}
    items = {each["period"]: each["due_on"] for each in (await read(icb, "completeness", **asked))["items"]}
    assert items == {
        "2022Q2": "2022-07-20",
        "2022Q3": "2022-10-20",
        "2022Q4": "2023-01-15",
        "2023Q1": "2023-04-15",
    }
    back = await move(
        icb, taken, "reopening", {"reasons": [{"pointer": f"/values/{days}/value", "reason": "Recount"}]}
    )
    assert back["state"] == "returned"
    new = await put(icb, "obligations", devon.obligation(days, **year, title="The ICB's own return"))
    assert new["lead_organisation_id"] == str(devon.council)
    async with acting(stack, devon.callers["icb"]) as connection:
        assert await connection.fetchval("select count(*) from obligations") == 2


async def test_who_succeeded_nobody_here_gets_nothing(parties, devon):
    for path in ("obligations", "returns", "observations", "triggers"):
        assert (await read(parties["stranger"], path))["items"] == []
