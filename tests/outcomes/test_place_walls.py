"""Areas and needs are their partnership's, by the door, the list and the database alone."""

import uuid

from tests.outcomes.plymouth import put
from tests.outcomes.raw import acting
from tests.outcomes.test_places import council, devon_areas, read

__all__ = ["council"]


async def test_places_and_needs_are_the_partnerships_by_both_walls(clients, plymouth, council, stack):
    hierarchy = await put(council, "area-hierarchies", devon_areas(plymouth))
    need = await put(
        council,
        "needs",
        {
            "partnership_id": str(plymouth.partnership),
            "reference": uuid.uuid4().hex[:8],
            "title": "Isolation",
            "description": "Older people live alone.",
            "source": "JSNA",
        },
    )
    for kind, found in (("area-hierarchies", hierarchy), ("needs", need)):
        for name, status in (
            ("ccg", 200),
            ("board", 200),
            ("auditor", 200),
            ("community", 404),
            ("stranger", 404),
        ):
            assert (await clients[name].get(f"/v1/{kind}/{found['id']}")).status_code == status
            async with acting(stack, plymouth.callers[name]) as connection:
                table = kind.replace("-", "_")
                seen = await connection.fetchval(
                    f"select count(*) from {table} where id = $1", uuid.UUID(found["id"])
                )
            assert seen == (status == 200), (kind, name)
        mine = await read(clients["stranger"], kind, partnership_id=str(plymouth.partnership))
        assert mine["items"] == []
        refused = await put(
            clients["community"], kind, {**devon_areas(plymouth)} if "area" in kind else _need(need), 422
        )
        assert refused["code"] == "partnership_not_commissioned"
    listed = (await read(council, "area-hierarchies", partnership_id=str(plymouth.partnership)))["items"]
    assert {each["area_count"] for each in listed} == {6}
    again = await council.get(f"/v1/area-hierarchies/{hierarchy['id']}")
    assert again.json() == hierarchy


def _need(need) -> dict:
    kept = ("partnership_id", "title", "description", "source")
    return {**{name: need[name] for name in kept}, "reference": uuid.uuid4().hex[:8]}
