"""What falls due as a table and as a calendar: whole, safe to open, and no more than the role may know."""

from datetime import date

import pytest

from services.contracts.api import due_dates
from services.contracts.renderings.due_date_calendar import Event, calendar_of
from tests.contracts.register import DAY

ASKED = {**DAY, "until": "2020-01-01"}


def due(title: str, on: date = date(2016, 2, 29)) -> Event:
    return Event("1-ends", on, f"Contract ends: C-1 {title}", "The contract ends.")


async def fetched(client, form: str, **asked) -> str:
    answer = await client.get("/v1/due-dates", params={**ASKED, **asked}, headers={"Accept": form})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, form), answer.text
    return answer.text


@pytest.mark.row("S1-C07", "S2-C01")
async def test_the_clock_is_a_table_and_a_calendar_with_the_same_dates(world):
    ccg = world.clients["ccg"]
    items = (await ccg.get("/v1/due-dates", params={**ASKED, "limit": 200})).json()["items"]
    table = (await fetched(ccg, "text/csv", limit=1)).split("\r\n")
    assert table[0].startswith("on,kind,overdue,reference,title,because")
    assert [line.split(",")[:2] for line in table[1:-1]] == [[each["on"], each["kind"]] for each in items]
    lines = (await fetched(ccg, "text/calendar")).split("\r\n")
    assert [each.removeprefix("DTSTART;VALUE=DATE:") for each in lines if each.startswith("DTSTART")] == [
        each["on"].replace("-", "") for each in items
    ]
    reasons = [each.removeprefix("DESCRIPTION:") for each in lines if each.startswith("DESCRIPTION")]
    assert reasons[0] == items[0]["because"]
    assert len({each for each in lines if each.startswith("UID:")}) == len(items)


async def test_no_form_tells_a_role_more(world):
    for form in ("text/csv", "text/calendar"):
        assert "extension" not in await fetched(world.clients["pch"], form)
        assert "recommission" not in await fetched(world.clients["pch"], form)
        assert world.id("joint") not in await fetched(world.clients["scrutiny"], form)


async def test_too_many_for_one_document_are_refused(world, monkeypatch):
    monkeypatch.setattr(due_dates, "MOST_AT_ONCE", 2)
    answer = await world.clients["ccg"].get("/v1/due-dates", params=ASKED, headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.json()["code"], answer.json()["most"]) == (
        422,
        "due_dates_too_many",
        2,
    )


def test_a_title_cannot_write_into_the_calendar() -> None:
    text = calendar_of([due("A; B, C\\D\nEND:VEVENT " + "é" * 90)], date(2016, 1, 1)).decode()
    lines = text.split("\r\n")
    assert lines.count("END:VEVENT") == 1
    assert max(len(each.encode()) for each in lines) <= 75
    assert "SUMMARY:Contract ends: C-1 A\\; B\\, C\\\\D\\nEND:VEVENT " + "é" * 90 in text.replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20160229\r\nDTEND;VALUE=DATE:20160301" in text


def test_days_at_the_edges_of_the_calendar() -> None:
    assert "DTSTART;VALUE=DATE:00010101" in calendar_of([due("x", date.min)], date(2016, 1, 1)).decode()
    last = calendar_of([due("x", date.max)], date(2016, 1, 1)).decode()
    assert "DTSTART;VALUE=DATE:99991231" in last
    assert "DTEND" not in last
