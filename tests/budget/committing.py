"""What tests of commitments send, through the doors."""

import uuid

from tests.budget.place import key

YEAR = {"financial_year": "2015/16"}


def pointer_of(answer):
    return answer.json()["errors"][0]["pointer"]


def body(place, line, pence, **changes) -> dict:
    return {
        "partnership_id": str(place.partnership),
        "line_id": str(line),
        "level": "service",
        "contract_id": str(uuid.uuid4()),
        "description": "Domiciliary care, lot 2",
        "amount_pence": pence,
        "effective_date": "2015-04-01",
        **changes,
    }


async def reserve(client, place, line, pence, **changes):
    return await client.put(f"/v1/commitments/{uuid.uuid4()}", json=body(place, line, pence, **changes))


async def limit(client, place, line, basis="adjusted_budget", **changes):
    asked = {
        "partnership_id": str(place.partnership),
        "line_id": str(line),
        "basis": basis,
        "reason": "Future operating costs will not exceed estimates",
        **changes,
    }
    return await client.put(f"/v1/commitment-limits/{uuid.uuid4()}", json=asked)


async def move(client, commitment, act, version=None, **sent):
    return await client.post(
        f"/v1/commitments/{commitment['id']}/{act}",
        json=sent,
        key=key(),
        version=commitment["version"] if version is None else version,
    )


async def pay(place, pool, line, fund, pence, **changes):
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=line)
    return await place.post(place.pcc, cost, fund, pence, effective_date="2015-06-15", **changes)


def figures(commitment) -> list[int]:
    return [commitment[f"{each}_pence"] for each in ("reserved", "drawn", "released", "rest")]
