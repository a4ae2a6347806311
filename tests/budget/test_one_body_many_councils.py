"""One NHS body pools with three councils, each in a fund of its own, and one position rolls all of it up."""

import uuid

import pytest

from tests.budget.place import Place, code_of, made

COUNCILS = ("Devon", "Plymouth", "Torbay")
OF_NHS = {"Devon": 600_000_01, "Plymouth": 250_000_02, "Torbay": 150_000_03}
OF_COUNCIL = {"Devon": 300_000_00, "Plymouth": 120_000_00, "Torbay": 80_000_00}


@pytest.fixture
async def funds(client_for):
    """Each council with its agreement, its fund and the lines of both partners, in one partnership."""
    first = await Place().enter(client_for)
    places = {}
    for name in COUNCILS:
        place = Place(first.partnership, uuid.uuid4(), first.nhs)
        places[name] = await place.enter(client_for)
        await place.bring_into_force()
        place.pool_id = await place.pool(f"{name} fund", arrangement="pooled")
        for client, pence in ((place.pcc, OF_COUNCIL[name]), (place.ccg, OF_NHS[name])):
            more = {"name": f"Community care {name}", "financial_year": "2015/16", "pence": pence}
            line = await place.line(client, place.pool_id, "pooled", **more)
            cost = await place.account(
                place.pcc, "expenditure", "pooled", pool_id=place.pool_id, line_id=line
            )
            fund = await place.account(place.pcc, "fund", "pooled", pool_id=place.pool_id)
            await place.post(place.pcc, cost, fund, pence // 4, effective_date="2015-06-15")
            made(await place.promise(client, place.pool_id, pence, financial_year="2015/16"))
    return places


@pytest.mark.row("S3-B02")
async def test_three_separate_pools_roll_up_once(funds):
    nhs = funds["Devon"].ccg
    rolled = made(await funds["Devon"].position(nhs, "2015-16"))
    whole = sum(OF_NHS.values()) + sum(OF_COUNCIL.values())
    pooled = rolled["totals"]["pooled"]
    assert pooled["budget_approved"] == {"known_pence": whole, "complete": True, "missing_contributors": []}
    assert pooled["contributions_due"]["known_pence"] == whole
    assert rolled["totals"]["whole"]["actual"] == pooled["actual"]
    by_pool = {each["pool_id"]: each["figures"] for each in rolled["by_pool"]}
    assert len(by_pool) == len(rolled["lines"]) / 2 == 3
    for name, place in funds.items():
        of_pool = OF_NHS[name] + OF_COUNCIL[name]
        assert by_pool[str(place.pool_id)]["budget_approved"]["known_pence"] == of_pool
        alone = made(await place.ccg.get(f"/v1/positions?pool_id={place.pool_id}&financial_year=2015-16"))
        assert alone["totals"]["pooled"] == by_pool[str(place.pool_id)]
    partners = {each["organisation_id"]: each["figures"] for each in rolled["by_partner"]}
    assert partners[str(funds["Devon"].nhs)]["budget_approved"]["known_pence"] == sum(OF_NHS.values())
    assert partners[str(funds["Torbay"].council)]["budget_approved"]["known_pence"] == OF_COUNCIL["Torbay"]


@pytest.mark.row("S3-B02")
async def test_a_council_has_nothing_in_the_fund_of_another(funds):
    devon, torbay = funds["Devon"], funds["Torbay"]
    body = torbay.line_body(devon.pool_id, "pooled", financial_year="2015/16")
    assert code_of(await torbay.pcc.put(f"/v1/lines/{uuid.uuid4()}", json=body)) == "line_not_a_party"
    promised = await torbay.promise(torbay.pcc, devon.pool_id, 1_00, financial_year="2015/16")
    assert code_of(promised) == "contribution_not_a_party"
