"""How long figures can be put in: dated due and closing days, reasoned exceptions, and why a period is locked."""

import uuid
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from services.outcomes.rules.input_window import InputReason, why
from services.outcomes.rules.kpi_return import ReturnState
from services.outcomes.rules.obligation import DueReturn
from tests.outcomes.plymouth import accepted, drafted, move, put
from tests.outcomes.raw import acting

REASON = "The report moved to the middle of the month."


async def set_days(client, found, status=200, **days):
    body = {"effective_from": "2014-10-01", "due_days": 20, "reason": REASON, **days}
    answer = await client.post(
        f"/v1/obligations/{found['id']}/settings", json=body, key=uuid.uuid4().hex, version=found["version"]
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def locked(client, found, period="2014Q4", status=200):
    answer = await client.get(f"/v1/obligations/{found['id']}/input-status", params={"period": period})
    assert answer.status_code == status, answer.text
    return answer.json()


async def due_days(client, found) -> dict[str, tuple[str, str | None]]:
    asked = {"as_at": "2020-01-01", "limit": "200", "contract_id": found["contract_id"]}
    url, mine = "/v1/completeness", {}
    page = (await client.get(url, params=asked)).json()
    while True:
        for each in page["items"]:
            if each["obligation_id"] == found["id"]:
                mine[each["period"]] = (each["due_on"], each["closes_on"])
        if page["next"] is None:
            return mine
        page = (await client.get(page["next"])).json()


@pytest.fixture
def figures(days, share):
    return {days: {"value": "8"}, share: {"value": "40"}}


async def test_due_days_change_from_a_day_on_and_what_was_sent_before_stays(
    clients, obligation, figures, stack, plymouth
):
    council = clients["council"]
    await accepted(clients, obligation, "2014Q2", figures)
    begun = await drafted(clients["community"], obligation, "2014Q4", figures)
    changed = await set_days(council, obligation, due_days=15, input_days=30, silence_days=7)
    assert (changed["version"], changed["due_days"]) == (2, 20)
    assert [each["due_days"] for each in changed["settings"]] == [15]
    assert await due_days(council, obligation) == {
        "2014Q2": ("2014-07-20", None),
        "2014Q3": ("2014-10-20", None),
        "2014Q4": ("2015-01-15", "2015-02-14"),
        "2015Q1": ("2015-04-15", "2015-05-15"),
        "2015Q2": ("2015-07-15", "2015-08-14"),
    }
    draft = (await clients["community"].get(f"/v1/returns/{begun['id']}")).json()
    assert (draft["due_on"], draft["version"]) == ("2015-01-15", begun["version"])
    back = await set_days(council, changed, effective_from="2014-04-01", due_days=100)
    now = await due_days(council, obligation)
    assert (now["2014Q2"], now["2014Q3"], now["2014Q4"]) == (
        ("2014-07-20", None),  # sent: in time or late by the day that held then
        ("2015-01-08", None),
        ("2015-04-10", None),
    )
    async with acting(stack, plymouth.callers["council"]) as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await connection.execute(
                "update due_returns set due_on = due_on + 1 where obligation_id = $1 and period = '2014Q2'",
                uuid.UUID(obligation["id"]),
            )
    changed = await set_days(council, back, due_days=15, input_days=30)
    later = await set_days(council, changed, effective_from="2015-04-01", due_days=5)
    assert (await due_days(council, obligation))["2015Q2"] == ("2015-07-05", None)
    assert (await due_days(council, obligation))["2015Q1"] == ("2015-04-15", "2015-05-15")
    longer = await council.post(
        f"/v1/obligations/{obligation['id']}/term",
        json={"ends_on": "2015-12-31", "reason": "Extended."},
        key=uuid.uuid4().hex,
        version=later["version"],
    )
    assert longer.status_code == 200, longer.text
    assert (await due_days(council, obligation))["2015Q4"] == ("2016-01-05", None)
    assert (await council.get(f"/v1/obligations/{obligation['id']}")).json() == longer.json()


async def test_two_periods_due_on_one_day_are_both_on_the_pages_of_what_is_owed(clients, plymouth, days):
    contract = str(uuid.uuid4())
    body = plymouth.obligation(days, ends_on="2014-09-30", due_days=122) | {"contract_id": contract}
    found = await put(clients["council"], "obligations", body)
    await set_days(clients["council"], found, effective_from="2014-07-01", due_days=30, input_days=None)
    read, url = [], f"/v1/completeness?as_at=2016-02-29&limit=1&contract_id={contract}"
    while url:
        page = (await clients["council"].get(url)).json()
        read += [(each["period"], each["due_on"]) for each in page["items"]]
        url = page["next"]
    assert read == [("2014Q2", "2014-10-30"), ("2014Q3", "2014-10-30")]


async def test_input_closes_says_why_and_an_exception_opens_it_until_a_day(
    clients, obligation, figures, days
):
    council, community = clients["council"], clients["community"]
    begun = await drafted(community, obligation, "2014Q4", figures)
    assert (await locked(community, obligation))["reason"] == "open"
    await set_days(council, obligation, input_days=30)
    said = await locked(community, obligation)
    assert (said["is_open"], said["reason"], said["closes_on"], said["return_id"]) == (
        False,
        "input_closed",
        "2015-02-19",
        begun["id"],
    )
    assert said["what_to_do"] == "Ask the lead commissioner for an exception, with the reason for it."
    refused = await community.patch(
        f"/v1/returns/{begun['id']}", json={"values": {days: {"value": "9"}}}, version=begun["version"]
    )
    assert (refused.status_code, refused.json()["code"], refused.json()["closed_on"]) == (
        409,
        "return_input_closed",
        "2015-02-19",
    )
    assert (await move(community, begun, "submission", status=409))["code"] == "return_input_closed"
    body = {"obligation_id": obligation["id"], "period": "2015Q1", "values": {}}
    assert (await put(community, "returns", body, 409))["code"] == "return_input_closed"
    csv = f"Obligation,Period,Indicator,Value\r\n{obligation['id']},2015Q1,stay,8"
    report = await community.post(
        "/v1/return-imports",
        content=csv.encode(),
        headers={"Content-Type": "text/csv"},
        params={"dry_run": "true"},
        key=uuid.uuid4().hex,
    )
    assert report.json()["faults"][0]["code"] == "return_input_closed"
    until = (datetime.now(tz=UTC).date() + timedelta(days=10)).isoformat()
    granted = await put(
        council,
        "lock-exceptions",
        {
            "obligation_id": obligation["id"],
            "period": "2014Q4",
            "open_until": until,
            "reason": "System was down.",
        },
    )
    said = await locked(community, obligation)
    assert (said["is_open"], said["reason"], said["open_until"], said["exception_reason"]) == (
        True,
        "open_by_exception",
        until,
        "System was down.",
    )
    sent = await move(community, begun, "submission")
    assert sent["days_late"] > 4000
    assert (await locked(council, obligation))["reason"] == "awaiting_decision"
    taken = await move(council, sent, "acceptance", {"explanations_accepted": True})
    assert (await locked(community, obligation))["reason"] == "accepted"
    await move(council, taken, "lock")
    assert (await locked(community, obligation))["reason"] == "locked"
    assert (await locked(community, obligation, "2013Q4"))["reason"] == "not_owed"
    listed = (await community.get("/v1/lock-exceptions", params={"obligation_id": obligation["id"]})).json()
    assert listed["items"] == [granted]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"period": "2013Q4"}, "return_not_owed", "/period"),
        ({"open_until": "2020-01-01"}, "lock_exception_past", "/open_until"),
        ({"period": "2014Q2"}, "lock_exception_pointless", "/open_until"),
        ({"obligation_id": str(uuid.UUID(int=9))}, "return_obligation_unknown", "/obligation_id"),
        ({"reason": ""}, None, "/reason"),
    ],
)
async def test_an_exception_that_opens_nothing_is_refused(clients, obligation, change, code, pointer):
    await set_days(clients["council"], obligation, input_days=30)
    body = {
        "obligation_id": obligation["id"],
        "period": "2014Q4",
        "open_until": "2099-01-01",
        "reason": "System was down.",
        **change,
    }
    refused = await put(clients["council"], "lock-exceptions", body, 422)
    assert refused["errors"][0]["pointer"] == pointer
    assert code in {None, refused["code"]}


async def test_only_the_lead_changes_days_and_grants_exceptions(clients, plymouth, obligation, stack):
    body = {
        "obligation_id": obligation["id"],
        "period": "2014Q4",
        "open_until": "2099-01-01",
        "reason": "Down.",
    }
    others = (("ccg", 403), ("kernow", 403), ("community", 403), ("hospital", 404), ("stranger", 404))
    for name, status in others:
        await set_days(clients[name], obligation, status, input_days=30)
        refused = await clients[name].put(f"/v1/lock-exceptions/{uuid.uuid4()}", json=body)
        assert refused.status_code == (403 if status == 403 else 422)
    changed = await set_days(clients["council"], obligation, input_days=30)
    same = await set_days(clients["council"], changed, 422, input_days=30)
    assert same["code"] == "obligation_settings_unchanged"
    assert (await set_days(clients["council"], obligation, 412, input_days=9))["code"] == "version_stale"
    granted = await put(clients["council"], "lock-exceptions", body)
    readers = (("ccg", 1), ("community", 1), ("kernow", 1), ("hospital", 0), ("board", 0), ("stranger", 0))
    for name, seen in readers:
        answer = await clients[name].get(f"/v1/lock-exceptions/{granted['id']}")
        assert answer.status_code == (200 if seen else 404)
        async with acting(stack, plymouth.callers[name]) as connection:
            for table in ("lock_exceptions", "obligation_settings"):
                count = await connection.fetchval(
                    f"select count(*) from {table} where obligation_id = $1", uuid.UUID(obligation["id"])
                )
                assert count == seen, (name, table)
    async with acting(stack, plymouth.callers["community"]) as connection:
        moved = "update due_returns set due_on = due_on + 1000 where obligation_id = $1"
        assert await connection.execute(moved, uuid.UUID(obligation["id"])) == "UPDATE 0"


async def test_a_period_that_still_runs_is_drafted_and_not_submitted(clients, plymouth, days):
    body = plymouth.obligation(days, begins_on="2026-04-01", ends_on="2036-03-31")
    owed = await put(clients["council"], "obligations", body)
    draft = await drafted(clients["community"], owed, "2035Q1", {days: {"value": "8"}})
    refused = await move(clients["community"], draft, "submission", status=409)
    assert (refused["code"], refused["last_day"]) == ("return_period_running", "2035-03-31")
    assert (await locked(clients["community"], owed, "2035Q1"))["reason"] == "period_running"


@pytest.mark.row("S4-O02")
async def test_a_return_names_who_reviewed_it(clients, obligation, figures, days):
    draft = await drafted(clients["community"], obligation, "2014Q3", figures)
    sent = await move(clients["community"], draft, "submission")
    why_back = [{"pointer": f"/values/{days}/value", "reason": "Please check"}]
    back = await move(clients["council"], sent, "return", {"reasons": why_back, "reviewer": "Quality team"})
    again = await move(clients["community"], back, "submission")
    await move(clients["council"], again, "acceptance", {"reviewer": "Head of quality"})
    told = (await clients["community"].get(f"/v1/returns/{sent['id']}/revisions")).json()["items"]
    assert [[(each["to_state"], each["reviewer"]) for each in one["moves"]] for one in told] == [
        [("submitted", None), ("validated", None), ("returned", "Quality team")],
        [("submitted", None), ("validated", None), ("accepted", "Head of quality")],
    ]


DUE = DueReturn("2014Q2", date(2014, 4, 1), date(2014, 6, 30), "2014/15", date(2014, 7, 20))
CLOSES = date(2014, 8, 1)


@pytest.mark.parametrize(
    ("closes", "until", "state", "today", "expected"),
    [
        (None, None, None, date(2030, 1, 1), InputReason.OPEN),
        (None, None, None, date(2014, 6, 30), InputReason.PERIOD_RUNNING),
        (CLOSES, None, None, date(2014, 8, 1), InputReason.OPEN),
        (CLOSES, None, None, date(2014, 8, 2), InputReason.INPUT_CLOSED),
        (CLOSES, date(2014, 8, 2), None, date(2014, 8, 2), InputReason.OPEN_BY_EXCEPTION),
        (CLOSES, date(2014, 8, 2), None, date(2014, 8, 3), InputReason.INPUT_CLOSED),
        (CLOSES, None, ReturnState.RETURNED, date(2014, 8, 3), InputReason.OPEN),
        (CLOSES, None, ReturnState.ACCEPTED, date(2014, 7, 3), InputReason.ACCEPTED),
        (CLOSES, None, ReturnState.VALIDATED, date(2014, 7, 3), InputReason.AWAITING_DECISION),
    ],
)
def test_why_is_answered_from_the_calendar_and_from_what_was_decided(closes, until, state, today, expected):
    assert why(DUE, closes, until, state, today) is expected
