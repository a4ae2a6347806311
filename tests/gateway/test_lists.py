"""The directory's lists by window: what was entered, or changed since, between two instants."""

import uuid
from datetime import UTC, datetime

import pytest

from tests.gateway.forge import KEYS, public_jwk

CHANGES = {
    "organisations": {"name": "Renamed"},
    "partnerships": {"area": "Plymouth"},
    "members": {"to_date": "2019-03-31"},
    "clients": {"name": "Renamed"},
    "issuers": {"enabled": False},
}


def now() -> str:
    return datetime.now(UTC).isoformat()


async def put(operator, path: str, body: dict) -> str:
    id_ = str(uuid.uuid4())
    answer = await operator.visit.put(f"{path}/{id_}", json=body)
    assert answer.status_code == 201, answer.text
    return id_


async def entered(operator) -> dict[str, str]:
    """One of each kind, by the kind's name, under the path of its list."""
    body = await operator.organisation()
    partnership = await operator.partnership()
    member = await operator.member(partnership, body, "commissioner")
    client = {"organisation_id": body, "name": "Ledger", "scopes": ["budget:read"]}
    algorithm, key = KEYS["rs"]
    issuer = {
        "owner_organisation_id": body,
        "issuer": f"https://login.{body}.example/",
        "audience": "api://test",
        "algorithm": algorithm,
        "keys": [public_jwk(key, "rs")],
        "client_claim": "azp",
        "clients": {},
    }
    return {
        "organisations": f"/v1/organisations/{body}",
        "partnerships": f"/v1/partnerships/{partnership}",
        "members": f"/v1/partnerships/{partnership}/members/{member['id']}",
        "clients": f"/v1/clients/{await put(operator, '/v1/clients', client)}",
        "issuers": f"/v1/issuers/{await put(operator, '/v1/issuers', issuer)}",
    }


@pytest.fixture(scope="module")
async def told(operator):
    """Two of each kind, entered between `start` and `middle`; the second was changed before `end`."""
    start = now()
    first, second = await entered(operator), await entered(operator)
    middle = now()
    for kind, change in CHANGES.items():
        answer = await operator.visit.patch(second[kind], version=1, json=change)
        assert answer.status_code == 200, answer.text
    return first, second, (start, middle, now())


@pytest.mark.parametrize("kind", CHANGES)
async def test_a_list_names_what_was_entered_or_changed_in_a_window(operator, told, kind):
    first, second, (start, middle, end) = told

    async def listed(path: str, **window: str) -> list[str]:
        answer = await operator.visit.get(path.rpartition("/")[0], params=window)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    kept, changed = (each[kind].rpartition("/")[2] for each in (first, second))
    assert await listed(first[kind], updated_from=start, updated_to=middle) == [kept]
    assert await listed(second[kind], updated_from=middle, updated_to=end) == [changed]
    assert await listed(second[kind], updated_from=end) == []
    both = await listed(first[kind], updated_from=start) + await listed(second[kind], updated_from=start)
    assert set(both) == {kept, changed}


async def test_members_come_page_by_page(operator):
    partnership = await operator.partnership()
    made = [
        (await operator.member(partnership, await operator.organisation(), "provider"))["id"] for _ in "ab"
    ]
    page = (await operator.visit.get(f"/v1/partnerships/{partnership}/members?limit=1")).json()
    rest = (await operator.visit.get(page["next"])).json()
    assert [each["id"] for each in (*page["items"], *rest["items"])] == made
    assert rest["next"] is None
