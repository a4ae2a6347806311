"""Early triggers over HTTP: raised on acceptance and by the calendar, once each, seen by the parties, and seen to."""

import json
import uuid
from contextlib import nullcontext
from datetime import date

import asyncpg
import pytest

from services.outcomes.commands.raise_triggers import CannotRaise, main, raise_triggers
from services.outcomes.store import triggers
from shared.errors import Refusal
from tests.outcomes.plymouth import Plymouth, accepted, drafted, move, put
from tests.outcomes.raw import acting


@pytest.fixture(scope="module")
def plymouth():
    return Plymouth()


@pytest.fixture(scope="module")
async def clients(client_for, plymouth):
    return await plymouth.clients(client_for)


@pytest.fixture
async def days(clients, plymouth):
    """An indicator of days with a target of 7 and England at 8, under a contract that reports it."""
    id_ = (await put(clients["council"], "indicators", plymouth.indicator(f"stay-{uuid.uuid4().hex[:6]}")))[
        "id"
    ]
    await put(clients["council"], "targets", {"indicator_id": id_, "kind": "absolute", "value": "7"})
    england = {
        "indicator_id": id_,
        "kind": "england",
        "name": "England",
        "area_code": "E92000001",
        "source": "Table",
    }
    values = [{"period": period, "value": "8"} for period in ("2014Q2", "2014Q3", "2014Q4")]
    await put(clients["council"], "comparators", {**england, "values": values})
    return id_


async def raised(client, **asked) -> list[dict]:
    found = await client.get("/v1/triggers", params={"limit": "200", **asked})
    assert found.status_code == 200, found.text
    return found.json()["items"]


async def see_to(client, trigger, act, body, status=200, **options):
    options = {"key": uuid.uuid4().hex, "version": trigger["version"], **options}
    answer = await client.post(f"/v1/triggers/{trigger['id']}/{act}", json=body, **options)
    assert answer.status_code == status, answer.text
    return answer.json()


async def correct(clients, found, values):
    """An accepted return reopened, corrected and accepted again."""
    why = {"reasons": [{"pointer": "/values", "reason": "Counted twice"}]}
    back = await move(clients["council"], found, "reopening", why)
    changed = await clients["community"].patch(
        f"/v1/returns/{found['id']}", json={"values": values}, version=back["version"]
    )
    sent = await move(clients["community"], changed.json(), "submission")
    return await move(clients["council"], sent, "acceptance", {"explanations_accepted": True})


@pytest.mark.row("S5-C02")
async def test_two_reds_and_a_worsening_below_england_raise_a_trigger_each_with_evidence(
    clients, plymouth, days, stack
):
    obligation = await put(clients["council"], "obligations", plymouth.obligation(days))
    of = {"obligation_id": obligation["id"]}
    await accepted(clients, obligation, "2014Q2", {days: {"value": "8.5"}})
    assert await raised(clients["council"], **of) == []
    await accepted(clients, obligation, "2014Q3", {days: {"value": "9"}})
    by_rule = {each["rule"]: each for each in await raised(clients["council"], **of)}
    assert set(by_rule) == {"worse_than_comparator", "two_reds_running"}
    worse = by_rule["worse_than_comparator"]
    assert (worse["period"], worse["revision"], worse["state"], worse["financial_year"]) == (
        "2014Q3",
        1,
        "raised",
        "2014/15",
    )
    assert worse["evidence"]["previous_value"] == "8.5"
    assert [(each["name"], each["value"]) for each in worse["evidence"]["comparators"]] == [("England", "8")]
    reds = by_rule["two_reds_running"]["evidence"]
    assert (reds["value"], reds["target_value"], reds["previous_target_value"]) == ("9", "7", "7")
    await accepted(clients, obligation, "2014Q4", {days: {"value": "9.5"}})
    assert len(await raised(clients["council"], **of)) == 2
    superuser = await stack.superuser()
    told = await superuser.fetch(
        "select reader_organisation_ids from outcomes.events where what = 'trigger_raised' and thing_id = any($1)",
        [uuid.UUID(each["id"]) for each in by_rule.values()],
    )
    await superuser.close()
    assert len(told) == 2
    assert {plymouth.community, plymouth.kernow} < set(told[0]["reader_organisation_ids"])


async def test_what_was_resolved_is_raised_again_by_a_new_figure_and_not_by_the_same(clients, plymouth, days):
    obligation = await put(clients["council"], "obligations", plymouth.obligation(days))
    of = {"obligation_id": obligation["id"], "rule": "two_reds_running"}
    await accepted(clients, obligation, "2014Q2", {days: {"value": "8"}})
    done = await accepted(clients, obligation, "2014Q3", {days: {"value": "8"}})
    (first,) = await raised(clients["council"], **of)
    seen = await see_to(clients["council"], first, "acknowledgement", {"note": "Raised at the meeting"})
    assert (seen["state"], seen["acknowledgement"]) == ("acknowledged", "Raised at the meeting")
    await see_to(
        clients["council"], seen, "resolution", {"outcome": "explained", "note": "One ward was closed"}
    )
    early = (await clients["council"].get("/v1/returns", params={"obligation_id": obligation["id"]})).json()[
        "items"
    ]
    (before,) = [each for each in early if each["period"] == "2014Q2"]
    await correct(clients, before, {days: {"value": "8.1"}})
    assert [each["state"] for each in await raised(clients["council"], **of)] == ["resolved"]
    await correct(clients, done, {days: {"value": "8.2"}})
    assert sorted((each["state"], each["revision"]) for each in await raised(clients["council"], **of)) == [
        ("raised", 2),
        ("resolved", 1),
    ]


async def test_a_trigger_is_seen_by_the_parties_and_by_nobody_besides(
    clients, plymouth, days, stack, open_database
):
    obligation = await put(clients["council"], "obligations", plymouth.obligation(days))
    for period in ("2014Q2", "2014Q3"):
        await accepted(clients, obligation, period, {days: {"value": "8"}})
    (found,) = await raised(clients["council"], obligation_id=obligation["id"])
    for name in ("council", "ccg", "kernow", "community", "auditor"):
        assert (await clients[name].get(f"/v1/triggers/{found['id']}")).json() == found, name
        assert found in await raised(clients[name])
    absent = (await clients["stranger"].get(f"/v1/triggers/{uuid.uuid4()}")).json()
    for name in ("hospital", "board", "auditor_of_ccg", "stranger"):
        hidden = await clients[name].get(f"/v1/triggers/{found['id']}")
        assert hidden.status_code == 404, name
        assert hidden.json()["detail"] == absent["detail"]
        assert found["id"] not in {each["id"] for each in await raised(clients[name])}
    seeing = {"council", "ccg", "kernow", "community", "auditor"}
    for name, caller in plymouth.callers.items():
        async with acting(stack, caller) as connection:
            count = await connection.fetchval(
                "select count(*) from triggers where id = $1", uuid.UUID(found["id"])
            )
        assert (count == 1) is (name in seeing), name
        async with open_database.begin(caller) as tx:
            with nullcontext() if name in seeing else pytest.raises(Refusal):
                await triggers.get(tx, uuid.UUID(found["id"]))
    for name, code in (("ccg", 403), ("community", 403), ("kernow", 403), ("hospital", 404)):
        await see_to(clients[name], found, "acknowledgement", {}, code)


async def test_a_move_counts_once_and_on_the_version_that_was_read(clients, plymouth, days):
    obligation = await put(clients["council"], "obligations", plymouth.obligation(days))
    for period in ("2014Q2", "2014Q3"):
        await accepted(clients, obligation, period, {days: {"value": "8"}})
    council = clients["council"]
    (found,) = await raised(council, obligation_id=obligation["id"])
    refused = await see_to(council, found, "resolution", {"outcome": "recovered", "note": "x"}, 409)
    assert (refused["code"], refused["state"]) == ("trigger_move_not_possible", "raised")
    key = uuid.uuid4().hex
    seen = await see_to(council, found, "acknowledgement", {}, key=key)
    assert await see_to(council, found, "acknowledgement", {}, key=key) == seen
    assert (await see_to(council, found, "acknowledgement", {}, 412))["code"] == "version_stale"
    personal = {"outcome": "recovered", "note": "Patient 943 476 5919"}
    assert (await see_to(council, seen, "resolution", personal, 422))["errors"][0]["pointer"] == "/note"
    await see_to(council, seen, "resolution", {"outcome": "lost", "note": "x"}, 422)


async def overdue(stack, day) -> int:
    return await raise_triggers(stack.url("outcomes", "backup"), stack.url("outcomes"), day)


async def test_the_calendar_raises_each_overdue_return_once(clients, plymouth, days, stack):
    obligation = await put(clients["council"], "obligations", plymouth.obligation(days, to="hospital"))
    of = {"obligation_id": obligation["id"], "rule": "return_overdue"}
    body = {"obligation_id": obligation["id"], "period": "2014Q3", "values": {days: {"value": "6"}}}
    draft = await put(clients["hospital"], "returns", body)
    await overdue(stack, date(2014, 7, 20))
    assert await raised(clients["council"], **of) == []
    assert await overdue(stack, date(2014, 7, 21)) >= 1
    assert await overdue(stack, date(2014, 7, 21)) == 0
    await overdue(stack, date(2014, 10, 31))
    late = sorted(await raised(clients["council"], **of), key=lambda each: each["period"])
    assert [
        (each["period"], each["evidence"]["due_on"], each["evidence"]["days_overdue"]) for each in late
    ] == [
        ("2014Q2", "2014-07-20", 1),
        ("2014Q3", "2014-10-20", 11),
    ]
    assert (late[0]["indicator_id"], late[0]["revision"]) == (None, 0)
    await move(clients["hospital"], draft, "submission")
    await overdue(stack, date(2015, 1, 31))
    periods = {each["period"] for each in await raised(clients["council"], **of)}
    assert periods == {"2014Q2", "2014Q3", "2014Q4"}


async def test_what_is_sent_back_and_does_not_come_again_is_raised_once_more(clients, plymouth, days, stack):
    body = plymouth.obligation(days, to="hospital", ends_on="2014-06-30")
    obligation = await put(clients["council"], "obligations", body)
    of = {"obligation_id": obligation["id"], "rule": "return_overdue"}
    await overdue(stack, date(2014, 7, 21))
    draft = await drafted(clients["hospital"], obligation, "2014Q2", {days: {"value": "6"}})
    sent = await move(clients["hospital"], draft, "submission")
    assert [each["state"] for each in await raised(clients["council"], **of)] == ["resolved"]
    why = {"reasons": [{"pointer": "/values", "reason": "Counted twice"}]}
    await move(clients["council"], sent, "return", why)
    for day in (22, 23):
        await overdue(stack, date(2014, 7, day))
    found = await raised(clients["council"], **of)
    assert sorted((each["state"], each["revision"]) for each in found) == [("raised", 1), ("resolved", 0)]


async def test_what_comes_during_the_look_is_not_overdue(clients, plymouth, days, stack, monkeypatch):
    body = plymouth.obligation(days, to="hospital", ends_on="2014-06-30")
    obligation = await put(clients["council"], "obligations", body)
    draft = await drafted(clients["hospital"], obligation, "2014Q2", {days: {"value": "6"}})
    look, waiting = triggers.overdue, [draft]

    async def look_and_then_it_comes(tx, as_at):
        found = await look(tx, as_at)
        if uuid.UUID(obligation["id"]) in found and waiting:
            await move(clients["hospital"], waiting.pop(), "submission")
        return found

    monkeypatch.setattr(triggers, "overdue", look_and_then_it_comes)
    await overdue(stack, date(2014, 7, 21))
    assert waiting == []
    assert await raised(clients["council"], obligation_id=obligation["id"]) == []


async def test_an_accepted_return_that_is_reopened_is_not_overdue(clients, plymouth, days, stack):
    body = plymouth.obligation(days, ends_on="2014-06-30")
    obligation = await put(clients["council"], "obligations", body)
    of = {"obligation_id": obligation["id"], "rule": "return_overdue"}
    done = await accepted(clients, obligation, "2014Q2", {days: {"value": "6"}})
    why = {"reasons": [{"pointer": "/values", "reason": "Counted twice"}]}
    back = await move(clients["council"], done, "reopening", why)
    await overdue(stack, date(2016, 2, 29))
    assert await raised(clients["council"], **of) == []
    owed = await clients["community"].get("/v1/completeness?outstanding=true&limit=200")
    (item,) = [each for each in owed.json()["items"] if each["obligation_id"] == obligation["id"]]
    assert (item["return_id"], item["state"], item["overdue"]) == (back["id"], "returned", False)


@pytest.mark.parametrize("arguments", [[], ["yesterday"], ["2014-02-29"], ["2014-07-21", "2014-07-22"]])
def test_the_command_takes_one_day(arguments, capsys):
    assert main(arguments) == 2
    assert "Name one day" in capsys.readouterr().err


def test_the_command_says_what_it_raised_and_what_it_lacks(stack, monkeypatch, capsys):
    monkeypatch.delenv("OUTCOMES_BACKUP_URL", raising=False)
    monkeypatch.delenv("OUTCOMES_DATABASE_URL", raising=False)
    assert main(["2000-01-01"]) == 2
    assert "OUTCOMES_BACKUP_URL" in capsys.readouterr().err
    monkeypatch.setenv("OUTCOMES_BACKUP_URL", stack.url("outcomes", "backup"))
    monkeypatch.setenv("OUTCOMES_DATABASE_URL", stack.url("outcomes"))
    assert main(["2000-01-01"]) == 0
    assert json.loads(capsys.readouterr().out) == {"as_at": "2000-01-01", "raised": 0}


async def test_a_database_that_is_not_there_is_said_in_a_sentence():
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    with pytest.raises(CannotRaise):
        await raise_triggers(nowhere, nowhere, date(2014, 7, 21))


async def test_the_database_too_keeps_evidence_and_the_order_of_moves(clients, plymouth, days, stack):
    obligation = await put(clients["council"], "obligations", plymouth.obligation(days))
    for period in ("2014Q2", "2014Q3"):
        await accepted(clients, obligation, period, {days: {"value": "8"}})
    (found,) = await raised(clients["council"], obligation_id=obligation["id"])
    id_ = uuid.UUID(found["id"])
    resolve = (
        "update triggers set state = 'resolved', resolved_at = now(), outcome = 'recovered', resolution = 'x',"
        " acknowledged_at = now(), version = version + 1 where id = $1"
    )
    async with acting(stack, plymouth.callers["council"]) as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            await connection.execute(resolve, id_)
        assert refused.value.constraint_name == "triggers_move"
    for statement in (
        "update triggers set evidence = '{}' where id = $1",
        "delete from triggers where id = $1",
    ):
        async with acting(stack, plymouth.callers["council"]) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement, id_)
    seen = "update triggers set state = 'acknowledged', acknowledged_at = now(), version = version + 1 where id = $1"
    for name in ("ccg", "community", "stranger"):
        async with acting(stack, plymouth.callers[name]) as connection:
            assert await connection.execute(seen, id_) == "UPDATE 0"
