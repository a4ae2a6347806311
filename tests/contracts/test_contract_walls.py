"""Each wall alone: row-level security without the scoped query, the scoped query without row-level security."""

import random
import uuid
from dataclasses import replace
from datetime import date, timedelta

import asyncpg
import pytest

from services.contracts.rules.contract import EndStatus
from services.contracts.rules.party import Party, Role
from services.contracts.rules.state import FIRST, State
from services.contracts.rules.view import ProviderContract, PublishedContract, view_for
from services.contracts.rules.visibility import Sight, sight_of
from services.contracts.store import contract_lists, contracts
from services.contracts.store.contract_lists import Sort
from shared.db import Database
from shared.errors import Refusal
from tests.contracts.register import Place, a_key, backing, registered
from tests.contracts.things import contract
from tests.contracts.world import ROLES, SEEN_BY, a_random_caller, as_app

CHILDREN = (
    "contract_terms",
    "contract_plans",
    "contract_parties",
    "contract_funding",
    "due_dates",
    "notices",
)


@pytest.fixture(scope="module")
async def unwalled(stack):
    """The service's database as a role that row-level security does not bind: only the scoped query is left."""
    database = await Database.open(stack.cluster.superuser_dsn(), "contracts", size=2)
    yield database
    await database.close()


@pytest.mark.parametrize("role", sorted({*ROLES} - {"ccg"}))
async def test_nobody_but_the_lead_changes_a_contract(world, stack, role):
    client = world.clients[role]
    for url in (f"/v1/contracts/{world.id('joint')}", f"/v1/contracts/{uuid.uuid4()}"):
        patched = await client.patch(url, json={"title": "Mine"}, version=1)
        moved = await client.post(
            f"{url}/activation",
            json={"active_from": "2013-04-01"},
            key=a_key(),
            version=1,
            seen=backing(world.made["joint"]),
        )
        assert patched.status_code == moved.status_code == 404
    async with as_app(stack, world.place.caller(role)) as connection:
        touched = await connection.fetch(
            "update contracts set title = title, version = version + 1 returning id"
        )
        own = {"council": {"councils", "private"}, "stranger": {"elsewhere"}}.get(role, set())
        assert world.names(row["id"] for row in touched) == own


@pytest.mark.parametrize("role", ROLES)
async def test_row_level_security_alone_shows_the_same_contracts(world, stack, role):
    async with as_app(stack, world.place.caller(role)) as connection:
        rows = await connection.fetch("select id from contracts")
    assert world.names(row["id"] for row in rows) == world.expected(role)


async def test_without_a_context_nothing_is_visible(world, stack):
    async with as_app(stack) as connection:
        for table in (
            "contracts",
            *CHILDREN,
            "register_imports",
            "register_entries",
            "audit_events",
            "events",
        ):
            assert await connection.fetchval(f"select count(*) from {table}") == 0, table


@pytest.mark.parametrize(
    ("role", "tables"),
    [
        ("scrutiny", {}),
        ("stranger", {}),
        ("pch", {"contract_terms": 1, "contract_parties": 3, "due_dates": 3}),
        ("kernow", {"contract_terms": 1, "contract_plans": 1, "contract_parties": 3, "contract_funding": 1, "due_dates": 4}),
        ("auditor", {"contract_terms": 1, "contract_plans": 1, "contract_parties": 3, "contract_funding": 1, "due_dates": 4}),
        ("council", {"contract_terms": 1, "contract_plans": 1, "contract_parties": 3, "contract_funding": 2, "due_dates": 4}),
    ],
)  # fmt: skip
async def test_row_level_security_alone_withholds_what_a_role_may_not_know(world, stack, role, tables):
    async with as_app(stack, world.place.caller(role)) as connection:
        for table in CHILDREN:
            found = await connection.fetchval(
                f"select count(*) from {table} where contract_id = $1", uuid.UUID(world.id("joint"))
            )
            assert found == tables.get(table, 0), table


async def test_row_level_security_alone_keeps_others_from_writing(world, stack):
    joint = uuid.UUID(world.id("joint"))
    for role in ("council", "kernow", "pch", "stranger"):
        for statement in (
            "delete from contract_parties where contract_id = $1",
            "delete from contract_funding where contract_id = $1",
            "delete from due_dates where contract_id = $1",
            "update contract_terms set responsible_post = 'me' where contract_id = $1",
        ):
            async with as_app(stack, world.place.caller(role)) as connection:
                assert await connection.execute(statement, joint) in ("DELETE 0", "UPDATE 0")
        async with as_app(stack, world.place.caller(role)) as connection:
            with pytest.raises(Exception, match="row-level security"):
                await connection.execute(
                    "insert into contract_funding values ($1, 9, $2, $2, 50)", joint, uuid.uuid4()
                )


async def test_what_is_noted_to_be_checked_is_checked_though_the_note_is_taken_out(world, stack):
    joint = uuid.UUID(world.id("joint"))
    async with as_app(stack, world.place.caller("ccg")) as connection:
        await connection.execute(
            "delete from contract_parties where contract_id = $1 and position = 1", joint
        )
        assert await connection.fetchval("select contract_ids from changed_contracts") == [joint]
        await connection.execute("delete from changed_contracts")
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            await connection.execute("set constraints all immediate")
        assert refused.value.constraint_name == "contract_is_whole"


async def test_contracts_joined_are_those_that_the_policies_show(world, stack):
    with_some = set()
    for role in ROLES:
        async with as_app(stack, world.place.caller(role)) as connection:
            joined = [row["id"] for row in await connection.fetch("select joined_contracts() as id")]
            seen = await connection.fetchval("select count(*) from contracts where id = any ($1)", joined)
            assert seen == len(joined)
            with_some |= {role} if joined else set()
    assert {"kernow", "pch"} <= with_some <= {"kernow", "pch", "phnt"}


@pytest.mark.parametrize("role", ROLES)
async def test_the_scoped_query_alone_shows_the_same_contracts(world, unwalled, role):
    caller = world.place.caller(role)
    async with unwalled.begin(caller) as tx:
        rows = await contract_lists.page(tx, Sort.ENDS, {}, 200, None, today=date(2026, 11, 30))
        assert world.names(row.id for row in rows) == world.expected(role)
        for name in SEEN_BY:
            if name in world.expected(role):
                found, providers = await contracts.get(tx, uuid.UUID(world.id(name)))
                shape = view_for(found, sight_of(found, caller), providers)
                assert isinstance(shape, PublishedContract) == (role == "scrutiny")
                assert isinstance(shape, ProviderContract) == (role in {"pch", "phnt"})
                if role in {"kernow", "auditor"}:
                    assert len(found.funding) == 1
                if role in {"pch", "phnt", "scrutiny"}:
                    assert found.funding == found.stated_dates == found.related == ()
                if role == "scrutiny":
                    assert found.parties == ()
            else:
                with pytest.raises(Refusal, match="no such record"):
                    await contracts.get(tx, uuid.UUID(world.id(name)))


async def test_both_walls_and_the_rule_agree_in_random_worlds(stack, unwalled):
    """Contracts and callers at random: the rule, the scoped query and row-level security each say the same."""
    chance = random.Random(36)
    organisations = [uuid.uuid4() for _ in range(8)]
    partnerships = [uuid.uuid4() for _ in range(3)]
    made = [a_random_contract(chance, organisations, partnerships) for _ in range(120)]
    for each in made:
        leader = Place(partnership=each.partnership_id, ccg=each.owner_organisation_id).caller("ccg")
        async with unwalled.begin(leader, write=True) as tx:
            await contracts.add_all(tx, [each])
    seen = dict.fromkeys(Sight, 0)
    for _ in range(60):
        caller = a_random_caller(chance, organisations, partnerships)
        by_rule = {each.id: sight_of(each, caller) for each in made}
        expected = {id_ for id_, sight in by_rule.items() if sight is not Sight.NONE}
        async with unwalled.begin(caller) as tx:
            rows = await contract_lists.page(tx, Sort.ENDS, {}, 200, None, today=date(2026, 11, 30))
            assert {row.id for row in rows} & by_rule.keys() == expected
            for id_ in chance.sample(sorted(expected), min(5, len(expected))):
                found, _ = await contracts.get(tx, id_)
                assert sight_of(found, caller) is by_rule[id_]
        async with as_app(stack, caller) as connection:
            rows = await connection.fetch("select id from contracts where id = any ($1)", list(by_rule))
        assert {row["id"] for row in rows} == expected
        for sight in by_rule.values():
            seen[sight] += 1
    assert min(seen.values()) > 20, seen


def a_random_contract(chance, organisations, partnerships):
    lead, provider, *others = chance.sample(organisations, 4)
    associates = tuple(Party(Role.ASSOCIATE_COMMISSIONER, each) for each in others[: chance.randrange(3)])
    start = chance.choice([None, date(2010, 4, 1) + timedelta(days=chance.randrange(4000))])
    end = chance.choice([None, (start or date(2012, 4, 1)) + timedelta(days=chance.randrange(2500))])
    return replace(
        contract(),
        id=uuid.uuid4(),
        reference=uuid.uuid4().hex,
        owner_organisation_id=lead,
        partnership_id=chance.choice([*partnerships, None]),
        state=chance.choice([*FIRST, State.ABANDONED]),
        awarded_on=chance.choice([None, None, date(2012, 1, 1)]),
        start_date=start,
        end_date=end,
        end_status=EndStatus.NOT_STATED if end is None else EndStatus.STATED,
        parties=(Party(Role.LEAD_COMMISSIONER, lead), *associates, Party(Role.PROVIDER, provider)),
        funding=(),
    )


async def test_import_reports_are_kept_from_the_partner_s_writes_and_others(world, stack):
    """What a register said of a contract is for its commissioners."""
    data = b"ContractReference,ContractTitle,SupplierName\nR1,Day care,Acme Ltd\n"
    taken = await world.clients["ccg"].post(
        "/v1/register-imports",
        content=data,
        headers={"Content-Type": "text/csv"},
        params={"partnership_id": str(world.place.partnership)},
        key=a_key(),
    )
    assert taken.status_code == 201
    id_ = uuid.UUID(taken.json()["rows"][0]["contract_id"])
    for role, rows in (("ccg", 1), ("council", 1), ("pch", 0), ("scrutiny", 0), ("stranger", 0)):
        async with as_app(stack, world.place.caller(role)) as connection:
            assert (
                await connection.fetchval("select count(*) from register_entries where contract_id = $1", id_)
                == rows
            )


async def test_what_stood_behind_an_activation_is_no_associate_s_to_read(client_for, stack):
    """It names pool lines and what other bodies approved. By each wall."""
    place = Place()
    clients = {role: await client_for("contracts", place.caller(role)) for role in ROLES}
    parties = [*place.contract()["parties"],
               {"role": "associate_commissioner", "organisation_id": str(place.kernow)}]  # fmt: skip
    made = await registered(clients["ccg"], place.contract(parties=parties))
    path = f"/v1/contracts/{made['id']}/activation"
    body, seen = {"active_from": "2013-04-01"}, backing(made)
    answer = await clients["ccg"].post(path, json=body, key=a_key(), version=1, seen=seen)
    assert answer.status_code == 200, answer.text
    for role, client in clients.items():
        sees = role in {"ccg", "council", "auditor"}
        assert (await client.get(path)).status_code == (200 if sees else 404), role
        async with as_app(stack, place.caller(role)) as connection:
            rows = await connection.fetch(
                "select from contract_activations where contract_id = $1", uuid.UUID(made["id"])
            )
            assert bool(rows) == sees, role
    assert (await clients["kernow"].get(f"/v1/contracts/{made['id']}")).status_code == 200
