"""Contract management: from query notice to closure, what is withheld, the log of quality concerns, and who is told."""

import uuid

import pytest

from tests.contracts.care import carer, joined, running
from tests.contracts.register import Place, a_key
from tests.contracts.world import as_app

ROLES = ("ccg", "council", "kernow", "pch", "phnt", "scrutiny", "auditor", "stranger")
URL = "/v1/management-actions"


class Desk:
    def __init__(self, place, clients, contract_id) -> None:
        self.place, self.clients, self.contract_id = place, clients, contract_id

    async def put(self, kind="query_notice", who="ccg", **changes):
        body = {
            "contract_id": self.contract_id,
            "provider_organisation_id": str(self.place.pch),
            "kind": kind,
            "subject": "Waiting times",
            "reason": "Three months below the target",
            "served_on": "2014-07-01",
            **changes,
        }
        return await self.clients[who].put(f"{URL}/{uuid.uuid4()}", json=body)

    async def post(self, action, move, who="ccg", **body):
        return await self.clients[who].post(
            f"{URL}/{action['id']}/{move}", json=body or None, key=a_key(), version=action["version"]
        )


@pytest.fixture(scope="module")
async def desk(client_for):
    place = Place()
    clients = {role: await client_for("contracts", carer(place, role)) for role in ROLES}
    return Desk(place, clients, await running(clients["ccg"], place, **joined(place, "pch", "phnt")))


async def test_a_query_leads_to_a_plan_a_withholding_and_an_end(desk):
    evidence = str(uuid.uuid4())
    query = (await desk.put(respond_by="2014-07-15", evidence_id=evidence)).json()
    assert (query["state"], query["evidence_id"]) == ("open", evidence)
    answered = (await desk.post(query, "answer", on="2014-07-14", words="Two posts are vacant")).json()
    assert answered["state"] == "answered"
    steps = [{"words": "Recruit", "due_on": "2014-09-30"}, {"words": "Train", "due_on": "2014-10-31"}]
    plan = (await desk.put("remedial_action_plan", follows_id=query["id"], steps=steps)).json()
    done = (await desk.post(plan, "steps/1/completion", on="2014-09-28")).json()
    assert [each["done_on"] for each in done["steps"]] == ["2014-09-28", None]
    twice = await desk.post(done, "steps/1/completion", on="2014-09-29")
    assert twice.json()["code"] == "management_step_done"
    assert (await desk.post(done, "steps/3/completion", on="2014-09-29")).status_code == 404
    early = await desk.post(done, "closure", on="2014-10-01", outcome="achieved")
    assert (early.status_code, early.json()["open_steps"]) == (409, [2])
    alone = await desk.put("withholding", withheld_percent="2")
    assert alone.json()["code"] == "management_nothing_before"
    held = await desk.put("withholding", withheld_percent="2", follows_id=plan["id"])
    assert (held.status_code, held.json()["withheld_percent"]) == (201, "2")
    closed = (await desk.post(done, "closure", on="2014-11-05", outcome="not_achieved")).json()
    assert (closed["state"], closed["closed_on"]) == ("closed", "2014-11-05")
    shut = await desk.post(closed, "answer", on="2014-11-06", words="Late")
    assert (shut.status_code, shut.json()["code"]) == (409, "management_closed")


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        ("query_notice", {"respond_by": "2014-06-30"}, "management_respond_before_served"),
        ("query_notice", {"steps": [{"words": "x", "due_on": "2014-08-01"}]}, "management_steps_missing"),
        ("remedial_action_plan", {}, "management_steps_missing"),
        (
            "remedial_action_plan",
            {"steps": [{"words": "x", "due_on": "2014-06-30"}]},
            "management_step_before_served",
        ),
        ("query_notice", {"withheld_percent": "2"}, "management_withheld_unfit"),
        ("withholding", {}, "management_withheld_unfit"),
        ("withholding", {"withheld_percent": "100.5"}, "management_withheld_unfit"),
        ("query_notice", {"shared": False}, "management_concern_alone"),
        ("query_notice", {"safeguarding": True}, "management_concern_alone"),
        ("query_notice", {"follows_id": str(uuid.uuid4())}, "management_nothing_before"),
        ("query_notice", {"contract_id": str(uuid.uuid4())}, "management_contract_unknown"),
        (
            "query_notice",
            {"provider_organisation_id": str(uuid.uuid4())},
            "management_provider_not_of_contract",
        ),
        ("quality_concern", {"reason": "About John Smith (12/03/1950)"}, "fields_invalid"),
        ("quality_concern", {"subject": "943 476 5919"}, "fields_invalid"),
    ],
)
async def test_what_does_not_fit_is_refused(desk, kind, changes, code):
    answer = await desk.put(kind, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


@pytest.mark.row("S4-C08")
async def test_a_quality_concern_is_the_commissioners_until_it_is_shared(desk, stack):
    concern = (await desk.put("quality_concern", safeguarding=True, shared=False)).json()
    notice = (await desk.put()).json()
    told = {"ccg", "council", "kernow", "auditor"}
    for role, client in desk.clients.items():
        log = {"provider_id": str(desk.place.pch), "kind": "quality_concern", "limit": 200}
        listed = {each["id"] for each in (await client.get(URL, params=log)).json()["items"]}
        async with as_app(stack, carer(desk.place, role)) as connection:
            rows = {str(row["id"]) for row in await connection.fetch("select id from management_actions")}
        assert (concern["id"] in listed) is (concern["id"] in rows) is (role in told), role
        assert ((await client.get(f"{URL}/{concern['id']}")).status_code == 200) is (role in told), role
        assert (notice["id"] in rows) is (role in {*told, "pch"}), role
        if role != "ccg":
            assert (
                await desk.post(notice, "closure", role, on="2014-08-01", outcome="withdrawn")
            ).status_code == 404
            refused = await desk.put(who=role)
            assert refused.json()["code"] == "management_contract_unknown"
    shared = (await desk.post(concern, "disclosure")).json()
    assert (await desk.clients["pch"].get(f"{URL}/{concern['id']}")).json() == shared
    assert (await desk.clients["phnt"].get(f"{URL}/{concern['id']}")).status_code == 404


async def test_the_database_refuses_what_the_rules_refuse(desk, stack):
    id_ = (await desk.put()).json()["id"]
    change = f"update management_actions set version = version + 1, {{}} where id = '{id_}'"
    attempts = {
        change.format("state = 'closed'"): "management_actions_closed",
        change.format("shared = false"): "is closed, or was shared",
        change.format("withheld_percent = 2"): "management_actions_withheld",
        f"update management_actions set version = version where id = '{id_}'": "counts one on",
        f"delete from management_actions where id = '{id_}'": "append-only",
    }
    connection = await stack.superuser()
    try:
        await connection.execute("set search_path = contracts")
        for statement, said in attempts.items():
            transaction = connection.transaction()
            await transaction.start()
            with pytest.raises(Exception, match=said):
                await connection.execute(statement)
            await transaction.rollback()
    finally:
        await connection.close()
