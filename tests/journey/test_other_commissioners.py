"""Commissioners that are neither council nor NHS: the police lead a contract, an academy trust joins it (S4-C07)."""

import uuid

import pytest

from tests.journey.partnership import enter_partnership
from tests.journey.party import new_id

MEMBERS = {
    "council": ("Southampton City Council", "local_authority", "host"),
    "police": ("Police and Crime Commissioner for Hampshire", "police", "commissioner"),
    "school": ("Solent Academies Trust", "school", "commissioner"),
    "charity": ("No Limits", "voluntary_provider", "provider"),
    "other": ("Inspire Learning Partnership", "school", "associate"),
}


@pytest.fixture(scope="module")
def place(system, document, operator):
    entered = enter_partnership(system.url, document, operator, "Southampton", "2014-04-01", MEMBERS)
    yield entered
    entered.close()


@pytest.mark.row("S4-C07")
def test_the_police_and_a_school_commission_as_councils_and_the_nhs_do(place):
    kinds = {
        key: place["council"].read(f"/v1/organisations/{id_}")["kind"]
        for key, id_ in place.organisation.items()
    }
    assert (kinds["police"], kinds["school"]) == ("police", "school")
    police, school = place.organisation["police"], place.organisation["school"]
    body = {
        "reference": "PCC-YOUTH-1", "title": "Mentoring of young people at risk", "state": "recorded_as_active",
        "partnership_id": place.id, "category": "wellness", "start_date": "2014-09-01", "end_date": "2199-08-31",
        "parties": [
            {"role": "lead_commissioner", "organisation_id": police, "share_percent": "70"},
            {"role": "associate_commissioner", "organisation_id": school, "share_percent": "30"},
            {"role": "provider", "organisation_id": place.organisation["charity"]},
        ],
        "value": {"amount_pence": 9_080_000, "status": "actual"},
    }  # fmt: skip
    made = place["police"].put_new(f"/v1/contracts/{new_id()}", body)
    assert made["owner_organisation_id"] == police
    for key in ("police", "school", "council"):
        seen = place[key].read(f"/v1/contracts/{made['id']}")
        assert [each["share_percent"] for each in seen["parties"][:2]] == ["70", "30"]
    joined = place["school"].items("/v1/contracts", commissioner_id=school)
    assert [each["id"] for each in joined] == [made["id"]]
    assert place["other"].get(f"/v1/contracts/{made['id']}").status_code == 404
    answer = place["school"].put(
        f"/v1/contracts/{uuid.uuid4()}", json={**body, "reference": "SCHOOL-LEADS-NOT"}
    )
    assert answer.status_code in (403, 422), answer.text
