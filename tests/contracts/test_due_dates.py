"""What falls due, over HTTP, for each role."""

import uuid

import pytest

from tests.contracts.register import DAY, Place, a_key, backing, registered, summary


async def due(client, **parameters) -> list[dict]:
    answer = await client.get(
        "/v1/due-dates", params={**DAY, "until": "2020-01-01", "limit": 200, **parameters}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


@pytest.mark.row("S1-C07", "S4-C01")
async def test_the_dates_of_a_contract_come_in_order_with_their_reasons(world):
    found = [each for each in await due(world.clients["ccg"]) if each["title"] == "joint"]
    assert [(each["kind"], each["on"]) for each in found] == [
        ("review", "2015-06-01"),
        ("extension_decision", "2015-09-30"),
        ("last_day_to_serve_notice", "2015-09-30"),
        ("ends", "2016-03-31"),
    ]
    assert {each["overdue"] for each in found} == {False}
    assert found[2]["because"] == "The end date less the notice period of the contract."
    late = await due(world.clients["ccg"], as_at="2015-10-01", until="2015-09-30")
    assert {each["overdue"] for each in late} == {True}


async def test_a_procurement_to_come_is_in_the_pipeline_and_due_by_its_date(world):
    (entry,) = (await world.clients["ccg"].get("/v1/contracts", params={"state": "pipeline"})).json()["items"]
    assert entry["title"] == "planned"
    (only,) = await due(world.clients["ccg"], kind="recommission_by")
    assert (only["title"], only["on"]) == ("planned", "2016-03-31")


async def test_each_role_is_told_what_it_may_know(world):
    titles = {
        role: {(each["title"], each["kind"]) for each in await due(client)}
        for role, client in world.clients.items()
    }
    assert titles["scrutiny"] == set()
    assert ("joint", "last_day_to_serve_notice") in titles["pch"]
    assert not {kind for _, kind in titles["pch"]} & {"recommission_by", "extension_decision"}
    assert {title for title, _ in titles["kernow"]} == {"joint", "acute"}
    assert {title for title, _ in titles["auditor"]} == {"joint", "acute"}
    assert {title for title, _ in titles["stranger"]} == {"elsewhere"}
    assert {title for title, _ in titles["council"]} == {"joint", "acute", "councils", "planned", "private"}


async def test_pages_of_due_dates_follow_without_gap_or_repeat(world):
    whole = await due(world.clients["ccg"])
    seen, url = [], "/v1/due-dates?as_at=2014-07-15&until=2020-01-01&limit=2"
    while url:
        page = (await world.clients["ccg"].get(url)).json()
        seen += page["items"]
        url = page["next"]
    assert seen == whole
    assert len(whole) > 8


async def test_days_and_partnership_narrow_what_is_due(world):
    ccg = world.clients["ccg"]
    assert {each["on"] for each in await due(ccg, since="2016-01-01", until="2016-03-31")} == {"2016-03-31"}
    assert await due(ccg, partnership_id=uuid.uuid4()) == []
    here = await due(world.clients["council"], partnership_id=world.place.partnership)
    assert "private" not in {each["title"] for each in here}


async def test_a_change_of_the_contract_moves_its_dates(client_for):
    place = Place()
    ccg = await client_for("contracts", place.caller("ccg"))
    made = await registered(ccg, place.contract())
    url = f"/v1/contracts/{made['id']}"
    await ccg.patch(url, json={"end_date": "2017-03-31"}, version=1)
    assert [each["on"] for each in await due(ccg, kind="ends")] == ["2017-03-31"]
    await ccg.post(
        f"{url}/activation", json={"active_from": "2013-04-01"}, key=a_key(), version=2, seen=backing(made)
    )
    notice = {
        "served_on": "2014-09-30",
        "served_by": "provider",
        "ends_on": "2015-03-31",
        "reason": "Hands the contract back",
        "consultation": "Letter to all users",
    }
    await ccg.post(f"{url}/notice", json=notice, key=a_key(), version=3)
    assert [(each["kind"], each["on"]) for each in await due(ccg)] == [("ends", "2015-03-31")]
    assert [each["ends_on"] for each in (await summary(ccg, place))["ends_next"]] == ["2015-03-31"]


async def test_lists_due_dates_and_summary_agree_on_the_end_after_a_notice(client_for):
    """To the parties the contract under notice ends first; an observer is not told so by any list or its order."""
    place = Place()
    ccg, pch, scrutiny = [
        await client_for("contracts", place.caller(role)) for role in ("ccg", "pch", "scrutiny")
    ]
    for title, end in (("early", "2015-06-30"), ("noticed", "2016-03-31"), ("late", "2017-03-31")):
        made = await registered(
            ccg, place.contract(title=title, end_date=end, state="recorded_as_active", indicator_ids=[])
        )
        if title == "noticed":
            notice = {
                "served_on": "2014-09-30",
                "served_by": "provider",
                "ends_on": "2015-03-31",
                "reason": "Hands the contract back",
                "consultation": "Letter to all users",
            }
            given = await ccg.post(f"/v1/contracts/{made['id']}/notice", json=notice, key=a_key(), version=1)
            assert given.status_code == 200
    await registered(ccg, place.contract(title="open", end_date=None, end_status="open_ended"))

    async def ends(client, **parameters) -> list[tuple]:
        found, url = [], "/v1/contracts"
        parameters = {"partnership_id": str(place.partnership), "limit": 1, **parameters}
        while url:
            page = (await client.get(url, params=parameters if "?" not in url else None)).json()
            found += [(each["title"], each["ends_on"]) for each in page["items"]]
            url = page["next"]
        return found

    told = [("noticed", "2015-03-31"), ("early", "2015-06-30"), ("late", "2017-03-31"), ("open", None)]
    published = [("early", "2015-06-30"), ("noticed", "2016-03-31"), ("late", "2017-03-31"), ("open", None)]
    for client in (ccg, pch):
        assert await ends(client) == told
        assert await ends(client, ends_before="2015-04-01") == told[:1]
        summed = await summary(client, place, as_at="2015-01-01")
        assert [(each["title"], each["ends_on"]) for each in summed["ends_next"]] == told[:3]
        found = await due(client, kind="ends", as_at="2015-01-01")
        assert [(each["title"], each["on"]) for each in found] == told[:3]
    assert await ends(scrutiny) == published
    assert await ends(scrutiny, ends_before="2015-04-01") == []
    summed = await summary(scrutiny, place, as_at="2015-01-01")
    assert [(each["title"], each["ends_on"]) for each in summed["ends_next"]] == published[:3]
