"""Lineage that never leads back, and who sees and moves a transfer by each wall."""

import uuid

import pytest

from tests.contracts.register import Place, a_key
from tests.contracts.test_transfers import asked, put, read, running
from tests.contracts.world import as_app


async def test_lineage_never_leads_back(ccg, place, stack):
    first, second, third = [await running(ccg, place) for _ in range(3)]

    async def points(which: dict, at: dict, status: int, relation="replaces") -> dict:
        now = await read(ccg, which["id"])
        links = [*now["related"], {"relation": relation, "contract_id": at["id"]}]
        answer = await ccg.patch(
            f"/v1/contracts/{which['id']}", json={"related": links}, version=now["version"]
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    await points(second, first, 200)
    await points(third, second, 200, "unsuccessful_process")
    cycle = await points(first, third, 422)
    assert (cycle["code"], cycle["errors"][0]["pointer"]) == ("lineage_cycle", "/related")
    await points(first, third, 200, "timed_with")
    connection = await stack.superuser()
    try:
        with pytest.raises(Exception, match="would come from itself"):
            await connection.execute(
                "update contracts.contract_plans set related = jsonb_build_array(jsonb_build_object("
                "'relation', 'replaces', 'contract_id', $2::text)) where contract_id = $1",
                uuid.UUID(first["id"]), third["id"],
            )  # fmt: skip
    finally:
        await connection.close()


SEES = {"ccg": True, "council": True, "kernow": False, "pch": True, "phnt": True, "scrutiny": False,
        "auditor": False, "stranger": False}  # fmt: skip


async def test_who_sees_a_transfer_by_each_wall(client_for, stack):
    place = Place()
    clients = {role: await client_for("contracts", place.caller(role)) for role in SEES}
    contract = await running(clients["ccg"], place)
    made = await put(clients["ccg"], "novations", asked(place, contract))
    for role, sees in SEES.items():
        answer = await clients[role].get(f"/v1/novations/{made['id']}")
        assert answer.status_code == (200 if sees else 404), role
        listed = await clients[role].get("/v1/novations", params={"contract_id": contract["id"]})
        assert len(listed.json()["items"]) == sees, role
        async with as_app(stack, place.caller(role)) as connection:
            rows = await connection.fetch("select 1 from transfers where id = $1", uuid.UUID(made["id"]))
            assert bool(rows) == sees, role
    for role in ("kernow", "scrutiny", "stranger"):
        for id_ in (made["id"], str(uuid.uuid4())):
            url = f"/v1/novations/{id_}/consent"
            answer = await clients[role].post(url, json={"on": "2014-05-01"}, key=a_key(), version=1)
            assert answer.status_code == 404, role
    for role in ("pch", "phnt", "council", "stranger"):
        url = f"/v1/novations/{made['id']}/completion"
        assert (await clients[role].post(url, key=a_key(), version=1)).status_code == 404, role
    assert (await clients["ccg"].get(f"/v1/statutory-transfers/{made['id']}")).status_code == 404


async def test_the_proof_of_a_regrouping_is_for_parties_of_every_contract_in_it(client_for, stack):
    """What one contract is worth follows from the proof and the worth of the others: a party of some reads none of it."""
    place = Place()
    clients = {role: await client_for("contracts", place.caller(role)) for role in SEES}

    def joined(*associates: str) -> list[dict]:
        lead = place.contract()["parties"]
        return [*lead, *({"role": "associate_commissioner", "organisation_id": str(getattr(place, each))}
                         for each in associates)]  # fmt: skip

    async def seen(resource: str, made: dict, contract_id: str) -> set[str]:
        who = set()
        for role, client in clients.items():
            answer = await client.get(f"/v1/{resource}/{made['id']}")
            listed = await client.get(f"/v1/{resource}", params={"contract_id": contract_id})
            async with as_app(stack, place.caller(role)) as connection:
                raw = await connection.fetch("select from regroupings where id = $1", uuid.UUID(made["id"]))
            whole = (answer.status_code == 200, len(listed.json()["items"]) == 1, bool(raw))
            assert len(set(whole)) == 1, (role, whole)
            who |= {role} if whole[0] else set()
        return who

    def consolidation(*sources: dict) -> dict:
        return {"source_contract_ids": [each["id"] for each in sources], "contract_id": str(uuid.uuid4()),
                "reference": a_key(), "title": "Integrated", "effective_on": "2014-10-01", "reason": "Together"}  # fmt: skip

    hers = await running(clients["ccg"], place, parties=joined("kernow"))
    other = await running(clients["ccg"], place, parties=joined())
    body = consolidation(hers, other)
    made = await put(clients["ccg"], "consolidations", body)
    assert (await clients["kernow"].get(f"/v1/contracts/{body['contract_id']}")).status_code == 200
    assert await seen("consolidations", made, hers["id"]) == {"ccg", "council", "pch"}
    both = [await running(clients["ccg"], place, parties=joined("kernow")) for _ in range(2)]
    made = await put(clients["ccg"], "consolidations", consolidation(*both))
    assert await seen("consolidations", made, both[1]["id"]) == {"ccg", "council", "pch", "kernow"}
