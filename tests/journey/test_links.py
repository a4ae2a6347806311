"""Over HTTP: an obligation must name the lead, provider and associates of its contract, or it tells them of it."""

import pytest

from deploy.demo.contracts import COMMUNITY
from deploy.demo.outcomes import indicator_id
from deploy.demo.plymouth import PARTNERSHIP, organisation_id
from tests.journey.party import new_id


def obligation(lead: str, provider: str) -> dict:
    return {
        "partnership_id": str(PARTNERSHIP),
        "contract_id": COMMUNITY,
        "lead_organisation_id": organisation_id(lead),
        "provider_organisation_id": organisation_id(provider),
        "title": "Not its provider",
        "frequency": "financial_yearly",
        "begins_on": "2015-04-01",
        "ends_on": "2016-03-31",
        "due_days": 20,
        "indicators": [{"indicator_id": indicator_id("LOS-C")}],
    }


@pytest.mark.parametrize(
    ("sender", "lead", "provider", "pointer"),
    [
        ("ccg", "ccg", "phnt", "/provider_organisation_id"),
        ("pcc", "pcc", "pch", "/lead_organisation_id"),
    ],
)
def test_an_obligation_for_others_than_the_contract_s_parties_is_refused(
    party, sender, lead, provider, pointer
):
    answer = party(sender).put(f"/v1/obligations/{new_id()}", json=obligation(lead, provider))
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "link_disagrees"
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
