"""What was let through once: limits dodged by words, a name spelt apart, months opened by a new host, an idle answer."""

import uuid

import asyncpg
import pytest

from tests.budget.closing import closed, keeper
from tests.budget.moving import YEAR, propose, set_limit
from tests.budget.place import Place, code_of, key, made
from tests.budget.succeeding import as_successor, succeed
from tests.budget.test_agreement_versions import FROM_APRIL, SIGNED
from tests.budget.test_agreement_versions import move as move_version
from tests.budget.test_agreement_versions import propose as propose_version
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S4-B11")
async def test_limits_by_nature_and_type_follow_the_lines_and_not_the_proposer_s_words(place):
    pool, lines, _ = await real_year(place)
    capital = {"nature": {"spending": "capital"}, "tags": ["estates"], **YEAR}
    estate = await place.line(place.pcc, pool, "pooled", pence=50_000_00, **capital)
    await set_limit(place.pcc, place, "Director", 1_000_00, nature="revenue")
    await set_limit(place.pcc, place, "Full Council", None, "full_council", nature="capital")
    await set_limit(place.pcc, place, "Head of estates", 500_00, budget_type="estates", nature="capital")
    worded = await propose(place.pcc, place, estate, lines["pcc"], 400_00, nature="revenue")
    assert (worded.status_code, code_of(worded)) == (422, "virement_nature_differs")
    typed = await propose(
        place.pcc, place, estate, lines["pcc"], 1, nature="capital", budget_type="placements"
    )
    assert (typed.status_code, code_of(typed)) == (422, "virement_budget_type_differs")
    said = made(await propose(place.pcc, place, estate, lines["pcc"], 400_00, nature="capital"))
    [ours] = [each for each in said["asked"] if each["organisation_id"] == str(place.council)]
    assert [each["decider"] for each in ours["may_decide"]] == ["Head of estates"]


async def test_the_second_lock_knows_a_person_by_any_spelling_that_the_rule_does(place, stack):
    connection: asyncpg.Connection = await stack.superuser()
    try:
        for one, other, same in (
            ("Ann  Smith", " ann smith", True),
            ("Ann\tSmith", "ANN SMITH", True),
            ("Ann Smith", "Ann Smyth", False),
            (None, "Ann Smith", None),
        ):
            found = await connection.fetchval("select budget.same_person($1, $2)", one, other)
            assert found is same
    finally:
        await connection.close()


async def test_a_commitment_that_the_reader_has_is_not_sent_again(place):
    _, lines, _ = await real_year(place)
    body = {
        "partnership_id": str(place.partnership),
        "line_id": str(lines["pcc"]),
        "level": "service",
        "contract_id": str(uuid.uuid4()),
        "description": "Home care",
        "amount_pence": 10_00,
        "effective_date": "2015-05-01",
    }
    path = f"/v1/commitments/{uuid.uuid4()}"
    made(await place.pcc.put(path, json=body))
    first = await place.pcc.get(path)
    known = {"If-None-Match": first.headers["ETag"]}
    assert (await place.pcc.get(path, headers=known)).status_code == 304
    other = f"/v1/commitments/{uuid.uuid4()}"
    made(await place.pcc.put(other, json={**body, "contract_id": str(uuid.uuid4())}))
    moved = await place.pcc.get(path, headers=known)
    assert (moved.status_code, moved.json()["version"]) == (200, 1)
    variation = {"amount_pence": 11_00, "effective_date": "2015-05-01", "reason": "More hours"}
    headers = {"If-Match": moved.headers["ETag"]}
    varied = await place.pcc.post(f"{path}/variation", json=variation, headers=headers, key=key())
    assert made(varied)["version"] == 2


async def test_a_successor_s_line_takes_nothing_of_the_time_before(place, client_for):
    pool, lines, _ = await real_year(place)
    icb = uuid.uuid4()
    rows = ((place.nhs, icb, 1),)
    made(await succeed(client_for, rows, [place.partnership], day="2015-10-01", kind="transfer"))
    new = await as_successor(client_for, icb, (place.nhs,), place.partnership)
    params = {"partnership_id": str(place.partnership), "limit": "200"}
    things = made(await new.get("/v1/succeeded-things", params=params))["items"]
    to = next(each["to_id"] for each in things if each["from_id"] == str(lines["ccg"]))
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=to)
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=pool)
    sides = [{"account_id": str(cost), "amount_pence": 5}, {"account_id": str(fund), "amount_pence": -5}]
    asked = {"kind": "expenditure", "effective_date": "2015-09-30", "narrative": "x", "entries": sides}
    early = await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=asked)
    assert (early.status_code, code_of(early)) == (422, "journal_before_succession")
    in_time = {**asked, "effective_date": "2015-10-01"}
    made(await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=in_time))


async def test_a_month_that_one_host_closed_stays_closed_for_the_next(client_for):
    place = await Place().enter(client_for)
    await place.bring_into_force()
    pool = await place.pool(arrangement="pooled")
    line = await place.line(place.pcc, pool, "pooled", **YEAR)
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=line)
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=pool)
    host = await keeper(client_for, place.partnership, place.council)
    await closed(host, place.partnership)
    made(await propose_version(place, host_organisation_id=str(place.nhs)))
    made(await place.decide(place.pcc, "Cabinet", "2016-02-09", edition=2))
    made(await place.decide(place.ccg, "Governing Body", "2016-02-24", edition=2))
    for act, body in (("execution", SIGNED), ("commencement", FROM_APRIL)):
        for client in (place.pcc, place.ccg):
            made(await move_version(place, 2, act, body, client))
    sides = [{"account_id": str(cost), "amount_pence": 5}, {"account_id": str(fund), "amount_pence": -5}]
    asked = {
        "kind": "expenditure",
        "effective_date": "2015-04-20",
        "posting_period": "2015-16-M01",
        "narrative": "x",
        "entries": sides,
    }
    shut = await place.ccg.put(f"/v1/journals/{uuid.uuid4()}", json=asked)
    assert (shut.status_code, code_of(shut)) == (409, "journal_period_closed")
    late = made(await place.ccg.put(f"/v1/journals/{uuid.uuid4()}", json={**asked, "posting_period": None}))
    assert late["posting_period"] == "2015-16-M02"
