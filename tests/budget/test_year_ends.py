"""Year-ends through the doors: proposed from closed books, posted once, and conserved to the penny."""

import asyncio
import uuid

import pytest

from tests.budget import test_agreement_versions as versions
from tests.budget.closing import SCOPES, close_year, keeper, move
from tests.budget.place import Place, assert_hidden, code_of, key, made
from tests.budget.years import real_year
from tests.stack import a_caller

BALANCE = 115_00  # 250.00 came in, 90.00 and 45.00 were spent


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.fixture
async def host(client_for, place):
    return await keeper(client_for, place.partnership, place.council)


async def a_year(place, host):
    """2015/16 in force and closed, with a reserve for each partner. Its pool, fund account and reserves."""
    pool, _, fund = await real_year(place)
    reserves = {
        party: await place.account(host, "reserve", "pooled", pool_id=pool, organisation_id=party)
        for party in (place.council, place.nhs)
    }
    periods = await close_year(host, place.partnership)
    return pool, fund, reserves, periods


@pytest.mark.row("S1-B11")
async def test_a_year_with_a_partner_that_gives_in_kind_alone_is_carried_by_who_put_money_in(place, host):
    pool, _, fund = await real_year(place, theirs="in_kind")
    made(
        await place.promise(
            place.ccg, pool, None, form="in_kind", financial_year="2015/16", funding_source="bcf"
        )
    )
    await close_year(host, place.partnership)
    proposed = made(await propose(host, fund))
    shares = {
        (each["organisation_id"], each["funding_source"]): (each["contributed_pence"], each["amount_pence"])
        for each in proposed["shares"]
    }
    assert shares == {
        (str(place.council), "core_budget"): (1_000_00, BALANCE),
        (str(place.nhs), "core_budget"): (0, 0),
        (str(place.nhs), "bcf"): (0, 0),
    }


async def propose(client, fund, year="2015/16"):
    body = {"account_id": str(fund), "financial_year": year}
    return await client.put(f"/v1/year-ends/{uuid.uuid4()}", json=body)


def posting(proposed, reserves, **changes) -> dict:
    return {
        "journal_id": str(uuid.uuid4()),
        "narrative": "Balance of 2015/16 carried forward",
        "shares": [
            {
                "organisation_id": each["organisation_id"],
                "funding_source": each["funding_source"],
                "treatment": each["treatment"],
                "account_id": str(reserves[uuid.UUID(each["organisation_id"])]),
            }
            for each in proposed["shares"]
        ],
        **changes,
    }


async def carry(client, proposed, body, version=1):
    return await client.post(f"/v1/year-ends/{proposed['id']}/posting", json=body, key=key(), version=version)


async def held(stack, account):
    connection = await stack.superuser()
    try:
        return await connection.fetchval(
            "select coalesce(sum(amount_pence), 0)::bigint from budget.balances where account_id = $1",
            account,
        )
    finally:
        await connection.close()


@pytest.mark.row("S5-B05")
async def test_a_balance_is_carried_by_partner_and_source_once(place, host, stack):
    _, fund, reserves, periods = await a_year(place, host)
    proposed = made(await propose(host, fund))
    assert (proposed["state"], proposed["balance_pence"]) == ("proposed", BALANCE)
    by = {each["organisation_id"]: each for each in proposed["shares"]}
    council, nhs = by[str(place.council)], by[str(place.nhs)]
    assert (council["amount_pence"], council["treatment"]) == (76_67, "reserve")
    assert (nhs["amount_pence"], nhs["treatment"]) == (38_33, "returned")
    assert nhs["treatments"] == ["returned", "spent_by_agreement"]
    body = posting(proposed, reserves)
    for share in body["shares"]:
        if share["organisation_id"] == str(place.nhs):
            share |= {"treatment": "spent_by_agreement", "agreed_in": "Finance group, 14 April 2016"}
    posted = made(await carry(host, proposed, body))
    assert posted["state"] == "posted"
    assert [each["prepayment"] for each in posted["shares"]] == [
        each["organisation_id"] == str(place.nhs) for each in posted["shares"]
    ]
    journal = made(await place.ccg.get(f"/v1/journals/{posted['journal_id']}"))
    assert (journal["kind"], journal["effective_date"]) == ("carry_forward", "2016-04-01")
    assert journal["posting_period"] == "2016-17-M01"
    assert await held(stack, fund) == 0
    assert [await held(stack, reserves[each]) for each in (place.council, place.nhs)] == [76_67, 38_33]
    # Once: neither again, nor by another proposal, nor after reopening the year.
    assert code_of(await carry(host, proposed, posting(proposed, reserves), 2)) == "year_end_posted_already"
    second = made(await propose(host, fund))
    assert code_of(await carry(host, second, posting(second, reserves))) == "year_end_posted_already"
    deputy = await keeper(place.client_for, place.partnership, place.council)
    refused = await move(deputy, periods[11], "reopening", 2, {"reason": "One more invoice"})
    assert (refused.status_code, code_of(refused)) == (409, "period_year_is_carried_forward")


async def test_of_postings_at_once_one_holds(place, host, stack):
    _, fund, reserves, _ = await a_year(place, host)
    each = [made(await propose(host, fund)) for _ in range(2)]
    answers = await asyncio.gather(
        *(carry(host, proposed, posting(proposed, reserves)) for proposed in (*each, *each))
    )
    assert [answer.status_code for answer in answers].count(200) == 1
    assert await held(stack, fund) == 0


async def test_a_year_that_is_not_closed_is_not_carried(place, host):
    _, fund, reserves, periods = await a_year(place, host)
    proposed = made(await propose(host, fund))
    deputy = await keeper(place.client_for, place.partnership, place.council)
    made(await move(deputy, periods[13], "reopening", 2, {"reason": "A late accrual"}))
    for refused in (await propose(host, fund), await carry(host, proposed, posting(proposed, reserves))):
        assert (refused.status_code, code_of(refused)) == (409, "year_end_not_closed")
        assert refused.json()["open_periods"] == ["2015-16-M14"]
    given = await place.account(
        host, "contribution", "pooled", pool_id=proposed["pool_id"], organisation_id=place.nhs
    )
    late = {"kind": "prepayment", "effective_date": "2016-03-31", "posting_period": "2015-16-M14"}
    await place.post(host, fund, given, 1_00, **late)
    made(await move(host, periods[13], "closure", 3))
    refused = await carry(host, proposed, posting(proposed, reserves))
    assert (refused.status_code, code_of(refused)) == (409, "year_end_balance_moved")
    assert (refused.json()["balance_pence"], refused.json()["proposed_pence"]) == (BALANCE + 1_00, BALANCE)


@pytest.mark.parametrize("by_the_rule", [True, False])
async def test_who_hosted_before_does_not_reopen_a_year_that_was_carried(
    place, host, client_for, by_the_rule, monkeypatch
):
    """Closed by the council, carried forward by the NHS body that took over as host."""
    _, fund, reserves, periods = await a_year(place, host)
    made(await versions.propose(place, host_organisation_id=str(place.nhs), pool_manager="Finance officer"))
    await versions.approve(place, 2)
    for act, body in (("execution", versions.SIGNED), ("commencement", versions.FROM_APRIL)):
        for client in (place.pcc, place.ccg):
            made(await versions.move(place, 2, act, body, client))
    new_host = await keeper(client_for, place.partnership, place.nhs)
    proposed = made(await propose(new_host, fund))
    deputy = await keeper(client_for, place.partnership, place.council)
    made(await move(deputy, periods[10], "reopening", 2, {"reason": "Before it is carried"}))
    made(await move(deputy, periods[10], "closure", 3))
    made(await carry(new_host, proposed, posting(proposed, reserves)))
    if not by_the_rule:

        async def never(*_):
            return False

        monkeypatch.setattr("services.budget.store.year_ends.is_carried", never)
    refused = await move(deputy, periods[11], "reopening", 2, {"reason": "One more invoice"})
    assert (refused.status_code, code_of(refused)) == (409, "period_year_is_carried_forward"), refused.text


async def test_what_posts_late_does_not_change_what_is_carried(place, host):
    """A receipt of March that comes after the close keeps its date, and is in the next year's books."""
    pool, fund, _, _ = await a_year(place, host)
    given = await place.account(host, "contribution", "pooled", pool_id=pool, organisation_id=place.nhs)
    late = await place.post(host, fund, given, 9_00, kind="contribution", effective_date="2016-03-31")
    assert (late["effective_date"], late["posting_period"]) == ("2016-03-31", "2016-17-M01")
    assert made(await propose(host, fund))["balance_pence"] == BALANCE


async def test_a_year_end_is_the_hosts_and_its_partners_see_it(place, host, client_for):
    pool, fund, reserves, _ = await a_year(place, host)
    ccg = await keeper(client_for, place.partnership, place.nhs, host=False)
    refused = await propose(ccg, fund)
    assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (
        "year_end_not_a_fund",
        "/account_id",
    )
    assert code_of(await propose(host, uuid.uuid4())) == "year_end_not_a_fund"
    assert code_of(await propose(host, reserves[place.nhs])) == "year_end_not_a_fund"
    proposed = made(await propose(host, fund))
    path = f"/v1/year-ends/{proposed['id']}"
    assert made(await ccg.get(path)) == proposed
    refused = await carry(ccg, proposed, posting(proposed, reserves))
    assert (refused.status_code, code_of(refused)) == (409, "period_not_pool_manager")
    params = {"partnership_id": str(place.partnership), "financial_year": "2015-16", "pool_id": str(pool)}
    assert made(await ccg.get("/v1/year-ends", params=params))["items"] == [proposed]
    for role in ("provider", "observer"):
        stranger = await client_for("budget", a_caller(scopes=SCOPES, **{role: place.partnership}))
        await assert_hidden(stranger, path, "/v1/year-ends", place.partnership)


async def test_a_fund_that_held_nothing_carries_nothing(place, host):
    pool, _, _, _ = await a_year(place, host)
    other = await place.account(host, "fund", "pooled", pool_id=pool)
    refused = await propose(host, other)
    assert (refused.status_code, code_of(refused)) == (409, "year_end_nothing_left")
