"""Attacks on year-ends: a balance that two years both hold, and what is left behind when its journal is reversed."""

import uuid

import pytest

from tests.budget.closing import close_year, keeper
from tests.budget.place import Place, code_of, key, made
from tests.budget.test_year_ends import carry, held, posting, propose
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.fixture
async def host(client_for, place):
    return await keeper(client_for, place.partnership, place.council)


async def two_years(place, host):
    """2015/16 and 2016/17 closed, with all of the money left from the first."""
    pool, _, fund = await real_year(place)
    for client in (place.pcc, place.ccg):
        made(await place.promise(client, pool, 100_00, financial_year="2016/17"))
    reserves = {
        party: await place.account(host, "reserve", "pooled", pool_id=pool, organisation_id=party)
        for party in (place.council, place.nhs)
    }
    for year in ("2015-16", "2016-17"):
        await close_year(host, place.partnership, year)
    return fund, reserves


@pytest.mark.parametrize("years", [("2015/16", "2016/17"), ("2016/17", "2015/16")])
async def test_a_balance_that_two_years_hold_is_carried_once(place, host, stack, years):
    fund, reserves = await two_years(place, host)
    proposals = [made(await propose(host, fund, year)) for year in years]
    made(await carry(host, proposals[0], posting(proposals[0], reserves)))
    second = await carry(host, proposals[1], posting(proposals[1], reserves))
    assert second.status_code == 409, second.text
    assert code_of(second) in {"year_end_balance_moved", "year_end_later_year_carried"}
    assert await held(stack, fund) == 0
    assert code_of(await propose(host, fund, years[1])) in {
        "year_end_nothing_left",
        "year_end_later_year_carried",
    }


async def test_a_year_that_left_nothing_of_its_own_is_not_carried_with_the_year_before_it(place, host):
    fund, reserves = await two_years(place, host)
    first = made(await propose(host, fund, "2015/16"))
    made(await carry(host, first, posting(first, reserves)))
    nothing = await propose(host, fund, "2016/17")
    assert (nothing.status_code, code_of(nothing)) == (409, "year_end_nothing_left")


async def test_the_journal_of_a_year_end_is_not_reversed_behind_its_back(place, host, stack):
    """Else the year would read as carried, with its money back in the fund and no way to carry it again."""
    pool, _, fund = await real_year(place)
    reserves = {
        party: await place.account(host, "reserve", "pooled", pool_id=pool, organisation_id=party)
        for party in (place.council, place.nhs)
    }
    await close_year(host, place.partnership)
    proposed = made(await propose(host, fund))
    posted = made(await carry(host, proposed, posting(proposed, reserves)))
    back = {"id": str(uuid.uuid4()), "effective_date": "2016-04-02", "narrative": "Wrong reserve"}
    refused = await host.post(f"/v1/journals/{posted['journal_id']}/reversal", json=back, key=key())
    assert (refused.status_code, code_of(refused)) == (409, "journal_of_a_year_end")
    assert refused.json()["year_end_id"] == proposed["id"]
    assert await held(stack, fund) == 0
    # What the sentence says to do instead.
    wrong, right = reserves[place.council], await place.account(host, "reserve", "pooled", pool_id=pool)
    again = {"kind": "carry_forward", "effective_date": "2016-04-02"}
    await place.post(host, right, wrong, 5_00, **again)
    assert await held(stack, right) == 5_00
