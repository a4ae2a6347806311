"""Agreements over HTTP against the real database: drafted, decided on by both bodies, signed, brought into force."""

import uuid

import pytest

from tests.budget.place import Place, assert_hidden, code_of, key, made
from tests.stack import a_caller

SIGNED = {"signed_on": "2015-03-27", "office": "Director for People"}


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S2-C07")
async def test_a_draft_says_what_it_lacks_and_cannot_be_signed_without_it(place):
    lacking = await place.draft(matters=[], pool_manager=None, functions=["surgery"])
    assert lacking["state"] == "draft"
    assert len(lacking["missing"]) == 9
    assert lacking["missing"][-1] == "excluded_function_surgery"
    assert lacking["terms"]["scope_rules"][0]["category"] == "complex_bed_based"
    await place.approve()
    refused = await place.move("execution", SIGNED)
    assert (refused.status_code, code_of(refused)) == (409, "section_75_incomplete")
    assert refused.json()["missing"] == lacking["missing"]
    assert {each["pointer"] for each in refused.json()["errors"]} == {
        "/terms/pool_manager",
        "/terms/matters",
        "/terms/functions",
    }
    assert made(await place.pcc.get(f"/v1/agreements/{place.agreement}"))["state"] == "draft"


@pytest.mark.row("S1-G01")
async def test_the_whole_way_from_draft_into_force(place):
    drafted = await place.draft()
    assert (drafted["missing"], drafted["version"], drafted["edition"]) == ([], 1, 1)
    early = await place.move("execution", SIGNED)
    assert code_of(early) == "agreement_not_approved"
    assert {each["awaiting"] for each in early.json()["awaiting"]} == {"decision"}
    made(await place.decide(place.pcc, "Cabinet", "2015-02-10"))
    half = made(await place.ccg.get(f"/v1/agreements/{place.agreement}"))
    assert (half["state"], half["approved_from"]) == ("draft", None)
    assert [each["awaiting"] for each in half["approvals"]] == [None, "decision"]
    made(await place.decide(place.ccg, "governing body", "2015-02-25"))
    approved = made(await place.pcc.get(f"/v1/agreements/{place.agreement}"))
    assert (approved["state"], approved["approved_from"]) == ("approved", "2015-02-25")
    before = await place.move("execution", {**SIGNED, "signed_on": "2015-02-24"})
    assert (code_of(before), before.json()["errors"][0]["pointer"]) == (
        "agreement_signed_before_approval",
        "/signed_on",
    )
    half = made(await place.move("execution", {**SIGNED, "signed_on": "2015-05-19"}))
    assert (half["state"], half["signed_on"], len(half["signatories"])) == ("approved", None, 1)
    assert code_of(await place.move("execution", SIGNED)) == "agreement_signed_already"
    signed = made(await place.move("execution", {**SIGNED, "signed_on": "2015-05-20"}, client=place.ccg))
    assert (signed["state"], signed["signed_on"]) == ("executed", "2015-05-20")
    assert [each["organisation_id"] for each in signed["signatories"]] == [str(place.council), str(place.nhs)]
    said = made(await place.move("commencement", {"commenced_on": "2015-04-01"}, client=place.ccg))
    assert (said["state"], said["commenced_on"]) == ("executed", None)
    other = await place.move("commencement", {"commenced_on": "2015-04-02"})
    assert code_of(other) == "agreement_commencement_differs"
    in_force = made(await place.move("commencement", {"commenced_on": "2015-04-01"}))
    assert (in_force["state"], in_force["commenced_on"]) == ("in_force", "2015-04-01")
    again = await place.move("commencement", {"commenced_on": "2015-04-01"})
    assert code_of(again) == "agreement_move_refused"


async def test_the_database_lets_nobody_decide_for_another_nor_approve_without_all(place, stack):
    await place.draft()
    made(await place.decide(place.pcc, "Cabinet", "2015-02-10"))
    connection = await stack.connect("budget")
    try:
        await connection.execute(
            f"set app.organisation = '{place.council}'; set app.client = '{uuid.uuid4()}';"
            f"set app.organisations = '{{{place.council}}}'; set app.in_commissioner = '{{{place.partnership}}}'"
        )
        forged = (
            "insert into decisions (id, partnership_id, owner_organisation_id, subject, subject_id, subject_title,"
            " edition, body, body_type, decided_on, outcome, part, recorded_by_client_id) values ($1, $2, $3,"
            " 'agreement', $4, 'x', 1, 'Governing Body', 'governing_body', '2015-02-25', 'approved', 'part_1',"
            " budget.ctx_client())"
        )
        with pytest.raises(Exception, match="row-level security"):
            await connection.execute(forged, uuid.uuid4(), place.partnership, place.nhs, place.agreement)
        with pytest.raises(Exception, match="not every party has approved"):
            await connection.execute(
                "update agreements set state = 'approved', approved_from = '2015-02-10', version = version + 1"
                " where id = $1",
                place.agreement,
            )
        for statement in (
            "update agreements set state = 'executed', version = version + 1, signed_on = now() where id = $1",
            "update agreements set version = version + 2 where id = $1",
            "update agreements set edition = edition + 1, version = version + 1 where id = $1",
        ):
            with pytest.raises(Exception, match="cannot change that way"):
                await connection.execute(statement, place.agreement)
        with pytest.raises(Exception, match="consents for itself"):
            await connection.execute(
                "update agreements set shadow_consents = array[$2::uuid], version = version + 1 where id = $1",
                place.agreement,
                place.nhs,
            )
    finally:
        await connection.close()


async def test_what_changes_nothing_leaves_no_change_behind(place, stack):
    drafted = await place.draft()
    path = f"/v1/agreements/{place.agreement}"
    same = {"terms": {"title": drafted["terms"]["title"]}}
    consented = made(await place.pcc.post(f"{path}/shadow-consent", key=key()))
    before = await changes_of(stack, place.agreement)
    sent = await place.ccg.patch(path, json=same, version=2)
    assert (made(sent), sent.headers["ETag"]) == (consented, '"2"')
    again = await place.ccg.patch(path, json=same, version=2)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (sent.content, "true")
    assert made(await place.pcc.post(f"{path}/shadow-consent", key=key())) == consented
    assert await changes_of(stack, place.agreement) == before


async def changes_of(stack, thing):
    connection = await stack.superuser()
    try:
        return [
            await connection.fetchval(f"select count(*) from budget.{table} where thing_id = $1", thing)
            for table in ("audit_events", "events")
        ]
    finally:
        await connection.close()


async def test_a_change_of_text_is_a_new_edition_and_needs_the_version(place):
    drafted = await place.draft()
    await place.approve()
    path = f"/v1/agreements/{place.agreement}"
    refused = await place.pcc.patch(path, json={"terms": {"title": "Late"}}, version=await place.version())
    assert code_of(refused) == "agreement_not_a_draft"
    other = await Place(partnership=place.partnership, council=place.council, nhs=place.nhs).enter(
        place.client_for
    )
    await other.draft()
    path = f"/v1/agreements/{other.agreement}"
    change = {"terms": {"title": "Another title", "pool_manager": None, "scope_rules": []}}
    assert (await other.ccg.patch(path, json=change)).status_code == 428
    assert (await other.ccg.patch(path, json=change, version=7)).status_code == 412
    weak = await other.ccg.patch(path, json=change, headers={"If-Match": 'W/"1"'})
    assert weak.status_code == 412
    amended = made(await other.ccg.patch(path, json=change, version=1))
    assert (amended["edition"], amended["version"], amended["missing"]) == (2, 2, ["pool_manager_missing"])
    assert amended["terms"]["title"] == "Another title"
    assert amended["terms"]["scope_rules"] == []
    assert amended["terms"]["matters"] == drafted["terms"]["matters"]
    repeat = await other.ccg.patch(path, json=change, version=1)
    assert repeat.json() == amended
    assert repeat.headers["Idempotency-Replayed"] == "true"
    stale = await other.ccg.patch(path, json={"terms": {"title": "A third"}}, version=1)
    assert stale.status_code == 412
    on_the_old = await other.decide(other.pcc, "Cabinet", "2015-02-10", edition=1)
    assert on_the_old.status_code == 201
    standing = made(await other.pcc.get(path))["approvals"]
    assert standing[0]["awaiting"] == "decision"
    to_come = await other.decide(other.pcc, "Cabinet", "2015-02-10", edition=3)
    assert code_of(to_come) == "decision_edition_wrong"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"parties": []}, "/terms/parties"),
        ({"matters": [{"code": "no_such_matter", "text": "x"}]}, "/terms/matters"),
        (
            {"scope_rules": [{"tag": "acute", "category": "acute", "reason": "x"}]},
            "/terms/scope_rules/0/category",
        ),
        ({"host_organisation_id": str(uuid.uuid4())}, "/terms/host_organisation_id"),
        ({"title": "a\u202eb"}, "/terms/title"),
        ({"state": "in_force"}, "/terms/state"),
        ({"arrangements": ["merger"]}, "/terms/arrangements/0"),
    ],
)
async def test_bad_terms_are_named_by_their_field(place, change, pointer):
    body = {
        "partnership_id": str(place.partnership),
        "reference": "S75-X",
        "type": "s75",
        "terms": place.terms(**change),
    }
    answer = await place.pcc.put(f"/v1/agreements/{uuid.uuid4()}", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_reference_is_used_once_by_an_organisation_and_days_to_come_are_refused(place):
    await place.draft()
    body = {
        "partnership_id": str(place.partnership),
        "reference": f"S75-{place.agreement.hex[:8]}",
        "type": "s75",
        "terms": place.terms(),
    }
    again = await place.pcc.put(f"/v1/agreements/{uuid.uuid4()}", json=body)
    assert (again.status_code, code_of(again)) == (409, "agreement_reference_used")
    partner_s = await place.ccg.put(f"/v1/agreements/{uuid.uuid4()}", json=body)
    assert partner_s.status_code == 201
    future = await place.decide(place.pcc, "Cabinet", "2199-01-01")
    assert code_of(future) == "decision_day_to_come"
    foreign = await place.client(commissioner=uuid.uuid4())
    elsewhere = await foreign.put(f"/v1/agreements/{uuid.uuid4()}", json=body)
    assert (elsewhere.status_code, code_of(elsewhere)) == (422, "partnership_unknown")
    taken = await place.ccg.put(f"/v1/agreements/{place.agreement}", json={**body, "reference": "S75-NEW"})
    assert (taken.status_code, code_of(taken)) == (409, "id_unavailable")


async def test_a_commissioner_that_is_no_party_sees_it_and_changes_nothing(place):
    await place.draft()
    third = await place.client(commissioner=place.partnership)
    assert (await third.get(f"/v1/agreements/{place.agreement}")).status_code == 200
    refused = await place.move("execution", SIGNED, client=third)
    assert (refused.status_code, code_of(refused)) == (409, "agreement_parties_only")
    decided = await place.decide(third, "Cabinet", "2015-02-10")
    assert code_of(decided) == "agreement_parties_only"


async def test_agreements_and_decisions_are_for_partners_and_auditors_only(place):
    await place.draft()
    decision = made(await place.decide(place.pcc, "Cabinet", "2015-02-10"))
    auditor = await place.auditor([place.council])
    others = [
        await place.client(provider=place.partnership),
        await place.client(associate=place.partnership),
        await place.client(observer=place.partnership),
        await place.client(commissioner=uuid.uuid4()),
        await place.client_for("budget", a_caller(scopes="budget:read", operator=True)),
    ]
    for path in (f"/v1/agreements/{place.agreement}", f"/v1/decisions/{decision['id']}"):
        collection = path.rpartition("/")[0]
        for seeing in (place.pcc, place.ccg, auditor):
            assert (await seeing.get(path)).status_code == 200
        for other in others:
            await assert_hidden(other, path, collection, place.partnership)
