"""Lines that take each other's place over HTTP: conversion, split and merger, counted once and conserved."""

import uuid

import pytest

from tests.budget.place import Place, code_of, key, made

YEAR = "2015/16"


@pytest.fixture
async def place(client_for):
    """A draft agreement with a shadow pool, and a shadow line of 2015/16 in it."""
    place = await Place().enter(client_for)
    await place.draft()
    place.pool_id = await place.pool()
    return place


async def commence(place, day="2015-04-01"):
    await place.approve()
    await place.sign()
    await place.commence(day)


def conversion(place, **changes) -> dict:
    return {
        "id": str(uuid.uuid4()),
        "line_id": str(uuid.uuid4()),
        "name": "Residential care",
        "arrangement": "pooled",
        "pool_id": str(place.pool_id),
        "converted_on": "2015-04-01",
        "legality": {"basis": "lawful_to_pool", "assessed_on": "2015-03-01"},
        "criteria_version": "2015-03",
        "reason": "The agreement has commenced.",
        **changes,
    }


def parts(*pence, **changes) -> dict:
    return {
        "id": str(uuid.uuid4()),
        "split_on": "2015-04-01",
        "reason": "Disaggregation of existing resources",
        "parts": [
            {"line_id": str(uuid.uuid4()), "name": f"Part {uuid.uuid4().hex[:6]}", "budget_pence": each}
            for each in pence
        ],
        **changes,
    }


async def send(client, line, act, body, version=1):
    return await client.post(f"/v1/lines/{line}/{act}", json=body, key=key(), version=version)


async def shown(place, **asked) -> dict:
    return made(await place.position(place.pcc, "2015-16", **asked))


def budgets(position) -> dict[str, int | None]:
    return {name: each["budget_approved"]["known_pence"] for name, each in position["totals"].items()}


@pytest.mark.row("S1-B04", "S5-B01", "S5-B03")
async def test_a_shadow_line_turns_pooled_at_commencement_and_is_counted_once(place):
    line = await place.line(
        place.pcc, place.pool_id, financial_year=YEAR, name="Residential care", pence=100_00
    )
    body = conversion(place)
    early = await send(place.pcc, line, "conversion", body)
    assert (early.status_code, code_of(early)) == (409, "line_differs_from_pool")
    await commence(place, "2015-07-01")
    too_early = await send(place.pcc, line, "conversion", body)
    assert code_of(too_early) == "line_move_before_commencement"
    assert too_early.json()["errors"][0]["pointer"] == "/converted_on"
    before = await shown(place)
    moved = made(await send(place.pcc, line, "conversion", {**body, "converted_on": "2015-07-01"}))
    assert (moved["before_pence"], moved["after_pence"]) == (100_00, 100_00)
    assert moved["criteria_version"] == "2015-03"
    assert budgets(before) == {"pooled": None, "aligned": None, "shadow": 100_00, "whole": 100_00}
    nothing = {"aligned": None, "whole": 100_00}
    assert budgets(await shown(place)) == {"pooled": 100_00, "shadow": None, **nothing}
    assert budgets(await shown(place, as_at="2015-06-30")) == {"pooled": None, "shadow": 100_00, **nothing}
    old = made(await place.pcc.get(f"/v1/lines/{line}"))
    assert (old["ended_on"], old["arrangement"]) == ("2015-07-01", "shadow")
    new = made(await place.ccg.get(f"/v1/lines/{body['line_id']}"))
    assert (new["counts_from"], new["made_by_move_id"]) == ("2015-07-01", old["ended_by_move_id"])
    assert (old["criteria_version"], new["criteria_version"]) == (None, "2015-03")
    again = await send(place.pcc, line, "conversion", conversion(place), 2)
    assert code_of(again) == "line_ended"
    for each in (line, body["line_id"]):
        listed = (await place.ccg.get(f"/v1/lines/{each}/moves")).json()["items"]
        assert listed == [moved]


@pytest.mark.row("S1-B04")
async def test_what_was_on_record_before_a_conversion_does_not_change(place):
    line = await place.line(place.pcc, place.pool_id, financial_year=YEAR, pence=100_00)
    await commence(place)
    moved = made(await send(place.pcc, line, "conversion", conversion(place)))
    at = moved["recorded_at"]
    after = await shown(place, as_recorded=at)
    assert budgets(after)["pooled"] == 100_00
    assert budgets(after)["shadow"] is None
    assert budgets(after)["whole"] == 100_00
    just_before = f"{at[:-1]}"[:19] + "Z"
    before = await shown(place, as_recorded=just_before)
    assert budgets(before)["pooled"] is None


@pytest.mark.row("S5-B01")
async def test_a_converted_line_takes_no_more_postings(place):
    line = await place.line(place.pcc, place.pool_id, financial_year=YEAR)
    await place.spend(place.pcc, line, 5, pool=place.pool_id, effective_date="2015-08-01")
    cost = await place.account(place.pcc, "expenditure", "shadow", pool_id=place.pool_id, line_id=line)
    fund = await place.account(place.pcc, "reserve", "shadow", pool_id=place.pool_id)
    await commence(place)
    # What is posted to a shadow line from the day on is its record; what is dated earlier would fall out.
    later = await send(place.pcc, line, "conversion", conversion(place, converted_on="2015-08-02"))
    assert code_of(later) == "line_move_has_postings"
    made(await send(place.pcc, line, "conversion", conversion(place, converted_on="2015-08-01")))
    entries = [{"account_id": str(cost), "amount_pence": 5}, {"account_id": str(fund), "amount_pence": -5}]
    body = {"kind": "expenditure", "effective_date": "2015-09-01", "narrative": "x", "entries": entries}
    refused = await place.pcc.put(f"/v1/journals/{uuid.uuid4()}", json=body)
    assert (refused.status_code, code_of(refused)) == (409, "journal_line_ended")
    assert refused.json()["errors"][0]["pointer"] == "/entries/0/account_id"


async def test_which_conversions_are_refused(place):
    aligned = await place.line(place.pcc, None, "aligned", financial_year=YEAR)
    await commence(place)
    pooled = await place.line(place.pcc, place.pool_id, "pooled", financial_year=YEAR)
    surgery = await place.line(place.pcc, None, "aligned", financial_year=YEAR, functions=["surgery"])
    choice = {"basis": "partners_choice", "assessed_on": "2015-09-01"}
    for line, changes, code in (
        (
            aligned,
            {"arrangement": "aligned", "pool_id": None, "legality": choice},
            "line_move_same_arrangement",
        ),
        (aligned, {"pool_id": None}, "line_needs_pool"),
        (aligned, {"pool_id": str(uuid.uuid4())}, "pool_unknown"),
        (aligned, {"legality": choice}, "line_basis_mismatch"),
        (aligned, {"converted_on": "2016-04-01"}, "line_move_outside_year"),
        (aligned, {"converted_on": "2015-03-31"}, "line_move_outside_year"),
        (surgery, {}, "line_statutorily_excluded"),
        (pooled, {"arrangement": "shadow"}, "line_move_not_to_shadow"),
    ):
        refused = await send(place.pcc, line, "conversion", conversion(place, **changes))
        assert code_of(refused) == code, refused.text
    leap = await send(
        place.pcc,
        pooled,
        "conversion",
        conversion(place, arrangement="aligned", pool_id=None, legality=choice, converted_on="2016-02-29"),
    )
    assert made(leap)["effective_on"] == "2016-02-29"
    assert code_of(await send(place.ccg, pooled, "conversion", conversion(place), 2)) == "line_owners_only"


@pytest.mark.row("S5-B14", "S1-B13")
async def test_a_split_comes_to_the_line_to_the_penny(place):
    line = await place.line(place.pcc, None, "aligned", financial_year=YEAR, pence=100_01, tags=["a"])
    for body, code, pointer in (
        (parts(50_00, 50_00), "line_parts_differ", "/parts"),
        (parts(100_01), "line_move_too_few_parts", "/parts"),
        (parts(100_02, -1), "line_move_part_negative", "/parts/1/budget_pence"),
        (parts(50_00, 50_01, split_on="2015-03-31"), "line_move_outside_year", "/split_on"),
    ):
        refused = await send(place.pcc, line, "split", body)
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)
    body = parts(33_34, 33_34, 33_33)
    move = made(await send(place.pcc, line, "split", body))
    assert (move["before_pence"], move["after_pence"]) == (100_01, 100_01)
    assert move["to_line_ids"] == [each["line_id"] for each in body["parts"]]
    assert budgets(await shown(place))["aligned"] == 100_01
    child = made(await place.pcc.get(f"/v1/lines/{body['parts'][0]['line_id']}"))
    assert (child["budget"]["amount_pence"], child["tags"]) == (33_34, ["a"])
    unknown = await place.line(place.pcc, None, "aligned", financial_year=YEAR, pence=None)
    assert code_of(await send(place.pcc, unknown, "split", parts(1, 1))) == "line_move_amount_unknown"


async def test_a_line_with_postings_or_a_later_budget_is_not_split(place):
    line = await place.line(place.pcc, None, "aligned", financial_year=YEAR, pence=100_00)
    later = {
        "id": str(uuid.uuid4()),
        "kind": "revised",
        "amount": {"amount_pence": 90_00},
        "effective_from": "2015-10-01",
        "reason": "x",
    }
    made(await place.pcc.post(f"/v1/lines/{line}/budgets", json=later, key=key(), version=1))
    refused = await send(place.pcc, line, "split", parts(40_00, 50_00), 2)
    assert (code_of(refused), refused.json()["revised_from"]) == ("line_move_revised_later", "2015-10-01")
    await place.spend(place.pcc, line, 5, arrangement="aligned", effective_date="2015-06-01")
    posted = await send(place.pcc, line, "split", parts(40_00, 50_00, split_on="2015-10-01"), 2)
    assert code_of(posted) == "line_move_has_postings"


@pytest.mark.row("S5-B14")
async def test_lines_of_one_kind_are_merged_and_hold_what_they_held(place):
    held = [
        await place.line(place.pcc, None, "aligned", financial_year=YEAR, pence=pence, name=name)
        for name, pence in (("Residential care", 60_00), ("Nursing care", 40_01))
    ]
    other = await place.line(place.pcc, None, "aligned", financial_year=YEAR, category="complex")
    body = {
        "id": str(uuid.uuid4()),
        "lines": [{"line_id": str(held[1]), "version": 1}],
        "line_id": str(uuid.uuid4()),
        "name": "Residential care",
        "merged_on": "2015-04-01",
        "reason": "One service, one line",
    }
    for others, code in (
        ([], "line_move_too_few_lines"),
        ([{"line_id": str(other), "version": 1}], "line_move_unlike_lines"),
        ([{"line_id": str(uuid.uuid4()), "version": 1}], "line_unknown"),
        ([{"line_id": str(held[1]), "version": 2}], "version_stale"),
    ):
        assert code_of(await send(place.pcc, held[0], "merger", {**body, "lines": others})) == code
    move = made(await send(place.pcc, held[0], "merger", body))
    assert (move["before_pence"], move["after_pence"]) == (100_01, 100_01)
    assert set(move["from_line_ids"]) == {str(each) for each in held}
    lines = {
        each["line_id"]: each["budget_approved"]["amount_pence"] for each in (await shown(place))["lines"]
    }
    assert lines == {body["line_id"]: 100_01, str(other): 100_00}


async def test_the_partner_s_sums_count_a_split_line_once(place):
    line = await place.line(place.pcc, None, "aligned", financial_year=YEAR, pence=100_00)
    made(await send(place.pcc, line, "split", parts(40_00, 60_00)))
    theirs = made(await place.position(place.ccg, "2015-16"))
    assert budgets(theirs)["aligned"] == 100_00
    observer = await place.client(observer=place.partnership)
    assert budgets(made(await place.position(observer, "2015-16")))["aligned"] == 100_00


async def test_the_database_holds_moves_to_what_they_say(place, stack):
    line = await place.line(place.pcc, None, "aligned", financial_year=YEAR, pence=100_00)
    connection = await stack.superuser()
    move = (
        "insert into budget.line_moves (id, partnership_id, owner_organisation_id, arrangement, financial_year, kind,"
        " effective_on, reason, before_pence, after_pence, from_line_ids, to_line_ids) values"
        " (gen_random_uuid(), $1, $2, 'aligned', '2015/16', 'split', '2015-04-01', 'x', 100, $3, array[$4]::uuid[], '{}')"
    )
    try:
        for after, words in ((99, "line_moves_conserve"), (100, "is not whole")):
            with pytest.raises(Exception, match=words):
                await connection.execute(move, place.partnership, place.council, after, line)
        for change in ("version = 3", "waits_for = '{x}', version = 2"):
            with pytest.raises(Exception, match="cannot change that way"):
                await connection.execute(f"update budget.lines set {change} where id = $1", line)
        with pytest.raises(Exception, match="line_profiles_add_up"):
            await connection.execute(
                "insert into budget.line_profiles (id, number, interval, budget_pence, amounts_pence, line_id,"
                " partnership_id, owner_organisation_id, arrangement, financial_year) values (gen_random_uuid(), 1,"
                " 'quarter', 100, '{1,2,3,4}', $1, $2, $3, 'aligned', '2015/16')",
                line,
                place.partnership,
                place.council,
            )
    finally:
        await connection.close()
