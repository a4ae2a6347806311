"""Budget set aside for a contract that comes into force, and given back when it ends: all of it or none."""

import uuid

import pytest

from tests.budget.committing import pointer_of
from tests.budget.place import Place, code_of, key, made
from tests.budget.years import real_year

RESERVATIONS = "/v1/contract-reservations"


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


def wanted(place, pool, contract, *parts, **changes):
    """What the gateway asks for a contract that is funded from one pool by the council."""
    funding = [{"pool_id": str(pool), "organisation_id": str(place.council), "share_percent": "100"}]
    return {
        "partnership_id": str(place.partnership), "contract_id": str(contract), "title": "Domiciliary care, lot 2",
        "day": "2015-05-01", "worth_pence": sum(pence for _, pence in parts), "funding": funding,
        "commitments": [{"line_id": str(line), "amount_pence": pence} for line, pence in parts], **changes,
    }  # fmt: skip


async def left(place, line) -> int:
    """What is set aside on a line, neither drawn nor given back."""
    asked = {"partnership_id": str(place.partnership), "line_id": str(line)}
    found = made(await place.pcc.get("/v1/commitments", params=asked))["items"]
    return sum(each["reserved_pence"] - each["drawn_pence"] - each["released_pence"] for each in found)


async def test_all_of_it_or_none_is_set_aside_and_what_is_left_is_given_back(place):
    pool, lines, _ = await real_year(place)
    second = await place.line(place.pcc, pool, "pooled", pence=200_00, financial_year="2015/16")
    contract, id_ = uuid.uuid4(), uuid.uuid4()
    asked = wanted(place, pool, contract, (lines["pcc"], 300_00), (second, 150_00))
    reserved = made(await place.pcc.put(f"{RESERVATIONS}/{id_}", json=asked))
    assert sorted(each["amount_pence"] for each in reserved["commitments"]) == [150_00, 300_00]
    again = await place.pcc.put(f"{RESERVATIONS}/{id_}", json=asked)
    assert (made(again), again.headers["idempotency-replayed"]) == (reserved, "true")
    assert await left(place, lines["pcc"]) == 300_00

    unknown = wanted(place, pool, uuid.uuid4(), (second, 10_00), (uuid.uuid4(), 10_00))
    refused = await place.pcc.put(f"{RESERVATIONS}/{uuid.uuid4()}", json=unknown)
    assert pointer_of(refused) == "/commitments/1/line_id"
    assert await left(place, second) == 150_00

    ended = {"contract_id": str(contract), "day": "2015-09-30", "reason": "The contract has ended"}
    released = made(await place.pcc.post("/v1/contract-releases", json=ended, key=key()))
    assert sorted(each["amount_pence"] for each in released["commitments"]) == [150_00, 300_00]
    assert await left(place, lines["pcc"]) == 0
    assert await left(place, second) == 0


async def test_an_organisation_s_own_client_sets_nothing_aside_by_this_door(place):
    pool, lines, _ = await real_year(place)
    asked = wanted(place, pool, uuid.uuid4(), (lines["pcc"], 1_00))
    plain = {"X-Caller-Assertion": place.pcc.headers["X-Caller-Assertion"]}
    answer = await super(type(place.pcc), place.pcc).request(
        "PUT", f"{RESERVATIONS}/{uuid.uuid4()}", json=asked, headers=plain
    )
    assert (answer.status_code, code_of(answer)) == (403, "scope_missing")


@pytest.mark.row("S1-C06")
async def test_nobody_s_money_is_named_that_has_not_agreed(place):
    """A party agreed by its signature, in whatever share; who is no party of the fund pays for nothing from it."""
    pool, lines, _ = await real_year(place)

    def funding(*shares) -> list[dict]:
        named = [{"organisation_id": str(body), "share_percent": percent} for body, percent in shares]
        return [{"pool_id": str(pool), **each} for each in named]

    stranger = uuid.uuid4()
    for shares in (((stranger, "100"),), ((place.council, "50"), (place.nhs, "25"), (stranger, "25"))):
        asked = wanted(place, pool, uuid.uuid4(), (lines["pcc"], 100_00), funding=funding(*shares))
        refused = await place.pcc.put(f"{RESERVATIONS}/{uuid.uuid4()}", json=asked)
        assert (refused.status_code, code_of(refused)) == (409, "commitment_money_of_another")
        assert refused.json()["organisation_id"] == str(stranger)
    assert await left(place, lines["pcc"]) == 0
    both = funding((place.council, "50"), (place.nhs, "50"))
    asked = wanted(place, pool, uuid.uuid4(), (lines["pcc"], 100_00), funding=both)
    made(await place.pcc.put(f"{RESERVATIONS}/{uuid.uuid4()}", json=asked))
    assert await left(place, lines["pcc"]) == 100_00
