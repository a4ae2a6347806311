"""Reference figures over HTTP: kept with their qualifiers, a head worked out, and in no total."""

import uuid
from decimal import Decimal

import pytest

from services.budget.rules.reference_figure import Bound, ReferenceFigure, Unit, per_head
from shared.money import Money, Qualifier, Status
from tests.budget.place import Place, assert_hidden, code_of, made


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def keep(place, printed, unit="pounds", pence=None, qualifier=None, **changes):
    amount = None if pence is None else {"amount_pence": pence, "status": "actual", "qualifier": qualifier}
    body = {
        "partnership_id": str(place.partnership),
        "name": printed[:40],
        "source": "Northern, Eastern and Western Devon CCG",
        "printed": printed,
        "unit": unit,
        "amount": amount,
        **({} if pence is not None else {"qualifier": qualifier}),
        **changes,
    }
    return await place.pcc.put(f"/v1/reference-figures/{uuid.uuid4()}", json=body)


@pytest.mark.row("S3-B05")
async def test_more_than_so_much_for_nearly_so_many_is_at_least_so_much_a_head(place):
    people = made(
        await keep(place, "nearly 1.2 million people", "people", value="1200000", qualifier="almost")
    )
    budget = made(
        await keep(
            place,
            "a budget of more than £1.8 billion",
            pence=1_800_000_000_00,
            qualifier="more_than",
            people_figure_id=people["id"],
        )
    )
    assert budget["per_head"] == {
        "people_figure_id": people["id"],
        "bound": "at_least",
        "amount_pence": 1_500_00,
    }
    assert (people["qualifier"], people["value"]) == ("almost", "1200000")
    assert budget["amount"]["qualifier"] == "more_than"
    assert made(await place.ccg.get(f"/v1/reference-figures/{budget['id']}")) == budget


@pytest.mark.row("S1-B26")
async def test_figures_for_reference_are_in_no_total(place):
    await place.bring_into_force()
    pool = await place.pool(arrangement="pooled")
    await place.line(place.pcc, pool, "pooled", pence=100_00, financial_year="2015/16")
    asked = {"partnership_id": str(place.partnership), "financial_year": "2015-16"}
    place_alone = {"partnership_id": str(place.partnership)}
    over_years = {**place_alone, "from_year": "2015-16", "to_year": "2016-17"}
    reports = {
        "/v1/positions": asked,
        "/v1/balance-of-spend": over_years,
        "/v1/reports/whole-place": over_years,
        "/v1/addressable-spends": place_alone,
    }

    async def seen():
        return [made(await place.pcc.get(each, params=query)) for each, query in reports.items()]

    before = await seen()
    assert before[0]["totals"]["whole"]["budget_approved"]["known_pence"] == 100_00
    for printed, more in (
        ("£1.1bn of healthcare services", {"pence": 1_100_000_000_00}),
        ("£20bn of savings", {"pence": 20_000_000_000_00}),
        ("26%", {"unit": "percent", "value": "26"}),
    ):
        made(await keep(place, printed, **more))
    assert await seen() == before
    kept = await place.ccg.get("/v1/reference-figures", params={"partnership_id": str(place.partnership)})
    assert {each["printed"] for each in kept.json()["items"]} == {
        "£1.1bn of healthcare services",
        "£20bn of savings",
        "26%",
    }


@pytest.mark.parametrize(
    ("of_money", "of_people", "bound", "pence"),
    [
        (None, None, Bound.EXACTLY, 33),
        (Qualifier.MORE_THAN, Qualifier.ALMOST, Bound.AT_LEAST, 33),
        (None, Qualifier.UP_TO, Bound.AT_LEAST, 33),
        (Qualifier.UP_TO, Qualifier.MORE_THAN, Bound.AT_MOST, 34),
        (Qualifier.MORE_THAN, Qualifier.MORE_THAN, Bound.UNDETERMINED, 33),
        (Qualifier.APPROXIMATELY, Qualifier.ALMOST, Bound.ABOUT, 33),
    ],
)
def test_a_head_claims_no_more_than_its_words(of_money, of_people, bound, pence):
    people = ReferenceFigure(
        uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), "", "", "", Unit.PEOPLE, None, Decimal(3), of_people
    )
    found = per_head(Money(100, Status.ACTUAL, of_money), people)
    assert (found.bound, found.amount_pence) == (bound, pence)


async def test_what_is_no_figure_is_refused_and_strangers_see_none(place):
    for more, code in (
        ({"unit": "people", "pence": 1}, "reference_figure_value"),
        ({"unit": "pounds", "value": "3"}, "reference_figure_value"),
        ({"pence": 1, "value": "3"}, "reference_figure_value"),
        ({"amount": {"amount_pence": None, "status": "tbc"}}, "reference_figure_unknown"),
        ({"pence": 1, "people_figure_id": str(uuid.uuid4())}, "reference_figure_not_people"),
    ):
        assert code_of(await keep(place, "A figure", **more)) == code
    nobody = made(await keep(place, "Nobody", "people", value="0"))
    refused = await keep(place, "A figure", pence=1, people_figure_id=nobody["id"])
    assert code_of(refused) == "reference_figure_not_people"
    stranger = await place.client(None, commissioner=uuid.uuid4())
    path = f"/v1/reference-figures/{nobody['id']}"
    await assert_hidden(stranger, path, "/v1/reference-figures", place.partnership)
