"""Disputes on agreements and journals over HTTP: with a clock, and nothing waits for them."""

import uuid

import pytest

from tests.budget.closing import SCOPES as CLOSING
from tests.budget.closing import closed
from tests.budget.place import Place, code_of, key, made
from tests.stack import a_caller


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.bring_into_force()
    return place


async def journal(place, pence=300_00) -> dict:
    pool = await place.pool(arrangement="pooled")
    line = await place.line(place.pcc, pool, "pooled", financial_year="2015/16")
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=line)
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=pool)
    return await place.post(place.pcc, cost, fund, pence, effective_date="2015-04-20")


def body(pence: int | None = 100_00, **changes) -> dict:
    return {
        "id": str(uuid.uuid4()),
        "matter": "The placements charged in April are not of this pool.",
        "raised_on": "2015-06-12",
        "disputed": {"amount_pence": pence, "status": "tbc" if pence is None else "actual"},
        "due_on": "2015-06-26",
        **changes,
    }


async def raised(place, on, client=None, **changes):
    return await (client or place.ccg).post(f"{on}/disputes", json=body(**changes), key=key())


async def move(client, path, dispute, act, **said):
    return await client.post(
        f"{path}/disputes/{dispute['id']}/{act}", json=said, key=key(), version=dispute["version"]
    )


ESCALATED = {"stage": "escalation", "began_on": "2015-06-29", "due_on": "2015-07-13"}
SETTLED = {"outcome": "settled", "resolved_on": "2015-07-10", "resolution": "Half is moved by reversal."}


async def test_a_disputed_journal_names_its_undisputed_part_and_moves_with_a_clock(place):
    path = f"/v1/journals/{(await journal(place))['id']}"
    dispute = made(await raised(place, path))
    assert (dispute["stage"], dispute["due_on"]) == ("raised", "2015-06-26")
    assert dispute["undisputed"] == {"amount_pence": 200_00, "status": "actual", "qualifier": None}
    escalated = made(await move(place.pcc, path, dispute, "stage", **ESCALATED))
    assert (escalated["stage"], escalated["stage_began_on"], escalated["due_on"]) == (
        "escalation",
        "2015-06-29",
        "2015-07-13",
    )
    back = {"stage": "negotiation", "began_on": "2015-06-30", "due_on": "2015-07-13"}
    assert code_of(await move(place.pcc, path, escalated, "stage", **back)) == "dispute_stage_backwards"
    assert code_of(await move(place.pcc, path, escalated, "resolution", **SETTLED)) == "dispute_of_another"
    ended = made(await move(place.ccg, path, escalated, "resolution", **SETTLED))
    assert (ended["stage"], ended["outcome"]) == ("resolved", "settled")
    assert code_of(await move(place.ccg, path, ended, "resolution", **SETTLED)) == "dispute_resolved_already"
    assert made(await place.pcc.get(f"{path}/disputes/{dispute['id']}")) == ended
    assert (await place.pcc.get(f"{path}/disputes")).json()["items"] == [ended]


@pytest.mark.row("S1-G13")
async def test_a_disputed_agreement_moves_with_its_clock_until_it_is_settled(place):
    path = f"/v1/agreements/{place.agreement}"
    dispute = made(await raised(place, path))
    escalated = made(await move(place.pcc, path, dispute, "stage", **ESCALATED))
    assert (escalated["stage"], escalated["due_on"]) == ("escalation", "2015-07-13")
    ended = made(await move(place.ccg, path, escalated, "resolution", **SETTLED))
    assert (ended["stage"], ended["outcome"]) == ("resolved", "settled")
    assert (await place.pcc.get(f"{path}/disputes")).json()["items"] == [ended]


async def test_an_unknown_amount_leaves_the_undisputed_part_unknown(place):
    path = f"/v1/journals/{(await journal(place))['id']}"
    dispute = made(await raised(place, path, pence=None))
    assert dispute["disputed"]["amount_pence"] is None
    assert dispute["undisputed"] == {"amount_pence": None, "status": "not_stated", "qualifier": None}
    whole = made(await raised(place, path, pence=300_00))
    assert whole["undisputed"]["amount_pence"] == 0


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"pence": 300_01}, "dispute_more_than_posted", "/disputed"),
        ({"pence": 0}, "dispute_more_than_posted", "/disputed"),
        ({"raised_on": "2199-01-01", "due_on": "2199-01-02"}, "dispute_day_to_come", "/raised_on"),
        ({"due_on": "2015-06-11"}, "dispute_clock_backwards", "/due_on"),
    ],
)
async def test_what_a_dispute_is_refused(place, changes, code, pointer):
    path = f"/v1/journals/{(await journal(place))['id']}"
    refused = await raised(place, path, **changes)
    assert (refused.status_code, code_of(refused)) == (422, code)
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_a_dispute_never_blocks_the_close_of_its_period(place, client_for):
    posted = await journal(place)
    made(await raised(place, f"/v1/journals/{posted['id']}"))
    made(await raised(place, f"/v1/agreements/{place.agreement}"))
    standing = {"commissioner": place.partnership, "host": place.partnership}
    closer = await client_for("budget", a_caller(place.council, CLOSING, **standing))
    assert await closed(closer, place.partnership)


async def test_an_agreement_is_disputed_by_its_parties_alone(place):
    path = f"/v1/agreements/{place.agreement}"
    dispute = made(await raised(place, path))
    assert dispute["undisputed"]["amount_pence"] is None
    assert code_of(await move(place.pcc, path, dispute, "resolution", **SETTLED)) == "dispute_of_another"
    third = await place.client(commissioner=place.partnership)
    assert code_of(await raised(place, path, third)) == "agreement_not_a_party"
    assert (await third.get(f"{path}/disputes")).status_code == 200
    for standing in ({"provider": place.partnership}, {"commissioner": uuid.uuid4()}):
        other = await place.client(**standing)
        for asked in (f"{path}/disputes", f"{path}/disputes/{dispute['id']}"):
            assert (await other.get(asked)).status_code == 404
        assert (await raised(place, path, other)).status_code == 404
        assert (await move(other, path, dispute, "stage", **ESCALATED)).status_code == 404


async def test_aligned_money_is_its_owner_s_and_is_not_disputed(place):
    line = await place.line(place.pcc, None, "aligned", financial_year="2015/16")
    spent = await place.spend(place.pcc, line, 5_00, arrangement="aligned", effective_date="2015-05-01")
    path = f"/v1/journals/{spent['id']}"
    assert (await raised(place, path)).status_code == 404
    assert code_of(await raised(place, path, place.pcc)) == "dispute_not_shared"


async def test_the_database_lets_nobody_else_end_a_dispute(place, stack):
    dispute = made(await raised(place, f"/v1/agreements/{place.agreement}"))
    connection = await stack.connect("budget")
    try:
        await connection.execute(
            f"set app.organisation = '{place.council}'; set app.client = '{uuid.uuid4()}';"
            f"set app.organisations = '{{{place.council}}}'; set app.in_commissioner = '{{{place.partnership}}}'"
        )
        with pytest.raises(Exception, match="cannot change that way"):
            await connection.execute(
                "update disputes set stage = 'resolved', outcome = 'withdrawn', resolution = 'x',"
                " version = version + 1 where id = $1",
                uuid.UUID(dispute["id"]),
            )
    finally:
        await connection.close()
