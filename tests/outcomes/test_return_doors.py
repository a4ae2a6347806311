"""The doors of returns: one for a period, versions and repeats, figures as decimal strings, lists."""

import asyncio
import uuid

import pytest

from tests.outcomes.plymouth import accepted, drafted, put


async def test_a_period_has_one_return_and_only_what_is_owed_has_one(clients, obligation, days):
    community = clients["community"]
    await drafted(community, obligation, "2014Q2", {})
    body = {"obligation_id": obligation["id"], "period": "2014Q2"}
    twice = await put(community, "returns", body, status=409)
    assert (twice["code"], twice["errors"][0]["pointer"]) == ("return_period_taken", "/period")
    for period in ("2013Q4", "201404", "2020Q1"):
        nothing = await put(community, "returns", {**body, "period": period}, status=422)
        assert (nothing["code"], nothing["errors"][0]["pointer"]) == ("return_not_owed", "/period")
        reach = [nothing[name] for name in ("frequency", "first_period", "last_period")]
        assert reach == ["quarterly", "2014Q2", "2015Q2"]
    other = uuid.uuid4()
    asked = {**body, "period": "2014Q3", "values": {str(other): {"value": "1"}}}
    unasked = await put(community, "returns", asked, status=422)
    assert (unasked["code"], unasked["errors"][0]["pointer"]) == (
        "return_value_not_on_form",
        f"/values/{other}",
    )
    for name, status, code in (
        ("council", 403, "return_not_provider"),
        ("kernow", 403, "return_not_provider"),
        ("hospital", 422, "return_obligation_unknown"),
        ("board", 422, "return_obligation_unknown"),
    ):
        refused = await put(clients[name], "returns", {**body, "period": "2014Q4"}, status=status)
        assert refused["code"] == code


async def test_a_change_says_which_version_it_was_decided_on_and_a_repeat_is_known(clients, obligation, days):
    community = clients["community"]
    draft = await drafted(community, obligation, "2014Q2", {})
    path, body = f"/v1/returns/{draft['id']}", {"values": {days: {"value": "8"}}}
    assert (await community.patch(path, json=body)).status_code == 428
    assert (await community.patch(path, json=body, version=9)).status_code == 412
    first = await community.patch(path, json=body, version=1)
    again = await community.patch(path, json=body, version=1)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (await community.patch(path, json={"values": {days: None}}, version=1)).status_code == 412
    cleared = await community.patch(path, json={"values": {days: None}}, version=2)
    assert (cleared.json()["values"], cleared.headers["ETag"]) == ({}, '"3"')
    assert (await community.post(f"{path}/submission", version=3)).status_code == 400
    assert (await community.post(f"{path}/submission", key=uuid.uuid4().hex)).status_code == 428
    repeat = await community.put(
        path, json={"obligation_id": obligation["id"], "period": "2014Q2", "values": {}}
    )
    assert repeat.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"value": 8.1}, 422),
        ({"value": "1e3"}, 422),
        ({"value": "NaN"}, 422),
        ({"value": "0.1234567"}, 422),
        ({"value": "8", "colour": "red"}, 422),
        ({"status": "nought"}, 422),
        ({"explanation": "nul \x00 here"}, 422),
    ],
)
async def test_figures_are_decimal_strings(clients, obligation, days, values, status):
    body = {"obligation_id": obligation["id"], "period": "2014Q2", "values": {days: values}}
    answer = await put(clients["community"], "returns", body, status=status)
    assert answer["errors"][0]["pointer"].startswith(f"/values/{days}/")


async def test_lists_filter_and_follow_what_changed(clients, obligation, days, share):
    values = {days: {"value": "8"}, share: {"value": "40"}}
    first = await accepted(clients, obligation, "2014Q2", values)
    await drafted(clients["community"], obligation, "2014Q3", values)
    where = {"obligation_id": obligation["id"]}

    async def listed(name, **more):
        answer = await clients[name].get("/v1/returns", params={**where, **more})
        assert answer.status_code == 200, answer.text
        return [(each["period"], each["values"]) for each in answer.json()["items"]]

    assert await listed("community") == [("2014Q2", None), ("2014Q3", None)]
    assert await listed("community", state="draft") == [("2014Q3", None)]
    assert await listed("council") == [("2014Q2", None)]
    assert await listed("council", financial_year="2015-16") == []
    assert await listed("council", updated_from=first["updated_at"]) == [("2014Q2", None)]
    assert await listed("council", updated_to=first["updated_at"]) == []
    bad = await clients["council"].get("/v1/returns", params={"financial_year": "2014-16"})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "?financial_year")


async def test_of_moves_sent_at_once_one_is_made(clients, obligation, days, share):
    values = {days: {"value": "8"}, share: {"value": "40"}}
    draft = await drafted(clients["community"], obligation, "2014Q2", values)

    async def at_once(name, act, version, body=None):
        options = {} if body is None else {"json": body}
        path = f"/v1/returns/{draft['id']}/{act}"
        return await clients[name].post(path, key=uuid.uuid4().hex, version=version, **options)

    sent = await asyncio.gather(*(at_once("community", "submission", 1) for _ in range(5)))
    assert sorted(each.status_code for each in sent) == [200, 412, 412, 412, 412]
    why = {"reasons": [{"pointer": "/values", "reason": "x"}]}
    decided = await asyncio.gather(
        *(at_once("council", act, 2, body) for act, body in (("acceptance", {}), ("return", why)) * 3)
    )
    assert sorted(each.status_code for each in decided) == [200, 412, 412, 412, 412, 412]
    history = (await clients["council"].get(f"/v1/returns/{draft['id']}/revisions")).json()["items"]
    assert [each["revision"] for each in history] == [1]
    assert len(history[0]["moves"]) == 3


async def test_a_draft_sent_many_times_at_once_is_one(clients, obligation, days):
    path, body = (
        f"/v1/returns/{uuid.uuid4()}",
        {"obligation_id": obligation["id"], "period": "2014Q4", "values": {}},
    )
    sent = await asyncio.gather(*(clients["community"].put(path, json=body) for _ in range(10)))
    assert {each.status_code for each in sent} <= {201, 409, 503}
    made = [each for each in sent if each.status_code == 201 and "Idempotency-Replayed" not in each.headers]
    assert len(made) == 1
    assert (await clients["community"].put(path, json=body)).content == made[0].content
