"""The row-level context: exactly this caller, in this transaction, and nothing of anybody in the next."""

import uuid
from dataclasses import replace

import asyncpg
import pytest

from shared.caller import Audit, Share
from shared.context import ROLES, settings_of
from shared.db import Prepared
from shared.errors import Refusal
from tests.shared.events import BY_ID, MINE, add
from tests.stack import a_caller

CONTEXT = Prepared(
    "select budget.ctx_client() as client, budget.ctx_organisation() as organisation,"
    " budget.ctx_organisations() as organisations, budget.ctx_operator() as operator, "
    + ", ".join(f"budget.ctx_in('{role}') as {role}" for role in ROLES),
    (),
    {},
)


def a_full_caller():
    return a_caller(
        operator=True,
        organisations=(uuid.uuid4(), uuid.uuid4()),
        audits=(Audit(uuid.uuid4(), (uuid.uuid4(),), ("2014/15",)),),
        **{role: [uuid.uuid4(), uuid.uuid4()] for role in ROLES},  # type: ignore[arg-type]  # roles only
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


_SHARED = Prepared("select budget.ctx_shares($1) as keys", ("category",), {})


async def test_policies_see_what_is_shared_with_the_caller_category_by_category(db):
    partnership, one, other = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    caller = a_caller(
        shares=(
            Share(partnership, one, ("placements", "aligned_line_detail")),
            Share(partnership, other, ("placements",)),
        )
    )
    for who, category, expected in (
        (caller, "placements", {f"{partnership}/{one}", f"{partnership}/{other}"}),
        (caller, "aligned_line_detail", {f"{partnership}/{one}"}),
        (caller, "placement", set()),  # the beginning of a category is not the category
        (caller, "", set()),
        (a_caller(), "placements", set()),
    ):
        async with db.begin(who, single=True) as tx:
            assert set((await tx.one(_SHARED, category=category))["keys"]) == expected


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
                assert [row["thing_id"] for row in await tx.all(MINE)] == [own]
                assert (await tx.one(BY_ID, id=own))["thing_id"] == own
                assert await tx.maybe(BY_ID, id=foreign) is None
                with pytest.raises(Refusal) as refused:
                    await tx.one(BY_ID, id=foreign)
                assert refused.value.code == "not_found"


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


SHAPES = {
    "rows": "select count(*) as n from events where what = 'planted'",
    "one by id": "select 1 as n from events where thing_id = (select min(thing_id::text)::uuid from events)",
    "whether any": "select 1 as n where exists (select from events)",
    "in order": "select 1 as n from events order by recorded_at desc, id limit 2",
    "materialized": "with found as materialized (select * from events) select count(*) as n from found",
    "nested": "select (select count(*) from events) as n",
    "both": "select 1 as n from events union all select 1 from audit_events",
    "joined": "select 1 as n from events a join events b using (thing_id) left join audit_events c using (thing_id)",
    "counted twice": "select a.n from (select count(*) as n from events) a, (select count(*) from audit_events) b",
    "no table": "select (budget.ctx_organisation() is not null)::integer as n",
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_single_read_answers_like_a_transaction_whatever_its_shape(db, shape):
    """The context must be set before the first row is looked at, however the planner turns the question."""
    caller, asked = a_caller(), Prepared(SHAPES[shape], (), {})
    async with db.begin(caller, write=True) as tx:
        for _ in range(3):
            await add(tx, caller.organisation_id)
    async with db.begin(caller) as tx:
        expected = [row["n"] for row in await tx.all(asked)]
    assert expected
    assert 0 not in expected
    for _ in range(7):  # the server turns to one plan for all after five
        async with db.begin(caller, single=True) as tx:
            assert [row["n"] for row in await tx.all(asked)] == expected
