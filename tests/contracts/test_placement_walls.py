"""The walls of placements, each alone: only the owner's, and those that a provider provides once they began."""

import re
import uuid

import pytest

from services.contracts.rules.placement_life import MOVES
from services.contracts.store import placements
from shared.caller import Share
from shared.db import Database
from tests.contracts.care import CARE, carer, joined, moved, placed, running
from tests.contracts.register import Place, a_key
from tests.contracts.world import as_app
from tests.stack import ROOT, a_caller

ROLES = ("ccg", "council", "kernow", "pch", "phnt", "scrutiny", "auditor", "stranger")
# Whose placement -> who sees it. A partner of the partnership, the lead of the contract and an auditor see no other's.
SEEN_BY = {
    "ccgs": {"ccg", "pch"},
    "kernows": {"kernow", "pch"},
    "acute": {"ccg", "phnt"},
    "planned": {"ccg"},
    "never": {"ccg"},
}


class Homes:
    def __init__(self, place, clients, made) -> None:
        self.place, self.clients, self.made = place, clients, made

    def names(self, ids) -> set[str]:
        known = {uuid.UUID(each["id"]): name for name, each in self.made.items()}
        return {known[id_] for id_ in map(uuid.UUID, map(str, ids)) if id_ in known}

    def expected(self, role) -> set[str]:
        return {name for name, seen_by in SEEN_BY.items() if role in seen_by}


@pytest.fixture(scope="module")
async def homes(client_for):
    place = Place()
    clients = {role: await client_for("contracts", carer(place, role)) for role in ROLES}
    contract_id = await running(clients["ccg"], place, **joined(place, "pch", "phnt"))
    never = await placed(clients["ccg"], contract_id, place.pch, state="planned")
    made = {
        "ccgs": await placed(clients["ccg"], contract_id, place.pch),
        "kernows": await placed(clients["kernow"], contract_id, place.pch),
        "acute": await placed(clients["ccg"], contract_id, place.phnt),
        "planned": await placed(clients["ccg"], contract_id, place.pch, state="planned"),
        "never": await moved(clients["ccg"], never, "end", on="2014-05-01", reason="not_started"),
    }
    return Homes(place, clients, made)


@pytest.fixture(scope="module")
async def unwalled(stack):
    """The service's database as a role that row-level security does not bind: only the scoped query is left."""
    database = await Database.open(stack.cluster.superuser_dsn(), "contracts", size=2)
    yield database
    await database.close()


@pytest.mark.parametrize("role", ROLES)
async def test_the_list_shows_each_its_own(homes, role):
    found = (await homes.clients[role].get("/v1/placements", params={"limit": 200})).json()["items"]
    assert homes.names(each["id"] for each in found) == homes.expected(role)
    for name, made in homes.made.items():
        answer = await homes.clients[role].get(f"/v1/placements/{made['id']}")
        absent = await homes.clients[role].get(f"/v1/placements/{uuid.uuid4()}")
        assert (answer.status_code == 200) is (name in homes.expected(role))
        if answer.status_code == 404:
            same = {"instance", "request_id"}
            assert {k: v for k, v in answer.json().items() if k not in same} == {
                k: v for k, v in absent.json().items() if k not in same
            }


@pytest.mark.parametrize("role", ROLES)
async def test_row_level_security_alone_shows_the_same(homes, stack, role):
    async with as_app(stack, carer(homes.place, role)) as connection:
        rows = await connection.fetch("select id from placements")
        steps = await connection.fetch("select distinct placement_id from placement_steps")
    assert homes.names(row["id"] for row in rows) == homes.expected(role)
    own = {"ccg": {"ccgs", "acute", "planned", "never"}, "kernow": {"kernows"}}.get(role, set())
    assert homes.names(row["placement_id"] for row in steps) == own


@pytest.mark.parametrize("role", ROLES)
async def test_the_scoped_query_alone_shows_the_same(homes, unwalled, role):
    async with unwalled.begin(carer(homes.place, role)) as tx:
        rows = await placements.page(tx, {}, 200, None)
        assert homes.names(each.id for each in rows) == homes.expected(role)
        mine = await placements.page(tx, {}, 200, None, own=True)
        assert {each.owner_organisation_id for each in mine} <= {tx.caller.organisation_id}


@pytest.mark.parametrize(
    ("categories", "standing", "sees"),
    [
        (("placements",), "commissioner", {"ccgs", "acute", "planned", "never"}),
        (("personal_data",), "commissioner", set()),
        (("placements",), "observer", set()),
    ],
)
async def test_a_partner_reads_them_while_an_agreement_to_share_placements_is_in_force(
    homes, stack, client_for, unwalled, categories, standing, sees
):
    place = homes.place
    share = Share(place.partnership, place.ccg, categories)
    partner = a_caller(place.council, CARE, shares=(share,), **{standing: place.partnership})
    client = await client_for("contracts", partner)
    found = (await client.get("/v1/placements", params={"limit": 200})).json()["items"]
    assert homes.names(each["id"] for each in found) == sees
    made = homes.made["ccgs"]
    patched = await client.patch(
        f"/v1/placements/{made['id']}", json={"unit_rate": "1"}, version=made["version"]
    )
    assert patched.status_code == 404, "to share is to let read"
    async with as_app(stack, partner) as connection:
        rows = await connection.fetch("select id from placements")
    assert homes.names(row["id"] for row in rows) == sees
    async with unwalled.begin(partner) as tx:
        assert homes.names(each.id for each in await placements.page(tx, {}, 200, None)) == sees


async def test_nobody_but_the_owner_changes_a_placement(homes, stack):
    made = homes.made["ccgs"]
    url = f"/v1/placements/{made['id']}"
    for role in ("council", "kernow", "pch", "stranger", "scrutiny", "auditor"):
        client = homes.clients[role]
        patched = await client.patch(url, json={"unit_rate": "1"}, version=made["version"])
        ended = await client.post(
            f"{url}/end", json={"on": "2014-06-01", "reason": "moved"}, key=a_key(), version=made["version"]
        )
        assert patched.status_code == ended.status_code == 404, role
        async with as_app(stack, carer(homes.place, role)) as connection:
            id_ = uuid.UUID(made["id"])
            said = await connection.execute("update placements set version = version + 1 where id = $1", id_)
            assert said == "UPDATE 0"
    for role in ("kernow", "stranger", "pch"):
        async with as_app(stack, carer(homes.place, role)) as connection:
            with pytest.raises(Exception, match="row-level security"):
                await connection.execute(
                    "insert into high_cost_thresholds values (gen_random_uuid(), $1, '2014-04-01', 1)",
                    homes.place.ccg,
                )


@pytest.mark.row("S4-C04")
async def test_subject_access_finds_all_under_a_pseudonym_for_the_controller_alone(homes):
    made, url = homes.made["ccgs"], "/v1/placement-subject-access"
    asked = {"person_reference": made["person_reference"]}
    answer = await homes.clients["ccg"].get(url, params=asked)
    assert [each["id"] for each in answer.json()["placements"]] == [made["id"]]
    assert [each["move"] for each in answer.json()["steps"]] == ["registration"]
    for role in ("pch", "kernow", "council", "stranger", "auditor"):
        assert (await homes.clients[role].get(url, params=asked)).status_code == 404, role


async def test_the_audit_trail_and_the_feed_hold_nothing_of_the_person(homes, stack):
    made = homes.made["ccgs"]
    connection = await stack.superuser()
    try:
        for table in ("audit_events", "events"):
            rows = await connection.fetch(
                f"select row_to_json(e)::text as said from contracts.{table} e where thing_id = $1",
                uuid.UUID(made["id"]),
            )
            assert rows
            assert not any(made["person_reference"] in row["said"] for row in rows)
        told = await connection.fetchval(
            "select reader_organisation_ids from contracts.events where thing_id = $1",
            uuid.UUID(homes.made["planned"]["id"]),
        )
        assert told == []
    finally:
        await connection.close()


async def test_the_database_refuses_what_the_rules_refuse(homes, stack):
    """The second lock, tried by hand as the owner of the schema."""
    id_ = homes.made["ccgs"]["id"]
    change = f"update placements set version = version + 1, {{}} where id = '{id_}'"
    attempts = {
        change.format("state = 'planned'"): "does not move",
        change.format("state = 'suspended'"): "lacks its step",
        change.format("unit_rate = 0"): "unit_rate_check",
        change.format("unit_rate = -1"): "unit_rate_check",
        change.format("end_date = '2014-01-01'"): "placements_ends_after_start",
        change.format("review_date = '2014-01-01'"): "placements_review_after_start",
        change.format("keep_until = '2014-01-01'"): "placements_kept",
        change.format("reference = null"): "placements_disposed",
        f"update placements set version = version where id = '{id_}'": "counts one on",
        f"delete from placements where id = '{id_}'": "append-only",
        f"update placement_steps set reason = 'x' where placement_id = '{id_}'": "append-only",
    }
    connection = await stack.superuser()
    try:
        await connection.execute("set search_path = contracts")
        for statement, said in attempts.items():
            transaction = connection.transaction()
            await transaction.start()
            with pytest.raises(Exception, match=said):
                await connection.execute(statement + "; set constraints all immediate")
            await transaction.rollback()
    finally:
        await connection.close()


def test_the_moves_of_the_database_are_those_of_the_rules():
    [path] = (ROOT / "services/contracts/migrations/versions").glob("*_placements.py")
    [moves] = re.findall(r"from \(values(.*?)\) as move", path.read_text(encoding="utf-8"), re.DOTALL)
    pairs = set(re.findall(r"\('(\w+)', '(\w+)'\)", moves))
    assert pairs == {(come.value, go.value) for come, to in MOVES.items() for go in to if come is not go}
