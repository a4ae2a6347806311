"""Contracts go on as others with what is set aside for them: to the penny, all of it or nothing, once."""

from __future__ import annotations

import uuid
from contextlib import asynccontextmanager

import pytest

from tests.budget.place import made
from tests.together.dying import Points
from tests.together.test_half_done import proofs
from tests.together.test_term_changes import left, running
from tests.together.town import a_key

ON = "2015-10-01"


def joining(*sources, on=ON, contract_id=None):
    return {
        "source_contract_ids": [each["id"] for each in sources], "contract_id": contract_id or str(uuid.uuid4()),
        "reference": f"J-{uuid.uuid4().hex[:8]}", "title": "Care as one", "effective_on": on,
        "reason": "Two contracts are brought together in one",
    }  # fmt: skip


def dividing(source, *shares, on=ON):
    parts = [
        {
            "contract_id": str(uuid.uuid4()), "reference": f"S-{uuid.uuid4().hex[:8]}", "title": f"Part {share}",
            "share_percent": share,
        }
        for share in shares
    ]  # fmt: skip
    return {"source_contract_id": source["id"], "parts": parts, "effective_on": on, "reason": "Apart"}


async def consolidate(town, body, id_=None, by=None):
    return await (by or town.pcc).visit.put(f"/v1/consolidations/{id_ or uuid.uuid4()}", json=body)


async def novation(town, contract, *, role="provider", incoming=None, on=ON, kind="novations", **more):
    """A transfer that is ready: everybody's consent is recorded from a letter, or the law asks nobody."""
    outgoing = town.pch.organisation_id if role == "provider" else str(town.place.council)
    body = {
        "contract_id": contract["id"], "new_contract_id": str(uuid.uuid4()), "role": role,
        "outgoing_organisation_id": outgoing, "incoming_organisation_id": incoming or str(town.place.nhs),
        "effective_on": on, "reason": "The service passes on", **more,
    }  # fmt: skip
    path = f"/v1/{kind}/{uuid.uuid4()}"
    transfer = made(await town.pcc.visit.put(path, json=body))
    for body_id in transfer["needed"]:
        said = {"on": "2015-09-01", "note": "Letter in file 7", "organisation_id": body_id}
        consent = f"{path}/consent"
        transfer = made(
            await town.pcc.visit.post(consent, json=said, key=a_key(), version=transfer["version"])
        )
    assert transfer["state"] == "ready"
    return path, transfer


async def complete(town, path, transfer, key=None, by=None):
    return await (by or town.pcc).visit.post(
        f"{path}/completion", key=key or a_key(), version=transfer["version"]
    )


async def all_left(town, *ids):
    return [sum(rest for *_, rest in await town.commitments({"id": each})) for each in ids]


@pytest.mark.row("S1-C09", "S3-C01")
async def test_two_contracts_become_one_with_the_budget_of_both(town):
    first, [line] = await running(town, 600_01)
    other_line = await town.line(500_00)
    second, _ = await running(town, 300_00, lines=[(line, 100_00), (other_line, 200_00)])
    body, id_ = joining(first, second), uuid.uuid4()
    answer = await consolidate(town, body, id_)
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/consolidations/{id_}")
    whole = answer.json()
    assert whole["value_before_pence"] == whole["value_after_pence"]
    new = {"id": body["contract_id"]}
    assert await all_left(town, first["id"], second["id"]) == [0, 0]
    held = await town.commitments(new)
    assert sorted(rest for _, _, rest in held) == [100_00, 200_00, 600_01]
    assert sum(rest for at, _, rest in held if at == line) == 700_01
    again = await consolidate(town, body, id_)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (answer.content, "true")
    assert await all_left(town, new["id"]) == [900_01]
    [change] = await town.joint_changes(new)
    assert (change["kind"], change["steps"]) == (
        "consolidation",
        ["checked", "budget_handed_over", "contract_moved", "obligations_handed_over"],
    )
    assert set(change["contract_ids"]) == {first["id"], second["id"], new["id"]}


async def test_a_split_shares_the_budget_as_the_value_to_the_penny(town):
    contract, _ = await running(town, 100_01)
    body = dividing(contract, "33.3", "33.3", "33.4", on="2015-04-02")
    answer = await town.pcc.visit.put(f"/v1/splits/{uuid.uuid4()}", json=body)
    assert answer.status_code == 201, answer.text
    parts = await all_left(town, *(each["contract_id"] for each in body["parts"]))
    assert (sum(parts), sorted(parts)) == (100_01, [33_30, 33_30, 33_41])
    assert await all_left(town, contract["id"]) == [0]
    assert (await town.read(contract))["state"] == "terminated"


@pytest.mark.row("S5-C03")
@pytest.mark.parametrize("kind", ["novations", "statutory-transfers"])
async def test_the_balance_goes_to_the_record_that_goes_on(town, kind):
    """Also with a day that is past; what is set aside for a year before it stays for the invoices of that year."""
    next_year = str(await town.place.line(town.pcc.visit, town.pool, "pooled", financial_year="2016/17"))
    line = await town.line()
    contract, _ = await running(
        town, 900_00, lines=[(line, 500_00), (next_year, 400_00)], end_date="2017-03-31"
    )
    more = {"instrument": {"title": "A transfer scheme"}} if kind == "statutory-transfers" else {}
    path, transfer = await novation(town, contract, on="2016-04-01", kind=kind, **more)
    done = made(await complete(town, path, transfer))
    assert done["state"] == "completed"
    assert await left(town, {"id": transfer["new_contract_id"]}) == {next_year: 400_00}
    assert await left(town, contract) == {line: 500_00, next_year: 0}
    assert (await town.read(contract))["state"] == "novated"


async def test_the_duty_to_report_goes_on_with_the_contract(town):
    """The outgoing provider keeps what it has sent; the incoming one reports from the day on."""
    contract, _ = await running(town)
    obligation = {
        "partnership_id": str(town.place.partnership), "contract_id": contract["id"],
        "lead_organisation_id": str(town.place.council), "provider_organisation_id": town.pch.organisation_id,
        "associate_organisation_ids": [], "title": "Quarterly return", "frequency": "quarterly",
        "begins_on": "2015-04-01", "ends_on": "2016-03-31", "due_days": 20,
        "indicators": [{"indicator_id": town.indicator, "compulsory": True}],
    }  # fmt: skip
    first = made(await town.pcc.visit.put(f"/v1/obligations/{uuid.uuid4()}", json=obligation))
    incoming = str(town.place.nhs)
    path, transfer = await novation(town, contract, incoming=incoming)
    made(await complete(town, path, transfer))
    ended = made(await town.pcc.visit.get(f"/v1/obligations/{first['id']}"))
    assert (ended["ends_on"], ended["terms"][0]["reason"]) == ("2015-09-30", "The contract is novated")
    asked = {"contract_id": transfer["new_contract_id"]}
    [next_one] = made(await town.pcc.visit.get("/v1/obligations", params=asked))["items"]
    assert (next_one["begins_on"], next_one["ends_on"]) == ("2015-10-01", "2016-03-31")
    assert (next_one["provider_organisation_id"], next_one["title"]) == (incoming, "Quarterly return")
    assert next_one["indicators"] == first["indicators"]


async def test_an_outgoing_lead_gives_its_budget_back(town):
    contract, [line] = await running(town)
    path, transfer = await novation(town, contract, role="commissioner", incoming=str(town.place.nhs))
    done = made(await complete(town, path, transfer))
    assert done["state"] == "handed_over"
    assert await left(town, contract) == {line: 0}
    change = (await town.joint_changes(contract))[-1]
    assert change["steps"] == ["checked", "contract_moved", "budget_released", "obligations_handed_over"]


async def test_another_s_contracts_are_not_brought_together(town, people):
    (first, [line]), (second, [other]) = await running(town), await running(town)
    stranger = await people.organisation("A Council Beyond")
    await people.partnership(commissioner=stranger)
    for client in (await people.client(stranger), town.ccg):
        refused = await consolidate(town, joining(first, second), by=client)
        assert (refused.status_code, refused.json()["code"]) == (422, "consolidation_sources_unknown")
        split = await client.visit.put(f"/v1/splits/{uuid.uuid4()}", json=dividing(first, "50", "50"))
        assert (split.status_code, split.json()["code"]) == (422, "consolidation_sources_unknown")
        path, transfer = await novation(town, first)
        assert (await complete(town, path, transfer, by=client)).status_code == 404
        made(await town.pcc.visit.post(f"{path}/withdrawal", key=a_key(), version=transfer["version"]))
    assert (await consolidate(town, joining(first, second), by=town.pch)).status_code == 403
    assert (await left(town, first), await left(town, second)) == ({line: 600_00}, {other: 600_00})


@pytest.mark.parametrize(("how", "move"), [("died", "consolidation"), ("out", "split"), ("died", "novation")])
async def test_killed_at_every_step_the_budget_is_whole_and_the_retry_completes(
    town, stack, monkeypatch, how, move
):
    async def asked():
        """What to send, and the ids of all contracts between which the budget moves."""
        contract, _ = await running(town, 600_01)
        if move == "split":
            body, id_ = dividing(contract, "50", "50"), uuid.uuid4()
            ids = [contract["id"], *(each["contract_id"] for each in body["parts"])]
            return lambda key: town.pcc.visit.put(f"/v1/splits/{id_}", json=body), ids
        if move == "consolidation":
            second, _ = await running(town, 300_00)
            body, id_ = joining(contract, second), uuid.uuid4()
            ids = [contract["id"], second["id"], body["contract_id"]]
            return lambda key: consolidate(town, body, id_), ids
        path, transfer = await novation(town, contract)
        return lambda key: complete(town, path, transfer, key), [contract["id"], transfer["new_contract_id"]]

    act, ids = await asked()
    with monkeypatch.context() as patches:
        points = Points(patches, None)
        made(await act(a_key()))
    assert {"after handOverForContracts", "after finish"} <= set(points.passed)
    whole = sum(await all_left(town, *ids))
    for point in range(len(points.passed)):
        act, ids = await asked()
        key = a_key()
        with monkeypatch.context() as patches:
            Points(patches, point, how)
            broken = await act(key)
        assert broken.status_code == (500 if how == "died" else 503), points.passed[point]
        assert sum(await all_left(town, *ids)) == whole, points.passed[point]
        again = await act(key)
        assert again.status_code in {200, 201}, (points.passed[point], again.text)
        ended = 2 if move == "consolidation" else 1
        found = await all_left(town, *ids)
        assert (found[:ended], sum(found)) == ([0] * ended, whole), points.passed[point]
        assert (await proofs(stack, {"id": ids[0]}))["steps"] == 3
        changes = await town.joint_changes({"id": ids[0]})
        assert [each["state"] for each in changes] == ["done", "done"]


async def test_contracts_that_refuse_after_all_get_their_budget_back(town, monkeypatch):
    (first, [line]), (second, [other]) = await running(town, 600_01), await running(town, 300_00)
    body, id_ = joining(first, second), uuid.uuid4()
    with monkeypatch.context() as patches:
        Points(patches, 7)
        assert (await consolidate(town, body, id_)).status_code == 500
    assert await all_left(town, body["contract_id"]) == [900_01]
    [change] = await town.joint_changes({"id": body["contract_id"]})
    assert (change["state"], change["steps"]) == ("under_way", ["checked", "budget_handed_over"])
    busy = await town.move(second, "termination", on="2015-12-31", reason="agreed")
    assert (busy.status_code, busy.json()["code"]) == (409, "joint_change_contract_busy")
    made(await town.move(second, "suspension", on="2015-08-01", reason="quality"))
    refused = await consolidate(town, body, id_)
    assert (refused.status_code, refused.json()["code"]) == (409, "cut_not_running")
    assert (await left(town, first), await left(town, second)) == ({line: 600_01}, {other: 300_00})
    assert await all_left(town, body["contract_id"]) == [0]
    suspended = await town.read(second)
    made(await town.move(suspended, "resumption", on="2015-09-01"))
    made(await consolidate(town, body, id_))
    assert await all_left(town, first["id"], second["id"], body["contract_id"]) == [0, 0, 900_01]
    [change] = await town.joint_changes({"id": body["contract_id"]})
    assert (change["state"], change["attempt"]) == ("done", 2)


@asynccontextmanager
async def lost_right(stack, place):
    """The council is no party of the agreement any more, so that its lines are not the council's to use."""
    connection = await stack.superuser()
    parties = "update budget.agreements set party_ids = $1 where id = $2"
    try:
        await connection.execute("set session_replication_role = replica")  # as if a later edition said so
        of = uuid.UUID(str(place.agreement))
        before = await connection.fetchval("select party_ids from budget.agreements where id = $1", of)
        await connection.execute(
            parties, [each if each != place.council else uuid.uuid4() for each in before], of
        )
        try:
            yield
        finally:
            await connection.execute(parties, before, of)
    finally:
        await connection.close()


async def test_nothing_stays_set_aside_for_a_contract_that_never_came_about(town, stack, monkeypatch):
    """Where what went over cannot go back, the change is half done and told of, until it can."""
    (first, [line]), (second, [other]) = await running(town, 600_01), await running(town, 300_00)
    body, id_ = joining(first, second), uuid.uuid4()
    with monkeypatch.context() as patches:
        Points(patches, 7)
        assert (await consolidate(town, body, id_)).status_code == 500
    made(await town.move(second, "suspension", on="2015-08-01", reason="quality"))
    async with lost_right(stack, town.place):
        for _ in range(2):
            refused = await consolidate(town, body, id_)
            assert (refused.status_code, refused.json()["code"]) == (409, "commitment_handover_stays")
    [change] = await town.joint_changes({"id": body["contract_id"]})
    assert (change["state"], change["steps"][-1]) == ("under_way", "refused")
    assert await all_left(town, body["contract_id"]) == [900_01]
    refused = await consolidate(town, body, id_)
    assert (refused.status_code, refused.json()["code"]) == (409, "cut_not_running")
    assert (await left(town, first), await left(town, second)) == ({line: 600_01}, {other: 300_00})
    assert await all_left(town, body["contract_id"]) == [0]
    [change] = await town.joint_changes({"id": body["contract_id"]})
    assert change["state"] == "declined"


async def test_nothing_stays_set_aside_for_a_contract_that_did_not_come_into_force(town, stack, monkeypatch):
    line, contract = await town.line(), await town.contract()
    with monkeypatch.context() as patches:
        Points(patches, 7)
        key = a_key()
        assert (await town.activate(contract, (line, 600_00), key=key)).status_code == 500
    path = f"/v1/contracts/{contract['id']}"
    made(await town.pcc.visit.patch(path, json={"title": "Another title"}, version=contract["version"]))
    async with lost_right(stack, town.place):
        refused = await town.activate(contract, (line, 600_00), key=key)
        assert (refused.status_code, refused.json()["code"]) == (409, "commitment_release_stays")
    assert await left(town, contract) == {line: 600_00}
    refused = await town.activate(contract, (line, 600_00), key=key)
    assert (refused.status_code, refused.json()["code"]) == (412, "version_stale")
    assert await left(town, contract) == {line: 0}
