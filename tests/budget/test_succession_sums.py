"""What a succession must not count twice, nor forget: promises, budgets of later days, and what others are weighed by."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.budget.rules.succession import Move, carried
from shared.money import TBC, Money
from tests.budget.place import made
from tests.budget.succeeding import County, succeed


@pytest.fixture
async def devon(client_for, stack):
    """A council that hosts a pool, and two CCGs."""
    place = await County().prepare(stack, client_for)
    yield place
    await place.connection.close()


def test_what_a_divided_body_owed_is_weighed_by_its_shares():
    """To the penny, through a second succession too, and not before its day; what is unknown stays so for both."""
    old, one, two, last = (uuid.UUID(int=number) for number in range(1, 5))
    day, later = date(2022, 7, 1), date(2022, 10, 1)
    both = [(Move(old, one, Decimal("0.5")), day), (Move(old, two, Decimal("0.5")), day)]
    every = [*both, (Move(two, last, Decimal(1)), later)]
    owed = {old: Money(1_01), one: Money(7)}
    assert carried(owed, both, date(2022, 6, 30)) == owed
    assert sorted(each.amount_pence for each in carried({old: Money(1_01)}, both, day).values()) == [50, 51]
    found = carried(owed, every, later)
    assert set(found) == {one, last}
    assert sum(each.amount_pence for each in found.values()) == 1_08
    assert [each.known for each in carried({old: TBC, one: Money(7)}, every, later).values()] == [
        False,
        False,
    ]


@pytest.mark.row("S3-G01")
async def test_what_an_nhs_body_promised_stays_that_of_one_once_it_is_succeeded(devon, client_for):
    """The minimum is held against the same money before and after, and as it was on record; so is who stood for whom."""
    place, year = devon, {"financial_year": "2022/23"}
    made(await place.promise(place.ccg, place.pool_id, 1_200_00, funding_source="bcf", **year))
    minimum = {
        "kind": "nhs_minimum",
        "name": "Minimum",
        "amount_pence": 1_200_00,
        "source": "Allocations",
        **year,
    }
    minimum["partnership_id"] = str(place.partnership)
    made(await place.ccg.put(f"/v1/funding-requirements/{uuid.uuid4()}", json=minimum))
    asked = {"partnership_id": str(place.partnership), "financial_year": "2022-23"}
    then = {"as_recorded": (await place.connection.fetchval("select clock_timestamp()")).isoformat()}
    folded = {**then, "under": "successors"}
    before = await place.pcc.get("/v1/funding-tests", params={**asked, **then})
    position = await place.position(place.pcc, "2022-23", **folded)
    assert made(before)["tests"][0]["met"] is True
    rows = ((place.nhs, uuid.uuid4(), 1),)
    made(await succeed(client_for, rows, [place.partnership], "2022-07-01", "transfer"))
    assert (await place.pcc.get("/v1/funding-tests", params={**asked, **then})).content == before.content
    assert (await place.position(place.pcc, "2022-23", **folded)).content == position.content
    now = made(await place.pcc.get("/v1/funding-tests", params=asked))["tests"][0]
    assert (now["met"], now["figure"]["known_pence"]) == (True, 1_200_00)


async def test_a_promise_that_is_to_be_confirmed_goes_over_with_what_was_due_known(devon, client_for):
    """Of 400 pounds a quarter each, of which the last was put in question: the first stays the predecessor's."""
    place, year = devon, {"financial_year": "2022/23"}
    first = made(await place.promise(place.ccg, place.pool_id, 400_00, **year))
    varied = {"replaces_contribution_id": first["id"], "effective_from": "2023-01-01"}
    made(await place.promise(place.ccg, place.pool_id, None, **year, **varied))
    icb = uuid.uuid4()
    rows = ((place.nhs, icb, 1),)
    made(await succeed(client_for, rows, [place.partnership], "2022-07-01", "transfer"))
    for asked in ({}, {"as_at": "2022-08-01"}):
        position = made(await place.position(place.pcc, "2022-23", **asked))
        due = {
            each["organisation_id"]: each["figures"]["contributions_due"] for each in position["by_partner"]
        }
        assert (due[str(place.nhs)]["known_pence"], due[str(place.nhs)]["complete"]) == (100_00, True)
        assert (due[str(icb)]["known_pence"], due[str(icb)]["complete"]) == (None, False)
        assert position["totals"]["pooled"]["contributions_due"]["known_pence"] == 100_00
    before = made(await place.position(place.pcc, "2022-23", as_at="2022-06-30"))
    assert before["totals"]["pooled"]["contributions_due"]["known_pence"] == 400_00


async def test_a_budget_revised_for_later_is_divided_and_not_counted_beside_its_parts(devon, client_for):
    """Twelve hundred pounds, thirteen from January on: from July on the two bodies hold thirteen together, on any day."""
    place = devon
    line = await place.line(place.ccg, place.pool_id, "pooled", financial_year="2022/23", pence=1_200_00)
    later = {"id": str(uuid.uuid4()), "kind": "revised", "amount": {"amount_pence": 1_300_00}, "reason": "x"}
    body = {**later, "effective_from": "2023-01-01"}
    made(await place.ccg.post(f"/v1/lines/{line}/budgets", json=body, key=uuid.uuid4().hex, version=1))
    rows = ((place.nhs, uuid.uuid4(), 1),)
    made(await succeed(client_for, rows, [place.partnership], "2022-07-01", "transfer"))
    for day, pence in (
        ("2022-06-30", 1_200_00),
        ("2022-07-01", 1_300_00),
        ("2023-01-01", 1_300_00),
        ("2023-03-31", 1_300_00),
    ):
        totals = made(await place.position(place.pcc, "2022-23", as_at=day))["totals"]["pooled"]
        assert (day, totals["budget_approved"]["known_pence"]) == (day, pence)


@pytest.mark.row("S3-G01", "S3-B01")
async def test_what_is_over_is_borne_by_who_stands_for_both_weighed_by_the_whole_year(devon, client_for):
    """Three to one, whoever of two bodies owed it when; and nothing is borne by a body that has ended."""
    place, icb = devon, uuid.uuid4()
    for client, pence in ((place.ccg, 1_200_00), (place.pcc, 400_00), (place.sdt, 0)):
        made(await place.promise(client, place.pool_id, pence, financial_year="2022/23"))
    made(await succeed(client_for, ((place.nhs, icb, 1),), [place.partnership], "2022-07-01", "transfer"))
    by_dues = [{"kind": "contributions"}]
    scheme: dict[str, Any] = {
        "partnership_id": str(place.partnership),
        "pool_id": str(place.pool_id),
        "clause": "Schedule 3",
    }
    scheme |= {"effective_from": "2022-04-01", "overspend": by_dues, "underspend": by_dues}
    made(await place.pcc.put(f"/v1/risk-shares/{uuid.uuid4()}", json=scheme))
    basis = {"pool_id": str(place.pool_id), "financial_year": "2022/23", "source": "forecast"}
    over = {"variance": {"amount_pence": -16_00, "status": "estimate"}}
    settled = made(await place.pcc.post("/v1/settlements/simulation", json={**basis, **over}))
    weights = settled["facts"]["contributions"]
    assert {each["organisation_id"]: each["amount"]["amount_pence"] for each in weights} == {
        str(place.council): 400_00,
        str(icb): 1_200_00,
        str(place.second): 0,
    }
    borne = {each["organisation_id"]: each["amount_pence"] for each in settled["outcome"]["by_partner"]}
    assert borne == {str(place.council): 4_00, str(icb): 12_00}
