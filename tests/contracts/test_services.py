"""The service catalogue: five clusters or none, clusters under other names, and a service that is entered twice."""

import uuid

import pytest

from tests.contracts.register import Place
from tests.contracts.world import as_app

CLUSTERS = {
    1: ("Education Catering & Facilities", 9), 2: ("Community & Extended Learning", 11), 3: ("Targeted Services (SEN)", 12),
    4: ("Enrichment and Aspiration", 10), 5: ("Knowledge and Intelligence", 6),
}  # fmt: skip
LIST, TABLE = "Service list, 2014", "Table below the list, 2014"


async def enter(client, place: Place, name: str, source: str = LIST, status: int = 201, **more) -> dict:
    body = {"partnership_id": str(place.partnership), "name": name, "source": source, **more}
    answer = await client.put(f"/v1/services/{uuid.uuid4()}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.row("S2-C06")
async def test_name_drift_and_a_service_entered_twice_are_found(client_for, stack):
    place = Place()
    clients = {
        role: await client_for("contracts", place.caller(role))
        for role in ("council", "ccg", "kernow", "pch", "stranger")
    }
    council = clients["council"]
    for number, (cluster, count) in CLUSTERS.items():
        for at in range(count):
            await enter(council, place, f"Service {number}.{at}", cluster_number=number, cluster_name=cluster)
    first = await enter(
        council, place, "Youths Services Management", cluster_number=4, cluster_name=CLUSTERS[4][0]
    )
    second = await enter(council, place, "Youths  services management", cluster_name="Additional services")
    await enter(council, place, "Music service")
    await enter(
        council,
        place,
        "Other",
        source=TABLE,
        cluster_number=3,
        cluster_name="Targeted Support and Early Help",
    )
    await enter(
        council, place, "Else", source=TABLE, cluster_number=4, cluster_name="Teaching and Aspiration"
    )
    asked = {"partnership_id": str(place.partnership)}
    found = (await clients["ccg"].get("/v1/service-findings", params=asked)).json()["items"]
    assert [(each["kind"], each["about"], each["said"]) for each in found] == [
        ("cluster_moved", "Youths Services Management", ["Enrichment and Aspiration", "Additional services"]),
        ("cluster_renamed", "Cluster 3", ["Targeted Services (SEN)", "Targeted Support and Early Help"]),
        ("cluster_renamed", "Cluster 4", ["Enrichment and Aspiration", "Teaching and Aspiration"]),
        ("entered_twice", "Youths Services Management", ["Enrichment and Aspiration", "Additional services"]),
    ]  # fmt: skip
    assert found[-1]["service_ids"] == [first["id"], second["id"]]
    listed = (await council.get("/v1/services", params={**asked, "limit": "200"})).json()["items"]
    assert len(listed) == 48 + 5
    unnamed = await enter(council, place, "X", status=422, cluster_number=2)
    assert unnamed["code"] == "service_cluster_unnamed"
    foreign = await enter(clients["stranger"], place, "X", status=422)
    assert foreign["code"] == "contract_partnership_not_commissioned"
    for role in ("kernow", "pch", "stranger"):
        assert (await clients[role].get(f"/v1/services/{first['id']}")).status_code == 404
        for resource in ("services", "service-findings"):
            assert (await clients[role].get(f"/v1/{resource}", params=asked)).json()["items"] == []
        async with as_app(stack, place.caller(role)) as connection:
            assert (
                await connection.fetchval(
                    "select count(*) from services where partnership_id = $1", place.partnership
                )
                == 0
            )
