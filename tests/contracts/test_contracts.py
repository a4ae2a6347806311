"""Contracts over HTTP against the real database: registered, amended, awarded, activated, given notice."""

import uuid

import pytest

from tests.contracts.register import Place, a_key


@pytest.fixture(scope="module")
def place():
    return Place()


@pytest.fixture(scope="module")
async def ccg(client_for, place):
    return await client_for("contracts", place.caller("ccg"))


async def registered(client, body):
    id_ = uuid.uuid4()
    answer = await client.put(f"/v1/contracts/{id_}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_contract_is_registered_and_read_back(ccg, place):
    made = await registered(ccg, place.contract())
    read = await ccg.get(f"/v1/contracts/{made['id']}")
    assert read.json() == made
    again = await ccg.get(f"/v1/contracts/{made['id']}", headers={"If-None-Match": read.headers["ETag"]})
    assert again.status_code == 304
