"""The terms of a contract change together with its budget: what it costs more is set aside first, or nothing changes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.budget.place import made
from tests.together.test_activation import decision
from tests.together.town import a_key


async def running(town, pence=600_00, *, lines=None, **changes):
    """A contract in force, with its budget set aside on these lines."""
    contract = await town.contract(pence, **changes)
    parts = lines or [(await town.line(), pence)]
    return made(await town.activate(contract, *parts)), [line for line, _ in parts]


async def agreed(town, contract, after=None, on="2015-10-01", **more):
    """A variation that both sides have agreed to."""
    body = {
        "contract_id": contract["id"], "kind": "local", "reason": "volume", "description": "More of the same",
        "effective_on": on, "after": after or {}, **more,
    }  # fmt: skip
    variation = made(await town.pcc.visit.put(f"/v1/variations/{uuid.uuid4()}", json=body))
    path = f"/v1/variations/{variation['id']}/agreement"
    said = {"on": "2015-09-01"}
    first = made(await town.pcc.visit.post(path, json=said, key=a_key(), version=variation["version"]))
    return made(await town.pch.visit.post(path, json=said, key=a_key(), version=first["version"]))


def worth(pence):
    return {"value": {"amount_pence": pence, "status": "actual"}}


async def effect(town, variation, *changes, key=None, by=None):
    body = {"commitments": [{"line_id": line, "change_pence": pence} for line, pence in changes]}
    return await (by or town.pcc).visit.post(
        f"/v1/variations/{variation['id']}/effect",
        json=body,
        key=key or a_key(),
        version=variation["version"],
    )


async def left(town, contract):
    return {line: rest for line, _, rest in await town.commitments(contract)}


async def test_what_a_variation_costs_more_is_set_aside_on_the_line_that_bears_it(town):
    contract, [line] = await running(town)
    variation = await agreed(town, contract, worth(650_00))
    key = a_key()
    answer = await effect(town, variation, key=key)
    assert (answer.status_code, answer.json()["state"]) == (200, "in_effect")
    assert (await town.read(contract))["value"]["amount_pence"] == 650_00
    assert await left(town, contract) == {line: 650_00}
    again = await effect(town, variation, key=key)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (answer.content, "true")
    assert await left(town, contract) == {line: 650_00}
    change = (await town.joint_changes(contract))[-1]
    assert (change["kind"], change["state"], change["thing_id"]) == ("variation", "done", variation["id"])
    assert (change["contract_ids"], change["steps"]) == (
        [contract["id"]],
        ["checked", "budget_set_aside", "contract_moved"],
    )


async def test_what_it_costs_less_goes_back_once_the_contract_has_changed(town):
    contract, [line] = await running(town)
    variation = await agreed(town, contract, worth(450_00))
    made(await effect(town, variation))
    assert await left(town, contract) == {line: 450_00}
    change = (await town.joint_changes(contract))[-1]
    assert change["steps"] == ["checked", "budget_set_aside", "contract_moved", "budget_released"]


async def test_a_line_is_never_passed_and_the_contract_then_stays_as_it_is(town):
    contract, [line] = await running(town)
    variation = await agreed(town, contract, worth(1_000_01))
    before = await town.read(contract)
    refused = await effect(town, variation)
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["line_id"]) == (409, "commitment_past_limit", line)
    assert (problem["left_pence"], problem["declined_by"]) == (400_00, "budget")
    assert problem["errors"][0]["pointer"] == "/commitments"
    assert await town.read(contract) == before
    assert await left(town, contract) == {line: 600_00}
    other = await town.line()
    made(await effect(town, variation, (line, 400_00), (other, 1)))
    assert await left(town, contract) == {line: 1_000_00, other: 1}


@pytest.mark.row("S1-C06")
async def test_shares_that_do_not_divide_are_borne_to_the_penny(town):
    line, other = await town.line(), await town.line(pool=town.second_pool)
    shares = town.funding(
        (town.pool, town.place.council, "66.6"), (town.second_pool, town.place.council, "33.4")
    )
    contract, _ = await running(town, 100_01, lines=[(line, 66_61), (other, 33_40)], funding=shares)
    variation = await agreed(town, contract, worth(100_02))
    wrong = await effect(town, variation, (line, 2), (other, -1))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "commitment_change_differs")
    assert wrong.json()["expected_pence"] == {town.pool: 0, town.second_pool: 1}
    made(await effect(town, variation))
    assert await left(town, contract) == {line: 66_61, other: 33_41}


async def test_new_shares_move_what_is_not_paid_yet_from_pool_to_pool(town):
    line, other = await town.line(), await town.line(pool=town.second_pool)
    contract, _ = await running(town, lines=[(line, 600_00)])
    shares = town.funding(
        (town.pool, town.place.council, "33.3"), (town.second_pool, town.place.council, "66.7")
    )
    variation = await agreed(town, contract, funding_after=shares)
    unnamed = await effect(town, variation)
    assert (unnamed.status_code, unnamed.json()["code"]) == (422, "commitment_line_needed")
    assert unnamed.json()["change_pence"] == 400_20
    made(await effect(town, variation, (line, -400_20), (other, 400_20)))
    assert await left(town, contract) == {line: 199_80, other: 400_20}


@pytest.mark.row("S3-G03")
async def test_the_limits_of_each_partner_are_kept_for_what_a_variation_adds(town):
    body = {
        "partnership_id": str(town.place.partnership), "subject": "contract_variation",
        "decider": "Governing Body", "decider_type": "governing_body", "amount_limit_pence": None,
        "counted_over": "each", "in_force_from": "2015-04-01",
    }  # fmt: skip
    officer = {**body, "decider": "Chief Officer", "decider_type": "officer", "amount_limit_pence": 10_00}
    standing = [
        made(await town.ccg.visit.put(f"/v1/delegations/{uuid.uuid4()}", json=each))
        for each in (body, officer)
    ]
    line = await town.line()
    shares = town.funding((town.pool, town.place.nhs, "100"))
    contract = await town.contract(funding=shares)
    await decision(town.ccg, town, contract, "Governing Body")  # other limits are for the contract itself
    contract = made(await town.activate(contract, (line, 600_00)))
    variation = await agreed(town, contract, worth(610_01))
    refused = await effect(town, variation)
    assert (refused.status_code, refused.json()["code"]) == (409, "contract_approvals_missing")
    assert refused.json()["approvals_missing"] == [
        {"organisation_id": str(town.place.nhs), "amount_pence": 10_01, "may_decide": ["Governing Body"]}
    ]
    assert await left(town, contract) == {line: 600_00}
    await decision(town.ccg, town, variation | {"title": "More of the same"}, "Governing Body")
    on_the_contract = await effect(town, variation)
    assert on_the_contract.status_code == 409  # a decision on another subject is no approval of the variation
    await decision(
        town.ccg, town, variation | {"title": "More of the same"}, "Governing Body", subject="variation"
    )
    made(await effect(town, variation))
    small = await agreed(town, await town.read(contract), worth(620_01), on="2015-11-01")
    made(await effect(town, small))
    assert await left(town, contract) == {line: 620_01}
    for each in standing:
        path = f"/v1/delegations/{each['id']}/end"
        ended = await town.ccg.visit.post(
            path, json={"in_force_to": "2015-04-01"}, key=a_key(), version=each["version"]
        )
        made(ended)


async def test_a_contract_that_nothing_was_set_aside_for_changes_alone(town):
    """In no partnership: an import found it running, and no budget here is its own."""
    contract = await town.contract(
        partnership_id=None, state="recorded_as_active", funding=[], indicator_ids=[]
    )
    variation = await agreed(town, contract, worth(700_00))
    made(await effect(town, variation))
    assert (await town.read(contract))["value"]["amount_pence"] == 700_00
    assert (await town.joint_changes(contract))[-1]["steps"] == ["checked", "contract_moved"]


@pytest.mark.row("S1-C02")
async def test_an_extension_sets_aside_the_longer_term(town):
    line, next_year = await town.line(), None
    contract, _ = await running(
        town,
        lines=[(line, 500_00)],
        end_date="2016-01-31",
        max_end_date="2016-09-30",
        value={"amount_pence": 600_00, "status": "actual"},
        value_basis="annual",
        extension_options=[{"months": 2}, {"months": 6}],
    )
    body: dict[str, Any] = {"decided_on": "2015-12-01", "commitments": []}
    path = f"/v1/contracts/{contract['id']}/extensions"
    first = made(await town.pcc.visit.post(path, json=body, key=a_key(), version=contract["version"]))
    assert first["end_date"] == "2016-03-31"
    added = (await left(town, contract))[line] - 500_00
    assert added == 600_00 - round(600_00 * 306 / 366)  # the days from February to the end of March
    next_year = str(
        await town.place.line(town.pcc.visit, town.pool, "pooled", financial_year="2016/17", pence=900_00)
    )
    body = {"decided_on": "2016-02-01", "commitments": [{"line_id": next_year, "change_pence": 400_00}]}
    much = await town.pcc.visit.post(path, json=body, key=a_key(), version=first["version"])
    assert (much.status_code, much.json()["code"]) == (422, "commitment_more_than_contract")
    body = {"decided_on": "2016-02-01", "commitments": [{"line_id": next_year, "change_pence": 300_00}]}
    second = made(await town.pcc.visit.post(path, json=body, key=a_key(), version=first["version"]))
    assert second["end_date"] == "2016-09-30"
    assert (await left(town, contract))[next_year] == 300_00


async def test_nobody_else_takes_it_into_effect(town, people):
    contract, [line] = await running(town)
    variation = await agreed(town, contract, worth(650_00))
    stranger = await people.organisation("Yet Another Council")
    await people.partnership(commissioner=stranger)
    other = await people.client(stranger)
    for client in (other, town.ccg):
        refused = await effect(town, variation, by=client)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
        assert (
            made(await client.visit.get("/v1/joint-changes", params={"contract_id": contract["id"]}))["items"]
            == []
        )
    assert (await effect(town, variation, by=town.pch)).status_code == 403
    foreign = await effect(town, variation, (str(uuid.uuid4()), 50_00))
    assert (foreign.status_code, foreign.json()["code"]) == (422, "line_unknown")
    assert await left(town, contract) == {line: 600_00}
