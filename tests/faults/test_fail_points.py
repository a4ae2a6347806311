"""A service that dies at each point of a posting: what was begun is whole or gone, and a retry settles it."""

import signal
import uuid

import aiohttp
import pytest

from tests.faults.client import client_of
from tests.faults.fail_points import AFTER_COMMIT, POINT, POINTS, STATEMENTS

DYING = "tests.faults.fail_points:app"


async def dies_sending(server, point, caller, method, path, **sent):
    """Send to a build that dies at this point. Nobody answers, and the process has killed itself."""
    server.start(DYING, **{POINT: point})
    async with client_of(server, caller) as client:
        with pytest.raises(aiohttp.ClientError):
            await client.send(method, path, **sent)
    assert server.wait_for_its_end() == -signal.SIGKILL


def count(stack, table, id_, column="id"):
    return int(stack.cluster.psql(f"select count(*) from budget.{table} where {column} = '{id_}'"))


@pytest.mark.parametrize("point", POINTS)
async def test_a_posting_that_dies_is_whole_or_gone(mortal_stack, server, standing, books, point):
    id_ = uuid.uuid4()
    path, body = f"/v1/journals/{id_}", books.journal(1250)
    await dies_sending(server, point, books.as_council, "PUT", path, json=body)
    recorded = int(point == AFTER_COMMIT)
    assert count(mortal_stack, "journals", id_) == recorded
    for table, column in (("entries", "journal_id"), ("audit_events", "thing_id"), ("events", "thing_id")):
        assert bool(count(mortal_stack, table, id_, column)) == bool(recorded)
    async with client_of(standing, books.as_council) as client:
        again = await client.send("PUT", path, json=body)
        assert again.status == 201, again.content
        assert again.replayed == bool(recorded)
        assert (await client.send("PUT", path, json=body)).content == again.content
    assert count(mortal_stack, "journals", id_) == 1
    assert count(mortal_stack, "entries", id_, "journal_id") == 2


@pytest.mark.parametrize("point", [STATEMENTS[-1], AFTER_COMMIT])
async def test_a_reversal_that_dies_happens_once(mortal_stack, server, standing, books, point):
    id_, reversal = uuid.uuid4(), uuid.uuid4()
    async with client_of(standing, books.as_council) as client:
        assert (await client.send("PUT", f"/v1/journals/{id_}", json=books.journal())).status == 201
    path, key = f"/v1/journals/{id_}/reversal", f"reversal-of-{id_}"
    body = {"id": str(reversal), "effective_date": "2015-05-01", "narrative": "Sent twice by mistake"}
    await dies_sending(server, point, books.as_council, "POST", path, json=body, key=key)
    recorded = point == AFTER_COMMIT
    assert count(mortal_stack, "journals", reversal) == int(recorded)
    async with client_of(standing, books.as_council) as client:
        again = await client.send("POST", path, json=body, key=key)
        assert (again.status, again.replayed) == (201, recorded), again.content
    assert count(mortal_stack, "journals", id_, "reverses_journal_id") == 1
