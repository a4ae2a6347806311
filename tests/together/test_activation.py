"""A contract comes into force: with its approvals, the budget set aside for it and its indicators, or not at all."""

from __future__ import annotations

import uuid

import pytest

from tests.budget.place import made
from tests.together.town import Town, a_key


async def limit(client, town, decider, decider_type, pence):
    """How much a body or officer of the client's organisation may decide on contracts, while the test runs."""
    body = {
        "partnership_id": str(town.place.partnership), "subject": "contract", "decider": decider,
        "decider_type": decider_type, "amount_limit_pence": pence, "counted_over": "each",
        "in_force_from": "2015-04-01",
    }  # fmt: skip
    return made(await client.visit.put(f"/v1/delegations/{uuid.uuid4()}", json=body))


async def decision(client, town, contract, body, outcome="approved", **more):
    sent = {
        "id": str(uuid.uuid4()), "partnership_id": str(town.place.partnership), "subject": "contract",
        "subject_id": contract["id"], "subject_title": contract["title"], "body": body,
        "body_type": "governing_body", "decided_on": "2015-03-25", "outcome": outcome, **more,
    }  # fmt: skip
    return made(await client.visit.post("/v1/decisions", json=sent, key=a_key()))


@pytest.mark.row("S5-C01", "S1-C06")
async def test_a_contract_comes_into_force_with_its_budget(town):
    line, contract = await town.line(), await town.contract()
    key = a_key()
    answer = await town.activate(contract, (line, 600_00), key=key)
    assert (answer.status_code, answer.json()["state"], answer.headers["ETag"]) == (200, "active", '"2"')
    assert answer.json()["active_from"] == "2015-04-01"
    assert await town.read(contract) == answer.json()
    assert await town.commitments(contract) == [(line, 600_00, 600_00)]
    again = await town.activate(contract, (line, 600_00), key=key)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (answer.content, "true")
    assert await town.commitments(contract) == [(line, 600_00, 600_00)]
    path = f"/v1/contracts/{contract['id']}/activation"
    kept = made(await town.ccg.visit.get(path))
    assert (kept["version"], kept["active_from"]) == (2, "2015-04-01")
    assert kept["backing"]["indicator_ids"] == [town.indicator]
    [committed] = kept["backing"]["commitments"]
    assert (committed["line_id"], committed["amount_pence"], committed["financial_year"]) == (
        line,
        600_00,
        "2015/16",
    )
    assert (
        await town.pch.visit.get(path)
    ).status_code == 404  # what is behind a contract is not its provider's
    [change] = await town.joint_changes(contract)
    assert (change["state"], change["steps"]) == ("done", ["checked", "budget_set_aside", "contract_moved"])


async def test_too_little_headroom_leaves_everything_as_it_was(town):
    line, contract = await town.line(500_00), await town.contract()
    refused = await town.activate(contract, (line, 600_00))
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["left_pence"]) == (
        409,
        "commitment_past_limit",
        500_00,
    )
    assert problem["errors"][0]["pointer"] == "/commitments/0/amount_pence"
    assert (problem["instance"], problem["declined_by"]) == (
        f"/v1/contracts/{contract['id']}/activation",
        "budget",
    )
    assert await town.read(contract) == contract
    assert await town.commitments(contract) == []
    [change] = await town.joint_changes(contract)
    assert (change["state"], change["why_code"], change["attempt"]) == (
        "declined",
        "commitment_past_limit",
        1,
    )
    later = await town.activate(contract, (line, 500_00))
    assert later.json()["state"] == "active"
    assert await town.commitments(contract) == [(line, 500_00, 500_00)]
    [change] = await town.joint_changes(contract)
    assert (change["state"], change["attempt"], change["why"]) == ("done", 2, None)


@pytest.mark.row("S3-G03", "S1-G01")
async def test_the_limits_of_each_partner_that_funds_it_are_kept(town):
    """The council's officer may decide on its share; the CCG's share is for its Governing Body."""
    await limit(town.pcc, town, "Director for People", "officer", 1_000_00)
    await limit(town.ccg, town, "Chief Finance Officer", "officer", 100_00)
    await limit(town.ccg, town, "Governing Body", "governing_body", None)
    line, other = await town.line(), await town.line(pool=town.second_pool)
    shares = town.funding((town.pool, town.place.council, "60"), (town.second_pool, town.place.nhs, "40"))
    contract = await town.contract(500_00, funding=shares)
    parts = ((line, 300_00), (other, 200_00))
    refused = await town.activate(contract, *parts)
    assert (refused.status_code, refused.json()["code"]) == (409, "contract_approvals_missing")
    assert refused.json()["approvals_missing"] == [
        {"organisation_id": str(town.place.nhs), "amount_pence": 200_00, "may_decide": ["Governing Body"]}
    ]
    await decision(town.ccg, town, contract, "Audit Committee", body_type="committee")
    await decision(town.ccg, town, contract, "Governing Body", "deferred", decided_on="2015-03-20")
    assert (await town.activate(contract, *parts)).json()["code"] == "contract_approvals_missing"
    conditions = [{"number": 1, "text": "The finance schedule is agreed."}]
    subject_to = await decision(
        town.ccg, town, contract, "Governing Body", "approved_subject_to", conditions=conditions
    )
    assert (await town.activate(contract, *parts)).json()["code"] == "contract_approvals_missing"
    met = {"number": 1, "met_on": "2015-03-30", "evidence": "Minutes of 30 March"}
    path = f"/v1/decisions/{subject_to['id']}/met-conditions"
    version = subject_to["version"]
    made(await town.ccg.visit.post(path, json=met, key=a_key(), version=version))
    assert made(await town.activate(contract, *parts))["state"] == "active"
    kept = made(await town.pcc.visit.get(f"/v1/contracts/{contract['id']}/activation"))["backing"]
    by_body = {each["organisation_id"]: each for each in kept["approvals"]}
    officer, body = by_body[str(town.place.council)], by_body[str(town.place.nhs)]
    assert (officer["within_officer_limit"], officer["decision_id"], officer["amount_pence"]) == (
        True,
        None,
        300_00,
    )
    assert (body["body"], body["decision_id"], body["counts_from"], body["amount_pence"]) == (
        "Governing Body",
        subject_to["id"],
        "2015-03-30",
        200_00,
    )


@pytest.mark.row("S1-C06")
async def test_each_pool_bears_its_share_to_the_penny(town):
    line, other = await town.line(), await town.line(pool=town.second_pool)
    shares = town.funding(
        (town.pool, town.place.council, "66.6"), (town.second_pool, town.place.council, "33.4")
    )
    contract = await town.contract(100_01, funding=shares)
    refused = await town.activate(contract, (line, 66_60), (other, 33_41))
    assert (refused.status_code, refused.json()["code"]) == (422, "commitment_split_differs")
    assert refused.json()["expected_pence"] == {town.pool: 66_61, town.second_pool: 33_40}
    one = await town.activate(contract, (line, 100_01))
    assert one.json()["code"] == "commitment_split_differs"
    assert made(await town.activate(contract, (line, 66_61), (other, 33_40)))["state"] == "active"
    assert await town.commitments(contract) == sorted([(line, 66_61, 66_61), (other, 33_40, 33_40)])


@pytest.mark.parametrize(
    ("parts", "code", "pointer"),
    [
        ("outside", "commitment_outside_funding", "/commitments/0/line_id"),
        ("unknown", "line_unknown", "/commitments/0/line_id"),
        ("twice", "commitment_line_twice", "/commitments/1/line_id"),
        ("too much", "commitment_more_than_contract", "/commitments"),
    ],
)
async def test_lines_that_do_not_fit_are_refused_where_they_stand(town, parts, code, pointer):
    line, contract = await town.line(), await town.contract()
    asked = {
        "outside": [(await town.line(pool=town.second_pool), 100)],
        "unknown": [(str(uuid.uuid4()), 100)],
        "twice": [(line, 100), (line, 200)],
        "too much": [(line, 600_01)],
    }[parts]
    refused = await town.activate(contract, *asked)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["errors"][0]["pointer"] == pointer
    assert await town.read(contract) == contract
    assert await town.commitments(contract) == []


async def test_what_the_contract_lacks_is_said_before_anything_is_set_aside(town):
    line, contract = await town.line(), await town.contract(end_date=None, end_status="not_stated")
    refused = await town.activate(contract, (line, 600_00))
    assert (refused.status_code, refused.json()["code"]) == (409, "activation_incomplete")
    assert refused.json()["errors"][0]["pointer"] == "/end_date"
    stale = await town.activate({**contract, "version": 7}, (line, 600_00))
    assert (stale.status_code, stale.json()["code"]) == (412, "version_stale")
    assert await town.commitments(contract) == []
    assert await town.joint_changes(contract) == []
    alone = await town.contract(partnership_id=None, funding=[])
    assert (await town.activate(alone, (line, 600_00))).json()["code"] == "activation_incomplete"


async def test_nobody_else_brings_it_into_force_or_takes_its_place(town, people):
    line, contract = await town.line(), await town.contract()
    stranger = await people.organisation("Other Council")
    await people.partnership(commissioner=stranger)
    other = await people.client(stranger)
    for client in (other, town.ccg):
        refused = await town.activate(contract, (line, 600_00), by=client)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
        assert made(await client.visit.get("/v1/joint-changes"))["items"] == []
    assert (await town.activate(contract, (line, 600_00), by=town.pch)).status_code == 403
    assert made(await town.activate(contract, (line, 600_00)))["state"] == "active"
    [change] = await town.joint_changes(contract)
    assert (await other.visit.get(f"/v1/joint-changes/{change['id']}")).status_code == 404
    resumed = await other.visit.post(f"/v1/joint-changes/{change['id']}/resumption", key=a_key())
    assert resumed.status_code == 404


async def test_a_key_is_for_one_request(town):
    line, contract = await town.line(), await town.contract()
    key = a_key()
    made(await town.activate(contract, (line, 600_00), key=key))
    other = await town.activate(contract, (line, 500_00), key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    again = await town.activate(contract, (line, 600_00))
    assert (again.status_code, again.json()["code"]) == (412, "joint_change_moved_on")
    assert await town.commitments(contract) == [(line, 600_00, 600_00)]


async def test_an_approval_is_of_the_contract_as_it_was_when_the_body_decided(people):
    """What is raised afterwards, by value, term or funding, asks for a decision of its own; what falls does not."""
    town = await Town().settle(people)
    await limit(town.ccg, town, "Governing Body", "governing_body", None)
    shares = town.funding((town.pool, town.place.nhs, "100"))
    line = await town.line(10_000_00)

    async def change(contract, **changes):
        path = f"/v1/contracts/{contract['id']}"
        return made(await town.pcc.visit.patch(path, json=changes, version=contract["version"]))

    async def tried(contract, pence):
        answer = await town.activate(contract, (line, pence))
        if answer.status_code == 200:
            return None
        assert (answer.status_code, answer.json()["code"]) == (409, "contract_approvals_missing")
        return answer.json()["errors"][0]["code"]

    contract = await town.contract(500_00, funding=shares)
    assert await tried(contract, 500_00) == "contract_approval_missing"
    await decision(town.ccg, town, contract, "Governing Body")
    raised = await change(contract, value={"amount_pence": 5_000_00, "status": "actual"})
    assert await tried(raised, 5_000_00) == "contract_approval_of_less"
    await decision(town.ccg, town, contract, "Governing Body")
    other = town.funding((town.pool, town.place.council, "50"), (town.pool, town.place.nhs, "50"))
    shared = await change(raised, funding=other)
    assert await tried(shared, 5_000_00) == "contract_approval_of_less"
    await decision(town.ccg, town, contract, "Governing Body")
    lower = await change(shared, value={"amount_pence": 4_000_00, "status": "actual"}, title="Reablement")
    assert await tried(lower, 4_000_00) is None

    yearly = await town.contract(500_00, funding=shares, value_basis="annual", max_end_date="2018-03-31")
    await decision(town.ccg, town, yearly, "Governing Body")
    longer = await change(yearly, end_date="2018-03-31")
    assert await tried(longer, 500_00) == "contract_approval_of_less"
