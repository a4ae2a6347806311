"""Obligations that end earlier or later: what is due by the last day that holds, with every change on record."""

import uuid

import pytest

from tests.outcomes.plymouth import accepted, drafted
from tests.outcomes.raw import acting

WHY = "Notice was served."


async def change(client, found, ends_on, status=200, reason=WHY, **options):
    options = {"key": uuid.uuid4().hex, "version": found["version"], **options}
    answer = await client.post(
        f"/v1/obligations/{found['id']}/term", json={"ends_on": ends_on, "reason": reason}, **options
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def owed(client, found) -> list[str]:
    url, periods = "/v1/completeness?as_at=2020-01-01&limit=200", []
    while url:
        page = (await client.get(url)).json()
        periods += [each["period"] for each in page["items"] if each["obligation_id"] == found["id"]]
        url = page["next"]
    return periods


async def test_an_obligation_ends_earlier_and_later_with_a_reason_each(clients, obligation, days, share):
    council, values = clients["council"], {days: {"value": "8"}, share: {"value": "40"}}
    await accepted(clients, obligation, "2015Q2", values)
    assert await owed(council, obligation) == ["2014Q2", "2014Q3", "2014Q4", "2015Q1", "2015Q2"]
    ended = await change(council, obligation, "2014-09-30")
    assert (ended["version"], ended["ends_on"], [each["reason"] for each in ended["terms"]]) == (
        2,
        "2014-09-30",
        [WHY],
    )
    assert await owed(council, obligation) == ["2014Q2", "2014Q3", "2015Q2"]
    refused = await clients["community"].put(
        f"/v1/returns/{uuid.uuid4()}",
        json={"obligation_id": obligation["id"], "period": "2014Q4", "values": {}},
    )
    assert refused.json()["code"] == "return_not_owed"
    assert (await change(council, obligation, "2016-03-31", 412))["code"] == "version_stale"
    longer = await change(council, ended, "2015-12-31")
    assert [each["ends_on"] for each in longer["terms"]] == ["2014-09-30", "2015-12-31"]
    assert (await owed(council, obligation))[-2:] == ["2015Q3", "2015Q4"]
    assert (await council.get(f"/v1/obligations/{obligation['id']}")).json() == longer
    await drafted(clients["community"], obligation, "2015Q4", values)


async def test_only_the_lead_changes_the_term(clients, plymouth, obligation, stack):
    for name, status in (
        ("ccg", 403),
        ("kernow", 403),
        ("community", 403),
        ("hospital", 404),
        ("stranger", 404),
    ):
        await change(clients[name], obligation, "2014-09-30", status)
    await change(clients["council"], obligation, "2014-09-30")
    for name, count in (("ccg", 1), ("community", 1), ("hospital", 0), ("board", 0), ("stranger", 0)):
        async with acting(stack, plymouth.callers[name]) as connection:
            seen = await connection.fetchval(
                "select count(*) from obligation_terms where obligation_id = $1", uuid.UUID(obligation["id"])
            )
        assert seen == count, name


@pytest.mark.parametrize(
    ("ends_on", "reason", "pointer"),
    [
        ("2014-03-31", WHY, "/ends_on"),
        ("2015-06-30", WHY, "/ends_on"),
        ("2099-01-01", WHY, "/ends_on"),
        ("2015-02-29", WHY, "/ends_on"),
        ("2014-09-30", "", "/reason"),
    ],
)
async def test_a_term_that_cannot_be_is_refused_where_it_stands(
    clients, obligation, ends_on, reason, pointer
):
    refused = await change(clients["council"], obligation, ends_on, 422, reason)
    assert refused["errors"][0]["pointer"] == pointer
