"""Contributions over HTTP: instalments, variation, what was received and what is overdue; minimums and control totals."""

import uuid

import pytest

from tests.budget.place import Place, assert_hidden, code_of, key, made
from tests.budget.settling import Overspent

YEAR = {"financial_year": "2015/16"}


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.bring_into_force()
    place.pool_id = await place.pool(arrangement="pooled")
    return place


async def promise(place, pence: int | None, client=None, **changes):
    return await place.promise(client or place.pcc, place.pool_id, pence, **{**YEAR, **changes})


def amounts(contribution) -> list[int | None]:
    return [each["amount_pence"] for each in contribution["instalments"]]


async def standing(place, client=None, **asked):
    params = {"partnership_id": str(place.partnership), "financial_year": "2015-16", **asked}
    return await (client or place.pcc).get("/v1/contribution-standings", params=params)


@pytest.mark.row("S1-B13")
async def test_a_contribution_is_due_in_four_equal_parts_unless_agreed_otherwise(place):
    even = made(await promise(place, 100_03))
    assert amounts(even) == [25_01, 25_01, 25_01, 25_00]
    assert [each["due_on"] for each in even["instalments"]] == [
        "2015-04-01",
        "2015-07-01",
        "2015-10-01",
        "2016-01-01",
    ]
    unknown = made(await promise(place, None, place.ccg))
    assert amounts(unknown) == [None] * 4
    half = [{"due_on": "2015-05-01", "amount_pence": 1}, {"due_on": "2016-02-29", "amount_pence": 9}]
    agreed = made(await promise(place, 10, funding_source="DFG", instalments=half))
    assert (amounts(agreed), agreed["funding_source"]) == ([1, 9], "dfg")
    third = [{"due_on": day} for day in ("2015-04-01", "2015-08-01", "2015-12-01")]
    assert amounts(made(await promise(place, 10, funding_source="ibcf", instalments=third))) == [4, 3, 3]
    assert amounts(made(await promise(place, 5, form="in_kind"))) == []
    for parts, code in (
        ([{"due_on": "2015-05-01", "amount_pence": 9}], "instalments_differ"),
        ([half[1], half[0]], "instalments_out_of_order"),
        ([{"due_on": "2016-04-01", "amount_pence": 10}], "instalments_out_of_order"),
        (
            [{"due_on": "2015-04-01", "amount_pence": 11}, {**half[1], "amount_pence": -1}],
            "instalment_negative",
        ),
        ([half[0], {"due_on": "2016-02-29"}], "instalments_of_unknown"),
    ):
        refused = await promise(place, 10, funding_source="dwp", instalments=parts)
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, "/instalments")


@pytest.mark.row("S1-B13", "S1-B20")
async def test_a_variation_holds_from_its_day_and_keeps_what_was_due_before(place):
    first = made(await promise(place, 100_00))
    varied = {"replaces_contribution_id": first["id"], "effective_from": "2015-10-01"}
    for changes, pence, code in (
        ({"effective_from": "2016-04-01"}, 90_00, "contribution_varied_outside_year"),
        (
            {"effective_from": "2015-10-01", "replaces_contribution_id": None},
            90_00,
            "contribution_varied_outside_year",
        ),
        ({}, 49_99, "contribution_due_already"),
    ):
        refused = await promise(place, pence, **{**varied, **changes})
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, "/effective_from")
    second = made(await promise(place, 130_01, **varied))
    assert amounts(second) == [25_00, 25_00, 40_01, 40_00]

    async def due(**asked):
        position = made(await place.position(place.pcc, "2015-16", **asked))
        [mine] = [each for each in position["by_partner"] if each["organisation_id"] == str(place.council)]
        return mine["figures"]["contributions_due"]["known_pence"]

    assert [await due(as_at=day) for day in ("2015-09-30", "2015-10-01")] == [100_00, 130_01]
    observer = await place.client(observer=place.partnership)
    for day, pence in (("2015-09-30", 100_00), ("2015-10-01", 130_01)):
        totals = made(await place.position(observer, "2015-16", as_at=day))["totals"]
        assert totals["pooled"]["contributions_due"]["known_pence"] == pence
    unknown = made(
        await promise(place, None, replaces_contribution_id=second["id"], effective_from="2016-01-01")
    )
    assert amounts(unknown) == [25_00, 25_00, 40_01, None]
    # Varied again from an earlier day, and then as a whole: of all four one counts on each day, here and in standings.
    sooner = {"replaces_contribution_id": unknown["id"], "effective_from": "2015-09-01"}
    fourth = made(await promise(place, 120_00, **sooner))
    days = ("2015-08-31", "2015-09-30", "2015-12-31", "2016-03-31")
    assert [await due(as_at=day) for day in days] == [100_00, 120_00, 120_00, 120_00]
    totals = made(await place.position(observer, "2015-16", as_at="2015-12-31"))["totals"]
    assert totals["pooled"]["contributions_due"]["known_pence"] == 120_00
    told = made(await standing(place, as_at="2015-12-31"))["partners"]
    [mine] = [each for each in told if each["organisation_id"] == str(place.council)]
    assert (mine["promised"]["known_pence"], len(mine["instalments"])) == (120_00, 4)
    made(await promise(place, 90_00, replaces_contribution_id=fourth["id"]))
    assert [await due(as_at=day) for day in days] == [90_00] * 4


async def pay(place, pence, day="2015-05-01"):
    fund = await place.account(place.pcc, "fund", "pooled", pool_id=place.pool_id)
    partner = await place.account(
        place.pcc, "contribution", "pooled", pool_id=place.pool_id, organisation_id=place.council
    )
    await place.post(place.pcc, fund, partner, pence, kind="contribution", effective_date=day)


async def test_what_is_received_pays_what_fell_due_first_and_the_rest_is_overdue(place):
    made(await promise(place, 100_00))
    made(await promise(place, None, place.ccg))
    await pay(place, 30_00)
    partners = made(await standing(place, as_at="2015-07-01"))["partners"]
    by_partner = {each["organisation_id"]: each for each in partners}
    mine = by_partner[str(place.council)]
    assert (mine["due"]["known_pence"], mine["received_pence"]) == (50_00, 30_00)
    assert (mine["outstanding_pence"], mine["overdue"]) == (20_00, False)
    assert [each["received_pence"] for each in mine["instalments"]] == [25_00, 5_00, 0, 0]
    late = made(await standing(place, as_at="2015-07-02", overdue=True))["partners"]
    assert [each["organisation_id"] for each in late] == [str(place.council)]
    assert [each["overdue"] for each in late[0]["instalments"]] == [False, True, False, False]
    theirs = by_partner[str(place.nhs)]
    assert (theirs["outstanding_pence"], theirs["overdue"], theirs["due"]["complete"]) == (None, None, False)
    assert theirs["promised"]["missing_contributors"] == [str(place.nhs)]
    early = made(await standing(place, as_at="2015-04-30", overdue=True))["partners"]
    assert [each["received_pence"] for each in early] == [0]
    await pay(place, 80_00)
    over = made(await standing(place, as_at="2015-07-02"))["partners"]
    assert {each["outstanding_pence"] for each in over} == {-60_00, None}
    outside = await standing(place, as_at="2016-04-01")
    assert outside.json()["errors"][0]["pointer"] == "?as_at"


async def test_what_is_given_in_kind_pays_no_money_that_is_due(place):
    made(await promise(place, 100_00))
    made(await promise(place, 500_00, form="in_kind"))
    line = await place.line(place.pcc, place.pool_id, "pooled", pence=500_00, financial_year="2015/16")
    cost = await place.account(place.pcc, "expenditure", "pooled", pool_id=place.pool_id, line_id=line)
    partner = await place.account(
        place.pcc, "contribution", "pooled", pool_id=place.pool_id, organisation_id=place.council
    )
    given = {"kind": "in_kind", "effective_date": "2015-05-01"}
    await place.post(place.pcc, cost, partner, 500_00, **given)
    wrong = await place.post(place.pcc, cost, partner, 7_00, **given)
    undone = {"id": str(uuid.uuid4()), "effective_date": "2015-05-01", "narrative": "Counted twice"}
    made(await place.pcc.post(f"/v1/journals/{wrong['id']}/reversal", json=undone, key=key()))
    [mine] = made(await standing(place, as_at="2015-07-02"))["partners"]
    assert (mine["received_pence"], mine["received_in_kind_pence"], mine["settled_pence"]) == (0, 500_00, 0)
    assert (mine["outstanding_pence"], mine["overdue"]) == (50_00, True)
    assert [each["received_pence"] for each in mine["instalments"]] == [0, 0, 0, 0]
    await pay(place, 60_00)
    [mine] = made(await standing(place, as_at="2015-07-02"))["partners"]
    assert (mine["received_pence"], mine["outstanding_pence"], mine["overdue"]) == (60_00, -10_00, False)


async def test_a_settlement_is_no_contribution_paid_or_owed(client_for):
    place = await Overspent().prepare(client_for, budget=600_00, spent=400_00)
    made(await place.record())
    partners = {each["organisation_id"]: each["account_id"] for each in place.accounts["partners"]}
    owed = {str(place.council): 200_00, str(place.nhs): 100_00}
    for body, pence in owed.items():
        paid = {"kind": "contribution", "effective_date": "2015-04-01"}
        await place.post(place.pcc, place.accounts["fund_account_id"], partners[body], pence, **paid)
    observer = await place.client(observer=place.partnership)

    async def received(client) -> int:
        return made(await place.position(client, "2015-16"))["totals"]["pooled"][
            "contributions_received_pence"
        ]

    before = await received(observer)
    settled, posting = await place.approved(), place.posting()
    returned = {each["organisation_id"]: each["amount_pence"] for each in settled["outcome"]["by_partner"]}
    assert sum(returned.values()) == 280_00
    made(await place.act(place.pcc, settled, "posting", posting))

    async def stands(moved) -> None:
        for each in made(await standing(place, as_at="2016-03-31"))["partners"]:
            who = each["organisation_id"]
            assert (each["received_pence"], each["outstanding_pence"]) == (owed[who], 0)
            assert (each["overdue"], each["settled_pence"]) == (False, -moved.get(who, 0))
        assert [await received(each) for each in (place.ccg, observer)] == [before, before]

    await stands(returned)
    undone = {"id": str(uuid.uuid4()), "effective_date": "2016-03-31", "narrative": "Wrong"}
    made(await place.pcc.post(f"/v1/journals/{posting['journal_id']}/reversal", json=undone, key=key()))
    await stands({})


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
