"""Interim authority over HTTP: spent before signature, moved into the pool once the agreement is in force."""

import uuid
from dataclasses import dataclass, field

import pytest

from tests.budget.place import Place, assert_hidden, code_of, key, made


@dataclass
class Interim(Place):
    """A place with two interim accounts: what was spent, and where it came from."""

    cost: uuid.UUID = field(init=False)
    cash: uuid.UUID = field(init=False)


@pytest.fixture
async def place(client_for):
    """A pool in shadow with two interim accounts that were posted to before anybody signed."""
    place = Interim()
    await place.enter(client_for)
    await place.draft()
    place.pool_id = await place.pool()
    place.cost, place.cash = [
        await place.account(place.pcc, "interim", "pooled", pool_id=place.pool_id) for _ in range(2)
    ]
    await place.post(place.pcc, place.cost, place.cash, 123_45, effective_date="2015-03-20")
    await place.post(place.pcc, place.cost, place.cash, 100_00, effective_date="2015-05-02")
    return place


async def in_force(place):
    await place.approve()
    await place.sign("2015-05-20")
    await place.commence()
    line = await place.line(place.pcc, place.pool_id, "pooled", financial_year="2015/16")
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=place.pool_id)
    spent = await place.account(place.pcc, "expenditure", "pooled", pool_id=place.pool_id, line_id=line)
    return fund, spent


async def reclassify(place, moves, day="2015-05-31", client=None, **changes):
    body = {
        "id": str(uuid.uuid4()),
        "kind": "expenditure",
        "effective_date": day,
        "narrative": "Spent under interim authority",
        "moves": [
            {"interim_account_id": str(one), "to_account_id": str(other), "amount_pence": pence}
            for one, other, pence in moves
        ],
        **changes,
    }
    path = f"/v1/agreements/{place.agreement}/reclassifications"
    return await (client or place.pcc).post(path, json=body, key=key())


async def test_interim_entries_move_into_the_pool_to_the_penny(place):
    real = {"partnership_id": str(place.partnership), "pool_id": str(place.pool_id), "arrangement": "pooled"}
    early = {**real, "name": "Too early", "kind": "fund"}
    refused = await place.pcc.put(f"/v1/accounts/{uuid.uuid4()}", json=early)
    assert code_of(refused) == "account_differs_from_line"
    before = await reclassify(place, [(place.cost, place.cash, 1_00)])
    assert code_of(before) == "reclassification_too_early"
    fund, spent = await in_force(place)
    moves = [(place.cost, spent, 223_45), (place.cash, fund, -223_45)]

    # On the first day of the pool only what was spent before it was there to move.
    too_soon = await reclassify(place, moves, "2015-04-01")
    assert (code_of(too_soon), too_soon.json()["held_pence"]) == ("reclassification_more_than_held", 123_45)
    penny_more = await reclassify(place, [(place.cost, spent, 223_46), (place.cash, fund, -223_46)])
    assert (code_of(penny_more), penny_more.json()["held_pence"]) == (
        "reclassification_more_than_held",
        223_45,
    )
    backwards = await reclassify(place, [(place.cost, spent, -1), (place.cash, fund, 1)])
    assert code_of(backwards) == "reclassification_more_than_held"
    first = [(place.cost, spent, 123_45), (place.cash, fund, -123_45)]
    journal = made(await reclassify(place, first, "2015-04-01"))
    assert (journal["kind"], sum(each["amount_pence"] for each in journal["entries"])) == ("expenditure", 0)
    rest = [(place.cost, spent, 100_00), (place.cash, fund, -100_00)]
    made(await reclassify(place, rest, "2015-05-02"))
    nothing_left = await reclassify(place, [(place.cost, spent, 1), (place.cash, fund, -1)])
    assert (code_of(nothing_left), nothing_left.json()["held_pence"]) == (
        "reclassification_more_than_held",
        0,
    )
    position = made(await place.position(place.pcc, "2015-16"))
    assert position["totals"]["pooled"]["actual"]["known_pence"] == 223_45
    path = f"/v1/agreements/{place.agreement}/reclassifications"
    listed = (await place.ccg.get(path)).json()["items"]
    assert [(each["interim_account_id"], each["amount_pence"]) for each in listed] == [
        (str(place.cost), 123_45),
        (str(place.cash), -123_45),
        (str(place.cost), 100_00),
        (str(place.cash), -100_00),
    ]
    page = (await place.ccg.get(path, params={"limit": 3})).json()
    assert [*page["items"], *(await place.ccg.get(page["next"])).json()["items"]] == listed


@pytest.mark.parametrize("by_the_rule", [True, False])
async def test_what_was_moved_as_of_a_later_day_is_not_moved_again(place, by_the_rule, monkeypatch):
    fund, spent = await in_force(place)
    moves = [(place.cost, spent, 200_00), (place.cash, fund, -200_00)]
    made(await reclassify(place, moves, "2015-06-30"))
    if not by_the_rule:
        monkeypatch.setattr("services.budget.rules.reclassification.require_covered", lambda *_: None)
    for day in ("2015-05-31", "2015-06-29"):
        again = await reclassify(place, moves, day)
        assert code_of(again) == "reclassification_more_than_held", again.text
        assert again.json().get("held_pence") == (23_45 if by_the_rule else None)
    made(await reclassify(place, [(place.cost, spent, 23_45), (place.cash, fund, -23_45)]))
    position = made(await place.position(place.pcc, "2015-16"))
    assert position["totals"]["pooled"]["actual"]["known_pence"] == 223_45


async def test_what_a_reclassification_is_refused(place):
    fund, spent = await in_force(place)
    other = await place.pool("Another", arrangement="pooled")
    elsewhere = await place.account(place.pcc, "fund", "pooled", pool_id=other)
    for moves, changes, code, pointer in (
        ([(spent, fund, 1)], {}, "reclassification_not_interim", "/moves/0/interim_account_id"),
        ([(place.cost, elsewhere, 1)], {}, "reclassification_not_interim", "/moves/0/to_account_id"),
        ([(place.cost, place.cash, 1)], {}, "reclassification_not_interim", "/moves/0/to_account_id"),
        ([(place.cost, spent, 0)], {}, "journal_nil_entry", "/entries/0/amount_pence"),
        ([(place.cost, spent, 1)], {"kind": "accrual"}, "reclassification_kind", "/kind"),
        ([(place.cost, spent, 1)], {"posting_period": "M1"}, "ledger_period_unreadable", "/posting_period"),
    ):
        refused = await reclassify(place, moves, **changes)
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)
    before = await reclassify(place, [(place.cost, spent, 1)], "2015-03-31")
    assert code_of(before) in {"journal_before_commencement", "journal_outside_line_year"}
    stranger = await place.client(commissioner=place.partnership)
    assert code_of(await reclassify(place, [(place.cost, spent, 1)], client=stranger)) == (
        "agreement_parties_only"
    )


async def test_the_final_account_waits_for_what_is_interim_still(place):
    await in_force(place)
    ending = {
        "ended_on": "2016-03-31",
        "cause": "notice",
        "notice_given_on": "2015-09-30",
        "notice": "Letter",
    }
    made(await place.move("winding-up", ending))
    account = {"sha256": "0" * 64, "location": "Box 9", "signed_on": "2016-07-01", "office": "Treasurer"}
    refused = await place.move("closure", account)
    assert code_of(refused) == "final_account_interim_left"
    assert set(refused.json()["interim_account_ids"]) == {str(place.cost), str(place.cash)}


async def test_reclassifications_are_for_partners_only(place):
    path = f"/v1/agreements/{place.agreement}/reclassifications"
    for standing in ({"provider": place.partnership}, {"commissioner": uuid.uuid4()}):
        other = await place.client(**standing)
        assert (await other.get(path)).status_code == 404
        assert (await reclassify(place, [(place.cost, place.cash, 1)], client=other)).status_code == 404
        await assert_hidden(other, f"/v1/agreements/{place.agreement}", "/v1/agreements", place.partnership)
