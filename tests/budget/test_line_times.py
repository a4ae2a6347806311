"""From when a line that took another's place takes money."""

import uuid

import pytest

from services.budget.store import postings
from tests.budget.place import Place, code_of, key, made


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.draft()
    return place


async def test_a_line_that_took_another_s_place_takes_nothing_dated_before_it(place, monkeypatch):
    """A position as at a day before shows the line that was there, and so would not hold what is dated then."""
    line = await place.line(place.pcc, None, "aligned", financial_year="2015/16", pence=100_00)
    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    pieces = [{"line_id": each, "name": each[:8], "budget_pence": 50_00} for each in (one, other)]
    body = {"id": str(uuid.uuid4()), "split_on": "2015-06-01", "reason": "x", "parts": pieces}
    made(await place.pcc.post(f"/v1/lines/{line}/split", json=body, key=key(), version=1))
    fund = await place.account(place.pcc, "fund", "aligned")
    cost = [await place.account(place.pcc, "expenditure", "aligned", line_id=each) for each in (one, other)]
    entries = [{"account_id": str(cost[0]), "amount_pence": 5}, {"account_id": str(fund), "amount_pence": -5}]
    early, first = {"effective_date": "2015-05-31"}, {"effective_date": "2015-06-01"}

    async def post(day):
        spent = {"kind": "expenditure", "narrative": "x", "entries": entries, **day}
        return await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=spent)

    refused = await post(early)
    assert (code_of(refused), refused.json()["counts_from"]) == ("journal_before_line", "2015-06-01")
    journal = made(await post(first))
    undo = {"id": str(uuid.uuid4()), "narrative": "x", **early}
    path = f"/v1/journals/{journal['id']}/reversal"
    assert code_of(await place.pcc.post(path, json=undo, key=key())) == "journal_before_line"
    about = {"partnership_id": str(place.partnership), "amount_pence": 1, **early}
    commitment = {**about, "line_id": one, "level": "service", "contract_id": one, "description": "x"}
    answer = await place.pcc.put(f"/v1/commitments/{uuid.uuid4()}", json=commitment)
    assert code_of(answer) == "commitment_before_line"
    virement = {
        **about,
        "from_line_id": one,
        "to_line_id": other,
        "permanence": "one_off",
        "reason": "demand",
    }
    answer = await place.pcc.put(f"/v1/virements/{uuid.uuid4()}", json=virement)
    assert code_of(answer) == "journal_before_line"
    monkeypatch.setattr(postings, "require_line_time", lambda *_: None)  # the database says so again
    assert code_of(await post(early)) == "journal_outside_line_year"
    assert made(await post(first))["effective_date"] == "2015-06-01"
