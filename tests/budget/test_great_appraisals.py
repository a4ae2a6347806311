"""Appraisals of figures as great and as far apart as may be sent."""

import uuid
from decimal import Decimal

import pytest

from tests.budget.place import Place, made


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def test_a_great_benefit_long_before_a_penny_of_cost_is_worked_out(place):
    """A discount of 100 per cent over 40 years leaves next to nothing of the cost: the return has 30 digits."""
    years = [
        {
            "financial_year": f"{2015 + n}/{(2016 + n) % 100:02d}",
            "costs": [{"name": "x", "amount": {"amount_pence": 1 if n == 39 else 0}}],
            "benefit": {"amount_pence": 0 if n else 10**15},
        }
        for n in range(40)
    ]
    asked = {"years": years, "discount_percent": "100", "timing": "end_of_year"}
    sent = {"partnership_id": str(place.partnership), "title": "Business case", "project": asked}
    result = made(await place.pcc.put(f"/v1/appraisals/{uuid.uuid4()}", json=sent))["project"]
    assert result["roi_percent"] == f"{(10**15 - 1) * 100}.00"
    assert Decimal(result["discounted_roi_percent"]) == (10**15 * 2**39 - 1) * 100
