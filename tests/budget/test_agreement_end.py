"""The end of an agreement over HTTP: winding up, what is still posted, and the final account that all parties sign."""

import uuid

import pytest

from tests.budget.place import Place, code_of, made

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
EXPIRY = {"ended_on": "2016-03-31", "cause": "expiry"}
ACCOUNT = {
    "sha256": DIGEST,
    "location": "Records, box 9",
    "signed_on": "2016-07-01",
    "office": "Section 151 officer",
}


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.draft(ends_on="2016-03-31")
    await place.approve()
    await place.sign()
    await place.commence()
    return place


async def books(place):
    """A cost account of 2015/16 and one of 2016/17, and the fund, of one pool."""
    pool = await place.pool(arrangement="pooled")
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=pool)
    costs = []
    for year in ("2015/16", "2016/17"):
        line = await place.line(place.pcc, pool, "pooled", financial_year=year)
        costs.append(await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=line))
    return fund, *costs


async def posted(place, debit, credit, pence, kind, day):
    body = {
        "kind": kind,
        "effective_date": day,
        "narrative": "After the end",
        "entries": [
            {"account_id": str(debit), "amount_pence": pence},
            {"account_id": str(credit), "amount_pence": -pence},
        ],
    }
    return await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body)


@pytest.mark.parametrize("recorded", [False, True])
async def test_new_business_after_the_last_day_is_refused_and_settlement_is_not(place, recorded):
    fund, cost, later_cost = await books(place)
    if recorded:
        made(await place.move("winding-up", EXPIRY, client=place.ccg))
    for kind in ("expenditure", "contribution", "prepayment"):
        refused = await posted(place, later_cost, fund, 100, kind, "2016-04-01")
        assert code_of(refused) in {"journal_after_last_day", "contribution_account_missing"}, refused.text
    after = await posted(place, later_cost, fund, 100, "expenditure", "2016-04-01")
    assert (after.status_code, code_of(after)) == (422, "journal_after_last_day")
    assert (after.json()["last_day"], after.json()["errors"][0]["pointer"]) == (
        "2016-03-31",
        "/effective_date",
    )
    made(await posted(place, later_cost, fund, 100, "accrual", "2016-05-01"))
    made(await posted(place, cost, fund, 100, "expenditure", "2016-03-31"))


async def test_it_winds_up_and_closes_once_every_party_signed_the_same_account(place):
    fund, cost, _ = await books(place)
    early = await place.move("closure", ACCOUNT)
    assert code_of(early) == "agreement_move_refused"
    wrong = await place.move("winding-up", {**EXPIRY, "ended_on": "2016-03-30"})
    assert (code_of(wrong), wrong.json()["ends_on"]) == ("agreement_end_not_as_agreed", "2016-03-31")
    ended = made(await place.move("winding-up", EXPIRY))
    assert (ended["state"], ended["ended_on"]) == ("winding_up", "2016-03-31")
    soon = await place.move("closure", {**ACCOUNT, "signed_on": "2016-03-31"})
    assert code_of(soon) == "final_account_too_early"
    half = made(await place.move("closure", ACCOUNT))
    assert (half["state"], len(half["final_account"]["signatories"])) == ("winding_up", 1)
    made(await posted(place, cost, fund, 100, "expenditure", "2016-03-31"))
    other = await place.move("closure", {**ACCOUNT, "sha256": "0" * 64}, client=place.ccg)
    assert (code_of(other), other.json()["signed_by_others"]) == ("final_account_differs", DIGEST)
    assert code_of(await place.move("closure", ACCOUNT)) == "agreement_signed_already"
    closed = made(await place.move("closure", {**ACCOUNT, "signed_on": "2016-07-04"}, client=place.ccg))
    assert (closed["state"], closed["closed_on"]) == ("closed", "2016-07-04")
    assert closed["final_account"]["sha256"] == DIGEST
    for kind, day in (("expenditure", "2016-03-31"), ("income", "2016-03-31")):
        refused = await posted(place, cost, fund, 100, kind, day)
        assert (refused.status_code, code_of(refused)) == (409, "journal_after_final_account")


async def test_notice_ends_it_earlier_and_names_the_notice(place):
    fund, cost, _ = await books(place)
    bare = {"ended_on": "2015-12-31", "cause": "notice"}
    assert code_of(await place.move("winding-up", bare)) == "agreement_notice_needed"
    given = {**bare, "notice_given_on": "2015-09-30", "notice": "Letter L/15/9"}
    for ended_on, code in (
        ("2016-04-01", "agreement_ends_after_its_term"),
        ("2015-03-31", "agreement_ends_before_commencement"),
        ("2199-01-01", "agreement_day_to_come"),
    ):
        assert code_of(await place.move("winding-up", {**given, "ended_on": ended_on})) == code
    ended = made(await place.move("winding-up", given))
    assert ended["ending"] == {"cause": "notice", "notice_given_on": "2015-09-30", "notice": "Letter L/15/9"}
    after = await posted(place, cost, fund, 100, "expenditure", "2016-01-01")
    assert (code_of(after), after.json()["last_day"]) == ("journal_after_last_day", "2015-12-31")
    pool = {"partnership_id": str(place.partnership), "agreement_id": str(place.agreement)}
    late = {**pool, "name": "Late", "category": "wellness", "arrangement": "pooled"}
    refused = await place.pcc.put(f"/v1/pools/{uuid.uuid4()}", json=late)
    assert code_of(refused) == "pool_agreement_ending"
