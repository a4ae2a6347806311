"""What a body repeats of another service's record must be as that record has it."""

import uuid

import pytest

from services.gateway.rules.link import Reference, disagreements, references
from services.gateway.rules.policy_table import ROWS

ROW = next(row for row in ROWS if row.operation_id == "createObligation")
LEAD, PROVIDER, ASSOCIATE, OTHER, PARTNERSHIP, CONTRACT = (str(uuid.uuid4()) for _ in range(6))
RECORD = {
    "partnership_id": PARTNERSHIP,
    "owner_organisation_id": LEAD,
    "parties": [
        {"role": "lead_commissioner", "organisation_id": LEAD},
        {"role": "associate_commissioner", "organisation_id": ASSOCIATE},
        {"role": "provider", "organisation_id": PROVIDER},
        {"role": "provider", "organisation_id": None, "name": "Not in the directory"},
    ],
}
BODY = {
    "contract_id": CONTRACT,
    "partnership_id": PARTNERSHIP,
    "lead_organisation_id": LEAD,
    "provider_organisation_id": PROVIDER.upper(),
    "associate_organisation_ids": [ASSOCIATE],
}


def reference(body: dict) -> Reference:
    (found,) = references(ROW.links, body)
    return found


def test_an_obligation_that_is_as_its_contract_agrees():
    assert disagreements(reference(BODY), BODY, RECORD) == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"provider_organisation_id": OTHER}, "/provider_organisation_id"),
        ({"provider_organisation_id": ASSOCIATE}, "/provider_organisation_id"),
        ({"lead_organisation_id": ASSOCIATE}, "/lead_organisation_id"),
        ({"associate_organisation_ids": [ASSOCIATE, OTHER]}, "/associate_organisation_ids/1"),
        ({"partnership_id": OTHER}, "/partnership_id"),
    ],
)
def test_one_that_says_otherwise_is_named_by_its_field(change, pointer):
    body = {**BODY, **change}
    assert disagreements(reference(body), body, RECORD) == [pointer]


def test_a_record_without_the_field_agrees_with_nothing():
    assert disagreements(reference(BODY), BODY, {}) == [
        "/partnership_id",
        "/lead_organisation_id",
        "/provider_organisation_id",
        "/associate_organisation_ids/0",
    ]
