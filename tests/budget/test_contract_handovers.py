"""Budget that goes over with contracts that go on as others: to the penny, on the same lines, and nothing that was paid."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.budget.rules.commitment import Commitment, Level
from services.budget.rules.contract_handover import (
    HANDOVER_NOT_WHOLE,
    ContractHandover,
    Handover,
    Heir,
    check_whole,
    concerned,
    hand_over,
)
from services.budget.rules.line import Arrangement
from shared.errors import Refusal
from tests.budget.place import Place, code_of, made
from tests.budget.test_contract_reservations import RESERVATIONS, left, wanted
from tests.budget.years import real_year

HANDOVERS = "/v1/contract-handovers"


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


def handing(place, *pairs, **more):
    handovers = [
        {
            "contract_id": str(of),
            "heirs": [{"contract_id": str(each), "title": "It", "share_percent": share} for each, share in heirs],
        }
        for of, heirs in pairs
    ]  # fmt: skip
    return {
        "partnership_id": str(place.partnership), "day": "2015-10-01", "reason": "They go on as one",
        "handovers": handovers, **more,
    }  # fmt: skip


async def of_contract(place, contract):
    asked = {"partnership_id": str(place.partnership), "contract_id": str(contract)}
    found = made(await place.pcc.get("/v1/commitments", params=asked))["items"]
    return sorted(
        (each["line_id"], each["reserved_pence"] - each["drawn_pence"] - each["released_pence"])
        for each in found
    )


async def test_what_is_set_aside_goes_over_on_its_line_and_stays_what_it_was(place):
    pool, lines, _ = await real_year(place)
    old, new = uuid.uuid4(), uuid.uuid4()
    asked = wanted(place, pool, old, (lines["pcc"], 300_01))
    made(await place.pcc.put(f"{RESERVATIONS}/{uuid.uuid4()}", json=asked))
    id_, body = uuid.uuid4(), handing(place, (old, [(new, "100")]))
    done = made(await place.pcc.put(f"{HANDOVERS}/{id_}", json=body))
    assert [each["amount_pence"] for each in done["moved"]] == [300_01]
    again = await place.pcc.put(f"{HANDOVERS}/{id_}", json=body)
    assert (made(again), again.headers["idempotency-replayed"]) == (done, "true")
    line = str(lines["pcc"])
    assert (await of_contract(place, old), await of_contract(place, new)) == ([(line, 0)], [(line, 300_01)])
    assert await left(place, lines["pcc"]) == 300_01
    back = made(
        await place.pcc.put(f"{HANDOVERS}/{uuid.uuid4()}", json=handing(place, (new, [(old, "100")])))
    )
    assert [each["to_contract_id"] for each in back["moved"]] == [str(old)]
    assert sum(pence for _, pence in await of_contract(place, old)) == 300_01
    late = handing(place, (old, [(new, "100")]), day="2016-04-01")
    kept = made(await place.pcc.put(f"{HANDOVERS}/{uuid.uuid4()}", json=late))
    assert (kept["moved"], [each["amount_pence"] for each in kept["left"]]) == ([], [300_01])
    itself = await place.pcc.put(f"{HANDOVERS}/{uuid.uuid4()}", json=handing(place, (old, [(old, "100")])))
    assert code_of(itself) == "commitment_handover_to_itself"


async def test_what_is_named_goes_over_whole_or_not_at_all(place):
    pool, lines, _ = await real_year(place)
    old, new = uuid.uuid4(), uuid.uuid4()
    asked = wanted(place, pool, old, (lines["pcc"], 300_01))
    [held] = made(await place.pcc.put(f"{RESERVATIONS}/{uuid.uuid4()}", json=asked))["commitments"]
    id_ = held["commitment_id"]
    for named, day in (([id_], "2016-04-01"), ([id_, str(uuid.uuid4())], "2015-10-01")):
        body = handing(place, (old, [(new, "100")]), day=day)
        body["handovers"][0]["commitment_ids"] = named
        refused = await place.pcc.put(f"{HANDOVERS}/{uuid.uuid4()}", json=body)
        assert (refused.status_code, code_of(refused)) == (409, "commitment_handover_stays")
        assert refused.json()["commitment_ids"] == [named[-1]]
    assert await of_contract(place, new) == []
    assert await of_contract(place, old) == [(str(lines["pcc"]), 300_01)]


def a_commitment(rest: int, continues: uuid.UUID | None = None) -> Commitment:
    return Commitment(
        uuid.uuid4(), uuid.UUID(int=7), uuid.UUID(int=9), Arrangement.POOLED, "2015/16", uuid.uuid4(),
        uuid.UUID(int=9), Level.SERVICE, uuid.UUID(int=5), None, "it", rest, 0, 0, continues,
    )  # fmt: skip


def test_what_a_succession_made_of_what_is_named_is_named_with_it():
    first = a_commitment(0)
    second = a_commitment(0, first.id)
    third, other = a_commitment(5, second.id), a_commitment(7)
    held = [third, other, second, first]
    assert concerned(Handover(uuid.UUID(int=5), (), (first.id,)), held) == [third]
    assert concerned(Handover(uuid.UUID(int=5), ()), held) == [third, other]


async def test_what_others_set_aside_does_not_go_over(place, client_for):
    pool, lines, _ = await real_year(place)
    old = uuid.uuid4()
    made(
        await place.pcc.put(
            f"{RESERVATIONS}/{uuid.uuid4()}", json=wanted(place, pool, old, (lines["pcc"], 1_00))
        )
    )
    elsewhere = await Place().enter(client_for)
    body = handing(elsewhere, (old, [(uuid.uuid4(), "100")]))
    assert made(await elsewhere.pcc.put(f"{HANDOVERS}/{uuid.uuid4()}", json=body))["moved"] == []
    foreign = await elsewhere.pcc.put(
        f"{HANDOVERS}/{uuid.uuid4()}", json={**body, "partnership_id": str(place.partnership)}
    )
    assert foreign.status_code in {403, 404, 422}
    assert await left(place, lines["pcc"]) == 1_00


@given(
    st.integers(1, 10**9),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
    st.data(),
)
@settings(max_examples=300, deadline=None)
def test_no_penny_is_made_or_lost_between_contracts(reserved, weights, data):
    drawn = data.draw(st.integers(0, reserved - 1))
    released = data.draw(st.integers(0, reserved - drawn - 1))
    held = Commitment(
        uuid.uuid4(), uuid.UUID(int=7), uuid.UUID(int=9), Arrangement.POOLED, "2015/16", uuid.uuid4(),
        uuid.UUID(int=9), Level.SERVICE, uuid.UUID(int=5), None, "it", reserved, drawn, released,
    )  # fmt: skip
    heirs = tuple(Heir(uuid.uuid4(), "it", Decimal(each)) for each in weights)
    handover = Handover(uuid.UUID(int=5), heirs)
    asked = ContractHandover(uuid.uuid4(), uuid.UUID(int=7), date(2015, 10, 1), "why", (handover,))
    (emptied, move), made_ = hand_over(asked, handover, held, uuid.UUID(int=9), asked.day)
    assert (emptied.rest_pence, emptied.drawn_pence, move.amount_pence) == (0, drawn, -held.rest_pence)
    assert sum(one.rest_pence for one, _ in made_) == held.rest_pence
    assert all(one.line_id == held.line_id and one.continues_commitment_id == held.id for one, _ in made_)
    assert sum(move.amount_pence for _, move in made_) == held.rest_pence


def test_what_would_lose_a_penny_is_refused():
    with pytest.raises(Refusal) as refused:
        check_whole(100, [50, 49])
    assert refused.value.reason is HANDOVER_NOT_WHOLE
