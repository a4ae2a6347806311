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


RATED = next(row for row in ROWS if row.operation_id == "setKpiDuty")
RATED_RECORD = {
    "partnership_id": PARTNERSHIP,
    "award_regime": "pa2023",
    "agreement_form": "single_award",
    "value": {"amount_pence": 600_000_000, "status": "actual"},
    "value_basis": "total",
}
DUTY = {
    "contract_id": CONTRACT,
    "partnership_id": PARTNERSHIP,
    "award_regime": "pa2023",
    "value_pence": 600_000_000,
    "framework_or_concession": False,
}


@pytest.mark.parametrize(
    ("duty", "record", "pointers"),
    [
        ({}, {}, []),
        ({"value_pence": 720_000_000}, {}, []),
        ({"value_pence": 499_000_000}, {}, ["/value_pence"]),
        ({"value_pence": 499_000_000}, {"value_basis": "annual"}, []),
        ({"value_pence": 1}, {"value": {"amount_pence": None, "status": "tbc"}}, []),
        ({"value_pence": None}, {}, []),
        ({"award_regime": "psr"}, {}, ["/award_regime"]),
        ({}, {"agreement_form": "framework"}, ["/framework_or_concession"]),
        ({"framework_or_concession": ...}, {"agreement_form": "framework"}, ["/framework_or_concession"]),
        ({"framework_or_concession": True}, {"agreement_form": "framework"}, []),
        # A concession: the register has no word for it.
        ({"framework_or_concession": True}, {}, []),
    ],
)
def test_what_decides_whether_a_rating_is_statutory_is_as_the_contract_has_it(duty, record, pointers):
    body = {name: value for name, value in {**DUTY, **duty}.items() if value is not ...}
    (found,) = references(RATED.links, body)
    assert disagreements(found, body, {**RATED_RECORD, **record}) == pointers
