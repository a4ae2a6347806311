"""Disputes on contracts: between two parties, with a clock, to their end; nothing waits for them."""

import uuid
from dataclasses import replace

import asyncpg
import pytest

from tests.contracts.care import carer, joined, running
from tests.contracts.register import Place, a_key
from tests.contracts.world import as_app

ROLES = ("ccg", "council", "kernow", "pch", "phnt", "scrutiny", "auditor", "stranger")


class Desk:
    def __init__(self, place, clients, contract_id) -> None:
        self.place, self.clients, self.contract_id = place, clients, contract_id
        self.url = f"/v1/contracts/{contract_id}/disputes"

    async def dispute(self, who="pch", against="ccg", **changes):
        body = {
            "id": str(uuid.uuid4()),
            "against_organisation_id": str(getattr(self.place, against)),
            "matter": "The activity plan was changed without a variation.",
            "raised_on": "2015-06-12",
            "disputed": {"amount_pence": None, "status": "tbc"},
            "due_on": "2015-06-26",
            **changes,
        }
        return await self.clients[who].post(self.url, json=body, key=a_key())

    async def move(self, dispute, act, who="pch", **body):
        url = f"{self.url}/{dispute['id']}/{act}"
        return await self.clients[who].post(url, json=body, key=a_key(), version=dispute["version"])


ESCALATED = {"stage": "escalation", "began_on": "2015-06-29", "due_on": "2015-07-13"}
SETTLED = {"outcome": "settled", "resolved_on": "2015-07-10", "resolution": "The plan is varied from July."}


def discussing(place, role):
    caller = carer(place, role)
    return replace(caller, scopes=caller.scopes | {"contract:discuss"})


@pytest.fixture(scope="module")
async def desk(client_for):
    place = Place()
    clients = {role: await client_for("contracts", discussing(place, role)) for role in ROLES}
    return Desk(place, clients, await running(clients["ccg"], place, **joined(place, "pch", "phnt")))


@pytest.mark.row("S1-G13")
async def test_a_dispute_on_a_contract_is_followed_to_its_end(desk):
    contract = (await desk.clients["ccg"].get(f"/v1/contracts/{desk.contract_id}")).json()
    raised = await desk.dispute()
    assert raised.status_code == 201, raised.text
    dispute = raised.json()
    assert (dispute["stage"], dispute["due_on"]) == ("raised", "2015-06-26")
    assert dispute["owner_organisation_id"] == str(desk.place.pch)
    assert dispute["undisputed_pence"] is None  # nobody has said how much
    escalated = await desk.move(dispute, "stage", "ccg", **ESCALATED)
    assert (escalated.status_code, escalated.json()["stage"], escalated.json()["due_on"]) == (
        200,
        "escalation",
        "2015-07-13",
    )
    early = await desk.move(escalated.json(), "resolution", "ccg", **SETTLED)
    assert (early.status_code, early.json()["code"]) == (409, "contract_dispute_raiser")
    ended = (await desk.move(escalated.json(), "resolution", **SETTLED)).json()
    assert (ended["stage"], ended["outcome"], ended["version"]) == ("resolved", "settled", 3)
    for act, body in (("stage", {**ESCALATED, "stage": "mediation"}), ("resolution", SETTLED)):
        again = await desk.move(ended, act, **body)
        assert (again.status_code, again.json()["code"]) == (409, "contract_dispute_over")
    assert (await desk.clients["ccg"].get(f"/v1/contracts/{desk.contract_id}")).json() == contract


async def test_who_reads_a_dispute_and_who_moves_it(desk):
    """The commissioners and the named body's auditor read all; a provider reads its own; nobody else knows of one."""
    own = (await desk.dispute()).json()
    other = (await desk.dispute("phnt", "ccg")).json()
    seen = {}
    for role in ROLES:
        client = desk.clients[role]
        listed = await client.get(desk.url, params={"limit": 200})
        read = [(await client.get(f"{desk.url}/{each['id']}")).status_code for each in (own, other)]
        ids = {each["id"] for each in listed.json().get("items", ())}
        seen[role] = (listed.status_code, *read, own["id"] in ids, other["id"] in ids)
    everything, nothing = (200, 200, 200, True, True), (404, 404, 404, False, False)
    assert seen == {
        **dict.fromkeys(("ccg", "council", "kernow", "auditor"), everything),
        "pch": (200, 200, 404, True, False),
        "phnt": (200, 404, 200, False, True),
        "scrutiny": nothing,
        "stranger": nothing,
    }
    for role in ("phnt", "council", "kernow", "scrutiny", "stranger", "auditor"):
        assert (await desk.move(own, "stage", role, **ESCALATED)).status_code == 404, role


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"against": "stranger"}, "contract_dispute_against", "/against_organisation_id"),
        ({"against": "pch"}, "contract_dispute_against", "/against_organisation_id"),
        ({"raised_on": "2199-01-01", "due_on": "2199-01-02"}, "contract_dispute_day", "/raised_on"),
        ({"due_on": "2015-06-11"}, "contract_dispute_clock", "/due_on"),
        ({"disputed": {"amount_pence": 0, "status": "actual"}}, "contract_dispute_amount", "/disputed"),
    ],
)
async def test_disputes_that_do_not_hold_together(desk, changes, code, pointer):
    refused = await desk.dispute(**changes)
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["errors"][0]["pointer"]) == (422, code, pointer)


async def test_who_is_no_party_raises_none(desk):
    refused = await desk.dispute("council", "ccg")
    assert (refused.status_code, refused.json()["code"]) == (409, "contract_dispute_party")
    for role in ("scrutiny", "stranger"):
        assert (await desk.dispute(role, "ccg")).status_code == 404
    made = (await desk.dispute("ccg", "pch")).json()
    back = await desk.move(made, "stage", **{**ESCALATED, "began_on": "2015-06-11"})
    assert (back.status_code, back.json()["code"]) == (422, "contract_dispute_day")
    same = await desk.move(made, "stage", **{**ESCALATED, "stage": "raised"})
    assert (same.status_code, same.json()["code"]) == (409, "contract_dispute_stage")


async def test_the_database_holds_it_by_itself(desk, stack):
    """Raw SQL as the app's role: no move by a third, none back, and none raised for another."""
    dispute = (await desk.dispute()).json()
    await desk.move(dispute, "stage", **ESCALATED)
    moving = (
        "update contracts.contract_disputes set stage = '{}', version = version + 1"
        f" where id = '{dispute['id']}'"
    )
    adding = (
        "insert into contracts.contract_disputes (id, contract_id, partnership_id, owner_organisation_id,"
        " against_organisation_id, matter, raised_on, disputed_status, stage, stage_began_on, due_on)"
        f" select gen_random_uuid(), contract_id, partnership_id, '{{}}', owner_organisation_id, 'x', raised_on,"
        f" 'tbc', 'raised', raised_on, due_on from contracts.contract_disputes where id = '{dispute['id']}'"
    )
    for role, statement, told in (
        ("pch", moving.format("negotiation"), asyncpg.IntegrityConstraintViolationError),
        ("kernow", moving.format("mediation"), "UPDATE 0"),
        ("phnt", moving.format("mediation"), "UPDATE 0"),
        ("kernow", adding.format(desk.place.ccg), asyncpg.InsufficientPrivilegeError),
    ):
        async with as_app(stack, discussing(desk.place, role)) as connection:
            if isinstance(told, str):
                assert await connection.execute(statement) == told
            else:
                with pytest.raises(told):
                    await connection.execute(statement)
