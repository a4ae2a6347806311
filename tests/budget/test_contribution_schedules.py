"""Contributions over HTTP: instalments, variation, what was received and what is overdue; minimums and control totals."""

import uuid

import pytest

from tests.budget.place import Place, code_of, key, made
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
