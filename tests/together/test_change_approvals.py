"""Each change of a contract's terms has approvals of its own: those of the contract, or of another change, are none of it."""

from __future__ import annotations

import uuid

import pytest

from tests.budget.place import made
from tests.together.test_activation import decision
from tests.together.test_part_terminations import ended_in_part
from tests.together.test_term_changes import agreed, effect, left, worth
from tests.together.town import Town, a_key

BODY = "Governing Body"


@pytest.fixture(scope="module")
async def town(people):
    """From the first pound on, bodies of both partners decide on contracts, and on each change of one."""
    town = await Town().settle(people)
    for client in (town.pcc, town.ccg):
        for subject in ("contract", "contract_variation"):
            body = {
                "partnership_id": str(town.place.partnership), "subject": subject, "decider": BODY,
                "decider_type": "governing_body", "amount_limit_pence": None, "counted_over": "each",
                "in_force_from": "2015-04-01",
            }  # fmt: skip
            made(await client.visit.put(f"/v1/delegations/{uuid.uuid4()}", json=body))
    return town


async def approved_and_running(town, **changes):
    """A contract of both partners' money, which both approved before it came into force."""
    line, other = await town.line(), await town.line(pool=town.second_pool)
    shares = town.funding((town.pool, town.place.council, "50"), (town.second_pool, town.place.nhs, "50"))
    contract = await town.contract(funding=shares, **changes)
    await both_decide(town, contract, "contract")
    return made(await town.activate(contract, (line, 300_00), (other, 300_00))), line, other


async def both_decide(town, subject, kind):
    for client in (town.pcc, town.ccg):
        await decision(client, town, subject, BODY, subject=kind)


def said_missing(refused):
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["declined_by"]) == (
        409,
        "contract_approvals_missing",
        "budget",
    )
    bodies = {each["organisation_id"] for each in problem["approvals_missing"]}
    return bodies, {"id": problem["subject_id"], "title": "The change"}, problem["subject"]


@pytest.mark.row("S3-G03", "S1-C02")
async def test_an_extension_asks_every_partner_anew_whatever_it_said_of_the_contract(town):
    contract, line, other = await approved_and_running(
        town, end_date="2015-12-31", max_end_date="2016-03-31", value_basis="annual"
    )
    path = f"/v1/contracts/{contract['id']}/extensions"

    async def extended(ends_on):
        body = {"decided_on": "2015-12-01", "ends_on": ends_on}
        return await town.pcc.visit.post(path, json=body, key=a_key(), version=contract["version"])

    both = {str(town.place.council), str(town.place.nhs)}
    bodies, subject, kind = said_missing(await extended("2016-01-31"))
    assert (bodies, kind) == (both, "variation")
    assert subject["id"] != contract["id"]
    await decision(town.pcc, town, subject, BODY, subject=kind)
    assert said_missing(await extended("2016-01-31"))[0] == {str(town.place.nhs)}
    # Once more on the contract, and on the change under the name of the contract: neither is an approval of it.
    await decision(town.ccg, town, contract, BODY, subject="contract")
    await decision(town.ccg, town, contract, BODY, subject="variation")
    await decision(town.ccg, town, subject, BODY, subject="contract")
    assert said_missing(await extended("2016-01-31"))[0] == {str(town.place.nhs)}
    assert await left(town, contract) == {line: 300_00, other: 300_00}
    await decision(town.ccg, town, subject, BODY, subject=kind)
    bodies, longer, _ = said_missing(await extended("2016-03-31"))  # another end, at another cost
    assert (bodies, longer["id"] != subject["id"]) == (both, True)
    assert made(await extended("2016-01-31"))["end_date"] == "2016-01-31"
    assert sum((await left(town, contract)).values()) > 600_00


async def test_an_extension_that_costs_more_meanwhile_is_decided_on_anew(town):
    contract, *_ = await approved_and_running(
        town, end_date="2015-12-31", max_end_date="2016-03-31", value_basis="annual"
    )
    path, body = f"/v1/contracts/{contract['id']}/extensions", {"decided_on": "2015-12-01"}
    refused = await town.pcc.visit.post(path, json=body, key=a_key(), version=contract["version"])
    _, subject, kind = said_missing(refused)
    await both_decide(town, subject, kind)
    dearer = await agreed(town, contract, worth(700_00), on="2015-11-01")
    _, varied, kind = said_missing(await effect(town, dearer))
    assert varied["id"] == dearer["id"]
    await both_decide(town, varied, kind)
    made(await effect(town, dearer))
    read = await town.read(contract)
    refused = await town.pcc.visit.post(path, json=body, key=a_key(), version=read["version"])
    _, anew, _ = said_missing(refused)
    assert anew["id"] not in {subject["id"], varied["id"], contract["id"]}


async def test_a_variation_and_a_part_termination_have_approvals_of_their_own(town):
    contract, *_ = await approved_and_running(town)
    first = await agreed(town, contract, worth(650_00))
    _, subject, kind = said_missing(await effect(town, first))
    assert (subject["id"], kind) == (first["id"], "variation")
    await both_decide(town, subject, kind)
    made(await effect(town, first))
    read = await town.read(contract)
    second = await agreed(town, read, worth(700_00), on="2015-11-01")
    assert said_missing(await effect(town, second))[1]["id"] == second["id"]
    _, part, kind = said_missing(await ended_in_part(town, read))
    assert part["id"] not in {first["id"], second["id"], contract["id"]}
    await both_decide(town, part, kind)
    assert said_missing(await ended_in_part(town, read, 400_00))[1]["id"] != part["id"]
    assert made(await ended_in_part(town, read))["state"] == "part_terminated"
