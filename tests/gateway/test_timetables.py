"""Timetables: two times for one thing, months that stay months, and what is overdue."""

from __future__ import annotations

import uuid
from datetime import date

import asyncpg
import pytest

from services.gateway.rules.stated_time import StatedBound
from services.gateway.rules.timetable_entry import StatedOf, StatedTime, TimetableEntry, as_on, enter
from shared.context import opening_sql
from tests.gateway.governing import Governed, code
from tests.stack import a_caller


@pytest.fixture(scope="module")
async def place(operator):
    return await Governed(operator).enter()


def says(when, source, of="planned", bound="on"):
    return {"of": of, "bound": bound, "when": when, "source": source}


async def entered(place, name, *statements):
    return await place.made("timetable-entries", {"name": name, "statements": list(statements)})


async def state(place, entry, said, by="pcc"):
    return await place.move(entry, f"/v1/timetable-entries/{entry['id']}/statements", said, by)


@pytest.mark.row("S1-G15")
async def test_a_section_75_due_in_november_and_by_the_end_of_march_shows_as_two_dates(place):
    november = says("--11", "Road map: Cabinet, November")
    march = says("2015-03", "Recommendation 3: by the end of March 2015", bound="by")
    both = await entered(place, "Section 75 agreement", november, march)
    assert (both["planned_times"], both["plans_agree"]) == (2, None)
    assert [(each["when"], each["last_day"]) for each in both["statements"]] == [
        ("--11", None),
        ("2015-03", "2015-03-31"),
    ]
    assert both["overdue"] is None  # of which November it speaks nobody knows
    pooled = await entered(place, "Shared line management and pooled budgets", march)
    assert (pooled["overdue"], pooled["days_overdue"] > 4000) == (True, True)
    done = (await state(place, pooled, says("2015-04", "Paper of 2018", of="actual"))).json()
    assert (done["done"], done["overdue"], done["days_overdue"], done["version"]) == (True, False, None, 2)
    assert [each["when"] for each in done["statements"]] == ["2015-03", "2015-04"]
    await place.everybody_else_finds_nothing("timetable-entries", both["id"])


@pytest.mark.row("S3-G10")
async def test_a_vision_of_2013_and_of_2014_keeps_both_with_their_sources(place):
    first = says("2013", "Page 1: set down by the Health and Wellbeing Board in 2013", of="actual")
    vision = await entered(place, "Vision of the Health and Wellbeing Board", first)
    assert vision["facts_agree"] is None
    other = says("2014", "Page 3: in 2014 the Board articulated a vision", of="actual")
    kept = (await state(place, vision, other)).json()
    assert [(each["when"], each["source"][:6]) for each in kept["statements"]] == [
        ("2013", "Page 1"),
        ("2014", "Page 3"),
    ]
    assert kept["facts_agree"] is False
    july = await entered(place, "Cabinet approved", says("--07", "In July Cabinet approved", of="actual"))
    assert (july["statements"][0]["when"], july["statements"][0]["first_day"]) == ("--07", None)


@pytest.mark.row("S5-G05")
async def test_the_consultation_of_staff_is_a_milestone_in_months(place):
    paper = "One Commissioning Organisation, timetable"
    formal = await entered(place, "Formal consultation of CCG staff", says("2016-11/2016-12", paper))
    [said] = formal["statements"]
    assert (said["when"], said["first_day"], said["last_day"]) == (
        "2016-11/2016-12",
        "2016-11-01",
        "2016-12-31",
    )
    concluded = await entered(place, "Consultation concluded", says("2017-01/2017-03", paper))
    assert concluded["statements"][0]["last_day"] == "2017-03-31"
    assert concluded["overdue"] is True


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("2015-02-29", "stated_time_unreadable"),
        ("2015-13", "stated_time_unreadable"),
        ("--13", "stated_time_unreadable"),
        ("November", "stated_time_unreadable"),
        ("2016-12/2016-11", "stated_span_turned"),
    ],
)
async def test_times_that_cannot_be_read(place, when, told):
    body = {"name": "Odd", "statements": [says("2015", "One"), says(when, "Two")]}
    assert code(await place.put("timetable-entries", body)) == (422, told, "/statements/1/when")


async def test_who_says_what_and_how_often(place):
    entry = await entered(place, "Strategy adopted", says("2016-02-29", "Plan"))
    assert code(await state(place, entry, says("2016-02-29", "Plan")))[:2] == (422, "timetable_stated_twice")
    assert code(await state(place, entry, says("2016-03", "Plan"), "ccg"))[:2] == (
        409,
        "governance_of_another",
    )
    assert code(await state(place, entry, says("2016-03", "Plan"), "stranger"))[:2] == (404, "not_found")
    ahead = await state(place, entry, says("2199", "Hope", of="actual"))
    assert code(ahead) == (422, "timetable_done_to_come", "/when")
    body = {"name": "Strategy adopted", "statements": [says("2016", "Other")]}
    assert code(await place.put("timetable-entries", body)) == (409, "timetable_entry_named_already", "/name")
    elsewhere = {**body, "name": "New", "board_id": str(uuid.uuid4())}
    assert code(await place.put("timetable-entries", elsewhere)) == (422, "board_unknown", "/board_id")


def an_entry(*times: tuple[StatedOf, StatedBound, str]) -> TimetableEntry:
    said = tuple(StatedTime(of, bound, when, f"Source {n}") for n, (of, bound, when) in enumerate(times))
    made = TimetableEntry(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), None, "x", said)
    return enter(made, {}, date(2020, 1, 1))


@pytest.mark.parametrize(
    ("times", "day", "overdue", "days", "agree"),
    [
        (["2015-03"], date(2015, 3, 31), False, None, None),
        (["2015-03"], date(2015, 4, 1), True, 1, None),
        (["2015-03", "2015-06-30"], date(2015, 6, 30), False, None, False),
        (["2015-03", "2015"], date(2016, 1, 1), True, 1, True),
        (["2015-03", "--11"], date(2015, 3, 1), False, None, None),
        (["2015-03", "--11"], date(2019, 3, 1), None, None, None),
        (["--11"], date(2019, 3, 1), None, None, None),
    ],
)
def test_overdue_is_what_no_plan_allows_for_any_more(times, day, overdue, days, agree):
    told = as_on(an_entry(*((StatedOf.PLANNED, StatedBound.ON, each) for each in times)), day)
    assert (told.overdue, told.days_overdue, told.plans_agree) == (overdue, days, agree)


async def test_the_database_takes_no_statement_back(stack, place):
    entry = await entered(place, "Kept", says("2015", "One"))
    pcc = a_caller(uuid.UUID(place.organisations["pcc"]), commissioner=uuid.UUID(place.partnership))
    connection = await stack.connect("gateway")
    try:
        await connection.execute(opening_sql(pcc, False, "read committed"))
        cut = "update gateway.timetable_entries set statements = jsonb_build_array('{}'::jsonb) where id = $1"
        with pytest.raises(asyncpg.CheckViolationError, match="would lose a statement"):
            await connection.execute(cut, uuid.UUID(entry["id"]))
        await connection.execute("rollback")
    finally:
        await connection.close()
