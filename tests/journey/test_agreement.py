"""The life of a Section 75 agreement, played by both partners: draft, approved, executed, in force, and the refusals."""

import pytest

from tests.journey.party import new_id, new_key

POOLS = (
    ("Wellness", "wellness"),
    ("Community Based Care", "community_intervention"),
    ("Complex / Bed Based Care", "complex_bed_based"),
)


def address(agreement):
    return f"/v1/agreements/{agreement['id']}"


@pytest.mark.row("S1-G01", "S1-G02", "S1-B04")
def test_from_draft_to_in_force(neighbours):
    council, ccg = neighbours["council"], neighbours["ccg"]
    draft = neighbours.draft()
    assert (draft["state"], draft["missing"], draft["edition"]) == ("draft", [], 1)

    # Three pools in shadow, which may run from the draft on.
    pools = []
    for printed, category in POOLS:
        pool = council.put_new(f"/v1/pools/{new_id()}", neighbours.pool(draft, printed, "shadow"))
        assert (pool["category"], pool["arrangement"]) == (category, "shadow")
        pools.append(pool)
    refused = council.put(f"/v1/pools/{new_id()}", json=neighbours.pool(draft, "wellness", "pooled"))
    assert (refused.status_code, refused.json()["code"]) == (409, "pool_needs_agreement_in_force")

    # The council's body approves. The NHS body approves subject to a condition: not approved before that is met.
    neighbours.decide("council", draft)
    assert ccg.read(address(draft))["state"] == "draft"
    condition = {"number": 1, "text": "The risk share is agreed first.", "recommendations": ["III", "IV"]}
    decision = neighbours.decide("ccg", draft, outcome="approved_subject_to", conditions=[condition])
    assert decision["conditions"][0]["recommendations"] == [3, 4]
    waiting = council.read(address(draft))
    assert waiting["state"] == "draft"
    early = council.post(
        f"{address(draft)}/execution", json=neighbours.signature(), key=new_key(), version=waiting["version"]
    )
    assert (early.status_code, early.json()["code"]) == (409, "agreement_not_approved")
    met = {"number": 1, "met_on": "2015-03-10", "evidence": "Risk share schedule, version 2"}
    ccg.move(f"/v1/decisions/{decision['id']}/met-conditions", met, decision["version"])
    approved = council.read(address(draft))
    assert (approved["state"], approved["approved_from"]) == ("approved", "2015-03-10")

    executed = neighbours.sign(approved)
    assert (executed["state"], executed["signed_on"]) == ("executed", "2015-03-20")
    commencement = {"commenced_on": "2015-04-01"}
    in_force = council.move(f"{address(draft)}/commencement", commencement, executed["version"])
    assert (in_force["state"], in_force["commenced_on"]) == ("in_force", "2015-04-01")
    assert ccg.read(address(draft)) == in_force
    for pool in pools:
        assert ccg.read(f"/v1/pools/{pool['id']}")["arrangement"] == "pooled"


@pytest.mark.row("S1-B02", "S1-B03")
def test_an_acute_line_stays_outside_the_pool_though_it_is_complex_care(neighbours):
    council = neighbours["council"]
    agreement = neighbours.in_force()
    pool = council.put_new(f"/v1/pools/{new_id()}", neighbours.pool(agreement, "complex_bed_based", "pooled"))
    line = neighbours.line(pool, tags=["acute"])
    refused = council.put(f"/v1/lines/{new_id()}", json=line)
    assert (refused.status_code, refused.json()["code"]) == (409, "line_out_of_scope")
    outside = {"basis": "outside_agreement_scope", "assessed_on": "2015-03-02"}
    kept = council.put_new(
        f"/v1/lines/{new_id()}", {**line, "arrangement": "aligned", "pool_id": None, "legality": outside}
    )
    assert (kept["category"], kept["arrangement"]) == ("complex_bed_based", "aligned")
    neighbours["ccg"].put_new(f"/v1/lines/{new_id()}", neighbours.line(pool))  # what is in scope is taken


@pytest.mark.row("S1-B01")
def test_a_pool_needs_an_nhs_body_and_a_local_authority(neighbours):
    council, ccg = neighbours.terms()["parties"]
    other_council = {**ccg, "kind": "local_authority"}
    agreement = neighbours.draft(parties=[council, other_council])
    assert len(agreement["missing"]) == 1
    refused = neighbours["council"].put(
        f"/v1/pools/{new_id()}", json=neighbours.pool(agreement, "wellness", "shadow")
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "agreement_partners_missing")


@pytest.mark.row("S2-C07")
def test_what_section_75_requires_and_the_agreement_lacks_is_listed(neighbours):
    council = neighbours["council"]
    matters = [each for each in neighbours.terms()["matters"] if each["code"] != "contributions"]
    agreement = neighbours.draft(matters=matters, pool_manager=None)
    assert len(agreement["missing"]) == 2
    for key in ("council", "ccg"):
        neighbours.decide(key, agreement)
    version = council.read(address(agreement))["version"]
    refused = council.post(
        f"{address(agreement)}/execution", json=neighbours.signature(), key=new_key(), version=version
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "section_75_incomplete")
    assert refused.json()["missing"] == agreement["missing"]


def test_a_changed_text_is_a_new_edition_and_is_decided_on_anew(neighbours):
    council = neighbours["council"]
    agreement = neighbours.draft()
    neighbours.decide("council", agreement)
    version = council.read(address(agreement))["version"]
    change = {"terms": {"pool_manager": "Assistant director"}}
    assert council.patch(address(agreement), json=change).status_code == 428
    assert council.patch(address(agreement), json=change, version=version + 7).status_code == 412
    changed = neighbours["ccg"].patch(address(agreement), json=change, version=version)
    assert changed.status_code == 200
    assert (changed.json()["edition"], changed.json()["state"]) == (2, "draft")
    assert changed.json()["terms"]["pool_manager"] == "Assistant director"
    assert [each["awaiting"] is not None for each in changed.json()["approvals"]] == [True, True]
    again = neighbours["ccg"].patch(address(agreement), json=change, version=version)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")


def test_a_move_is_made_once_however_often_it_is_sent(neighbours):
    council = neighbours["council"]
    agreement = neighbours.draft()
    for key in ("council", "ccg"):
        neighbours.decide(key, agreement)
    version, key = council.read(address(agreement))["version"], new_key()
    sent = {"json": neighbours.signature(), "key": key, "version": version}
    first = council.post(f"{address(agreement)}/execution", **sent)
    again = council.post(f"{address(agreement)}/execution", **sent)
    assert (first.status_code, again.status_code) == (200, 200)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
    other = council.post(
        f"{address(agreement)}/execution", **{**sent, "json": {**sent["json"], "signed_on": "2015-03-21"}}
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.row("S1-G11")
def test_who_only_looks_on_sees_totals_and_no_line(neighbours):
    scrutiny = neighbours["scrutiny"]
    agreement = neighbours.in_force()
    pool = neighbours["council"].put_new(
        f"/v1/pools/{new_id()}", neighbours.pool(agreement, "wellness", "pooled")
    )
    line = neighbours["council"].put_new(f"/v1/lines/{new_id()}", neighbours.line(pool))
    seen = scrutiny.read("/v1/positions", partnership_id=neighbours.partnership, financial_year="2015-16")
    assert seen["lines"] == []
    assert seen["totals"]["pooled"]["budget_approved"]["known_pence"] >= 100_00
    for path in (f"/v1/lines/{line['id']}", f"/v1/pools/{pool['id']}", address(agreement)):
        assert scrutiny.get(path).status_code in {403, 404}
    assert scrutiny.put(f"/v1/lines/{new_id()}", json=neighbours.line(pool)).status_code == 403
