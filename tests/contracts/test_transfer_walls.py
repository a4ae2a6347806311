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
