"""What ceases to be withheld is told as new releases, at the place in the feed where it ceased."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta

import services.contracts.api.releases as door
from services.contracts.rules.publication import lapsed_by
from tests.contracts.test_releases import withheld


async def whole_feed(town, **asked) -> list[dict]:
    url, params, found = "/v1/releases", {"limit": 3, **asked}, []
    while url:
        page = (await town.public.get(url, params=params)).json()
        found += page["releases"]
        url, params = (
            page["links"]["next"] and page["links"]["next"].removeprefix("http://127.0.0.1:8000"),
            None,
        )
    return found


async def lapses_of(stack, contract: str) -> list[datetime]:
    connection = await stack.superuser()
    try:
        return await connection.fetchval(
            "select lapses from contracts.publications where contract_id = $1", uuid.UUID(contract)
        )
    finally:
        await connection.close()


async def test_a_decision_notes_when_what_it_withholds_ceases(town, stack):
    """Midnight in England, in winter and in summer; not what has ceased already, nor what has no last day."""
    contract = await town.contract()
    fields = {"value": "2130-12-10", "supplier": "2130-07-31", "end": "2014-12-31"}
    until = [withheld(field, until=day) for field, day in fields.items()]
    await town.decide(contract, withheld=[*until, withheld("review")])
    lapses = await lapses_of(stack, contract)
    assert lapses == [datetime(2130, 7, 31, 23, tzinfo=UTC), datetime(2130, 12, 11, tzinfo=UTC)]
    assert [len(lapsed_by(lapses, date(2130, *day))) for day in ((7, 31), (8, 1), (12, 10), (12, 11))] == [
        0,
        1,
        1,
        2,
    ]


async def test_a_release_never_changes_under_its_id(town, monkeypatch):
    contract = await town.contract(value={"amount_pence": 10_000_000, "status": "actual"})
    await town.decide(contract, withheld=[withheld("value", until="2130-12-10")])
    monkeypatch.setattr(door, "today_in_england", lambda: date(2130, 12, 10))
    (before,) = await town.releases(contract)
    monkeypatch.setattr(door, "today_in_england", lambda: date(2130, 12, 11))
    (after,) = await town.releases(contract)
    assert "value" not in json.dumps(before)
    assert after["awards"][0]["value"]["amount"] == 100_000
    assert before["id"] != after["id"]


async def test_a_reader_of_the_feed_learns_what_is_no_longer_withheld(town, stack):
    """Behind all that was released before, once, and in the window of that instant."""
    contract = await town.contract(value={"amount_pence": 10_000_000, "status": "actual"})
    await town.decide(contract, withheld=[withheld("value", until="2130-12-10")])
    (before,) = [each for each in await whole_feed(town) if contract in each["ocid"]]
    connection = await stack.superuser()
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    ended = json.dumps([withheld("value", until=yesterday.isoformat())])
    await connection.execute("alter table contracts.publications disable trigger user")
    await connection.execute(
        "update contracts.publications set withheld = $2, lapses = array[clock_timestamp()] where contract_id = $1",
        uuid.UUID(contract),
        ended,
    )
    await connection.execute("alter table contracts.publications enable trigger user")
    (lapsed,) = await lapses_of(stack, contract)
    later = await town.contract()
    await town.decide(later)
    await connection.close()
    feed = await whole_feed(town)
    (after,) = [each for each in feed if contract in each["ocid"]]
    assert (after["id"], after["awards"][0]["value"]["amount"]) == (f"{before['id']}-1", 100_000)
    assert [each["ocid"].endswith((contract, later)) for each in feed[-2:]] == [True, True]
    since, until = lapsed.isoformat(), (lapsed + timedelta(microseconds=1)).isoformat()
    window = {"updatedFrom": since, "updatedTo": until}
    assert [each["id"] for each in await whole_feed(town, **window)] == [after["id"]]
    records = (await town.public.get("/v1/records", params=window)).json()
    assert [each["ocid"] for each in records["records"]] == [after["ocid"]]
    assert datetime.fromisoformat(records["publishedDate"]) == lapsed
