"""An indicator to amend, and how a record is amended and read over HTTP."""

import uuid

from tests.outcomes.plymouth import put


async def defined(parties, bury, **more) -> dict:
    body = bury.indicator(f"stay-{uuid.uuid4().hex[:6]}", warn_above_change_percent="25", **more)
    return await put(parties["council"], "indicators", body)


async def amend(client, path, body, version, status=200):
    answer = await client.patch(f"/v1/{path}", json=body, version=version)
    assert answer.status_code == status, answer.text
    return answer.json()


async def read(client, path, status=200, **query):
    answer = await client.get(f"/v1/{path}", params=query)
    assert answer.status_code == status, answer.text
    return answer.json()
