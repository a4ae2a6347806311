"""Contracts over HTTP against the real database: registered, refused, listed."""

import uuid

import pytest

from tests.contracts.register import SCOPES, Place, registered
from tests.stack import a_caller


async def test_a_contract_is_registered_and_read_back(ccg, place):
    body = place.contract(
        description="Community nursing and therapies",
        service="Community nursing",
        agreement_form="nhs_standard_contract",
        award_regime="pcr2006_part_b",
        modification_regime="psr",
        max_end_date="2018-03-31",
        review_date="2015-06-01",
        responsible_post="Head of commissioning, community",
        value_basis="annual",
        irrecoverable_vat={"amount_pence": 0, "status": "estimate"},
        sites=[{"name": "Mount Gould", "operated_by_organisation_id": str(place.pch), "code": "NR5"}],
        staff_transfers=[
            {
                "headcount": 173,
                "on": "2015-04-01",
                "from_organisation_id": str(place.council),
                "to_organisation_id": str(place.pch),
                "under": "TUPE 2006",
            }
        ],
    )
    made = await registered(ccg, body)
    read = await ccg.get(f"/v1/contracts/{made['id']}")
    assert read.json() == made
    for name, sent in body.items():
        if name not in {"parties", "value", "irrecoverable_vat"}:
            assert (
                made[name] == [{"funding_source": None, **line} for line in sent]
                if name == "funding"
                else sent
            )
    assert made["value"] == {"amount_pence": 123456700, "status": "actual", "qualifier": None}
    assert (made["version"], made["end_status"], made["view"]) == (1, "stated", "whole")
    again = await ccg.get(f"/v1/contracts/{made['id']}", headers={"If-None-Match": read.headers["ETag"]})
    assert again.status_code == 304


async def test_a_repeat_gives_the_first_answer_and_a_changed_one_is_refused(ccg, place):
    id_, body = uuid.uuid4(), place.contract()
    first = await ccg.put(f"/v1/contracts/{id_}", json=body)
    second = await ccg.put(f"/v1/contracts/{id_}", json=body)
    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["Idempotency-Replayed"] == "true"
    changed = await ccg.put(f"/v1/contracts/{id_}", json={**body, "title": "Another"})
    assert (changed.status_code, changed.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_reference_is_used_once_by_an_owner_and_again_by_another(ccg, client_for, place):
    body = place.contract()
    await registered(ccg, body)
    again = await ccg.put(
        f"/v1/contracts/{uuid.uuid4()}", json={**body, "reference": body["reference"].lower()}
    )
    assert (again.status_code, again.json()["code"]) == (409, "contract_reference_used")
    assert again.json()["errors"][0]["pointer"] == "/reference"
    council = await client_for("contracts", place.caller("council"))
    await registered(council, place.contract("council", reference=body["reference"]))


async def test_an_id_that_somebody_else_has_taken_is_unavailable(ccg, client_for, place):
    made = await registered(ccg, place.contract())
    stranger = await client_for("contracts", place.caller("stranger"))
    body = place.contract("stranger", partnership_id=None)
    taken = await stranger.put(f"/v1/contracts/{made['id']}", json=body)
    assert (taken.status_code, taken.json()["code"]) == (409, "id_unavailable")


async def test_only_its_lead_registers_a_contract_and_only_where_it_commissions(ccg, place):
    id_ = uuid.uuid4()
    for body, code in (
        (place.contract("council"), "contract_lead_is_not_caller"),
        (place.contract(partnership_id=str(uuid.uuid4())), "contract_partnership_not_commissioned"),
    ):
        answer = await ccg.put(f"/v1/contracts/{id_}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_provider_cannot_register_in_the_partnership_it_provides_in(client_for, place):
    pch = await client_for("contracts", place.caller("pch"))
    answer = await pch.put(f"/v1/contracts/{uuid.uuid4()}", json=place.contract("pch", "phnt"))
    assert answer.json()["code"] == "contract_partnership_not_commissioned"


@pytest.mark.row("S1-C01", "S1-C06")
async def test_what_does_not_fit_together_is_refused_at_its_place(ccg, place):
    two_leads = place.contract()
    two_leads["parties"].append({"role": "lead_commissioner", "organisation_id": str(place.kernow)})
    part = place.contract()
    part["funding"][0]["share_percent"] = "99.5"
    for body, pointer, code in ((two_leads, "/parties", "one_lead"), (part, "/funding", "funding_not_whole")):
        answer = await ccg.put(f"/v1/contracts/{uuid.uuid4()}", json=body)
        assert answer.status_code == 422
        assert {"pointer": pointer, "code": code} in [
            {"pointer": each["pointer"], "code": each["code"]} for each in answer.json()["errors"]
        ]
        assert answer.json().get("out_by_percent", "-0.5") == "-0.5"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"state": "running"}, "/state"),
        ({"title": "   "}, "/title"),
        ({"title": "a\u202eb"}, "/title"),
        ({"start_date": "01/04/2013"}, "/start_date"),
        ({"value": {"amount_pence": None, "status": "actual"}}, "/value"),
        ({"value": {"amount_pence": 1.5}}, "/value/amount_pence"),
        ({"notice_period": {"count": 0, "unit": "months"}}, "/notice_period/count"),
        ({"funding": [{"pool_id": str(uuid.uuid4())}]}, "/funding/0/organisation_id"),
        ({"parties": None}, "/parties"),
        ({"owner": "me"}, "/owner"),
    ],
)
async def test_fields_of_the_wrong_shape_are_refused_with_a_pointer(ccg, place, change, pointer):
    answer = await ccg.put(f"/v1/contracts/{uuid.uuid4()}", json={**place.contract(), **change})
    assert answer.status_code == 422
    assert pointer in {each["pointer"] for each in answer.json()["errors"]}


async def test_a_contract_points_only_at_contracts_that_the_lead_sees_whole(ccg, client_for, place):
    old = await registered(ccg, place.contract())
    body = place.contract(
        state="pipeline",
        parties=place.contract()["parties"][:1],
        related=[{"relation": "replaces", "contract_id": old["id"]}],
    )
    assert (await registered(ccg, body))["related"] == body["related"]
    body["related"].append({"relation": "timed_with", "contract_id": str(uuid.uuid4())})
    body["reference"] += "X"
    answer = await ccg.put(f"/v1/contracts/{uuid.uuid4()}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "contract_related_unknown")
    assert answer.json()["contract_ids"] == [body["related"][1]["contract_id"]]


@pytest.mark.row("S1-C02", "S2-C01")
async def test_a_pipeline_entry_shows_the_conflict_of_two_documents(ccg, place):
    old = await registered(ccg, place.contract(title="Community healthcare services"))
    months = (("2016-04-01", "Business case, July 2014"), ("2016-03-01", "Summary of projects, 2014"))
    body = place.contract(
        state="pipeline",
        title="Community healthcare services from 2016",
        parties=place.contract()["parties"][:1],
        related=[{"relation": "replaces", "contract_id": old["id"]}],
        stated_dates=[
            {"kind": "recommission_by", "on": on, "precision": "month", "source": source}
            for on, source in months
        ],
    )
    made = await registered(ccg, body)
    (conflict,) = made["date_conflicts"]
    assert (conflict["kind"], conflict["earliest"]) == ("recommission_by", "2016-03-31")
    assert [each["on"] for each in conflict["stated"]] == ["2016-04-01", "2016-03-01"]


@pytest.mark.row("S3-C02", "S3-C08")
async def test_procurements_to_come_are_listed_with_the_failed_one_before_them(client_for):
    place = Place()
    ccg = await client_for("contracts", place.caller("ccg"))
    lead = place.contract()["parties"][:1]
    leg = await registered(ccg, place.contract(title="Leg ulcer procurement", state="pipeline", parties=lead))
    failed = await registered(
        ccg, place.contract(title="Mayflower practice 2018", state="procurement", parties=lead)
    )
    related = [
        {"relation": "unsuccessful_process", "contract_id": failed["id"]},
        {"relation": "timed_with", "contract_id": leg["id"]},
    ]
    again = place.contract(title="Mayflower practice", state="pipeline", parties=lead, related=related)
    assert (await registered(ccg, again))["related"] == related
    items = (await ccg.get("/v1/contracts", params={"state": "pipeline"})).json()["items"]
    assert {each["title"] for each in items} == {"Leg ulcer procurement", "Mayflower practice"}


async def test_a_client_without_the_scope_is_told_so(client_for, place):
    reader = await client_for(
        "contracts", a_caller(place.ccg, "contract:read", commissioner=place.partnership)
    )
    answer = await reader.put(f"/v1/contracts/{uuid.uuid4()}", json=place.contract())
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert "contract:write" in SCOPES


@pytest.mark.parametrize("reference", ["NEW%00COMMUNITY", "NEW%E2%80%AECOMMUNITY", "%20", "x" * 201])
async def test_a_list_is_not_asked_for_a_reference_that_no_contract_can_have(ccg, reference):
    answer = await ccg.get(f"/v1/contracts?reference={reference}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "?reference"
