"""Money is settled once: an underspend, a reserve and a step are each used by one settlement, and none is made up."""

import asyncio
import uuid

import pytest

from tests.budget.place import code_of, key, made
from tests.budget.settling import Overspent


@pytest.fixture
async def place(client_for):
    return await Overspent().prepare(client_for)


async def shared_by_three(place) -> str:
    """A third pool, £30 over, draws on the £30 left of the second one as the first does; the second returns it."""
    year = {"financial_year": "2015/16"}
    third = await place.pool("Third", arrangement="pooled")
    line = await place.line(place.pcc, third, "pooled", pence=10_00, **year)
    for client in (place.pcc, place.ccg):
        made(await place.promise(client, third, 10_00, **year))
        made(await place.promise(client, place.other, 25_00, **year))
    pooled = {"arrangement": "pooled", "effective_date": "2015-06-15"}
    await place.spend(place.pcc, line, 40_00, pool=third, **pooled)
    steps = [{"kind": "pool_underspends", "pool_ids": [str(place.other)]}, {"kind": "contributions"}]
    made(await place.record())
    made(await place.record(pool_id=str(third), overspend=steps))
    returned = {"overspend": [{"kind": "contributions"}], "underspend": [{"kind": "contributions"}]}
    made(await place.record(pool_id=str(place.other), **returned))
    return str(third)


async def approve(place, settlement):
    half = made(await place.act(place.approver, settlement, "approval"))
    return await place.act(place.ccg, half, "approval")


def drawn(settlement) -> int:
    return sum(
        part["amount_pence"]
        for step in settlement["outcome"]["steps"]
        for part in step["taken"]["from_pools"]
    )


@pytest.mark.row("S1-B22")
async def test_an_underspend_is_used_by_one_settlement(place):
    third, unsaid = await shared_by_three(place), {"risk_reserve": None}
    first = made(await place.propose())
    stale = made(await place.propose(pool_id=third, **unsaid))
    assert (drawn(first), drawn(stale)) == (30_00, 30_00)
    first = made(await approve(place, first))
    refused = await approve(place, stale)
    assert (refused.status_code, code_of(refused)) == (409, "settlement_underspend_taken")
    assert refused.json()["pool_ids"] == [str(place.other)]
    stale = made(await place.pcc.get(f"/v1/settlements/{stale['id']}"))
    made(await place.act(place.pcc, stale, "withdrawal", {"because": "Taken"}))
    later = made(await place.simulate(pool_id=third, **unsaid))
    assert (drawn(later), later["facts"]["pool_underspends"][0]["taken_elsewhere_pence"]) == (0, 30_00)
    own = await place.propose(pool_id=str(place.other), **unsaid)
    assert (own.status_code, code_of(own)) == (409, "settlement_of_nothing")
    made(await place.act(place.pcc, first, "withdrawal", {"because": "Settle it anew"}))
    own = made(await place.simulate(pool_id=str(place.other), **unsaid))
    assert (own["outcome"]["variance_pence"], own["facts"]["taken_elsewhere_pence"]) == (30_00, 0)


async def test_what_a_pool_gave_back_is_gone_for_other_pools(place):
    third, unsaid = await shared_by_three(place), {"risk_reserve": None}
    before = made(await place.propose(pool_id=third, **unsaid))
    made(await approve(place, made(await place.propose(pool_id=str(place.other), **unsaid))))
    assert code_of(await approve(place, before)) == "settlement_underspend_taken"
    after = made(await place.simulate())
    assert (drawn(after), after["outcome"]["steps"][0]["taken_pence"]) == (0, 0)


async def test_a_forecast_takes_no_underspend_twice_either(place):
    third = await shared_by_three(place)
    made(await approve(place, made(await place.propose())))
    left = [{"pool_id": str(place.other), "amount": {"amount_pence": 30_00, "status": "estimate"}}]
    said = {"source": "forecast", "variance": {"amount_pence": -20_00, "status": "estimate"}}
    found = made(await place.simulate(pool_id=third, pool_underspends=left, risk_reserve=None, **said))
    assert drawn(found) == 0


async def test_two_last_approvals_at_once_use_an_underspend_once(place):
    third, unsaid = await shared_by_three(place), {"risk_reserve": None}
    waiting = [made(await place.propose()), made(await place.propose(pool_id=third, **unsaid))]
    halves = [made(await place.act(place.approver, each, "approval")) for each in waiting]
    answers = await asyncio.gather(*(place.act(place.ccg, each, "approval") for each in halves))
    assert sorted(each.status_code for each in answers) == [200, 409]


async def test_the_database_knows_an_underspend_that_was_taken(place, stack):
    third = await shared_by_three(place)
    first, second = made(await place.propose()), made(await place.propose(pool_id=third, risk_reserve=None))
    made(await approve(place, first))
    made(await place.act(place.approver, second, "approval"))
    connection = await stack.superuser()
    try:
        await connection.execute(
            "insert into budget.settlement_approvals (settlement_id, partnership_id, owner_organisation_id,"
            " financial_year, approved_by_client_id) values ($1, $2, $3, '2015/16', $4)",
            uuid.UUID(second["id"]),
            place.partnership,
            place.nhs,
            uuid.uuid4(),
        )
        with pytest.raises(Exception, match="takes what another took"):
            await connection.execute(
                "update budget.settlements set state = 'approved', version = version + 1 where id = $1",
                uuid.UUID(second["id"]),
            )
        with pytest.raises(Exception, match="as at its last day"):
            await connection.execute(
                "insert into budget.settlements select (jsonb_populate_record(s, jsonb_build_object("
                "'id', gen_random_uuid(), 'as_at', '2015-06-30', 'state', 'withdrawn', 'withdrawn_because', 'x'))).*"
                " from budget.settlements s where s.id = $1",
                uuid.UUID(second["id"]),
            )
    finally:
        await connection.close()


async def test_a_reserve_that_is_not_there_is_not_settled_with(place):
    made(await place.record())
    for refused in (
        await place.simulate(risk_reserve={"amount_pence": 10_01}),
        await place.propose(risk_reserve={"amount_pence": 10_01}),
    ):
        assert (refused.status_code, code_of(refused)) == (422, "settlement_reserve_not_there")
        assert refused.json()["errors"][0]["pointer"] == "/risk_reserve/amount_pence"
        assert refused.json()["held_pence"] == 10_00
    approved = await place.approved()
    reserve, fund = place.accounts["reserve_account_id"], place.accounts["fund_account_id"]
    await place.post(place.pcc, fund, reserve, 1, kind="prepayment", effective_date="2016-03-31")
    late = await place.act(place.pcc, approved, "posting", place.posting())
    assert (late.status_code, code_of(late)) == (409, "settlement_reserve_gone")
    assert (late.json()["held_pence"], late.json()["wanted_pence"]) == (9_99, 10_00)


async def test_the_database_knows_a_reserve_that_is_not_there(place, monkeypatch):
    from services.budget.actions import post_settlement

    made(await place.record())
    approved = await place.approved()
    reserve, fund = place.accounts["reserve_account_id"], place.accounts["fund_account_id"]
    await place.post(place.pcc, fund, reserve, 1, kind="prepayment", effective_date="2016-03-31")
    monkeypatch.setattr(post_settlement, "require_reserve", lambda *_: None)
    late = await place.act(place.pcc, approved, "posting", place.posting())
    assert (late.status_code, code_of(late)) == (409, "settlement_reserve_gone")
    assert made(await place.pcc.get(f"/v1/settlements/{approved['id']}"))["postings"] == []


async def test_a_year_is_settled_as_at_its_last_day(place):
    made(await place.record())
    june = {"as_at": "2015-06-30", "risk_reserve": None}
    assert made(await place.simulate(**june))["as_at"] == "2015-06-30"
    refused = await place.propose(**june)
    assert (refused.status_code, code_of(refused)) == (422, "settlement_of_part_of_a_year")
    assert refused.json()["errors"][0]["pointer"] == "/as_at"
    assert made(await place.propose(as_at="2016-03-31"))["as_at"] == "2016-03-31"


@pytest.mark.row("S1-B11")
async def test_a_risk_that_nobody_stated_is_unknown(place):
    made(await place.record(overspend=[{"kind": "own_risk"}, {"kind": "contributions"}]))
    council, nhs = str(place.council), str(place.nhs)
    for own, missing in (
        ([], {council, nhs}),
        ([{"organisation_id": council, "amount": {"amount_pence": 5_00}}], {nhs}),
    ):
        found = made(await place.simulate(own_risk=own))["outcome"]
        assert (found["complete"], found["unsettled_pence"]) == (False, 100_00)
        assert {(each["fact"], each["organisation_id"]) for each in found["missing"]} == {
            ("own_risk", each) for each in missing
        }
        assert code_of(await place.propose(own_risk=own)) == "settlement_incomplete"
    said = [{"organisation_id": each, "amount": {"amount_pence": 0}} for each in (council, nhs)]
    assert made(await place.simulate(own_risk=said))["outcome"]["complete"] is True
    made(await place.record(effective_from="2015-04-02"))
    forecast = {"source": "forecast", "variance": {"amount_pence": -5_00, "status": "estimate"}}
    left = [{"pool_id": str(place.other), "amount": {"amount_pence": 1_00, "status": "estimate"}}]
    found = made(await place.simulate(risk_reserve=None, pool_underspends=left, **forecast))["outcome"]
    assert [(each["fact"], each["organisation_id"]) for each in found["missing"]] == [("risk_reserve", None)]


async def test_a_reversed_journal_opens_its_settlement_again(place):
    made(await place.record())
    body = place.posting()
    posted = made(await place.act(place.pcc, await place.approved(), "posting", body))
    back = {"id": str(uuid.uuid4()), "effective_date": "2016-03-31", "narrative": "Wrong accrual"}
    made(await place.pcc.post(f"/v1/journals/{body['journal_id']}/reversal", json=back, key=key()))
    reopened = made(await place.ccg.get(f"/v1/settlements/{posted['id']}"))
    assert (reopened["state"], reopened["version"]) == ("approved", posted["version"] + 1)
    assert reopened["postings"] == [
        {"journal_id": body["journal_id"], "steps": [1, 2, 3], "reversed_by_journal_id": back["id"]}
    ]
    again = made(await place.act(place.pcc, reopened, "posting", place.posting()))
    assert (again["state"], again["postings"][1]["steps"]) == ("posted", [1, 2, 3])
    assert again["postings"][1]["reversed_by_journal_id"] is None


async def test_the_database_opens_a_settlement_again_by_a_reversal_alone(place, stack):
    made(await place.record())
    posted = made(await place.act(place.pcc, await place.approved(), "posting", place.posting()))
    connection = await stack.superuser()
    try:
        with pytest.raises(Exception, match="cannot move"):
            await connection.execute(
                "update budget.settlements set state = 'approved', version = version + 1 where id = $1",
                uuid.UUID(posted["id"]),
            )
    finally:
        await connection.close()
