"""Decisions over HTTP: each body's own, with conditions that are met later, and officers who decide for a body."""

import uuid
from typing import Any

import pytest

from tests.budget.place import Place, code_of, key, made


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def test_nobody_records_another_body_s_decision(place):
    await place.draft()
    made(await place.decide(place.pcc, "Cabinet", "2015-02-10"))
    spoken_for = made(await place.decide(place.pcc, "Governing Body", "2015-02-25"))
    assert spoken_for["owner_organisation_id"] == str(place.council)
    agreement = made(await place.pcc.get(f"/v1/agreements/{place.agreement}"))
    assert (agreement["state"], agreement["approvals"][1]["awaiting"]) == ("draft", "decision")
    named = {"owner_organisation_id": str(place.nhs)}
    assert (await place.decide(place.pcc, "Governing Body", "2015-02-25", **named)).status_code == 422


@pytest.mark.row("S1-G02", "S1-G04")
async def test_an_approval_with_conditions_counts_when_they_are_met(place):
    await place.draft()
    made(await place.decide(place.ccg, "Governing Body", "2015-02-25"))
    condition = {"number": 1, "text": "Further approvals.", "recommendations": ["III", "IV"]}
    answer = await place.decide(
        place.pcc,
        "Cabinet",
        "2015-02-10",
        outcome="approved_subject_to",
        conditions=[condition],
        key_decision=True,
        part="part_2",
        exemption_paragraph=3,
    )
    decision = made(answer)
    assert decision["conditions"][0]["recommendations"] == [3, 4]
    assert (decision["key_decision"], decision["exemption_paragraph"]) == (True, 3)
    waiting = made(await place.pcc.get(f"/v1/agreements/{place.agreement}"))
    assert (waiting["state"], waiting["approvals"][0]["awaiting"]) == ("draft", "conditions")
    path = f"/v1/decisions/{decision['id']}/met-conditions"
    body = {"number": 1, "met_on": "2015-03-02", "evidence": "Minute 112"}
    assert (await place.pcc.post(path, json=body, key=key())).status_code == 428
    assert (await place.pcc.post(path, json=body, key=key(), version=2)).status_code == 412
    theirs = await place.ccg.post(path, json=body, key=key(), version=1)
    assert code_of(theirs) == "decision_of_another_organisation"
    once = key()
    met = made(await place.pcc.post(path, json=body, key=once, version=1))
    assert (met["version"], met["conditions"][0]["met_on"]) == (2, "2015-03-02")
    repeat = await place.pcc.post(path, json=body, key=once, version=1)
    assert repeat.json() == met
    assert repeat.headers["Idempotency-Replayed"] == "true"
    assert code_of(await place.pcc.post(path, json=body, key=key(), version=2)) == "condition_met_already"
    assert made(await place.pcc.get(f"/v1/decisions/{decision['id']}")) == met
    approved = made(await place.pcc.get(f"/v1/agreements/{place.agreement}"))
    assert (approved["state"], approved["approved_from"]) == ("approved", "2015-03-02")


@pytest.mark.row("S1-G01", "S1-G02")
async def test_the_business_case_is_another_subject_than_the_agreement(place):
    await place.draft()
    case = {"subject": "business_case", "subject_id": str(uuid.uuid4()), "edition": None}
    subject_to = {
        "outcome": "approved_subject_to",
        "conditions": [{"number": 1, "text": "Further approvals."}],
    }
    made(await place.decide(place.pcc, "Cabinet", "2014-07-15", **case, **subject_to))
    made(await place.decide(place.ccg, "Governing Body", "2014-07-16", **case, **subject_to))
    listed = await place.pcc.get(
        "/v1/decisions", params={"partnership_id": str(place.partnership), "subject_id": case["subject_id"]}
    )
    assert [each["decided_on"] for each in listed.json()["items"]] == ["2014-07-15", "2014-07-16"]
    assert (
        made(await place.pcc.get(f"/v1/agreements/{place.agreement}"))["approvals"][0]["awaiting"]
        == "decision"
    )
    wrong = await place.decide(place.pcc, "Cabinet", "2014-07-15", **{**case, "edition": 1})
    assert code_of(wrong) == "decision_edition_wrong"


@pytest.mark.row("S4-G02")
async def test_an_officer_decides_under_a_delegation_that_counts(place):
    await place.draft()
    made(await place.decide(place.ccg, "Governing Body", "2015-02-25"))
    delegates = {
        "officer": "Head of Legal, HR and Democratic Services",
        "purpose": "To agree and execute the agreement",
        "after_consulting": ["Director of People"],
    }
    delegating = made(await place.decide(place.pcc, "Cabinet", "2015-02-10", delegates=delegates))
    authority: dict[str, Any] = {"decision_id": delegating["id"]}
    officer = {"body_type": "officer", "authority": authority}
    alone = await place.decide(place.pcc, delegates["officer"], "2015-02-12", **officer)
    assert (code_of(alone), alone.json()["not_consulted"]) == ("consultation_missing", ["Director of People"])
    unknown = {"decision_id": str(uuid.uuid4()), "consulted": ["Director of People"]}
    none = await place.decide(
        place.pcc, delegates["officer"], "2015-02-12", body_type="officer", authority=unknown
    )
    assert code_of(none) == "delegation_unknown"
    authority["consulted"] = ["Director of People"]
    made(await place.decide(place.pcc, delegates["officer"], "2015-03-01", **officer))
    approved = made(await place.pcc.get(f"/v1/agreements/{place.agreement}"))
    assert (approved["state"], approved["approved_from"]) == ("approved", "2015-03-01")


@pytest.mark.row("S1-G04")
async def test_an_auditor_reads_the_exempt_decisions_of_the_bodies_it_is_named_for_alone(place, stack):
    await place.draft()
    exempt = {"part": "part_2", "exemption_paragraph": 3}
    council_s = made(await place.decide(place.pcc, "Cabinet", "2015-02-10", **exempt))
    subject_to = {"outcome": "approved_subject_to", "conditions": [{"number": 1, "text": "The risk share."}]}
    nhs_s = made(await place.decide(place.ccg, "Governing Body", "2015-02-25", **exempt, **subject_to))
    met = {"number": 1, "met_on": "2015-03-02", "evidence": "Exempt minute 4"}
    made(await place.ccg.post(f"/v1/decisions/{nhs_s['id']}/met-conditions", json=met, key=key(), version=1))
    public = made(await place.decide(place.ccg, "Board", "2015-02-26", outcome="noted"))
    auditor = await place.auditor([place.council])
    seen = {}
    for decision in (council_s, nhs_s, public):
        seen[decision["id"]] = (await auditor.get(f"/v1/decisions/{decision['id']}")).status_code
    assert list(seen.values()) == [200, 404, 200]
    listed = await auditor.get("/v1/decisions", params={"partnership_id": str(place.partnership)})
    assert {each["id"] for each in listed.json()["items"]} == {council_s["id"], public["id"]}
    connection = await stack.connect("budget")
    try:
        audits = "{" + f"{place.partnership}/*/*,{place.partnership}/{place.council}/*" + "}"
        await connection.execute(f"set app.organisation = '{uuid.uuid4()}'; set app.audits = '{audits}'")
        rows = await connection.fetch("select id::text from decisions")
        assert {row["id"] for row in rows} == {council_s["id"], public["id"]}
        assert await connection.fetch("select from met_conditions") == []
    finally:
        await connection.close()
