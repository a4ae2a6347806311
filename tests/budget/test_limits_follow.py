"""What is moved and what is limited goes with a line: to its parts, its successor's line, and into no second total."""

import uuid

import pytest

from tests.budget.committing import YEAR, limit, reserve
from tests.budget.moving import approvers, propose
from tests.budget.moving import move as decide
from tests.budget.place import Place, code_of, key, made
from tests.budget.succeeding import County, as_successor, succeed
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.fixture
async def devon(client_for, stack):
    place = await County().prepare(stack, client_for)
    yield place
    await place.connection.close()


def parts(*pence) -> dict:
    made_of = [
        {"line_id": str(uuid.uuid4()), "name": f"Part {number}", "budget_pence": each}
        for number, each in enumerate(pence)
    ]
    return {"id": str(uuid.uuid4()), "split_on": "2015-05-01", "reason": "Disaggregation", "parts": made_of}


async def left(client, place, line, day="2015-06-01") -> int | None:
    """What a limit leaves of a line: told by the refusal of a commitment that is far too large."""
    refused = await reserve(client, place, line, 900_000_00, effective_date=day)
    assert code_of(refused) == "commitment_past_limit", refused.text
    return refused.json()["left_pence"]


async def test_budget_that_was_moved_is_divided_with_the_line(devon, client_for):
    """A thousand, less six hundred that a virement took: of four hundred, three months are the predecessor's."""
    place, year = devon, {"financial_year": "2018/19"}
    mine = await place.line(place.ccg, place.pool_id, "pooled", pence=1_000_00, **year)
    other = await place.line(place.pcc, place.pool_id, "pooled", pence=100_00, **year)
    for line in (mine, other):
        await place.account(place.pcc, "expenditure", "pooled", pool_id=place.pool_id, line_id=line)
    moved = made(await propose(place.ccg, place, mine, other, 600_00, effective_date="2018-05-01"))
    for client in reversed(await approvers(place)):
        moved = made(await decide(client, moved, "approval"))
    assert moved["state"] == "posted"
    made(await limit(place.ccg, place, mine))
    before = made(await place.position(place.pcc, "2018-19"))["totals"]["pooled"]["budget_adjusted"]
    icb = uuid.uuid4()
    made(await succeed(client_for, ((place.nhs, icb, 1),), [place.partnership], "2018-07-01", "transfer"))
    after = made(await place.position(place.pcc, "2018-19"))
    assert after["totals"]["pooled"]["budget_adjusted"] == before
    lines = {each["line_id"]: each["budget_adjusted_pence"] for each in after["lines"]}
    [theirs] = set(lines) - {str(mine), str(other)}
    assert lines == {str(mine): 100_00, theirs: 300_00, str(other): 700_00}
    heir = await as_successor(client_for, icb, (place.nhs,), place.partnership)
    assert await left(heir, place, theirs, "2018-08-01") == 300_00
    made(await reserve(heir, place, theirs, 300_00, effective_date="2018-08-01"))


async def test_a_limit_in_pence_is_divided_with_the_line_of_who_was_succeeded(devon, client_for):
    place, year = devon, {"financial_year": "2018/19"}
    line = await place.line(place.ccg, place.pool_id, "pooled", pence=1_000_00, **year)
    made(await limit(place.ccg, place, line, "amount", limit_pence=800_00))
    made(await reserve(place.ccg, place, line, 700_00, effective_date="2018-05-01"))
    icb = uuid.uuid4()
    made(await succeed(client_for, ((place.nhs, icb, 1),), [place.partnership], "2018-07-01", "transfer"))
    theirs = {"partnership_id": str(place.partnership)}
    kept = made(await place.pcc.get("/v1/commitment-limits", params=theirs))["items"]
    mine = sorted(each["limit_pence"] for each in kept if each["line_id"] == str(line))
    assert (len(kept), mine) == (3, [200_00, 800_00])  # what it was, and what is left of it
    [(taken, limit_pence)] = [
        (each["line_id"], each["limit_pence"]) for each in kept if each["line_id"] != str(line)
    ]
    assert limit_pence == 600_00
    heir = await as_successor(client_for, icb, (place.nhs,), place.partnership)
    # What was committed goes over whole, and stands beyond the limit; nothing comes to it.
    assert await left(heir, place, taken, "2018-08-01") == 0


async def test_a_hard_limit_goes_with_the_parts_of_a_line(place):
    pool, _, _ = await real_year(place)
    for basis, most, limits in (
        ("adjusted_budget", {}, [60_00, 40_00]),
        ("amount", {"limit_pence": 50_01}, [30_01, 20_00]),
        ("amount", {"limit_pence": 150_00}, [90_00, 60_00]),
    ):
        line = await place.line(place.pcc, pool, "pooled", pence=100_00, **YEAR)
        made(await limit(place.pcc, place, line, basis, **most))
        body = parts(60_00, 40_00)
        for number, each in enumerate(body["parts"]):
            each["name"] = f"{basis} {limits} {number}"
        made(await place.pcc.post(f"/v1/lines/{line}/split", json=body, key=key(), version=1))
        found = [await left(place.pcc, place, each["line_id"]) for each in body["parts"]]
        assert found == limits


async def test_a_hard_limit_outlives_a_merger_and_a_conversion(place):
    pool, _, _ = await real_year(place)
    first, second, third = [
        await place.line(place.pcc, pool, "pooled", pence=pence, **YEAR) for pence in (60_00, 40_00, 10_00)
    ]
    made(await limit(place.pcc, place, first, "amount", limit_pence=50_00))
    made(await limit(place.pcc, place, second))
    merger = {
        "id": str(uuid.uuid4()),
        "lines": [{"line_id": str(each), "version": 1} for each in (second, third)],
        "line_id": str(uuid.uuid4()),
        "name": "Together",
        "merged_on": "2015-05-01",
        "reason": "One service",
    }
    made(await place.pcc.post(f"/v1/lines/{first}/merger", json=merger, key=key(), version=1))
    assert await left(place.pcc, place, merger["line_id"]) == 100_00
    body = {
        "id": str(uuid.uuid4()),
        "line_id": str(uuid.uuid4()),
        "name": "Apart",
        "arrangement": "aligned",
        "pool_id": None,
        "converted_on": "2015-06-01",
        "legality": {"basis": "partners_choice", "assessed_on": "2015-03-01"},
        "criteria_version": "2015-03",
        "reason": "The partners so agreed",
    }
    together = merger["line_id"]
    made(await place.pcc.post(f"/v1/lines/{together}/conversion", json=body, key=key(), version=1))
    assert await left(place.pcc, place, body["line_id"]) == 100_00


async def test_the_database_keeps_a_limit_on_what_takes_a_limited_line_s_place(place, stack):
    """Past the rule: a part without the limit of its line is refused at the commit."""
    pool, _, _ = await real_year(place)
    line = await place.line(place.pcc, pool, "pooled", pence=100_00, **YEAR)
    made(await limit(place.pcc, place, line))
    connection = await stack.superuser()
    with pytest.raises(Exception, match="keeps no limit"):
        await connection.execute(
            "insert into budget.lines select (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(),"
            " 'name', 'Heir', 'counts_from', date '2015-05-01', 'succeeds_line_id', l.id))).* from budget.lines l where l.id = '"
            + str(line)
            + "'"
        )
    await connection.close()


async def test_who_succeeded_sees_the_packages_it_took_over_and_its_partner_does_not(devon, client_for):
    place, year = devon, {"financial_year": "2018/19"}
    line = await place.line(place.ccg, place.pool_id, "pooled", pence=1_000_00, **year)
    asked = {"level": "package", "placement_id": str(uuid.uuid4()), "description": "For one person"}
    made(await reserve(place.ccg, place, line, 90_00, effective_date="2018-05-01", **asked))
    icb = uuid.uuid4()
    made(await succeed(client_for, ((place.nhs, icb, 1),), [place.partnership], "2018-07-01", "transfer"))
    heir = await as_successor(client_for, icb, (place.nhs,), place.partnership)
    params = {"partnership_id": str(place.partnership)}
    for client, expect in ((heir, asked["placement_id"]), (place.pcc, None)):
        items = (await client.get("/v1/commitments", params=params)).json()["items"]
        assert [each["placement_id"] for each in items] == [expect, expect]
