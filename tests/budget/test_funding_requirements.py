"""What pays for a pool is held against minimums of the Better Care Fund and control totals of the unit."""

import uuid

import pytest

from tests.budget.place import Place, assert_hidden, code_of, made

YEAR = {"financial_year": "2015/16"}


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.bring_into_force()
    place.pool_id = await place.pool(arrangement="pooled")
    return place


async def promise(place, pence: int | None, client=None, **changes):
    return await place.promise(client or place.pcc, place.pool_id, pence, **{**YEAR, **changes})


def requirement(place, kind, pence: int | None, **changes) -> dict:
    return {
        "partnership_id": str(place.partnership),
        "pool_id": str(place.pool_id),
        "kind": kind,
        "name": kind,
        "amount_pence": pence,
        "source": "Better Care Fund planning requirements",
        **YEAR,
        **changes,
    }


async def lay_down(place, *args, client=None, **changes):
    body = requirement(place, *args, **changes)
    return await (client or place.pcc).put(f"/v1/funding-requirements/{uuid.uuid4()}", json=body)


async def held_against(place, client=None, **asked) -> dict:
    params = {"partnership_id": str(place.partnership), "financial_year": "2015-16", **asked}
    tests = made(await (client or place.pcc).get("/v1/funding-tests", params=params))["tests"]
    return {each["requirement"]["name"]: each for each in tests}


@pytest.mark.row("S1-B21")
async def test_the_better_care_fund_s_minimums(place):
    made(await lay_down(place, "nhs_minimum", 1000_00))
    made(await lay_down(place, "adult_social_care_minimum", 400_00))
    before = await held_against(place)
    assert (before["nhs_minimum"]["met"], before["nhs_minimum"]["out_by_pence"]) == (False, 1000_00)
    made(await promise(place, 999_99, place.ccg, funding_source="BCF"))
    made(await promise(place, 5000_00, place.pcc, funding_source="BCF"))
    made(await promise(place, 5000_00, place.ccg))
    short = (await held_against(place))["nhs_minimum"]
    assert (short["met"], short["out_by_pence"], short["figure"]["known_pence"]) == (False, 1, 999_99)
    tagged = {"tags": ["adult_social_care"], "nature": {"funding_source": "bcf"}, **YEAR}
    await place.line(place.pcc, place.pool_id, "pooled", pence=399_99, **tagged)
    await place.line(place.pcc, place.pool_id, "pooled", pence=500_00, tags=["adult_social_care"], **YEAR)
    unknown = await place.line(place.pcc, place.pool_id, "pooled", pence=None, **tagged)
    seen = (await held_against(place))["adult_social_care_minimum"]
    assert (seen["met"], seen["figure"]["missing_contributors"]) == (None, [str(place.council)])
    known = {
        "id": str(uuid.uuid4()),
        "kind": "original",
        "amount": {"amount_pence": 1},
        "effective_from": "2015-04-01",
        "reason": "Set",
    }
    made(await place.pcc.post(f"/v1/lines/{unknown}/budgets", json=known, key=uuid.uuid4().hex, version=1))
    assert (await held_against(place))["adult_social_care_minimum"]["met"] is True
    params = {"partnership_id": str(place.partnership), "financial_year": "2015-16"}
    sources = made(await place.pcc.get("/v1/funding-tests", params=params))["by_source"]
    assert {each["funding_source"]: each["contributions"]["known_pence"] for each in sources} == {
        "bcf": 5999_99,
        "core_budget": 5000_00,
    }


@pytest.mark.row("S4-B02", "S5-B15")
async def test_what_the_unit_costs_is_held_against_its_control_total(place):
    total = {"pool_id": None, "tag": "commissioning_unit"}
    made(await lay_down(place, "control_total", 3_600_000_00, **total))
    unit = {"tags": ["commissioning_unit"], **YEAR}
    await place.line(place.pcc, None, "aligned", pence=3_418_400_00, **unit)
    within = (await held_against(place))["control_total"]
    assert (within["met"], within["figure"]["known_pence"]) == (True, 3_418_400_00)
    await place.line(place.pcc, None, "aligned", pence=181_600_01, **unit)
    passed = (await held_against(place))["control_total"]
    assert (passed["met"], passed["out_by_pence"]) == (False, 1)
    # The council's aligned lines are not the other partner's to see, so it is told that somebody is missing.
    theirs = (await held_against(place, place.ccg))["control_total"]
    assert (theirs["met"], theirs["figure"]["complete"]) == (None, False)
    assert theirs["figure"]["missing_contributors"] == [str(place.council)]


@pytest.mark.row("S4-B02")
async def test_where_the_agreement_opens_aligned_lines_either_partner_judges_the_control_total(client_for):
    place = await Place().enter(client_for)
    await place.draft(aligned_lines_open=True)
    made(await lay_down(place, "control_total", 100_00, pool_id=None, tag="commissioning_unit"))
    unit = {"tags": ["commissioning_unit"], **YEAR}
    await place.line(place.pcc, None, "aligned", pence=60_00, **unit)
    theirs = await place.line(place.ccg, None, "aligned", pence=40_00, **unit)
    await place.line(place.ccg, None, "aligned", pence=5_00, **YEAR)
    for client, own in ((place.pcc, 60_00), (place.ccg, 40_00)):
        closed = (await held_against(place, client))["control_total"]
        assert (closed["met"], closed["figure"]["known_pence"]) == (None, own)
    await place.approve()
    await place.sign()
    await place.commence()
    alone = (await held_against(place, place.pcc))["control_total"]
    assert (alone["met"], alone["figure"]["known_pence"]) == (None, 60_00)  # nobody shares its lines yet
    council = await place.sharing(place.council, place.nhs)
    for client in (council, await place.sharing(place.nhs, place.council)):
        opened = (await held_against(place, client))["control_total"]
        assert (opened["met"], opened["figure"]["known_pence"]) == (True, 100_00)
        assert opened["figure"]["missing_contributors"] == []
    revised = {
        "id": str(uuid.uuid4()),
        "kind": "revised",
        "amount": {"amount_pence": 40_01},
        "effective_from": "2015-10-01",
        "reason": "One penny more",
    }
    path = f"/v1/lines/{theirs}/budgets"
    made(await place.ccg.post(path, json=revised, key=uuid.uuid4().hex, version=1))
    passed = (await held_against(place, council))["control_total"]
    assert (passed["met"], passed["out_by_pence"]) == (False, 1)
    assert (await held_against(place, council, as_at="2015-09-30"))["control_total"]["met"] is True
    outside = await place.client(commissioner=uuid.uuid4())
    params = {"partnership_id": str(place.partnership), "financial_year": "2015-16"}
    assert (await outside.get("/v1/funding-tests", params=params)).status_code == 404


@pytest.mark.row("S2-B23")
async def test_a_pool_holds_what_every_pool_must_hold(place):
    for item in ("equipment", "carers", "rapid_response"):
        made(await lay_down(place, "mandatory_item", None, name=item, tag=item))
    await place.line(place.pcc, place.pool_id, "pooled", tags=["carers"], **YEAR)
    await place.line(place.pcc, None, "aligned", tags=["equipment"], **YEAR)
    met = {name: each["met"] for name, each in (await held_against(place)).items()}
    assert met == {"equipment": False, "carers": True, "rapid_response": False}


async def test_what_a_requirement_may_not_say_and_who_sees_it(place):
    for body, code, pointer in (
        (("nhs_minimum", None), "funding_requirement_amount", "/amount_pence"),
        (("mandatory_item", 5), "funding_requirement_amount", "/amount_pence"),
        (("control_total", -1), "funding_requirement_amount", "/amount_pence"),
        (("control_total", 5), "funding_requirement_tag", "/tag"),
    ):
        refused = await lay_down(place, *body)
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)
    assert code_of(await lay_down(place, "nhs_minimum", 5, pool_id=str(uuid.uuid4()))) == "pool_unknown"
    first = made(await lay_down(place, "nhs_minimum", 5))
    theirs = await lay_down(place, "nhs_minimum", 6, client=place.ccg, replaces_requirement_id=first["id"])
    assert code_of(theirs) == "funding_requirement_unknown"
    made(await lay_down(place, "nhs_minimum", 6, replaces_requirement_id=first["id"]))
    again = await lay_down(place, "nhs_minimum", 7, replaces_requirement_id=first["id"])
    assert code_of(again) == "funding_requirement_replaced"
    assert (await held_against(place))["nhs_minimum"]["requirement"]["amount_pence"] == 6
    path = f"/v1/funding-requirements/{first['id']}"
    assert made(await place.ccg.get(path)) == first
    others = [
        await place.client(**{role: place.partnership}) for role in ("provider", "observer", "associate")
    ]
    for client in (*others, await place.client(commissioner=uuid.uuid4())):
        await assert_hidden(client, path, "/v1/funding-requirements", place.partnership)
        params = {"partnership_id": str(place.partnership), "financial_year": "2015-16"}
        for door in ("funding-tests", "contribution-standings"):
            assert (await client.get(f"/v1/{door}", params=params)).status_code == 404
