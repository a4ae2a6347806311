"""Limits of delegation on settlements, commitments and contracts: beyond an officer's, a body has decided first."""

import uuid

import pytest

from tests.budget.committing import move, reserve
from tests.budget.moving import set_limit
from tests.budget.place import Place, code_of, made
from tests.budget.settling import Overspent
from tests.budget.test_contract_reservations import RESERVATIONS, wanted
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def test_a_settlement_beyond_an_officer_s_limit_is_approved_after_its_body(client_for):
    place = await Overspent().prepare(client_for)
    made(await place.record())
    for decider, pence, type_ in (
        ("Service head", 1_00, "officer"),
        ("Governing Body", None, "governing_body"),
    ):
        await set_limit(place.ccg, place, decider, pence, type_, subject="settlement", counted_over="each")
    proposed = made(await place.propose())
    refused = await place.act(place.ccg, proposed, "approval")
    assert (refused.status_code, code_of(refused)) == (409, "delegation_decision_missing")
    assert refused.json()["may_decide"] == ["Governing Body"]
    about = {"subject": "settlement", "subject_id": proposed["id"], "subject_title": "Year", "edition": None}
    made(await place.decide(place.ccg, "Governing Body", "2016-05-01", body_type="governing_body", **about))
    made(await place.act(place.ccg, proposed, "approval"))


async def test_a_commitment_beyond_an_officer_s_limit_needs_its_body(place):
    """Over the year the second of two counts the first, and so does a variation."""
    _, lines, _ = await real_year(place)
    for decider, pence, type_ in (("Service head", 50_00, "officer"), ("Cabinet", None, "cabinet")):
        await set_limit(place.pcc, place, decider, pence, type_, subject="commitment")
    first = made(await reserve(place.pcc, place, lines["pcc"], 30_00))
    assert code_of(await reserve(place.pcc, place, lines["pcc"], 20_01)) == "delegation_decision_missing"
    more = {"amount_pence": 50_01, "effective_date": "2015-05-01", "reason": "More"}
    assert code_of(await move(place.pcc, first, "variation", **more)) == "delegation_decision_missing"
    made(await move(place.pcc, first, "variation", **{**more, "amount_pence": 50_00}))
    made(await reserve(place.ccg, place, lines["pcc"], 90_00))
    contract = str(uuid.uuid4())
    about = {"subject": "contract", "subject_id": contract, "subject_title": "Lot 2", "edition": None}
    made(await place.decide(place.pcc, "Cabinet", "2015-03-01", **about))
    made(await reserve(place.pcc, place, lines["pcc"], 90_00, contract_id=contract))


async def test_a_contract_in_two_evades_no_limit_over_the_year(place):
    pool, lines, _ = await real_year(place)
    for decider, pence, type_ in (("Service head", 100_00, "officer"), ("Cabinet", None, "cabinet")):
        await set_limit(place.pcc, place, decider, pence, type_, subject="contract")
    first = wanted(place, pool, uuid.uuid4(), (lines["pcc"], 60_00))
    made(await place.pcc.put(f"{RESERVATIONS}/{uuid.uuid4()}", json=first))
    second = wanted(place, pool, uuid.uuid4(), (lines["pcc"], 40_01))
    refused = await place.pcc.put(f"{RESERVATIONS}/{uuid.uuid4()}", json=second)
    assert code_of(refused) == "contract_approvals_missing", refused.text
    fits = wanted(place, pool, uuid.uuid4(), (lines["pcc"], 40_00))
    made(await place.pcc.put(f"{RESERVATIONS}/{uuid.uuid4()}", json=fits))
