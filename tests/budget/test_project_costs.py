"""What a project costs, and what of it each partner bears."""

import uuid

import pytest

from tests.budget.place import Place, code_of, made


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


def project(*pence: int | None, **more) -> dict:
    """One year with such costs."""
    amounts = [{"amount_pence": each, **({"status": "tbc"} if each is None else {})} for each in pence]
    costs = [{"name": f"Team {number}", "amount": amount} for number, amount in enumerate(amounts)]
    year = {"financial_year": "2014/15", "costs": costs, "benefit": {"amount_pence": 500_000_00}}
    return {"years": [year], "discount_percent": "3.5", "timing": "mid_year", **more}


async def appraised(place, given):
    body = {"partnership_id": str(place.partnership), "title": "Business case", "project": given}
    return await place.pcc.put(f"/v1/appraisals/{uuid.uuid4()}", json=body)


@pytest.mark.row("S1-B06")
async def test_project_costs_are_split_equally_to_the_penny(place):
    """«Project costs should be equally split between CCG and PCC»: £135,000.01 is £67,500.01 and £67,500.00."""
    both = sorted((str(place.council), str(place.nhs)))
    result = made(await appraised(place, project(135_000_00, 1, shared_by=both[::-1])))["project"]
    assert [(each["organisation_id"], each["amount_pence"]) for each in result["cost_shares"]] == [
        (both[0], 67_500_01),
        (both[1], 67_500_00),
    ]
    unknown = made(await appraised(place, project(135_000_00, None, shared_by=both)))["project"]
    assert [each["amount_pence"] for each in unknown["cost_shares"]] == [None, None]
    twice = await appraised(place, project(1, shared_by=[both[0], both[0]]))
    assert (code_of(twice), twice.json()["errors"][0]["pointer"]) == (
        "appraisal_partner_twice",
        "/project/shared_by/1",
    )
    assert made(await appraised(place, project(1)))["project"]["cost_shares"] == []
