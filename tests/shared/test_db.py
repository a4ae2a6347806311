"""The only way to the database: no caller no transaction, a context that ends with it, and answers when it breaks."""
# ruff: noqa: PT012 a refusal comes out of a whole transaction

import asyncio
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

import asyncpg
import pytest
from sqlalchemy import ARRAY, Uuid, any_, bindparam, column, select, table

from shared.caller import Audit, Caller
from shared.context import ROLES, settings_of
from shared.db import Database, Prepared, prepare, refuse_constraint
from shared.errors import Kind, Refusal, reason
from tests.stack import a_caller

CONTEXT = Prepared(
    "select budget.ctx_client() as client, budget.ctx_organisation() as organisation,"
    " budget.ctx_organisations() as organisations, budget.ctx_operator() as operator, "
    + ", ".join(f"budget.ctx_in('{role}') as {role}" for role in ROLES),
    (),
    {},
)
PLANTED = reason("planted_for_a_test", Kind.CONFLICT, "This was planted for a test.")


@pytest.fixture(scope="module")
async def db(stack):
    opened = await Database.open(stack.url("budget"), "budget", 4)
    yield opened
    await opened.close()


@pytest.fixture
async def one(stack):
    """Pools of a single session each, so that every transaction meets what the one before left."""
    opened = await Database.open(stack.url("budget"), "budget", 1)
    yield opened
    await opened.close()


@pytest.fixture
async def admin(stack):
    connection = await stack.superuser()
    yield connection
    await connection.close()


_ADD = Prepared(
    "insert into events (what, thing, thing_id, owner_organisation_id) values ('planted', $1, $2, $3)",
    ("thing", "id", "owner"),
    {},
)
_MINE = Prepared("select thing_id, owner_organisation_id from events where what = 'planted'", (), {})
_BY_ID = Prepared("select thing_id from events where thing_id = $1", ("id",), {})


async def add(tx, owner, id_=None):
    await tx.do(_ADD, thing="test", id=id_ or uuid.uuid4(), owner=owner)


@pytest.mark.parametrize("nobody", [None, "", {}, object(), Caller])
@pytest.mark.parametrize("how", [{}, {"write": True}, {"single": True}])
async def test_without_a_caller_there_is_no_transaction(db, nobody, how):
    with pytest.raises(TypeError, match="needs the caller"):
        async with db.begin(nobody, **how):
            pass


async def test_something_that_looks_like_a_caller_is_none(db):
    @dataclass
    class Looks:
        client_id = organisation_id = uuid.uuid4()
        organisations = ()

    with pytest.raises(TypeError):
        async with db.begin(Looks()):
            pass


def a_full_caller():
    return a_caller(
        operator=True,
        organisations=(uuid.uuid4(), uuid.uuid4()),
        audits=(Audit(uuid.uuid4(), (uuid.uuid4(),), ("2014/15",)),),
        **{role: [uuid.uuid4(), uuid.uuid4()] for role in ROLES},
    )


@pytest.mark.parametrize("how", [{}, {"write": True}, {"single": True}, {"snapshot": True}])
async def test_policies_see_exactly_this_caller(db, how):
    for caller in (a_full_caller(), a_caller()):
        async with db.begin(caller, **how) as tx:
            seen = await tx.one(CONTEXT)
        assert (seen["client"], seen["organisation"]) == (caller.client_id, caller.organisation_id)
        assert tuple(seen["organisations"]) == caller.organisations
        assert seen["operator"] is caller.operator
        assert {role: tuple(seen[role]) for role in ROLES} == {
            role: caller.standing.get(role, ()) for role in ROLES
        }


_AUDITED = Prepared(
    "select budget.ctx_audited($1, $2, $3) as yes", ("partnership", "organisation", "year"), {}
)


async def test_an_auditor_sees_the_named_bodies_and_years_and_no_others(db):
    partnership, body, other = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    auditor = a_caller(audits=(Audit(partnership, (body,), ("2014/15", "2015/16")),))
    for asked, expected in (
        ((partnership, body, "2014/15"), True),
        ((partnership, None, "2015/16"), True),
        ((partnership, body, "*"), True),
        ((partnership, other, "2014/15"), False),
        ((partnership, body, "2016/17"), False),
        ((uuid.uuid4(), body, "2014/15"), False),
        ((uuid.uuid4(), None, "*"), False),
    ):
        async with db.begin(auditor, single=True) as tx:
            row = await tx.one(_AUDITED, partnership=asked[0], organisation=asked[1], year=asked[2])
        assert row["yes"] is expected, asked


HOSTILE = [
    'x","y',
    "x','y",
    "\\",
    '\\"',
    "}{",
    "a,b",
    "'; drop table budget.pools; --",
    "$1",
    "%s",
    "é\n\t",
    "NULL",
    "",
    "E'\\''",
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("how", [{"write": True}, {"single": True}])
async def test_no_text_in_the_context_becomes_two_or_becomes_sql(db, hostile, how):
    """Ids and years come from the gateway; whatever they were, one stays one."""
    audit = Audit(uuid.uuid4(), (), (hostile,))
    setting = Prepared("select current_setting('app.audits')::text[] as audits", (), {})
    async with db.begin(a_caller(audits=(audit,)), **how) as tx:
        row = await tx.one(setting)
    assert row["audits"] == [f"{audit.partnership_id}/*/*", f"{audit.partnership_id}/*/{hostile}"]


async def test_nul_never_reaches_the_server(db):
    with pytest.raises(ValueError, match="NUL"):
        async with db.begin(a_caller(audits=(Audit(uuid.uuid4(), (), ("\0",)),))):
            pass


@pytest.mark.parametrize("how", [{}, {"write": True}, {"single": True}])
async def test_nothing_of_a_caller_outlives_the_transaction(one, how):
    for fails in (False, True):
        try:
            async with one.begin(a_full_caller(), **how) as tx:
                await tx.one(CONTEXT)
                if fails:
                    raise LookupError
        except LookupError:
            pass
        for pool in (one._writing, one._reading):
            async with pool.acquire() as connection:
                for name, _ in settings_of(a_caller()):
                    assert not await connection.fetchval("select current_setting($1, true)", name)
                assert await connection.fetchval("select count(*) from events") == 0


async def test_a_single_read_sees_its_own_context_every_time(one):
    """Two callers in turn on one session, past the point where the server keeps one plan for all."""
    callers = [a_caller(), a_caller()]
    ids = {}
    for caller in callers:
        ids[caller.client_id] = uuid.uuid4()
        async with one.begin(caller, write=True) as tx:
            await add(tx, caller.organisation_id, ids[caller.client_id])
    for _ in range(12):
        for caller, other in (callers, callers[::-1]):
            async with one.begin(caller, single=True) as tx:
                own, foreign = ids[caller.client_id], ids[other.client_id]
                assert [row["thing_id"] for row in await tx.all(_MINE)] == [own]
                assert (await tx.one(_BY_ID, id=own))["thing_id"] == own
                assert await tx.maybe(_BY_ID, id=foreign) is None
                with pytest.raises(Refusal) as refused:
                    await tx.one(_BY_ID, id=foreign)
                assert refused.value.code == "not_found"


async def test_a_single_read_asks_and_does_nothing_else(db):
    async with db.begin(a_caller(), single=True) as tx:
        with pytest.raises(TypeError, match="single"):
            await tx.do(_MINE)
        with pytest.raises(TypeError, match="single"):
            await tx.many(_ADD, [])


@pytest.mark.parametrize("how", [{}, {"snapshot": True}])
async def test_a_reading_transaction_refuses_every_write(db, how):
    caller = a_caller()
    for statement in (
        "insert into events (what, thing, thing_id, owner_organisation_id) values ('planted', 'x', $1, $1)",
        "with added as (insert into events (what, thing, thing_id, owner_organisation_id) select 'x', 'x', $1, $1) select 1",
    ):
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            async with db.begin(caller, **how) as tx:
                await tx.all(Prepared(statement, ("id",), {}), id=caller.organisation_id)
    with pytest.raises(asyncpg.PostgresError, match="read-write mode"):
        async with db.begin(caller, **how) as tx:
            await tx.do(Prepared("set transaction read write", (), {}))


async def test_a_single_read_runs_in_a_session_that_refuses_writes(db):
    async with db.begin(a_caller(), single=True) as tx:
        row = await tx.one(Prepared("select current_setting('transaction_read_only') as read_only", (), {}))
    assert row["read_only"] == "on"
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with db.begin(a_caller(), single=True) as tx:
            await tx.one(Prepared("select lo_create(0)", (), {}))


async def test_a_snapshot_sees_one_instant_and_other_reads_do_not(db):
    caller = a_caller()
    for how, grows in (({"snapshot": True}, False), ({}, True)):
        async with db.begin(caller, **how) as reading:
            before = len(await reading.all(_MINE))
            async with db.begin(caller, write=True) as tx:
                await add(tx, caller.organisation_id)
            assert (len(await reading.all(_MINE)) > before) is grows


async def test_an_exception_leaves_nothing_behind(db):
    caller, id_ = a_caller(), uuid.uuid4()
    with pytest.raises(LookupError):
        async with db.begin(caller, write=True) as tx:
            await add(tx, caller.organisation_id, id_)
            raise LookupError
    async with db.begin(caller) as tx:
        assert await tx.maybe(_BY_ID, id=id_) is None


async def test_a_failure_that_is_passed_over_is_not_a_success(db):
    """The server answers a commit after a failed statement with ROLLBACK, and raises nothing."""
    caller, id_ = a_caller(), uuid.uuid4()
    with pytest.raises(RuntimeError, match="nothing was recorded"):
        async with db.begin(caller, write=True) as tx:
            await add(tx, caller.organisation_id, id_)
            with pytest.raises(asyncpg.DivisionByZeroError):
                await tx.all(Prepared("select 1 / 0", (), {}))
    async with db.begin(caller) as tx:
        assert await tx.maybe(_BY_ID, id=id_) is None


@pytest.mark.parametrize("how", [{}, {"write": True}, {"single": True}])
async def test_a_transaction_is_of_no_use_after_its_end(db, how):
    async with db.begin(a_caller(), **how) as tx:
        await tx.one(CONTEXT)
    with pytest.raises(asyncpg.InterfaceError):
        await tx.all(CONTEXT)


async def test_a_constraint_speaks_with_the_reason_declared_for_it(db, monkeypatch):
    monkeypatch.setattr("shared.db._CONSTRAINTS", {})
    caller = a_caller()
    key = Prepared(
        "insert into idempotency_keys (owner_client_id, operation, key, digest, status, body)"
        " values ($1, 'planted', 'x', '', 201, '')",
        ("client",),
        {},
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        async with db.begin(caller, write=True) as tx:
            await tx.do(key, client=caller.client_id)
            await tx.do(key, client=caller.client_id)
    refuse_constraint("idempotency_keys_pkey", PLANTED, "/id")
    refuse_constraint("idempotency_keys_pkey", PLANTED, "/id")
    with pytest.raises(ValueError, match="already stands for planted_for_a_test"):
        refuse_constraint("idempotency_keys_pkey", PLANTED, "/other")
    with pytest.raises(Refusal) as refused:
        async with db.begin(caller, write=True) as tx:
            await tx.do(key, client=caller.client_id)
            await tx.do(key, client=caller.client_id)
    assert refused.value.code == "planted_for_a_test"
    assert refused.value.faults[0].pointer == "/id"


PEOPLE = table("people", column("id", Uuid), column("name"), column("home", Uuid), schema="budget")


def test_a_statement_is_compiled_once_with_its_arguments_in_order():
    statement = prepare(
        select(PEOPLE.c.name)
        .where(PEOPLE.c.home == bindparam("home", type_=Uuid), PEOPLE.c.name != "nobody")
        .where(PEOPLE.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
        .limit(bindparam("most"))
    )
    home, ids = uuid.uuid4(), [uuid.uuid4()]
    assert statement.arguments({"ids": ids, "most": 3, "home": home}) == [home, "nobody", ids, 3]
    assert "nobody" not in statement.sql
    with pytest.raises(KeyError, match="home"):
        statement.arguments({"ids": ids, "most": 3})


async def test_values_go_round_as_python_knows_them(db):
    asked = Prepared(
        "select $1::jsonb as facts, $2::numeric as rate, $3::timestamptz as at, $4::uuid as id, $5::bigint as pence",
        ("facts", "rate", "at", "id", "pence"),
        {},
    )
    values = {
        "facts": {"é": [1, None, "x", {"deep": True}]},
        "rate": Decimal("13.10"),
        "at": datetime(2014, 4, 1, 9, tzinfo=UTC),
        "id": uuid.uuid4(),
        "pence": -(10**15),
    }
    for how in ({"write": True}, {"single": True}):
        async with db.begin(a_caller(), **how) as tx:
            row = dict(await tx.one(asked, **values))
        assert row == values
        assert str(row["rate"]) == "13.10"


async def test_many_rows_are_added_in_one_batch_and_counted(db):
    caller = a_caller()
    async with db.begin(caller, write=True) as tx:
        await tx.many(
            _ADD, ({"thing": "t", "id": uuid.uuid4(), "owner": caller.organisation_id} for _ in range(25))
        )
        assert len(await tx.all(_MINE)) == 25
        assert await tx.do(Prepared("select 1 from events where what = 'planted'", (), {})) == 25


async def test_another_organisations_context_is_not_enough_to_write_in_its_name(db):
    caller = a_caller()
    forged = Prepared(
        "insert into audit_events (what, thing, thing_id, owner_organisation_id, actor_organisation_id,"
        " actor_client_id) values ('planted', 'x', $1, $1, $2, $3)",
        ("id", "organisation", "client"),
        {},
    )
    other = replace(caller, organisation_id=uuid.uuid4())
    for named in (
        {"organisation": other.organisation_id, "client": caller.client_id},
        {
            "organisation": caller.organisation_id,
            "client": uuid.uuid4(),
        },
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with db.begin(caller, write=True) as tx:
                await tx.do(forged, id=uuid.uuid4(), **named)


def test_every_role_of_the_context_is_a_function_of_the_schema():
    assert [name for name, _ in settings_of(a_caller())][-len(ROLES) :] == [
        f"app.in_{role}" for role in ROLES
    ]


async def test_readiness_tells_when_promises_about_durability_are_off(stack, db, admin):
    await db.ping()
    await admin.execute("alter role budget_app set synchronous_commit = off")
    opened = await Database.open(stack.url("budget"), "budget", 1)
    try:
        with pytest.raises(Refusal) as refused:
            await opened.ping()
        assert refused.value.facts == {"switched_off": "synchronous_commit"}
    finally:
        await opened.close()
        await admin.execute("alter role budget_app reset synchronous_commit")


async def test_a_full_pool_says_so_within_seconds(one):
    started = asyncio.get_running_loop().time()
    async with one.begin(a_caller(), write=True):
        with pytest.raises(Refusal) as refused:
            async with one.begin(a_caller(), write=True):
                pass
    assert refused.value.code == "database_unavailable"
    assert refused.value.retry_after == 1
    assert asyncio.get_running_loop().time() - started < 3
