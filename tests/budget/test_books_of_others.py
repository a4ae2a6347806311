"""What one partner cannot do to the other: post to its books, undo what it posted, or spoil the common answer."""

import uuid

import pytest

from tests.budget.place import Place, code_of, made


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def test_a_partner_sees_the_other_s_shadow_books_and_posts_nothing_to_them(place):
    await place.draft()
    pool = await place.pool()
    line = await place.line(place.pcc, pool)
    cost = await place.account(place.pcc, "expenditure", "shadow", pool_id=pool, line_id=line)
    reserve = await place.account(place.pcc, "reserve", "shadow", pool_id=pool)
    spent = await place.post(place.pcc, cost, reserve, 1_000)
    consent = f"/v1/agreements/{place.agreement}/shadow-consent"
    made(await place.pcc.post(consent, key=uuid.uuid4().hex))
    made(await place.ccg.post(consent, key=uuid.uuid4().hex))
    assert made(await place.ccg.get(f"/v1/journals/{spent['id']}"))["entries"] == spent["entries"]
    body = {name: spent[name] for name in ("kind", "effective_date", "narrative", "entries")}
    posted = await place.ccg.put(f"/v1/journals/{uuid.uuid4()}", json=body)
    undo = {"id": str(uuid.uuid4()), "effective_date": "2014-07-01", "narrative": "Not ours to undo"}
    undone = await place.ccg.post(f"/v1/journals/{spent['id']}/reversal", json=undo, key=uuid.uuid4().hex)
    for refused in (posted, undone):
        assert (refused.status_code, code_of(refused)) == (422, "account_unknown")
    made(await place.pcc.post(f"/v1/journals/{spent['id']}/reversal", json=undo, key=uuid.uuid4().hex))


async def test_large_sums_of_one_partner_do_not_take_the_position_from_the_other(place):
    await place.bring_into_force()
    line = await place.line(place.ccg, arrangement="aligned", financial_year="2015/16")
    cost = await place.account(place.ccg, "expenditure", "aligned", line_id=line)
    reserve = await place.account(place.ccg, "reserve", "aligned")
    for _ in range(2):
        await place.post(place.ccg, cost, reserve, 10**15, effective_date="2015-06-15")
    seen = made(
        await place.pcc.get(
            "/v1/positions",
            params={"partnership_id": str(place.partnership), "financial_year": "2015-16"},
        )
    )
    assert seen["totals"]["aligned"]["actual"]["known_pence"] == 2 * 10**15


async def test_a_commissioner_outside_the_agreement_posts_nothing_to_its_pool(place):
    await place.bring_into_force()
    pool = await place.pool(arrangement="pooled")
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=pool)
    paid = await place.account(place.pcc, "contribution", "pooled", pool_id=pool, organisation_id=place.nhs)
    third = await place.client(uuid.uuid4(), commissioner=place.partnership)
    body = {
        "kind": "contribution",
        "effective_date": "2015-06-15",
        "narrative": "For a test",
        "entries": [
            {"account_id": str(fund), "amount_pence": 100},
            {"account_id": str(paid), "amount_pence": -100},
        ],
    }
    refused = await third.put(f"/v1/journals/{uuid.uuid4()}", json=body)
    assert (refused.status_code, code_of(refused)) == (422, "account_unknown")
    made(await place.ccg.put(f"/v1/journals/{uuid.uuid4()}", json=body))
    for arrangement in ("pooled", "shadow"):
        account = {
            "partnership_id": str(place.partnership),
            "name": f"Of a third, {arrangement}",
            "kind": "fund",
            "arrangement": arrangement,
            "pool_id": str(pool),
        }
        opened = await third.put(f"/v1/accounts/{uuid.uuid4()}", json=account)
        assert (opened.status_code, code_of(opened)) == (422, "pool_unknown")


async def test_an_account_s_name_is_taken_only_where_whoever_opens_one_can_see_it(place):
    await place.bring_into_force()
    pool = await place.pool(arrangement="pooled")
    body = {
        "partnership_id": str(place.partnership),
        "name": "Social care fund",
        "kind": "fund",
        "arrangement": "aligned",
    }
    made(await place.pcc.put(f"/v1/accounts/{uuid.uuid4()}", json=body))
    pooled = {**body, "arrangement": "pooled", "pool_id": str(pool)}
    # The host's own account of that name is hidden from the partner, which opens one in the host's pooled books.
    made(await place.ccg.put(f"/v1/accounts/{uuid.uuid4()}", json=pooled))
    twice = await place.ccg.put(f"/v1/accounts/{uuid.uuid4()}", json=pooled)
    assert (twice.status_code, code_of(twice)) == (409, "account_name_used")
    twice = await place.pcc.put(f"/v1/accounts/{uuid.uuid4()}", json=body)
    assert (twice.status_code, code_of(twice)) == (409, "account_name_used")


async def test_without_the_agreement_s_word_sharing_opens_no_aligned_line(place):
    await place.bring_into_force()
    aligned = await place.line(place.ccg, None, "aligned")
    sharing = await place.sharing(place.council, place.nhs)
    assert (await sharing.get(f"/v1/lines/{aligned}")).status_code == 404
